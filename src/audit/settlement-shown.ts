import { externalAmounts, type VerifiedSettlement } from '../epoch/index.js'
import { formatDecimal } from '../field/index.js'
import { joinedInstruments, type RiskTable, rowsByKind, someOf, symbolsInShares } from '../risk/index.js'
import { type ExternalFlows, REASONS, type Reason } from '../statements/index.js'

/** What flowed between a venue and its customers in one instrument, exact decimals. */
export interface FlowShown {
  symbol: string
  deposits: string
  withdrawals: string
  fees: string
  /**
   * Deposits and withdrawals at mark, in the quote currency; missing for an instrument that the later epoch's
   * table has no more, and no mark of.
   */
  value?: { deposits: string; withdrawals: string }
}

/** How an epoch follows from the one before, as far as its settlement holds. */
export interface SettlementShown {
  /** Names of both epochs. */
  from: string
  to: string
  /** SHA-256 of `settlement.json`: customers who are shown another one are shown another history. */
  sha256: string
  /** Whether there are rows of each reason, and what is proven of them over all accounts. */
  reasons: readonly { reason: Reason; rows: boolean; proven: string }[]
  /** Whether customers bear a loss. */
  loss: boolean
  /** Where they are disclosed. */
  flows?: readonly FlowShown[]
}

const FALL =
  'accounts are given no more than the layers of the waterfall fell by, whatever they fell for; derivatives come to nothing'
const PROVEN: Readonly<Record<Reason, string>> = {
  transfers: 'what came in and what went out, as the settlement commits to; none is of a derivative',
  fees: 'what they net to, as the settlement commits to; derivatives come to nothing',
  trades: 'they come to nothing in every instrument',
  accruals: 'accounts are given no more than is taken; derivatives come to nothing',
  liquidations: `each is of a proof of the epoch before; with their takers, ${FALL}`,
  takers: `with liquidations, ${FALL}`,
  allocations:
    'only where the layers of the waterfall are worth at most settlement.dust of the policy, at mark',
}

/**
 * A settlement for a report.
 *
 * @param table of the later epoch
 * @param before the earlier epoch's
 */
export function settlementShown(
  { file, sha256, roots, loss }: VerifiedSettlement,
  table: RiskTable,
  before: RiskTable,
  flows: ExternalFlows | undefined,
): SettlementShown {
  const shares = symbolsInShares([table, before])
  const counted = shares.length === 0 ? '' : `; ${someOf(shares)} in shares`
  return {
    ...{ from: file.previous.epoch, to: file.epoch, sha256, loss },
    reasons: REASONS.map((reason) => ({
      ...{ reason, rows: roots[reason] !== 0n, proven: `${PROVEN[reason]}${counted}` },
    })),
    ...(flows && { flows: flowsShown(table, before, flows) }),
  }
}

function flowsShown(table: RiskTable, before: RiskTable, flows: ExternalFlows): FlowShown[] {
  const joined = { instruments: joinedInstruments(before, table) }
  const amounts = externalAmounts(joined, flows)
  const marks = new Map(table.instruments.map(({ symbol, mark }) => [symbol, mark]))
  return rowsByKind(joined).spots.flatMap((row, i): FlowShown[] => {
    const { symbol } = joined.instruments[row]!
    if (!Object.hasOwn(amounts, symbol)) return []
    const shown = { symbol, ...amounts[symbol]! }
    const mark = marks.get(symbol)
    if (mark === undefined) return [shown]
    const value = (units: bigint) => formatDecimal(units * mark, table.valueDecimals)
    return [{ ...shown, value: { deposits: value(flows.in[i]!), withdrawals: value(flows.out[i]!) } }]
  })
}
