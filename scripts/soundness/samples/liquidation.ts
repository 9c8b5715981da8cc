import type { Slot } from '../../../src/field/index.js'
import { ownerCommitment } from '../../../src/hash/index.js'
import { instrumentNumbers, type RiskTable, tableSizes } from '../../../src/risk/index.js'
import type { MarginRule } from '../../../src/rules/index.js'
import { mapRule } from '../../../src/rules/map.js'
import {
  LIQUIDATION_SIGNALS,
  type LiquidationAccount,
  type LiquidationWitness,
  liquidationWitness,
  type MarginSizes,
} from '../../../src/statements/index.js'
import { type LiquidationPolicy, PPM_ONE } from '../../../src/statements/liquidation/policy.js'
import { accountWith } from './margin-account.js'
import { changed, HAND_MARGIN, HAND_RULE } from './margin-rule.js'

export const LIQUIDATION_PUBLIC = [...LIQUIDATION_SIGNALS]
/** The sizes that `HAND_RULE` fills to the last group, line and link. */
export const HAND_LIQUIDATION: MarginSizes = HAND_MARGIN
export const HAND_LIQUIDATION_MAIN = 'Liquidation(4, 2, 3, 8, 2, 1)'

/** Decimals that leave the dead band far below one unit. */
const SCALE = 9
export const UNIT = 10n ** BigInt(SCALE)

/**
 * The rule by hand in finer units, where B is a perp, worth nothing in equity. 329 is required of
 * `SHORT_ACCOUNT`, 4 less than by hand, as roundings come to less than a unit.
 */
export const FINE_RULE: MarginRule = changed((rule) => {
  const finer = mapRule<bigint, bigint>(rule, {
    unit: (_, value) => value * UNIT,
    whole: (value) => value * UNIT,
    factor: (value) => value,
  })
  Object.assign(rule, finer, { valueDecimals: SCALE })
  rule.instruments[1]!.value = { long: 0n, short: 0n }
}, HAND_RULE)

type Kinds = RiskTable['instruments'][number]['kind'][]

/** A table of a rule's instruments at these kinds and marks. */
export function markedTable(
  rule: MarginRule,
  kinds: Readonly<Kinds>,
  marks: readonly bigint[],
  valueDecimals = rule.valueDecimals,
): RiskTable & { margin: MarginRule } {
  return {
    timestamp: rule.timestamp,
    quote: rule.quote,
    valueDecimals,
    instruments: rule.instruments.map(({ symbol, decimals }, i) => ({
      symbol,
      kind: kinds[i]!,
      decimals,
      mark: marks[i]!,
    })),
    scenarios: [],
    margin: rule,
  }
}

/** A at 30, the perp B at 7, the option C at 20, cash at 1. */
export const HAND_TABLE = handTable(FINE_RULE)

export function handTable(rule: MarginRule) {
  return markedTable(rule, ['spot', 'perp', 'option', 'stablecoin'], [30n, 7n, 20n, 1n], 0)
}

export const HAND_POLICY: LiquidationPolicy = {
  requirement: 'initial',
  cash: 'USD',
  trigger: PPM_ONE,
  target: 1_100_000n,
  backstop: 600_000n,
  penalty: 50_000n,
  takeoverPenalty: 100_000n,
  overshoot: 5n * UNIT,
}

/** Quantities of the rule's instruments, in its order. */
export type Quantities = readonly bigint[]

/** Ten A, six B short, four C, and a debt: equity is 328, and 329 is required. */
export const SHORT_ACCOUNT: Quantities = [10n, -6n, 4n, -52n]
/** Two A sold and two B bought back for 3 less than their marks: 5 % of 74 are 3.7. */
export const PART_CLOSED: Quantities = [-2n, 2n, 0n, 57n]

/** Slots of what is not zero. */
export function slotsOf(table: RiskTable, quantities: Quantities): Slot[] {
  const numbers = instrumentNumbers(table)
  return quantities.flatMap((quantity, i) => (quantity === 0n ? [] : [{ instrument: numbers[i]!, quantity }]))
}

/** An account whose owner nobody's secret is needed of. */
export function venueAccount(
  slots: readonly Slot[],
  leafSlots?: number,
  whose?: { accountId?: bigint; ownerSecret?: bigint },
): LiquidationAccount {
  const { ownerSecret, ...account } = accountWith(slots, leafSlots, whose)
  return { ...account, owner: ownerCommitment(ownerSecret) }
}

/** A liquidation by hand, with something else where it is given. */
export function handLiquidation(
  given: {
    table?: RiskTable & { margin: MarginRule }
    policy?: Partial<LiquidationPolicy>
    before?: Quantities
    changes?: Quantities
    takeover?: boolean
    account?: LiquidationAccount
    sizes?: MarginSizes
    salt?: bigint
    context?: bigint
  } = {},
): LiquidationWitness {
  const { table = HAND_TABLE, before = SHORT_ACCOUNT, changes = PART_CLOSED } = given
  return liquidationWitness({
    table,
    tableSizes: tableSizes(table),
    policy: { ...HAND_POLICY, ...given.policy },
    account: given.account ?? venueAccount(slotsOf(table, before)),
    movement: {
      changes: slotsOf(table, changes),
      salt: given.salt ?? 31_415_926n,
      takeover: given.takeover ?? false,
    },
    sizes: given.sizes ?? HAND_LIQUIDATION,
    context: given.context ?? 66n,
  })
}
