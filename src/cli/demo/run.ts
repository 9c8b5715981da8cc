import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ChainConnection,
  connectChain,
  type DeployedVerifier,
  exportContracts,
  startLocalChain,
} from '../../chain/index.js'
import { openEpoch } from '../../epoch/index.js'
import { ProofError } from '../../errors/index.js'
import { inFolders, writeJson } from '../../files/index.js'
import { folderSource, readReserves, readRiskTable } from '../../inputs/index.js'
import { readLedger } from '../../ledger/index.js'
import { chooseProver } from '../../proving/index.js'
import { assertOwnFolder, proveLedger, proveSolvency } from '../../venue/index.js'
import { pinsOf } from '../artifacts.js'
import { verifyEpochOnChain } from '../on-chain.js'
import { readPolicy } from '../options.js'
import type { Ui } from '../terminal/ui.js'
import { type DemoSummary, demoView } from '../views/demo.js'
import { demoFinality, demoWatch, deployVenueContracts, type VenueContracts } from './chain.js'
import { demoEvidence } from './evidence.js'
import { demoLiquidation } from './liquidation.js'
import { demoMargin } from './margin.js'
import { proofLog } from './proofs.js'
import { demoSettlement } from './settlement.js'
import { demoStress } from './stress.js'

const EXAMPLE = fileURLToPath(new URL('../../../examples/venue', import.meta.url))
/** The files of a demo's folder, and those that `examples/margin/prove.mjs` adds. */
const OWN = [
  ...['challenge', 'contracts', 'epoch', 'epoch.private', 'evidence', 'pins.json', 'settlement'],
  ...['summary.json', 'venue'],
  ...['inclusion-desk-1.json', 'inclusion-desk-2.json', 'margin-1.json', 'margin-1.5.json', 'margin-2.json'],
]

export interface DemoOptions {
  out?: string
  stress?: boolean
  chain?: boolean
  settle?: boolean
  prover: string
  json?: boolean
}

/** The whole main job on the example venue, in the folder `out`. */
export async function demo(ui: Ui, out: string, options: DemoOptions): Promise<void> {
  const started = performance.now()
  await assertOwnFolder(out, OWN)
  const venue = join(out, 'venue')
  await inFolders([{ path: venue }], () => cp(EXAMPLE, venue, { recursive: true }))
  const folder = join(out, 'epoch')
  const privateFolder = join(out, 'epoch.private')

  const table = await readRiskTable(join(venue, 'risk.json'))
  const ledger = await ui.step('reading the accounts of the example venue', () =>
    readLedger(join(venue, 'accounts.csv'), table),
  )
  const log = proofLog(ui, chooseProver(options.prover))
  const { artifacts, prover } = log
  // With a registry, the chain is at ten minutes after the books, and its clock is put forward.
  const local = await startLocalChain(options.chain ? ['--timestamp', `${table.timestamp + 600}`] : [])
  try {
    const chain = await connectChain(local.rpcUrl)
    const contracts = options.chain ? await deployVenueContracts(ui, chain) : undefined
    const named = { venue: 'Example Venue', ...epochNamed(chain, contracts) }
    await proveLedger({ folder, privateFolder, ...named, table, ledger, artifacts, prover })
    const { keyKind, scenarios } = await proveSolvency({
      folder,
      privateFolder,
      reserves: (t) => readReserves(join(venue, 'reserves.json'), t),
      policy: await readPolicy(join(venue, 'policy.json')),
      artifacts,
      prover,
    })
    const keys = [...log.used.values()]
    const { keys: pins } = pinsOf(keys)
    const { report, epoch: verified } = await ui.step('verifying the epoch, as anyone can', () =>
      openEpoch(folderSource(folder), { pins }),
    )
    if (verified === undefined) {
      const failed = report.checks.filter((c) => !c.valid).map((c) => `${c.id}: ${c.detail}`)
      throw new ProofError('DEMO_INVALID', failed.join('; '))
    }
    const verifiers = new Map<string, DeployedVerifier>()
    const onchain = await ui.step('verifying the same proofs on a local chain', (update) =>
      verifyEpochOnChain(chain, verified, keys, update, (name, verifier) => verifiers.set(name, verifier)),
    )
    if (!onchain.valid) throw new ProofError('DEMO_INVALID', 'a verifier contract refused a proof')
    if (contracts !== undefined) {
      const signingKey = join(venue, 'signing-key.json')
      const epoch = { epoch: verified, verifiers, scenarios, folder, signingKey }
      await demoFinality(ui, chain, contracts, epoch)
    }

    const { manifest } = verified
    const reserves = await readReserves(join(venue, 'reserves.json'), table)
    const evidence = await demoEvidence(ui, out, { manifest, table, reserves })
    const { margin, record, traders } = await demoMargin(ui, {
      ...{ out, folder, privateFolder, table, manifest, ledger, chain, log },
      ...(contracts === undefined ? {} : { registry: contracts.registry.address }),
    })
    const liquidation = await demoLiquidation(ui, {
      ...{ out, folder, privateFolder, traders, log, chain },
      ...(contracts === undefined ? {} : { registry: contracts.registry.address }),
    })
    if (contracts !== undefined) await demoWatch(ui, chain, contracts, verified, record)
    const stress = options.stress ? await demoStress(ui, { venue, folder, privateFolder, log }) : undefined
    const settlement = options.settle
      ? await demoSettlement(ui, join(out, 'settlement'), proofLog(ui, chooseProver(options.prover)))
      : undefined

    const all = [...log.used.values()]
    await writeJson(join(out, 'pins.json'), pinsOf(all))
    await exportContracts(join(out, 'contracts'), all, { overwrite: true })
    const summary: DemoSummary = {
      verdict: 'solvent',
      accounts: ledger.count,
      scenarios,
      proofs: log.rows,
      checks: report.checks.length,
      reserves: report.reserves,
      evidence,
      onchain,
      ...{ margin, liquidation },
      ...(contracts === undefined ? {} : { chain: contracts.demo }),
      ...(stress === undefined ? {} : { stress }),
      ...(settlement === undefined ? {} : { settlement }),
      keyKind,
      seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
      ...(options.out === undefined ? {} : { out }),
    }
    if (options.out !== undefined) {
      await writeJson(join(out, 'summary.json'), summary)
    }
    ui.warnOfKeys(keyKind)
    ui.result(summary, () => demoView(summary, options.out))
  } finally {
    await ledger.close()
    await local.stop()
  }
}

/** A registry numbers epochs, and a proof for one is for it alone. */
function epochNamed({ chainId }: ChainConnection, contracts: VenueContracts | undefined) {
  if (contracts === undefined) return { epoch: 'demo' }
  const contract = contracts.registry.address.toLowerCase()
  return { epoch: '1', target: { chainId: `${chainId}`, contract } }
}
