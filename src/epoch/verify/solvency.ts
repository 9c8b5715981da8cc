import {
  type Found,
  fail,
  type ProofFile,
  passed,
  proofFileSchema,
  purposeContext,
  readJsonFrom,
  readPublishedPolicy,
  type SolvencyPurpose,
  solvencyPurpose,
} from '../../bundle/index.js'
import { inPlace } from '../../errors/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { type RiskDigests, type RiskTable, someOf } from '../../risk/index.js'
import { isDerivative } from '../../rules/index.js'
import {
  FULL_RESERVES,
  type Policy,
  type PolicyFile,
  padPolicy,
  policyDigest,
  resolvePolicy,
  resolveWaterfall,
  tableAtPoint,
  tablePoint,
  weakerLoss,
  weakerThan,
} from '../../statements/index.js'
import type { Manifest, SolvencyPart } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { type EpochProof, verifyProofOf } from './proof.js'
import type { EpochTable } from './table.js'
import type { Verification } from './verification.js'

/** A policy, and its thresholds over the epoch's risk table. */
export interface EpochPolicy {
  policy?: PolicyFile
  thresholds?: Policy
}

/** The policy of an epoch and the proof of solvency by it, as far as they hold. */
export async function verifySolvency(
  { source, manifest, checks, options }: Verification,
  keys: ReadonlyMap<string, VerificationKey>,
  { table, digests }: EpochTable,
): Promise<EpochPolicy & { proof?: EpochProof }> {
  const { ledger, solvency } = manifest.parts
  const found: EpochPolicy = {}
  let sha256: string | undefined
  await checks.run('policy', async () => {
    if (!solvency) fail('solvency is not proven yet', UNPROVEN)
    const read = await readPublishedPolicy(source, EPOCH_PATHS.policy)
    sha256 = read.sha256
    found.policy = read.value
    if (!table) fail('not checked: there is no risk table to read it by')
    found.thresholds = resolvePolicy(read.value, table)
    return verifyPolicy(
      { policy: read.value, thresholds: found.thresholds },
      { table, digests },
      solvency,
      options.policy,
    )
  })
  const proof = await checks.run('solvency', async () => {
    if (!solvency) fail('solvency is not proven yet', UNPROVEN)
    const { instance } = solvency
    const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
    const file = await readJsonFrom(source, EPOCH_PATHS.solvency, proofFileSchema)
    const purpose = purposeOf(file, manifest, sha256)
    if (file.signals.context !== purposeContext(purpose).toString()) fail(OTHER_CONTEXT)
    if (!digests) fail('not checked: there is no risk table to compare its marks with')
    const point = tablePoint(digests)
    const expected = {
      firstState: BigInt(ledger.firstState),
      state: BigInt(ledger.state),
      accountsRoot: BigInt(solvency.accountsRoot),
      riskRoot: BigInt(manifest.riskRoot),
      reservesCommitment: BigInt(solvency.reservesCommitment),
      policy: BigInt(solvency.policy),
      timestamp: digests.timestamp,
      point,
      tableAtPoint: tableAtPoint(digests.columns, point),
    }
    const { keys: named } = manifest
    return verifyProofOf(file, { statement: 'solvency', instance, named, key, expected })
  })
  return proof === undefined ? found : { ...found, proof }
}

const UNPROVEN = { todo: 'Run `plimsoll solvency prove`; whoever is not the venue waits for it.' }
const OTHER_CONTEXT =
  'context: not that of the venue, epoch, target, policy, risk table and previous epoch that the file says it was made for'

async function verifyPolicy(
  { policy: file, thresholds: policy }: Required<EpochPolicy>,
  { table, digests }: { table: RiskTable; digests: RiskDigests | undefined },
  solvency: SolvencyPart,
  accepted: PolicyFile | undefined,
): Promise<Found<true>> {
  resolveWaterfall(file, table)
  if (!digests) fail("not checked: the risk table is not for the epoch's sizes")
  const { sizes, scenarios } = digests.columns
  if (policyDigest(padPolicy(policy, sizes), scenarios).toString() !== solvency.policy) {
    fail('its digest is not the one that solvency is proven for')
  }
  // Of two policies, a fault is in the reader's own or in the epoch's.
  const { own, absent } = acceptedOf(accepted, table)
  const least = await inPlace('the policy to accept', () => resolvePolicy(own, table))
  const weak = [
    ...weakerThan(policy, least, table),
    // Full reserves say nothing of losses: what a settlement shows of one names the bound.
    ...(accepted?.settlement ? weakerLoss(file, accepted, table) : []),
  ]
  if (weak.length > 0) {
    fail(`promises less than what is accepted: ${weak.join(', ')}`, {
      todo: 'Read policy.json. If it is enough for you, name it, or the weakest that is, with --policy.',
    })
  }
  return passed(
    [
      accepted
        ? 'at least the policy that is accepted'
        : 'full reserves in every instrument that can be held in reserve',
      ...(absent.length > 0
        ? [`which names ${someOf(absent)} too: no row of this epoch's risk table has that symbol`]
        : []),
      ...describeDerivatives(table),
      ...(file.waterfall
        ? [`published with it, in an order that is not proven: ${file.waterfall.order.join(', ')}`]
        : []),
    ].join('; '),
  )
}

/**
 * The policy that a reader accepts, as far as it is about the rows of a table: a reader of two epochs has one
 * policy, and the later may have more instruments. A symbol that no row has loosens nothing.
 */
function acceptedOf(
  accepted: PolicyFile | undefined,
  { instruments }: RiskTable,
): { own: PolicyFile; absent: string[] } {
  if (accepted === undefined) return { own: FULL_RESERVES, absent: [] }
  const rows = new Set(instruments.map(({ symbol }) => symbol))
  const named = Object.entries(accepted.instruments)
  const own = Object.fromEntries(named.filter(([symbol]) => rows.has(symbol)))
  return {
    own: { ...accepted, instruments: own },
    absent: named.map(([symbol]) => symbol).filter((symbol) => !rows.has(symbol)),
  }
}

/** Instruments without reserves under any policy. */
function describeDerivatives({ instruments }: RiskTable): string[] {
  const symbols = instruments.filter(({ kind }) => isDerivative(kind)).map(({ symbol }) => symbol)
  return symbols.length === 0
    ? []
    : [`derivatives, with no reserves, longs and shorts equal: ${symbols.join(', ')}`]
}

/** The purpose that a solvency proof declares; fails with the fields that differ from this epoch's. */
function purposeOf(
  { for: purpose }: ProofFile,
  manifest: Manifest,
  policy: string | undefined,
): SolvencyPurpose {
  if (purpose === undefined) fail('says nowhere what it was made for')
  const epoch = solvencyPurpose(manifest, policy ?? purpose.policy)
  const where = {
    venue: 'manifest',
    epoch: 'manifest',
    target: 'manifest',
    riskTable: 'manifest',
    previous: 'manifest',
    policy: 'policy.json',
  }
  const wrong = (Object.keys(where) as (keyof typeof where)[]).filter(
    (field) => JSON.stringify(purpose[field]) !== JSON.stringify(epoch[field]),
  )
  if (wrong.length > 0) {
    fail(`was made for another ${wrong.map((field) => `${field} (not that of ${where[field]})`).join(', ')}`)
  }
  return epoch
}
