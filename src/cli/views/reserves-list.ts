import type { ListReport, RowStatus } from '../../reserves/index.js'
import type { Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { shownAmount, shownPercent } from './amounts.js'

/** Coins, texts and faults that are printed for people; `--json` has all. */
const SHOWN = 40
/** Characters of a text that are printed. */
const TEXT = 60

const WORDS: Record<RowStatus, string> = {
  current: 'names account and challenge',
  stale: 'stale: the text names no challenge',
  inconclusive: 'inconclusive: nothing ties the key to the address',
  invalid: 'signature does not hold',
  unsigned: 'no signature',
  unread: 'of a scheme not read here',
}

export function listView(report: ListReport): Text {
  const { format, rows, repeated, by, coins, forms, texts, declared, about, faults } = report
  const more = coins.length - SHOWN
  const differing = declared.filter(({ amount, listed }) => listed !== undefined && listed !== plain(amount))
  return [
    facts([
      ['form of the list', format],
      ['rows', repeated === 0 ? rows : `${rows}, of which ${repeated} say a balance again`],
      ...Object.entries(about).map(([name, value]) => [name, value] as const),
    ]),
    table(
      ['coin', 'listed', 'signed', 'stale', 'not tied', 'unsigned'],
      coins
        .slice(0, SHOWN)
        .map(({ coin, amount, signed, by: sums }) => [
          coin,
          shownAmount(amount),
          signed === undefined ? '' : shownPercent(signed),
          shownAmount(sums.stale?.amount ?? '0'),
          shownAmount(sums.inconclusive?.amount ?? '0'),
          shownAmount(sums.unsigned?.amount ?? '0'),
        ]),
    ),
    ...(more > 0 ? [`and ${more} more coins; --json lists them`] : []),
    table(
      ['rows', 'signature'],
      Object.entries(by).map(([status, count]) => [count, WORDS[status as RowStatus]]),
    ),
    ...(forms.length === 0
      ? []
      : [
          table(
            ['rows', 'form of signature'],
            forms.map(({ form, rows }) => [rows, form]),
          ),
        ]),
    ...(texts.length === 0
      ? []
      : [
          table(
            ['rows', 'text that was signed'],
            texts.slice(0, SHOWN).map(({ text, rows }) => [rows, cut(text)]),
          ),
        ]),
    ...(differing.length === 0
      ? []
      : [
          table(
            ['coin', 'total that the list names', 'sum of its rows'],
            differing.map(({ coin, amount, listed }) => [coin, shownAmount(amount), shownAmount(listed!)]),
          ),
        ]),
    ...(faults.length === 0
      ? []
      : [
          table(
            ['line', 'coin', 'address', 'why'],
            faults.map(({ line, coin, address, why }) => [line, coin, address, why]),
          ),
        ]),
    'READ: this says what is signed, not what is there.',
  ]
}

const cut = (text: string) => (text.length > TEXT ? `${text.slice(0, TEXT)}…` : text)
/** A decimal without zeros at its end. */
const plain = (amount: string) => (amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount)
