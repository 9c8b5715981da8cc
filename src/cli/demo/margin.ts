import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import {
  type ChainConnection,
  type DeployedVerifier,
  deployMarginGate,
  deployOwnedEpochs,
  deployVerifier,
  type MarginGate,
  type OwnedEpochs,
  openMarginGate,
  openOwnedEpochs,
  requirementId,
  venueId,
} from '../../chain/index.js'
import type { Manifest } from '../../epoch/index.js'
import { ProofError, StatementError } from '../../errors/index.js'
import { formatDecimal, parseDecimal } from '../../field/index.js'
import { writeJson } from '../../files/index.js'
import type { Inclusion } from '../../inclusion/index.js'
import type { Ledger } from '../../ledger/index.js'
import type { MarginPurpose } from '../../margin/index.js'
import type { RiskTable } from '../../risk/index.js'
import { compileRequirement, FACTOR_DECIMALS, requirementDigest } from '../../rules/index.js'
import { marginFigures } from '../../statements/index.js'
import { inclusionPortfolio, proveMargin, readOwner } from '../../trader/index.js'
import { exportInclusion } from '../../venue/index.js'
import type { Ui } from '../terminal/ui.js'
import type { ProofLog } from './proofs.js'

const REQUIREMENT = 'maintenance'
const MULTIPLES = ['1', '1.5']
const LENDER = 'Example Lender'
/** How long a proof is good for, in seconds: longer than the epoch, where a registry ends it. */
const LIFETIME = 86_400

export interface MarginDemo {
  /** The requirements that the first trader proved and the gate recorded. */
  proven: { times: string; handle: string; recorded: boolean; gas: number; seconds: number }[]
  /** The figures that the second trader, who gets no proof, sees on their own screen. */
  short: { required: string; equity: string; missing: string; quote: string }
}

/**
 * Two traders of the example venue and a lender's gate on a local chain: one proves once and 1.5 times the
 * maintenance requirement, the other is short of it.
 */
export async function demoMargin(
  ui: Ui,
  parts: {
    out: string
    folder: string
    privateFolder: string
    table: RiskTable
    ledger: Ledger
    /** The epoch that the lender has verified: roots are taken from it, never from a proof. */
    manifest: Manifest
    chain: ChainConnection
    log: ProofLog
    /** Where the gate reads which epoch counts; without one, the lender accepts the epoch itself. */
    registry?: Address
  },
): Promise<{
  margin: MarginDemo
  record: { gate: MarginGate; handle: string; id: Hex }
  traders: readonly [Inclusion, Inclusion]
}> {
  const { out, table, manifest, chain, log, registry } = parts
  const { artifacts, prover } = log
  const trader = async (n: 1 | 2) => {
    const inclusion = await exportInclusion({
      ...parts,
      accountId: `desk-00000${n}`,
      out: join(out, `inclusion-desk-${n}.json`),
    })
    return { inclusion, ownerSecret: await readOwner(join(out, 'venue', `owner-desk-${n}.json`)) }
  }
  const [first, second] = await ui.step(
    'exporting the inclusion files of two traders',
    async () => [await trader(1), await trader(2)] as const,
  )

  const label = requirementId(LENDER)
  const { gate, epochs } = await ui.step('deploying the gate of a lender', async () => {
    const source = registry ?? (await deployOwnedEpochs(chain)).address
    const { address } = await deployMarginGate(chain, label, { source, venue: venueId(manifest.venue) })
    return {
      gate: await openMarginGate(chain, address),
      ...(registry === undefined ? { epochs: await openOwnedEpochs(chain, source) } : {}),
    }
  })
  const now = Number((await chain.reader.getBlock()).timestamp)
  const proven: MarginDemo['proven'] = []
  for (const [i, times] of MULTIPLES.entries()) {
    const started = performance.now()
    const purpose: MarginPurpose = {
      schema: 'plimsoll/margin-purpose/1',
      gate: {
        chainId: BigInt(chain.chainId),
        contract: gate.address,
        label,
        caller: chain.writer!.account.address,
        nonce: BigInt(i + 1),
        expiry: now + LIFETIME,
      },
    }
    ui.say(`the first trader proves ${times} × ${REQUIREMENT}`)
    const requirement = REQUIREMENT
    const proof = await proveMargin({ ...first, table, requirement, times, purpose, artifacts, prover })
    await writeJson(join(out, `margin-${times}.json`), proof)
    const id = requirementId(`${times} ${REQUIREMENT}`)
    const seconds = Number(((performance.now() - started) / 1000).toFixed(2))
    const gas = await ui.step('the gate verifies it', async () => {
      const verifier = await deployVerifier(chain, log.used.get(proof.proof.instance)!)
      await acceptAt({ gate, epochs }, verifier, { table, manifest, times, end: now + LIFETIME })
      return gate.submit(verifier.address, id, proof)
    })
    const { handle } = proof.proof.signals
    const recorded = await gate.hasMargin(BigInt(handle!), id)
    if (!recorded) throw new ProofError('DEMO_INVALID', 'the gate has no record of a proof that it took')
    proven.push({ times, handle: handle!, recorded, gas: Number(gas), seconds })
  }

  const rule = table.margin!
  const figures = marginFigures(rule, inclusionPortfolio(second.inclusion, rule, 'inclusion file'))
  const asked = figures.requirements.find(({ name }) => name === REQUIREMENT)!
  const amount = (value: bigint) => formatDecimal(value, figures.decimals)
  await ui.step('the second trader is short, and gets no proof', async () => {
    const purpose: MarginPurpose = {
      schema: 'plimsoll/margin-purpose/1',
      reader: { name: LENDER, purpose: 'demo' },
    }
    const attempt = proveMargin({ ...second, table, requirement: REQUIREMENT, purpose, artifacts, prover })
    const refusal = await attempt.then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refusal instanceof StatementError && refusal.code === 'MARGIN_SHORT') return
    throw (
      refusal ?? new ProofError('DEMO_INVALID', 'an account that is short of margin was proven to meet it')
    )
  })
  const { handle, times } = proven.at(-1)!
  return {
    margin: {
      proven,
      short: {
        required: amount(asked.required),
        equity: amount(figures.equity),
        missing: amount(-asked.slack),
        quote: rule.quote,
      },
    },
    record: { gate, handle, id: requirementId(`${times} ${REQUIREMENT}`) },
    traders: [first.inclusion, second.inclusion],
  }
}

/**
 * The lender's settings: this verifier, the epoch's roots for a while where no registry says it, and a
 * multiple of the venue's own requirement.
 */
async function acceptAt(
  { gate, epochs }: { gate: MarginGate; epochs: OwnedEpochs | undefined },
  verifier: DeployedVerifier,
  accepted: { table: RiskTable; manifest: Manifest; times: string; end: number },
): Promise<void> {
  const { table, manifest, times, end } = accepted
  const multiple = parseDecimal(times, { decimals: FACTOR_DECIMALS })
  const requirement = requirementDigest(compileRequirement(table.margin!, REQUIREMENT, multiple))
  const roots = {
    accountsRoot: BigInt(manifest.parts.solvency!.accountsRoot),
    riskRoot: BigInt(manifest.riskRoot),
  }
  await gate.setVerifier(verifier.address, verifier)
  await epochs?.setRoots(gate.epochs.venue, roots, end)
  await gate.setRequirement(requirementId(`${times} ${REQUIREMENT}`), requirement)
}
