import { Option } from 'commander'
import type { JsonRpc } from '../collect/index.js'
import { InputError } from '../errors/index.js'
import type { Checkpoint, CheckReservesOptions, EvidenceClass } from '../reserves/index.js'
import { ManyOption, pairOf } from './options.js'

/** What a reader of evidence knows from elsewhere, as named on the command line. */
export interface KnownOptions {
  block?: string[]
  checkpoint?: string[]
  challenge?: string
  rpc?: string[]
  tokens?: string
  asset?: string[]
  exclude?: string
}

/** The options of every command that checks evidence. */
export function knownOptions(): Option[] {
  return [
    new ManyOption(
      '--block <chain=hash>',
      'hash of the block that counts, from elsewhere than the evidence, such as eip155:1=0x…',
    ),
    checkpointOption('a block of Bitcoin that you know: its headers may start with it, and have to have it'),
    new Option(
      '--challenge <sha256>',
      'hash of the challenge, as it was published before a round picked its moments',
    ),
    rpcOption(
      'a node of your own to ask: for blocks and layouts of tokens, where two are believed, for contracts that signed, and for unspent outputs',
    ),
    new Option('--tokens <file>', "tokens that you know, in the form of the evidence's tokens.json"),
    new ManyOption('--asset <symbol=asset>', 'an asset that you know, such as USDC=eip155:1/erc20:0x…'),
    new Option('--exclude <file>', 'accounts and assets that never count (JSON)'),
  ]
}

/** Nodes, any number for each chain; a URL that holds a key can stand in a file. */
export function rpcOption(about: string): Option {
  return new ManyOption('--rpc <chain=url>', `${about}; @FILE reads the URL from a file`)
}

/** Blocks of Bitcoin that are known, of the main network where no chain is named. */
export function checkpointOption(about: string): Option {
  return new ManyOption(
    '--checkpoint <block>',
    `${about}; hash:height, and chain= in front for another network`,
  )
}

/** Bitcoin's main network. */
const MAIN = 'bip122:000000000019d6689c085ae165831e93'

/**
 * Reads blocks of Bitcoin, by chain; behind the height may stand the chain's work as nodes write it, in hex.
 */
export async function readCheckpoints(given: readonly string[]): Promise<Map<string, Checkpoint[]>> {
  const { parseChain } = await import('../reserves/index.js')
  const checkpoints = new Map<string, Checkpoint[]>()
  for (const text of given) {
    const [name, block] = text.includes('=') ? pairOf(text, '--checkpoint') : [MAIN, text]
    const { id } = parseChain(name, '--checkpoint')
    const [, hash, height, work] =
      /^([0-9a-f]{64}):(0|[1-9][0-9]{0,8})(?::([0-9a-f]{1,64}))?$/.exec(block) ?? []
    if (hash === undefined || !id.startsWith('bip122:')) {
      throw new InputError('USAGE', 'not the hash and the height of a block of Bitcoin', {
        where: '--checkpoint',
        hint: 'Write 64 hexadecimal digits, a colon and the height.',
      })
    }
    const known = { hash, height: Number(height), ...(work !== undefined && { work: BigInt(`0x${work}`) }) }
    checkpoints.set(id, [...(checkpoints.get(id) ?? []), known])
  }
  return checkpoints
}

/** Reads what the options of `knownOptions` name. */
export async function readKnown(
  options: KnownOptions,
): Promise<Omit<CheckReservesOptions, 'epoch' | 'table' | 'onCheck' | 'onProgress'>> {
  const { askAgain, askBlocks } = await import('../collect/index.js')
  const { readJsonFile, readTextFile } = await import('../files/index.js')
  const { exclusionsSchema, parseAsset, parseChain } = await import('../reserves/index.js')
  const { block = [], checkpoint = [], challenge, rpc = [], tokens, asset = [], exclude } = options
  if (challenge !== undefined && !/^[0-9a-f]{64}$/.test(challenge)) {
    throw new InputError('USAGE', 'not a hash: 64 hexadecimal digits in lower case', { where: '--challenge' })
  }
  const nodes = await readNodes(rpc)
  const blocks = new Map<string, string[]>()
  for (const [chain, hash] of block.map((text) => pairOf(text, '--block'))) {
    const { id } = parseChain(chain, '--block')
    blocks.set(id, [...(blocks.get(id) ?? []), hash])
  }
  const names = asset.map((text) => {
    const [symbol, id] = pairOf(text, '--asset')
    return [parseAsset(id, '--asset').id, symbol] as const
  })
  return {
    ...(blocks.size > 0 && { blocks }),
    ...(checkpoint.length > 0 && { checkpoints: await readCheckpoints(checkpoint) }),
    ...(challenge !== undefined && { challenge }),
    ...(nodes.size > 0 && { ask: askBlocks(nodes), again: askAgain(nodes) }),
    ...(tokens !== undefined && { tokens: { text: await readTextFile(tokens), where: tokens } }),
    ...(names.length > 0 && { names: new Map(names) }),
    ...(exclude !== undefined && { exclude: await readJsonFile(exclude, exclusionsSchema) }),
  }
}

/** The nodes of each chain, named by their numbers: a URL may hold a key. */
export async function readNodes(given: readonly string[]): Promise<Map<string, JsonRpc[]>> {
  const { jsonRpc } = await import('../collect/index.js')
  const { readTextFile } = await import('../files/index.js')
  const { parseChain } = await import('../reserves/index.js')
  const nodes = new Map<string, JsonRpc[]>()
  for (const [chain, url] of given.map((text) => pairOf(text, '--rpc'))) {
    const { id } = parseChain(chain, '--rpc')
    const known = nodes.get(id) ?? []
    const place = url.startsWith('@') ? (await readTextFile(url.slice(1))).trim() : url
    nodes.set(id, [...known, jsonRpc(place, `${id}, node ${known.length + 1}`)])
  }
  return nodes
}

/** A whole number of an option. */
export function readNumber(option: string): (text: string) => number {
  return (text) => {
    if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text)
    throw new InputError('USAGE', 'not a whole number', { where: option })
  }
}

/** Classes that count for a commitment: `proven` where none is named. */
export async function readClasses(given: readonly string[] = ['proven']): Promise<EvidenceClass[]> {
  const { CLASSES } = await import('../reserves/index.js')
  const unknown = given.find((name) => !CLASSES.some((known) => known === name))
  if (unknown === undefined) return CLASSES.filter((known) => given.includes(known))
  throw new InputError('USAGE', `not a class of evidence: there are ${CLASSES.join(', ')}`, {
    where: '--class',
  })
}
