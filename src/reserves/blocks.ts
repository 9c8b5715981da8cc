import { ProofError } from '../errors/index.js'
import { type BitcoinBlock, blockOf, type Checkpoint, HeaderChain } from './bitcoin/index.js'
import { type ChainName, parseChain } from './caip.js'
import type { Challenge } from './challenge.js'
import { decodeEvmHeaders, type EvmHeader, EvmState, TrieNodes } from './evm/index.js'
import { type EvidenceFolder, RESERVES_PATHS } from './folder.js'
import { bytesIn, missingFile, placeIn } from './read.js'

/** Bytes of the headers of an EVM chain: two for each moment. */
const MAX_EVM_HEADERS = 196_608

/**
 * Who says that a block is on its chain: whoever checks, who pinned its hash; nodes that they asked; the work
 * of a header chain; or only the venue, whose evidence it is.
 */
export type Voucher = 'pin' | 'nodes' | 'work' | 'venue'

/** A block that evidence is of. */
export interface EvidenceBlock {
  chain: string
  moment: number
  height: number
  /** As the chain writes it. */
  hash: string
  /** Seconds since 1970-01-01 UTC. */
  time: number
  vouchedBy: Voucher
}

/** A chain whose balances are checked without a network, at each moment. */
export type ChainEvidence =
  | { kind: 'evm'; chain: ChainName; states: readonly EvmState[]; nodes: TrieNodes }
  | { kind: 'bitcoin'; chain: ChainName; headers: HeaderChain; blocks: readonly BitcoinBlock[] }
  /** Nodes were asked, or somebody signed: nothing of the chain is here. */
  | { kind: 'told'; chain: ChainName }

/** How whoever checks knows blocks. */
export interface BlockTrust {
  /** Hashes by chain, from elsewhere than the evidence. */
  blocks?: ReadonlyMap<string, readonly string[]>
  /** Blocks of Bitcoin that a header chain may start with, by chain, besides its network's first. */
  checkpoints?: ReadonlyMap<string, readonly Checkpoint[]>
  /**
   * The hash that nodes of the reader's own choice have for a height, each asked by itself; `undefined` for a
   * chain that none is asked about.
   */
  ask?: (chain: ChainName, height: number) => Promise<readonly string[]> | undefined
}

/**
 * The chains of a challenge with what their headers show, and the block of each moment.
 *
 * @throws {ProofError} `RESERVES_BLOCK` for a block that is another than a pinned one, is not the first at or
 * after the moment, lies too far from it or after the challenge expired, and what reading headers and nodes
 * throws
 */
export async function readChains(
  folder: EvidenceFolder,
  challenge: Challenge,
  moments: readonly number[],
  trust: BlockTrust,
): Promise<{ chains: Map<string, ChainEvidence>; blocks: EvidenceBlock[] }> {
  const chains = new Map<string, ChainEvidence>()
  const blocks: EvidenceBlock[] = []
  for (const { chain: id, tolerance } of challenge.chains) {
    const chain = parseChain(id, '')
    const evidence = await readChain(folder, chain, moments, { tolerance, trust })
    chains.set(id, evidence)
    for (const [moment, block] of blocksOf(evidence).entries()) {
      assertNear(block.time, moments[moment]!, { tolerance, expires: challenge.expires, chain })
      const vouchedBy = await voucherOf(chain, block, trust)
      blocks.push({ chain: id, moment, ...block, vouchedBy })
    }
  }
  assertDistinct(blocks)
  for (const id of trust.blocks?.keys() ?? []) {
    if (!chains.has(id)) throw notPinned(id, 'there is no evidence of a chain whose block is pinned')
  }
  return { chains, blocks }
}

async function readChain(
  folder: EvidenceFolder,
  chain: ChainName,
  moments: readonly number[],
  { tolerance, trust }: { tolerance: number; trust: BlockTrust },
): Promise<ChainEvidence> {
  const path = RESERVES_PATHS.headers(chain)
  const where = placeIn(folder, path)
  if (chain.namespace === 'eip155') {
    const bytes = await bytesIn(folder, path, MAX_EVM_HEADERS)
    if (bytes === undefined) throw missingFile(folder, path)
    const headers = firstBlocks(decodeEvmHeaders(bytes, where), moments, where)
    const nodesPath = RESERVES_PATHS.nodes(chain)
    const pieces = await folder.open(nodesPath)
    if (pieces === undefined) throw missingFile(folder, nodesPath)
    const nodes = await TrieNodes.from(pieces, placeIn(folder, nodesPath))
    return { kind: 'evm', chain, states: headers.map((header) => new EvmState(header, nodes)), nodes }
  }
  if (chain.namespace === 'bip122') {
    const pieces = await folder.open(path)
    if (pieces === undefined) throw missingFile(folder, path)
    const checkpoints = trust.checkpoints?.get(chain.id) ?? []
    const headers = new HeaderChain(chain.reference, { checkpoints, where })
    for await (const piece of pieces) headers.append(piece)
    headers.assertWork()
    const blocks = moments.map((moment) => blockOf(headers, moment, { tolerance, where }))
    return { kind: 'bitcoin', chain, headers, blocks }
  }
  return { kind: 'told', chain }
}

function blocksOf(evidence: ChainEvidence): { height: number; hash: string; time: number }[] {
  if (evidence.kind === 'told') return []
  if (evidence.kind === 'bitcoin') return [...evidence.blocks]
  return evidence.states.map(({ header: { number, hash, timestamp } }) => ({
    height: Number(number),
    hash,
    time: timestamp,
  }))
}

/**
 * That a time is close enough to the moment, and before the challenge expired.
 *
 * @throws {ProofError} `RESERVES_BLOCK`
 */
export function assertNear(
  time: number,
  moment: number,
  { tolerance, expires, chain }: { tolerance: number; expires: number; chain: ChainName },
): void {
  const apart = Math.abs(time - moment)
  if (apart > tolerance) {
    throw new ProofError(
      'RESERVES_BLOCK',
      `evidence of ${chain.id} is ${apart} seconds from the moment, and ${tolerance} are allowed`,
      { hint: 'Collect the evidence again, for the block of the moment.' },
    )
  }
  if (time >= expires) {
    throw new ProofError(
      'RESERVES_BLOCK',
      `evidence of ${chain.id} is of a time after the challenge expired`,
      {
        hint: 'Make a new challenge, have it signed, and collect for it.',
      },
    )
  }
}

/**
 * The header of the first block at or after each moment. Its parent, which its hash fixes, stands in front of
 * it, and is of a time before the moment: no other block lies between.
 *
 * @throws {ProofError} `RESERVES_BLOCK`
 */
function firstBlocks(
  headers: readonly EvmHeader[],
  moments: readonly number[],
  where: string,
): readonly EvmHeader[] {
  const refused = (what: string) =>
    new ProofError('RESERVES_BLOCK', what, {
      where,
      hint: 'Collect the evidence again, for the first block at or after the moment.',
    })
  if (headers.length !== 2 * moments.length) {
    throw refused(`has ${headers.length} headers, and each of ${moments.length} moments needs two`)
  }
  return moments.map((moment, i) => {
    const [parent, header] = [headers[2 * i]!, headers[2 * i + 1]!]
    if (header.parent !== parent.hash) throw refused('a header is not of the block before the one behind it')
    if (header.timestamp < moment) {
      throw refused(`a block is ${moment - header.timestamp} seconds before its moment`)
    }
    if (parent.timestamp >= moment) {
      throw refused('a block is not the first at or after its moment: the one before it is no earlier')
    }
    return header
  })
}

async function voucherOf(
  chain: ChainName,
  block: { height: number; hash: string },
  trust: BlockTrust,
): Promise<Voucher> {
  const pinned = trust.blocks?.get(chain.id)
  if (pinned !== undefined && !pinned.includes(block.hash)) {
    throw notPinned(chain.id, 'the block of the evidence is not one that is pinned')
  }
  return voucherOfOther(chain, block, trust)
}

/**
 * Who says that a block is on its chain which may be another than the one that is pinned.
 *
 * @throws {ProofError} `RESERVES_BLOCK` where a node has another one
 */
export async function voucherOfOther(
  chain: ChainName,
  { height, hash }: { height: number; hash: string },
  { blocks, ask }: BlockTrust,
): Promise<Voucher> {
  const answers = (await ask?.(chain, height)) ?? []
  if (answers.some((answer) => answer !== hash)) {
    throw new ProofError('RESERVES_BLOCK', `a node has another block of ${chain.id} at this height`, {
      hint: 'The evidence may be of another chain, or of a block that was replaced: collect it again.',
    })
  }
  if (blocks?.get(chain.id)?.includes(hash)) return 'pin'
  if (answers.length >= 2) return 'nodes'
  return chain.namespace === 'bip122' ? 'work' : 'venue'
}

function notPinned(chain: string, what: string): ProofError {
  return new ProofError('RESERVES_BLOCK', `${what}: ${chain}`, {
    hint: 'Compare the hash with a block explorer and with your own node.',
  })
}

/** One state under the names of two chains would count what it holds twice. */
function assertDistinct(blocks: readonly EvidenceBlock[]): void {
  const chains = new Map<string, string>()
  for (const { hash, chain } of blocks) {
    const known = chains.get(hash) ?? chain
    chains.set(hash, known)
    if (known === chain) continue
    throw new ProofError('RESERVES_BLOCK', `${known} and ${chain} have the same block`, {
      hint: 'Two names of one chain would count it twice: leave one out, and collect again.',
    })
  }
}
