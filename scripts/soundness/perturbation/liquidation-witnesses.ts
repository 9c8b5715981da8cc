import type { CircuitInputs, Slot } from '../../../src/field/index.js'
import { tableSizes } from '../../../src/risk/index.js'
import type { MarginRule } from '../../../src/rules/index.js'
import {
  liquidationInputs,
  liquidationWitness,
  type MarginSizes,
  marginFigures,
  openedLeafSlots,
} from '../../../src/statements/index.js'
import { HAND_POLICY, venueAccount } from '../samples/liquidation.js'
import { changed, HAND_RULE, HELD } from '../samples/margin-rule.js'
import { filledTable, lessOf, placesOf, repeated } from './margin-witnesses.js'

const TOP = (1n << 64n) - 1n
const UNIT = 10n ** 27n
const PPM = 1_000_000n

/** Honest liquidations at the edges of what an instance takes, by what is special about them. */
export function liquidationWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const sizes: MarginSizes = {
    ...{ slots: params.SLOTS!, scenarios: params.SCENARIOS!, groups: params.GROUPS! },
    ...{ lines: params.LINES!, links: params.LINKS!, levels: params.LEVELS! },
  }
  // Some instances have no room for all groups and lines of the rule by hand.
  const fits = sizes.groups >= 3 && sizes.lines >= 8 && sizes.links >= 2
  const rule = repeated(fits ? HAND_RULE : lessOf(['tiers', 'floor']), sizes)
  const choosing = repeated(fits ? HAND_RULE : lessOf(['near']), sizes)
  const places = placesOf(sizes)
  const held = places.map((instrument, i): Slot => ({ ...HELD[i % HELD.length]!, instrument }))
  const full = (quantity: bigint) => held.map((slot) => ({ ...slot, quantity }))
  /** Everything but cash, which is the first slot, by a half. */
  const halved = (slots: readonly Slot[]) =>
    slots.slice(1).map(({ instrument, quantity }) => ({ instrument, quantity: -quantity / 2n }))
  const closed = (slots: readonly Slot[]) =>
    slots.slice(1).map(({ instrument, quantity }) => ({ instrument, quantity: -quantity }))
  const cases: [string, MarginRule, readonly Slot[], readonly Slot[], boolean][] = [
    ['nothing held, nothing moved', rule, [], [], false],
    ['every slot full, long, closed whole', rule, full(TOP), closed(full(TOP)), true],
    ['every slot full, short, closed in part', rule, full(-TOP), halved(full(-TOP)), false],
    ['every slot held, mixed signs, closed in part', rule, held, halved(held), false],
    ['every slot held, mixed signs, a choice of branches, closed whole', choosing, held, closed(held), true],
    [
      'one unit of one instrument, closed',
      rule,
      [{ instrument: places[1]!, quantity: 1n }],
      [{ instrument: places[1]!, quantity: -1n }],
      true,
    ],
  ]
  return new Map(
    cases.map(([name, judge, slots, changes, takeover]) => [
      name,
      inputsOf(short(judge, slots, places), slots, changes, takeover, sizes),
    ]),
  )
}

/** The rule with the least threshold that leaves the account short: by less than a unit. */
function short(from: MarginRule, account: readonly Slot[], places: readonly number[]): MarginRule {
  const positions = account.map(({ instrument, quantity }) => ({
    symbol: from.instruments[places.indexOf(instrument)]!.symbol,
    quantity,
  }))
  const own = changed((rule) => {
    rule.requirements[0]!.threshold = 0n
  }, from)
  const { slack } = marginFigures(own, { cash: 0n, positions }, 'for').requirements[0]!
  return changed((rule) => {
    rule.requirements[0]!.threshold = slack < 0n ? 0n : slack / UNIT + 1n
  }, own)
}

function inputsOf(
  rule: MarginRule,
  slots: readonly Slot[],
  changes: readonly Slot[],
  takeover: boolean,
  sizes: MarginSizes,
): CircuitInputs {
  const [cashPlace] = placesOf(sizes)
  const table = filledTable(rule, sizes)
  const cash = table.instruments[cashPlace!]!.symbol
  // Marks are one, so that whatever closes is paid for by its quantity, and nothing is lost.
  const paid = changes.reduce((sum, { quantity }) => sum - quantity, 0n)
  const held = slots.find(({ instrument }) => instrument === cashPlace)?.quantity ?? 0n
  const [least, most] = [-TOP - held, TOP - held]
  const payment = paid > most ? most : paid < least ? least : paid
  return liquidationInputs(
    liquidationWitness({
      ...{ table, tableSizes: tableSizes(table), sizes, context: 66n },
      policy: {
        ...{ ...HAND_POLICY, requirement: rule.requirements[0]!.name, cash },
        ...{ backstop: PPM, penalty: PPM, takeoverPenalty: PPM, overshoot: (1n << 127n) - 1n },
      },
      account: venueAccount(slots, openedLeafSlots(sizes.slots).at(-1)),
      movement: {
        changes: [...changes, { instrument: cashPlace!, quantity: payment }],
        salt: 5n,
        takeover,
      },
    }),
  )
}
