import { describe, expect, test } from 'vitest'
import { constantsOf } from '../../../src/hash/poseidon.js'
import { poseidonFunctions, primeField, toMontgomery, WasmModule } from '../../../src/kernel/index.js'
import { blocksOf } from '../../../src/kernel/poseidon.js'
import { columnsOfRows, proveFifthPlus, proveProducts, proveSum } from '../../helpers/bounds/poseidon.js'
import { lazyLimit, MONTGOMERY, prove } from '../../helpers/bounds/prove.js'
import { R } from '../../helpers/kernel.js'

const m = new WasmModule()
const functions = poseidonFunctions(m, 'poseidon', primeField(m, 'fr', R))
const canonical = ((R >> 232n) + 1n) << 232n

describe('no column or value of Poseidon leaves its range, and all are right (kernel.1)', () => {
  test('an input of any 256 bits, times a constant, plus a constant', () => {
    const operands = [1n << 256n, canonical, canonical].map((below, parameter) => ({
      ...{ parameter, below },
      element: 0,
    }))
    const result = {
      ...{ parameter: 3, below: lazyLimit(R) },
      is: (...[a, b, c]: Parameters<Parameters<typeof prove>[3][0]['is']>) =>
        a!.times(b!).plus(c!.scale(MONTGOMERY)),
    }
    expect(() => prove(functions.mulPlus, R, operands, [result])).not.toThrow()
  })

  test('the S-box, plus a constant', () => {
    expect(() => proveFifthPlus(functions, R)).not.toThrow()
  })

  test.each([1, 2, 3])('a sum of %i products by any factors', (count) => {
    expect(() => proveProducts(functions, R, count)).not.toThrow()
  })

  const rows = Array.from({ length: 16 }, (_, i) => constantsOf(i + 2)).flatMap((constants) => [
    ...constants.mix,
    ...constants.mixBefore,
    ...blocksOf(constants, R).flatMap((block) => [...block.rows, ...block.columns]),
  ])
  const inForm = rows.map((row) => row.map((value) => toMontgomery(value, R)))
  const columns = columnsOfRows(inForm, R)

  test('sums of as many products as there are, by the rows of all widths', () => {
    expect(rows.length).toBeGreaterThan(1500)
    for (const plus of [false, true]) expect(() => proveSum(functions, plus, R, columns)).not.toThrow()
  })

  test('rows of twice the factors could leave it: the proof fails', () => {
    const twice = columnsOfRows(
      inForm.map((row) => [...row, ...row]),
      R,
    )
    expect(() => proveSum(functions, false, R, twice)).toThrow(/is not in/)
  })
})
