import type { PlimsollError } from '../../errors/index.js'
import type { Balance, InclusionReport } from '../../inclusion/index.js'
import type { Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { notCheckedView, todos } from './checks.js'

const CANNOT_TELL = 'CANNOT TELL whether this account is counted. The lines above say why, and what to do.'

export function inclusionExportView({ inclusion, epoch }: { inclusion: string; epoch: string }): Text {
  return facts([
    ['for that customer only', inclusion],
    ['the customer verifies it', `plimsoll inclusion verify ${inclusion} --epoch ${epoch}`],
  ])
}

export function inclusionView(report: Omit<InclusionReport, 'exitCode'>): Text {
  const { verdict, account, venue, epoch, checks, balances, notChecked } = report
  if (verdict !== 'included') {
    // Scenarios fail because of a check above them, and add nothing to it.
    const failed = checks.filter(({ valid, id }) => !valid && !id.startsWith('scenario:'))
    const rows = failed.map(({ id, detail }) => [id, detail])
    return [
      table(['failed check', 'detail'], rows),
      ...todos(failed),
      verdict === 'cannot tell' ? CANNOT_TELL : `NOT INCLUDED in epoch ${epoch} of venue ${venue}.`,
    ]
  }
  const tiered = balances.some(({ tier }) => tier !== undefined)
  const rows = balances.map((balance) => {
    const { instrument, kind, quantity, tier } = balance
    return [tier?.of ?? instrument, kind, quantity, ...(tiered ? [place(balance)] : [])]
  })
  return [
    table(
      ['instrument', 'kind', 'quantity', ...(tiered ? ['pledge'] : [])],
      rows.length > 0 ? rows : [['(none)', '', '0']],
    ),
    `INCLUDED: account ${account} is counted in epoch ${epoch} of venue ${venue}.`,
    ...notCheckedView(notChecked),
  ]
}

/** The answer where something that is needed cannot be read. */
export function cannotTellView({ code, message, hint }: PlimsollError): Text {
  return [`${code}: ${message}`, ...(hint === undefined ? [] : [hint]), CANNOT_TELL]
}

/** Where a balance stands: owed, or in which tier. */
function place({ quantity, tier }: Balance): string {
  if (quantity.startsWith('-')) return 'owed'
  if (tier === undefined) return 'in no tier'
  const { list, number, percent } = tier
  return `${list === 'holding' ? 'held' : `pledged: ${list}`}, tier ${number}, counts ${percent} %`
}
