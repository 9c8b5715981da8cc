import type { RiskTable } from '../risk/index.js'
import { chosenAmounts } from './chosen.js'
import type { Disclosed } from './disclosure.js'

/** What is held in a ratio: the circuit counts loans to customers beside the reserves. */
const COUNTED = ', with loans to customers as far as the policy counts them'

/** What a disclosure shows of a valid epoch, a sentence each, with how it is known. */
export function disclosureWords(
  table: Pick<RiskTable, 'instruments'>,
  { totals, reserves, chosen }: Disclosed,
): string[] {
  const shown = chosen && chosenAmounts(table, chosen)
  return [
    ...(totals ? ['Totals of all instruments are shown: they open what the proofs commit to.'] : []),
    ...(reserves ? ['Reserves of all instruments are shown: they open what the proofs commit to.'] : []),
    ...(shown?.ratio === undefined
      ? []
      : [
          `Proven: at least ${shown.ratio} is committed to as held per unit of value owed, all spot instruments together at mark${COUNTED}.`,
        ]),
    ...Object.entries(shown?.ratios ?? {}).map(
      ([symbol, ratio]) =>
        `Proven: at least ${ratio} ${symbol} is committed to as held per ${symbol} owed, if any is${COUNTED}.`,
    ),
    ...Object.entries(shown?.totals ?? {}).map(
      ([symbol, { long, short }]) =>
        `Proven: all accounts together hold ${long} ${symbol}, and owe or are short of ${short}.`,
    ),
    ...Object.entries(shown?.reserves ?? {}).map(
      ([symbol, { reserves: held, insurance }]) =>
        `Proven: ${held} ${symbol} is committed to as held, and ${insurance} in the layers of the waterfall.`,
    ),
  ]
}
