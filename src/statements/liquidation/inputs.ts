import {
  type CircuitInputs,
  encodeSlot,
  INSTRUMENT_BITS,
  SLOT_BITS,
  toBits,
  toField,
} from '../../field/index.js'
import { packText } from '../../risk/index.js'
import { kindCode, MARGIN_SUMS } from '../../rules/index.js'
import { openedLeafSlots } from '../margin/account.js'
import {
  childrenInputs,
  filledUp,
  flag,
  groupKeyInputs,
  lineKeyInputs,
  oneHot,
  pathInputs,
  rowInputs,
  statedInputs,
} from '../margin/requirement-inputs.js'
import type { WitnessSide } from './bound.js'
import type { LiquidationWitness } from './witness.js'

const KIND_BITS = 3

/**
 * Inputs of the `liquidation` circuit for a witness.
 *
 * @throws {InputError} `SLOT_RANGE` when a slot, or what moves in it, does not fit its bits.
 */
export function liquidationInputs(witness: LiquidationWitness): CircuitInputs {
  const { account, policy, sizes, slots, changes, cash, cashAt, risk } = witness
  const { trigger, target, backstop, penalty, takeoverPenalty, overshoot } = policy
  const bits = (list: typeof slots) => list.map((slot) => toBits(encodeSlot(slot), SLOT_BITS))
  const { groups, lines } = witness.parts
  return {
    ...witness.signals,
    accountId: account.accountId,
    owner: account.owner,
    salt: account.salt,
    slots: bits(slots),
    leafShape: openedLeafSlots(sizes.slots).map((count) => flag(count === account.slots.length)),
    ...pathInputs(account),
    movementSalt: witness.movementSalt,
    moved: bits(changes),
    afterNegative: slots.map(({ quantity }, i) =>
      flag((i === cashAt ? quantity + changes[i]!.quantity : quantity) < 0n),
    ),
    cashAt: oneHot(sizes.slots, cashAt),
    takeover: flag(witness.takeover),
    isSolvent: flag(witness.worth > 0n),
    ...{ trigger, target, backstop, penalty, takeoverPenalty, overshoot },
    cash: toBits(BigInt(cash), INSTRUMENT_BITS),
    valuesDigest: risk.valuesDigest,
    timestamp: risk.timestamp,
    marginRoots: [...risk.marginRoots],
    ...statedInputs(witness.requirement, sizes),
    ...rowInputs(witness),
    ...tableInputs(witness),
    ...groupKeyInputs(groups, witness),
    ...lineKeyInputs(lines, groups, sizes),
    ...sideInputs(witness),
  }
}

function tableInputs({ tableRows, tableTop, table, sizes }: LiquidationWitness): CircuitInputs {
  const ofRow = <T>(of: (row: NonNullable<(typeof tableRows)[number]>['row']) => T, none: T): T[] =>
    tableRows.map((r) => (r === undefined ? none : of(r.row)))
  return {
    tableSymbol: ofRow(({ symbol }) => packText(symbol), 0n),
    tableKind: ofRow(({ kind }) => toBits(kindCode(kind), KIND_BITS), toBits(0n, KIND_BITS)),
    tableDecimals: ofRow(({ decimals }) => BigInt(decimals), 0n),
    tableMark: ofRow(({ mark }) => toField(mark), 0n),
    tableQuote: packText(table.quote),
    tableValueDecimals: BigInt(table.valueDecimals),
    ...childrenInputs(
      'tableChildren',
      tableRows.map((r) => r?.path),
      sizes.levels,
    ),
    tableTop: [...tableTop],
  }
}

/** What the prover says of before and after. */
function sideInputs({ sides, parts, rows, sizes }: LiquidationWitness): CircuitInputs {
  const of = <T>(each: (side: WitnessSide) => T): T[] => sides.map(each)
  const byGroup = (list: readonly bigint[], none = 0n) => filledUp(list, sizes.groups, none)
  const byLine = <T>(list: readonly T[], none: T) => filledUp(list, sizes.lines, none)
  const places = new Map(parts.groups.map(({ id }, g) => [id, g]))
  return {
    // A group that fills up is netted with the others.
    groupScenario: of(({ scenarios, netScenario }) => byGroup(scenarios.map(BigInt), BigInt(netScenario))),
    slotScenario: of(({ scenarios }) =>
      rows.map((r) => {
        const place = r?.row.group && places.get(r.row.group.id)
        return oneHot(sizes.scenarios, place === undefined ? 0 : scenarios[place]!)
      }),
    ),
    netScenario: of(({ netScenario }) => oneHot(sizes.scenarios, netScenario)),
    groupNegative: of(({ negative }) => byGroup(negative.map(flag))),
    groupBounded: of(({ bounded }) => byGroup(bounded.map(flag))),
    lineTotal: of(({ totals }) => byLine(totals.map(toField), 0n)),
    linePick: of(({ picks }) =>
      byLine(
        picks.map((pick) => pick.map(flag)),
        [0n, 0n],
      ),
    ),
    lineBranch: of(({ branches }) => byLine(branches.map(BigInt), 0n)),
    worstPick: of(({ worst }) => oneHot(1 + MARGIN_SUMS, worst)),
  }
}
