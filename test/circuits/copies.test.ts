import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { inLastingProcess } from '../../scripts/soundness/bench/compiler.js'
import { compileBy, compileCircuit } from '../../src/proving/compile.js'
import { temporaryFolder } from '../helpers/cli.js'
import { Copies } from '../helpers/copies.js'

const source = {
  include: 'sums.circom',
  main: 'Sums(2)',
  sources: {
    'sums.circom': `pragma circom 2.2.2;
      template Bit() { signal input in; in * (in - 1) === 0; }
      template Scaled(N) { signal input in; signal output out <== N * in * in; }
      template Sums(N) {
        signal input bits[N];
        signal input sum;
        signal part[N];
        var total = 0;
        for (var i = 0; i < N; i++) { Bit()(bits[i]); }
        for (var i = 0; i < N; i++) { part[i] <== Scaled(i + 1)(bits[i]); total += part[i]; }
        for (var i = 0; i < N; i++) { Bit()(1 - bits[i]); }
        sum === total;
      }`,
  },
}
const edit = (from: string, to = '') => ({ file: 'sums.circom', from, to })
const copies = new Copies(source)
const anyBits = copies.with(edit('in * (in - 1) === 0;'))
const anySum = copies.with(edit('sum === total;'))
const doubled = copies.with(edit('N * in * in;', '2 * N * in * in;'))
const honest = { bits: [1n, 1n], sum: 3n }

test('a copy of a circuit accepts what follows from its edits, and no more (ledger.12)', async () => {
  const accepted = async (copy: () => Promise<Circuit>, bits: bigint[], sum: bigint) => {
    const weak = await copy()
    return weak.satisfied(await weak.witness({ bits, sum }))
  }
  expect(await accepted(anyBits, [1n, 1n], 3n)).toBe(true)
  expect(await accepted(anyBits, [2n, 1n], 6n)).toBe(true)
  expect(await accepted(anyBits, [2n, 1n], 5n)).toBe(false)
  expect(await accepted(anySum, [1n, 1n], 5n)).toBe(true)
  expect(await accepted(anySum, [2n, 1n], 6n)).toBe(false)
  expect(await accepted(doubled, [1n, 1n], 6n)).toBe(true)
  expect(await accepted(doubled, [1n, 1n], 3n)).toBe(false)
})

test('its witness, laid over the circuit, is refused for what is left out and for nothing else (ledger.12)', async () => {
  const circuit = await Circuit.compile(source)
  for (const copy of [await anyBits(), await anySum()]) {
    expect(circuit.satisfied(circuit.transplant(copy, await copy.witness(honest)))).toBe(true)
  }
  const weak = await anyBits()
  const forged = circuit.transplant(weak, await weak.witness({ bits: [2n, 1n], sum: 6n }))
  expect(circuit.satisfied(forged)).toBe(false)
})

test('a copy that does not differ, or is asked for too late, is refused (ledger.12)', async () => {
  await expect(new Copies(source).with(edit('sum === total;', 'sum === total;'))()).rejects.toThrow(
    /does not depend/,
  )
  await expect(new Copies(source).with(edit('sum === nothing;'))()).rejects.toThrow(/does not hold once/)
  await anySum()
  expect(() => copies.with(edit('sum === total;', 'sum === 1;'))).toThrow(/compiled already/)
  expect(await copies.with(edit('sum === total;'))()).toBe(await anySum())
})

test('a compiler that runs again and again writes the files of a new one, and refuses as it does (ledger.12)', async () => {
  const options = {
    include: ['sums.circom'],
    main: source.main,
    publicSignals: ['sum'],
    sources: source.sources,
  }
  const broken = { ...options, main: 'Sums(0 - 1)' }
  const folders = [temporaryFolder(), temporaryFolder(), temporaryFolder()] as const
  const again = (folder: string, given: typeof options) => compileBy(inLastingProcess, folder, given)
  const refusal = (compiling: Promise<unknown>) =>
    compiling.then(
      () => undefined,
      ({ code, message }) => ({ code, message }),
    )
  const filesOf = async (compiling: ReturnType<typeof compileCircuit>) =>
    Object.values(await compiling).map((path) => readFileSync(path))
  const fresh = await filesOf(compileCircuit(folders[0], options))
  expect(fresh).toHaveLength(3)
  expect(await filesOf(again(folders[1], options))).toEqual(fresh)
  const refused = await refusal(compileCircuit(folders[0], broken))
  expect(refused?.code).toBe('COMPILE_FAILED')
  expect(await refusal(again(folders[1], broken))).toEqual(refused)
  expect(await filesOf(again(folders[2], options))).toEqual(fresh)
})
