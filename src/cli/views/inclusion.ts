import {
  type Balance,
  type DisputeReport,
  ENTRY_WORDS,
  type InclusionReport,
  type ReceiptReport,
  type Unanswered,
} from '../../inclusion/index.js'
import type { ExportedAll, PublishedInclusion } from '../../venue/index.js'
import type { Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { checksView, notCheckedView, todos } from './checks.js'

const CANNOT_TELL = 'CANNOT TELL whether this account is counted. The lines above say why, and what to do.'

export function inclusionExportView(written: {
  inclusion: string
  epoch: string
  previous?: readonly string[]
}): Text {
  const { inclusion, epoch, previous = [] } = written
  const before = previous.map((folder) => ` --previous ${folder}`).join('')
  return facts([
    ['for that customer only', inclusion],
    ['the customer verifies it', `plimsoll inclusion verify ${inclusion} --epoch ${epoch}${before}`],
  ])
}

export function inclusionExportAllView({
  inclusion,
  format,
  files,
  kept,
  index,
}: ExportedAll & { inclusion: string }): Text {
  return facts([
    ['files', kept === 0 ? `${files}` : `${files}, ${kept} of them from an interrupted run`],
    [
      format === 'folder' ? 'one for each customer only' : 'one line or row for each customer only',
      inclusion,
    ],
    ...(index === undefined ? [] : [['which file is whose: for the venue only', index] as [string, string]]),
  ])
}

/** A share in percent. Of one account less than all it never says 100. */
function shareOf(part: number, whole: number): string {
  const tenths = part === whole ? 1000 : Math.min(Math.round((1000 * part) / whole), 999)
  return tenths === 0 && part > 0 ? 'below 0.1 %' : `${tenths / 10} %`
}

export function inclusionPublishedView(
  result: Omit<PublishedInclusion, 'archive'> & {
    archive: string
    buckets: number
    entries: number
    entryBytes: number
  },
): Text {
  const { archive, buckets, entries, entryBytes, accounts, covered, strangers, unnoticed } = result
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`
  return [
    facts([
      ['to publish', archive],
      ['buckets', `${buckets} of ${entries} entries of ${entryBytes} bytes`],
      ['customers whose file is in it', `${covered} of ${accounts}: ${shareOf(covered, accounts)}`],
      ...(strangers === 0
        ? []
        : [['channels of accounts that the ledger does not have', `${strangers}`] as [string, string]]),
    ]),
    'The chance that nobody notices, if as many accounts had been left out by someone who does not know who looks:',
    table(
      ['left out', 'all of them look', 'a tenth looks'],
      unnoticed.map(({ omitted, allLook, tenthLooks }) => [omitted, percent(allLook), percent(tenthLooks)]),
    ),
  ]
}

export function inclusionOpenedView(result: {
  inclusion: string
  venue: string
  epoch: string
  covered: number
}): Text {
  const { inclusion, venue, epoch, covered } = result
  return [
    facts([
      ['your inclusion file, for you only', inclusion],
      ['of', `epoch ${epoch} of venue ${venue}`],
      ['accounts whose files are in the archive', `${covered} %, by the venue's word`],
    ]),
    `Now verify it: plimsoll inclusion verify ${inclusion} --epoch EPOCH --pins PINS`,
  ]
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
  const shared = balances.some(({ units }) => units !== undefined)
  const rows = balances.map((balance) => {
    const { instrument, kind, quantity, units, tier } = balance
    return [
      ...[tier?.of ?? instrument, kind, quantity],
      ...(shared ? [units === undefined ? '' : `shares: ${units} ${instrument}`] : []),
      ...(tiered ? [place(balance)] : []),
    ]
  })
  return [
    table(
      ['instrument', 'kind', 'quantity', ...(shared ? ['in units'] : []), ...(tiered ? ['pledge'] : [])],
      rows.length > 0 ? rows : [['(none)', '', '0']],
    ),
    ...(report.liquidation ? ownLiquidationView(report.liquidation, checks) : []),
    ...(report.statement ? statementView(report.statement, checks) : []),
    `INCLUDED: account ${account} is counted in epoch ${epoch} of venue ${venue}.`,
    ...notCheckedView(notChecked),
  ]
}

/** What an account's own liquidation comes to. */
function ownLiquidationView(
  { valid, words, moved }: NonNullable<InclusionReport['liquidation']>,
  checks: InclusionReport['checks'],
): Text[] {
  if (!valid) {
    const failed = checks.filter(({ id, valid: holds }) => !holds && id.startsWith('liquidation'))
    const rows = failed.map(({ id, detail }) => [id, detail])
    return [table(['failed check', 'detail'], rows), ...todos(failed), 'LIQUIDATION NOT PROVEN.']
  }
  const rows = moved.map(({ instrument, before, moved: change, after }) => [
    instrument,
    before,
    change,
    after,
  ])
  return [...(rows.length > 0 ? [table(['instrument', 'before', 'moved', 'after'], rows)] : []), ...words]
}

const STATEMENT = {
  'adds up': 'THE STATEMENT OF ACCOUNT ADDS UP',
  'does not add up': 'THE STATEMENT OF ACCOUNT DOES NOT ADD UP',
  'cannot tell': 'CANNOT TELL whether the statement of account adds up',
} as const

/** An account's statement from an epoch to a later one. */
function statementView(
  { verdict, from, to, lines, settlements, words }: NonNullable<InclusionReport['statement']>,
  checks: InclusionReport['checks'],
): Text[] {
  // The account is counted: what fails is of its liquidation or of its statement.
  const failed = checks.filter(({ id, valid: holds }) => !holds && !id.startsWith('liquidation'))
  const rows = lines.map(({ instrument, entry, epoch, quantity }) => [
    ...[instrument, ENTRY_WORDS[entry], epoch, quantity],
  ])
  return [
    ...(rows.length === 0 ? [] : [table(['instrument', 'entry', 'epoch', 'quantity'], rows)]),
    ...settlements.map(
      ({ previous, epoch, sha256 }) =>
        `SHA-256 of settlement.json, epoch ${previous} to epoch ${epoch}: ${sha256}`,
    ),
    ...(failed.length === 0
      ? []
      : [
          table(
            ['failed check', 'detail'],
            failed.map(({ id, detail }) => [id, detail]),
          ),
          ...todos(failed),
        ]),
    `${STATEMENT[verdict]}: epoch ${from} to epoch ${to}.`,
    ...words,
  ]
}

/** The answer of a file that was held against a published root alone. */
export function receiptView(report: Omit<ReceiptReport, 'exitCode'>): Text {
  const { verdict, account, venue, epoch, accountsRoot, checks, balances, restsOn } = report
  if (verdict !== 'in this tree') {
    const failed = checks.filter(({ valid }) => !valid)
    return [
      table(
        ['failed check', 'detail'],
        failed.map(({ id, detail }) => [id, detail]),
      ),
      ...todos(failed),
      verdict === 'cannot tell' ? CANNOT_TELL : `NOT IN THIS TREE: ${accountsRoot}`,
    ]
  }
  const rows = balances.map(({ instrument, quantity }) => [instrument, quantity])
  return [
    table(['instrument', 'quantity'], rows.length > 0 ? rows : [['(none)', '0']]),
    `IN THIS TREE: account ${account} stands under the accountsRoot ${accountsRoot} of epoch ${epoch} of venue ${venue}.`,
    'No proof was verified. What this rests on:',
    ...restsOn.map((what) => `  ${what}`),
  ]
}

const DISPUTE = {
  'contradicts itself': 'THE VENUE CONTRADICTS ITSELF: it signed what cannot stand beside its own words.',
  'no contradiction': 'NO CONTRADICTION: the venue signed this file, and the epoch has its leaf.',
  'not signed': 'NOT SIGNED: the file shows nothing about the venue.',
  'cannot tell': 'CANNOT TELL whether the venue contradicts itself. The lines above say why.',
} as const

/** The answer to a dispute. */
export function disputeView(report: Omit<DisputeReport, 'exitCode'>): Text {
  const { verdict, address, venue, epoch, checks, restsOn } = report
  return [
    ...checksView(checks),
    `The file names epoch ${epoch} of venue ${venue}; the address is ${address}.`,
    DISPUTE[verdict],
    ...notCheckedView(restsOn),
  ]
}

/** The result of `web build`. */
export function builtPageView(built: {
  page: string
  sha256: string
  archive: string
  archiveSha256: string
  carriesEpoch: boolean
  carriesPins: boolean
}): Text {
  return facts([
    ['page', built.page],
    ['SHA-256 of the page', built.sha256],
    ['archive of the epoch', built.archive],
    ['SHA-256 of the archive', built.archiveSha256],
    ['it carries', built.carriesEpoch ? 'the epoch: the page alone is enough' : 'no epoch: it is too large'],
    ['pins', built.carriesPins ? 'those that you named: it says so' : 'none: customers bring their own'],
    ['publish', 'both files together, and the hash of the page where people know you'],
  ])
}

type Answer =
  | Omit<InclusionReport, 'exitCode'>
  | Omit<ReceiptReport, 'exitCode'>
  | Omit<Unanswered, 'exitCode'>

/** What a customer is told, whatever became of the check. */
export function answerView(answer: Answer): Text {
  if ('error' in answer) return cannotTellView(answer.error)
  return 'epochValid' in answer ? inclusionView(answer) : receiptView(answer)
}

/** The answer where something that is needed cannot be read. */
export function cannotTellView({ code, message, hint }: Unanswered['error']): Text {
  return [`${code}: ${message}`, ...(hint === undefined ? [] : [hint]), CANNOT_TELL]
}

/** Where a balance stands: owed, or in which tier. */
function place({ quantity, tier }: Balance): string {
  if (quantity.startsWith('-')) return 'owed'
  if (tier === undefined) return 'in no tier'
  const { list, number, percent } = tier
  return `${list === 'holding' ? 'held' : `pledged: ${list}`}, tier ${number}, counts ${percent} %`
}
