import { type Abi, type Address, type Hex, parseAbi } from 'viem'
import { ArtifactError, InputError } from '../errors/index.js'
import type { ChainConnection } from './connection.js'
import {
  CIRCUIT_BREAKER_ABI,
  INSURANCE_FUND_ABI,
  MARGIN_GATE_ABI,
  RISK_REGISTER_ABI,
} from './generated/abi.js'
import { requirementId, venueId } from './margin-gate.js'
import { REGISTRY_ABI } from './registry-standing.js'
import { answered, readView } from './rpc.js'
import { VENUE_STATES } from './solvency-registry.js'

/** Why a breaker holds a level, in the contract's order. */
export const BREAKER_CAUSES = [
  'guardian',
  'stale-epoch',
  'suspended-table',
  'stopped-key',
  'deviation',
  'outflow',
] as const

/** What a price feed says. Prices are of whole units, times are seconds since 1970-01-01 UTC. */
export interface FeedAnswer {
  price: number
  at: number
}

const FEED_ABI = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
])
/** Of the prices that a register keeps. */
const REGISTER_DECIMALS = 18
const NATIVE: Address = `0x${'0'.repeat(40)}`

/** What contracts say, all after one block. It is the word of the node, and is checked for its form alone. */
export interface ChainReadings {
  /** Of the block: its number, and its time in seconds since 1970-01-01 UTC. */
  block: { number: bigint; time: number }
  /** What a registry says of a venue; the epoch is 0 for none, and counts until a second. */
  venue(
    registry: Address,
    venue: string,
  ): Promise<{ state: (typeof VENUE_STATES)[number]; epoch: number; until: number }>
  /** The SHA-256 of the manifest of an epoch at a registry, lower-case hex. */
  manifestOf(registry: Address, venue: string, epoch: number): Promise<string>
  isSuspended(register: Address, riskRoot: bigint): Promise<boolean>
  /** The median that a register has of an instrument. */
  registerPrice(register: Address, instrument: number): Promise<FeedAnswer>
  /** What a feed in Chainlink's shape says; it may be zero or less. */
  feedPrice(feed: Address): Promise<FeedAnswer>
  /** The level of a scope, and that of each cause. */
  levels(
    breaker: Address,
    scope: Hex,
  ): Promise<{ level: number; causes: Record<(typeof BREAKER_CAUSES)[number], number> }>
  /** The balance of a fund, in whole tokens. */
  fundBalance(fund: Address, token: FundToken): Promise<number>
  /** What a fund pledges to a beneficiary, and what it covers now, in whole tokens. */
  fundOf(fund: Address, beneficiary: Hex, token: FundToken): Promise<{ floor: number; cover: number }>
  /** Until when a handle is on record at a gate to meet a requirement; 0 where it is not. */
  recordUntil(gate: Address, handle: bigint, requirement: string): Promise<number>
}

/** A token of a fund: its contract, or the chain's own currency. */
export interface FundToken {
  address: Address | 'native'
  decimals: number
}

/**
 * Readings after the last block that counts.
 *
 * @param finality the chain's own `finalized` block, or how many blocks behind the last one
 * @throws {InputError} `RPC_UNREACHABLE`, `RPC_REFUSED`; {ArtifactError} `NOT_THE_CONTRACT` from readings
 */
export async function readingsAt(
  chain: ChainConnection,
  finality: 'finalized' | number,
): Promise<ChainReadings> {
  const { number, timestamp } = await answered(
    finality === 'finalized'
      ? chain.reader.getBlock({ blockTag: 'finalized' })
      : chain.reader
          .getBlockNumber({ cacheTime: 0 })
          .then((last) =>
            chain.reader.getBlock({ blockNumber: last > BigInt(finality) ? last - BigInt(finality) : 0n }),
          ),
  )
  if (number === null) throw new InputError('RPC_REFUSED', 'the node refuses: its last block has no number')
  const view = <T>(address: Address, abi: Abi, functionName: string, args: readonly unknown[] = []) =>
    readView<T>(chain, { address, abi, functionName, args, blockNumber: number })
  const tokenOf = ({ address }: FundToken) => (address === 'native' ? NATIVE : address)
  return {
    block: { number, time: Number(timestamp) },
    async venue(registry, venue) {
      const [state, epoch, , until] = await view<[number, number, number, number]>(
        registry,
        REGISTRY_ABI,
        'status',
        [venueId(venue)],
      )
      const known = VENUE_STATES[state]
      if (known !== undefined) return { state: known, epoch, until }
      throw new ArtifactError('NOT_THE_CONTRACT', 'status: another contract answers', { where: registry })
    },
    async manifestOf(registry, venue, epoch) {
      const args = [venueId(venue), epoch]
      const { manifest } = await view<{ manifest: Hex }>(registry, REGISTRY_ABI, 'epochOf', args)
      return manifest.slice(2)
    },
    isSuspended: (register, riskRoot) => view(register, RISK_REGISTER_ABI, 'isSuspended', [riskRoot]),
    async registerPrice(register, instrument) {
      const [price, oldest] = await view<[bigint, bigint]>(register, RISK_REGISTER_ABI, 'priceOf', [
        instrument,
      ])
      return { price: wholeOf(price, REGISTER_DECIMALS), at: Number(oldest) }
    },
    async feedPrice(feed) {
      const decimals = await view<number>(feed, FEED_ABI, 'decimals')
      const [, answer, , updatedAt] = await view<[bigint, bigint, bigint, bigint, bigint]>(
        feed,
        FEED_ABI,
        'latestRoundData',
      )
      return { price: wholeOf(answer, decimals), at: Number(updatedAt) }
    },
    async levels(breaker, scope) {
      const level = await view<number>(breaker, CIRCUIT_BREAKER_ABI, 'levelOf', [scope])
      const causes = await Promise.all(
        BREAKER_CAUSES.map(async (name, cause) => {
          const args = [scope, cause]
          const standing = await view<{ level: number }>(breaker, CIRCUIT_BREAKER_ABI, 'standingOf', args)
          return [name, standing.level] as const
        }),
      )
      return {
        level,
        causes: Object.fromEntries(causes) as Record<(typeof BREAKER_CAUSES)[number], number>,
      }
    },
    async fundBalance(fund, token) {
      const held = await view<bigint>(fund, INSURANCE_FUND_ABI, 'balanceOf', [tokenOf(token)])
      return wholeOf(held, token.decimals)
    },
    async fundOf(fund, beneficiary, token) {
      const args = [beneficiary, tokenOf(token)]
      const floor = await view<bigint>(fund, INSURANCE_FUND_ABI, 'floorOf', args)
      const cover = await view<bigint>(fund, INSURANCE_FUND_ABI, 'coverOf', args)
      return { floor: wholeOf(floor, token.decimals), cover: wholeOf(cover, token.decimals) }
    },
    async recordUntil(gate, handle, requirement) {
      const args = [handle, requirementId(requirement)]
      return Number(await view<bigint>(gate, MARGIN_GATE_ABI, 'marginOf', args))
    },
  }
}

/** Units as a number of whole ones, for people and thresholds: no amount to settle with. */
function wholeOf(units: bigint, decimals: number): number {
  return Number(units) / 10 ** decimals
}
