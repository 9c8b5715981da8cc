import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Circuit, edited } from '../../scripts/soundness/bench/circuit.js'
import { ConstraintSystem } from '../../scripts/soundness/bench/constraint-system.js'
import { epochOf } from '../../scripts/soundness/samples/epoch.js'
import { foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  account,
  pledged,
  STRESS_TABLE,
  stressed,
  TIER_TABLE,
  TIERED,
  tableWith,
} from '../../scripts/soundness/samples/ledger.js'
import { policy, rightSides } from '../../scripts/soundness/samples/solvency.js'
import { uniqueness } from '../../scripts/soundness/uniqueness/uniqueness.js'
import {
  type CircuitInputs,
  encodeSlot,
  FIELD_ORDER,
  invertField,
  powField,
  type Slot,
  toField,
} from '../../src/field/index.js'
import * as widths from '../../src/field/widths.js'
import {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  emptyRoot,
  leafHash,
  poseidon,
  ROLES,
  sponge,
  WideTree,
} from '../../src/hash/index.js'
import { gatherSources } from '../../src/proving/sources.js'
import { DERIVATIVE_NUMBERS, riskRootOf, TIER_NUMBERS } from '../../src/risk/index.js'
import * as rows from '../../src/rules/rows.js'
import * as margin from '../../src/rules/rule.js'
import {
  LEAF_SLOTS,
  type LedgerBatch,
  ledgerInputs,
  NO_LIMIT,
  policyDigest,
  shippedInstances,
  stateCommitment,
} from '../../src/statements/index.js'
import { equitiesLeaf, equityBitsOf } from '../../src/statements/ledger/batch.js'
import { packShortfall, shortfallsDigest } from '../../src/statements/ledger/state.js'
import { firstTranscript, secondTranscript } from '../../src/statements/ledger/transcript.js'
import { expectAccepted, expectRefusedBySolvency } from '../helpers/ledger.js'

/** `function NAME() { return 7; }` by name. */
function constantsOf(file: string): Record<string, number> {
  const text = readFileSync(new URL(`../../circuits/lib/${file}`, import.meta.url), 'utf8')
  return Object.fromEntries(
    [...text.matchAll(/function (\w+)\(\) \{ return (\d+); \}/g)].map((m) => [m[1]!, Number(m[2])]),
  )
}

describe('the circuits and the library agree on (ledger.2)', () => {
  test('every tag', () => {
    // The tags of statements that came later stand in their own files: see backing.circom.
    const own = ['account', 'policy', 'marks'].map((part) => `deficit-${part}.circom`)
    const weighed = ['settlement-transcript.circom', 'weigh-state.circom', '../settlement.circom']
    const files = ['tags.circom', '../backing.circom', '../disclosure.circom', ...own, ...weighed]
    const constants = files.flatMap((file) => Object.entries(constantsOf(file)))
    const tags = Object.fromEntries(constants.filter(([name]) => name !== 'PPM_BITS'))
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
    const known: Record<string, unknown> = {
      ...{ ...widths, ...margin, ...rows, BATCH_DEPTH, ACCOUNTS_DEPTH },
      ...{ TIER_NUMBERS, DERIVATIVE_NUMBERS },
    }
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
    for (const statement of [
      'ledger',
      'solvency',
      'margin',
      'backing',
      'disclosure',
      'liquidation',
      'weigh',
      'settlement',
    ]) {
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

/**
 * A template at several sizes as components of one circuit, in which the templates that they share are
 * compiled once. Signals of the one of size 3 are `own3.out` and so on; its inputs, `in3` and so on.
 *
 * @param inputs of the component of a size: each with what stands behind its name, such as `[3][81]`
 */
function atSizes(
  file: string,
  {
    sizes,
    main,
    inputs,
    sources = {},
  }: {
    sizes: readonly number[]
    main: (size: number) => string
    inputs: (size: number) => Record<string, string>
    sources?: Record<string, string>
  },
): () => Promise<Circuit> {
  const parts = sizes.flatMap((n) => [
    ...Object.entries(inputs(n)).map(([name, dimensions]) => `signal input ${name}${n}${dimensions};`),
    `component own${n} = ${main(n)};`,
    ...Object.keys(inputs(n)).map((name) => `own${n}.${name} <== ${name}${n};`),
  ])
  const text = `pragma circom 2.2.2;\ninclude "${file}";\ntemplate Sizes() {\n${parts.join('\n')}\n}\n`
  const source = { include: 'sizes.circom', main: 'Sizes()', sources: { ...sources, 'sizes.circom': text } }
  let made: Promise<Circuit> | undefined
  return () => {
    made ??= Circuit.compile(source)
    return made
  }
}

describe('Sponge (ledger.2)', () => {
  const sizes = [0, 1, 13, 14, 26, 27]
  const compiled = atSizes('sponge.circom', {
    sizes,
    main: (n) => `Sponge(8, ${n})`,
    inputs: (n) => (n === 0 ? {} : { in: `[${n}]` }),
  })
  const elementsOf = (n: number) => Array.from({ length: n }, (_, i) => FIELD_ORDER - 1n - BigInt(i) ** 5n)
  for (const n of sizes) {
    test(`${n} elements: equals the library's`, async () => {
      const circuit = await compiled()
      const inputs = sizes.filter((size) => size > 0).map((size) => [`in${size}`, elementsOf(size)])
      const witness = await circuit.witness(Object.fromEntries(inputs))
      expect(circuit.value(witness, `own${n}.out`)).toBe(sponge('totals', elementsOf(n)))
    })
  }
})

describe('Leaf (ledger.1)', () => {
  const sizes = [1, 3, 4, 39, 40]
  const compiled = atSizes('leaf.circom', {
    sizes,
    main: (slots) => `Leaf(${slots})`,
    inputs: (slots) => ({ holder: '', bits: `[${slots}][81]` }),
  })
  const empty = Object.fromEntries(
    sizes.flatMap((slots) => [
      [`holder${slots}`, 0n],
      [`bits${slots}`, new Array(slots).fill(new Array(81).fill(0n))],
    ]),
  )
  for (const slots of sizes) {
    test(`${slots} slots: equals the library's`, async () => {
      const circuit = await compiled()
      await fc.assert(
        fc.asyncProperty(
          fc.array(arbitrarySlot, { minLength: slots, maxLength: slots }),
          fc.bigInt(0n, FIELD_ORDER - 1n),
          async (list, holder) => {
            const bits = list.map((slot) => bitsOf(encodeSlot(slot), 81))
            const own = { [`holder${slots}`]: holder, [`bits${slots}`]: bits }
            const witness = await circuit.witness({ ...empty, ...own })
            expect(circuit.value(witness, `own${slots}.out`)).toBe(leafHash(holder, list))
          },
        ),
        { numRuns: 5 },
      )
    })
  }
})

describe('BatchRoot (ledger.4)', () => {
  const sizes = [1, 16, 17, 33]
  const compiled = atSizes('batch-root.circom', {
    sizes,
    main: (n) => `BatchRoot(${n})`,
    inputs: (n) => ({ leaves: `[${n}]` }),
  })
  const leavesOf = (n: number) => Array.from({ length: n }, (_, i) => BigInt(i) ** 3n + 7n)
  for (const n of sizes) {
    test(`${n} leaves: equals the library's tree`, async () => {
      const circuit = await compiled()
      const inputs = sizes.map((size) => [`leaves${size}`, leavesOf(size)])
      const witness = await circuit.witness(Object.fromEntries(inputs))
      expect(circuit.value(witness, `own${n}.root`)).toBe(new WideTree(BATCH_DEPTH, leavesOf(n)).root)
    })
  }
  test('more leaves than the tree holds do not compile', async () => {
    await expect(Circuit.compile({ include: 'batch-root.circom', main: 'BatchRoot(4097)' })).rejects.toThrow(
      /assert/i,
    )
  })
})

describe('TreePath and FencePath (ledger.4, ledger.15)', () => {
  const leaves = Array.from({ length: 40 }, (_, i) => BigInt(i + 1) ** 9n)
  const tree = new WideTree(2, leaves)
  const pathOf = (index: number) => ({
    indexBits: bitsOf(BigInt(index), 8),
    children: tree.path(index).levels,
  })

  test('every position in turn: a path leads to the root of the library, from its own leaf alone', async () => {
    const circuit = await Circuit.compile({ include: 'tree-path.circom', main: 'TreePath(2)' })
    for (const [index, leaf] of leaves.entries()) {
      const inputs = { leaf, ...pathOf(index) }
      expect(circuit.value(await circuit.witness(inputs), 'root')).toBe(tree.root)
      expect(await circuit.accepts({ ...inputs, leaf: leaf + 1n })).toBe(false)
      expect(await circuit.accepts({ ...inputs, indexBits: bitsOf(BigInt(index ^ 1), 8) })).toBe(false)
    }
  })

  test('every position in turn: nothing stands behind the last alone', async () => {
    const circuit = await Circuit.compile({ include: 'fence-path.circom', main: 'FencePath(2)' })
    for (let index = 0; index < 44; index++) {
      const inputs = { last: leaves[index] ?? 0n, ...pathOf(index) }
      expect(await circuit.accepts(inputs), `${index}`).toBe(index >= 39)
    }
    const made = await circuit.witness({ last: leaves[39]!, ...pathOf(39) })
    expect(circuit.value(made, 'root')).toBe(tree.root)
    expect(circuit.value(made, 'index')).toBe(39n)
    // Of a full tree there is a path of the last place as well.
    const full = new WideTree(2, new Array<bigint>(256).fill(7n))
    const end = { last: 7n, indexBits: bitsOf(255n, 8), children: full.path(255).levels }
    expect(circuit.value(await circuit.witness(end), 'root')).toBe(full.root)
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

describe('LedgerSlot (ledger.1)', () => {
  test('C01: takes bits and nothing else; unsigned, neither a sign nor the highest bit of an instrument', async () => {
    for (const [signed, fixed] of [
      [0, [64, 80]],
      [1, [] as number[]],
    ] as const) {
      const circuit = await Circuit.compile({ include: 'ledger-slot.circom', main: `LedgerSlot(${signed})` })
      const zeros = new Array<bigint>(81).fill(0n)
      const ones = zeros.map((zero, i) => (fixed.includes(i as never) ? zero : zero + 1n))
      expect(await circuit.accepts({ bits: zeros })).toBe(true)
      expect(await circuit.accepts({ bits: ones })).toBe(true)
      for (let i = 0; i < 81; i++) {
        expect(await circuit.accepts({ bits: ones.with(i, 2n) }), `bit ${i}`).toBe(false)
        expect(await circuit.accepts({ bits: ones.with(i, FIELD_ORDER - 1n) }), `bit ${i}`).toBe(false)
        expect(await circuit.accepts({ bits: zeros.with(i, 1n) }), `bit ${i}`).toBe(
          !fixed.includes(i as never),
        )
      }
    }
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

/** The circuit of a template, and what it makes of inputs. */
async function made(include: string, main: string, inputs: CircuitInputs) {
  const circuit = await Circuit.compile({ include, main })
  const witness = await circuit.witness(inputs)
  return (name: string) => circuit.value(witness, name)
}

describe('what ledger and solvency hash (ledger.2, solvency.1)', () => {
  const { columns } = TIER_TABLE
  const rest = { rowsDigest: 888n, timestamp: 999n }

  test('transcripts and states are those of the library (ledger.11)', async () => {
    const parts = { accountsRoot: 5n, riskRoot: 6n, totalsDigest: 7n }
    const first = firstTranscript({ ...parts, scenarios: 3 })
    const transcripts = await made('transcripts.circom', 'Transcripts()', {
      ...{ ...parts, scenarios: 3n, weightedTotalsDigest: 8n },
    })
    expect(transcripts('first')).toBe(first.first)
    expect(transcripts('second')).toBe(secondTranscript(first.first, 8n).second)
    const shortfalls = [
      { sum: 3n, accounts: 1n },
      { sum: 4n, accounts: 2n },
    ]
    const state = { count: 9, blind: 10n, keySum: 11n, equitySum: 12n, shortfalls }
    const inputs = { transcript: 13n, ...state, count: 9n, shortfallsDigest: shortfallsDigest(shortfalls) }
    const { shortfalls: _, ...given } = inputs
    expect((await made('fold-state.circom', 'FoldState()', given))('out')).toBe(stateCommitment(13n, state))
    for (const name of Object.keys(given) as (keyof typeof given)[]) {
      const other = { ...given, [name]: given[name] + 1n }
      expect((await made('fold-state.circom', 'FoldState()', other))('out'), name).not.toBe(
        stateCommitment(13n, state),
      )
    }
  })

  test('a table has the root of the library, whatever its sizes, and no two sizes share one', async () => {
    const inputs = {
      marks: columns.marks.map(toField),
      names: columns.scenarios.map(({ name }) => name),
      requirement: columns.scenarios.map(({ requirement }) => (requirement ? 1n : 0n)),
      values: columns.scenarios.map(({ values }) => values.map(toField)),
      widths: columns.tiers.map(({ width }) => width),
      owners: columns.tiers.map(({ owner }) => BigInt(owner)),
      ...rest,
    }
    const root = (await made('risk-root.circom', 'RiskRoot(4, 2, 4, 2)', inputs))('out')
    expect(root).toBe(riskRootOf({ columns, ...rest }))
    // The same numbers, read at other sizes: two tiers fewer and two derivatives more, three of one kind.
    const small = { spots: 2, derivatives: 1, tiers: 0, scenarios: 0 }
    const other = { spots: 1, derivatives: 2, tiers: 0, scenarios: 0 }
    const marks = [5n, 7n, 9n]
    const roots = [small, other].map((sizes) =>
      riskRootOf({ columns: { sizes, marks, scenarios: [], tiers: [] }, ...rest }),
    )
    expect(new Set(roots).size).toBe(2)
    expect((await made('risk-root.circom', 'RiskRoot(2, 1, 0, 0)', { marks, ...rest }))('out')).toBe(roots[0])
  })

  test('a policy has the digest of the library, and every threshold is ranged', async () => {
    const rules = policy(columns.sizes, { scenarios: [{ mostShortfall: 5n, mostAccounts: 6n }, NO_LIMIT] })
    const inputs = {
      valueRatio: rules.valueRatio,
      minimumRatios: rules.instruments.map(({ minimumRatio }) => minimumRatio),
      loanFactors: rules.instruments.map(({ loanFactor }) => loanFactor),
      names: columns.scenarios.map(({ name }) => name),
      requirement: columns.scenarios.map(({ requirement }) => (requirement ? 1n : 0n)),
      mostShortfall: rules.scenarios.map(({ mostShortfall }) => mostShortfall),
      mostAccounts: rules.scenarios.map(({ mostAccounts }) => mostAccounts),
    }
    const circuit = await Circuit.compile({ include: 'policy-digest.circom', main: 'PolicyDigest(4, 2)' })
    const digest = policyDigest(rules, columns.scenarios)
    expect(circuit.value(await circuit.witness(inputs), 'out')).toBe(digest)
    for (const change of [
      { valueRatio: 1n << 32n },
      { minimumRatios: [1n << 32n, 0n, 0n, 0n] },
      { loanFactors: [0n, 0n, 0n, 1n << 32n] },
      { mostShortfall: [1n << 144n, 0n] },
      { mostAccounts: [0n, 1n << 32n] },
    ]) {
      expect(await circuit.accepts({ ...inputs, ...change }), Object.keys(change)[0]).toBe(false)
    }
  })
})

describe('the leaf of equities and spares (ledger.11)', () => {
  const batch = foldSample(TIER_TABLE, [pledged(...TIERED)]).batches[0]!
  const inputs = {
    blind: batch.equitiesBlind,
    equities: [0, 1].map((s) => batch.equities.map((own) => equityBitsOf(own[s]!))),
    spares: batch.spares.map((own) => own.map((spare) => bitsOf(spare, 64))),
  }

  test('is that of the library, under a tag that no leaf of an account has', async () => {
    const leaf = await made('equities-leaf.circom', 'EquitiesLeaf(4, 4, 2, 2)', inputs)
    expect(leaf('out')).toBe(equitiesLeaf(batch))
    expect(Object.values(ROLES).filter(({ tag }) => tag === ROLES.equities.tag)).toHaveLength(1)
  })

  test('cannot be read at other sizes: without them, the equities of two accounts are those of two scenarios', async () => {
    const bits = [equityBitsOf(-5n), equityBitsOf(7n)]
    const leaves = ['EquitiesLeaf(2, 4, 1, 0)', 'EquitiesLeaf(1, 4, 2, 0)', 'EquitiesLeaf(1, 16, 2, 0)']
    const dimensions = (at: number) => (at === 0 ? '[1][2]' : '[2][1]')
    const given = {
      ...{ blind0: 3n, blind1: 3n, blind2: 3n },
      equities0: [bits],
      equities1: bits.map((own) => [own]),
      equities2: bits.map((own) => [own]),
    }
    const both = async (sources = {}) => {
      const circuit = await atSizes('equities-leaf.circom', {
        sizes: [0, 1, 2],
        main: (at) => leaves[at]!,
        inputs: (at) => ({ blind: '', equities: `${dimensions(at)}[EQUITY_BITS() + 1]` }),
        sources,
      })()
      const witness = await circuit.witness(given)
      return leaves.map((_, at) => circuit.value(witness, `own${at}.out`))
    }
    expect(new Set(await both()).size).toBe(3)
    const unshaped = edited(gatherSources(['equities-leaf.circom']), [
      {
        file: 'equities-leaf.circom',
        from: 'digest.in[1] <== ACCOUNTS + (SLOTS << 16) + (PLEDGED << 32) + (SCENARIOS << 48);',
        to: 'digest.in[1] <== 0;',
      },
    ])
    expect(new Set(await both(Object.fromEntries(unshaped))).size).toBe(1)
  })
})

describe('what ledger and solvency compute (ledger.5, ledger.8)', () => {
  test('C20: is determined by what goes in, wire by wire (ledger.12)', async () => {
    for (const [include, main] of [
      ['pack-bits.circom', 'PackBits(300)'],
      ['equities.circom', 'Equities(3, 2)'],
      ['values-at.circom', 'ValuesAt(2, 1, 2)'],
      ['risk-root.circom', 'RiskRoot(2, 1, 1, 2)'],
      ['positions.circom', 'Positions(3)'],
      ['fence-path.circom', 'FencePath(2)'],
    ] as const) {
      const circuit = await Circuit.compile({ include, main })
      expect(uniqueness(new ConstraintSystem(circuit.r1cs, circuit.inputWires)).undetermined, main).toEqual(
        [],
      )
    }
  })

  const base = FIELD_ORDER - 987_654_321n
  const point = 0x9e3779b97f4a7c15n ** 3n

  test('positions are powers of the point, from the place of the first leaf on (ledger.4)', async () => {
    const circuit = await Circuit.compile({ include: 'positions.circom', main: 'Positions(3)' })
    for (const index of [0, 1, 37, 0xfffff]) {
      const witness = await circuit.witness({ base, indexBits: bitsOf(BigInt(index), 20) })
      const names = [0, 1, 2].map((u) => circuit.value(witness, `out[${u}]`))
      expect(names).toEqual([0, 1, 2].map((u) => powField(base, BigInt(4096 * index + u))))
    }
  })

  test('equities add up with weights and powers of the point, and so do shortfalls and their number', async () => {
    const values = [
      [255n, -256n, 0n],
      [-1n, 1n, -255n],
    ]
    const weights = [1n, base, toField(base ** 2n)]
    const at = await made('equities.circom', 'Equities(3, 2)', {
      ...{ bits: values.map((column) => column.map(equityBitsOf)), weights, point },
    })
    const sum = (f: (value: bigint, u: number, s: number) => bigint) =>
      toField(values.reduce((t, column, s) => column.reduce((x, value, u) => x + f(value, u, s), t), 0n))
    expect(at('out')).toBe(sum((value, u, s) => value * weights[u]! * point ** BigInt(s)))
    expect([0, 1].map((s) => at(`shortfalls[${s}]`))).toEqual([
      packShortfall({ sum: 256n, accounts: 1n }),
      packShortfall({ sum: 256n, accounts: 2n }),
    ])
  })

  test('values add up with powers of the point: longs and tiers worth them, shorts costing them', async () => {
    const values = [
      [3n, 5n, -7n, 11n, 29n],
      [13n, 17n, 19n, 23n, 31n],
    ]
    const weightedTotals = [2n, 4n, 6n, 8n, 10n]
    const worth = await made('values-at.circom', 'ValuesAt(2, 1, 2)', {
      ...{ values: values.map((column) => column.map(toField)), weightedTotals, point },
    })
    const expected = weightedTotals.reduce((total, held, key) => {
      const value = values[0]![key]! + point * values[1]![key]!
      return total + (key < 4 && key % 2 ? -1n : 1n) * held * value
    }, 0n)
    expect(worth('out')).toBe(toField(expected))
  })

  test('keys of slots and keys of totals have the same poles, so that both sums are one', async () => {
    const { witnesses, chain } = foldSample(TIER_TABLE, [pledged(...TIERED)])
    const { totals, weightedTotals, points } = chain.ledger
    const { challenge, limitPoint, mix, accountPoint } = points
    const inputs = ledgerInputs(witnesses[0]!)
    const slots = await made('key-sum.circom', 'KeySum(4, 4, 2, 1)', {
      bits: inputs.slots!,
      spares: inputs.spares!,
      weights: [0, 1, 2, 3].map((u) => toField(1n + mix * powField(accountPoint, BigInt(u)))),
      ...{ challenge, limitPoint },
    })
    const keys = await made('key-totals.circom', 'KeyTotals(4, 2, 4, 1)', {
      ...{ totals: [...totals], weightedTotals: [...weightedTotals], challenge, mix, limitPoint },
      widths: TIER_TABLE.columns.tiers.map(({ width }) => width),
    })
    const { keySum } = rightSides(TIER_TABLE.columns, totals, weightedTotals, points)
    expect([slots('out'), keys('out')]).toEqual([keySum, keySum])
  })

  test('a table beyond the numbers of a kind does not compile (ledger.10)', async () => {
    for (const main of [
      'KeyTotals(16385, 0, 0, 0)',
      'KeyTotals(1, 0, 16385, 0)',
      'KeyTotals(1, 32769, 0, 0)',
    ]) {
      await expect(Circuit.compile({ include: 'key-totals.circom', main })).rejects.toThrow(/assert/i)
    }
  })
})

/**
 * A design that looks cheaper: no weighted totals; each slot's value v is witnessed, and bound to the table
 * by the pole, key + γ·v. It is forged, v being chosen after γ: two accounts take each other's keys.
 */
describe('a value witnessed per slot, in place of weighted totals (ledger.11)', () => {
  const ACCOUNTS = [
    [0, 3],
    [1, 2],
  ] as const
  const source = {
    include: 'by-value.circom',
    main: 'ByValue()',
    sources: {
      'by-value.circom': `pragma circom 2.2.2;
        include "sponge.circom";
        include "challenge.circom";
        template ByValue() {
          signal input keys[4];       // of each account's two slots in turn; each holds one unit
          signal input values[4];     // of each key of the table, 0 to 3
          signal input witnessed[4];  // the values that slots are said to have
          signal input equities[2];
          component absorbed = Sponge(15, 10);
          for (var i = 0; i < 4; i++) { absorbed.in[i] <== keys[i]; absorbed.in[4 + i] <== values[i]; }
          for (var u = 0; u < 2; u++) { absorbed.in[8 + u] <== equities[u]; }
          signal r <== Challenge(1)(absorbed.out);
          signal g <== Challenge(5)(absorbed.out);
          signal slot[4];
          signal entry[4];
          signal key[4];
          signal total[4];
          var difference = 0;
          for (var i = 0; i < 4; i++) {
            slot[i] <== keys[i] + g * witnessed[i];
            entry[i] <-- 1 / (r - slot[i]);
            entry[i] * (r - slot[i]) === 1;
            key[i] <== i + g * values[i];
            total[i] <-- 1 / (r - key[i]);
            total[i] * (r - key[i]) === 1;
            difference += entry[i] - total[i];
          }
          difference === 0;
          for (var u = 0; u < 2; u++) { equities[u] === witnessed[2 * u] + witnessed[2 * u + 1]; }
        }`,
    },
  }

  test('C17: is forged: an account below zero shows the equity of another. Weighted totals refuse the same claim', async () => {
    const weak = await Circuit.compile(source)
    const values = [-100n, 5n, 60n, 7n]
    const keys = ACCOUNTS.flat()
    const honest = keys.map((key) => values[key]!)
    const fair = { keys: keys.map(BigInt), values: values.map(toField), witnessed: honest.map(toField) }
    const sums = (list: readonly bigint[]) => [toField(list[0]! + list[1]!), toField(list[2]! + list[3]!)]
    expect(await weak.accepts({ ...fair, equities: sums(honest) })).toBe(true)
    // The first account lacks 93, the second has 65. Each takes the poles of the other's keys: k + γ·v is
    // k' + γ·value', so v = value' + (k' − k)/γ, and what is over of 1/γ cancels within an account.
    const equities = [65n, -93n]
    const squeeze = (label: bigint) => {
      const absorbed = sponge('transcript', [...fair.keys, ...fair.values, ...equities.map(toField)])
      return poseidon([absorbed, label], ROLES.challenge.tag)
    }
    const inverse = invertField(squeeze(5n))
    const taken = [1, 2, 0, 3]
    const witnessed = keys.map((key, i) => toField(values[taken[i]!]! + BigInt(taken[i]! - key) * inverse))
    expect(await weak.accepts({ ...fair, witnessed, equities: equities.map(toField) })).toBe(true)

    const table = tableWith(STRESS_TABLE, (columns) => ({
      ...columns,
      scenarios: columns.scenarios.map((scenario) => ({
        ...scenario,
        requirement: true,
        values: scenario.values.map((value, k) => [-100n, value, 5n, value, 60n, value, 7n][k] ?? value),
      })),
    }))
    const holdings = ACCOUNTS.map((own, u) => account(u, ...own.map((key): [number, bigint] => [key, 1n])))
    const swapped = (batch: LedgerBatch): LedgerBatch => ({
      ...batch,
      equities: [batch.equities[1]!, batch.equities[0]!, ...batch.equities.slice(2)],
    })
    const ledger = [stressed(...holdings)]
    await expectAccepted(epochOf(table, ledger))
    await expectRefusedBySolvency(epochOf(table, ledger, { batch: swapped }))
  })
})
