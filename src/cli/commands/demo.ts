import { cp, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { exportContracts } from '../../chain/index.js'
import { assertOwnFolder, proveLedger, proveSolvency, verifyEpoch } from '../../epoch/index.js'
import { ProofError } from '../../errors/index.js'
import { removeOnExit, writeFileAtomic } from '../../files/index.js'
import { readLedger } from '../../ledger/index.js'
import { type Artifacts, snarkjsProver } from '../../proving/index.js'
import { readReserves } from '../../reserves/index.js'
import { readRiskTable } from '../../risk/index.js'
import { FULL_RESERVES } from '../../statements/index.js'
import { artifactSource, pinsOf } from '../artifacts.js'
import { checkEpochOnChain, type OnChainResult } from '../on-chain.js'
import { createUi, DEVELOPMENT_WARNING, table, type Ui } from '../ui.js'

const EXAMPLE = fileURLToPath(new URL('../../../examples/venue', import.meta.url))

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'The whole main job on the example venue: prove its ledger and its solvency, check both on a local chain.',
    )
    .option(
      '--out <folder>',
      'leave the epoch and all other files here (default: a temporary folder, removed)',
    )
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  plimsoll demo --out demo && plimsoll verify demo/epoch')
    .action(async (options: { out?: string; json?: boolean }) => {
      const ui = createUi(options.json ?? false)
      if (options.out !== undefined) return demo(ui, resolve(options.out), options.out)
      const out = await mkdtemp(join(tmpdir(), 'plimsoll-demo-'))
      await demo(ui, out, undefined).finally(removeOnExit(out))
    })
}

interface ProofRow {
  name: string
  instance: string
  constraints: number
  seconds: number
}

async function demo(ui: Ui, out: string, kept: string | undefined): Promise<void> {
  const started = performance.now()
  await assertOwnFolder(out, ['contracts', 'epoch', 'epoch.private', 'pins.json', 'summary.json', 'venue'])
  const venue = join(out, 'venue')
  await mkdir(venue, { recursive: true })
  await cp(EXAMPLE, venue, { recursive: true })
  const folder = join(out, 'epoch')
  const privateFolder = join(out, 'epoch.private')

  const riskTable = await readRiskTable(join(venue, 'risk.json'))
  const ledger = await ui.step('reading the accounts of the example venue', () =>
    readLedger(join(venue, 'accounts.csv'), riskTable, { spotOnly: true }),
  )
  const used = new Map<string, Artifacts>()
  const source = artifactSource(ui)
  const artifacts = async (name: string) => {
    const found = await source(name)
    used.set(name, found)
    return found
  }
  const proofs: ProofRow[] = []
  const row = (name: string, instance: string, seconds: number): ProofRow => {
    const { nonLinear, linear } = used.get(instance)!.constraints
    return { name, instance, constraints: nonLinear + linear, seconds: round(seconds) }
  }
  const prover: typeof snarkjsProver = {
    name: snarkjsProver.name,
    async prove(using, inputs) {
      const title =
        using.instance.statement === 'ledger' ? `proving batch ${proofs.length + 1}` : 'proving solvency'
      const before = performance.now()
      const proven = await ui.step(title, () => snarkjsProver.prove(using, inputs))
      const name = using.instance.statement === 'ledger' ? `batch ${proofs.length + 1}` : 'solvency'
      proofs.push(row(name, using.instance.name, (performance.now() - before) / 1000))
      return proven
    },
  }
  try {
    await proveLedger({
      folder,
      privateFolder,
      venue: 'Example Venue',
      epoch: 'demo',
      table: riskTable,
      ledger,
      artifacts,
      prover,
    })
  } finally {
    await ledger.close()
  }
  const { manifest } = await proveSolvency({
    folder,
    privateFolder,
    reserves: (t) => readReserves(join(venue, 'reserves.json'), t),
    policy: FULL_RESERVES,
    artifacts,
    prover,
  })

  const keys = [...used.values()]
  const pins = pinsOf(keys)
  await writeFileAtomic(join(out, 'pins.json'), `${JSON.stringify(pins, null, 2)}\n`)
  const report = await ui.step('verifying the epoch, as anyone can', () =>
    verifyEpoch(folder, { pins: pins.keys }),
  )
  if (!report.valid) {
    const failed = report.checks.filter((c) => !c.ok).map((c) => `${c.id}: ${c.detail}`)
    throw new ProofError('DEMO_INVALID', failed.join('; '))
  }
  await exportContracts(join(out, 'contracts'), keys)
  const onchain = await ui.step('checking the same proofs on a local chain', (update) =>
    checkEpochOnChain(folder, manifest, keys, update),
  )
  if (!onchain.verified) throw new ProofError('DEMO_INVALID', 'a verifier contract refused a proof')

  const summary = {
    verdict: 'solvent',
    accounts: ledger.count,
    proofs,
    checks: report.checks.length,
    onchain,
    keyKind: manifest.keyKind,
    seconds: round((performance.now() - started) / 1000),
    ...(kept === undefined ? {} : { out }),
  }
  if (kept !== undefined)
    await writeFileAtomic(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  if (manifest.keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
  ui.result(summary, () => describe(summary, onchain, out, kept))
}

function round(seconds: number): number {
  return Number(seconds.toFixed(2))
}

function describe(
  summary: { accounts: number; proofs: ProofRow[]; checks: number; seconds: number },
  onchain: OnChainResult,
  out: string,
  kept: string | undefined,
): string {
  return [
    '',
    `The example venue is SOLVENT: ${summary.accounts} accounts, each counted once, none below zero, all covered.`,
    '',
    table(
      ['proof', 'instance', 'constraints', 'seconds'],
      summary.proofs.map((p) => [
        p.name,
        p.instance,
        p.constraints.toLocaleString('en-US'),
        p.seconds.toFixed(1),
      ]),
    ),
    table(
      ['proven, and checked in public', 'stayed private'],
      [
        ['every account is folded in exactly one batch', 'who holds an account, and what'],
        ['no account has a negative balance', 'how many accounts there are, up to a batch'],
        ['totals are the sums of all accounts', 'the totals'],
        ['reserves cover the totals, instrument by instrument', 'the reserves'],
      ],
    ),
    table(
      ['call on the local chain', 'gas'],
      Object.entries(onchain.gas).map(([call, gas]) => [call, gas.toLocaleString('en-US')]),
    ),
    `${summary.checks} checks passed in TypeScript, and every proof on-chain, in ${summary.seconds} s.`,
    ...(kept === undefined
      ? []
      : [`Everything is in ${out}. Check it again: plimsoll verify ${join(kept, 'epoch')}`]),
  ].join('\n')
}
