import {
  addTotals,
  addWeightedTotals,
  arrangeSlots,
  type LedgerTable,
  type LedgerWitness,
  ledgerBatch,
  noTotals,
  type Shortfall,
  type SolvencyLedger,
  type SolvencyWitness,
  stateCommitment,
  type WeighedLedger,
} from '../../../src/statements/index.js'
import { type Claims, foldSample, type SampleBatch } from './fold.js'
import { type Holdings, rightSides, solvencyOf } from './solvency.js'

/** A ledger and its venue's books: the witness of every batch, and of the solvency over them. */
export interface SampleEpoch {
  table: LedgerTable
  witnesses: LedgerWitness[]
  ledger: SolvencyLedger
  solvency: SolvencyWitness
  points: WeighedLedger['points']
}

/** An epoch whose holdings are what is owed and an ample insurance fund, unless others are given. */
export function epochOf(
  table: LedgerTable,
  batches: readonly SampleBatch[],
  claims: Claims = {},
  holdings: Holdings = {},
): SampleEpoch {
  const { witnesses, ledger, chain } = foldSample(table, batches, claims)
  const solvency = solvencyOf(ledger, table, ample(ledger, table, holdings))
  return { table, witnesses, ledger, solvency, points: chain.ledger.points }
}

/**
 * An epoch in which other accounts are counted than those that stand in the tree. Its last batch ends in the
 * state that solvency then asks for: what no circuit as it is accepts, solvency does.
 */
export function miscounted(
  table: LedgerTable,
  shown: readonly SampleBatch[],
  counted: readonly SampleBatch[],
  claims: Claims & { shortfalls?: readonly Shortfall[] } = {},
  holdings: Holdings = {},
): SampleEpoch {
  const { columns } = table
  const own = counted.map(({ sizes, accounts }) =>
    ledgerBatch(
      sizes,
      accounts.map(({ holder, slots }) => ({ holder, slots: arrangeSlots(slots, sizes) })),
      columns,
      0n,
    ),
  )
  const totals = noTotals(columns.sizes)
  for (const batch of own) addTotals(totals, batch, columns.sizes)
  const fold = foldSample(table, shown, {
    batch: (honest, index) => ({ ...honest, equities: own[index]!.equities }),
    totals: () => totals,
    weightedTotals: (_, points) => {
      const weighted = noTotals(columns.sizes)
      for (const [i, batch] of own.entries()) addWeightedTotals(weighted, batch, i, columns.sizes, points)
      return weighted
    },
    ...claims,
  })
  return demanded(table, fold, holdings, claims.shortfalls)
}

/** What solvency asks for of a fold: its last batch says that it ends there. */
export function demanded(
  table: LedgerTable,
  fold: Pick<ReturnType<typeof foldSample>, 'witnesses' | 'ledger' | 'chain'>,
  holdings: Holdings = {},
  shortfalls: readonly Shortfall[] = fold.ledger.state.shortfalls,
): SampleEpoch {
  const { totals, weightedTotals, points } = fold.chain.ledger
  const sides = rightSides(table.columns, totals, weightedTotals, points)
  const state = { ...fold.ledger.state, ...sides, shortfalls }
  const ledger = { ...fold.ledger, state }
  const last = fold.witnesses.at(-1)!
  const stateAfter = stateCommitment(points.second, state)
  const witnesses = fold.witnesses.with(-1, { ...last, signals: { ...last.signals, stateAfter } })
  const solvency = solvencyOf(ledger, table, ample(ledger, table, holdings))
  return { table, witnesses, ledger, solvency, points }
}

function ample(ledger: SolvencyLedger, { columns }: LedgerTable, holdings: Holdings): Holdings {
  const { spots, derivatives } = columns.sizes
  const reserves = Array.from({ length: spots }, (_, i) => ledger.totals[2 * i]!)
  for (const [t, { owner }] of columns.tiers.entries()) {
    reserves[owner]! += ledger.totals[2 * (spots + derivatives) + t]!
  }
  return { reserves, insurance: new Array<bigint>(spots).fill(1_000_000n), ...holdings }
}

/** Whether the states of an epoch link, from the first to the last. */
export function linked({ witnesses, solvency }: Pick<SampleEpoch, 'witnesses' | 'solvency'>): boolean {
  const states = [
    solvency.signals.firstState,
    ...witnesses.flatMap(({ signals }) => [signals.stateBefore, signals.stateAfter]),
    solvency.signals.state,
  ]
  return states.every((state, i) => i % 2 === 1 || state === states[i + 1])
}
