import { InputError } from '../errors/index.js'
import { BATCH_SLOTS_BITS, MAX_SCENARIOS, TABLE_KEYS_BITS } from '../field/index.js'
import { BATCH_DEPTH, BATCH_PLACES, TREE_ARITY } from '../hash/index.js'
import { DERIVATIVE_NUMBERS, keyCount, TIER_NUMBERS } from '../risk/index.js'
import { LINES_PER_LINK, MARGIN_SCENARIOS } from '../rules/index.js'
import { domainSizeOf, ESTIMATE_ERROR, estimateCount } from './estimate.js'
import { INSTANCES } from './generated/instances.js'
import type { Instance } from './instances.js'
import { LEAF_SLOTS } from './margin/account.js'

/** What a project says of an instance of its own. All else about a circuit follows from the statement. */
export type OwnSizes = Pick<Instance, 'statement' | 'params'>

/** Rows of the largest domain that a proof is made in: its key alone takes gigabytes. */
const MAX_DOMAIN = 2 ** 21

/** Sizes that the arguments of the circuits hold for, by statement: the same for every shipped instance. */
const BOUNDS: Readonly<Record<string, (params: Record<string, number>) => Fault | undefined>> = {
  ledger: ({ ACCOUNTS, SLOTS, SCENARIOS, PLEDGED }) => {
    const [slots, leaves] = [2 ** BATCH_SLOTS_BITS, BATCH_PLACES]
    return (
      outside('ACCOUNTS', ACCOUNTS!, 1, leaves, 'a batch has as many leaves') ??
      leafFault(SLOTS!) ??
      outside('SCENARIOS', SCENARIOS!, 0, MAX_SCENARIOS, 'a table has no more') ??
      fault(
        PLEDGED! > SLOTS!,
        'PLEDGED',
        `has to be at most SLOTS, ${SLOTS}: they are the first slots of an account`,
      ) ??
      fault(
        PLEDGED! > 0 && SCENARIOS === 0,
        'PLEDGED',
        'has to be 0 without scenarios: the first one says what pledges count for',
      ) ??
      fault(
        ACCOUNTS! * SLOTS! > slots,
        'ACCOUNTS',
        `times SLOTS has to be at most ${slots}, and is ${ACCOUNTS! * SLOTS!}: no total outgrows its width at so many slots in a batch`,
      ) ??
      fault(
        SCENARIOS! > 0 && ACCOUNTS! >= leaves,
        'ACCOUNTS',
        `has to be at most ${leaves - 1} with scenarios: of the ${leaves} leaves of a batch one is of equities`,
      )
    )
  },
  solvency: ({ SPOTS, DERIVATIVES, TIERS, SCENARIOS }) => {
    const sizes = { spots: SPOTS!, derivatives: DERIVATIVES!, tiers: TIERS!, scenarios: SCENARIOS! }
    const [keys, tiers] = [2 ** TABLE_KEYS_BITS, DERIVATIVE_NUMBERS - TIER_NUMBERS]
    return (
      fault(SPOTS === 0, 'SPOTS', 'has to be at least 1: something has to be held in reserve') ??
      outside('SCENARIOS', SCENARIOS!, 0, MAX_SCENARIOS, 'a table has no more') ??
      outside('TIERS', TIERS!, 0, tiers, 'tiers have as many numbers') ??
      fault(
        TIERS! > 0 && SCENARIOS === 0,
        'TIERS',
        'has to be 0 without scenarios: the first one says what tiers count for',
      ) ??
      fault(
        DERIVATIVES! > 0 && SCENARIOS === 0,
        'DERIVATIVES',
        'has to be 0 without scenarios, as nothing else judges a derivative',
      ) ??
      fault(
        keyCount(sizes) > keys,
        'SPOTS',
        `and DERIVATIVES twice, and TIERS, have to be at most ${keys} together, and are ${keyCount(sizes)}: a table has as many keys`,
      )
    )
  },
  margin: marginFault,
  liquidation: marginFault,
  backing: spotsFault,
  settlement: spotsFault,
  weigh: ({ LEAVES, LEVEL, SLOTS, ACTIVITY }) =>
    outside('LEVEL', LEVEL!, 1, BATCH_DEPTH - 1, 'a chunk stands in a batch') ??
    outside('LEAVES', LEAVES!, 1, TREE_ARITY ** LEVEL!, 'a chunk of this LEVEL has as many places') ??
    leafFault(SLOTS!) ??
    outside('ACTIVITY', ACTIVITY!, 0, 1, 'a chunk is of accounts or of rows'),
  // Those of the solvency instance that it is for, whatever scenarios that has.
  disclosure: ({ SPOTS, DERIVATIVES, TIERS }) =>
    BOUNDS.solvency!({ SPOTS: SPOTS!, DERIVATIVES: DERIVATIVES!, TIERS: TIERS!, SCENARIOS: 1 }),
}

function leafFault(slots: number): Fault | undefined {
  return fault(
    !LEAF_SLOTS.includes(slots),
    'SLOTS',
    `has to be one of ${LEAF_SLOTS.join(', ')}: a leaf has no other number of slots, and margin proofs open no other`,
  )
}

function spotsFault({ SPOTS }: Record<string, number>): Fault | undefined {
  return outside('SPOTS', SPOTS!, 1, 2 ** (TABLE_KEYS_BITS - 1), 'a table has as many spot instruments')
}

/** Sizes that the templates `Margin` and `Liquidation` assert. */
const MARGIN = { slots: 64, groups: 64, lines: 256, levels: 4 } as const

function marginFault({
  SLOTS,
  SCENARIOS,
  GROUPS,
  LINES,
  LINKS,
  LEVELS,
}: Record<string, number>): Fault | undefined {
  return (
    outside('SLOTS', SLOTS!, 1, MARGIN.slots, 'no loss outgrows its width at so many') ??
    outside('SCENARIOS', SCENARIOS!, 1, MARGIN_SCENARIOS, 'a row of a rule has as many changes') ??
    outside('GROUPS', GROUPS!, 1, MARGIN.groups, 'no sum outgrows its width at so many') ??
    outside('LINES', LINES!, 1, MARGIN.lines, 'no sum outgrows its width at so many') ??
    outside(
      'LINKS',
      LINKS!,
      1,
      MARGIN.lines / LINES_PER_LINK,
      `at ${LINES_PER_LINK} lines a link, an account touches no more`,
    ) ??
    outside('LEVELS', LEVELS!, 1, MARGIN.levels, 'rows have as many numbers')
  )
}

/** The parameter that is wrong, and why. */
interface Fault {
  size: string
  why: string
}

function fault(is: boolean, size: string, why: string): Fault | undefined {
  return is ? { size, why } : undefined
}

function outside(size: string, value: number, least: number, most: number, why: string): Fault | undefined {
  return fault(value < least || value > most, size, `has to be from ${least} to ${most}: ${why}`)
}

/**
 * The name of an instance of a project's own: statement and sizes, in the order of the circuit's parameters.
 * So it says what the instance is, and is no shipped instance's.
 *
 * @example
 * ownInstanceName({ statement: 'ledger', params: { ACCOUNTS: 20, SLOTS: 16, SCENARIOS: 4, PLEDGED: 9 } })
 * // ledger-own-20-16-4-9
 */
export function ownInstanceName({ statement, params }: OwnSizes): string {
  return [statement, 'own', ...sizeNames(statement).map((size) => params[size])].join('-')
}

/** Statements that a project can have instances of. */
export const OWN_STATEMENTS = Object.keys(BOUNDS) as [string, ...string[]]

/**
 * An instance of a project's own sizes: its circuit, template and signals are those that are shipped for the
 * statement.
 *
 * @throws {InputError} `INSTANCE_SIZE` when a size is missing, unknown or beyond a bound of the circuit's
 * argument, or together they take a domain above 2^21 rows
 */
export function ownInstance(sizes: OwnSizes): Instance {
  const wrong = faultOf(sizes)
  if (wrong === undefined) return instanceOf(sizes)
  throw new InputError('INSTANCE_SIZE', `${wrong.size} ${wrong.why}`, {
    where: `params.${wrong.size}`,
    hint: 'Choose other sizes: `plimsoll plan` says which suit a ledger.',
  })
}

/**
 * The instance that an own name is of; `undefined` for a name that is none of a project's own.
 *
 * @throws {InputError} `INSTANCE_SIZE`
 */
export function ownInstanceNamed(name: string): Instance | undefined {
  const sizes = sizesNamed(name)
  if (sizes === undefined) return undefined
  try {
    return ownInstance(sizes)
  } catch (error) {
    throw error instanceof InputError ? error.within(name) : error
  }
}

/** Whether a name is that of an instance of a project's own, at sizes that there can be. */
export function isOwnInstance(name: string): boolean {
  const sizes = sizesNamed(name)
  return sizes !== undefined && faultOf(sizes) === undefined
}

/** Whether there can be an instance of these sizes. */
export function canHaveSizes(sizes: OwnSizes): boolean {
  return faultOf(sizes) === undefined
}

/** The shipped instance of a project's own sizes, if there is one: its circuit is the same. */
export function shippedAlike(name: string): Instance | undefined {
  const sizes = sizesNamed(name)
  return sizes && INSTANCES.find((instance) => ownInstanceName(instance) === ownInstanceName(sizes))
}

function instanceOf({ statement, params }: OwnSizes): Instance {
  const { file, template, public: signals } = templateOf(statement)!
  const ordered = Object.fromEntries(sizeNames(statement).map((size) => [size, params[size]!]))
  const name = ownInstanceName({ statement, params })
  return { name, statement, file, template, params: ordered, public: signals }
}

function templateOf(statement: string): Instance | undefined {
  return INSTANCES.find((instance) => instance.statement === statement)
}

function sizeNames(statement: string): string[] {
  return Object.keys(templateOf(statement)?.params ?? {})
}

/** Statement, then sizes as the shortest decimal numbers. */
const NAME = /^([a-z]+)-own((?:-(?:0|[1-9][0-9]{0,6}))+)$/

function sizesNamed(name: string): OwnSizes | undefined {
  const [, statement, numbers] = NAME.exec(name) ?? []
  if (statement === undefined || !Object.hasOwn(BOUNDS, statement)) return undefined
  const values = numbers!.slice(1).split('-').map(Number)
  const names = sizeNames(statement)
  if (values.length !== names.length) return undefined
  return { statement, params: Object.fromEntries(names.map((size, i) => [size, values[i]!])) }
}

function faultOf({ statement, params }: OwnSizes): Fault | undefined {
  const names = sizeNames(statement)
  const unknown = Object.keys(params).find((size) => !names.includes(size))
  const missing = names.find((size) => !Object.hasOwn(params, size))
  const odd = names.find((size) => !Number.isSafeInteger(params[size]) || params[size]! < 0)
  return (
    fault(unknown !== undefined, unknown!, `is no size of ${statement}: those are ${names.join(', ')}`) ??
    fault(missing !== undefined, missing!, 'is missing') ??
    fault(odd !== undefined, odd!, 'has to be a whole number') ??
    BOUNDS[statement]?.(params) ??
    tooLarge({ statement, params })
  )
}

function tooLarge(sizes: OwnSizes): Fault | undefined {
  const { nonLinear, linear, public: signals } = estimateCount(instanceOf(sizes))!
  const constraints = (nonLinear + linear) * (1 - ESTIMATE_ERROR)
  const most = `about ${Math.round(constraints).toLocaleString('en-US')} constraints are more than a domain of 2^${Math.log2(MAX_DOMAIN)} takes`
  const [first] = sizeNames(sizes.statement)
  return fault(
    domainSizeOf(constraints, signals) > MAX_DOMAIN,
    first!,
    `and the other sizes are too large: ${most}`,
  )
}
