import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeSlot, FIELD_ORDER, type Slot } from '../../src/field/index.js'
import * as widths from '../../src/field/widths.js'
import {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  emptyRoot,
  leafHash,
  ROLES,
  sponge,
  WideTree,
} from '../../src/hash/index.js'
import { Circuit } from '../helpers/circuit.js'

/** `function NAME() { return 7; }` by name. */
function constantsOf(file: string): Record<string, number> {
  const text = readFileSync(new URL(`../../circuits/lib/${file}`, import.meta.url), 'utf8')
  return Object.fromEntries(
    [...text.matchAll(/function (\w+)\(\) \{ return (\d+); \}/g)].map((m) => [m[1]!, Number(m[2])]),
  )
}

describe('the circuits and the library agree on', () => {
  test('every tag', () => {
    const tags = constantsOf('tags.circom')
    expect(Object.keys(tags).length).toBeGreaterThan(8)
    for (const [name, tag] of Object.entries(tags)) {
      const role = name
        .slice('TAG_'.length)
        .toLowerCase()
        .replace(/_(\w)/g, (_, c: string) => c.toUpperCase())
      expect(ROLES[role as keyof typeof ROLES]?.tag, name).toBe(BigInt(tag))
    }
    const all = Object.values(ROLES).map((role) => role.tag)
    expect(new Set(all).size).toBe(all.length)
    expect(all.every((tag) => tag > 0n)).toBe(true)
  })

  test('every width and depth', () => {
    const known: Record<string, unknown> = { ...widths, BATCH_DEPTH, ACCOUNTS_DEPTH }
    const constants = constantsOf('widths.circom')
    expect(Object.keys(constants).length).toBeGreaterThan(8)
    for (const [name, width] of Object.entries(constants)) expect(Number(known[name]), name).toBe(width)
  })

  test('the roots of empty trees', () => {
    const text = readFileSync(new URL('../../circuits/lib/empty-root.circom', import.meta.url), 'utf8')
    const roots = [...text.matchAll(/^ {8}(\d+),?$/gm)].map((m) => BigInt(m[1]!))
    expect(roots).toEqual([0, 1, 2, 3, 4].map(emptyRoot))
  })
})

const bitsOf = (value: bigint, count: number) =>
  Array.from({ length: count }, (_, i) => (value >> BigInt(i)) & 1n)
const arbitrarySlot: fc.Arbitrary<Slot> = fc.record({
  instrument: fc.nat(65_535),
  quantity: fc.bigInt(0n, (1n << 64n) - 1n),
})

describe('Sponge', () => {
  for (const n of [0, 1, 13, 14, 26, 27]) {
    test(`${n} elements: equals the library's`, async () => {
      const circuit = await Circuit.compile({ include: 'sponge.circom', main: `Sponge(8, ${n})` })
      const elements = Array.from({ length: n }, (_, i) => FIELD_ORDER - 1n - BigInt(i) ** 5n)
      const witness = await circuit.witness(n ? { in: elements } : {})
      expect(circuit.value(witness, 'out')).toBe(sponge('totals', elements))
    })
  }
})

describe('Leaf', () => {
  for (const slots of [1, 3, 4, 39, 40]) {
    test(`${slots} slots: equals the library's`, async () => {
      const circuit = await Circuit.compile({ include: 'leaf.circom', main: `Leaf(${slots})` })
      await fc.assert(
        fc.asyncProperty(
          fc.array(arbitrarySlot, { minLength: slots, maxLength: slots }),
          fc.bigInt(0n, FIELD_ORDER - 1n),
          async (list, holder) => {
            const bits = list.map((slot) => bitsOf(encodeSlot(slot), 81))
            const witness = await circuit.witness({ holder, bits })
            expect(circuit.value(witness, 'out')).toBe(leafHash(holder, list))
          },
        ),
        { numRuns: 5 },
      )
    })
  }
})

describe('BatchRoot', () => {
  for (const n of [1, 16, 17, 33]) {
    test(`${n} leaves: equals the library's tree`, async () => {
      const circuit = await Circuit.compile({ include: 'batch-root.circom', main: `BatchRoot(${n})` })
      const leaves = Array.from({ length: n }, (_, i) => BigInt(i) ** 3n + 7n)
      const witness = await circuit.witness({ leaves })
      expect(circuit.value(witness, 'root')).toBe(new WideTree(BATCH_DEPTH, leaves).root)
    })
  }
  test('more leaves than the tree holds do not compile', async () => {
    await expect(Circuit.compile({ include: 'batch-root.circom', main: 'BatchRoot(4097)' })).rejects.toThrow(
      /assert/i,
    )
  })
})

describe('TreeInsert', () => {
  test('every position in turn: equals the library, and rejects any but the next', async () => {
    const circuit = await Circuit.compile({ include: 'tree-insert.circom', main: 'TreeInsert(2)' })
    const tree = new WideTree(2)
    for (let index = 0; index < 40; index++) {
      const leaf = BigInt(index + 1) ** 9n
      const path = tree.path(index)
      const before = tree.root
      const inputs = { leaf, indexBits: bitsOf(BigInt(index), 8), children: path.levels }
      tree.append(leaf)
      const witness = await circuit.witness(inputs)
      expect(circuit.value(witness, 'rootBefore')).toBe(before)
      expect(circuit.value(witness, 'rootAfter')).toBe(tree.root)
      expect(circuit.value(witness, 'index')).toBe(BigInt(index))
      if (index > 0) {
        const taken = { ...inputs, indexBits: bitsOf(BigInt(index - 1), 8) }
        expect(await circuit.accepts(taken)).toBe(false)
      }
    }
  })
})

describe('Range', () => {
  test('accepts 0 and 2^n − 1, rejects 2^n, −1 and every other way to write the bits', async () => {
    const circuit = await Circuit.compile({ include: 'range.circom', main: 'Range(64)' })
    for (const ok of [0n, 1n, (1n << 64n) - 1n]) expect(await circuit.accepts({ in: ok })).toBe(true)
    for (const bad of [1n << 64n, FIELD_ORDER - 1n, FIELD_ORDER - (1n << 64n)]) {
      expect(await circuit.accepts({ in: bad })).toBe(false)
    }
    const witness = await circuit.witness({ in: 6n })
    expect(circuit.satisfied(circuit.edit(witness, { 'bit[1]': 3n, 'bit[2]': 0n }))).toBe(false)
    expect(circuit.satisfied(circuit.edit(witness, { 'bit[0]': 2n, 'bit[1]': 0n }))).toBe(false)
  })
  test('C13: a range that could wrap around the field does not compile', async () => {
    await expect(Circuit.compile({ include: 'range.circom', main: 'Range(253)' })).rejects.toThrow(/assert/i)
  })
})

describe('Slot', () => {
  test('C01: all 0s and all 1s but the sign are accepted, a sign or a 2 is not', async () => {
    const circuit = await Circuit.compile({ include: 'slot.circom', main: 'Slot(0)' })
    const ones = new Array<bigint>(81).fill(1n).with(64, 0n)
    expect(await circuit.accepts({ bits: new Array<bigint>(81).fill(0n) })).toBe(true)
    expect(await circuit.accepts({ bits: ones })).toBe(true)
    for (let i = 0; i < 81; i++) {
      expect(await circuit.accepts({ bits: ones.with(i, 2n) }), `bit ${i}`).toBe(false)
      expect(await circuit.accepts({ bits: ones.with(i, FIELD_ORDER - 1n) }), `bit ${i}`).toBe(false)
    }
    expect(await circuit.accepts({ bits: ones.with(64, 1n) })).toBe(false)
  })
})
