import type { SettlementCheck, SettlementFinding } from '../../venue/index.js'
import type { Text } from '../terminal/layout.js'
import { type Cell, facts, table } from '../terminal/table.js'

/** Findings that are printed for people; `--json` lists more. */
const SHOWN = 100

/** The result of `settlement check`. */
export function settlementCheckView(report: SettlementCheck): Text {
  const { instruments, findings, omitted, accounts, liquidations, loss, valid, quote } = report
  const rows = findings.slice(0, SHOWN).map((finding) => findingRow(finding, quote))
  const more = findings.length - rows.length + omitted
  return [
    table(
      ['instrument', 'before', 'rows', 'after', 'difference', 'accounts off'],
      instruments.map(({ instrument, before, after, moved, difference, unbalanced }) => [
        instrument,
        before,
        Object.entries(moved).map(([reason, amount]) => `${reason} ${amount}`),
        after,
        difference,
        unbalanced,
      ]),
    ),
    ...(rows.length === 0 ? [] : [table(['', 'account', 'finding', 'where', 'amounts'], rows)]),
    ...(more === 0 ? [] : [`and ${more} more; --json lists them`]),
    `${accounts.before} accounts before, ${accounts.after} after, ${accounts.moved} with rows: ${accounts.unbalanced} do not balance`,
    `${liquidations === 1 ? '1 liquidation' : `${liquidations} liquidations`} of the epoch before${loss ? '; customers share a loss' : ''}`,
    valid ? 'FOLLOWS' : 'DOES NOT FOLLOW',
  ]
}

function findingRow(finding: SettlementFinding, quote: string): Cell[] {
  const { severity, account, reason, instrument, file, line, column, amounts } = finding
  const unit = instrument ?? quote
  const place = file === undefined ? '' : `${file}:${line}${column === undefined ? '' : `, ${column}`}`
  return [
    severity === 'error' ? '✗' : '!',
    account ?? '',
    reason,
    instrument === undefined || place === '' ? (instrument ?? place) : [instrument, place],
    Object.entries(amounts).map(([name, amount]) => `${name} ${amount} ${unit}`),
  ]
}

/** The result of `settlement prove`. */
export function settlementProvenView(result: {
  epoch: string
  previous: string
  chunks: number
  kept: number
  liquidations: number
  loss: boolean
}): Text {
  const { epoch, previous, chunks, kept, liquidations, loss } = result
  return facts([
    ['chunks proven', `${chunks} (${kept} kept from an earlier run)`],
    ['liquidations', liquidations],
    ['customers share a loss', loss ? 'yes' : 'no'],
    ['verify it', `plimsoll settlement verify ${epoch} --previous ${previous}`],
  ])
}
