import type { SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { type Holdings, rightSides, solvencyOf } from '../../scripts/soundness/samples/solvency.js'
import { toField } from '../../src/field/index.js'
import { ACCOUNTS_DEPTH, WideTree } from '../../src/hash/index.js'
import {
  addTotals,
  addWeightedTotals,
  batchRoot,
  batchSums,
  firstState,
  type LedgerBatch,
  type LedgerSizes,
  type LedgerState,
  type LedgerTable,
  type LedgerWitness,
  noTotals,
  stateCommitment,
  type WeighedLedger,
} from '../../src/statements/index.js'
import { totalsDigest, weightedTotalsDigest } from '../../src/statements/ledger/totals.js'
import { firstTranscript, secondTranscript } from '../../src/statements/ledger/transcript.js'

type Points = WeighedLedger['points']

/**
 * What copies of the circuits absorb in the place of a part, and what is claimed once the points are known.
 */
export interface Cheat {
  absorbs?: Partial<
    Record<'accountsRoot' | 'riskRoot' | 'totalsDigest' | 'scenarios' | 'weightedTotalsDigest', bigint>
  >
  /** Of a batch, its root where that leaves something out. */
  root?: (batch: LedgerBatch) => bigint
  /** Before any point is drawn; and after all are, where the transcript does not bind them. */
  totals?: (honest: bigint[]) => bigint[]
  totalsAfter?: (claimed: bigint[], points: Points) => bigint[]
  weightedTotalsAfter?: (honest: bigint[], points: Points) => bigint[]
  batchesAfter?: (honest: LedgerBatch[], points: Points) => LedgerBatch[]
  /** The last batch ends where solvency asks it to, whatever its slots come to. */
  demand?: true
  tableAfter?: (honest: LedgerTable, points: Points, weightedTotals: bigint[]) => LedgerTable
}

/** A ledger that is folded over such transcripts, and its books. */
export function cheatingEpoch(
  honestTable: LedgerTable,
  honest: LedgerBatch[],
  cheat: Cheat,
  holdings: Holdings = {},
): SampleEpoch {
  const { sizes } = honestTable.columns
  const rootOf = cheat.root ?? batchRoot
  const blinds = { totals: 555n, weighted: 666n }
  const tree = new WideTree(ACCOUNTS_DEPTH, honest.map(rootOf))
  const sums = noTotals(sizes)
  for (const batch of honest) addTotals(sums, batch, sizes)
  let totals = cheat.totals?.(sums) ?? sums
  const first = firstTranscript({
    accountsRoot: cheat.absorbs?.accountsRoot ?? tree.root,
    riskRoot: cheat.absorbs?.riskRoot ?? honestTable.riskRoot,
    totalsDigest: cheat.absorbs?.totalsDigest ?? totalsDigest(totals, honestTable.columns, blinds.totals),
    scenarios: Number(cheat.absorbs?.scenarios ?? sizes.scenarios),
  })
  let weighted = noTotals(sizes)
  for (const [i, batch] of honest.entries()) addWeightedTotals(weighted, batch, i, sizes, first)
  const absorbed =
    cheat.absorbs?.weightedTotalsDigest ?? weightedTotalsDigest(weighted, sizes, blinds.weighted)
  const points = { ...first, ...secondTranscript(first.first, absorbed) }
  // From here on every point is known.
  totals = cheat.totalsAfter?.(totals, points) ?? totals
  weighted = (cheat.weightedTotalsAfter?.(weighted, points) ?? weighted).map(toField)
  const batches = cheat.batchesAfter?.(honest, points) ?? honest
  const table = cheat.tableAfter?.(honestTable, points, weighted) ?? honestTable
  const shown = new WideTree(ACCOUNTS_DEPTH, batches.map(rootOf))
  const digests = {
    totalsDigest: totalsDigest(totals, table.columns, blinds.totals),
    weightedTotalsDigest: weightedTotalsDigest(weighted, sizes, blinds.weighted),
  }
  let state = firstState(sizes.scenarios)
  const witnesses = batches.map((batch, i): LedgerWitness => {
    const before = state
    const own = batchSums(batch, i, points)
    state = stepped(before, own, 9_000n + BigInt(i))
    return {
      ...batch,
      signals: {
        stateBefore: stateCommitment(points.second, before),
        stateAfter: stateCommitment(points.second, state),
      },
      children: shown.path(i).levels,
      ...{ riskRoot: table.riskRoot, ...digests, scenarios: sizes.scenarios },
      ...{ before, blindAfter: state.blind },
    }
  })
  const place = batches.length - 1
  if (cheat.demand) {
    state = { ...state, ...rightSides(table.columns, totals, weighted, points) }
    const last = witnesses[place]!
    const stateAfter = stateCommitment(points.second, state)
    witnesses[place] = { ...last, signals: { ...last.signals, stateAfter } }
  }
  const ledger = {
    ...{ state, accountsRoot: shown.root, second: points.second, totals, weightedTotals: weighted },
    last: { place, root: rootOf(batches[place]!), children: shown.path(place).levels },
    ...{
      totalsBlind: blinds.totals,
      totalsDigest: digests.totalsDigest,
      weightedTotalsBlind: blinds.weighted,
    },
  }
  return { table, witnesses, ledger, points, solvency: solvencyOf(ledger, table, holdings) }
}

function stepped(before: LedgerState, own: ReturnType<typeof batchSums>, blind: bigint): LedgerState {
  return {
    count: before.count + 1,
    blind,
    keySum: toField(before.keySum + own.keySum),
    equitySum: toField(before.equitySum + own.equitySum),
    shortfalls: before.shortfalls.map(({ sum, accounts }, s) => ({
      sum: sum + (own.shortfalls[s]?.sum ?? 0n),
      accounts: accounts + (own.shortfalls[s]?.accounts ?? 0n),
    })),
  }
}

/** The sizes of a batch as its leaf of equities has them: accounts, slots, pledged and scenarios. */
export function shapeOf({ accounts, slots, pledged, scenarios }: LedgerSizes): bigint {
  return BigInt(accounts) | (BigInt(slots) << 16n) | (BigInt(pledged) << 32n) | (BigInt(scenarios) << 48n)
}
