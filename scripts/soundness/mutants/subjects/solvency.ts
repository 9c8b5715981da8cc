import { type CircuitInputs, TOTAL_BITS } from '../../../../src/field/index.js'
import type { TableSizes } from '../../../../src/risk/index.js'
import { NO_LIMIT, type SolvencyWitness, solvencyInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { PLAIN_SIZES, STRESS_SIZES, TIER_SIZES, TIER_TABLE } from '../../samples/ledger.js'
import {
  books,
  laxPolicy,
  policy,
  RESERVES,
  SOLVENCY_PUBLIC,
  solvencyMain,
  stressBooks,
} from '../../samples/solvency.js'
import { solvencyChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/**
 * Books without scenarios, with some, and with tiers; a venue that has more than enough, so that one rule at
 * a time can be broken.
 */
export function solvencySubjects(): Subject[] {
  const shortfalls = [{ sum: 5n, accounts: 1n }, 0n]
  const scenarios = [{ mostShortfall: 9n, mostAccounts: 3n }, NO_LIMIT]
  const rich = (parts: Parameters<typeof stressBooks>[0] = {}) =>
    stressBooks({
      policy: policy(STRESS_SIZES, { scenarios }),
      reserves: [50_000n, 500_000n, 3n, 0n],
      insurance: [9n, 9n, 0n, 0n],
      ...{ shortfalls, batches: 19, ...parts },
    })
  const exact = rich({ reserves: RESERVES.with(1, 80_000n), batches: 1 })
  const honest = rich()
  const inputs = solvencyInputs(honest)
  const forged: Record<string, CircuitInputs> = {
    'a reserve that is one too small': tampered(inputs, { 'reserves[0]': 4_999n }),
    'reserves of no value where each may be short': solvencyInputs(
      rich({
        policy: { ...laxPolicy(STRESS_SIZES, { scenarios }), valueRatio: 1_000_000n },
        reserves: [0n, 0n, 0n, 0n],
        insurance: [50_000n, 500_000n, 0n, 0n],
      }),
    ),
    'a shortfall that nothing covers': solvencyInputs(
      rich({
        policy: policy(STRESS_SIZES),
        shortfalls: [{ sum: 1n << 100n, accounts: 1n }, 0n],
      }),
    ),
    'a shortfall beyond its bound': solvencyInputs(rich({ shortfalls: [{ sum: 10n, accounts: 1n }, 0n] })),
    'more accounts below zero than the bound': solvencyInputs(
      rich({ shortfalls: [{ sum: 5n, accounts: 4n }, 0n] }),
    ),
    'a sum that is split otherwise': tampered(
      solvencyInputs(rich({ shortfalls: [{ sum: 10n, accounts: 1n }, 0n] })),
      { 'shortfalls[0]': 10n - (1n << 144n), 'below[0]': 2n },
    ),
    'a flag of two': tampered(inputs, { 'requirement[0]': 2n }),
    'a net that does not fit': tampered(inputs, { 'insurance[3]': 1n << 101n }),
    'an insurance fund below zero': tampered(inputs, {
      'reserves[0]': 50_000n + (1n << BigInt(TOTAL_BITS)),
      'insurance[0]': 8n,
    }),
    'a mark below zero': tampered(inputs, { 'marks[0]': -1n }),
    'another tree than that of the last batch': tampered(inputs, { accountsRoot: 5n }),
    'a batch behind the last one': tampered(inputs, { 'children[0][3]': 7n }),
    'another last batch': tampered(inputs, { last: 7n }),
    'a bit of the last place that is none': tampered(inputs, { 'lastBits[0]': 2n }),
  }
  const tiered = books({
    table: TIER_TABLE,
    totals: [500n, 700n, 500n, 900n, 0n, 0n, 0n, 0n, 33n, 33n, 0n, 0n, 1_000n, 2_000n, 9_000n, 0n],
    reserves: [50_000n, 90_000n, 0n, 0n],
    insurance: [9n, 9n, 0n, 0n],
  })
  const pledged = solvencyInputs(tiered)
  return [
    subject('solvency without scenarios', PLAIN_SIZES, [books()], {}),
    subject('solvency', STRESS_SIZES, [honest, exact], forged),
    subject('solvency with tiers', TIER_SIZES, [tiered], {
      'what is pledged of an instrument, one less': tampered(pledged, { 'pledged[0]': 2_999n }),
      'tiers of another instrument': tampered(pledged, { 'owners[0]': 1n }),
      'a debt that no collateral counts for': tampered(pledged, { 'shortfalls[0]': 1n }),
      'a collateral column that is a scenario': tampered(pledged, { 'requirement[0]': 0n }),
      'reserves for the rows of instruments alone': tampered(pledged, { 'reserves[0]': 3_499n }),
    }),
  ]
}

function subject(
  name: string,
  sizes: TableSizes,
  honest: SolvencyWitness[],
  forged: Record<string, CircuitInputs>,
): Subject {
  const terms = sizes.spots + sizes.derivatives + sizes.scenarios
  const cases = honest.map((witness, i) => ({ label: `honest books ${i + 1}`, witness }))
  return {
    name,
    source: { include: 'solvency.circom', main: solvencyMain(sizes), public: SOLVENCY_PUBLIC },
    whole: ['solvency.circom'],
    untouched: POSEIDON,
    honest: cases.map(({ label, witness }) => ({ label, inputs: solvencyInputs(witness) })),
    forged: Object.entries(forged).map(([label, inputs]): Case => ({ label, inputs })),
    openings: [
      ['riskRoot', 'table.out'],
      ['reservesCommitment', 'held.out'],
      ['policy', 'rules.out'],
      ['tableAtPoint', `horner[${terms}]`],
      ['firstState', 'first.out'],
      ['state', 'final.out'],
    ],
    challenges: ({ label }) => solvencyChallenges(cases.find((one) => one.label === label)!.witness),
  }
}
