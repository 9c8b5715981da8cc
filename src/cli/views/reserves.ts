import { formatDecimal } from '../../field/index.js'
import type { ReservesReport, Summary } from '../../reserves/index.js'
import type { Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { shownAmount } from './amounts.js'
import { checksView } from './checks.js'

/** Decimals of an amount on the terminal at most. */
const DECIMALS = 8

/** The result of `reserves challenge`. */
export function challengeView(result: { folder: string; challenge: string; accounts: number }): Text {
  return facts([
    ['folder', result.folder],
    ['accounts', result.accounts],
    ['challenge, which all of them sign', result.challenge],
    ['next', `plimsoll reserves message ${result.folder} --out to-sign`],
  ])
}

/** The result of `reserves message`. */
export function messagesView({
  folder,
  texts,
  signatures,
}: {
  folder: string
  texts: number
  signatures: string
}): Text {
  return facts([
    ['texts to sign', texts],
    ['folder', folder],
    ['signatures go into', signatures],
  ])
}

/** The result of `reserves collect`. */
export function collectedView(
  result: ReservesReport & { folder: string; leftOut: number; foundTokens: readonly string[] },
): Text {
  const { folder, leftOut, foundTokens } = result
  return [
    ...reservesView(result),
    ...(leftOut === 0 ? [] : [`${leftOut} accounts were left out: there is no signature of theirs.`]),
    ...(foundTokens.length === 0
      ? []
      : [
          'Layouts that were found by looking at what contracts read:',
          ...foundTokens.map((each) => `  ${each}`),
        ]),
    `The evidence is in ${folder}.`,
  ]
}

/** What evidence shows: classes stand beside one another, and are never added. */
export function reservesView(report: ReservesReport): Text[] {
  const { checks, blocks, shown, accounts, uncounted, shared, words, verdict } = report
  const amount = (text: string) => (text === '0' ? '' : shownAmount(text, DECIMALS))
  const rows = shown.map(({ instrument, holdsFor, proven, observed, attested }) => [
    instrument,
    holdsFor,
    amount(proven),
    amount(observed),
    amount(attested),
  ])
  return [
    ...checksView(checks),
    ...(blocks.length === 0
      ? []
      : [
          table(
            ['chain', 'block', 'known by'],
            blocks.map(({ chain, height, vouchedBy }) => [chain, height, KNOWN_BY[vouchedBy]]),
          ),
        ]),
    ...(rows.length === 0 ? [] : [table(['instrument', 'for', 'proven', 'observed', 'attested'], rows)]),
    ...outputsView(report.outputs),
    `${accounts.counted} of ${accounts.listed} accounts count.`,
    ...(uncounted.count === 0 ? [] : [`${uncounted.count} holdings count as nothing:`]),
    ...uncounted.named.map(({ account, why }) => `  ${account}: ${why}`),
    ...shared.map(({ account, other }) => `${account} is shown by ${other} too`),
    ...(words.length === 0 ? [] : ["On the venue's word alone:"]),
    ...words.map((word) => `  ${word}`),
    VERDICTS[verdict],
  ]
}

/** What stands behind the sum of Bitcoin: a header proves that an output was made, and nothing more. */
function outputsView({ all, old }: ReservesReport['outputs']): Text[] {
  if (all === '0') return []
  const coins = (satoshis: string) => shownAmount(formatDecimal(BigInt(satoshis), 8), DECIMALS)
  return [
    `Outputs of Bitcoin, ${coins(all)} coins: that they were made is proven, that they are unspent is observed.`,
    `  ${coins(old)} of these coins have not moved for thirty days.`,
  ]
}

const KNOWN_BY = {
  pin: 'your pin',
  nodes: 'your nodes',
  work: 'its work',
  venue: "the venue's word",
} as const

const VERDICTS = {
  shown: 'SHOWN',
  "on the venue's word": "HOLDS TOGETHER, ON THE VENUE'S WORD",
  refused: 'REFUSED',
} as const

/** The result of `reserves commit`. */
export function committedView(result: {
  out: string
  words: readonly string[]
  summary: Summary
  unknown: readonly string[]
}): Text {
  const { out, words, summary, unknown } = result
  const amounts = Object.entries(summary.shown).map(([symbol, amount]) => [
    symbol,
    shownAmount(amount, DECIMALS),
  ])
  return [
    table(['instrument', `shown as ${summary.classes.join(' and ')}`], amounts),
    ...unknown.map(
      (symbol) => `${symbol} is no instrument of the risk table that can be held: it was left out.`,
    ),
    ...(words.length === 0 ? [] : ["On the venue's word alone:", ...words.map((word) => `  ${word}`)]),
    `The amounts for solvency prove are in ${out}.`,
  ]
}
