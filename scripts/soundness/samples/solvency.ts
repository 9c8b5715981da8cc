import type { RiskTable } from '../../../src/risk/index.js'
import {
  type LedgerState,
  type Policy,
  type SolvencyWitness,
  solvencyContext,
  solvencyWitness,
} from '../../../src/statements/index.js'

/** The context of every sample: no circuit looks into it. */
export const SAMPLE_CONTEXT = solvencyContext({
  venue: 'Test Venue',
  epoch: '1',
  policy: '0'.repeat(64),
  riskTable: '0'.repeat(64),
})

export const SOLVENCY_PUBLIC = [
  'state',
  'accountsRoot',
  'riskRoot',
  'reservesCommitment',
  'policy',
  'context',
]
export const SOLVENCY_MAIN = 'Solvency(4, 0, 0)'

export const TABLE: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 970_000_000_000_000n },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 6, mark: 1_000_000_000_000n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 970_100_000_000_000n },
  ],
  scenarios: [],
}

/**
 * Two scenarios, with a wedge between long and short values; the perp's are what a unit gains against its
 * mark.
 */
export const STRESS_TABLE: RiskTable = {
  ...TABLE,
  scenarios: [
    {
      name: 'crash',
      values: [
        { long: 400n, short: 500n },
        { long: 9n, short: 10n },
        { long: -600n, short: -500n },
      ],
    },
    {
      name: 'rally',
      values: [
        { long: 1_500n, short: 1_600n },
        { long: 10n, short: 11n },
        { long: 500n, short: 700n },
      ],
    },
  ],
}
export const STRESS_MAIN = 'Solvency(4, 2, 0)'

export function policy(change: Partial<Policy> = {}): Policy {
  return {
    valueRatio: 1_000_000n,
    instruments: [
      { derivative: false, minimumRatio: 1_000_000n, loanFactor: 0n },
      { derivative: false, minimumRatio: 1_000_000n, loanFactor: 500_000n },
      { derivative: true, minimumRatio: 1_000_000n, loanFactor: 0n },
    ],
    ...change,
  }
}

/** Long and short of BTC, USDT, BTC-PERP and an instrument beyond the table. */
export const TOTALS = [5_000n, 0n, 70_000n, 1_000n, 33n, 33n, 0n, 0n]
/** Exactly what is needed: a loan of 1,000 counts for half. */
export const RESERVES = [5_000n, 69_500n, 0n, 0n]

export function books(
  parts: {
    totals?: bigint[]
    reserves?: bigint[]
    insurance?: bigint[]
    shortfalls?: bigint[]
    policy?: Policy
    table?: RiskTable
  } = {},
): SolvencyWitness {
  const table = parts.table ?? TABLE
  const state: LedgerState = {
    batchIndex: 3,
    accountsRoot: 987_654_321n,
    totals: parts.totals ?? TOTALS,
    shortfalls: parts.shortfalls ?? table.scenarios.map(() => 0n),
    blind: 424_242n,
  }
  return solvencyWitness({
    sizes: { instruments: 4, scenarios: table.scenarios.length },
    state,
    table,
    policy: parts.policy ?? policy(),
    reserves: parts.reserves ?? RESERVES,
    ...(parts.insurance ? { insurance: parts.insurance } : {}),
    reservesBlind: 5_555n,
    context: SAMPLE_CONTEXT,
  })
}
