import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  type CircuitInputs,
  encodeSlot,
  FIELD_ORDER,
  invertField,
  type Slot,
  toBits,
  toField,
} from '../../src/field/index.js'
import { leafHash, WideTree } from '../../src/hash/index.js'
import { openedLeafSlots } from '../../src/statements/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

const EMPTY: Slot = { instrument: 0, quantity: 0n }
const oneHot = (length: number, on: number) => Array.from({ length }, (_, k) => (k === on ? 1n : 0n))

describe('Slot of an account that may be short (ledger.1)', () => {
  test('zero has no sign, and every other magnitude has both', async () => {
    const circuit = await Circuit.compile({ include: 'slot.circom', main: 'Slot(1)' })
    const bits = (quantity: bigint) => ({ bits: toBits(encodeSlot({ instrument: 65_535, quantity }), 81) })
    for (const quantity of [0n, 1n, -1n, (1n << 64n) - 1n, 1n - (1n << 64n)]) {
      expect(await circuit.accepts(bits(quantity))).toBe(true)
    }
    expect(await circuit.accepts(tampered(bits(0n), { 'bits[64]': 1n }))).toBe(false)
  })
})

describe('Nonzero (margin.10)', () => {
  test('is 1 for every number but zero, and leaves no choice', async () => {
    const circuit = await Circuit.compile({ include: 'nonzero.circom', main: 'Nonzero()' })
    for (const number of [0n, 1n, 2n, 1n << 64n, FIELD_ORDER - 1n]) {
      const witness = await circuit.witness({ in: number })
      expect(circuit.value(witness, 'out')).toBe(number === 0n ? 0n : 1n)
      for (const out of [0n, 1n, 2n, FIELD_ORDER - 1n]) {
        for (const inverse of [0n, 1n, 2n, number === 0n ? 5n : invertField(number)]) {
          const other = circuit.edit(witness, { out, inverse })
          const same = other.every((value, wire) => value === witness[wire])
          expect(circuit.satisfied(other)).toBe(same)
        }
      }
    }
  })
})

describe('AnyLeaf (margin.1)', () => {
  /** What the circuit opens of a list that has one more. */
  const SHAPES = [2, 4, 16]
  const source = {
    include: 'any-leaf.circom',
    main: `AnyLeaf(3, ${SHAPES.length}, [${SHAPES.join(', ')}, 64])`,
  }
  const copies = new Copies(source)
  const HOLDER = 4_321n
  let circuit: Circuit
  beforeAll(async () => {
    circuit = await Circuit.compile(source)
  })
  const inputs = (slots: readonly Slot[], shape: number): CircuitInputs => ({
    holder: HOLDER,
    bits: [0, 1, 2].map((i) => toBits(encodeSlot(slots[i] ?? EMPTY), 81)),
    shape: oneHot(SHAPES.length, shape),
  })
  const padded = (slots: readonly Slot[], count: number) =>
    Array.from({ length: count }, (_, i) => slots[i] ?? EMPTY)
  const held: Slot[] = [
    { instrument: 3, quantity: 5n },
    { instrument: 1, quantity: -7n },
  ]

  test('opens the shapes that the library says', async () => {
    for (const slots of [1, 4, 5, 16, 17, 64]) {
      const opened = await Circuit.compile({
        include: 'opened.circom',
        main: `Opened(${slots})`,
        sources: {
          'opened.circom': `
pragma circom 2.2.2;
include "any-leaf.circom";

template Opened(SLOTS) {
    signal input shape[OPENED_SHAPES(SLOTS)];
    signal output square[OPENED_SHAPES(SLOTS)];
    for (var k = 0; k < OPENED_SHAPES(SLOTS); k++) {
        square[k] <== shape[k] * shape[k];
    }
}
`,
        },
      })
      expect(opened.constraints().nonLinear, `${slots} slots`).toBe(openedLeafSlots(slots).length)
    }
  })

  test('equals the leaf of each shape that a ledger makes', async () => {
    for (const [k, count] of SHAPES.entries()) {
      for (const slots of [[], held, ...(count > 2 ? [[...held, { instrument: 0, quantity: 9n }]] : [])]) {
        const witness = await circuit.witness(inputs(slots, k))
        expect(circuit.satisfied(witness)).toBe(true)
        expect(circuit.value(witness, 'out')).toBe(leafHash(HOLDER, padded(slots, count)))
      }
    }
  })

  test('two shapes, none, or a slot that the leaf does not have', async () => {
    const two = inputs(held, 0)
    expect(await circuit.accepts(tampered(two, { 'shape[1]': 1n }))).toBe(false)
    expect(await circuit.accepts(tampered(two, { 'shape[0]': 0n }))).toBe(false)
    expect(await circuit.accepts(tampered(two, { 'bits[2][0]': 1n }))).toBe(false)
    expect(await circuit.accepts(tampered(two, { 'bits[2][80]': 1n }))).toBe(false)
  })

  const anyShape = copies.with({
    file: 'any-leaf.circom',
    from: 'shape[k] * (shape[k] - 1) === 0;',
    to: '',
  })
  test('refuses what is accepted without shapes of 0 or 1: any slots for any leaf', async () => {
    const weak = await anyShape()
    const target = leafHash(HOLDER, held)
    const richer = [{ instrument: 3, quantity: 5_000_000n }]
    const [two, four] = [2, 4].map((count) => leafHash(HOLDER, padded(richer, count))) as [bigint, bigint]
    const part = toField((target - four) * invertField(toField(two - four)))
    const forged = tampered(inputs(richer, 0), { 'shape[0]': part, 'shape[1]': 1n - part })
    expect(weak.value(await attack(circuit, weak, forged), 'out')).toBe(target)
  })

  const slotsBeyond = copies.with({ file: 'any-leaf.circom', from: 'absent * slot === 0;', to: '' })
  test('refuses what is accepted without slots beyond the shape being zero: a slot that the leaf does not have', async () => {
    const weak = await slotsBeyond()
    const forged = inputs([...held, { instrument: 0, quantity: 5_000_000n }], 0)
    expect(weak.value(await attack(circuit, weak, forged), 'out')).toBe(leafHash(HOLDER, held))
  })
})

describe('TreePath (margin.1)', () => {
  const source = { include: 'tree-path.circom', main: 'TreePath(2)' }
  const tree = new WideTree(
    2,
    Array.from({ length: 40 }, (_, i) => BigInt(i + 1) ** 5n),
  )
  let circuit: Circuit
  beforeAll(async () => {
    circuit = await Circuit.compile(source)
  })
  const inputs = (index: number) => ({
    leaf: BigInt(index + 1) ** 5n,
    indexBits: toBits(BigInt(index), 8),
    children: tree.path(index).levels,
  })

  test('equals the root at every position, and refuses the leaf of another', async () => {
    for (const index of [0, 1, 15, 16, 39]) {
      const witness = await circuit.witness(inputs(index))
      expect(circuit.satisfied(witness)).toBe(true)
      expect(circuit.value(witness, 'root')).toBe(tree.root)
      expect(await circuit.accepts({ ...inputs(index), indexBits: toBits(BigInt(index + 1), 8) })).toBe(false)
      expect(await circuit.accepts({ ...inputs(index), leaf: 7n })).toBe(false)
    }
  })

  const anyNode = new Copies(source).with({
    file: 'tree-path.circom',
    from: 'way[d].selected[c] * (children[d][c] - node[d]) === 0;',
    to: '',
  })
  test('refuses what is accepted without the way holding the node below: any leaf', async () => {
    const weak = await anyNode()
    const forged = await attack(circuit, weak, tampered(inputs(17), { leaf: 7n }))
    expect(weak.value(forged, 'root')).toBe(tree.root)
  })
})
