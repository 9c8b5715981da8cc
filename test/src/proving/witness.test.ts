import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CircuitInputs } from '../../../src/field/index.js'
import { FIELD_ORDER } from '../../../src/field/index.js'
import {
  brokenConstraint,
  calculateWitness,
  compileCircuit,
  openR1cs,
  readMainSignals,
  readSymbols,
  type WitnessCircuit,
  witnessElements,
} from '../../../src/proving/index.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'

describe('the witness of a circuit (proof.11)', () => {
  let directory: string
  let circuit: WitnessCircuit & { r1cs: string; symbols: string }
  beforeAll(async () => {
    directory = await temporaryFolder()
    const compiled = await compileCircuit(directory, {
      circuitsDir: await writeCircuits(directory),
      include: ['product.circom'],
      main: 'Product(3, 5)',
      publicSignals: ['product', 'sum'],
    })
    const { inputs } = await readMainSignals(compiled.symbols, openR1cs(compiled.r1cs))
    circuit = { ...compiled, inputs }
  })
  afterAll(() => rm(directory, { recursive: true }))

  const attempt = (change: object) => calculateWitness(circuit, { ...INPUTS, ...change } as CircuitInputs)

  test('satisfies every constraint, and its wires are where the symbols say', async () => {
    const witness = witnessElements(await calculateWitness(circuit, INPUTS))
    expect(brokenConstraint(openR1cs(circuit.r1cs), witness)).toBeUndefined()
    const wires = await readSymbols(circuit.symbols)
    expect(witness[wires.get('main.product')!]).toBe(30n)
    expect(witness[wires.get('main.factors[2][1]')!]).toBe(2n)
    expect(witness[wires.get('main.squares[0].out')!]).toBe(81n)
  })

  test('leaves nothing in the memory that it was calculated in (proof.21)', async () => {
    const { Instance } = WebAssembly
    const memories: WebAssembly.Memory[] = []
    const construct = (_: unknown, [module, imports]: ConstructorParameters<typeof Instance>) => {
      const made = new Instance(module, imports)
      memories.push((made.exports as unknown as { memory: WebAssembly.Memory }).memory)
      return made
    }
    WebAssembly.Instance = new Proxy(Instance, { construct }) as typeof Instance
    try {
      await calculateWitness(circuit, INPUTS)
      await expect(attempt({ product: 31n })).rejects.toThrow()
    } finally {
      WebAssembly.Instance = Instance
    }
    expect(memories).toHaveLength(2)
    for (const { buffer } of memories) {
      expect(buffer.byteLength).toBeGreaterThan(1000)
      expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true)
    }
  })

  test('violates a constraint when any one wire is changed', async () => {
    const r1cs = openR1cs(circuit.r1cs)
    const witness = witnessElements(await calculateWitness(circuit, INPUTS))
    for (let wire = 0; wire < witness.length; wire++) {
      const tampered = witness.with(wire, (witness[wire]! + 1n) % FIELD_ORDER)
      expect(brokenConstraint(r1cs, tampered), `wire ${wire}`).toBeTypeOf('number')
    }
    expect(brokenConstraint(r1cs, witness.slice(0, -1))).toBe(0)
  })

  test.each([
    ['an unknown signal', { fee: 1n }, 'the signal "fee" is not an input of the circuit'],
    ['a value of the order', { product: 30n + FIELD_ORDER }, 'the signal "product" has a value outside'],
    ['a negative value', { product: -1n }, 'the signal "product" has a value outside'],
    ['an array for a single signal', { product: [30n] }, 'the signal "product" must be one bigint'],
    ['a number', { product: 30 }, 'the signal "product" must be one bigint'],
    ['an empty string', { sum: '' }, 'the signal "sum" must be one bigint'],
    ['undefined', { sum: undefined }, 'the signal "sum" must be one bigint'],
    ['a flat array of the right length', { factors: [2n, 1n, 3n, 0n, 5n, 2n] }, 'must be an array of 3 × 2'],
    ['a short inner array', { factors: [[2n, 1n], [3n], [5n, 2n]] }, 'must be an array of 3 × 2'],
    ['one element too many', { factors: [...INPUTS.factors, [1n, 0n]] }, 'must be an array of 3 × 2'],
  ])('is refused for %s', async (_, change, message) => {
    await expect(attempt(change)).rejects.toMatchObject({
      code: 'WITNESS_INPUTS',
      exitCode: 2,
      message: expect.stringContaining(message),
    })
  })

  test('is refused when a signal is missing', async () => {
    const { sum: _, ...rest } = INPUTS
    await expect(calculateWitness(circuit, rest)).rejects.toThrow('the signal "sum" is missing')
  })

  test('is refused when the inputs do not satisfy the circuit, by template and line and without a value (privacy.7)', async () => {
    const error = await attempt({ sum: 424242n }).catch((e: Error) => e)
    expect(error).toMatchObject({
      code: 'WITNESS_REJECTED',
      exitCode: 1,
      message: 'the inputs do not satisfy the circuit in Product (line 17)',
    })
    expect(JSON.stringify(error)).not.toContain('424242')
  })
})
