import { copyFile, open, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { buildBn128 } from 'ffjavascript'
import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CircuitInputs, FIELD_ORDER, invertField } from '../../src/field/index.js'
import { sha256File } from '../../src/files/index.js'
import { type VerificationKey, verifyProof } from '../../src/groth16/index.js'
import {
  type Artifacts,
  calculateWitness,
  compileCircuit,
  ensureArtifacts,
  loadArtifacts,
  type Prover,
  proveSignals,
  readVerificationKey,
  snarkjsProver,
  terminateProving,
  writeDevelopmentKey,
} from '../../src/proving/index.js'
import { readSections } from '../../src/proving/section-file.js'
import { ZKEY_SECTION } from '../../src/proving/zkey-section.js'
import { PROVERS } from '../helpers/provers.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../helpers/proving-circuits.js'
import { cacheWith } from './proofs-forged-keys.js'

const MODEL = { product: INPUTS.product, sum: INPUTS.sum }
/** In the header, behind both fields, three sizes and α₁: β₁; behind it β₂, γ₂, and then δ₁. */
const [BETA1, DELTA1, G1_BYTES] = [84 + 64, 84 + 2 * 64 + 2 * 128, 64]

let folder: string
let honest: Artifacts
let options: { circuitsDir: string; cacheDir: string }
beforeAll(async () => {
  folder = await temporaryFolder()
  options = { circuitsDir: await writeCircuits(join(folder, 'circuits')), cacheDir: join(folder, 'cache') }
  honest = await ensureArtifacts('product-tiny', options)
})
afterAll(async () => {
  await terminateProving()
  await rm(folder, { recursive: true })
})

/**
 * What snarkjs makes of a proving key as it is, which is what every prover published before it looked at
 * keys.
 */
async function bare({ zkey, wasm, inputs: shapes }: Artifacts, inputs: CircuitInputs) {
  const data = await calculateWitness({ wasm, inputs: shapes }, inputs)
  const { proof, publicSignals } = await groth16.prove(zkey, { type: 'mem', data })
  const [a, b, c] = [proof.pi_a, proof.pi_b, proof.pi_c]
  return { a: [a[0], a[1]], b: [b[0], b[1]], c: [c[0], c[1]], publicSignals: publicSignals.map(BigInt) }
}

/**
 * The same public signals with another private number: (f + 7g)² is what the sum has, and −(f + 7g) squares
 * to the same.
 */
function otherWitness(): CircuitInputs {
  const [[f, g], ...rest] = INPUTS.factors as [bigint[], ...bigint[][]]
  const sign = (-(2n * f! + 7n * g!) * invertField(7n)) % FIELD_ORDER
  return { ...INPUTS, factors: [[f!, (sign + FIELD_ORDER) % FIELD_ORDER], ...rest] }
}

describe('V15: a proving key whose maker reads the witness behind its proofs (proof.13)', () => {
  let hostile: Artifacts
  beforeAll(async () => {
    const zkey = join(folder, 'hostile.zkey')
    await copyFile(honest.zkey, zkey)
    const sections = readSections(zkey, 'zkey')
    const [header, b1] = [sections.get(ZKEY_SECTION.header)!, sections.get(ZKEY_SECTION.b1)!]
    const file = await open(zkey, 'r+')
    for (const at of [header.at + BETA1, header.at + DELTA1])
      await file.write(new Uint8Array(G1_BYTES), 0, null, at)
    await file.write(new Uint8Array(b1.length), 0, null, b1.at)
    await file.close()
    hostile = { ...honest, zkey }
  })

  test('V15: control: its proofs verify, are one for a witness each time, and tell which of two numbers is behind them', async () => {
    const secrets = [INPUTS, otherWitness()] as const
    const seen = await bare(hostile, secrets[1])
    const proof = seen as unknown as Parameters<typeof verifyProof>[2]
    const { a, b, c } = proof
    expect(await verifyProof(honest.verificationKey, seen.publicSignals, { a, b, c })).toBe(true)
    const guesses = await Promise.all(secrets.map((inputs) => bare(hostile, inputs)))
    expect(guesses.map((guess) => guess.publicSignals)).toEqual(
      [
        [30n, 2089n],
        [30n, 2089n],
      ].map(() => seen.publicSignals),
    )
    expect(guesses.map((guess) => guess.a.join() === seen.a.join())).toEqual([false, true])
  })

  test('V15: is refused when it is loaded, in a folder whose manifest speaks of it', async () => {
    const cache = await cacheWith(honest, hostile.zkey, honest.verificationKey)
    await expect(loadArtifacts('product-tiny', { ...options, ...cache })).rejects.toMatchObject({
      code: 'KEY_UNSOUND',
      exitCode: 3,
    })
  })

  test.each(PROVERS)(
    'V15: past that check, the proofs of %s are still uniform: a witness never has the same points',
    async (_, prover) => {
      const known = await bare(hostile, INPUTS)
      const made = await Promise.all([1, 2].map(() => proveSignals(prover, hostile, INPUTS, MODEL)))
      for (const { proof, publicSignals } of made) {
        expect(await verifyProof(honest.verificationKey, publicSignals, proof)).toBe(true)
      }
      for (const part of ['a', 'b', 'c'] as const) {
        const points = [known[part], ...made.map(({ proof }) => proof[part])].map((point) =>
          point.flat().join(),
        )
        expect(new Set(points).size, part).toBe(3)
      }
    },
  )

  test.each([
    ['beta in G1 of another set-up', BETA1],
    ['delta in G1 of another set-up', DELTA1],
  ])('V15: %s is refused', async (_, at) => {
    const zkey = join(folder, `other-${at}.zkey`)
    await copyFile(honest.zkey, zkey)
    const { at: header } = readSections(zkey, 'zkey').get(ZKEY_SECTION.header)!
    const file = await open(zkey, 'r+')
    // α₁ stands there, a point of the group like any other.
    const alpha = Buffer.alloc(G1_BYTES)
    await file.read(alpha, 0, G1_BYTES, header + 84)
    await file.write(alpha, 0, G1_BYTES, header + at)
    await file.close()
    const cache = await cacheWith(honest, zkey, honest.verificationKey)
    await expect(loadArtifacts('product-tiny', { ...options, ...cache })).rejects.toMatchObject({
      code: 'KEY_UNSOUND',
    })
  })
})

describe('V16: a circuit that says private numbers as its public signals (proof.13)', () => {
  const SPY = `pragma circom 2.1.0;
template Product(N, OFFSET) {
  signal input factors[N][2];
  signal input product;
  signal input sum;
  signal output seen[2];
  seen[0] <== factors[0][0] * 1;
  seen[1] <== factors[0][1] * factors[0][1];
}
`
  let spy: Artifacts
  beforeAll(async () => {
    const { r1cs, wasm, symbols } = await compileCircuit(folder, {
      circuitsDir: options.circuitsDir,
      sources: { 'product.circom': SPY },
      include: ['product.circom'],
      main: 'Product(3, 5)',
      publicSignals: [],
    })
    const zkey = join(folder, 'spy.zkey')
    await writeDevelopmentKey(r1cs, zkey)
    spy = { ...honest, r1cs, wasm, symbols, zkey, verificationKey: await readVerificationKey(zkey) }
  })

  test.each(PROVERS)(
    'V16: control: its proof by %s verifies under its key, and has the secrets in it',
    async (_, prover) => {
      const { proof, publicSignals } = await prover.prove(spy, INPUTS)
      expect(publicSignals).toEqual([2n, 1n])
      expect(await verifyProof(spy.verificationKey, publicSignals, proof)).toBe(true)
    },
  )

  test('V21: is refused when it is loaded, in a folder whose manifest speaks of it, and so is the code of its witness alone (key.8)', async () => {
    const cacheOf = async (
      parts: Pick<Artifacts, 'r1cs' | 'wasm' | 'symbols' | 'zkey'>,
      key: VerificationKey,
    ) => {
      const cache = await cacheWith(honest, parts.zkey, key)
      const place = join(cache.cacheDir, basename(honest.directory))
      const manifest = JSON.parse(await readFile(join(place, 'key.json'), 'utf8'))
      for (const [name, path] of [
        ['circuit.r1cs', parts.r1cs],
        ['circuit.wasm', parts.wasm],
        ['circuit.sym', parts.symbols],
      ] as const) {
        await copyFile(path, join(place, name))
        manifest.files[name] = await sha256File(path)
      }
      await writeFile(join(place, 'key.json'), JSON.stringify(manifest))
      return { ...options, ...cache }
    }
    const foreign = { code: 'CIRCUIT_FOREIGN', exitCode: 3 }
    const whole = await cacheOf(spy, spy.verificationKey)
    await expect(loadArtifacts('product-tiny', whole)).rejects.toMatchObject(foreign)
    await expect(ensureArtifacts('product-tiny', whole)).rejects.toMatchObject(foreign)
    const code = await cacheOf({ ...honest, wasm: spy.wasm }, honest.verificationKey)
    await expect(loadArtifacts('product-tiny', code)).rejects.toMatchObject(foreign)
    const control = await cacheOf(honest, honest.verificationKey)
    await expect(loadArtifacts('product-tiny', control)).resolves.toMatchObject({ keyHash: honest.keyHash })
  })

  test.each(PROVERS)(
    'V16: nothing of it is kept, with %s: its signals are not those of the model, and no message has them',
    async (_, prover) => {
      const attempt = proveSignals(prover, spy, INPUTS, MODEL)
      await expect(attempt).rejects.toMatchObject({ code: 'CIRCUIT_SIGNALS', exitCode: 3 })
      await expect(proveSignals(prover, honest, INPUTS, MODEL)).resolves.toMatchObject({
        publicSignals: [30n, INPUTS.sum],
      })
      await expect(
        proveSignals(prover, honest, INPUTS, { product: 30n } as never),
        'a model that says less',
      ).rejects.toMatchObject({ code: 'CIRCUIT_SIGNALS' })
    },
  )
})

describe('V17: randomness that comes again (proof.14)', () => {
  test.each(PROVERS)(
    'V17: two proofs of %s in one process differ though the generator was wound back between them',
    async (_, prover) => {
      // snarkjs draws from the engine that it shares with the process.
      const { Fr } = (await buildBn128()) as unknown as {
        Fr: { random(): Uint8Array; e(x: bigint): Uint8Array }
      }
      const { random } = Fr
      try {
        const wound = async <T>(work: () => Promise<T>): Promise<T> => {
          let drawn = 5n
          Fr.random = () => Fr.e(drawn++)
          return work()
        }
        const [one, two] = [await wound(() => bare(honest, INPUTS)), await wound(() => bare(honest, INPUTS))]
        expect(two, 'control').toEqual(one)
        const [first, second] = [
          await wound(() => prover.prove(honest, INPUTS)),
          await wound(() => prover.prove(honest, INPUTS)),
        ]
        for (const part of ['a', 'b', 'c'] as const) {
          expect(first.proof[part], part).not.toEqual(second.proof[part])
          expect(first.proof[part], part).not.toEqual(one[part])
        }
        expect(await verifyProof(honest.verificationKey, second.publicSignals, second.proof)).toBe(true)
      } finally {
        Fr.random = random
      }
    },
  )

  test('V17: a prover whose proofs are always the same is made to differ', async () => {
    const kept = await snarkjsProver.prove(honest, INPUTS)
    const stuck: Prover = { name: 'stuck', prove: () => Promise.resolve(kept) }
    const made = await proveSignals(stuck, honest, INPUTS, MODEL)
    expect(made.proof).not.toEqual(kept.proof)
    expect(await verifyProof(honest.verificationKey, made.publicSignals, made.proof)).toBe(true)
  })
})
