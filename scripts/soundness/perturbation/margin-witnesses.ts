import type { CircuitInputs, Slot } from '../../../src/field/index.js'
import { TREE_ARITY } from '../../../src/hash/index.js'
import { DERIVATIVE_NUMBERS, type RiskTable, tableSizes } from '../../../src/risk/index.js'
import { FACTOR_ONE, type MarginRule } from '../../../src/rules/index.js'
import {
  type MarginSizes,
  marginFigures,
  marginInputs,
  marginWitness,
  openedLeafSlots,
} from '../../../src/statements/index.js'
import { accountWith, tableOf } from '../samples/margin-account.js'
import { changed, HAND_RULE, HELD } from '../samples/margin-rule.js'

const TOP = (1n << 64n) - 1n
const UNIT = FACTOR_ONE ** 3n

/** Honest accounts at the edges of what a `margin` instance takes, by what is special about them. */
export function marginWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [slots, scenarios, groups, lines, links, levels] = [
    'SLOTS',
    'SCENARIOS',
    'GROUPS',
    'LINES',
    'LINKS',
    'LEVELS',
  ].map((name) => params[name]!) as [number, number, number, number, number, number]
  const sizes: MarginSizes = { slots, scenarios, groups, lines, links, levels }
  // Some instances have no room for all groups and lines of the rule by hand.
  const fits = groups >= 3 && lines >= 8 && links >= 2
  const rule = repeated(fits ? HAND_RULE : lessOf(['tiers', 'floor']), sizes)
  const choosing = repeated(fits ? HAND_RULE : lessOf(['near']), sizes)
  const places = placesOf(sizes)
  const held = places.map((instrument, i): Slot => ({ ...HELD[i % HELD.length]!, instrument }))
  const full = (quantity: bigint) => held.map((slot) => ({ ...slot, quantity }))
  const cases: [string, MarginRule, readonly Slot[]][] = [
    ['nothing held', rule, []],
    ['every slot full, long', unlimited(rule), full(TOP)],
    ['every slot full, short', unlimited(rule), full(-TOP)],
    ['every slot held, mixed signs', rule, held],
    ['every slot held, mixed signs, a choice of branches', choosing, held],
    ['one unit of one instrument', rule, [{ instrument: places[1]!, quantity: 1n }]],
  ]
  return new Map(
    cases.map(([name, judge, account]) => [name, inputsOf(met(judge, account, places), account, sizes)]),
  )
}

/** How many rows of each kind the tree of rows has places for. */
const rowsOfAKind = ({ levels }: MarginSizes) => TREE_ARITY ** levels / 4

/**
 * Numbers of as many instruments as an account can hold, spot and derivatives in turn, from the first to the
 * last that the tree of rows has a place for.
 */
export function placesOf(sizes: MarginSizes): number[] {
  const last = rowsOfAKind(sizes) - 1
  return Array.from(
    { length: sizes.slots },
    (_, i) => Math.floor((i * last) / (sizes.slots - 1)) + (i % 2) * DERIVATIVE_NUMBERS,
  )
}

/**
 * A rule whose instruments are repeated until there is one for every slot. Groups and exposures are repeated
 * with them as often as there is room for; then further instruments join those that there are. Limits are
 * over all, with as many times the cap.
 */
export function repeated(from: MarginRule, { slots, groups, lines }: MarginSizes): MarginRule {
  const copies = Math.ceil(slots / from.instruments.length)
  const count = (list: readonly { lines: readonly unknown[] }[]) =>
    list.reduce((total, part) => total + part.lines.length, 0)
  const sets = Math.min(
    copies,
    Math.floor(groups / from.scan!.groups.length),
    Math.floor((lines - count(from.limits)) / count(from.exposures)),
  )
  const instruments = Array.from({ length: slots }, (_, i) => {
    const base = from.instruments[i % from.instruments.length]!
    const copy = Math.floor(i / from.instruments.length)
    return { ...base, symbol: `${base.symbol}${copy}`, base: base.symbol, set: copy % sets }
  })
  /** For each entry one for every copy of its instrument, in one set or in all. */
  const each = <T extends { symbol: string }>(entries: readonly T[], set?: number): T[] =>
    entries.flatMap((entry) =>
      instruments
        .filter((row) => row.base === entry.symbol && (set === undefined || row.set === set))
        .map(({ symbol }) => ({ ...entry, symbol })),
    )
  const inSets = <T>(of: (set: number) => T[]): T[] =>
    Array.from({ length: sets }, (_, set) => of(set)).flat()
  return changed((rule) => {
    delete rule.cash // which is repeated like any other
    rule.instruments = instruments.map(({ base: _, set: __, ...row }) => row)
    rule.scan!.groups = inSets((set) =>
      from.scan!.groups.map((group) => ({
        ...group,
        name: `${group.name}${set}`,
        members: each(group.members, set),
        flat: each(group.flat, set),
      })),
    )
    rule.exposures = inSets((set) =>
      from.exposures.map(({ name, choice, adds, lines }) => ({
        name: `${name}${set}`,
        lines: lines.map((line) => ({ ...line, terms: each(line.terms, set) })),
        ...(choice === undefined ? {} : { choice: `${choice}${set}` }),
        adds:
          'raises' in adds
            ? { raises: `${adds.raises}${set}` }
            : 'bounds' in adds
              ? { bounds: `${adds.bounds}${set}` }
              : adds,
      })),
    )
    for (const limit of rule.limits) {
      limit.cap *= BigInt(copies)
      for (const line of limit.lines) line.terms = each(line.terms)
    }
  }, from)
}

/** The rule by hand with two groups and those exposures. */
export function lessOf(exposures: string[]): MarginRule {
  return changed((rule) => {
    rule.scan!.groups = rule.scan!.groups.filter(({ name }) => name !== 'right')
    rule.exposures = [
      ...rule.exposures.filter(({ name }) => exposures.includes(name)),
      { name: 'nothing', lines: [], adds: { sum: 't' } },
    ]
  })
}

const unlimited = (from: MarginRule) =>
  changed((rule) => {
    for (const limit of rule.limits) limit.cap = 1n << 100n
  }, from)

/** The rule with the highest threshold that the account meets: what is left is less than a unit. */
function met(from: MarginRule, account: readonly Slot[], places: readonly number[]): MarginRule {
  const positions = account.map(({ instrument, quantity }) => ({
    symbol: from.instruments[places.indexOf(instrument)]!.symbol,
    quantity,
  }))
  const { slack } = marginFigures(from, { cash: 0n, positions }).requirements[0]!
  return changed((rule) => {
    rule.requirements[0]!.threshold += slack / UNIT - (slack < 0n && slack % UNIT !== 0n ? 1n : 0n)
  }, from)
}

function inputsOf(rule: MarginRule, account: readonly Slot[], sizes: MarginSizes): CircuitInputs {
  const table = filledTable(rule, sizes)
  return marginInputs(
    marginWitness({
      sizes,
      tableSizes: tableSizes(table),
      table,
      requirement: rule.requirements[0]!.name,
      account: accountWith(account, openedLeafSlots(sizes.slots).at(-1)),
      domain: 55n,
      context: 66n,
    }),
  )
}

/** A table that fills the tree of rows with both kinds; what no account holds is not in the rule. */
export function filledTable(rule: MarginRule, sizes: MarginSizes): RiskTable & { margin: MarginRule } {
  const places = placesOf(sizes)
  const known = new Map(tableOf(rule).instruments.map((row, i) => [places[i]!, row]))
  const instruments = (['spot', 'option'] as const).flatMap((kind, k) =>
    Array.from({ length: rowsOfAKind(sizes) }, (_, i): RiskTable['instruments'][number] => {
      const number = i + k * DERIVATIVE_NUMBERS
      return { symbol: `X${number}`, decimals: 0, mark: 1n, ...known.get(number), kind }
    }),
  )
  return { ...tableOf(rule), instruments, margin: rule }
}
