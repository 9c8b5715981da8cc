import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import {
  type Instrument,
  instrumentNumbers,
  marginTrees,
  type RiskDigests,
  type RiskTable,
  riskDigests,
  rowPosition,
  type TableSizes,
  tableTree,
} from '../../risk/index.js'
import {
  compileRequirement,
  isSettledAtMark,
  type MarginRequirement,
  type MarginRow,
  type MarginRule,
  requirementDigest,
} from '../../rules/index.js'
import { LEAF_SLOTS, rootOfOwned } from '../margin/account.js'
import { assertFits } from '../margin/needs.js'
import type { MarginSizes } from '../margin/signals.js'
import type { Verdict } from '../verdict.js'
import type { LiquidationAccount, LiquidationMovement } from './account.js'
import { boundOf, type TouchedParts, touchedParts, type WitnessSide } from './bound.js'
import { cashNumber, liquidationNullifier, liquidationPolicyDigest, movementLeaf } from './digests.js'
import { type Liquidation, liquidationModel } from './model.js'
import { type LiquidationNeeds, needsOfParts } from './needs.js'
import type { LiquidationPolicy } from './policy.js'
import type { LiquidationSignals } from './signals.js'

/** Everything that one `liquidation` proof is about: the public signals and what opens them. Private. */
export interface LiquidationWitness {
  sizes: MarginSizes
  signals: LiquidationSignals
  account: LiquidationAccount
  policy: LiquidationPolicy
  takeover: boolean
  movementSalt: bigint
  /** The first slots of the leaf, filled up to the instance's with empty ones. */
  slots: Slot[]
  /** What moves in each of them, and the slots of the movement's leaf. */
  changes: Slot[]
  /** The slot that cash is in, and its number. */
  cashAt: number
  cash: number
  risk: RiskDigests & { timestamp: bigint }
  table: Pick<RiskTable, 'quote' | 'valueDecimals'>
  requirement: MarginRequirement
  /** The row of each opened slot and its path, of the requirement and of the table. */
  rows: ({ row: MarginRow; path: bigint[][] } | undefined)[]
  tableRows: ({ row: Instrument; path: bigint[][] } | undefined)[]
  /** Children of the uppermost nodes that the instance has room for. */
  rowTop: bigint[]
  tableTop: bigint[]
  parts: TouchedParts
  /** Before and after. */
  sides: [WitnessSide, WitnessSide]
  /** What the account was worth at marks, in 10^-valueDecimals of the table. */
  worth: bigint
  /** The same in words of the plain model, and what it says. */
  liquidation: Liquidation
  verdict: Verdict
}

const EMPTY_SLOT: Slot = { instrument: 0, quantity: 0n }

/** What a liquidation is made of, whatever instance it is proven in. */
export interface LiquidationParts {
  table: RiskTable & { margin: MarginRule }
  policy: LiquidationPolicy
  account: LiquidationAccount
  movement: LiquidationMovement
}

/**
 * Puts together what a liquidation proof is made over, with what shows most of what is required. Where the
 * verdict is not valid there is no proof.
 *
 * @throws {InputError} `LIQUIDATION_INSTRUMENT` when something moves that the account does not hold, or is
 * held that the margin rule does not have; `LIQUIDATION_CASH` when cash is in two slots of the leaf;
 * `MARGIN_SIZE` when the account touches more than the instance has room for; and what `compileRequirement`
 * and `accountsRootOf` throw
 */
export function liquidationWitness(
  given: LiquidationParts & {
    sizes: MarginSizes
    /** Of the epoch's instance of solvency: what its `riskRoot` was made for. */
    tableSizes: TableSizes
    context: bigint
  },
): LiquidationWitness {
  const { sizes, table, policy, account, movement, context } = given
  const opened = openLiquidation(given)
  assertFits(needsOfParts(given, opened), sizes)
  const at = <T>(list: readonly T[], none: T) =>
    Array.from({ length: sizes.slots }, (_, i) => list[i] ?? none)
  const { requirement, cash, cashAt } = opened
  const slots = at(account.slots, EMPTY_SLOT)
  const changes = at(opened.changes, EMPTY_SLOT)
  const numbers = at(opened.numbers, undefined)
  const [ruleTree, ownTree] = [marginTrees(table)[requirement.index]!.rows, tableTree(table)]
  const pathOf = (tree: typeof ownTree, number: number) => tree.path(rowPosition(number)).levels
  const rows = numbers.map((number, i) => {
    return number === undefined ? undefined : { row: opened.rows[i]!, path: pathOf(ruleTree, number) }
  })
  const listed = instrumentNumbers(table)
  const tableRows = numbers.map((number) => {
    if (number === undefined) return undefined
    return { row: table.instruments[listed.indexOf(number)]!, path: pathOf(ownTree, number) }
  })
  const digests = riskDigests(table, given.tableSizes)
  const side = (quantities: readonly bigint[]) =>
    boundOf(requirement, opened.rows, quantities, opened.parts, sizes.scenarios)
  const liquidation = { slots: opened.slots, takeover: movement.takeover }
  const leafSlots = LEAF_SLOTS.find((count) => count >= sizes.slots)!
  const moved = Array.from({ length: leafSlots }, (_, i) => changes[i] ?? EMPTY_SLOT)
  return {
    sizes,
    signals: {
      accountsRoot: rootOfOwned(account, account.owner),
      riskRoot: digests.riskRoot,
      requirement: requirementDigest(requirement),
      policy: liquidationPolicyDigest(policy, table),
      movement: movementLeaf(account, movement.salt, moved),
      nullifier: liquidationNullifier(account),
      context,
    },
    ...{ account, policy, takeover: movement.takeover, movementSalt: movement.salt },
    ...{ slots, changes, cashAt, cash, requirement, rows, tableRows },
    risk: { ...digests, timestamp: BigInt(table.timestamp) },
    table: { quote: table.quote, valueDecimals: table.valueDecimals },
    rowTop: ruleTree.path(0).levels[sizes.levels - 1]!,
    tableTop: ownTree.path(0).levels[sizes.levels - 1]!,
    parts: opened.parts,
    sides: [side(opened.before), side(opened.after)],
    worth: opened.before.reduce((sum, quantity, i) => {
      const row = tableRows[i]?.row
      return row === undefined || isSettledAtMark(row.kind) ? sum : sum + quantity * row.mark
    }, 0n),
    liquidation,
    verdict: liquidationModel({ table, policy }, liquidation),
  }
}

/** A liquidation slot by slot: what is held before and after, and the rows that judge it. */
export interface OpenedLiquidation {
  requirement: MarginRequirement
  cash: number
  cashAt: number
  /** Number of each slot's instrument; `undefined` for one that is empty, and not of cash. */
  numbers: (number | undefined)[]
  before: bigint[]
  after: bigint[]
  changes: Slot[]
  rows: (MarginRow | undefined)[]
  parts: TouchedParts
  slots: Liquidation['slots']
}

/**
 * Lays a liquidation out over the slots of a leaf, and one more where cash finds no empty one.
 *
 * @throws {InputError} `LIQUIDATION_INSTRUMENT`, `LIQUIDATION_CASH`, and what `compileRequirement` throws
 */
export function openLiquidation({ table, policy, account, movement }: LiquidationParts): OpenedLiquidation {
  const requirement = compileRequirement(table.margin, policy.requirement)
  const listed = instrumentNumbers(table)
  const cash = cashNumber(policy, table)
  const held = account.slots.map(({ quantity }) => quantity)
  const numbers = account.slots.map(({ instrument, quantity }) => (quantity === 0n ? undefined : instrument))
  const cashSlots = numbers.filter((number) => number === cash).length
  if (cashSlots > 1) {
    throw new InputError('LIQUIDATION_CASH', 'the account holds cash in two slots', {
      hint: 'Bring what is long and what is short of it together before the epoch is folded.',
    })
  }
  if (cashSlots === 0) {
    const empty = numbers.indexOf(undefined)
    numbers[empty < 0 ? numbers.length : empty] = cash
  }
  const cashAt = numbers.indexOf(cash)
  const before = numbers.map((_, i) => held[i] ?? 0n)
  const change = before.map(() => 0n)
  for (const { instrument, quantity } of movement.changes) {
    if (quantity === 0n) continue
    const slots = numbers.flatMap((number, i) => (number === instrument ? [i] : []))
    const slot = slots.find((i) => before[i]! < 0n !== quantity < 0n) ?? slots[0]
    if (slot === undefined) {
      throw new InputError('LIQUIDATION_INSTRUMENT', 'a position moves that the account does not hold', {
        hint: 'A liquidation moves what the account holds towards zero, and cash.',
      })
    }
    change[slot] = change[slot]! + quantity
  }
  const after = before.map((quantity, i) => quantity + change[i]!)
  const rows = numbers.map((number) => {
    if (number === undefined) return undefined
    const row = requirement.rows.get(table.instruments[listed.indexOf(number)]?.symbol ?? '')
    if (row !== undefined) return row
    throw new InputError('LIQUIDATION_INSTRUMENT', 'an instrument is not in the margin rule', {
      hint: 'A rule judges only accounts whose every instrument it knows.',
    })
  })
  return {
    ...{ requirement, cash, cashAt, numbers, before, after, rows },
    changes: change.map((quantity, i) => ({ instrument: quantity === 0n ? 0 : numbers[i]!, quantity })),
    parts: touchedParts(rows, [before, after]),
    slots: numbers.flatMap((number, i) => {
      if (number === undefined) return []
      const { symbol } = table.instruments[listed.indexOf(number)]!
      return [{ symbol, before: before[i]!, after: after[i]! }]
    }),
  }
}

/** What a liquidation takes of an instance, at least. Private, as it counts what the account touches. */
export function liquidationNeeds(given: LiquidationParts): LiquidationNeeds {
  return needsOfParts(given, openLiquidation(given))
}
