import { readPublishedPolicy } from '../../bundle/index.js'
import { EPOCH_PATHS, spotMarks } from '../../epoch/index.js'
import { formatDecimal } from '../../field/index.js'
import { folderSource } from '../../inputs/index.js'
import { FindingList, type PlacedFault } from '../../ledger/index.js'
import type { Reserves } from '../../reserves/index.js'
import { DERIVATIVE_NUMBERS, instrumentNumbers, type RiskTable } from '../../risk/index.js'
import {
  fundWorth,
  type OpenedSettlement,
  REASONS,
  type Reason,
  type Recovered,
  resolveDust,
} from '../../statements/index.js'
import { committedReserves, heldBySpot } from '../committed-reserves.js'
import { closeActivity, type OpenActivityOptions, openActivity } from './activity-files.js'
import {
  type Balance,
  balanceOf,
  type OddCustomer,
  type SettledCustomers,
  type SettlementBooks,
} from './balance.js'
import { openEpochs, type SettledEpochs, type SettledFiles } from './epochs.js'
import { overpaid, stepsOf } from './interest.js'
import { readLiquidationRows } from './liquidation-rows.js'

/** What reserves each epoch's solvency was proven with. */
export interface SettledReserves {
  /** Gets the table of the earlier epoch. */
  before: (table: RiskTable) => Promise<Reserves>
  /** Gets that of the later one. */
  after: (table: RiskTable) => Promise<Reserves>
}

/** The epochs that a settlement stands between, and what happened between them. */
export interface SettlementFiles extends SettledFiles {
  /** The folder of activity: a file for each reason that moved anything, such as `transfers.csv`. */
  activity: string
  /**
   * By symbol, what of the step of a long index gives back a loss of before, in 10^-12 units a share; default
   * nothing.
   */
  recovered?: Recovered
}

export interface CheckSettlementOptions extends SettlementFiles {
  /** For what insurance funds pay, and losses that customers share. */
  reserves?: SettledReserves
  /** How many findings of each severity the report lists (100,000); all are counted. */
  limit?: number
}

/**
 * One thing that keeps one epoch from following from the other, or looks odd. Private: it names accounts and
 * amounts.
 */
export interface SettlementFinding {
  /** `error`: there is no proof of such a settlement. */
  severity: 'error' | 'warning'
  /** Stable name of what is wrong. */
  code: string
  reason: string
  account?: string
  /** Symbol of the instrument that it is about. */
  instrument?: string
  /** Of a row that cannot be used: the file, its line and the column. */
  file?: string
  line?: number
  column?: string
  /** Exact decimals of the instrument, or of the quote currency where none is named. */
  amounts: Record<string, string>
}

/** What one instrument comes to over all customers, exact decimals. Private. */
export interface SettledInstrument {
  instrument: string
  /** What all accounts have less what they owe. */
  before: string
  after: string
  /** By reason, where there are rows: what accounts were given less what was taken from them. */
  moved: Record<string, string>
  /** After, less before, less all rows: zero where it balances. */
  difference: string
  /** Customers for whom it does not balance. */
  unbalanced: number
}

/** The findings of a check of a settlement. Private. */
export interface SettlementCheck {
  /** Whether the later epoch follows from the earlier by these rows. */
  valid: boolean
  accounts: SettledCustomers
  /** SHA-256 of the file of each reason, lower-case hex. */
  activity: Record<string, string>
  /** Liquidations of the earlier epoch. */
  liquidations: number
  /** Whether customers share a loss. */
  loss: boolean
  quote: string
  instruments: SettledInstrument[]
  findings: SettlementFinding[]
  /** Findings that are counted and not listed. */
  omitted: number
  notes: string[]
}

/**
 * Checks whether one epoch follows from the one before it by the rows of activity: for every customer and
 * instrument, exactly. Proves nothing.
 *
 * @example
 * const report = await checkSettlement({
 *   before: { folder: 'epoch-1', privateFolder: 'epoch-1.private', accounts: 'accounts-1.csv' },
 *   after: { folder: 'epoch-2', privateFolder: 'epoch-2.private', accounts: 'accounts-2.csv' },
 *   activity: 'activity',
 * })
 * for (const { instrument, unbalanced } of report.instruments) if (unbalanced > 0) console.error(instrument)
 *
 * @throws {InputError} `SETTLEMENT_EPOCHS` when the later epoch does not follow on the earlier,
 * `SETTLEMENT_TIERS` and `SETTLEMENT_NUMBERS` for tables between which nothing can be settled,
 * `SETTLEMENT_LIQUIDATION` for a proof whose private record is missing, `EPOCH_OTHER_RUN` for another
 * accounts file, `EPOCH_UNFINISHED`, `EPOCH_PRIVATE`, `ACTIVITY_FILE` for a file of no reason, and what
 * `readLedger` throws
 */
export async function checkSettlement(options: CheckSettlementOptions): Promise<SettlementCheck> {
  const findings = new FindingList<SettlementFinding>(options.limit)
  const onFault = (file: string, account: string, fault: PlacedFault) =>
    findings.add(rowFinding(file, account, fault))
  return withSettlementBooks(options, { onFault }, async (books) => {
    const fund = options.reserves && (await fundOf(books, options.reserves))
    const { balance } = await judge(books, fund, (finding) => findings.add(finding))
    const { omitted } = findings
    return {
      valid: findings.errors === 0,
      accounts: balance.counts,
      activity: activityHashes(books),
      liquidations: books.liquidations.length,
      loss: hasLoss(books),
      quote: books.table.quote,
      instruments: instrumentsOf(books.table, balance),
      findings: findings.kept,
      omitted: omitted.errors + omitted.warnings,
      notes: [...new Set([...books.before.ledger.notes, ...books.after.ledger.notes])],
    }
  })
}

/** Opens all that a settlement is about, for as long as something is done with it. */
export async function withSettlementBooks<T>(
  files: SettlementFiles,
  options: OpenActivityOptions | ((epochs: SettledEpochs) => OpenActivityOptions),
  work: (books: SettlementBooks) => Promise<T>,
): Promise<T> {
  const { memoryLimit, threads } = files
  const reading = {
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(threads === undefined ? {} : { threads }),
  }
  const epochs = await openEpochs(files)
  try {
    const liquidations = await readLiquidationRows(files.before)
    const own = typeof options === 'function' ? options(epochs) : options
    const activity = await openActivity(files.activity, epochs.table, { ...reading, ...own })
    try {
      return await work({ ...epochs, activity, liquidations, recovered: files.recovered ?? new Map() })
    } finally {
      await closeActivity(activity)
    }
  } finally {
    await epochs.close()
  }
}

/** The reserves and insurance funds of both epochs, and when the fund counts as spent. Private. */
export type SettledFund = Pick<OpenedSettlement, 'before' | 'after' | 'terms'>

/**
 * The reserves of both epochs, and the dust and marks of the later one.
 *
 * @throws {InputError} what `committedReserves` and `readPublishedPolicy` throw
 */
export async function fundOf(
  { before, after }: SettlementBooks,
  reserves: SettledReserves,
): Promise<SettledFund> {
  const held = async (epoch: SettlementBooks['before'], read: SettledReserves['before']) =>
    heldBySpot(epoch, await committedReserves(folderSource(epoch.folder), epoch, await read(epoch.table)))
  const { value: policy } = await readPublishedPolicy(folderSource(after.folder), EPOCH_PATHS.policy)
  return {
    before: await held(before, reserves.before),
    after: await held(after, reserves.after),
    terms: {
      dust: resolveDust(policy, after.table),
      marks: spotMarks(after.table, after.manifest.sizes.spots),
    },
  }
}

/** Whether customers share a loss. */
export function hasLoss(books: SettlementBooks): boolean {
  return (books.activity.get('allocations')?.activity.count ?? 0) > 0 || stepsOf(books).cut.length > 0
}

/** SHA-256 of the file of each reason that has one. */
export function activityHashes({ activity }: Pick<SettlementBooks, 'activity'>): Record<string, string> {
  return Object.fromEntries([...activity].map(([reason, { activity: rows }]) => [reason, rows.sha256]))
}

/**
 * All that keeps the later epoch from following from the earlier.
 *
 * @param fund left out, what it would have to pay for is found
 */
export async function judge(
  books: SettlementBooks,
  fund: SettledFund | undefined,
  found: (finding: SettlementFinding) => void,
): Promise<{ balance: Balance }> {
  const names = namesOf(books.table)
  const balance = await balanceOf(books, (customer) => {
    for (const finding of customerFindings(customer, names)) found(finding)
  })
  for (const finding of flowFindings(books, balance, fund, names)) found(finding)
  for (const finding of indexFindings(books)) found(finding)
  return { balance }
}

/** Symbol and decimals of each instrument, by its number. */
type Names = ReadonlyMap<number, { symbol: string; decimals: number }>

function namesOf(table: Pick<RiskTable, 'instruments'>): Names {
  const numbers = instrumentNumbers(table)
  return new Map(table.instruments.map(({ symbol, decimals }, row) => [numbers[row]!, { symbol, decimals }]))
}

function* customerFindings(
  { id, isBefore, isAfter, hasRows, unbalanced }: OddCustomer,
  names: Names,
): Generator<SettlementFinding> {
  const isKnown = isBefore || isAfter
  if (unbalanced.length === 0) {
    yield {
      ...{ severity: 'warning', account: id, amounts: {} },
      code: 'SETTLEMENT_STRANGER',
      reason: 'in neither epoch; the rows come to nothing',
    }
    return
  }
  const [code, reason] = !isKnown
    ? ['SETTLEMENT_STRANGER', 'in neither epoch: has the account another id in the ledgers?']
    : hasRows
      ? ['SETTLEMENT_BALANCE', 'rows do not come to the change']
      : !isAfter
        ? ['SETTLEMENT_VANISHED', 'in the earlier epoch alone, with no rows']
        : !isBefore
          ? ['SETTLEMENT_APPEARED', 'in the later epoch alone, with no rows']
          : ['SETTLEMENT_BALANCE', 'changed with no rows']
  for (const { number, before, after, moved } of unbalanced) {
    const { symbol, decimals } = names.get(number)!
    const amount = (units: bigint) => formatDecimal(units, decimals)
    yield {
      ...{ severity: 'error', code: code!, reason: reason!, account: id, instrument: symbol },
      amounts: {
        before: amount(before),
        rows: amount(moved),
        after: amount(after),
        difference: amount(after - before - moved),
      },
    }
  }
}

/** What rows of a reason must not come to, whoever they are of. */
function* flowFindings(
  books: SettlementBooks,
  { tally }: Balance,
  fund: SettledFund | undefined,
  names: Names,
): Generator<SettlementFinding> {
  const has = (reason: Reason) =>
    reason === 'liquidations'
      ? books.liquidations.length > 0
      : (books.activity.get(reason)?.activity.count ?? 0) > 0
  for (const [number, { symbol, decimals }] of names) {
    const isDerivative = number >= DERIVATIVE_NUMBERS
    const finding = (code: string, reason: string, amounts: Record<string, bigint>): SettlementFinding => ({
      ...{ severity: 'error', code, reason, instrument: symbol },
      amounts: Object.fromEntries(
        Object.entries(amounts).map(([name, units]) => [name, formatDecimal(units, decimals)]),
      ),
    })
    const trades = tally.net(number, 'trades')
    if (trades !== 0n) {
      yield finding('SETTLEMENT_TRADES', 'trades do not net to zero', { net: trades })
    }
    const accruals = tally.net(number, 'accruals')
    if (isDerivative ? accruals !== 0n : accruals > 0n) {
      const reason = isDerivative
        ? 'accruals of a derivative do not net to zero'
        : 'accruals give accounts more than they take'
      yield finding('SETTLEMENT_ACCRUALS', reason, { net: accruals })
    }
    const closing = tally.net(number, 'liquidations', 'takers')
    if (closing === 0n) continue
    const untaken = has('liquidations') && !has('takers')
    if (isDerivative) {
      yield untaken
        ? finding('SETTLEMENT_TAKERS', 'liquidations have no takers', { net: closing })
        : finding('SETTLEMENT_CLOSING', 'liquidations and takers of a derivative do not net to zero', {
            net: closing,
          })
      continue
    }
    if (closing < 0n) continue
    if (fund === undefined) {
      yield finding(
        'SETTLEMENT_CLOSING',
        'liquidations and takers give accounts more than they take: name the reserves of both epochs, to compare it with what left the insurance fund',
        { net: closing },
      )
      continue
    }
    const paid = fund.before.insurance[number]! - fund.after.insurance[number]!
    if (closing > paid) {
      yield finding(
        'SETTLEMENT_CLOSING',
        'liquidations and takers give accounts more than left the insurance fund',
        { net: closing, paid: paid > 0n ? paid : 0n },
      )
    }
  }
  if (!hasLoss(books)) return
  const { quote, valueDecimals } = books.after.table
  if (fund === undefined) {
    yield {
      ...{ severity: 'error', code: 'SETTLEMENT_LOSS', amounts: {} },
      reason:
        'customers share a loss: name the reserves of both epochs, to see what the insurance fund still has',
    }
    return
  }
  const { dust } = fund.terms
  const worth = fundWorth(fund)
  if (worth <= dust) return
  yield {
    ...{ severity: 'error', code: 'SETTLEMENT_LOSS' },
    reason: `customers share a loss while the insurance fund is worth more than the policy's dust, in ${quote}`,
    amounts: { fund: formatDecimal(worth, valueDecimals), dust: formatDecimal(dust, valueDecimals) },
  }
}

/** What indices must not do, whoever holds the instrument. */
function* indexFindings(books: SettlementBooks): Generator<SettlementFinding> {
  const { moved, letOff, overstated } = stepsOf(books)
  const finding = (instrument: string, code: string, reason: string): SettlementFinding => ({
    ...{ severity: 'error', code, reason, instrument, amounts: {} },
  })
  for (const symbol of letOff) {
    yield finding(symbol, 'SETTLEMENT_INDEX', 'loans are let off: a short share is fewer units than before')
  }
  for (const symbol of overstated) {
    yield finding(symbol, 'SETTLEMENT_INDEX', 'more of a loss is said to be given back than the index rises')
  }
  if (books.liquidations.length > 0 || (books.activity.get('takers')?.activity.count ?? 0) > 0) {
    for (const symbol of moved) {
      yield finding(
        symbol,
        'SETTLEMENT_INDEX',
        'its index steps, and there are rows of liquidations or takers',
      )
    }
  }
  for (const symbol of overpaid(books)) {
    yield finding(symbol, 'SETTLEMENT_INTEREST', 'its index pays more interest than it charges')
  }
}

function instrumentsOf(table: RiskTable, { tally }: Balance): SettledInstrument[] {
  return [...namesOf(table)].map(([number, { symbol, decimals }]) => {
    const sum = tally.of(number)
    const amount = (units: bigint) => formatDecimal(units, decimals)
    const moved = REASONS.flatMap((reason) => {
      const own = sum.reasons[reason]
      return own.in === 0n && own.out === 0n ? [] : [[reason, amount(own.in - own.out)] as const]
    })
    return {
      instrument: symbol,
      before: amount(sum.before),
      after: amount(sum.after),
      moved: Object.fromEntries(moved),
      difference: amount(sum.difference),
      unbalanced: sum.accounts,
    }
  })
}

function rowFinding(
  file: string,
  account: string,
  { severity, code, reason, line, column, instrument, amounts }: PlacedFault,
): SettlementFinding {
  return {
    ...{ severity, code, reason, account, file, line, amounts },
    ...(column === undefined ? {} : { column }),
    ...(instrument === undefined ? {} : { instrument }),
  }
}
