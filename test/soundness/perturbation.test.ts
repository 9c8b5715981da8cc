import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile } from '../../scripts/soundness/compiled.js'
import { alternatives, valuesOf } from '../../scripts/soundness/perturbation/alternatives.js'
import { kernel } from '../../scripts/soundness/perturbation/jacobian.js'
import { FIELD_ORDER, toField } from '../../src/field/index.js'
import { allWitnesses, kernelDimension, readBack, satisfies, smallSystems } from '../helpers/small-systems.js'

describe('of a witness, the search for what can change finds (ledger.12)', () => {
  test('a wire that can take any value, and one that can take another', async () => {
    const body = `template Loose() {
        signal input off;
        signal input square;
        signal output root <-- 3;
        signal output any <-- 5;
        root * root === square;
        any * off === 0;
      }`
    const { system, name, witness } = await compile({
      include: 'loose.circom',
      main: 'Loose()',
      sources: { 'loose.circom': body },
    })
    const values = valuesOf(system, await witness({ off: 0n, square: 9n }))
    expect(alternatives(system, values).map(({ wire, by }) => [name(wire), by])).toEqual([
      ['root', toField(-6n)],
      ['any', 'anything'],
    ])
    // The other root is not near: to first order only the free wire moves.
    expect(kernel(system, values)).toMatchObject({ dimension: 1, held: [] })
    expect(kernel(system, values).wires.map(name)).toEqual(['any'])
    expect(kernel(system, values, (wire) => name(wire) === 'any').dimension).toBe(0)
  })

  test('wires that can only change together', async () => {
    const body = `template Divide() {
      signal input in;
      signal output quotient <-- in \\ 10;
      signal output remainder <-- in % 10;
      in === 10 * quotient + remainder;
    }`
    const { system, name, witness } = await compile({
      include: 'divide.circom',
      main: 'Divide()',
      sources: { 'divide.circom': body },
    })
    const values = valuesOf(system, await witness({ in: 27n }))
    expect(alternatives(system, values)).toEqual([])
    const found = kernel(system, values)
    expect(found.dimension).toBe(1)
    expect(found.wires.map(name)).toEqual(['quotient', 'remainder'])
  })

  test('the inverse of zero', async () => {
    const { system, name, witness } = await compile({ include: 'comparators.circom', main: 'IsZero()' })
    for (const [input, free] of [
      [0n, ['inv']],
      [5n, []],
    ] as const) {
      const values = valuesOf(system, await witness({ in: input }))
      expect(kernel(system, values).wires.map(name)).toEqual(free)
      expect(alternatives(system, values).map(({ wire }) => name(wire))).toEqual(free)
    }
  })
})

describe('on random systems (ledger.12)', () => {
  test('a wire can change alone exactly as it says', () => {
    const near = [-4n, -3n, -2n, -1n, 1n, 2n, 3n, 4n]
    fc.assert(
      fc.property(smallSystems, (system) => {
        // Without the constraints that make every wire 0 or 1.
        const free = { ...system, constraints: system.constraints.slice(0, 1 - system.wires) }
        const compiled = readBack(free)
        const found = new Map(
          alternatives(compiled, valuesOf(compiled, system.planted)).map(({ wire, by }) => [wire, by]),
        )
        for (let wire = 1; wire < system.wires; wire++) {
          const changed = (by: bigint) => system.planted.with(wire, toField(system.planted[wire]! + by))
          const by = found.get(wire)
          if (typeof by === 'bigint') expect(satisfies(free, changed(by))).toBe(true)
          for (const delta of [...near, FIELD_ORDER / 3n]) {
            const expected = by === 'anything' || by === toField(delta)
            expect(satisfies(free, changed(delta)), `wire ${wire} by ${delta}`).toBe(expected)
          }
        }
      }),
      { numRuns: 200, seed: 21 },
    )
  })

  test('the kernel has the dimension that plain elimination says, at every witness', () => {
    fc.assert(
      fc.property(smallSystems, (system) => {
        const free = { ...system, constraints: system.constraints.slice(0, 1 - system.wires) }
        for (const constraints of [system.constraints, free.constraints]) {
          for (const planted of allWitnesses(system).slice(0, 4)) {
            const at = { ...system, constraints, planted }
            const compiled = readBack(at)
            expect(kernel(compiled, valuesOf(compiled, planted)).dimension).toBe(kernelDimension(at))
          }
        }
      }),
      { numRuns: 60, seed: 22 },
    )
  })
})
