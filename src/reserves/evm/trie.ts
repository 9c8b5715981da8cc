import type { Hex } from 'viem'
import { hexToBytes } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import type { NodeSource } from './nodes.js'
import { decodeRlp, isBytes, type Rlp } from './rlp.js'

/** Root of a trie that holds nothing. Such a trie has no node. */
export const EMPTY_ROOT: Hex = '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'

/** A node of fewer bytes stands inside its parent, any other is named by its hash. */
const HASH_BYTES = 32

/**
 * Walks a Merkle-Patricia trie from its root to a key. The nodes say what stands at the key, or that nothing
 * does; a walk that they do not lead to either end is refused, and so is every node that the trie could not
 * have.
 *
 * @param key in the tries of a state, the hash of an address or of a slot; in that of a block's transactions,
 * the number of one in RLP. No key of a trie starts with another one.
 * @returns the value, or undefined where the trie holds none
 * @throws {ProofError} `RESERVES_NODE_MISSING`, `RESERVES_TRIE`, `RESERVES_RLP`
 */
export function walkTrie(nodes: NodeSource, root: Hex, key: Uint8Array): Uint8Array | undefined {
  if (root === EMPTY_ROOT) return undefined
  const path = nibblesOf(key)
  let at = 0
  let reference: Rlp = hexToBytes(root)
  let isRoot = true
  let afterExtension = false
  for (;;) {
    const node = resolve(nodes, reference, isRoot)
    isRoot = false
    if (node.length === 17) {
      checkBranch(node)
      if (at === path.length) throw refused('a branch stands below the end of a key')
      reference = node[path[at++]!]!
      if (isBytes(reference, 0)) return undefined
      afterExtension = false
      continue
    }
    if (afterExtension) throw refused('an extension leads to no branch')
    const { isLeaf, nibbles } = decodePath(node)
    const [, content] = node
    const matches = nibbles.every((nibble, i) => nibble === path[at + i])
    at += nibbles.length
    if (isLeaf) {
      if (at !== path.length) throw refused('a leaf stands at a key of another length')
      if (!(content instanceof Uint8Array) || content.length === 0) throw refused('a leaf holds no value')
      return matches ? content : undefined
    }
    if (at >= path.length) throw refused('an extension ends below the end of a key')
    checkReference(content!)
    if (isBytes(content, 0)) throw refused('an extension leads nowhere')
    if (!matches) return undefined
    reference = content!
    afterExtension = true
  }
}

/** The node that a reference names by its hash or holds. */
function resolve(nodes: NodeSource, reference: Rlp, isRoot: boolean): readonly Rlp[] {
  let node = reference
  if (node instanceof Uint8Array) {
    const bytes = nodes.take(node)
    if (bytes === undefined) {
      throw new ProofError('RESERVES_NODE_MISSING', 'a node is missing between the block and what it shows', {
        hint: 'Collect the evidence again.',
      })
    }
    if (!isRoot && bytes.length < HASH_BYTES) throw refused('a short node stands outside its parent')
    node = decodeRlp(bytes, 'a node of the trie')
  }
  if (node instanceof Uint8Array || (node.length !== 17 && node.length !== 2)) {
    throw refused('a node is neither a branch, an extension nor a leaf')
  }
  return node
}

function checkBranch(node: readonly Rlp[]): void {
  const children = node.slice(0, 16)
  for (const child of children) checkReference(child)
  if (children.filter((child) => !isBytes(child, 0)).length < 2) {
    throw refused('a branch has fewer than two children')
  }
  if (!isBytes(node[16], 0)) throw refused('a branch holds a value')
}

/** A reference is a hash, a node of fewer bytes than a hash has, or, in a branch, nothing. */
function checkReference(reference: Rlp): void {
  const fits =
    reference instanceof Uint8Array
      ? reference.length === 0 || reference.length === HASH_BYTES
      : encodedLength(reference) < HASH_BYTES
  if (!fits) throw refused('a node refers to another in no form that there is')
}

/** Bytes of a short item's encoding. */
function encodedLength(item: Rlp): number {
  if (!(item instanceof Uint8Array)) return 1 + item.reduce((sum, each) => sum + encodedLength(each), 0)
  return item.length === 1 && item[0]! < 0x80 ? 1 : 1 + item.length
}

/** The path of an extension or a leaf: a flag in the first half-byte, and a zero where the count is even. */
function decodePath(node: readonly Rlp[]): { isLeaf: boolean; nibbles: number[] } {
  const [encoded] = node
  if (!(encoded instanceof Uint8Array) || encoded.length === 0) throw refused('a path is not bytes')
  const [flag, second, ...rest] = nibblesOf(encoded)
  const isOdd = (flag! & 1) === 1
  const isLeaf = (flag! & 2) === 2
  if (flag! > 3 || (!isOdd && second !== 0)) throw refused('a path has another prefix than paths have')
  const nibbles = isOdd ? [second!, ...rest] : rest
  if (!isLeaf && nibbles.length === 0) throw refused('an extension has no path')
  return { isLeaf, nibbles }
}

function nibblesOf(bytes: Uint8Array): number[] {
  return Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15])
}

function refused(why: string): ProofError {
  return new ProofError('RESERVES_TRIE', `the nodes are not those of a state: ${why}`, {
    hint: 'Collect the evidence again.',
  })
}
