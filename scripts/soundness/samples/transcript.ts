import { toField } from '../../../src/field/index.js'
import {
  holderCommitment,
  leafHash,
  ownerCommitment,
  poseidon,
  ROLES,
  sponge,
} from '../../../src/hash/index.js'
import { lineKey, marginRowDigest } from '../../../src/rules/index.js'
import type {
  LedgerWitness,
  LiquidationWitness,
  MarginWitness,
  SettlementWitness,
  SolvencyWitness,
  WeighWitness,
} from '../../../src/statements/index.js'

const squeeze = (transcript: bigint, label: bigint) => poseidon([transcript, label], ROLES.challenge.tag)

/** Every challenge that a ledger's transcripts give, by the names of the circuits. */
function challengesOf(
  parts: Pick<LedgerWitness, 'riskRoot' | 'totalsDigest' | 'scenarios' | 'weightedTotalsDigest'> & {
    accountsRoot: bigint
  },
): Record<'accountPoint' | 'scenarioPoint' | 'ownerPoint' | 'challenge' | 'mix' | 'limitPoint', bigint> {
  const { accountsRoot, riskRoot, totalsDigest, scenarios, weightedTotalsDigest } = parts
  const first = poseidon([accountsRoot, riskRoot, totalsDigest, BigInt(scenarios)], ROLES.first.tag)
  const second = poseidon([first, weightedTotalsDigest], ROLES.second.tag)
  return {
    accountPoint: squeeze(first, 2n),
    scenarioPoint: squeeze(first, 3n),
    ownerPoint: squeeze(first, 6n),
    challenge: squeeze(second, 1n),
    mix: squeeze(second, 4n),
    limitPoint: squeeze(second, 5n),
  }
}

/** Every challenge of the `ledger` circuit, from what its transcripts are said to absorb. */
export function ledgerChallenges(witness: LedgerWitness): Record<string, bigint> {
  const accountsRoot = poseidon([...witness.children.at(-1)!])
  const { ownerPoint: _, limitPoint, challenge, ...rest } = challengesOf({ ...witness, accountsRoot })
  if (witness.sizes.scenarios === 0) return { challenge }
  return { ...rest, challenge, ...(witness.sizes.pledged > 0 ? { limitPoint } : {}) }
}

/** Every challenge of the `solvency` circuit, in the same way. */
export function solvencyChallenges(witness: SolvencyWitness): Record<string, bigint> {
  const { sizes, signals, weightedTotals } = witness
  const { challenge, mix, scenarioPoint, limitPoint, ownerPoint } = challengesOf({
    ...signals,
    scenarios: sizes.scenarios,
    totalsDigest: witness.totalsDigest,
    weightedTotalsDigest:
      sizes.scenarios === 0 ? 0n : sponge('weightedTotals', [witness.weightedTotalsBlind, ...weightedTotals]),
  })
  if (sizes.scenarios === 0) return { challenge }
  return { challenge, mix, scenarioPoint, ...(sizes.tiers > 0 ? { limitPoint, ownerPoint } : {}) }
}

/** The same of the `liquidation` circuit. */
export function liquidationChallenges(witness: LiquidationWitness): Record<string, bigint> {
  const { sizes, account, rows, parts, signals, sides } = witness
  if (rows.includes(undefined) || parts.lines.length < sizes.lines)
    throw new Error('a slot or a line is not in use')
  const transcript = sponge('transcript', [
    ...[sizes.slots, sizes.scenarios, sizes.groups, sizes.lines, sizes.links].map(BigInt),
    leafHash(holderCommitment(account), account.slots),
    signals.movement,
    ...rows.map((entry) => marginRowDigest(entry!.row)),
    ...parts.lines.map(lineKey),
    ...sides.flatMap(({ totals }) => totals.map(toField)),
  ])
  return { challenge: squeeze(transcript, 17n) }
}

/**
 * The challenge of the `margin` circuit, from what its transcript is said to absorb; of an account that fills
 * its instance to the last slot and line.
 */
export function marginChallenges({ sizes, account, rows, lines }: MarginWitness): Record<string, bigint> {
  if (rows.includes(undefined) || lines.length < sizes.lines)
    throw new Error('a slot or a line is not in use')
  const owner = ownerCommitment(account.ownerSecret)
  const transcript = sponge('transcript', [
    ...[sizes.slots, sizes.scenarios, sizes.groups, sizes.lines, sizes.links].map(BigInt),
    leafHash(holderCommitment({ ...account, owner }), account.slots),
    ...rows.map((entry) => marginRowDigest(entry!.row)),
    ...lines.map(({ line }) => lineKey(line)),
    ...lines.map(({ total }) => toField(total)),
  ])
  return { challenge: squeeze(transcript, 16n) }
}

/** What the challenges of a settlement are squeezed from. */
function settled(
  roots: SettlementWitness['roots'],
  { accountsBefore, accountsAfter }: { accountsBefore: bigint; accountsAfter: bigint },
  flowsDigest: bigint,
): bigint {
  const { transfers, fees, trades, accruals, liquidations, takers, allocations } = roots
  const reasons = [transfers, fees, trades, accruals, liquidations, takers, allocations]
  const activity = poseidon(reasons, ROLES.activity.tag)
  return poseidon([accountsBefore, accountsAfter, activity, flowsDigest], ROLES.settled.tag)
}

/** The same of the `weigh` circuit; accounts have no flows. */
export function weighChallenges(witness: WeighWitness): Record<string, bigint> {
  const transcript = settled(witness.roots, witness, witness.flowsDigest)
  return {
    idPoint: squeeze(transcript, 18n),
    instrumentPoint: squeeze(transcript, 19n),
    ...(witness.sizes.activity ? { flowPoint: squeeze(transcript, 20n) } : {}),
  }
}

/** That of the `settlement` circuit. */
export function settlementChallenges(witness: SettlementWitness): Record<string, bigint> {
  const { signals, roots, flows, externalBlind, flowsBlind } = witness
  const [i, o, f] = [flows.in, flows.out, flows.fees.map(toField)]
  const [a, c] = [flows.accruals.map(toField), flows.closing.map(toField)]
  const external = sponge('external', [externalBlind, ...i.flatMap((x, spot) => [x, o[spot]!, f[spot]!])])
  const flowsDigest = sponge('flows', [flowsBlind, external, ...a.flatMap((x, spot) => [x, c[spot]!])])
  return { flowPoint: squeeze(settled(roots, signals, flowsDigest), 20n) }
}
