import { type RiskTable, riskDigests, type TableSizes } from '../../../src/risk/index.js'
import {
  addTotals,
  addWeightedTotals,
  arrangeSlots,
  batchRoot,
  batchSums,
  type FixedLedger,
  fixLedger,
  type LedgerAccount,
  type LedgerBatch,
  LedgerChain,
  type LedgerSizes,
  type LedgerTable,
  type LedgerWitness,
  ledgerBatch,
  noTotals,
  type SolvencyLedger,
  solvencyLedger,
  weighLedger,
} from '../../../src/statements/index.js'

/** Accounts for a batch, their slots not yet arranged. */
export interface SampleBatch {
  sizes: LedgerSizes
  accounts: readonly LedgerAccount[]
}

/** What a cheat claims in place of the truth, step by step. */
export interface Claims {
  /** Of a batch: its equities and spares, before it is hashed. */
  batch?: (honest: LedgerBatch, index: number) => LedgerBatch
  totals?: (honest: bigint[]) => bigint[]
  weightedTotals?: (honest: bigint[], points: FixedLedger['points']) => bigint[]
  /** How many of the batches are proven; the tree holds all. */
  proven?: number
}

/** A ledger folded whole, in memory: the witness of every batch, and what solvency opens of it. */
export interface SampleFold {
  witnesses: LedgerWitness[]
  batches: LedgerBatch[]
  chain: LedgerChain
  ledger: SolvencyLedger
}

/** The digests of a table as a ledger needs them. */
export function tableOf(table: RiskTable, sizes?: TableSizes): LedgerTable {
  return riskDigests(table, sizes)
}

/** Folds batches over a table with fixed blinds: honest, but for what is claimed. */
export function foldSample(
  table: LedgerTable,
  given: readonly SampleBatch[],
  claims: Claims = {},
): SampleFold {
  const { columns } = table
  const batches = given.map(({ sizes, accounts }, index) => {
    const arranged = accounts.map(({ holder, slots }) => ({ holder, slots: arrangeSlots(slots, sizes) }))
    const honest = ledgerBatch(sizes, arranged, columns, 7_000n + BigInt(index))
    return claims.batch?.(honest, index) ?? honest
  })
  const proven = batches.slice(0, claims.proven ?? batches.length)
  const totals = noTotals(columns.sizes)
  for (const batch of proven) addTotals(totals, batch, columns.sizes)
  const fixed = fixLedger(table, batches.map(batchRoot), claims.totals?.([...totals]) ?? totals, {
    totals: 555n,
  })
  const weighted = noTotals(columns.sizes)
  for (const [i, batch] of proven.entries()) {
    addWeightedTotals(weighted, batch, i, columns.sizes, fixed.points)
  }
  const ledger = weighLedger(fixed, claims.weightedTotals?.([...weighted], fixed.points) ?? weighted, {
    weightedTotals: 666n,
  })
  const chain = new LedgerChain(ledger)
  const witnesses = proven.map((batch, i) =>
    chain.step(batch, batchSums(batch, i, ledger.points), 9_000n + BigInt(i)),
  )
  return { witnesses, batches, chain, ledger: solvencyLedger(chain) }
}
