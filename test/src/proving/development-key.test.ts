import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildBn128, ChaCha } from 'ffjavascript'
import { powersOfTau, zKey } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { curveEngine } from '../../../src/groth16/curve-engine.js'
import { assertSoundKey } from '../../../src/groth16/index.js'
import {
  compileCircuit,
  readVerificationKey,
  terminateProving,
  writeDevelopmentKey,
} from '../../../src/proving/index.js'
import { readSections } from '../../../src/proving/section-file.js'
import { ZKEY_SECTION } from '../../../src/proving/zkey-section.js'
import { temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'

const BEACON = '00112233445566778899aabbccddeeff'
const ITERATIONS = 10

/** What `powersoftau beacon` derives its secrets from: SHA-256 over and over, then ChaCha, then the field. */
async function beaconSecrets(): Promise<{ tau: bigint; alpha: bigint; beta: bigint }> {
  const { Fr } = await curveEngine()
  let hash = Buffer.from(BEACON, 'hex')
  for (let i = 0; i < 2 ** ITERATIONS; i++) hash = createHash('sha256').update(hash).digest() as typeof hash
  const rng = new ChaCha(Array.from({ length: 8 }, (_, i) => hash.readUInt32BE(4 * i)))
  const draw = () => Fr.toObject(Fr.fromRng(rng))
  return { tau: draw(), alpha: draw(), beta: draw() }
}

async function sectionsOf(path: string): Promise<Map<number, string>> {
  const file = await readFile(path)
  return new Map(
    [...readSections(path, 'zkey')].map(([id, { at, length }]) => [
      id,
      file.subarray(at, at + length).toString('hex'),
    ]),
  )
}

describe('a development key (key.5)', () => {
  let directory: string
  let ptau: string

  beforeAll(async () => {
    directory = await temporaryFolder()
    await writeCircuits(directory)
    const start = join(directory, 'start.ptau')
    const beacon = join(directory, 'beacon.ptau')
    ptau = join(directory, 'prepared.ptau')
    await powersOfTau.newAccumulator(await buildBn128(), 8, start)
    await powersOfTau.beacon(start, beacon, 'beacon', BEACON, ITERATIONS)
    await powersOfTau.preparePhase2(beacon, ptau)
  })
  afterAll(async () => {
    await terminateProving()
    await rm(directory, { recursive: true })
  })

  test.each([3, 12, 21])(
    'with %i factors equals snarkjs on the same tau in sections 1 to 9',
    async (factors) => {
      const { r1cs } = await compileCircuit(directory, {
        circuitsDir: directory,
        include: ['product.circom'],
        main: `Product(${factors}, 5)`,
        publicSignals: ['product', 'sum'],
      })
      const theirs = join(directory, `theirs-${factors}.zkey`)
      const ours = join(directory, `ours-${factors}.zkey`)
      await zKey.newZKey(r1cs, ptau, theirs)
      await writeDevelopmentKey(r1cs, ours, { trapdoor: { ...(await beaconSecrets()), delta: 1n } })
      const [expected, actual] = [await sectionsOf(theirs), await sectionsOf(ours)]
      expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
      for (const [name, id] of Object.entries(ZKEY_SECTION)) {
        if (id !== ZKEY_SECTION.contributions) expect(actual.get(id), name).toBe(expected.get(id))
      }
    },
  )

  test('from fresh randomness is another each time, in every point but gamma', async () => {
    const { r1cs } = await compileCircuit(directory, {
      circuitsDir: directory,
      include: ['product.circom'],
      main: 'Product(3, 5)',
      publicSignals: ['product', 'sum'],
    })
    const [one, two] = [join(directory, 'one.zkey'), join(directory, 'two.zkey')]
    await writeDevelopmentKey(r1cs, one)
    await writeDevelopmentKey(r1cs, two)
    const [first, second] = [await readVerificationKey(one), await readVerificationKey(two)]
    await Promise.all([assertSoundKey(first), assertSoundKey(second)])
    expect(first.gamma).toEqual(second.gamma)
    for (const part of ['alpha', 'beta', 'delta', 'ic'] as const)
      expect(first[part]).not.toEqual(second[part])
  })

  test('of a circuit that is cut short is refused', async () => {
    const { r1cs } = await compileCircuit(directory, {
      circuitsDir: directory,
      include: ['product.circom'],
      main: 'Product(3, 5)',
      publicSignals: [],
    })
    const file = await readFile(r1cs)
    await writeFile(r1cs, file.subarray(0, file.length >> 1))
    const attempt = writeDevelopmentKey(r1cs, join(directory, 'never.zkey'))
    await expect(attempt).rejects.toMatchObject({ code: 'ARTIFACT_FORMAT', exitCode: 3, where: r1cs })
  })
})
