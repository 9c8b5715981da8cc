import { sha256 } from '@noble/hashes/sha2.js'
import { bech32, bech32m, createBase58check } from '@scure/base'

/** How a Bitcoin network chooses targets, and how it writes addresses. */
export interface BitcoinNetwork {
  /** Hash of the first block, as people write it. */
  genesis: string
  /** The easiest target, as a header writes it. */
  limit: number
  /**
   * `always` the easiest target; or a new one every 2016 blocks. On test networks a block that comes after 20
   * minutes may have the easiest one; `first` takes the target of a period from its first block.
   */
  targets: 'always' | 'period' | 'test' | 'test-first'
  /**
   * Work that the chain had long ago, in hashes: no chain with less is taken, however its headers link. Easy
   * targets at the start of a chain make a forged one cheap otherwise.
   */
  work: bigint
  /** Height of the last block that this is the work of; without end where it is not known. */
  workHeight: number
  /** Of addresses that are witness programs. */
  prefix: string
  /** First byte of an address of a key's hash and of a script's. */
  versions: readonly [keyHash: number, scriptHash: number]
  /** The number of its coin in SLIP-44. */
  coin: '0' | '1'
}

const TEST = { prefix: 'tb', versions: [0x6f, 0xc4], coin: '1' } as const
const LIMIT = 0x1d00ffff

const main: BitcoinNetwork = {
  genesis: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
  limit: LIMIT,
  targets: 'period',
  work: 0x1128750f82f4c366153a3a030n,
  workHeight: 938_343,
  prefix: 'bc',
  versions: [0x00, 0x05],
  coin: '0',
}
const testnet3: BitcoinNetwork = {
  genesis: '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943',
  limit: LIMIT,
  targets: 'test',
  work: 0x16dd270dd94fac1d7632n,
  workHeight: Number.POSITIVE_INFINITY,
  ...TEST,
}
const testnet4: BitcoinNetwork = {
  genesis: '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043',
  limit: LIMIT,
  targets: 'test-first',
  work: 0x34a4690fe592dc49c7cn,
  workHeight: Number.POSITIVE_INFINITY,
  ...TEST,
}
/** Its blocks are signed, which headers do not show: evidence of it is for tests. */
const signet: BitcoinNetwork = {
  genesis: '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6',
  limit: 0x1e0377ae,
  targets: 'period',
  work: 0x67d328e681an,
  workHeight: Number.POSITIVE_INFINITY,
  ...TEST,
}
const regtest: BitcoinNetwork = {
  genesis: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
  limit: 0x207fffff,
  targets: 'always',
  work: 0n,
  workHeight: 0,
  ...TEST,
  prefix: 'bcrt',
}

/** The networks by the references of their CAIP-2 names: the first 32 digits of the first block's hash. */
export const BITCOIN_NETWORKS: ReadonlyMap<string, BitcoinNetwork> = new Map(
  [main, testnet3, testnet4, signet, regtest].map((network) => [network.genesis.slice(0, 32), network]),
)

const base58check = createBase58check(sha256)
const [OP_DUP, OP_EQUAL, OP_EQUALVERIFY, OP_HASH160, OP_CHECKSIG, OP_1] = [0x76, 0x87, 0x88, 0xa9, 0xac, 0x51]

/**
 * The output script that an address stands for: P2PKH, P2SH, P2WPKH, P2WSH, P2TR or a later witness program.
 *
 * @param address in its one spelling: a witness program in lower case
 * @returns `undefined` for what is no address of the network
 */
export function addressScript(
  { prefix, versions }: Pick<BitcoinNetwork, 'prefix' | 'versions'>,
  address: string,
): Uint8Array | undefined {
  try {
    return address.startsWith(`${prefix}1`) ? programScript(address) : hashScript(versions, address)
  } catch {
    return undefined
  }
}

function programScript(address: string): Uint8Array | undefined {
  const isFirst = address[address.indexOf('1') + 1] === 'q'
  const code = isFirst ? bech32 : bech32m
  const [version, ...words] = code.decode(address as `${string}1${string}`, 90).words
  const program = code.fromWords(words)
  const { length } = program
  if (version === 0) return length === 20 || length === 32 ? Uint8Array.of(0, length, ...program) : undefined
  const isProgram = version! <= 16 && length >= 2 && length <= 40
  return isProgram ? Uint8Array.of(OP_1 + version! - 1, length, ...program) : undefined
}

/** Whether anybody can spend what pays to a script: a witness program that has no rules yet. */
export function isAnybodys([version = 0, length, ...program]: Uint8Array): boolean {
  const isLater = version >= OP_1 && version < OP_1 + 16 && program.length === length && length <= 40
  return isLater && length >= 2 && !(version === OP_1 && length === 32)
}

function hashScript([keyHash, scriptHash]: BitcoinNetwork['versions'], address: string) {
  const [version, ...hash] = base58check.decode(address)
  if (hash.length !== 20) return undefined
  if (version === keyHash) {
    return Uint8Array.of(OP_DUP, OP_HASH160, 20, ...hash, OP_EQUALVERIFY, OP_CHECKSIG)
  }
  return version === scriptHash ? Uint8Array.of(OP_HASH160, 20, ...hash, OP_EQUAL) : undefined
}
