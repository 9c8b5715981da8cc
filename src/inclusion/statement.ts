import { Checks, type EpochCheck, fail, passed } from '../bundle/index.js'
import type { ExitCode } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import {
  describeIndices,
  instrumentNumbers,
  leafSlots,
  type RiskTable,
  symbolsInShares,
} from '../risk/index.js'
import { REASONS, type Reason } from '../statements/index.js'
import { readSlots } from './checks.js'
import { type Inclusion, openLeaf } from './file.js'
import { areRowsOf, type NamedSlots, slotsOf } from './slots.js'
import { rootOfOpened, type Step } from './statement-step.js'

/** A verified epoch, as a statement of account needs it. */
export interface StatementEpoch {
  epoch: string
  accountsRoot: bigint
  table: Pick<RiskTable, 'instruments'>
}

/** A step of an inclusion file, and the two epochs and the settlement that stand for it, all verified. */
export interface SettledStep {
  step: Step
  before: StatementEpoch
  after: StatementEpoch
  /** Root of the movements of each reason; 0 where there are none. */
  roots: Readonly<Record<Reason, bigint>>
  /** SHA-256 of the settlement's `settlement.json`. */
  sha256: string
}

/**
 * What a customer is told of a statement of account. `adds up`: what the account held and every movement come
 * to what it holds. `does not add up`: they do not, or a part of it is not in the trees. `cannot tell`: an
 * epoch or a settlement that it rests on is missing or not verified.
 */
export type StatementVerdict = 'adds up' | 'does not add up' | 'cannot tell'

/** One line of a statement of account. */
export interface StatementLine {
  instrument: string
  /** What the account held, what moved it, or what it holds. */
  entry: 'opening' | Reason | 'closing'
  /** The epoch that the quantity is of; of a movement the one that it led to. */
  epoch: string
  /** In whole units, signed; in shares where the instrument has an index. */
  quantity: string
}

/** How far the closing of an instrument is from what opening and movements come to. */
export interface StatementDifference {
  instrument: string
  epoch: string
  /** In whole units, signed: closing less opening and movements. */
  quantity: string
}

/** A settlement that a statement of account goes over, of which everything holds. */
export interface StatementSettlement {
  /** The two epochs. */
  previous: string
  epoch: string
  /** Of the bytes of `settlement.json`, lower-case hex: to be compared with what others have. */
  sha256: string
}

/** An account's statement from one epoch to a later one. Private. */
export interface AccountStatement {
  verdict: StatementVerdict
  /** Epochs of opening and closing. */
  from: string
  to: string
  /** Instrument by instrument: opening, movements in their order, closing. Empty where one cannot tell. */
  lines: StatementLine[]
  /** Empty unless something does not add up. */
  differences: StatementDifference[]
  /** The settlements that it goes over, the oldest first; where one cannot tell, those of them that hold. */
  settlements: StatementSettlement[]
  /** What is known of it, a sentence each. */
  words: string[]
}

/** A statement of account, and the checks that it was found by. */
export type FoundStatement = AccountStatement & { checks: EpochCheck[]; exitCode: ExitCode }

const AGAIN =
  'Ask the venue for your file again, with the statement of account of these epochs. If it gives you no other, show it this verdict.'

/**
 * Adds up an account's statement: that what the file opens of the epochs before, and each movement of each
 * reason, is in the tree that a verified epoch or settlement has the root of, and that opening and movements
 * come to the closing, exactly, in every step and every instrument.
 *
 * @param file an inclusion file that is included in the last epoch
 * @param settled the steps up to the file's epoch, the oldest first, at least one
 */
export async function accountStatement(
  file: Inclusion,
  settled: readonly SettledStep[],
  onCheck?: (check: EpochCheck) => void,
): Promise<FoundStatement> {
  const checks = new Checks(onCheck)
  const from = settled[0]!.before.epoch
  const to = file.epoch
  const found = (verdict: StatementVerdict, told: Partial<AccountStatement>): FoundStatement => ({
    ...{ verdict, from, to, lines: [], differences: [], settlements: settlementsOf(settled) },
    ...told,
    words: [...(told.words ?? []), ...compareSettlements(settled)],
    checks: checks.list,
    exitCode: checks.exitCode,
  })
  await checks.run('statement-steps', () => {
    assertChain(file, settled)
    const steps = settled.length === 1 ? '1 step' : `${settled.length} steps`
    return passed(`${steps} from epoch ${from} to epoch ${to}`)
  })
  await checks.run('statement-openings', () => {
    for (const { step, before } of settled) {
      if (step.before === null) continue
      if (!areRowsOf(step.before, before.table)) fail(`not slots of the risk table of epoch ${before.epoch}`)
      if (rootOfOpened(file.account, step.before) !== before.accountsRoot) {
        fail(`what it says of epoch ${before.epoch} is not in that epoch's accounts tree`, { todo: AGAIN })
      }
    }
    const opened = settled.filter(({ step }) => step.before !== null).length
    if (opened === 0) return passed('it opens no account in an epoch before: by its word, there was none')
    const of = settled.length === 1 ? '' : `, ${opened} of ${settled.length} epochs`
    return passed(`what it opens of epochs before is in their accounts trees${of}`)
  })
  await checks.run('statement-movements', () => {
    for (const each of settled) assertRows(file.account, each)
    const rows = settled.reduce((sum, { step }) => sum + step.rows.length, 0)
    return passed(
      `${rows} ${rows === 1 ? 'movement is in the tree of its reason' : 'movements are in the trees of their reasons'}`,
    )
  })
  await checks.run('statement-closing', () => {
    const { table, accountsRoot } = settled.at(-1)!.after
    const slots = readSlots(file, table)
    if (
      slots === undefined ||
      openLeaf(file, leafSlots(slots, instrumentNumbers(table))).root !== accountsRoot
    ) {
      fail("what the account holds is not in the epoch's accounts tree")
    }
    return passed("what the account holds is in the epoch's accounts tree")
  })
  if (!checks.valid) {
    return found('does not add up', {
      words: [
        'A part of the statement is not in the tree that it names: what is not in a tree does not count.',
      ],
    })
  }
  const { lines, differences, renamed } = addUp(file, settled)
  await checks.run('statement-sums', () => {
    if (differences.length === 0)
      return passed('opening and movements come to the closing, in every instrument')
    const names = [...new Set(differences.map(({ instrument }) => instrument))]
    return fail(`opening and movements do not come to the closing: ${names.join(', ')}`, { todo: AGAIN })
  })
  const words = [...ownersChanged(file, settled), ...severalOf(renamed), ...inShares(settled, lines)]
  return differences.length === 0
    ? found('adds up', { lines, words: [...ADDS_UP, ...newcomer(settled), ...words] })
    : found('does not add up', { lines, differences, words: [...missing(differences), ...words] })
}

/** The settlements of steps, as they are told. */
export function settlementsOf(settled: readonly SettledStep[]): StatementSettlement[] {
  return settled.map(({ step: { previous, epoch }, sha256 }) => ({ previous, epoch, sha256 }))
}

/** Why a customer compares the SHA-256 of each settlement; nothing where there is none. */
export function compareSettlements(settled: readonly SettledStep[]): string[] {
  return settled.length === 0 ? [] : [COMPARE]
}

const COMPARE =
  'Compare each SHA-256 of settlement.json with the one that others see, as `plimsoll settlement verify` prints it: a venue can show you one settlement and them another, and only with the same one do your movements stand in the settlement that they verified.'

/** That steps follow one another, each of the epochs that stand for it, up to the file's own. */
function assertChain(file: Inclusion, settled: readonly SettledStep[]): void {
  for (const [i, { step, before, after }] of settled.entries()) {
    if (step.previous !== before.epoch || step.epoch !== after.epoch) {
      fail(`the step from epoch ${step.previous} to ${step.epoch} is held against other epochs`)
    }
    const next = settled[i + 1]
    const isNext =
      next === undefined ? after.epoch === file.epoch : next.before.accountsRoot === after.accountsRoot
    if (!isNext) fail(`nothing leads on from epoch ${after.epoch}`)
  }
}

/** That each row is a leaf of the account in the tree of its reason, and none is told twice. */
function assertRows(account: string, { step, before, after, roots }: SettledStep): void {
  const told = new Set<string>()
  for (const [i, row] of step.rows.entries()) {
    const { reason, path } = row
    const name = `movement ${i + 1} of epoch ${step.epoch} (${reason})`
    const place = `${reason} ${path.index}`
    if (told.has(place)) fail(`${name} is told twice`, { todo: AGAIN })
    told.add(place)
    if (!areRowsOf(row, after.table, before.table)) fail(`${name} is not in slots of the risk tables`)
    if (rootOfOpened(account, row) !== roots[reason]) {
      fail(`${name} is not in the settlement's tree of that reason`, { todo: AGAIN })
    }
  }
}

/** Units of one instrument, in its smallest unit. */
interface Units {
  symbol: string
  decimals: number
  quantity: bigint
}

/**
 * Adds what slots hold to units by instrument. A symbol alone names none: tables that are not of epochs in a
 * row may have it with other decimals, or of another kind.
 */
function add(units: Map<string, Units>, slots: NamedSlots): Map<string, Units> {
  for (const [i, { quantity }] of slotsOf({ slots })!.entries()) {
    if (quantity === 0n) continue
    const { symbol, decimals } = slots[i]!
    const key = keyOf(slots[i]!)
    units.set(key, { symbol, decimals, quantity: (units.get(key)?.quantity ?? 0n) + quantity })
  }
  return units
}

const keyOf = ({ number, symbol, decimals }: NamedSlots[number]) => `${number} ${decimals} ${symbol}`

const unitsOf = (slots: NamedSlots | undefined) => add(new Map(), slots ?? [])

/** The lines of a statement whose every part is in its tree, and what does not add up. */
function addUp(
  file: Inclusion,
  settled: readonly SettledStep[],
): Pick<AccountStatement, 'lines' | 'differences'> & { renamed: string[] } {
  const differences: StatementDifference[] = []
  const moved: { key: string; line: StatementLine }[] = []
  const seen = new Map<string, Units>()
  for (const [i, { step, after }] of settled.entries()) {
    const next = settled[i + 1]
    const closing = unitsOf(next === undefined ? file.slots : next.step.before?.slots)
    const expected = unitsOf(step.before?.slots)
    for (const { reason, slots } of step.rows.toSorted(byReason)) {
      // What comes in and what goes out are slots of their own, and lines of their own.
      for (const slot of slots) {
        const { symbol: instrument, quantity } = slot
        const line = { instrument, entry: reason, epoch: after.epoch, quantity }
        if (quantity !== '0') moved.push({ key: keyOf(slot), line })
      }
      add(expected, slots)
    }
    for (const [key, units] of new Map([...expected, ...closing])) {
      if (!seen.has(key)) seen.set(key, units)
      const [is, due] = [closing, expected].map((of) => of.get(key)?.quantity ?? 0n)
      if (is === due) continue
      const quantity = formatDecimal(is! - due!, units.decimals)
      differences.push({ instrument: units.symbol, epoch: after.epoch, quantity })
    }
  }
  const [first, last] = [settled[0]!, settled.at(-1)!]
  const opening = unitsOf(first.step.before?.slots)
  const closing = unitsOf(file.slots)
  const own = [...seen].map(([key, units]) => ({ key, ...units }))
  const symbols = new Set([
    ...last.after.table.instruments.map(({ symbol }) => symbol),
    ...own.map(({ symbol }) => symbol),
  ])
  const ordered = [...symbols].flatMap((symbol) => own.filter((units) => units.symbol === symbol))
  const lines = ordered.flatMap(({ key, symbol: instrument, decimals }): StatementLine[] => {
    const held = (of: Map<string, Units>) => formatDecimal(of.get(key)?.quantity ?? 0n, decimals)
    return [
      { instrument, entry: 'opening', epoch: first.before.epoch, quantity: held(opening) },
      ...moved.filter((each) => each.key === key).map(({ line }) => line),
      { instrument, entry: 'closing', epoch: last.after.epoch, quantity: held(closing) },
    ]
  })
  const renamed = [...symbols].filter((symbol) => own.filter((units) => units.symbol === symbol).length > 1)
  return { lines, differences, renamed }
}

const byReason = (a: { reason: Reason }, b: { reason: Reason }): number =>
  REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason)

/** That a statement adds up says no more than this. */
const ADDS_UP = [
  'What this account held, and every movement that is listed, come to exactly what it holds.',
  'Proven beside, for the whole ledger: all movements of one identifier come to the difference of its accounts. So what is left out here comes to nothing, or to another account under your identifier that this file does not open.',
  'Whether a movement was yours, as it was told to be, and what it was worth at its moment, is for you to compare with your own records.',
]

/** What a venue says of an account that was not there before. */
function newcomer(settled: readonly SettledStep[]): string[] {
  return settled
    .filter(({ step }) => step.before === null)
    .map(
      ({ before }) =>
        `That this identifier had no account in epoch ${before.epoch} is the word of the file: if you had one, ask the venue.`,
    )
}

function missing(differences: readonly StatementDifference[]): string[] {
  return [
    ...differences.map(({ instrument, epoch, quantity }) =>
      quantity.startsWith('-')
        ? `${instrument} in epoch ${epoch}: ${quantity.slice(1)} less than opening and movements come to.`
        : `${instrument} in epoch ${epoch}: ${quantity} more than opening and movements come to.`,
    ),
    'The settlement proves that all movements of your identifier come to the difference of its accounts. So a movement of yours is not in this file, or an account.',
  ]
}

/** One symbol may be of several instruments, in tables that are not of epochs in a row. */
function severalOf(symbols: readonly string[]): string[] {
  return symbols.map(
    (symbol) =>
      `${symbol} is not one instrument in all of these epochs: its decimals, its kind or its place in the risk table is another. Each has lines of its own, and units of one are not units of the other.`,
  )
}

/** An index changes what a balance comes to, and has no row: it is told in words for each epoch. */
function inShares(settled: readonly SettledStep[], lines: readonly StatementLine[]): string[] {
  const own = new Set(lines.map(({ instrument }) => instrument))
  const epochs = [settled[0]!.before, ...settled.map(({ after }) => after)].map(({ epoch, table }) => ({
    epoch,
    instruments: table.instruments.filter(({ symbol }) => own.has(symbol)),
  }))
  const shared = new Set(symbolsInShares(epochs))
  return epochs.flatMap(({ epoch, instruments }) => {
    const units = instruments.filter(({ symbol, index }) => index === undefined && shared.has(symbol))
    return [
      ...describeIndices({ instruments }).map(
        (sentence) => `Epoch ${epoch}: ${sentence}. Quantities above are shares.`,
      ),
      ...units.map(({ symbol }) => `Epoch ${epoch}: ${symbol} has no index: a share of it is one ${symbol}.`),
    ]
  })
}

/** Owners are not settled: a leaf that holds another one is told. */
function ownersChanged(file: Inclusion, settled: readonly SettledStep[]): string[] {
  return settled.flatMap(({ step, after }, i) => {
    const next = settled[i + 1]
    const owner = next === undefined ? file.owner : next.step.before?.owner
    if (step.before === null || owner === undefined || owner === step.before.owner) return []
    return [
      `The leaf of epoch ${after.epoch} holds another owner's commitment than that of epoch ${step.previous}. No settlement holds owners: if you did not have it changed, ask the venue.`,
    ]
  })
}
