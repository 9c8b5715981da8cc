import fc from 'fast-check'
import * as lite from 'poseidon-lite'
import { describe, expect, test } from 'vitest'
import { FIELD_ORDER, packBytes, readLittleEndian, writeLittleEndian } from '../../../src/field/index.js'
import {
  accountIdDigest,
  BATCH_DEPTH,
  emptyRoot,
  holderCommitment,
  leafHash,
  ownerCommitment,
  poseidon,
  poseidonMany,
  ROLES,
  rootOfPath,
  sponge,
  WideTree,
} from '../../../src/hash/index.js'
import { poseidonFrom as tagged } from '../../helpers/poseidon.js'

const element = fc.bigInt(0n, FIELD_ORDER - 1n)

/** poseidon-lite's function for an arity: an implementation that shares no code with the one under test. */
function independent(inputs: bigint[]): bigint {
  return (lite as unknown as Record<string, (inputs: bigint[]) => bigint>)[`poseidon${inputs.length}`]!(
    inputs,
  )
}

test('Poseidon equals poseidon-lite and circomlibjs for every arity, at the edges and elsewhere (ledger.3)', () => {
  for (let n = 1; n <= 16; n++) {
    for (const edge of [0n, 1n, FIELD_ORDER - 1n]) {
      const inputs = new Array<bigint>(n).fill(edge)
      expect(poseidon(inputs)).toBe(independent(inputs))
      for (const tag of [0n, 1n, 5n, FIELD_ORDER - 1n])
        expect(poseidon(inputs, tag)).toBe(tagged(tag, inputs))
    }
    fc.assert(
      fc.property(fc.array(element, { minLength: n, maxLength: n }), (inputs) => {
        expect(poseidon(inputs)).toBe(independent(inputs))
      }),
      { numRuns: 5 },
    )
  }
})

describe('many hashes at once are what each of them is (kernel.4)', () => {
  const CHUNK = 4096
  const bytesOf = (values: readonly bigint[]) => {
    const bytes = new Uint8Array(32 * values.length)
    for (const [i, value] of values.entries()) writeLittleEndian(value, bytes, 32 * i)
    return bytes
  }
  const edges = [0n, 1n, FIELD_ORDER - 1n, 1n << 253n]

  test('for every arity and tag, at the edges and elsewhere, and above the order', () => {
    const sample = fc.sample(element, { numRuns: 40, seed: 1 })
    for (let n = 1; n <= 16; n++) {
      const lists = Array.from({ length: 12 }, (_, i) =>
        Array.from({ length: n }, (_, k) => (i < 4 ? edges[i]! : sample[(7 * i + 3 * k) % 40]!)),
      )
      for (const tag of [0n, 5n, FIELD_ORDER - 1n]) {
        const many = poseidonMany(n, bytesOf(lists.flat()), tag)
        expect(lists.map((_, i) => readLittleEndian(many, 32 * i))).toEqual(
          lists.map((list) => tagged(tag, list)),
        )
      }
      const beyond = new Array<bigint>(n).fill((1n << 256n) - 1n)
      expect(readLittleEndian(poseidonMany(n, bytesOf(beyond)))).toBe(
        tagged(
          0n,
          beyond.map((x) => x % FIELD_ORDER),
        ),
      )
    }
  })

  test('for none, and for more than go in one call', () => {
    expect(poseidonMany(3, new Uint8Array(0))).toEqual(new Uint8Array(0))
    const [arity, lists] = [16, CHUNK / 16 + 3]
    const values = Array.from({ length: arity * lists }, (_, i) => BigInt(i) ** 9n)
    const many = poseidonMany(arity, bytesOf(values))
    for (const i of [0, CHUNK / 16 - 1, CHUNK / 16, lists - 1]) {
      const list = values.slice(i * arity, (i + 1) * arity)
      expect(readLittleEndian(many, 32 * i)).toBe(independent(list))
    }
  })

  test('and not for bytes that are no lists, or lists of no arity', () => {
    expect(() => poseidonMany(2, new Uint8Array(96))).toThrow(/64 bytes each/)
    for (const arity of [0, 17, 1.5]) expect(() => poseidonMany(arity, new Uint8Array(0))).toThrow(/1 to 16/)
    expect(() => poseidon([])).toThrow(/1 to 16/)
  })
})

describe('roles (ledger.2)', () => {
  test('are hashed as documented, by an independent implementation', () => {
    const id = new TextEncoder().encode('alice@example.com')
    const accountId = tagged(2n, [2n, BigInt(id.length), ...packBytes(id)])
    expect(accountIdDigest('alice@example.com')).toBe(accountId)
    expect(ownerCommitment(9n)).toBe(tagged(3n, [9n]))
    const holder = tagged(4n, [accountId, 5n, 6n])
    expect(holderCommitment({ accountId, owner: 5n, salt: 6n })).toBe(holder)
    const slots = [0, 1, 2, 3].map((instrument) => ({ instrument, quantity: 7n }))
    const word = (i: number) => (BigInt(i) << 65n) + 7n
    const packed = [word(0) + (word(1) << 81n) + (word(2) << 162n), word(3)]
    expect(leafHash(holder, slots)).toBe(tagged(5n, [holder, ...packed]))
  })

  test('N06: identifiers that look alike when packed have different digests', () => {
    const ids = ['', 'a', '\0a', 'a\0', 'a'.repeat(31), 'a'.repeat(32), 'a'.repeat(400), 'ä', 'a\u0308']
    expect(new Set(ids.map(accountIdDigest)).size).toBe(ids.length)
  })

  test('have tags of their own, and none has the tag of a tree node', () => {
    const tags = [0n, ...Object.values(ROLES).map((role) => role.tag)]
    expect(new Set(tags).size).toBe(tags.length)
  })
})

test('C11: a sponge binds its count: no list is another one with zeros (ledger.2)', () => {
  const lists = [0, 1, 14, 15, 16, 30, 31].flatMap((n) => [
    new Array<bigint>(n).fill(0n),
    new Array<bigint>(n).fill(1n),
  ])
  const digests = new Set(lists.map((list) => sponge('totals', list)))
  expect(digests.size).toBe(lists.length - 1)
  expect(sponge('totals', [1n])).not.toBe(sponge('reserves', [1n]))
})

describe('WideTree (ledger.4)', () => {
  test('appending one by one gives the tree over all, and every path leads to its root', () => {
    const leaves = Array.from({ length: 40 }, (_, i) => BigInt(i + 1) ** 5n)
    const grown = new WideTree(BATCH_DEPTH)
    expect(grown.root).toBe(emptyRoot(BATCH_DEPTH))
    for (const [i, leaf] of leaves.entries()) {
      expect(rootOfPath(0n, grown.path(i))).toBe(grown.root)
      grown.append(leaf)
      expect(grown.root).toBe(new WideTree(BATCH_DEPTH, leaves.slice(0, i + 1)).root)
    }
    for (const [i, leaf] of leaves.entries()) expect(rootOfPath(leaf, grown.path(i))).toBe(grown.root)
  })

  test('C10: a path with another leaf, another position, a shorter or longer way leads nowhere', () => {
    const tree = new WideTree(2, [5n, 6n, 7n])
    const path = tree.path(1)
    expect(rootOfPath(6n, path)).toBe(tree.root)
    expect(rootOfPath(7n, path)).toBeUndefined()
    expect(rootOfPath(6n, { ...path, index: 2 })).toBeUndefined()
    expect(rootOfPath(6n, { ...path, index: 17 })).toBeUndefined()
    expect(rootOfPath(6n, { ...path, index: 257 })).toBeUndefined()
    expect(rootOfPath(6n, { index: 1, levels: path.levels.slice(0, 1) })).not.toBe(tree.root)
    expect(
      rootOfPath(6n, { index: 1, levels: path.levels.map((level) => level.slice(0, 15)) }),
    ).toBeUndefined()
  })

  test('holds no more than its depth allows', () => {
    const full = new WideTree(1, new Array<bigint>(16).fill(1n))
    expect(() => full.append(1n)).toThrow(/full/)
    expect(() => new WideTree(1, new Array<bigint>(17).fill(1n))).toThrow(/at most 16/)
  })
})
