import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import { looseWires } from '../../scripts/soundness/perturbation/alternatives.js'
import { scanInputs } from '../../scripts/soundness/samples/margin-parts.js'
import { HAND_MARGIN, handWitness } from '../../scripts/soundness/samples/margin-rule.js'
import { type CircuitInputs, FIELD_ORDER, toField } from '../../src/field/index.js'
import { FACTOR_ONE } from '../../src/rules/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

const source = { include: 'margin-scan.circom', main: 'MarginScan(4, 2, 4)' }
const copies = new Copies(source)
const SQUARE = FACTOR_ONE * FACTOR_ONE
/**
 * Groups `own`, `left` and `right` of the rule, and one that the account does not touch. Slots A, B, C and
 * cash.
 */
const honest = scanInputs(handWitness(undefined, { sizes: { ...HAND_MARGIN, groups: 4 } }))
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** Net losses of a witness in ten thousandths of a unit. */
const lossesIn = (of: Circuit, witness: readonly bigint[]) =>
  [0, 1].map((s) => {
    const loss = of.value(witness, `netLosses[${s}]`)
    return Number((loss > FIELD_ORDER / 2n ? loss - FIELD_ORDER : loss) / (SQUARE / 10_000n)) / 10_000
  })
const key = (id: bigint, code: bigint, gain: bigint, loss: bigint) =>
  id + (code << 16n) + (gain << 20n) + (loss << 60n)
const half = toField((FIELD_ORDER + 1n) / 2n)

describe('MarginScan (margin.4)', () => {
  test('has the net losses that were worked out by hand', async () => {
    const witness = await circuit.witness(honest)
    expect(circuit.satisfied(witness)).toBe(true)
    expect(lossesIn(circuit, witness)).toEqual([81, -11.5])
  })

  test('a group that loses nothing and gains nothing may be said to be on either side', async () => {
    const even = tampered(honest, { 'flat[1]': -1n, 'negative[2][0]': 1n })
    expect(lossesIn(circuit, await circuit.witness(even))).toEqual([84, -10])
  })

  test('of what a prover says, nothing can be off by one that would understate a loss', async () => {
    const free = [
      // An own loss overstated; a netted group has none.
      ...[0, 1, 2, 3].map((g) => `own[${g}] + 1`),
      // The sign of a group that is not netted is not used.
      'negative[0][0] + 1',
      'negative[0][1] + 1',
      // A group that no slot is in: its slopes, where it adds to, and its id as long as the next is larger.
      ...[
        'ids[3] + 1',
        'ids[3] - 1',
        'gain[3] + 1',
        'loss[3] + 1',
        'negative[3][0] + 1',
        'negative[3][1] + 1',
      ],
      ...[0, 1, 2, 3, 4, 5].map((k) => `into[3][${k}] + 1`),
    ]
    const chosen = ['ids', 'gain', 'loss', 'into', 'member', 'flatMember', 'negative', 'own']
    const accepted: string[] = []
    for (const [path, value] of elementsOf(honest)) {
      if (!chosen.some((name) => path.startsWith(`${name}[`))) continue
      for (const [how, by] of [
        ['+ 1', 1n],
        ['- 1', -1n],
      ] as const) {
        if (await circuit.accepts(tampered(honest, { [path]: value + by }))) accepted.push(`${path} ${how}`)
      }
    }
    expect(accepted.sort()).toEqual(free.sort())
  })

  test('any single wire, changed by one, breaks a constraint, but for what is of no account (margin.10)', async () => {
    const loose = looseWires(circuit.r1cs, await circuit.witness(honest))
    expect(circuit.names(loose)).toEqual([
      // 2 for 1, which the circuit around it does not say.
      ...[0, 1, 2, 3].map((i) => `held[${i}]`),
      // Cash is in no group, nothing is lost in the second scenario, and nothing is in the last group.
      ...['quantity[3]', 'short[3]', 'losses[1]', 'negative[3][0]', 'negative[3][1]'],
    ])
  })
})

/**
 * What the widths are for: the largest quantities and changes, on two slots that are in one group both ways.
 */
describe('MarginScan at the edge (margin.8)', () => {
  const [Q, C, F] = [(1n << 64n) - 1n, (1n << 63n) - 1n, (1n << 40n) - 1n]
  const group = key(1n, 0n, F, F)
  const own = key(1n, 1n, FACTOR_ONE, FACTOR_ONE)
  const edge = (parts: {
    quantity: bigint
    changes: [bigint, bigint]
    own?: bigint
    negative: [bigint, bigint]
  }): CircuitInputs => {
    const netted = parts.own === undefined
    return {
      held: [1n, 1n],
      quantity: [parts.quantity, parts.quantity].map(toField),
      short: parts.quantity < 0n ? [-parts.quantity, -parts.quantity] : [0n, 0n],
      rowGroup: netted ? [group, group] : [own, own],
      rowFlatGroup: netted ? [group, group] : [own, own],
      flat: [0n, 0n],
      changes: [parts.changes, parts.changes].map((list) => list.map(toField)),
      gains: [F, F],
      losses: [F, F],
      ids: [1n],
      gain: [netted ? F : FACTOR_ONE],
      loss: [netted ? F : FACTOR_ONE],
      into: [[netted ? 0n : 1n, 0n, 0n, 0n, 0n, 0n]],
      member: [[1n], [1n]],
      flatMember: [[1n], [1n]],
      negative: [parts.negative],
      own: [parts.own ?? 0n],
    }
  }
  const flat = (inputs: CircuitInputs, change: bigint) => ({
    ...inputs,
    flat: [toField(change), toField(change)],
  })
  let tight: Circuit
  beforeAll(async () => {
    tight = await Circuit.compile({ include: 'margin-scan.circom', main: 'MarginScan(2, 2, 1)' })
  })

  test('the largest loss and the largest gain of a netted group, long and short', async () => {
    for (const [quantity, change, magnitude] of [
      [Q, C, Q * C],
      [-Q, -C, Q * (C - 1n)],
      [-Q, C, Q * (C + 1n)],
    ] as const) {
      const gains = quantity > 0n === change > 0n
      const inputs = flat(
        edge({ quantity, changes: [change, change], negative: gains ? [0n, 0n] : [1n, 1n] }),
        change,
      )
      const witness = await tight.witness(inputs)
      expect(tight.satisfied(witness)).toBe(true)
      expect(tight.value(witness, 'netLosses[0]')).toBe(toField((gains ? -1n : 1n) * 4n * magnitude * F * F))
      expect(await tight.accepts(tampered(inputs, { 'negative[0][0]': gains ? 1n : 0n }))).toBe(false)
    }
  })

  test('the largest own loss beside the largest gain', async () => {
    const loss = 4n * Q * (C + 1n)
    const inputs = flat(edge({ quantity: -Q, changes: [C, -C], own: loss, negative: [0n, 0n] }), C)
    expect(await tight.accepts(inputs)).toBe(true)
    expect(await tight.accepts(tampered(inputs, { 'own[0]': loss - 1n }))).toBe(false)
    const gain = flat(edge({ quantity: Q, changes: [C, C], own: (1n << 129n) - 1n, negative: [0n, 0n] }), C)
    expect(await tight.accepts(gain)).toBe(true)
    expect(await tight.accepts(tampered(gain, { 'own[0]': 1n << 129n }))).toBe(false)
  })
})

describe('MarginScan refuses the tampered witness that is accepted without (margin.10)', () => {
  const file = 'margin-scan.circom'
  const SIGN = 'netted[g] * (magnitude[g][s] - x - own[g]) === sum - x - own[g];'
  const width = (bits: number) => ({
    file: 'range.circom',
    from: 'in === sum;',
    to: `if (BITS != ${bits}) { in === sum; }`,
  })
  const attacks: {
    name: string
    edits: Edit[]
    inputs: CircuitInputs
    /** What the attack brings the net losses down to, where it does. */
    losses?: number[]
  }[] = [
    {
      name: 'the sign of x being that of its magnitude (a loss of 70 counted as a negative gain)',
      edits: [{ file, from: SIGN, to: '' }],
      inputs: tampered(honest, { 'negative[1][0]': 0n }),
      losses: [25, -11.5],
    },
    {
      name: 'own covering the loss in every scenario',
      edits: [{ file, from: SIGN, to: '' }],
      inputs: tampered(honest, { 'own[0]': 49n }),
    },
    {
      name: 'bits that are bits (a magnitude below zero in the lowest one)',
      edits: [
        {
          file,
          from: 'bit[g][s][b] <-- (checked >> b) & 1;\n                bit[g][s][b] * (bit[g][s][b] - 1) === 0;',
          to: 'bit[g][s][b] <-- b == 0 ? checked : 0;',
        },
      ],
      inputs: tampered(honest, { 'negative[1][0]': 0n }),
      losses: [25, -11.5],
    },
    {
      name: 'a sign that is 0 or 1 (one half: no magnitude is left)',
      edits: [{ file, from: 'negative[g][s] * (negative[g][s] - 1) === 0;', to: '' }],
      inputs: tampered(honest, { 'negative[1][0]': half }),
      losses: [-3, -11.5],
    },
    {
      name: "a member's group being that of its row (A moved to another group, whose loss it offsets)",
      edits: [{ file, from: 'member[i][g] * (rowGroup[i] - key[g]) === 0;', to: '' }],
      inputs: tampered(honest, {
        'member[0][1]': 0n,
        'member[0][0]': 1n,
        'negative[1][0]': 0n,
        'own[0]': 16n,
      }),
      losses: [-3, -1.5],
    },
    {
      name: "a flat member's group being that of its row",
      edits: [{ file, from: 'flatMember[i][g] * (rowFlatGroup[i] - key[g]) === 0;', to: '' }],
      inputs: tampered(honest, { 'flatMember[1][2]': 0n, 'flatMember[1][1]': 1n }),
      losses: [69.6, -12.4],
    },
    {
      name: 'every held slot counting in its group (A dropped)',
      edits: [{ file, from: 'held[i] * (grouped[i] - memberships) === 0;', to: '' }],
      inputs: tampered(honest, { 'member[0][1]': 0n, 'negative[1][0]': 0n }),
      losses: [-3, -1.5],
    },
    {
      name: 'every held slot counting in its flat group (a loss in every scenario dropped)',
      edits: [{ file, from: 'held[i] * (flatGrouped[i] - flatMemberships) === 0;', to: '' }],
      inputs: tampered(honest, { 'flat[1]': 3n, 'flatMember[1][2]': 0n }),
      losses: [84, -10],
    },
    {
      name: 'ids that rise (a group opened twice, twice its gain in one and once its loss in the other)',
      edits: [width(16)],
      inputs: tampered(honest, {
        ...{ 'gains[0]': FACTOR_ONE, 'gains[1]': FACTOR_ONE },
        ...{ 'gain[2]': 2n * FACTOR_ONE, 'loss[2]': FACTOR_ONE },
        'rowFlatGroup[1]': key(3n, 0n, 2n * FACTOR_ONE, FACTOR_ONE),
        ...{ 'ids[3]': 3n, 'gain[3]': 2n * FACTOR_ONE, 'loss[3]': FACTOR_ONE },
        ...{ 'flatMember[1][2]': 2n, 'flatMember[1][3]': -1n },
        ...{ 'negative[3][0]': 1n, 'negative[3][1]': 1n },
      }),
      losses: [48, -76],
    },
    {
      name: 'ids that keep to their width (what tells the sum of an own group from netted slips into its id)',
      edits: [width(16)],
      inputs: tampered(honest, {
        // In rising order: left, right, none, and own as 1 + 2·2^16.
        ...{ 'ids[0]': 2n, 'ids[1]': 3n, 'ids[2]': 65_539n, 'ids[3]': 131_073n },
        ...{ 'gain[0]': 800_000_000n, 'gain[1]': 500_000_000n, 'gain[2]': 0n, 'gain[3]': FACTOR_ONE },
        ...{ 'loss[0]': 1_200_000_000n, 'loss[1]': 2_000_000_000n, 'loss[2]': 0n, 'loss[3]': FACTOR_ONE },
        ...{ 'into[0][1]': 0n, 'own[0]': 0n },
        ...{ 'member[0][0]': 1n, 'member[0][1]': 0n },
        ...{ 'member[1][0]': 0n, 'member[1][3]': 1n, 'member[2][0]': 0n, 'member[2][3]': 1n },
        ...{ 'flatMember[1][2]': 0n, 'flatMember[1][1]': 1n },
        ...{ 'negative[0][0]': 1n, 'negative[1][0]': 0n, 'negative[0][1]': 0n, 'negative[3][1]': 1n },
      }),
      losses: [54, 38.5],
    },
    {
      name: "slopes that keep to their width (a gain's grows by 2^40, a loss's falls by one)",
      edits: [width(40)],
      inputs: tampered(honest, { 'gain[2]': 500_000_000n + (1n << 40n), 'loss[2]': 2_000_000_000n - 1n }),
    },
    {
      name: 'a destination of 0s and 1s (2 of one less 2 of another: the same key, and netted)',
      edits: [{ file, from: 'into[g][k] * (into[g][k] - 1) === 0;', to: '' }],
      inputs: tampered(honest, {
        ...{ 'into[0][0]': -2n, 'into[0][1]': 2n },
        ...{ 'own[0]': 0n, 'negative[0][0]': 0n, 'negative[0][1]': 1n },
      }),
      losses: [54, 38.5],
    },
    {
      name: 'one destination at most (sums 1 and 2 for 3, and half the own loss)',
      edits: [
        { file, from: 'netted[g] * (netted[g] - 1) === 0;', to: '' },
        {
          file,
          from: 'netted[g] == 1 ? magnitude[g][s] : x + own[g];',
          to: 'netted[g] == 1 ? magnitude[g][s] : (netted[g] == 0 ? x + own[g] : 2 * (x + own[g]) - magnitude[g][s]);',
        },
      ],
      inputs: tampered(honest, {
        'rowGroup[1]': key(1n, 3n, FACTOR_ONE, FACTOR_ONE),
        'rowGroup[2]': key(1n, 3n, FACTOR_ONE, FACTOR_ONE),
        ...{ 'into[0][0]': 1n, 'into[0][1]': 1n },
        ...{ 'own[0]': 25n, 'negative[0][0]': 0n, 'negative[0][1]': 0n },
      }),
    },
    {
      name: 'an own loss of zero or more (a group that gains in every scenario pays into a sum)',
      edits: [width(130)],
      inputs: tampered(honest, { 'changes[2][1]': 20n, 'own[0]': -38n }),
    },
  ]
  for (const { name, edits, inputs, losses } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => {
      const weak = await copy()
      const forged = await attack(circuit, weak, inputs)
      if (losses) expect(lossesIn(weak, forged)).toEqual(losses)
    })
  }
})
