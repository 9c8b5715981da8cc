import type { CircuitInputs } from '../../../../src/field/index.js'
import type { RiskTable } from '../../../../src/risk/index.js'
import { solvencyInputs, solvencyWitness } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import {
  books,
  policy,
  RESERVES,
  SAMPLE_CONTEXT,
  SOLVENCY_PUBLIC,
  STRESS_TABLE,
  TOTALS,
} from '../../samples/solvency.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

const OPENINGS = [
  ['state', 'opened'],
  ['reservesCommitment', 'held.out'],
  ['riskRoot', 'table.out'],
  ['policy', 'rules.out'],
] as const

/**
 * Books with scenarios, and with tiers; a venue that has more than enough, so that one rule at a time can be
 * broken.
 */
export function solvencySubjects(): Subject[] {
  const rich = (totals = TOTALS, insurance = [9n, 9n, 0n, 0n]) =>
    books({ table: STRESS_TABLE, reserves: [50_000n, 500_000n, 0n, 0n], insurance, totals })
  const exact = books({ table: STRESS_TABLE, reserves: RESERVES })
  const lax = policy({
    instruments: policy().instruments.map((i) => ({ ...i, minimumRatio: 0n, loanFactor: 0n })),
  })
  const inputs = solvencyInputs(rich())
  const forged: Record<string, CircuitInputs> = {
    'a reserve that is one too small': tampered(inputs, { 'reserves[0]': 4_999n }),
    'reserves of no value where each may be short': solvencyInputs(
      books({
        table: STRESS_TABLE,
        policy: lax,
        reserves: [0n, 0n, 0n, 0n],
        insurance: [50_000n, 500_000n, 0n, 0n],
      }),
    ),
    'longs and shorts of a derivative that do not net': solvencyInputs(rich(TOTALS.with(4, 34n))),
    'a reserve of a derivative': tampered(inputs, { 'reserves[2]': 7n }),
    'an insurance fund of a derivative': tampered(inputs, { 'insurance[2]': 7n }),
    'a shortfall that nothing covers': tampered(inputs, { 'shortfalls[0]': 1n << 100n }),
    'a net that does not fit': tampered(inputs, { 'insurance[3]': 1n << 99n }),
  }
  const tiered = tieredBooks([500n, 600n, 1_000n, 0n, 500n, 900n, 33n, 33n])
  return [
    subject('solvency', 'Solvency(4, 2, 0)', [solvencyInputs(rich()), solvencyInputs(exact)], forged),
    subject(
      'solvency with tiers',
      'Solvency(4, 2, 1)',
      [tiered, tieredBooks([500n, 600n, 0n, 0n, 500n, 900n, 33n, 33n])],
      forgedTiers(tiered),
    ),
  ]
}

/** A coin, a tier of it, cash and a perp; more is held than is owed. */
function tieredBooks(totals: bigint[]): CircuitInputs {
  const spot = { kind: 'spot', decimals: 2, mark: 100n } as const
  const table: RiskTable = {
    ...STRESS_TABLE,
    instruments: [
      { symbol: 'BTC', ...spot },
      { symbol: 'BTC:loan:1', ...spot, tier: { list: 'loan', width: 1_000n } },
      { symbol: 'USDT', ...spot, mark: 1n },
      { symbol: 'BTC-PERP', kind: 'perp', decimals: 2, mark: 101n },
    ],
    scenarios: ['collateral', 'crash'].map((name) => ({
      name,
      values: [50n, 45n, 1n, -51n].map((long) => ({ long, short: long + 5n })),
    })),
  }
  const witness = solvencyWitness({
    sizes: { instruments: 4, scenarios: 2 },
    state: { batchIndex: 3, accountsRoot: 987_654_321n, totals, shortfalls: [0n, 0n], blind: 424_242n },
    table,
    policy: {
      valueRatio: 1_000_000n,
      instruments: table.instruments.map(({ kind }) => ({
        derivative: kind === 'perp',
        minimumRatio: 1_000_000n,
        loanFactor: 0n,
      })),
    },
    reserves: [50_000n, 0n, 90_000n, 0n],
    insurance: [9n, 0n, 9n, 0n],
    reservesBlind: 5_555n,
    context: SAMPLE_CONTEXT,
  })
  return solvencyInputs(witness)
}

function forgedTiers(honest: CircuitInputs): Record<string, CircuitInputs> {
  return {
    'a tier that is a derivative': tampered(honest, { 'derivative[1]': 1n, 'totals[3]': 1_000n }),
    'a tier of a derivative': tampered(honest, {
      ...{ 'derivative[0]': 1n, 'reserves[0]': 0n, 'insurance[0]': 0n },
      ...{ 'totals[0]': 600n, 'totals[2]': 1_000n, 'totals[3]': 1_000n },
    }),
    'a reserve in a tier': tampered(honest, { 'reserves[1]': 1n }),
    'an insurance fund in a tier': tampered(honest, { 'insurance[1]': 1n }),
    'a first row that is a tier': tampered(honest, {
      ...{ 'widths[0]': 5n, 'reserves[0]': 0n, 'insurance[0]': 0n },
    }),
    'a debt that no collateral counts for': tampered(honest, { 'shortfalls[0]': 1n }),
  }
}

function subject(
  name: string,
  main: string,
  honest: CircuitInputs[],
  forged: Record<string, CircuitInputs>,
): Subject {
  return {
    name,
    source: { include: 'solvency.circom', main, public: SOLVENCY_PUBLIC },
    whole: ['solvency.circom'],
    untouched: POSEIDON,
    honest: honest.map((inputs, i) => ({ label: `honest books ${i + 1}`, inputs })),
    forged: Object.entries(forged).map(([label, inputs]): Case => ({ label, inputs })),
    openings: OPENINGS,
  }
}
