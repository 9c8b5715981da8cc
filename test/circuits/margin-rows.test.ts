import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { HAND_RULE, handWitness } from '../../scripts/soundness/samples/margin-rule.js'
import { type CircuitInputs, invertField, toBits, toField } from '../../src/field/index.js'
import { WideTree } from '../../src/hash/index.js'
import { rowPosition } from '../../src/risk/index.js'
import { compileRequirement, marginRowDigest } from '../../src/rules/index.js'
import { marginInputs } from '../../src/statements/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

describe('MarginRow (margin.3)', () => {
  const { rows } = compileRequirement(HAND_RULE, 'initial')
  const source = { include: 'margin-row.circom', main: 'MarginRow(2, 2)' }
  const copies = new Copies(source)
  const witness = handWitness()
  const all = marginInputs(witness)
  /** What is opened for A and B (one link), C (two links), and cash (none). */
  const inputs = (slot: number): CircuitInputs => ({
    value: (all.rowValue as bigint[][])[slot]!,
    group: (all.rowGroup as bigint[])[slot]!,
    flatGroup: (all.rowFlatGroup as bigint[])[slot]!,
    flat: (all.rowFlat as bigint[])[slot]!,
    changes: (all.rowChanges as bigint[][])[slot]!,
    lines: (all.rowLines as bigint[][][])[slot]!,
    links: (all.rowLinks as bigint[][])[slot]!,
  })
  const digests = ['A', 'B', 'C', 'USD'].map((symbol) => marginRowDigest(rows.get(symbol)!))
  let circuit: Circuit
  beforeAll(async () => {
    circuit = await Circuit.compile(source)
  })

  test('equals the digest of rows with no line, with lines of one link and of two', async () => {
    expect(witness.rows.map((r) => Math.ceil(r!.row.lines.length / 4))).toEqual([1, 1, 2, 0])
    for (const [slot, digest] of digests.entries()) {
      const made = await circuit.witness(inputs(slot))
      expect(circuit.satisfied(made)).toBe(true)
      expect(circuit.value(made, 'out')).toBe(digest)
    }
  })

  test('with 1 and with 33 scenarios it equals the digest, the last repeated', async () => {
    for (const count of [1, 33]) {
      const changes = Array.from({ length: count }, (_, s) => BigInt(s * s) - 3n)
      const row = {
        ...rows.get('USD')!,
        changes: Array.from({ length: 33 }, (_, s) => changes[s] ?? changes.at(-1)!),
      }
      const other = await Circuit.compile({ include: 'margin-row.circom', main: `MarginRow(${count}, 1)` })
      const made = await other.witness({
        ...inputs(3),
        changes: changes.map(toField),
        lines: (inputs(3).lines as bigint[][]).slice(0, 4),
        links: [1n, 0n],
      })
      expect(other.value(made, 'out')).toBe(marginRowDigest(row))
    }
  })

  test('more scenarios than a row has room for do not compile', async () => {
    await expect(Circuit.compile({ include: 'margin-row.circom', main: 'MarginRow(34, 1)' })).rejects.toThrow(
      /assert/i,
    )
  })

  test('any part that is altered, and lines that are cut off or moved, give another digest or none', async () => {
    const honest = inputs(2)
    for (const path of [
      'value[0]',
      'value[1]',
      'group',
      'flatGroup',
      'flat',
      'changes[0]',
      'changes[1]',
      'lines[5][2]',
    ]) {
      const made = await circuit.witness(tampered(honest, { [path]: 1_234_567n }))
      expect(circuit.value(made, 'out'), path).not.toBe(digests[2])
    }
    const fewer = tampered(honest, { 'links[2]': 0n, 'links[1]': 1n })
    expect(await circuit.accepts(fewer)).toBe(false)
    const cut = { ...fewer, lines: (honest.lines as bigint[][]).map((l, j) => (j < 4 ? l : [0n, 0n, 0n])) }
    expect(circuit.value(await circuit.witness(cut), 'out')).not.toBe(digests[2])
  })

  const forgedLine = { 'lines[0][0]': 1n << 34n, 'lines[0][1]': -5_000n, 'lines[0][2]': -5_000n }
  const anyLinks = copies.with({
    file: 'margin-row.circom',
    from: 'links[b] * (links[b] - 1) === 0;',
    to: '',
  })
  test('refuses what is accepted without links of 0 or 1: any lines for any digest', async () => {
    const weak = await anyLinks()
    const lines = Object.fromEntries(
      Array.from({ length: 24 }, (_, i) => [`lines[${Math.floor(i / 3)}][${i % 3}]`, 0n]),
    )
    const emptied = tampered(tampered(inputs(2), lines), { ...forgedLine, 'links[2]': 1n })
    const made = await weak.witness(emptied)
    const target = circuit.value(await circuit.witness(inputs(2)), 'chain[2]')
    const [one, two] = [1, 2].map((b) => weak.value(made, `chain[${b}]`)) as [bigint, bigint]
    const part = toField((target - two) * invertField(toField(one - two)))
    const forged = tampered(emptied, { 'links[1]': part, 'links[2]': 1n - part })
    expect(weak.value(await attack(circuit, weak, forged), 'out')).toBe(digests[2])
  })

  const noLink = copies.with({ file: 'margin-row.circom', from: 'count === 1;', to: '' })
  test('refuses what is accepted without one link being named: lines on a row that has none', async () => {
    const weak = await noLink()
    const forged = tampered(inputs(3), { ...forgedLine, 'links[0]': 0n })
    expect(weak.value(await attack(circuit, weak, forged), 'out')).toBe(digests[3])
  })

  const linesBeyond = copies.with({
    file: 'margin-row.circom',
    from: 'absent * lines[b * LINES + j][k] === 0;',
    to: '',
  })
  test('refuses what is accepted without lines beyond the last link being zero', async () => {
    const weak = await linesBeyond()
    const forged = tampered(inputs(3), forgedLine)
    expect(weak.value(await attack(circuit, weak, forged), 'out')).toBe(digests[3])
  })
})

describe('MarginRowsRoot (margin.3)', () => {
  const rowAt = (position: number) => BigInt(position + 2) ** 7n
  /** Bits of the number whose position this is: the two lowest are the number's highest. */
  const numberAt = (position: number) => {
    const bits = toBits(BigInt(position), 16)
    return [...bits.slice(2), bits[1]!, bits[0]!]
  }
  const inputs = (indices: (number | undefined)[], levels: number, size: number): CircuitInputs => {
    const tree = new WideTree(
      4,
      Array.from({ length: size }, (_, i) => rowAt(i)),
    )
    const paths = indices.map((index) => tree.path(index ?? 0).levels)
    return {
      rows: indices.map((index) => (index === undefined ? 99n : rowAt(index))),
      held: indices.map((index) => (index === undefined ? 0n : 1n)),
      instrument: indices.map((index) => numberAt(index ?? 65_535)),
      ...(levels > 1 ? { children: paths.map((path) => path.slice(0, levels - 1)) } : {}),
      top: tree.path(0).levels[levels - 1]!,
    }
  }
  const oneLevel = { include: 'margin-rows-root.circom', main: 'MarginRowsRoot(1, 1)' }
  const twoLevels = { include: 'margin-rows-root.circom', main: 'MarginRowsRoot(1, 2)' }
  const ofOneLevel = new Copies(oneLevel)
  const rootOf = (size: number) =>
    new WideTree(
      4,
      Array.from({ length: size }, (_, i) => rowAt(i)),
    ).root

  for (const [levels, size, indices] of [
    [1, 11, [10, 0, undefined]],
    [2, 40, [39, 17, 0]],
    [3, 300, [299, undefined, 16]],
    [4, 20, [19, 3, undefined]],
  ] as const) {
    test(`${levels} levels: equals the tree that holds every held row, whatever an empty slot has`, async () => {
      const circuit = await Circuit.compile({
        include: 'margin-rows-root.circom',
        main: `MarginRowsRoot(3, ${levels})`,
      })
      const honest = inputs([...indices], levels, size)
      const witness = await circuit.witness(honest)
      expect(circuit.satisfied(witness)).toBe(true)
      expect(circuit.value(witness, 'root')).toBe(rootOf(size))
      for (const path of [
        'rows[0]',
        'instrument[0][15]',
        'top[0]',
        ...(levels > 1 ? ['children[0][0][3]'] : []),
      ]) {
        const changed = tampered(honest, {
          [path]: path.startsWith('instrument') ? 1n - (honest.instrument as bigint[][])[0]![15]! : 5n,
        })
        const other = await circuit.witness(changed).catch(() => undefined)
        if (other !== undefined) expect(circuit.value(other, 'root'), path).not.toBe(rootOf(size))
      }
    })
  }

  const anyIndex = ofOneLevel.with({
    file: 'margin-rows-root.circom',
    from: 'held[i] * beyond === 0;',
    to: '',
  })
  test('has a place for the number of every kind: the one of `rowPosition` (risk.14)', () => {
    for (const number of [0, 1, 63, 2 ** 14, 2 ** 14 + 5, 2 ** 15, 2 ** 15 + 100, 2 ** 16 - 1]) {
      expect(numberAt(rowPosition(number))).toEqual(toBits(BigInt(number), 16))
    }
  })

  test('an index beyond the levels in use, where the tree has such a row at its remainder', async () => {
    const circuit = await Circuit.compile(oneLevel)
    const weak = await anyIndex()
    const forged = { ...inputs([3], 1, 11), instrument: [numberAt(16 + 3)] }
    expect(weak.value(await attack(circuit, weak, forged), 'root')).toBe(rootOf(11))
  })

  const anyRow = new Copies(twoLevels).with({
    file: 'margin-rows-root.circom',
    from: 'held[i] * (named - node[i][d]) === 0;',
    to: '',
  })
  test("refuses what is accepted without the row being the named child: another instrument's row, or none's", async () => {
    const circuit = await Circuit.compile(twoLevels)
    const weak = await anyRow()
    for (const forged of [
      { ...inputs([3], 2, 40), rows: [rowAt(4)] },
      { ...inputs([39], 2, 40), instrument: [numberAt(40)] },
    ]) {
      expect(weak.value(await attack(circuit, weak, forged), 'root')).toBe(rootOf(40))
    }
  })

  const anyKind = ofOneLevel.with({
    file: 'margin-rows-root.circom',
    from: 'way[i][d].bits[k] <== instrument[i][POSITION_BIT(4 * d + k)];',
    to: 'way[i][d].bits[k] <== 4 * d + k < 2 ? 0 : instrument[i][POSITION_BIT(4 * d + k)];',
  })
  test("C33: refuses what is accepted without the bits that tell a kind: a spot instrument's row for a derivative (risk.14)", async () => {
    const circuit = await Circuit.compile(oneLevel)
    const weak = await anyKind()
    for (const kind of [2 ** 14, 2 ** 15]) {
      const forged = { ...inputs([4], 1, 11), instrument: [toBits(BigInt(kind + 1), 16)] }
      expect(weak.value(await attack(circuit, weak, forged), 'root')).toBe(rootOf(11))
    }
  })

  const anyBits = ofOneLevel.with({ file: 'one-hot.circom', from: 'bits[k] * (bits[k] - 1) === 0;', to: '' })
  test('refuses what is accepted without bits of an index: a mixture of two rows for any row', async () => {
    const circuit = await Circuit.compile(oneLevel)
    const weak = await anyBits()
    const part = toField((1_000_000n - rowAt(0)) * invertField(toField(rowAt(1) - rowAt(0))))
    const forged = tampered(inputs([0], 1, 11), { 'rows[0]': 1_000_000n, 'instrument[0][15]': part })
    expect(weak.value(await attack(circuit, weak, forged), 'root')).toBe(rootOf(11))
  })
})
