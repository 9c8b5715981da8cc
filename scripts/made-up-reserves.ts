import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base64, bech32 } from '@scure/base'
import {
  parseChain,
  parseChallenge,
  RESERVES_PATHS,
  reservesMessage,
  shownHash,
} from '../src/reserves/index.js'

const CHAIN = parseChain('bip122:0f9188f13cb7b2c71f2a335e3a4fc328', '')
const ASSET = `${CHAIN.id}/slip44:1`
const GENESIS =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000'
const [GENESIS_TIME, SPACING, EASIEST] = [1_296_688_602, 600, 0x207fffff]
/** Transactions of a block, the one that pays its miner among them. */
const PER_BLOCK = 2048
/** Blocks behind the last that holds an output: the moment's and six on it. */
const BEHIND = 7

/** How many accounts, and how many outputs each of them has. */
export interface MadeUpReserves {
  accounts: number
  outputs: number
}

const little = (value: number, bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256)
const hash256 = (bytes: Uint8Array) => sha256(sha256(bytes))

/** An account of a key of its own: key number `i` is `i` + 1. */
interface MadeUpAccount {
  id: string
  key: bigint
  script: Uint8Array
  /** Number among the keys: whose outputs are its. */
  number: number
}

function accountsOf(count: number): MadeUpAccount[] {
  let point = secp256k1.ProjectivePoint.BASE
  return Array.from({ length: count }, (_, number) => {
    const program = ripemd160(sha256(point.toRawBytes(true)))
    point = point.add(secp256k1.ProjectivePoint.BASE)
    const address = bech32.encode('bcrt', [0, ...bech32.toWords(program)])
    return {
      id: `${CHAIN.id}:${address}`,
      key: BigInt(number + 1),
      script: concatBytes(Uint8Array.of(0, 20), program),
      number,
    }
  }).sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** A transaction without witnesses that pays to a script and gives change to another one. */
function transaction(output: number, script: Uint8Array): { bytes: Uint8Array; value: number } {
  const value = 1000 + (output % 1_000_000)
  const bytes = concatBytes(
    little(2, 4),
    Uint8Array.of(1),
    sha256(little(output, 8)),
    new Uint8Array(5),
    little(0xffff_ffff, 4),
    Uint8Array.of(2),
    little(value, 8),
    Uint8Array.of(script.length),
    script,
    little(5_000, 8),
    Uint8Array.of(22, 0, 20),
    sha256(little(output, 4)).slice(12),
    little(0, 4),
  )
  return { bytes, value }
}

function coinbase(height: number): Uint8Array {
  const script = concatBytes(Uint8Array.of(4), little(height, 4))
  return concatBytes(
    little(2, 4),
    Uint8Array.of(1),
    new Uint8Array(32),
    little(0xffff_ffff, 4),
    Uint8Array.of(script.length),
    script,
    little(0xffff_ffff, 4),
    Uint8Array.of(1),
    little(0, 8),
    Uint8Array.of(0),
    little(0, 4),
  )
}

/** All nodes of the tree of a block's transactions, level by level from the lowest. */
function treeOf(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [[...leaves]]
  for (let level = levels[0]!; level.length > 1; level = levels.at(-1)!) {
    const pairs = level.length % 2 === 0 ? level : [...level, level.at(-1)!]
    levels.push(pairs.flatMap((left, i) => (i % 2 ? [] : [hash256(concatBytes(left, pairs[i + 1]!))])))
  }
  return levels
}

function branchOf(levels: readonly Uint8Array[][], position: number): string[] {
  return levels
    .slice(0, -1)
    .map((level, i) => bytesToHex(level[Math.floor(position / 2 ** i) ^ 1] ?? level.at(-1)!))
}

function minedHeader(previous: Uint8Array, root: Uint8Array, time: number): Uint8Array {
  for (let nonce = 0; ; nonce++) {
    const parts = [little(4, 4), previous, root, little(time, 4), little(EASIEST, 4), little(nonce, 4)]
    const header = concatBytes(...parts)
    if (hash256(header)[31]! < 0x80) return header
  }
}

/** Headers of a chain of blocks without any but the transaction that pays their miner. */
export function madeUpHeaders(blocks: number): Uint8Array {
  const headers = [hexToBytes(GENESIS)]
  for (let height = 1; height <= blocks; height++) {
    const time = GENESIS_TIME + SPACING * height
    headers.push(minedHeader(hash256(headers.at(-1)!), hash256(coinbase(height)), time))
  }
  return Buffer.concat(headers)
}

function signature(text: string, key: bigint): string {
  const sized = (words: string) => {
    const bytes = utf8ToBytes(words)
    const length =
      bytes.length < 0xfd ? little(bytes.length, 1) : concatBytes(little(0xfd, 1), little(bytes.length, 2))
    return concatBytes(length, bytes)
  }
  const signed = secp256k1.sign(hash256(concatBytes(sized('Bitcoin Signed Message:\n'), sized(text))), key)
  return base64.encode(concatBytes(Uint8Array.of(39 + signed.recovery), signed.toCompactRawBytes()))
}

/**
 * Writes evidence of reserves that nobody has: outputs of a chain that is mined here, two thousand in a
 * block, one of a transaction each, for accounts that sign a message each.
 */
export async function writeMadeUpReserves(
  folder: string,
  { accounts, outputs }: MadeUpReserves,
): Promise<void> {
  const all = accountsOf(accounts)
  const scripts = new Map(all.map(({ number, script }) => [number, script]))
  const perBlock = PER_BLOCK - 1
  const blocks = Math.ceil((accounts * outputs) / perBlock)
  const genesis = hexToBytes(GENESIS)
  const headers = [genesis]
  const trees: Uint8Array[][][] = [[]]
  const add = (root: Uint8Array) => {
    const time = GENESIS_TIME + SPACING * headers.length
    headers.push(minedHeader(hash256(headers.at(-1)!), root, time))
  }
  for (let block = 0; block < blocks; block++) {
    const first = block * perBlock
    const count = Math.min(perBlock, accounts * outputs - first)
    const leaves = Array.from({ length: count }, (_, i) => {
      // Outputs of one account lie far from one another, as they do on a chain.
      const number = (first + i) % accounts
      return hash256(transaction(first + i, scripts.get(number)!).bytes)
    })
    const tree = treeOf([hash256(coinbase(headers.length)), ...leaves])
    trees.push(tree)
    add(tree.at(-1)![0]!)
  }
  for (let i = 0; i < BEHIND; i++) add(hash256(coinbase(headers.length)))

  const at = blocks + 1
  const timestamp = GENESIS_TIME + SPACING * at
  const challenge = `${JSON.stringify({
    schema: 'plimsoll/reserves-challenge/1',
    venue: 'Made Up',
    epoch: 'bench',
    moment: { kind: 'fixed', timestamp },
    chains: [{ chain: CHAIN.id, tolerance: 7200 }],
    expires: timestamp + 86_400,
  })}\n`
  const entries = all.map(({ id }) => ({
    account: id,
    holdsFor: 'customers',
    control: 'bitcoin-message',
    assets: [{ asset: ASSET, instrument: 'BTC' }],
  }))
  await mkdir(join(folder, 'headers'), { recursive: true })
  await writeFile(join(folder, RESERVES_PATHS.challenge), challenge)
  await writeFile(
    join(folder, RESERVES_PATHS.addresses),
    `${JSON.stringify({ schema: 'plimsoll/reserves-addresses/1', accounts: entries })}\n`,
  )
  await writeFile(join(folder, RESERVES_PATHS.headers(CHAIN)), concatBytes(...headers))

  const { hash } = parseChallenge(challenge, RESERVES_PATHS.challenge)
  const block = shownHash(hash256(headers[at]!))
  const file = createWriteStream(join(folder, RESERVES_PATHS.evidence))
  for (const { id, key, script, number } of all) {
    const text = reservesMessage({
      venue: 'Made Up',
      epoch: 'bench',
      account: id,
      holdsFor: 'customers',
      challenge: hash,
    })
    const held = Array.from({ length: outputs }, (_, i) => {
      const output = number + i * accounts
      const { bytes, value } = transaction(output, script)
      return { output, bytes, value, txid: shownHash(hash256(bytes)) }
    }).sort((a, b) => (a.txid < b.txid ? -1 : 1))
    const lines = held.map(({ output, bytes, value }, i) => {
      const height = 1 + Math.floor(output / perBlock)
      const position = 1 + (output % perBlock)
      return JSON.stringify({
        moment: 0,
        account: id,
        asset: ASSET,
        instrument: 'BTC',
        amount: String(value),
        block,
        control: i === 0 ? { kind: 'bitcoin-message', signatures: [signature(text, key)] } : 'above',
        balance: {
          kind: 'bitcoin-output',
          index: 0,
          height,
          transaction: bytesToHex(bytes),
          position,
          branch: branchOf(trees[height]!, position),
          unspent: { source: '1 node', height: headers.length - 1 },
        },
      })
    })
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}
