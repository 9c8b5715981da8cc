import { createMerkleProof, createMPT, verifyMerkleProof } from '@ethereumjs/mpt'
import type { Hex } from 'viem'
import { bytesToHex, keccak256, numberToHex, toRlp } from 'viem/utils'
import { describe, expect, test } from 'vitest'
import { EMPTY_ROOT, TrieNodes, walkTrie } from '../../../../src/reserves/evm/index.js'
import { uniform } from '../../../helpers/random.js'

const RANDOM = uniform(17)
const below = (limit: number) => Math.floor(RANDOM() * limit)
const bytes = (length: number) => Uint8Array.from({ length }, () => below(256))

/**
 * Keys of which many share a long beginning, so that there are extensions, and leaves deep enough to stand
 * inside their parents.
 */
function randomKeys(count: number): Uint8Array[] {
  const trunk = bytes(32)
  return Array.from({ length: count }, () => {
    const key = trunk.slice()
    const kept = [0, 1, 16, 30, 31][below(5)]!
    key.set(bytes(32 - kept), kept)
    return key
  })
}

/** A trie that gets one random key after another. */
async function* growingTrie() {
  const trie = await createMPT()
  const keys: Uint8Array[] = []
  for (const key of randomKeys(10)) {
    await trie.put(key, toRlp(bytes(below(4) === 0 ? 32 : 1 + below(2)), 'bytes'))
    keys.push(key)
    yield { trie, keys, root: trie.root() }
  }
}

const nodesOf = (proof: Iterable<Uint8Array>) => TrieNodes.read(TrieNodes.format(proof), 'nodes.bin')

/** What the walker says, with every node that it did not need refused. */
function walked(root: Uint8Array, key: Uint8Array, proof: Uint8Array[]): Uint8Array | undefined {
  const nodes = nodesOf(proof)
  const value = walkTrie(nodes, bytesToHex(root), key)
  if (nodes.unused > 0) throw new Error('a node is not used')
  return value
}

describe('the trie walker (reserves.40)', () => {
  test('R26: agrees with another implementation on 1,000 random tries, values and absences', async () => {
    const seen = { present: 0, absent: 0, embedded: 0, tampered: 0 }
    // Ten tries at a time, each of a key more than the one before: building one anew costs the most.
    let steps = growingTrie()
    for (let i = 0; i < 1000; i++) {
      if (i % 10 === 0) steps = growingTrie()
      const { trie, keys, root } = (await steps.next()).value!
      const own = keys[below(keys.length)]!
      // Of each trie one key, in turn one that it has and one that it has not.
      const asked = [own, bytes(32), own, keys[0]!.with(31, keys[0]![31]! ^ (1 + below(255)))]
      for (const key of [asked[i % 4]!]) {
        const proof = (await createMerkleProof(trie, key)).filter((node, at) => at === 0 || node.length > 31)
        const expected = (await verifyMerkleProof(key, proof, { root })) ?? undefined
        expect(walked(root, key, proof)).toEqual(expected)
        seen[expected === undefined ? 'absent' : 'present']++
        const { stack } = await trie.findPath(key)
        if (stack.length > proof.length) seen.embedded++
        const at = below(proof.length)
        const tampered = proof.with(at, proof[at]!.slice())
        tampered[at]![below(tampered[at]!.length)]! ^= 1 + below(255)
        expect(() => walked(root, key, tampered)).toThrow()
        await expect(verifyMerkleProof(key, tampered, { root })).rejects.toThrow()
        seen.tampered++
      }
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
  })

  test('takes an empty trie for empty with no node, and no other trie without its root', () => {
    const none = nodesOf([])
    expect(walkTrie(none, EMPTY_ROOT, bytes(32))).toBeUndefined()
    expect(keccak256(toRlp('0x'))).toBe(EMPTY_ROOT)
    expect(() => walkTrie(none, `0x${'11'.repeat(32)}`, bytes(32))).toThrow('a node is missing')
    const withNode = nodesOf([toRlp('0x', 'bytes')])
    expect(walkTrie(withNode, EMPTY_ROOT, bytes(32))).toBeUndefined()
    expect(withNode.unused).toBe(1)
  })
})

const KEY = new Uint8Array(32).fill(0x11)
const OTHER = KEY.with(0, 0x21)
const LEAF: Hex[] = [`0x3${'1'.repeat(63)}`, '0x2a']
const leafHash = keccak256(toRlp(LEAF))
const NONE: Hex = '0x'
/** A branch at the root: two children, then the value. */
const branch = (first: unknown, second: unknown, value: unknown = NONE) =>
  [NONE, first, second, ...Array(13).fill(NONE), value] as Hex[]
/** The walker's answer at `KEY` in a trie of nodes whose first is the root. */
const walk = (...nodes: unknown[]) => {
  const encoded = nodes.map((node) => toRlp(node as Hex[], 'bytes'))
  return walkTrie(nodesOf(encoded), keccak256(encoded[0]!), KEY)
}
const extension = (nibbles: string, child: unknown) => [nibbles as Hex, child]
/** A branch at depth one, of a leaf with 62 half-bytes. */
const DEEP_LEAF: Hex[] = [`0x20${'1'.repeat(62)}`, '0x2a']
const DEEP = branch(keccak256(toRlp(DEEP_LEAF)), leafHash)

describe('the trie walker refuses nodes that no trie has (reserves.40)', () => {
  test('while it takes the same nodes in their right form', () => {
    expect(walk(branch(leafHash, leafHash), LEAF)).toEqual(Uint8Array.of(0x2a))
    expect(walk(extension('0x11', keccak256(toRlp(DEEP))), DEEP, DEEP_LEAF)).toEqual(Uint8Array.of(0x2a))
    expect(walk([`0x20${'11'.repeat(32)}`, '0x2a'])).toEqual(Uint8Array.of(0x2a))
    expect(walk([`0x20${'12'.repeat(32)}`, '0x2a'])).toBeUndefined()
  })

  test.each<[string, unknown[], string]>([
    ['three items', [[NONE, NONE, NONE]], 'neither a branch'],
    ['sixteen items', [branch(leafHash, leafHash).slice(0, 16)], 'neither a branch'],
    ['one child', [branch(leafHash, NONE), LEAF], 'fewer than two children'],
    ['no child', [branch(NONE, NONE)], 'fewer than two children'],
    ['a value in a branch', [branch(leafHash, leafHash, '0x01'), LEAF], 'holds a value'],
    ['a list for a branch value', [branch(leafHash, leafHash, []), LEAF], 'holds a value'],
    ['a reference of 31 bytes', [branch(`0x${'11'.repeat(31)}`, leafHash)], 'in no form'],
    ['a long node inside its parent', [branch(LEAF, leafHash)], 'in no form'],
    ['a leaf that ends early', [branch(keccak256(toRlp(DEEP_LEAF)), leafHash), DEEP_LEAF], 'another length'],
    ['a leaf that ends late', [[`0x3${'1'.repeat(65)}`, '0x2a']], 'another length'],
    ['a leaf with no value', [[`0x20${'11'.repeat(32)}`, NONE]], 'holds no value'],
    ['a leaf with a list', [[`0x20${'11'.repeat(32)}`, ['0x2a']]], 'holds no value'],
    ['a flag of 4', [[`0x40${'11'.repeat(32)}`, '0x2a']], 'another prefix'],
    ['padding that is not zero', [[`0x21${'11'.repeat(32)}`, '0x2a']], 'another prefix'],
    ['no path', [[NONE, '0x2a']], 'not bytes'],
    ['a list for a path', [[['0x20'], '0x2a']], 'not bytes'],
    ['an extension with no path', [extension('0x00', leafHash), LEAF], 'no path'],
    ['an extension to nothing', [extension('0x11', NONE)], 'leads nowhere'],
    ['an extension to a leaf', [extension('0x11', leafHash), LEAF], 'leads to no branch'],
    ['an extension of a whole key', [extension(`0x00${'11'.repeat(32)}`, leafHash)], 'below the end'],
  ])('R26: %s', (_, nodes, why) => {
    expect(() => walk(...nodes)).toThrow(why)
  })

  test('R26: a short node outside its parent', () => {
    const short: Hex[] = ['0x31', '0x2a']
    const deep = branch(keccak256(toRlp(short)), short)
    const chain = extension(`0x00${'11'.repeat(31)}`, keccak256(toRlp(deep)))
    expect(() => walk(chain, deep, short)).toThrow('a short node stands outside its parent')
    const inside = branch(['0x31', '0x2a'], ['0x31', '0x2b'])
    expect(walk(extension(`0x00${'11'.repeat(31)}`, inside))).toEqual(Uint8Array.of(0x2a))
  })
})

describe('a file of nodes (reserves.41)', () => {
  const proof = [toRlp(LEAF, 'bytes'), toRlp(DEEP_LEAF, 'bytes')]
  const file = TrieNodes.format(proof)

  test('has each node once, in one order', () => {
    expect(TrieNodes.format([...proof, ...proof].reverse())).toEqual(file)
    expect(TrieNodes.read(file, 'nodes.bin').unused).toBe(2)
    const first = TrieNodes.format([proof[0]!])
    const second = TrieNodes.format([proof[1]!])
    const backwards = Buffer.from(file).indexOf(first) === 0 ? [second, first] : [first, second]
    for (const bytes of [Buffer.concat([first, first]), Buffer.concat(backwards)]) {
      expect(() => TrieNodes.read(bytes, 'nodes.bin')).toThrow('nodes.bin: a node stands twice')
    }
  })

  test('ends with its last node, and no node is longer than a branch', () => {
    for (let cut = 1; cut < file.length; cut++) {
      const read = () => TrieNodes.read(file.subarray(0, cut), 'nodes.bin').unused
      if (cut === proof[0]!.length || cut === proof[1]!.length) continue
      expect(read).toThrow('ends inside the node')
    }
    const huge = toRlp([`0x${'00'.repeat(533)}`], 'bytes')
    expect(() => TrieNodes.read(huge, 'nodes.bin')).toThrow('has no node of a state trie at byte 0')
    const claims = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
    expect(() => TrieNodes.read(claims, 'nodes.bin')).toThrow('has no node of a state trie at byte 0')
  })

  test('is the same in pieces of any size', async () => {
    async function* pieces(size: number, bytes: Uint8Array) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    for (let size = 1; size < file.length + 2; size++) {
      const nodes = await TrieNodes.from(pieces(size, file), 'nodes.bin')
      expect(nodes.unused).toBe(2)
      for (const node of proof) expect(nodes.take(keccak256(node, 'bytes'))).toEqual(node)
      expect(nodes.unused).toBe(0)
      const cut = TrieNodes.from(pieces(size, file.subarray(0, -1)), 'nodes.bin')
      await expect(cut).rejects.toThrow('ends inside the node')
    }
    const doubled = TrieNodes.from(pieces(7, Buffer.concat([file, file])), 'nodes.bin')
    await expect(doubled).rejects.toThrow(`stands twice, or out of order, at byte ${file.length}`)
  })

  test('holds more than one slab of them', () => {
    const many = Array.from({ length: 9000 }, (_, i) => toRlp([numberToHex(i, { size: 520 })], 'bytes'))
    const nodes = TrieNodes.read(TrieNodes.format(many), 'nodes.bin')
    expect(many.every((node) => Buffer.compare(nodes.take(keccak256(node, 'bytes'))!, node) === 0)).toBe(true)
    expect(nodes.unused).toBe(0)
    expect(nodes.take(new Uint8Array(32).fill(255))).toBeUndefined()
  })

  test('counts a node as used when a walk has taken it, once', () => {
    const root = branch(leafHash, leafHash)
    const nodes = nodesOf([toRlp(root, 'bytes'), proof[0]!, proof[1]!])
    expect(nodes.unused).toBe(3)
    for (const key of [KEY, OTHER, KEY]) walkTrie(nodes, keccak256(toRlp(root)), key)
    expect(nodes.unused).toBe(1)
  })
})
