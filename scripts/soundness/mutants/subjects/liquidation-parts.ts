import type { CircuitInputs } from '../../../../src/field/index.js'
import { invertField, toField } from '../../../../src/field/index.js'
import { holderCommitment, leafHash, poseidon, sponge } from '../../../../src/hash/index.js'
import { FACTOR_ONE, lineKey, marginRowDigest } from '../../../../src/rules/index.js'
import { type LiquidationWitness, liquidationInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { HAND_LIQUIDATION, handLiquidation } from '../../samples/liquidation.js'
import { liquidationChallenges } from '../../samples/transcript.js'
import type { Subject } from '../search.js'
import { alone } from './lib.js'

const bits = (input: CircuitInputs[string]) => input as bigint[]
const rows = (input: CircuitInputs[string]) => input as bigint[][]
const shortOf = (quantity: bigint) => (quantity < 0n ? -quantity : 0n)
const zeroOrOne = (is: boolean) => (is ? 1n : 0n)

/** Quantities of each slot, before and after. */
function quantities({ slots, changes }: LiquidationWitness): [bigint[], bigint[]] {
  const before = slots.map(({ quantity }) => quantity)
  return [before, before.map((quantity, i) => quantity + changes[i]!.quantity)]
}
const sided = (list: readonly bigint[]) => ({ quantity: list.map(toField), short: list.map(shortOf) })

/** The templates that only a liquidation proof is made of, by themselves. */
export function liquidationParts(): Subject[] {
  const part = handLiquidation()
  const whole = handLiquidation({
    ...{ before: [10n, -6n, 4n, -190n], changes: [-10n, 6n, -4n, 370n], takeover: true },
  })
  return [
    ...[charges(part), scan(part), required(), factors(), lines(part), groups(part)],
    ...[policy(part, whole), movement(part, whole)],
    ...[account(part), marks(), bound(part), totals(part, whole), decision(part, whole)],
  ]
}

function chargesInputs(witness: LiquidationWitness): CircuitInputs {
  const all = liquidationInputs(witness)
  const [choice, exposure] = [bits(all.lineChoice!), bits(all.lineExposure!)]
  return {
    ...sided(quantities(witness)[0]),
    newChoice: choice.map((id, l) => zeroOrOne(l === 0 || id !== choice[l - 1])),
    newExposure: exposure.map((id, l) =>
      zeroOrOne(l === 0 || id !== exposure[l - 1] || choice[l] !== choice[l - 1]),
    ),
    ...{ only: all.lineOnly!, into: all.lineInto!, deduction: all.lineDeduction!, link: all.lineLink! },
    ...{ total: rows(all.lineTotal!)[0]!, pick: (all.linePick as bigint[][][])[0]! },
    branch: rows(all.lineBranch!)[0]!,
  }
}

function charges(witness: LiquidationWitness): Subject {
  const inputs = chargesInputs(witness)
  return alone('DeficitCharges(4, 8, 3)', 'deficit-charges.circom', inputs, {
    'two lines of one exposure': tampered(inputs, {
      ...{ 'pick[0][0]': 1n, 'pick[0][1]': 1n, 'pick[1][0]': 1n, 'pick[1][1]': 1n },
    }),
    'a line twice over': tampered(inputs, { 'pick[1][0]': 2n }),
    'a line less than nothing': tampered(inputs, { 'pick[0][0]': -1n }),
    'a line of the other branch': tampered(inputs, { 'pick[2][0]': 0n, 'pick[3][0]': 1n }),
    'a line of branch 0 in branch 1': tampered(inputs, { 'pick[3][1]': 0n, 'pick[2][1]': 1n }),
    'the dearer branch': tampered(inputs, { 'branch[4]': 0n }),
    'a branch of two': tampered(inputs, { 'branch[4]': 2n }),
    'a branch that is none, elsewhere': tampered(inputs, { 'branch[0]': 5n }),
  })
}

function scanInputs(witness: LiquidationWitness): CircuitInputs {
  const all = liquidationInputs(witness)
  const into = rows(all.groupInto!)
  const netted = into.map((sums) => 1n - sums.reduce((a, b) => a + b, 0n))
  return {
    ...sided(quantities(witness)[0]),
    ...{ flat: all.rowFlat!, changes: all.rowChanges!, gains: all.gains!, losses: all.losses! },
    ...{ member: all.groupMember!, flatMember: all.groupFlatMember!, netted },
    netGain: bits(all.groupGain!).map((gain, g) => netted[g]! * (gain + 1n)),
    netLoss: bits(all.groupLoss!).map((loss, g) => netted[g]! * (loss - 1n)),
    ...{ scenario: rows(all.groupScenario!)[0]!, negative: rows(all.groupNegative!)[0]! },
    slotScenario: (all.slotScenario as bigint[][][])[0]!,
    netScenario: rows(all.netScenario!)[0]!,
  }
}

function scan(witness: LiquidationWitness): Subject {
  const inputs = scanInputs(witness)
  return alone('DeficitScan(4, 2, 3)', 'deficit-scan.circom', inputs, {
    'a loss counted as a gain': tampered(inputs, { 'negative[1]': 0n }),
    'a gain counted as a loss': tampered(inputs, { 'negative[2]': 1n }),
    'a sign that is none': tampered(inputs, { 'negative[0]': 2n }),
    'a scenario twice over': tampered(inputs, { 'slotScenario[0][0]': 2n, 'slotScenario[0][1]': -1n }),
    'a scenario and a part of another': tampered(inputs, { 'slotScenario[0][0]': 2n }),
    'both scenarios of one slot': tampered(inputs, { 'slotScenario[3][1]': 1n, 'scenario[0]': 1n }),
    'twice a scenario less another': tampered(inputs, {
      ...{ 'scenario[0]': -1n, 'slotScenario[1][0]': 2n, 'slotScenario[1][1]': -1n },
      ...{ 'slotScenario[2][0]': 2n, 'slotScenario[2][1]': -1n, 'negative[0]': 0n },
    }),
    'dampings of twice a scenario less another': tampered(inputs, {
      ...{ 'member[0][1]': 0n, 'scenario[1]': -1n, 'scenario[2]': -1n, 'negative[1]': 0n },
      ...{ 'netScenario[0]': 2n, 'netScenario[1]': -1n },
    }),
    'a scenario of its own for a slot': tampered(inputs, {
      ...{ 'slotScenario[0][0]': 0n, 'slotScenario[0][1]': 1n },
      'negative[1]': 0n,
    }),
    'a scenario of its own for a netted group': tampered(inputs, {
      ...{ 'scenario[1]': 1n, 'slotScenario[0][0]': 0n, 'slotScenario[0][1]': 1n, 'negative[1]': 0n },
    }),
    'dampings twice over': tampered(inputs, { 'netScenario[0]': 2n }),
    'dampings twice over, less another': tampered(inputs, { 'netScenario[0]': 2n, 'netScenario[1]': -1n }),
    'dampings of no scenario': tampered(inputs, { 'netScenario[0]': 0n }),
    'dampings of another scenario': tampered(inputs, { 'netScenario[0]': 0n, 'netScenario[1]': 1n }),
  })
}

/** A group that is raised, one that is netted, and one that is bounded. */
function required(): Subject {
  const sums = (...at: number[]) => Array.from({ length: 6 }, (_, k) => zeroOrOne(at.includes(k)))
  const inputs: CircuitInputs = {
    ...{ into: [sums(0), sums(), sums(1)], below: [50n, 7n, 3n], raises: [32n, 0n, 1n] },
    ...{ bounds: [80n, 0n, 9n], bounded: [0n, 0n, 1n], exposures: [5n, 25n, 0n, 0n, 0n, 0n] },
    ...{ netLoss: 81n * FACTOR_ONE ** 2n, worstSums: sums(1), worstPick: [1n, ...sums()] },
    ...{ threshold: 100n, worstFactor: 2n * FACTOR_ONE },
    factors: [FACTOR_ONE / 2n, FACTOR_ONE, 0n, 0n, 0n, 0n],
  }
  return alone('DeficitRequired(3)', 'deficit-required.circom', inputs, {
    'a bound twice over': tampered(inputs, { 'bounded[2]': 2n }),
    'a worst loss less than nothing': tampered(inputs, { 'worstPick[0]': -1n, 'worstPick[2]': 1n }),
    'a worst sum less than nothing': tampered(inputs, { 'worstPick[2]': -1n }),
    'two worst losses': tampered(inputs, { 'worstPick[2]': 1n }),
    'a sum that is not compared': tampered(inputs, { 'worstPick[0]': 0n, 'worstPick[1]': 1n }),
    'more than its width': tampered(inputs, { threshold: 1n << 135n }),
    'less than its width': tampered(inputs, { threshold: -(1n << 135n) }),
  })
}

function factors(): Subject {
  const inputs: CircuitInputs = { threshold: 100n, worstFactor: 2n, factors: [5n, 1n, 0n, 0n, 0n, 0n] }
  return alone('DeficitFactors()', 'deficit-required.circom', [inputs, { ...inputs, worstFactor: 0n }], {
    'a threshold below zero': tampered(inputs, { threshold: -1n }),
    'a threshold beyond its width': tampered(inputs, { threshold: 1n << 127n }),
  })
}

function lines(witness: LiquidationWitness): Subject {
  const all = liquidationInputs(witness)
  const ids = bits(all.groupIds!)
  const into = rows(all.groupInto!)
  const inputs: CircuitInputs = {
    ...{ line: all.line!, exposure: all.lineExposure!, choice: all.lineChoice!, only: all.lineOnly! },
    ...{ into: all.lineInto!, group: all.lineGroup!, deduction: all.lineDeduction!, link: all.lineLink! },
    groups: ids.map((id, g) => id + (into[g]!.reduce((code, is, k) => code + BigInt(k + 1) * is, 0n) << 16n)),
  }
  const last = bits(all.line!).length - 1
  return alone('DeficitLines(8, 3)', 'deficit-lines.circom', inputs, {
    'a line beyond its width': tampered(inputs, { [`line[${last}]`]: 256n }),
    'an exposure beyond its width': tampered(inputs, { [`exposure[${last}]`]: 256n }),
    'a choice beyond its width': tampered(inputs, { [`choice[${last}]`]: 65_536n }),
    'a group beyond its width': tampered(inputs, {
      ...{ 'group[0]': 1n << 20n, 'group[1]': 1n << 20n },
    }),
    'a deduction beyond its width': tampered(inputs, { 'deduction[0]': 1n << 127n }),
    'a line that counts in no branch': tampered(inputs, { 'only[0][0]': 1n, 'only[0][1]': 1n }),
    'a branch that is no bit': tampered(inputs, { 'only[0][0]': 2n }),
    'the other branch that is no bit': tampered(inputs, { 'only[0][1]': 2n }),
    'two places': tampered(inputs, { [`into[${last}][0]`]: 1n, [`into[${last}][1]`]: 1n }),
    'a place of two less than one': tampered(inputs, {
      ...{ [`into[${last}][0]`]: 2n, [`into[${last}][1]`]: -1n, [`into[${last}][6]`]: 0n },
    }),
    'a line that is there twice': tampered(inputs, { 'line[1]': bits(all.line!)[0]! }),
    'lines that fall': tampered(inputs, { 'line[0]': 2n }),
    'a choice that goes to two places': tampered(inputs, { 'into[1][1]': 0n, 'into[1][2]': 1n }),
    'a line linked to another group': tampered(inputs, { 'link[2][0]': 0n, 'link[2][1]': 1n }),
    'a line linked to no group': tampered(inputs, { 'link[2][0]': 0n }),
  })
}

function groups(witness: LiquidationWitness): Subject {
  const all = liquidationInputs(witness)
  const inputs: CircuitInputs = {
    opened: witness.rows.map((row) => zeroOrOne(row !== undefined)),
    ...{ rowGroup: all.rowGroup!, rowFlatGroup: all.rowFlatGroup!, ids: all.groupIds! },
    ...{ gain: all.groupGain!, loss: all.groupLoss!, into: all.groupInto! },
    ...{ member: all.groupMember!, flatMember: all.groupFlatMember! },
  }
  const [gain, loss, id] = [bits(all.groupGain!), bits(all.groupLoss!), bits(all.groupIds!)]
  const row = bits(all.rowGroup!)
  const few = liquidationInputs(handLiquidation({ before: [10n, 0n, 0n, -200n], changes: [0n, 0n, 0n, 0n] }))
  const filled: CircuitInputs = {
    opened: [1n, 1n, 0n, 0n],
    ...{ rowGroup: few.rowGroup!, rowFlatGroup: few.rowFlatGroup!, ids: few.groupIds! },
    ...{ gain: few.groupGain!, loss: few.groupLoss!, into: few.groupInto! },
    ...{ member: few.groupMember!, flatMember: few.groupFlatMember! },
  }
  return alone('DeficitGroups(4, 3)', 'deficit-groups.circom', [inputs, filled], {
    'a member of no group': tampered(filled, { 'member[0][0]': 0n, 'member[0][1]': 1n }),
    'a loss that slips into a gain': tampered(inputs, {
      ...{ 'gain[1]': gain[1]! + (1n << 40n), 'loss[1]': loss[1]! - 1n },
    }),
    'a gain that slips into a loss': tampered(inputs, {
      ...{ 'gain[1]': gain[1]! + 1n, 'loss[1]': loss[1]! - invertField(1n << 40n) },
    }),
    'a gain that slips into an id': tampered(inputs, {
      ...{ 'ids[0]': id[0]! - (1n << 20n), 'gain[0]': gain[0]! + 1n },
    }),
    'a sum that slips into an id': {
      ...inputs,
      ids: [id[1]!, id[2]!, id[0]! + (1n << 16n)],
      ...{ gain: [gain[1]!, gain[2]!, gain[0]!], loss: [loss[1]!, loss[2]!, loss[0]!] },
      into: rows(all.groupInto!).map((sums, g) => sums.map((_, k) => zeroOrOne(g === 2 && k === 0))),
      member: rows(all.groupMember!).map(([own, left, right]) => [left!, right!, own!]),
      flatMember: rows(all.groupFlatMember!).map(([own, left, right]) => [left!, right!, own!]),
    },
    'two places, for a code of both': tampered(inputs, {
      ...{ 'into[0][0]': 1n, 'into[0][1]': 1n },
      ...{ 'rowGroup[1]': row[1]! + (1n << 16n), 'rowGroup[2]': row[2]! + (1n << 16n) },
    }),
    'a member dropped': tampered(inputs, { 'member[0][1]': 0n }),
    'a flat member dropped': tampered(inputs, { 'flatMember[1][2]': 0n }),
    'a member of another group': tampered(inputs, { 'member[0][1]': 0n, 'member[0][2]': 1n }),
    'a flat member of another group': tampered(inputs, { 'flatMember[1][2]': 0n, 'flatMember[1][1]': 1n }),
    'a gain beyond its width': tampered(inputs, { 'gain[2]': 1n << 41n }),
    'a loss beyond its width': tampered(inputs, { 'loss[2]': 1n << 41n }),
    'ids that fall': tampered(inputs, { 'ids[0]': 3n }),
    'an id beyond its width': tampered(inputs, { 'ids[2]': 65_537n }),
    'two places': tampered(inputs, { 'into[0][0]': 1n, 'into[0][1]': 1n }),
    'a place of two less than one': tampered(inputs, { 'into[0][0]': 2n, 'into[0][1]': -1n }),
  })
}

function policy(...witnesses: LiquidationWitness[]): Subject {
  const of = ({ policy, takeover, cash }: LiquidationWitness): CircuitInputs => ({
    ...{ trigger: policy.trigger, target: policy.target, backstop: policy.backstop },
    ...{ penalty: policy.penalty, takeoverPenalty: policy.takeoverPenalty, overshoot: policy.overshoot },
    cash: Array.from({ length: 16 }, (_, b) => BigInt((cash >> b) & 1)),
    takeover: zeroOrOne(takeover),
  })
  const [inputs] = witnesses.map(of) as [CircuitInputs]
  const wide = 1n << 21n
  return alone('DeficitPolicy()', 'deficit-policy.circom', witnesses.map(of), {
    'a trigger above one': tampered(inputs, { trigger: 1_000_001n }),
    'a trigger below zero': tampered(inputs, { trigger: -1n }),
    'a target beyond its width': tampered(inputs, { target: wide }),
    'a backstop above one': tampered(inputs, { backstop: 1_000_001n }),
    'a backstop below zero': tampered(inputs, { backstop: -1n }),
    'a penalty beyond its width': tampered(inputs, { penalty: wide }),
    'a penalty of a takeover beyond its width': tampered(inputs, { takeoverPenalty: wide }),
    'an overshoot beyond its width': tampered(inputs, { overshoot: 1n << 127n }),
    'bits of cash that are none': tampered(inputs, { 'cash[0]': 3n, 'cash[1]': -1n }),
  })
}

function movement(...witnesses: LiquidationWitness[]): Subject {
  const of = (witness: LiquidationWitness): CircuitInputs => {
    const all = liquidationInputs(witness)
    const [before] = quantities(witness)
    return {
      ...{ accountId: all.accountId!, owner: all.owner!, salt: all.movementSalt! },
      before: before.map(toField),
      negative: before.map((quantity) => zeroOrOne(quantity < 0n)),
      held: before.map((quantity) => zeroOrOne(quantity !== 0n)),
      instrument: rows(all.slots!).map((slot) => slot.slice(65)),
      ...{ cash: all.cash!, cashAt: all.cashAt!, moved: all.moved!, afterNegative: all.afterNegative! },
      takeover: all.takeover!,
    }
  }
  const empty = handLiquidation({ before: [0n, -30n, 4n, 0n], changes: [0n, 20n, 0n, -1n] })
  const cashless = handLiquidation({ before: [0n, -30n, 4n, 0n], changes: [0n, 20n, 0n, 0n] })
  const [part, whole] = witnesses.map(of) as [CircuitInputs, CircuitInputs]
  return alone('DeficitMovement(4)', 'deficit-movement.circom', [part, whole, of(empty)], {
    'a takeover that is none': tampered(whole, { takeover: 2n }),
    'a takeover that leaves something open': tampered(part, { takeover: 1n }),
    'two slots of cash': tampered(part, { 'cashAt[2]': 1n }),
    'no slot of cash': tampered(part, { 'cashAt[3]': 0n }),
    'another slot of cash': tampered(part, { 'cashAt[3]': 0n, 'cashAt[2]': 1n }),
    'slots of cash that are no bits': tampered(part, { 'cashAt[3]': 2n, 'cashAt[2]': -1n }),
    'a position that grows': tampered(part, { 'moved[0][64]': 0n }),
    'a short position that grows': tampered(part, { 'moved[1][64]': 1n }),
    'more than there is': tampered(part, { 'moved[0][4]': 1n }),
    'the other side': tampered(part, { 'moved[0][4]': 1n, 'afterNegative[0]': 1n }),
    'a sign that is none': tampered(part, { 'afterNegative[3]': 2n }),
    'a position that moves as another': tampered(part, { 'moved[0][66]': 1n }),
    'no slot of cash, where none is held': tampered(of(cashless), { 'cashAt[2]': 0n }),
    'something of nothing': tampered(part, { 'moved[2][66]': 1n }),
  })
}

function account(witness: LiquidationWitness): Subject {
  const all = liquidationInputs(witness)
  const inputs: CircuitInputs = {
    ...{ accountId: all.accountId!, owner: all.owner!, salt: all.salt!, slots: all.slots! },
    ...{ leafShape: all.leafShape!, leafBits: all.leafBits!, leafChildren: all.leafChildren! },
    ...{ batchBits: all.batchBits!, batchChildren: all.batchChildren! },
  }
  const spare = liquidationInputs(
    handLiquidation({ before: [10n, -20n, 0n, -200n], changes: [0n, 0n, 0n, 0n] }),
  )
  const unused = Object.fromEntries(Object.keys(inputs).map((name) => [name, spare[name]!]))
  const first = rows(all.slots!)[0]!
  return alone('DeficitAccount(4)', 'deficit-account.circom', [inputs, unused], {
    'a zero with a sign': tampered(unused, { 'slots[3][64]': 1n }),
    'bits of 3 and −1 in place of 1 and 0': tampered(inputs, {
      ...{ 'slots[0][0]': first[0]! + 2n, 'slots[0][1]': first[1]! - 1n },
    }),
    'another salt': tampered(inputs, { salt: 5n }),
    'another batch': tampered(inputs, { 'leafChildren[2][15]': 5n }),
  })
}

function marks(): Subject {
  const witness = handLiquidation({ sizes: { ...HAND_LIQUIDATION, levels: 2 } })
  const all = liquidationInputs(witness)
  const inputs: CircuitInputs = {
    opened: witness.rows.map((row) => zeroOrOne(row !== undefined)),
    place: rows(all.slots!).map((slot) => slot.slice(65)),
    ...{ symbol: all.tableSymbol!, kind: all.tableKind!, decimals: all.tableDecimals!, mark: all.tableMark! },
    ...{ quote: all.tableQuote!, valueDecimals: all.tableValueDecimals! },
    ...{ children: all.tableChildren!, top: all.tableTop! },
  }
  // A tree in which the first slot's row says something else.
  const place = bits(rows(inputs.place!)[0]!)
  const number = place.reduce((sum, bit, b) => sum + (bit << BigInt(b)), 0n)
  const [symbol, decimals, mark] = [all.tableSymbol!, all.tableDecimals!, all.tableMark!].map(
    (of) => bits(of)[0]!,
  )
  const code = rows(all.tableKind!)[0]!.reduce((sum, bit, b) => sum + (bit << BigInt(b)), 0n)
  const [ownQuote, ownUnits] = [all.tableQuote as bigint, all.tableValueDecimals as bigint]
  const row = (number: bigint, quote = ownQuote, units = ownUnits) =>
    sponge('row', [number, symbol!, code, decimals!, mark!, quote, units])
  const saying = (other: bigint): CircuitInputs => {
    const lists = inputs.children as bigint[][][]
    const own = row(number)
    const changed = lists.map(([list]) => [list!.map((child) => (child === own ? other : child))])
    const nodes = new Map(lists.map(([list], i) => [poseidon(list!), poseidon(changed[i]![0]!)]))
    return { ...inputs, children: changed, top: bits(inputs.top!).map((node) => nodes.get(node) ?? node) }
  }
  return alone('DeficitMarks(4, 2)', 'deficit-marks.circom', inputs, {
    'a row of another number': saying(row(number + 1n)),
    'a row of another quote': saying(row(number, ownQuote + 1n)),
    'a row of other decimals of values': saying(row(number, ownQuote, ownUnits + 1n)),
    'a row in the place of another': tampered(saying(row(number ^ 1n)), {
      'place[0][0]': 1n - place[0]!,
    }),
    'the mark of another row': tampered(inputs, { 'mark[1]': 20n }),
    'the kind of another row': tampered(inputs, { 'kind[1][1]': 0n }),
    'a kind of no bits': tampered(inputs, { 'kind[1][0]': 2n, 'kind[1][1]': 0n }),
    'another symbol': tampered(inputs, { 'symbol[0]': 5n }),
    'other decimals': tampered(inputs, { 'decimals[0]': 5n }),
    'another quote': tampered(inputs, { quote: 5n }),
    'other decimals of values': tampered(inputs, { valueDecimals: 5n }),
  })
}

function decision(...witnesses: LiquidationWitness[]): Subject {
  const of = (witness: LiquidationWitness): CircuitInputs => {
    const all = liquidationInputs(witness)
    const { policy, takeover, changes, cashAt } = witness
    const sides = quantities(witness).map(sided)
    const mark = bits(all.tableMark!)
    return {
      ...{ quantity: sides.map(({ quantity }) => quantity), short: sides.map(({ short }) => short) },
      ...{ value: all.rowValue!, required: witness.sides.map(({ required }) => toField(required)) },
      change: changes.map(({ quantity }) => toField(quantity)),
      closed: changes.map(({ quantity }, i) => (i === cashAt ? 0n : quantity < 0n ? -quantity : quantity)),
      worth: rows(all.tableKind!).map((kind, i) => (1n - kind[1]!) * mark[i]!),
      ...{ mark, multiple: takeover ? policy.backstop : policy.trigger, target: policy.target },
      allowed: takeover ? policy.takeoverPenalty : policy.penalty,
      ...{ overshoot: policy.overshoot, takeover: all.takeover!, isSolvent: all.isSolvent! },
    }
  }
  const [part] = witnesses as [LiquidationWitness]
  const lenient = { overshoot: 10n ** 15n }
  const before = (debt: bigint) => [10n, -6n, 4n, -debt] as const
  return alone('DeficitDecision(4)', 'deficit-decision.circom', witnesses.map(of), {
    'an account that exactly meets': of(handLiquidation({ before: before(51n), policy: lenient })),
    'more than restores': of(handLiquidation({ policy: { overshoot: 0n } })),
    'a penalty one unit above': of(handLiquidation({ changes: [-2n, 2n, 0n, 56n] })),
    'more than the account was worth': of(handLiquidation({ before: before(379n) })),
    'worth that counts three times': tampered(of(handLiquidation({ before: before(379n) })), {
      isSolvent: 3n,
    }),
    'a multiple that is not asked': tampered(of(part), { multiple: 900_000n }),
  })
}

function bound(witness: LiquidationWitness): Subject {
  const all = liquidationInputs(witness)
  const { into: lineInto, ...charged } = chargesInputs(witness)
  const { threshold, worstSums } = all
  const lowered = (factor: bigint) => (factor === 0n ? 0n : factor - 1n)
  const inputs: CircuitInputs = {
    ...{ ...scanInputs(witness), ...charged, lineInto: lineInto!, into: all.groupInto! },
    ...{ worstSums: worstSums!, threshold: threshold!, worstFactor: lowered(all.worstFactor as bigint) },
    ...{ factors: bits(all.factors!).map(lowered), bounded: rows(all.groupBounded!)[0]! },
    worstPick: rows(all.worstPick!)[0]!,
  }
  return alone('DeficitBound(4, 2, 3, 8)', 'deficit-bound.circom', inputs)
}

function totals(part: LiquidationWitness, whole: LiquidationWitness): Subject {
  const of = (witness: LiquidationWitness): CircuitInputs => {
    const all = liquidationInputs(witness)
    const sides = quantities(witness).map(sided)
    return {
      leaf: leafHash(holderCommitment(witness.account), witness.account.slots),
      ...{ movement: all.movement!, rows: witness.rows.map((entry) => marginRowDigest(entry!.row)) },
      ...{ quantity: sides.map(({ quantity }) => quantity), short: sides.map(({ short }) => short) },
      ...{ lines: all.rowLines!, keys: witness.parts.lines.map(lineKey), totals: all.lineTotal! },
    }
  }
  const [inputs, closed] = [of(part), of(whole)]
  const [first] = bits(rows(inputs.totals!)[0]!)
  const [key] = bits(closed.keys!)
  const forged = {
    'one more than a line comes to': tampered(inputs, { 'totals[0][0]': first! + 1n }),
    'a line under another name, which is zero afterwards': tampered(closed, { 'keys[0]': key! + 1n }),
  }
  return {
    ...alone('DeficitTotals(4, 2, 3, 8, 2)', 'deficit-totals.circom', [inputs, closed], forged),
    challenges: ({ label }) => liquidationChallenges(label === 'inputs 2' ? whole : part),
  }
}
