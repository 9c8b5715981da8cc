import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { groth16 } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BASE_FIELD_ORDER, FIELD_ORDER, invertField } from '../../../src/field/index.js'
import { curveEngine } from '../../../src/groth16/curve-engine.js'
import {
  assertSoundKey,
  type Groth16Proof,
  groth16ProofSchema,
  type Proven,
  verifyProof,
} from '../../../src/groth16/index.js'
import {
  type Artifacts,
  ensureArtifacts,
  snarkjsProver,
  terminateProving,
  wasmProver,
} from '../../../src/proving/index.js'
import { fieldElementSchema } from '../../../src/schema/index.js'
import { snarkjsVerifies } from '../../attacks/proofs-forged-keys.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'

let directory: string
let artifacts: Artifacts
let made: Proven
let again: Proven
beforeAll(async () => {
  directory = await temporaryFolder()
  const circuitsDir = await writeCircuits(join(directory, 'circuits'))
  artifacts = await ensureArtifacts('product-tiny', { circuitsDir, cacheDir: join(directory, 'cache') })
  made = await wasmProver.prove(artifacts, INPUTS)
  again = await snarkjsProver.prove(artifacts, INPUTS)
})
afterAll(async () => {
  await terminateProving()
  await rm(directory, { recursive: true })
})

const verify = (signals: readonly unknown[], proof: unknown = made.proof) =>
  verifyProof(artifacts.verificationKey, signals as bigint[], proof as Groth16Proof)

const G2_GENERATOR: Groth16Proof['b'] = [
  [
    '10857046999023057135944570762232829481370756359578518086990519993285655852781',
    '11559732032986387107991004021392285783925812861821192530917403151452391805634',
  ],
  [
    '8495653923123431417604973247489272438418190587263600148770280649306958101930',
    '4082367875863433681332203403145435568316851327593401208105741076214120093531',
  ],
]
/** A point of the twist, chosen at random: not in the subgroup of the scalar field's order. */
async function outsideSubgroup(): Promise<Groth16Proof['b']> {
  const { F2, G2 } = await curveEngine()
  for (let x = 1n; ; x++) {
    const point = F2.fromObject([x, 0n])
    const y = sqrt2(F2.toObject(F2.add(F2.mul(F2.square(point), point), G2.b)))
    if (y)
      return [
        [`${x}`, '0'],
        [`${y[0]}`, `${y[1]}`],
      ]
  }
}

/** A root in F_q², q ≡ 3 mod 4, by the norm. */
function sqrt2([a, b]: [bigint, bigint]): [bigint, bigint] | undefined {
  const q = BASE_FIELD_ORDER
  const mod = (x: bigint) => ((x % q) + q) % q
  const pow = (x: bigint, e: bigint): bigint => {
    let result = 1n
    for (let base = mod(x), n = e; n > 0n; n >>= 1n, base = mod(base * base))
      if (n & 1n) result = mod(result * base)
    return result
  }
  const root = (x: bigint) => {
    const r = pow(x, (q + 1n) / 4n)
    return mod(r * r) === mod(x) ? r : undefined
  }
  const norm = root(a * a + b * b)
  if (norm === undefined) return undefined
  const half = pow(2n, q - 2n)
  const real = root((a + norm) * half) ?? root((a - norm) * half)
  if (!real) return undefined
  return [real, mod(b * half * pow(real, q - 2n))]
}

describe('a proof (proof.1, proof.4)', () => {
  test('verifies here and in snarkjs', async () => {
    expect(made.publicSignals).toEqual([INPUTS.product, INPUTS.sum])
    expect(await verify(made.publicSignals)).toBe(true)
    const { alpha, beta, gamma, delta, ic } = artifacts.verificationKey
    const one = ['1', '0']
    const key = {
      protocol: 'groth16',
      curve: 'bn128',
      nPublic: 2,
      vk_alpha_1: [...alpha, '1'],
      vk_beta_2: [...beta, one],
      vk_gamma_2: [...gamma, one],
      vk_delta_2: [...delta, one],
      IC: ic.map((point) => [...point, '1']),
    }
    const { a, b, c } = made.proof
    const proof = {
      pi_a: [...a, '1'],
      pi_b: [...b, one],
      pi_c: [...c, '1'],
      protocol: 'groth16',
      curve: 'bn128',
    }
    expect(await groth16.verify(key, made.publicSignals.map(String), proof)).toBe(true)
  })

  test('V13: is another each time for one witness, and both verify (proof.5)', async () => {
    expect(again.proof).not.toEqual(made.proof)
    expect(await verify(again.publicSignals, again.proof)).toBe(true)
  })

  test('does not verify with a part of another', async () => {
    for (const part of ['a', 'b', 'c'] as const) {
      expect(await verify(made.publicSignals, { ...made.proof, [part]: again.proof[part] }), part).toBe(false)
    }
  })

  test('under a key of another set-up does not verify', async () => {
    const { circuitsDir } = { circuitsDir: join(directory, 'circuits') }
    const other = await ensureArtifacts('product-tiny', { circuitsDir, cacheDir: join(directory, 'other') })
    expect(other.keyHash).not.toBe(artifacts.keyHash)
    expect(await verifyProof(other.verificationKey, made.publicSignals, made.proof)).toBe(false)
  })
})

describe('V05: public signals cannot be changed (proof.2)', () => {
  const changes: [string, (x: bigint) => bigint][] = [
    ['plus one', (x) => x + 1n],
    ['minus one', (x) => x - 1n],
    ['plus the order', (x) => x + FIELD_ORDER],
    ['minus the order', (x) => x - FIELD_ORDER],
    ['negated', (x) => FIELD_ORDER - x],
    ['zero', () => 0n],
  ]
  test.each(changes)('%s', async (_, change) => {
    for (const i of [0, 1]) {
      expect(await verify(made.publicSignals.with(i, change(made.publicSignals[i]!))), `signal ${i}`).toBe(
        false,
      )
    }
  })

  test('swapped with its neighbour', async () => {
    expect(await verify(made.publicSignals.toReversed())).toBe(false)
  })
})

describe('V06: signals of another number or kind never verify (proof.2)', () => {
  test('trailing zeros dropped or added', async () => {
    const inputs = { factors: INPUTS.factors.map(() => [0n, 0n]), product: 0n, sum: 5n }
    const zero = await wasmProver.prove(artifacts, { ...inputs, sum: 5n })
    expect(await verify(zero.publicSignals, zero.proof)).toBe(true)
    expect(await verify([...zero.publicSignals, 0n], zero.proof)).toBe(false)
    expect(await verify(zero.publicSignals.slice(1), zero.proof)).toBe(false)
    expect(await verify(zero.publicSignals.slice(0, 1), zero.proof)).toBe(false)
    expect(await verify([], zero.proof)).toBe(false)
  })

  test.each([
    ['hex', '0x1e'],
    ['a decimal string', '30'],
    ['a number', 30],
    ['an empty string', ''],
    ['null', null],
    ['an array', [30n]],
  ])('%s instead of a bigint', async (_, value) => {
    expect(await verify([value, INPUTS.sum])).toBe(false)
  })

  test.each([
    '0x1e',
    '030',
    '+30',
    '-30',
    '30.0',
    '3e1',
    ' 30',
    '30n',
    '',
    FIELD_ORDER.toString(),
    '9'.repeat(10_000),
  ])('the schema refuses the signal %#', (text) => {
    expect(fieldElementSchema.safeParse(text).success).toBe(false)
  })
})

describe('V09: points that are none of the group never verify and never crash (proof.3)', () => {
  const changes: [string, (proof: Groth16Proof) => object][] = [
    ['a off the curve', ({ a }) => ({ a: [a[0], (BigInt(a[1]) - 1n).toString()] })],
    ['b off the twist', ({ b }) => ({ b: [b[0], [b[1][1], b[1][0]]] })],
    ['c off the curve', ({ c }) => ({ c: [c[1], c[0]] })],
    ['a at infinity', () => ({ a: ['0', '0'] })],
    [
      'b at infinity',
      () => ({
        b: [
          ['0', '0'],
          ['0', '0'],
        ],
      }),
    ],
    ['c at infinity', () => ({ c: ['0', '0'] })],
    [
      'all at infinity',
      () => ({
        a: ['0', '0'],
        b: [
          ['0', '0'],
          ['0', '0'],
        ],
        c: ['0', '0'],
      }),
    ],
    ['infinity as (0, 1)', () => ({ a: ['0', '1'] })],
    ['the negation of a', ({ a }) => ({ a: [a[0], (BASE_FIELD_ORDER - BigInt(a[1])).toString()] })],
    ['the coordinates of b in the order of the EVM', ({ b }) => ({ b: b.map(([c0, c1]) => [c1, c0]) })],
  ]
  test.each(changes)('%s', async (_, change) => {
    expect(await verify(made.publicSignals, { ...made.proof, ...change(made.proof) })).toBe(false)
  })

  test('b on the twist but outside the subgroup', async () => {
    const b = await outsideSubgroup()
    const { G2 } = await curveEngine()
    const point = G2.fromObject(b.map((pair) => pair.map(BigInt)) as never)
    expect(G2.isValid(point)).toBe(true)
    expect(await verify(made.publicSignals, { ...made.proof, b })).toBe(false)
  })

  test.each([
    ['a coordinate of the order', (p: Groth16Proof) => ({ ...p, a: [BASE_FIELD_ORDER.toString(), p.a[1]] })],
    [
      'the same coordinate plus the order',
      (p: Groth16Proof) => ({ ...p, a: [(BigInt(p.a[0]) + BASE_FIELD_ORDER).toString(), p.a[1]] }),
    ],
    ['a hundred thousand digits', (p: Groth16Proof) => ({ ...p, c: ['7'.repeat(100_000), p.c[1]] })],
    ['hex digits', (p: Groth16Proof) => ({ ...p, c: ['0x7', p.c[1]] })],
    ['a leading zero', (p: Groth16Proof) => ({ ...p, c: [`0${p.c[0]}`, p.c[1]] })],
    ['a number', (p: Groth16Proof) => ({ ...p, c: [7, p.c[1]] })],
    ['a third coordinate', (p: Groth16Proof) => ({ ...p, a: [...p.a, '1'] })],
    ['a missing part', ({ a, b }: Groth16Proof) => ({ a, b })],
    ['one part more', (p: Groth16Proof) => ({ ...p, d: '1' })],
    ['nothing', () => undefined],
  ])('%s is no proof at all: an input error', async (_, change) => {
    const proof = change(made.proof)
    expect(groth16ProofSchema.safeParse(proof).success).toBe(false)
    await expect(verify(made.publicSignals, proof ?? null)).rejects.toMatchObject({
      code: 'PROOF_SHAPE',
      exitCode: 2,
    })
  })
})

describe('V03: a key under which anyone can forge is refused (key.4)', () => {
  test('delta equal to gamma, with which a proof is forged from the key alone', async () => {
    // e(A,B) = e(α,β)·e(ic,γ)·e(C,δ) holds for A = α, B = β, C = −ic when δ = γ.
    const key = { ...artifacts.verificationKey, delta: artifacts.verificationKey.gamma }
    await expect(assertSoundKey(key)).rejects.toMatchObject({ code: 'KEY_UNSOUND', exitCode: 3 })
    const proof = { ...made.proof, a: key.alpha, b: key.beta }
    await expect(verifyProof(key, made.publicSignals, proof)).rejects.toMatchObject({ code: 'KEY_UNSOUND' })
  })

  test('delta the generator, whatever gamma is', async () => {
    const key = { ...artifacts.verificationKey, gamma: artifacts.verificationKey.beta, delta: G2_GENERATOR }
    await expect(assertSoundKey(key)).rejects.toThrow('delta is a small multiple of the generator')
  })

  test('delta a known multiple of gamma, with which a proof is forged from the key alone', async () => {
    // The same with C = −ic/k when δ = kγ: here k = 2, −2 and 1/3.
    const { verificationKey: honest } = artifacts
    const { G1, G2 } = await curveEngine()
    const point = (p: Uint8Array) => {
      const [x, y] = G2.toObject(G2.toAffine(p))
      return [x.map(String), y.map(String)] as unknown as typeof honest.delta
    }
    const twist = (p: typeof honest.delta) => G2.fromObject(p.map((pair) => pair.map(BigInt)) as never)
    const forms: [string, bigint][] = [
      ['2', 2n],
      ['-2', FIELD_ORDER - 2n],
      ['1/3', invertField(3n)],
      ['7/5', (7n * invertField(5n)) % FIELD_ORDER],
      ['-64', FIELD_ORDER - 64n],
    ]
    for (const [name, k] of forms) {
      const key = { ...honest, delta: point(G2.timesScalar(twist(honest.gamma), k)) }
      const ic = [0, 1, 2].map((i) => G1.fromObject(honest.ic[i]!.map(BigInt) as never))
      const sum = G1.add(G1.add(ic[0]!, G1.timesScalar(ic[1]!, 1n)), G1.timesScalar(ic[2]!, 2n))
      const [x, y] = G1.toObject(G1.toAffine(G1.timesScalar(sum, invertField(FIELD_ORDER - k))))
      const forged = { a: key.alpha, b: key.beta, c: [`${x}`, `${y}`] as [string, string] }
      expect(await snarkjsVerifies(key, [1n, 2n], forged), name).toBe(true)
      await expect(assertSoundKey(key), name).rejects.toMatchObject({ code: 'KEY_UNSOUND' })
    }
    for (const part of ['gamma', 'delta'] as const) {
      const beta = point(G2.timesScalar(twist(honest[part]), 5n))
      await expect(assertSoundKey({ ...honest, beta }), `beta of ${part}`).rejects.toThrow(
        'beta is a small multiple',
      )
    }
    const [x, y] = G1.toObject(G1.toAffine(G1.timesScalar(G1.g, 9n)))
    await expect(assertSoundKey({ ...honest, alpha: [`${x}`, `${y}`] })).rejects.toThrow(
      'alpha is a small multiple',
    )
    await expect(assertSoundKey(honest)).resolves.toBeUndefined()
  })

  test.each(['alpha', 'beta', 'gamma', 'delta', 'ic'] as const)('%s at infinity', async (part) => {
    const zero = { alpha: ['0', '0'], ic: artifacts.verificationKey.ic.with(1, ['0', '0']) }
    const infinity = { beta: 0, gamma: 0, delta: 0, ...zero }[part] || [
      ['0', '0'],
      ['0', '0'],
    ]
    const key = { ...artifacts.verificationKey, [part]: infinity } as typeof artifacts.verificationKey
    await expect(assertSoundKey(key)).rejects.toMatchObject({ code: 'KEY_UNSOUND' })
  })

  test('beta outside the subgroup', async () => {
    const key = { ...artifacts.verificationKey, beta: await outsideSubgroup() }
    await expect(assertSoundKey(key)).rejects.toThrow('beta')
  })

  test('no key at all', async () => {
    await expect(assertSoundKey({ alpha: ['1', '2'] } as never)).rejects.toMatchObject({ code: 'KEY_SHAPE' })
  })
})
