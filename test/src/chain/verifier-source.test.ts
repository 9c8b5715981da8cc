import { beforeAll, describe, expect, test } from 'vitest'
import { curve, fromG2 } from '../../../scripts/contract-fixtures/points.js'
import { testKey } from '../../../scripts/contract-fixtures/statements.js'
import { proofWords, type VerifierKey, verifierName, verifierSource } from '../../../src/chain/index.js'

let key: VerifierKey

beforeAll(async () => {
  key = await testKey('squares-3')
})

test('one key gives one source (proof.9)', async () => {
  expect(await verifierSource(key)).toBe(await verifierSource(structuredClone(key)))
})

test('every coordinate of the key is in the source once, and in the order that the library reads (proof.9)', async () => {
  const { alpha, beta, gamma, delta, ic } = key.verificationKey
  const imaginaryFirst = ([x, y]: typeof beta) => [x[1], x[0], y[1], y[0]]
  const expected = [...alpha, ...[beta, gamma, delta].flatMap(imaginaryFirst), ...ic.flat()].map((word) =>
    BigInt(word),
  )
  const words = [...(await verifierSource(key)).matchAll(/hex"([0-9a-f]{64})"/g)].map(([, hex]) =>
    BigInt(`0x${hex}`),
  )
  expect(words).toEqual(expected)
})

test('the circuit that the key is for is named in the source, and nothing else in its place (key.8)', async () => {
  const source = await verifierSource(key)
  expect(source).toContain(`bytes32 public constant circuitHash = 0x${key.circuitHash};`)
  for (const circuitHash of [
    '',
    key.circuitHash.slice(1),
    `${key.circuitHash}; uint x`,
    key.circuitHash.toUpperCase(),
  ]) {
    await expect(verifierSource({ ...key, circuitHash })).rejects.toMatchObject({ code: 'KEY_SHAPE' })
  }
})

test('a key says that it is insecure, whatever it says of itself (key.2)', async () => {
  const dressed = { ...key, keyKind: 'ceremony' as const }
  for (const source of [await verifierSource(key), await verifierSource(dressed)]) {
    expect(source).toMatch(/^\/\/ SPDX-License-Identifier: MIT\n\/\/ Generated .*\n\/\/ INSECURE/)
    expect(source).toContain('keyKind = "development"')
  }
})

describe('V03: a key under which proofs can be forged makes no verifier (key.4)', () => {
  const forged = (change: Partial<VerifierKey['verificationKey']>) =>
    verifierSource({ ...key, verificationKey: { ...key.verificationKey, ...change } })

  test('delta equal to gamma', async () => {
    const other = fromG2(curve.G2.timesScalar(curve.G2.g, 5n))
    await expect(forged({ gamma: other, delta: other })).rejects.toMatchObject({
      code: 'KEY_UNSOUND',
      exitCode: 3,
    })
  })

  test('delta still the generator', async () => {
    const gamma = fromG2(curve.G2.timesScalar(curve.G2.g, 5n))
    await expect(forged({ gamma, delta: fromG2(curve.G2.g) })).rejects.toMatchObject({ code: 'KEY_UNSOUND' })
  })

  test('a point off the curve', async () => {
    await expect(forged({ alpha: ['1', '1'] })).rejects.toMatchObject({ code: 'KEY_UNSOUND' })
  })

  test('a coordinate that is no number', async () => {
    await expect(forged({ alpha: ['1"; selfdestruct', '2'] })).rejects.toMatchObject({ code: 'KEY_SHAPE' })
  })
})

test.each([
  ['too few names', ['a', 'b']],
  ['code in a name', ['a', 'b', 'c\n} contract Evil {']],
  ['an empty name', ['a', 'b', '']],
])('signal names that do not fit are refused: %s (proof.9)', async (_, publicSignals) => {
  await expect(verifierSource({ ...key, publicSignals })).rejects.toMatchObject({ code: 'KEY_SIGNALS' })
})

test('a contract is named after its instance (proof.9)', () => {
  expect(verifierName('ledger-small')).toBe('LedgerSmallVerifier')
  expect(verifierName('squares-10')).toBe('Squares10Verifier')
})

test.each(['', 'Ledger', '1st', 'a--b', 'a-', '../x', 'a b', 'a"'])(
  'no contract is named after %j (proof.9)',
  (name) => {
    expect(() => verifierName(name)).toThrow(expect.objectContaining({ code: 'VERIFIER_NAME', exitCode: 2 }))
  },
)

test('proof words have G2 coordinates imaginary part first (proof.9)', () => {
  const proof = {
    a: ['1', '2'],
    b: [
      ['3', '4'],
      ['5', '6'],
    ],
    c: ['7', '8'],
  } as Parameters<typeof proofWords>[0]
  expect(proofWords(proof)).toEqual([1n, 2n, 4n, 3n, 6n, 5n, 7n, 8n])
})
