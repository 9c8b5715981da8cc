import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { ConstraintSystem } from '../../scripts/soundness/bench/constraint-system.js'
import { uniqueness } from '../../scripts/soundness/uniqueness/uniqueness.js'
import { encodeSlot, FIELD_ORDER, type Slot, toField } from '../../src/field/index.js'
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
import * as rows from '../../src/rules/rows.js'
import * as margin from '../../src/rules/rule.js'
import { LEAF_SLOTS, shippedInstances } from '../../src/statements/index.js'

/** `function NAME() { return 7; }` by name. */
function constantsOf(file: string): Record<string, number> {
  const text = readFileSync(new URL(`../../circuits/lib/${file}`, import.meta.url), 'utf8')
  return Object.fromEntries(
    [...text.matchAll(/function (\w+)\(\) \{ return (\d+); \}/g)].map((m) => [m[1]!, Number(m[2])]),
  )
}

describe('the circuits and the library agree on (ledger.2)', () => {
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

  test('every width and depth (ledger.10)', () => {
    const known: Record<string, unknown> = { ...widths, ...margin, ...rows, BATCH_DEPTH, ACCOUNTS_DEPTH }
    const constants = constantsOf('widths.circom')
    expect(Object.keys(constants).length).toBeGreaterThan(8)
    for (const [name, width] of Object.entries(constants)) expect(Number(known[name]), name).toBe(width)
  })

  test('how many slots a leaf can have: those of the ledger instances', () => {
    const text = readFileSync(new URL('../../circuits/lib/leaf-slots.circom', import.meta.url), 'utf8')
    const [, list] = /function LEAF_SLOTS\(\) \{ return \[([\d, ]+)\]; \}/.exec(text)!
    expect(list!.split(', ').map(Number)).toEqual([...LEAF_SLOTS])
    expect(constantsOf('leaf-slots.circom').LEAF_SHAPES).toBe(LEAF_SLOTS.length)
    const instances: Record<string, { statement: string; params: { SLOTS?: number } }> = JSON.parse(
      readFileSync(new URL('../../circuits/instances.json', import.meta.url), 'utf8'),
    )
    const ledgers = Object.values(instances).filter(({ statement }) => statement === 'ledger')
    const slots = [...new Set(ledgers.map(({ params }) => params.SLOTS!))]
    expect(slots.sort((a, b) => a - b)).toEqual([...LEAF_SLOTS])
  })

  test('every signal of a statement, as circuits/README.md lists them (margin.19)', () => {
    const circuits = new URL('../../circuits/', import.meta.url)
    const readme = readFileSync(new URL('README.md', circuits), 'utf8')
    for (const statement of ['ledger', 'solvency', 'margin']) {
      const [section] = readme.split(`### \`${statement}\``)[1]!.split(/\n##/)
      const listed = [...section!.matchAll(/^\| \d+ \| `(\w+)` \|/gm)].map(([, name]) => name)
      const of = shippedInstances().filter((instance) => instance.statement === statement)
      for (const instance of of) expect(listed, instance.name).toEqual(instance.public)
    }
    const [, rest] = readme.split('| private signal | taken by | what |')
    const rows = rest!.split('\n\n')[0]!.split('\n').slice(2)
    const listed = rows.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`(.+?)`/g)].map(([, name]) => name!),
    )
    const text = readFileSync(new URL('margin.circom', circuits), 'utf8')
    const declared = [...text.matchAll(/^ {4}signal input (\w+)((?:\[.*\])?);/gm)].slice(6)
    expect(listed.length).toBeGreaterThan(50)
    expect(listed.map((name) => name.replace(/\[.*/, '')).sort()).toEqual(
      declared.map(([, name]) => name!).sort(),
    )
    const dimensions = (brackets: string) => brackets.split('[').length - 1
    for (const [, name, brackets] of declared) {
      const [shown] = listed.filter((one) => one.replace(/\[.*/, '') === name)
      expect(dimensions(shown!), name).toBe(dimensions(brackets!))
    }
  })

  test('the tag of every role, as circuits/README.md lists them', () => {
    const readme = readFileSync(new URL('../../circuits/README.md', import.meta.url), 'utf8')
    const [, rows] = readme.split('| tag | role | what is hashed |\n')
    const listed = [...rows!.split('\n\n')[0]!.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)]
    expect(Object.fromEntries(listed.map(([, tag, role]) => [role, BigInt(tag!)]))).toEqual(
      Object.fromEntries(Object.entries(ROLES).map(([role, { tag }]) => [role, tag])),
    )
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

describe('Sponge (ledger.2)', () => {
  for (const n of [0, 1, 13, 14, 26, 27]) {
    test(`${n} elements: equals the library's`, async () => {
      const circuit = await Circuit.compile({ include: 'sponge.circom', main: `Sponge(8, ${n})` })
      const elements = Array.from({ length: n }, (_, i) => FIELD_ORDER - 1n - BigInt(i) ** 5n)
      const witness = await circuit.witness(n ? { in: elements } : {})
      expect(circuit.value(witness, 'out')).toBe(sponge('totals', elements))
    })
  }
})

describe('Leaf (ledger.1)', () => {
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

describe('BatchRoot (ledger.4)', () => {
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

describe('TreeInsert (ledger.4)', () => {
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

describe('Range (solvency.9)', () => {
  test('C13: accepts 0 and 2^n − 1, rejects 2^n, −1 and every other way to write the bits', async () => {
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

describe('Slot (ledger.1)', () => {
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

describe('Negative (solvency.9)', () => {
  test('C06: tells an integer below zero, at both edges of its range, and takes no bit that is not its own', async () => {
    const circuit = await Circuit.compile({ include: 'negative.circom', main: 'Negative(8)' })
    for (const [value, below] of [
      [-256n, 1n],
      [-1n, 1n],
      [0n, 0n],
      [255n, 0n],
    ] as const) {
      const witness = await circuit.witness({ in: toField(value) })
      expect(circuit.value(witness, 'out')).toBe(below)
      expect(circuit.satisfied(circuit.edit(witness, { out: 1n - below }))).toBe(false)
    }
    for (const far of [256n, -257n]) expect(await circuit.accepts({ in: toField(far) })).toBe(false)
    const witness = await circuit.witness({ in: 5n })
    const dressed = { 'bit[8]': 0n, 'bit[0]': 257n }
    expect(circuit.satisfied(circuit.edit(witness, dressed))).toBe(false)
  })
  test('C13: a range that could wrap around the field does not compile', async () => {
    await expect(Circuit.compile({ include: 'negative.circom', main: 'Negative(252)' })).rejects.toThrow(
      /assert/i,
    )
  })
})

describe('PackBits (ledger.1)', () => {
  test('puts 253 bits into an element, the last ones with zeros above, and loses none', async () => {
    const circuit = await Circuit.compile({ include: 'pack-bits.circom', main: 'PackBits(300)' })
    expect(1n << 253n < FIELD_ORDER).toBe(true)
    for (const value of [0n, (1n << 300n) - 1n, 0x9e3779b97f4a7c15n ** 4n, 1n << 253n]) {
      const bits = bitsOf(value, 300)
      const witness = await circuit.witness({ in: bits })
      expect(circuit.value(witness, 'out[0]')).toBe(value & ((1n << 253n) - 1n))
      expect(circuit.value(witness, 'out[1]')).toBe((value >> 253n) & ((1n << 47n) - 1n))
    }
  })
})

describe('what the ledger computes of scenarios (ledger.8)', () => {
  test('C20: is determined by what goes in, wire by wire (ledger.12)', async () => {
    for (const [include, main] of [
      ['pack-bits.circom', 'PackBits(300)'],
      ['equities.circom', 'Equities(3, 2, 4)'],
      ['values-at.circom', 'ValuesAt(3, 2)'],
      ['risk-root.circom', 'RiskRoot(2, 2, 0)'],
    ] as const) {
      const circuit = await Circuit.compile({ include, main })
      expect(uniqueness(new ConstraintSystem(circuit.r1cs, circuit.inputWires)).undetermined, main).toEqual(
        [],
      )
    }
  })

  test('Powers, Equities and ValuesAt are sums with powers of the points', async () => {
    const [account, scenario] = [FIELD_ORDER - 987_654_321n, 0x9e3779b97f4a7c15n ** 3n]
    const powers = await Circuit.compile({ include: 'powers.circom', main: 'Powers(3)' })
    const made = await powers.witness({ base: account })
    const weights = [1n, account, toField(account ** 2n)]
    expect([1, 2].map((i) => powers.value(made, `out[${i}]`))).toEqual(weights.slice(1))

    const equities = await Circuit.compile({ include: 'equities.circom', main: 'Equities(3, 2, 8)' })
    const values = [
      [255n, -256n, 0n],
      [-1n, 1n, -255n],
    ]
    const bits = values.map((column) => column.map((value) => bitsOf(value + 256n, 9)))
    const at = await equities.witness({ bits, weights, point: scenario })
    const sum = (f: (value: bigint, u: number, s: number) => bigint) =>
      toField(values.reduce((t, column, s) => column.reduce((x, value, u) => x + f(value, u, s), t), 0n))
    expect(equities.value(at, 'out')).toBe(sum((value, u, s) => value * weights[u]! * scenario ** BigInt(s)))
    expect([0, 1].map((s) => equities.value(at, `shortfalls[${s}]`))).toEqual([256n, 256n])

    const valuesAt = await Circuit.compile({ include: 'values-at.circom', main: 'ValuesAt(2, 2)' })
    const columns = [
      [3n, 5n, -7n, 11n],
      [13n, 17n, 19n, 23n],
    ]
    const holdings = [2n, 4n, 6n, 8n]
    const worth = await valuesAt.witness({
      values: columns.map((column) => column.map(toField)),
      holdings,
      point: scenario,
    })
    const expected = holdings.reduce((total, held, key) => {
      const value = columns[0]![key]! + scenario * columns[1]![key]!
      return total + (key % 2 ? -1n : 1n) * held * value
    }, 0n)
    expect(valuesAt.value(worth, 'out')).toBe(toField(expected))
  })
})
