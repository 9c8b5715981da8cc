import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { type Hex, hashMessage, hexToBytes, keccak256, numberToHex, toHex, toRlp } from 'viem'
import { publicKeyToAddress } from 'viem/utils'
import {
  PROXY_SLOTS,
  parseChain,
  parseChallenge,
  RESERVES_PATHS,
  reservesMessage,
  TrieNodes,
  tokenSlot,
} from '../src/reserves/index.js'

const CHAIN = parseChain('eip155:31337', '')
const TOKEN: Hex = `0x${'70'.repeat(20)}`
const COIN_ASSET = `${CHAIN.id}/slip44:60`
const TOKEN_ASSET = `${CHAIN.id}/erc20:${TOKEN}`
const LAYOUT = { kind: 'mapping', slot: '0', order: 'solidity' } as const
const CODE = keccak256('0x00')
const EMPTY_CODE = keccak256('0x')
const EMPTY_TRIE = keccak256(toRlp('0x'))
const TIMESTAMP = 1_790_000_000
/** Half-bytes of keys that others share: 268 million accounts, and 17 million holders of the token. */
const [ACCOUNT_DEPTH, HOLDER_DEPTH] = [7, 6]

/** What stands at a key; nothing where the trie holds none. */
interface Entry {
  key: Uint8Array
  value: Uint8Array | undefined
}

/** The nodes that lead to entries in a trie of so many others that no branch above a depth has a gap. */
function trieOf(entries: readonly Entry[], depth: number): { root: Hex; nodes: Uint8Array[] } {
  const nodes: Uint8Array[] = []
  const put = (node: Uint8Array): Uint8Array => {
    nodes.push(node)
    return keccak256(node, 'bytes')
  }
  const build = (group: readonly Entry[], at: number): Uint8Array => {
    const [{ key, value }, ...others] = group as [Entry, ...Entry[]]
    if (at >= depth && others.length === 0) {
      // Behind a key that is not there stands one that differs from it.
      const path = [...toHex(key).slice(2 + at)]
      if (value === undefined) path[0] = path[0] === '0' ? '1' : '0'
      const digits = path.join('')
      const prefixed = digits.length % 2 === 0 ? `20${digits}` : `3${digits}`
      return put(toRlp([`0x${prefixed}`, toHex(value ?? Uint8Array.of(1))], 'bytes'))
    }
    const branch = new Uint8Array(532)
    branch.set([0xf9, 0x02, 0x11])
    const strangers = randomBytes(512)
    for (let nibble = 0; nibble < 16; nibble++) {
      const inside = group.filter((entry) => nibbleOf(entry.key, at) === nibble)
      branch[3 + 33 * nibble] = 0xa0
      branch.set(
        inside.length > 0 ? build(inside, at + 1) : strangers.subarray(32 * nibble, 32 * nibble + 32),
        4 + 33 * nibble,
      )
    }
    branch[531] = 0x80
    return put(branch)
  }
  return { root: toHex(build(entries, 0)), nodes }
}

function nibbleOf(key: Uint8Array, at: number): number {
  const byte = key[at >> 1]!
  return at % 2 === 0 ? byte >> 4 : byte & 15
}

const hashed = (bytes: Hex): Uint8Array => keccak256(bytes, 'bytes')
const accountValue = (balance: bigint, storageRoot: Hex, code: Hex) =>
  toRlp(['0x01', numberToHex(balance), storageRoot, code], 'bytes')

/**
 * Writes evidence of reserves that nobody has: accounts of a chain as large as Ethereum, each with ether and
 * with a token, and with a signature of its own.
 */
export async function writeMadeUpEvm(folder: string, accounts: number): Promise<void> {
  let point = secp256k1.ProjectivePoint.BASE
  const all = Array.from({ length: accounts }, (_, number) => {
    const address = publicKeyToAddress(`0x${point.toHex(false)}`).toLowerCase() as Hex
    point = point.add(secp256k1.ProjectivePoint.BASE)
    return {
      id: `${CHAIN.id}:${address}`,
      address,
      key: BigInt(number + 1),
      amount: 65_536n + BigInt(number),
    }
  }).sort((a, b) => (a.id < b.id ? -1 : 1))

  const slot = (number: bigint) => hashed(numberToHex(number, { size: 32 }))
  const storage = trieOf(
    [
      ...all.map(({ address, amount }) => ({
        key: slot(tokenSlot(LAYOUT, address)),
        value: toRlp(numberToHex(amount), 'bytes'),
      })),
      ...PROXY_SLOTS.map((each) => ({ key: slot(each), value: undefined })),
    ],
    HOLDER_DEPTH,
  )
  const state = trieOf(
    [
      ...all.map(({ address, amount }) => ({
        key: hashed(address),
        value: accountValue(amount, EMPTY_TRIE, EMPTY_CODE),
      })),
      { key: hashed(TOKEN), value: accountValue(1n, storage.root, CODE) },
    ],
    ACCOUNT_DEPTH,
  )
  const word: Hex = `0x${'11'.repeat(32)}`
  const headerOf = (before: Hex, number: number, time: number) =>
    toRlp(
      [
        ...[before, word, TOKEN, state.root, word, word, `0x${'00'.repeat(256)}`, '0x'],
        ...[numberToHex(number), '0x01', '0x01', numberToHex(time), '0x', word, `0x${'00'.repeat(8)}`],
      ] as Hex[],
      'bytes',
    )
  const parent = headerOf(word, 1, TIMESTAMP - 12)
  const header = headerOf(keccak256(parent), 2, TIMESTAMP)

  const challenge = `${JSON.stringify({
    schema: 'plimsoll/reserves-challenge/1',
    venue: 'Made Up',
    epoch: 'bench',
    moment: { kind: 'fixed', timestamp: TIMESTAMP },
    chains: [{ chain: CHAIN.id, tolerance: 900 }],
    expires: TIMESTAMP + 86_400,
  })}\n`
  const entries = all.map(({ id }) => ({
    account: id,
    holdsFor: 'customers',
    control: 'eip191',
    assets: [
      { asset: TOKEN_ASSET, instrument: 'MADE' },
      { asset: COIN_ASSET, instrument: 'ETH' },
    ],
  }))
  const token = { asset: TOKEN_ASSET, decimals: 18, layout: LAYOUT, code: CODE }
  const json = (path: string, value: unknown) => writeFile(join(folder, path), `${JSON.stringify(value)}\n`)
  await mkdir(join(folder, 'headers'), { recursive: true })
  await mkdir(join(folder, 'nodes'), { recursive: true })
  await writeFile(join(folder, RESERVES_PATHS.challenge), challenge)
  await json(RESERVES_PATHS.addresses, { schema: 'plimsoll/reserves-addresses/1', accounts: entries })
  await json(RESERVES_PATHS.tokens, { schema: 'plimsoll/reserves-tokens/1', tokens: [token] })
  await writeFile(join(folder, RESERVES_PATHS.headers(CHAIN)), [parent, header])
  await writeFile(
    join(folder, RESERVES_PATHS.nodes(CHAIN)),
    TrieNodes.format([...storage.nodes, ...state.nodes]),
  )

  const { hash } = parseChallenge(challenge, RESERVES_PATHS.challenge)
  const file = createWriteStream(join(folder, RESERVES_PATHS.evidence))
  for (const { id, key, amount } of all) {
    const statement = { venue: 'Made Up', epoch: 'bench', account: id, challenge: hash }
    const text = reservesMessage({ ...statement, holdsFor: 'customers' })
    const signed = secp256k1.sign(hexToBytes(hashMessage(text)), key)
    const signature = `0x${signed.toCompactHex()}${(27 + signed.recovery).toString(16)}`
    const line = (asset: string, instrument: string, kind: string, control: unknown) =>
      JSON.stringify({
        ...{ moment: 0, account: id, asset, instrument, amount: String(amount) },
        ...{ block: keccak256(header), control, balance: { kind } },
      })
    const lines = [
      line(TOKEN_ASSET, 'MADE', 'evm-token', { kind: 'eip191', signature }),
      line(COIN_ASSET, 'ETH', 'evm-native', 'above'),
    ]
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}
