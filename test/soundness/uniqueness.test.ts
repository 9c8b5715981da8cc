import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile } from '../../scripts/soundness/compiled.js'
import { type Assumptions, uniqueness } from '../../scripts/soundness/uniqueness/uniqueness.js'
import { gatherSources } from '../../src/proving/sources.js'
import { allWitnesses, readBack, smallSystems } from '../helpers/small-systems.js'

/** Names of wires that the analysis calls undetermined in a main template made for the test. */
async function undetermined(main: string, body: string, assumptions?: Assumptions): Promise<string[]> {
  const { system, name } = await compile({
    include: 'seeded.circom',
    main,
    sources: { 'seeded.circom': body },
  })
  return uniqueness(system, assumptions).undetermined.map(name)
}

async function undeterminedOf(include: string, main: string): Promise<string[]> {
  const { system, name } = await compile({ include, main })
  return uniqueness(system).undetermined.map(name)
}

describe('the search for wires that the inputs do not determine finds (ledger.12)', () => {
  test('a quotient and a remainder without a range', async () => {
    const body = `template Divide() {
      signal input in;
      signal output quotient <-- in \\ 10;
      signal output remainder <-- in % 10;
      in === 10 * quotient + remainder;
    }`
    expect(await undetermined('Divide()', body)).toEqual(['quotient', 'remainder'])
  })

  test("circomlib's Decoder, whose outputs may all be zero", async () => {
    expect(await undeterminedOf('multiplexer.circom', 'Decoder(3)')).toEqual([
      'out[0]',
      'out[1]',
      'out[2]',
      'success',
    ])
  })

  test('a bit of a range that need not be 0 or 1', async () => {
    const body = gatherSources(['range.circom'])
      .get('range.circom')!
      .replace('bit[i] * (bit[i] - 1) === 0;', 'if (i != 1) { bit[i] * (bit[i] - 1) === 0; }')
    expect(await undetermined('Range(3)', body)).toEqual(['bit[0]', 'bit[1]', 'bit[2]'])
  })

  test('a signal that is free under a condition', async () => {
    const body = `template Select() {
      signal input on;
      signal input in;
      on * (on - 1) === 0;
      signal output out <-- on ? in : 0;
      on * (out - in) === 0;
    }`
    expect(await undetermined('Select()', body)).toEqual(['out'])
  })

  test('a square root, and bits of a number that has two in the field', async () => {
    const root = `template Root() {
      signal input square;
      signal input root;
      signal output out <-- root;
      out * out === square;
    }`
    expect(await undetermined('Root()', root)).toEqual(['out'])
    expect(await undeterminedOf('bitify.circom', 'Num2Bits(254)')).toHaveLength(254)
  })

  test('a root behind an input that nothing uses, or that is set to a number: no wire is taken for an input that has none', async () => {
    const unused = `template Unused() {
      signal input a;
      signal input b;
      signal x <-- b;
      x * (x - b) === 0;
    }`
    expect(await undetermined('Unused()', unused)).toEqual(['x'])
    const set = unused.replace('signal x', 'a === 1; signal x')
    expect(await undetermined('Unused()', set)).toEqual(['x'])
  })

  test('a quotient whose divisor may be zero, unless it may be taken for granted', async () => {
    const body = `template Quotient() {
      signal input in;
      signal input divisor;
      signal output out <-- in / divisor;
      out * divisor === in;
    }`
    expect(await undetermined('Quotient()', body)).toEqual(['out'])
    const granted = { hint: () => false, quotient: () => true }
    expect(await undetermined('Quotient()', body, granted)).toEqual([])
  })
})

describe('it tells that these are determined (ledger.12)', () => {
  test('an inverse, as its product with the input is one', async () => {
    const body = `template Inverse() {
      signal input in;
      signal output out <-- 1 / in;
      in * out === 1;
    }`
    expect(await undetermined('Inverse()', body)).toEqual([])
  })

  test('whether a number is zero, but not the inverse that shows it where nothing says so', async () => {
    expect(await undeterminedOf('comparators.circom', 'IsZero()')).toEqual(['inv'])
    expect(await undeterminedOf('nonzero.circom', 'Nonzero()')).toEqual([])
  })

  test('what the circuit sets to a number, and what that decides', async () => {
    const body = `template Fixed() {
      signal input in;
      signal input none;
      none === 0;
      signal output out <-- in;
      (1 - none) * (out - in) === 0;
    }`
    expect(await undetermined('Fixed()', body)).toEqual([])
  })
})

describe('on random systems that are small enough to try every witness (ledger.12)', () => {
  test('no wire that it does not name has two values for the same inputs', () => {
    let [determined, told] = [0, 0]
    fc.assert(
      fc.property(smallSystems, (system) => {
        const named = new Set(uniqueness(readBack(system)).undetermined)
        const witnesses = allWitnesses(system)
        const inputsOf = (witness: bigint[]) => witness.slice(1, 1 + system.inputs).join()
        for (let wire = 1; wire < system.wires; wire++) {
          const values = new Map<string, bigint>()
          const varies = witnesses.some((witness) => {
            const inputs = inputsOf(witness)
            const before = values.get(inputs) ?? witness[wire]
            values.set(inputs, witness[wire]!)
            return before !== witness[wire]
          })
          if (varies) expect(named.has(wire), `wire ${wire}`).toBe(true)
          else if (wire > system.inputs) determined++
          if (wire > system.inputs && !named.has(wire)) told++
        }
      }),
      { numRuns: 300, seed: 20 },
    )
    // It does not do so by naming all.
    expect(told).toBeGreaterThan(determined / 4)
  })
})
