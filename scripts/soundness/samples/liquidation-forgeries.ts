import {
  type CircuitInputs,
  encodeSlot,
  FIELD_ORDER,
  SLOT_BITS,
  type Slot,
  toBits,
} from '../../../src/field/index.js'
import { instrumentNumbers } from '../../../src/risk/index.js'
import { FACTOR_ONE, type MarginRule } from '../../../src/rules/index.js'
import { type LiquidationWitness, liquidationInputs, movementLeaf } from '../../../src/statements/index.js'
import { rootOfOwned } from '../../../src/statements/margin/account.js'
import { tampered } from '../bench/tamper.js'
import {
  FINE_RULE,
  HAND_TABLE,
  handLiquidation,
  handTable,
  type Quantities,
  SHORT_ACCOUNT,
  UNIT,
  venueAccount,
} from './liquidation.js'
import { changed } from './margin-rule.js'

/** The account with other cash: 51 of debt meet its requirement exactly. */
const owing = (debt: bigint): Quantities => SHORT_ACCOUNT.with(3, -debt)
export const EXACT = owing(51n)
const lenient = { overshoot: 10n ** 6n * UNIT }
const inputsOf = (...of: Parameters<typeof handLiquidation>) => liquidationInputs(handLiquidation(...of))
const honest = () => inputsOf()

const rule = (change: (rule: MarginRule) => void) => handTable(changed(change, FINE_RULE))
const STRICT = rule(({ requirements }) => {
  requirements[0]!.threshold *= 2n
})
/** Gains count for more than losses. */
const GAINING = rule(({ scan }) => {
  Object.assign(scan!.groups[2]!, { gain: 2n * FACTOR_ONE, loss: FACTOR_ONE / 2n })
})
/** Without limits there is room for a line more. */
const ROOMY = rule((own) => {
  own.limits = []
})
const NEGATIVE = rule(({ requirements }) => {
  requirements[0]!.threshold = -500n * UNIT
})

/** The signals of one witness over the inputs of another. */
function claimed(lie: LiquidationWitness, signals: Partial<LiquidationWitness['signals']>): CircuitInputs {
  return liquidationInputs({ ...lie, signals: { ...lie.signals, ...signals } })
}

/** Inputs in which other slots move, with the leaf of that. */
function moving(witness: LiquidationWitness, slots: readonly Slot[], after: Record<string, bigint> = {}) {
  const movement = movementLeaf(witness.account, witness.movementSalt, slots)
  return tampered(
    {
      ...liquidationInputs(witness),
      movement,
      moved: slots.map((slot) => toBits(encodeSlot(slot), SLOT_BITS)),
    },
    after,
  )
}

const NUMBERS = instrumentNumbers(HAND_TABLE)
const slotAt = (row: number, quantity: bigint): Slot => ({ instrument: NUMBERS[row]!, quantity })
const EMPTY: Slot = { instrument: 0, quantity: 0n }

/** Lines: 0 and 1 are tiers of A, 2 and 3 one branch each of a choice, 4 its other exposure, 5 a floor. */
const LAST_OF_CHOICE = 4

/** Liquidations that break one rule each. */
export const LIQUIDATION_FORGERIES = {
  'an account exactly at its requirement': () => inputsOf({ before: EXACT, policy: lenient }),
  'an account one unit above': () => inputsOf({ before: owing(50n), policy: lenient }),
  'an account inside the dead band': () =>
    inputsOf({
      before: EXACT,
      policy: lenient,
      table: rule(({ requirements }) => {
        requirements[0]!.threshold += 1n
      }),
    }),
  'cash that the leaf does not have so': () =>
    claimed(handLiquidation(), {
      accountsRoot: handLiquidation({ before: owing(-100n) }).signals.accountsRoot,
    }),
  'a slot of value left out': () =>
    claimed(handLiquidation({ before: [0n, -6n, 4n, -52n], changes: [0n, 2n, 0n, 0n], policy: lenient }), {
      accountsRoot: handLiquidation({ before: owing(-100n) }).signals.accountsRoot,
    }),
  /** Not below by what it holds, with a line of C that is said to come to as much as for four C. */
  'a line of an instrument that is not held': () => {
    const witness = handLiquidation({ before: [10n, -6n, 0n, 9n], policy: lenient })
    const far = handLiquidation().parts.lines[LAST_OF_CHOICE]!
    const withFar = <T>(list: readonly T[], value: T) => list.toSpliced(LAST_OF_CHOICE, 0, value)
    const [before, after] = witness.sides.map((side, t) => ({
      ...side,
      totals: withFar(side.totals, t === 0 ? 4n * UNIT : 0n),
      picks: withFar<[boolean, boolean]>(side.picks, [t === 0, t === 0]),
      branches: withFar(side.branches, side.branches[LAST_OF_CHOICE - 1]!),
    }))
    const parts = { ...witness.parts, lines: withFar(witness.parts.lines, far) }
    return liquidationInputs({ ...witness, parts, sides: [before!, after!] })
  },
  'two lines of one exposure': () =>
    tampered(inputsOf({ before: owing(50n), policy: lenient }), {
      ...{ 'linePick[0][0][0]': 1n, 'linePick[0][0][1]': 1n },
      ...{ 'linePick[0][1][0]': 1n, 'linePick[0][1][1]': 1n },
    }),
  'a line picked twice over': () =>
    tampered(inputsOf({ before: owing(50n), policy: lenient }), {
      'linePick[0][1][0]': 2n,
      'linePick[0][1][1]': 2n,
    }),
  'the dearer branch of a choice': () =>
    tampered(inputsOf({ before: owing(50n), policy: lenient }), { [`lineBranch[0][${LAST_OF_CHOICE}]`]: 0n }),
  'a line of the other branch': () =>
    tampered(inputsOf({ before: owing(50n), policy: lenient }), {
      'linePick[0][2][0]': 0n,
      'linePick[0][3][0]': 1n,
    }),
  'a branch that is none': () =>
    tampered(inputsOf({ before: owing(50n), policy: lenient }), {
      [`lineBranch[0][${LAST_OF_CHOICE}]`]: -2n,
    }),
  'a choice whose last line goes elsewhere': () => {
    const inputs = inputsOf({ before: owing(50n), policy: lenient, table: ROOMY })
    const at = LAST_OF_CHOICE + 1
    const of = (name: string) => inputs[name] as bigint[]
    const after = (name: string, value: unknown) => {
      const list = inputs[name] as unknown[]
      return [...list.slice(0, at), value, ...list.slice(at, -1)] as CircuitInputs[string]
    }
    const both = (name: string, value: unknown) =>
      (inputs[name] as unknown[][]).map((list) => [
        ...list.slice(0, at),
        value,
        ...list.slice(at, -1),
      ]) as CircuitInputs[string]
    const branch = (inputs.lineBranch as bigint[][]).map((list) => list[LAST_OF_CHOICE]!)
    const lineBranch = (both('lineBranch', 0n) as bigint[][]).map((list, t) => list.with(at, branch[t]!))
    return {
      ...inputs,
      line: after('line', 0n),
      lineExposure: after('lineExposure', of('lineExposure')[LAST_OF_CHOICE]! + 1n),
      lineChoice: after('lineChoice', of('lineChoice')[LAST_OF_CHOICE]!),
      lineOnly: after('lineOnly', [0n, 0n]),
      // The sum that counts most.
      lineInto: after('lineInto', [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]),
      lineGroup: after('lineGroup', 0n),
      lineDeduction: after('lineDeduction', 0n),
      lineLink: after('lineLink', [0n, 0n, 0n]),
      lineTotal: both('lineTotal', 0n),
      linePick: both('linePick', [0n, 0n]),
      lineBranch,
    }
  },
  'a gain counted as a loss': () =>
    tampered(inputsOf({ before: owing(51n), policy: lenient, table: GAINING }), {
      'groupNegative[0][2]': 1n,
    }),
  'two scenarios of one slot': () =>
    tampered(inputsOf({ before: EXACT, policy: lenient }), {
      // Twice the loss of one scenario less the gain of the other, at the same number.
      ...{ 'slotScenario[0][0][0]': 2n, 'slotScenario[0][0][1]': 0n },
    }),
  'a scenario for each of two netted groups': () =>
    tampered(inputsOf({ before: EXACT, policy: lenient }), { 'groupScenario[0][2]': 1n }),
  'dampings of another scenario': () =>
    tampered(inputsOf({ before: EXACT, policy: lenient }), {
      'netScenario[0][0]': 2n,
      'netScenario[0][1]': 0n,
    }),
  'a worst loss twice over': () =>
    tampered(inputsOf({ before: EXACT, policy: lenient }), { 'worstPick[0][0]': 2n }),
  'two worst losses': () =>
    tampered(inputsOf({ before: EXACT, policy: lenient }), { 'worstPick[0][1]': 1n, 'worstPick[0][2]': 1n }),
  'a group bounded twice over': () =>
    tampered(inputsOf({ before: EXACT, policy: lenient }), { 'groupBounded[0][0]': -1n }),
  'the requirement of another rule': () => {
    const { requirement, riskRoot } = handLiquidation({ before: EXACT, policy: lenient }).signals
    return claimed(handLiquidation({ before: EXACT, policy: lenient, table: STRICT }), {
      requirement,
      riskRoot,
    })
  },
  'the rows of another table': () => {
    const lower = rule(({ instruments }) => {
      instruments[0]!.value = { long: 20n * UNIT, short: 20n * UNIT }
    })
    return claimed(handLiquidation({ before: EXACT, table: lower, policy: lenient }), {
      riskRoot: handLiquidation().signals.riskRoot,
    })
  },
  'a position that grows': () => inputsOf({ changes: [1n, 0n, 0n, -30n], policy: lenient }),
  'a short position that grows': () => inputsOf({ changes: [0n, -1n, 0n, 0n], policy: lenient }),
  'a position that changes its side': () =>
    tampered(inputsOf({ changes: [0n, 7n, 0n, 0n], policy: lenient }), { 'afterNegative[1]': 0n }),
  'a position sold beyond nothing': () =>
    tampered(inputsOf({ changes: [-11n, 0n, 0n, 330n], policy: lenient }), { 'afterNegative[0]': 1n }),
  'an instrument that was not held': () =>
    moving(handLiquidation({ before: [10n, -20n, 0n, -200n], changes: [0n, 0n, 0n, 0n], policy: lenient }), [
      EMPTY,
      EMPTY,
      EMPTY,
      slotAt(2, 1n),
    ]),
  'an instrument that moves under the name of another': () =>
    moving(handLiquidation({ policy: lenient }), [
      { ...slotAt(0, -2n), instrument: NUMBERS[3]! },
      slotAt(1, 2n),
      EMPTY,
      slotAt(3, 57n),
    ]),
  'another instrument for cash': () => tampered(inputsOf(), { 'cashAt[3]': 0n, 'cashAt[2]': 1n }),
  'two slots of cash': () => tampered(inputsOf({ policy: lenient }), { 'cashAt[2]': 1n }),
  'no slot of cash': () =>
    tampered(inputsOf({ policy: lenient, changes: [-2n, 2n, 0n, 0n] }), { 'cashAt[3]': 0n }),
  'a takeover that leaves something open': () =>
    inputsOf({ before: owing(190n), changes: [-9n, 6n, -4n, 340n], takeover: true }),
  'more than restores': () => inputsOf({ policy: { overshoot: 4n * UNIT } }),
  'a penalty one unit above': () => inputsOf({ changes: partFor(56n) }),
  'a penalty that makes a solvent account insolvent': () => inputsOf({ before: owing(379n) }),
  'a bankrupt account that loses': () => inputsOf({ before: owing(400n) }),
  'worth that counts twice over': () => tampered(inputsOf({ before: owing(379n) }), { isSolvent: 3n }),
  'a perp at its mark in what is lost': () =>
    tampered(inputsOf({ changes: partFor(43n), policy: lenient }), { 'tableKind[1][1]': 0n }),
  'a mark of another table': () =>
    tampered(inputsOf({ changes: partFor(56n), policy: lenient }), { 'tableMark[1]': 20n }),
  'a kind of no bits': () =>
    tampered(inputsOf({ changes: partFor(43n), policy: lenient }), {
      ...{ 'tableKind[1][0]': 2n, 'tableKind[1][1]': 0n },
    }),
  'a movement of another account': () => movedBy({ accountId: 5n }),
  'a movement of another owner': () => movedBy({ ownerSecret: 5n }),
  'a nullifier of another leaf': () => tampered(honest(), { nullifier: 5n }),
  'a takeover above the backstop': () => inputsOf({ changes: [-10n, 6n, -4n, 370n], takeover: true }),
  'a takeover that is none': () =>
    tampered(
      inputsOf({
        ...{ before: owing(-20n), changes: [-10n, 6n, -4n, 380n], takeover: true },
        policy: { target: 2_000_000n, ...lenient },
      }),
      { takeover: -1n },
    ),
  'a policy of another venue': () => tampered(honest(), { policy: 5n }),
  'a policy of another penalty': () => tampered(inputsOf({ changes: partFor(50n) }), { penalty: 200_000n }),
  'a threshold below zero': () =>
    inputsOf({
      before: owing(580n),
      table: NEGATIVE,
      policy: { trigger: 500_000n, ...lenient },
      changes: [0n, 2n, 0n, 0n],
    }),
  'a trigger above one': () => inputsOf({ before: EXACT, policy: { ...lenient, trigger: 1_000_001n } }),
  'a backstop above one': () =>
    inputsOf({
      before: EXACT,
      changes: [-10n, 6n, -4n, 370n],
      takeover: true,
      policy: { backstop: 1_000_001n },
    }),
  'a target beyond its width': () => inputsOf({ policy: { target: 1n << 21n } }),
  'a target below zero': () => inputsOf({ policy: { target: FIELD_ORDER - 1n, ...lenient } }),
  'a penalty beyond its width': () => inputsOf({ policy: { penalty: 1n << 21n } }),
  'a penalty of a takeover beyond its width': () => inputsOf({ policy: { takeoverPenalty: 1n << 21n } }),
  'an overshoot beyond its width': () => inputsOf({ policy: { overshoot: 1n << 127n } }),
  'cash beyond its width': () => {
    const most = (1n << 64n) - 1n
    return inputsOf({ before: [10n, -6n, 0n, most], changes: [0n, 0n, 0n, 1n], policy: lenient })
  },
  'a slot beyond those that are opened': () => {
    const [opened, hidden] = [0, 1].map((more) => {
      const slots = [...handLiquidation().slots, { instrument: NUMBERS[0]!, quantity: BigInt(more) }]
      return venueAccount(slots[4]!.quantity === 0n ? slots.slice(0, 4) : slots, 16)
    })
    return claimed(handLiquidation({ account: opened! }), {
      accountsRoot: rootOfOwned(hidden!, hidden!.owner),
    })
  },
} satisfies Record<string, () => CircuitInputs>

/** What is closed of the honest one, for other cash. */
function partFor(cash: bigint): Quantities {
  return [-2n, 2n, 0n, cash]
}

/** The liquidation of another account that has the same, with the movement of this one. */
function movedBy(whose: { accountId?: bigint; ownerSecret?: bigint }): CircuitInputs {
  const { slots, signals } = handLiquidation()
  const account = venueAccount(slots, slots.length, whose)
  return claimed(handLiquidation({ account }), { movement: signals.movement })
}
