import { concat, type Hex, keccak256, numberToHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Case,
  cancellingPair,
  weightedBatchAccepts,
} from '../../../scripts/contract-fixtures/mutations.js'
import { curve, fromG1, fromG2, g1 } from '../../../scripts/contract-fixtures/points.js'
import { provePowers, testKey } from '../../../scripts/contract-fixtures/statements.js'
import {
  type ChainConnection,
  connectChain,
  deployVerifier,
  type LocalChain,
  proofWords,
  startLocalChain,
  type VerifierAt,
  type VerifierKey,
  verifierSource,
  verifyOnChain,
} from '../../../src/chain/index.js'
import { invertField, toField } from '../../../src/field/index.js'
import { type Proven, verifyProof } from '../../../src/groth16/index.js'
import { terminateProving } from '../../../src/proving/index.js'

let local: LocalChain
let chain: ChainConnection

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
})

afterAll(async () => {
  await local?.stop()
  await terminateProving()
})

const word = (value: bigint) => numberToHex(value, { size: 32 })

describe('V12: a batch whose coefficients an attacker could know beforehand would be forged; this one is not (proof.7)', () => {
  let key: VerifierKey
  let verifier: VerifierAt
  let honest: [Proven, Proven]
  let keyWords: Hex

  beforeAll(async () => {
    const artifacts = await testKey('squares-3')
    key = artifacts
    verifier = await deployVerifier(chain, key)
    honest = [await provePowers(artifacts, [2n, 3n, 4n]), await provePowers(artifacts, [5n, 6n, 7n])]
    const literals = [...(await verifierSource(key)).matchAll(/hex"([0-9a-f]{64})"/g)]
    keyWords = concat(literals.map(([, hex]) => `0x${hex}` as const))
  })

  const proofBytes = () => concat(honest.flatMap(({ proof }) => proofWords(proof).map(word)))
  const signalBytes = () => concat(honest.flatMap(({ publicSignals }) => publicSignals.map(word)))
  /** The second coefficient out of what was hashed; the first is 1. */
  const coefficient = (...hashed: Hex[]) =>
    BigInt(keccak256(concat([keccak256(concat(hashed)), word(1n)]))) >> 3n

  /** Signals changed by -z and by 1, which cancel under the coefficients 1 and z. */
  const shiftedSignals = (z: bigint): Case[] =>
    honest.map(({ proof, publicSignals }, i) => ({
      name: 'shifted signals',
      proof,
      signals: publicSignals.map((signal, j) => (j === 0 ? toField(signal + (i === 0 ? -z : 1n)) : signal)),
    }))

  /** C changed by -z·P and by P. */
  const shiftedPoints = (z: bigint): Case[] =>
    honest.map(({ proof, publicSignals }, i) => ({
      name: 'shifted points',
      proof: {
        ...proof,
        c: fromG1(curve.G1.add(g1(proof.c), curve.G1.timesScalar(curve.G1.g, i === 0 ? toField(-z) : 1n))),
      },
      signals: publicSignals,
    }))

  test.each([
    ['all alike', () => 1n, (_: bigint) => cancellingPair(...honest)],
    [
      'out of the key and the proofs, without the signals',
      () => coefficient(keyWords, proofBytes()),
      shiftedSignals,
    ],
    [
      'out of the key and the signals, without the proofs',
      () => coefficient(keyWords, signalBytes()),
      shiftedPoints,
    ],
    ['out of the key alone, by signals', () => coefficient(keyWords), shiftedSignals],
    ['out of the key alone, by points', () => coefficient(keyWords), shiftedPoints],
    [
      'as they were before the signals changed',
      () => coefficient(keyWords, proofBytes(), signalBytes()),
      shiftedSignals,
    ],
    [
      'as they were before the points changed',
      () => coefficient(keyWords, proofBytes(), signalBytes()),
      shiftedPoints,
    ],
  ])('coefficients %s', async (_, known, attack) => {
    const z = known()
    const forged = attack(z)
    expect(await weightedBatchAccepts(key.verificationKey, forged, [1n, z]), 'the attack itself').toBe(true)
    const batch = forged.map(({ proof, signals }) => ({ proof, publicSignals: signals }))
    expect((await verifyOnChain(chain, verifier, batch)).valid).toBe(false)
  })
})

describe('who knows the secrets of a key can prove anything, but not with a point at infinity (proof.3)', () => {
  const [alpha, beta, gamma, delta] = [3n ** 80n, 5n ** 60n, 7n ** 50n, 11n ** 40n]
  const [ic0, ic1] = [11n, 13n]
  const signal = 42n
  const { G1, G2 } = curve
  const at1 = (scalar: bigint) => fromG1(G1.timesScalar(G1.g, scalar))
  const at2 = (scalar: bigint) => fromG2(G2.timesScalar(G2.g, scalar))
  const key: VerifierKey = {
    instance: { name: 'known-secrets' },
    circuitHash: '0'.repeat(64),
    publicSignals: ['x'],
    verificationKey: {
      alpha: at1(alpha),
      beta: at2(beta),
      gamma: at2(gamma),
      delta: at2(delta),
      ic: [at1(ic0), at1(ic1)],
    },
  }
  /** The exponent that e(A, B) must have besides what C gives. */
  const fixed = alpha * beta + gamma * (ic0 + ic1 * signal)
  const infinity: [string, string] = ['0', '0']
  let verifier: VerifierAt

  beforeAll(async () => {
    verifier = await deployVerifier(chain, key)
  })

  test.each([
    ['a simulated proof is accepted', at1(fixed + delta * 9n), at2(1n), at1(9n), true],
    ['A at infinity', infinity, at2(1n), at1(toField(-fixed * invertField(delta))), false],
    ['B at infinity', at1(1n), [infinity, infinity], at1(toField(-fixed * invertField(delta))), false],
    ['C at infinity', at1(fixed), at2(1n), infinity, false],
  ] as const)('%s', async (_, a, b, c, accepted) => {
    const proof = { a, b, c } as Proven['proof']
    expect(await verifyProof(key.verificationKey, [signal], proof)).toBe(accepted)
    const proven = { proof, publicSignals: [signal] }
    expect((await verifyOnChain(chain, verifier, proven)).valid).toBe(accepted)
    expect((await verifyOnChain(chain, verifier, [proven, proven])).valid).toBe(accepted)
  })
})
