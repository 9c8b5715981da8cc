import { formatDecimal } from '../../field/index.js'
import { INDEX_DECIMALS, type RiskTable, someOf, symbolsInShares } from '../../risk/index.js'
import type { IndexSteps, Recovered } from '../../statements/index.js'

/** What a settlement that holds is about. */
export interface SettledFacts {
  epoch: string
  previous: string
  /** Liquidations of the earlier epoch that have a proof, and a row. */
  liquidations: number
  /** Whether customers bear a loss, and whether rows of one are among the activity. */
  loss: boolean
  allocated: boolean
  /** Of the indices, and what of it is said to give back a loss. */
  steps: IndexSteps
  recovered: Recovered
  /** The most that all layers may be worth then, in 10^-valueDecimals of the quote currency. */
  dust: bigint
  /** Whether all proofs of liquidations were found by listing them. */
  listed: boolean
}

/**
 * What a settlement between two valid epochs shows, a sentence each.
 *
 * @param table of the later epoch
 * @param before the earlier epoch's
 */
export function settlementWords(
  { epoch, previous, liquidations, loss, allocated, steps, recovered, dust, listed }: SettledFacts,
  table: Pick<RiskTable, 'quote' | 'valueDecimals' | 'instruments'>,
  before: Pick<RiskTable, 'instruments'>,
): string[] {
  const rows =
    liquidations === 0
      ? 'No row is one of a liquidation'
      : `Rows of liquidations are those of the ${liquidations === 1 ? 'one proof' : `${liquidations} proofs`} of epoch ${previous}, once each`
  const shares = symbolsInShares([table, before])
  const back = [...recovered].map(([symbol, step]) => `${formatDecimal(step, INDEX_DECIMALS)} ${symbol}`)
  const spent = `${formatDecimal(dust, table.valueDecimals)} ${table.quote}`
  return [
    `Proven, customer by customer and instrument by instrument: what the accounts of an identifier have at epoch ${epoch} and did not have at ${previous}, or the other way round, is the sum of its rows: transfers, fees, trades, accruals, liquidations, their takers${allocated ? ', allocations' : ''}.`,
    `In every instrument, over all accounts: trades come to nothing, interest and funding give no more than they take, and liquidations and their takers give no more than the layers of the waterfall have less of at epoch ${epoch} than at ${previous}, whatever else was taken out of them.`,
    `${rows}${listed ? '' : '; an address cannot say whether the epoch has more proofs'}.`,
    ...(shares.length > 0
      ? [
          `Rows, deposits and withdrawals of ${someOf(shares)} are in shares, and so is what is proven of them: a share owed and a share lent can be other units.`,
        ]
      : []),
    ...(steps.moved.length > 0
      ? [
          `Indices of ${someOf(steps.moved)} step. They pay accounts no more interest than they charge. How much they charge is not bounded. What they charge and do not pay stays with the venue, and a loss below it is not told apart.`,
        ]
      : []),
    ...(back.length > 0
      ? [
          `Beyond interest, a share is more by ${someOf(back)}: the venue says that this gives back a loss of before. It is owed to holders from now on; who pays for it is not proven.`,
        ]
      : []),
    ...(loss
      ? [
          `Customers bear a loss: the layers of the waterfall are worth at most ${spent} at mark by then.`,
          ...(allocated ? ['How its rows divide it is not proven to be fair.'] : []),
          ...(steps.cut.length > 0
            ? [`Holders of ${someOf(steps.cut)} share it by the index, each the same part.`]
            : []),
        ]
      : ['No row allocates a loss to customers, and no index falls.']),
    `Not shown: that a customer has but one identifier, that accounts kept their owners, that customers ordered what their rows say, as a forced sale or a loss can stand among trades, that what came in reached an address, when anything happened between the two epochs, and that balances of epoch ${previous} were right to begin with.`,
  ]
}
