import { type Abi, type Address, decodeEventLog, type Hex } from 'viem'
import { ArtifactError, InputError } from '../errors/index.js'
import { MAX_TIMESTAMP } from '../schema/index.js'
import type { ChainConnection } from './connection.js'
import type { Deployment } from './deployment/index.js'
import {
  CIRCUIT_BREAKER_ABI,
  INSURANCE_FUND_ABI,
  RISK_REGISTER_ABI,
  SOLVENCY_REGISTRY_ABI,
} from './generated/abi.js'
import { venueId } from './margin-gate.js'
import { answered } from './rpc.js'

/** Blocks of one question: nodes answer no more at once. */
const PIECE = 2_000n

/** Something that a contract said, by the word of the node that was asked. */
export interface ChainEvent {
  /** As the deployment names it, such as `circuitBreaker`. */
  contract: string
  name: string
  args: Readonly<Record<string, unknown>>
  block: number
  /** Of the block, in seconds since 1970-01-01 UTC. */
  at: number
  transaction: Hex
}

const ABIS: Readonly<Record<string, Abi>> = {
  solvencyRegistry: SOLVENCY_REGISTRY_ABI as unknown as Abi,
  riskRegister: RISK_REGISTER_ABI as unknown as Abi,
  circuitBreaker: CIRCUIT_BREAKER_ABI as unknown as Abi,
  insuranceFund: INSURANCE_FUND_ABI as unknown as Abi,
}

/**
 * What registry, risk register, breaker and fund of a deployment have said, in its order, from the block that
 * they were made in up to the last one that counts.
 *
 * @param finality `finalized`, or how many blocks behind the last one count
 * @throws {InputError} `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when one of them is not there, or is another one
 */
export async function readEvents(
  chain: ChainConnection,
  { contracts, deployedAt }: Pick<Deployment, 'contracts' | 'deployedAt'>,
  finality: 'finalized' | number = 'finalized',
): Promise<ChainEvent[]> {
  const { reader } = chain
  const last =
    finality === 'finalized'
      ? (await answered(reader.getBlock({ blockTag: 'finalized' }))).number
      : (await answered(reader.getBlockNumber({ cacheTime: 0 }))) - BigInt(finality)
  const names = new Map(
    Object.entries(contracts).flatMap(([name, made]) =>
      made !== undefined && name in ABIS ? [[made.address.toLowerCase(), name] as const] : [],
    ),
  )
  const other = (why: string, address: string, name: string) =>
    new ArtifactError('NOT_THE_CONTRACT', `${name}: ${why}`, {
      where: `${address} on chain ${chain.chainId}`,
      hint: 'Check that the node is on the chain of the record, and knows it to its end.',
    })
  // A chain that was begun anew, and one that has not made them yet, would tell of nothing at all.
  for (const [address, name] of names) {
    const code = await answered(reader.getCode({ address: address as Address }))
    if (code === undefined || code === '0x') throw other('no contract is there', address, name)
  }
  const times = new Map<bigint, number>()
  const timeOf = async (blockNumber: bigint) => {
    const known =
      times.get(blockNumber) ?? Number((await answered(reader.getBlock({ blockNumber }))).timestamp)
    if (known > MAX_TIMESTAMP) {
      throw new InputError('RPC_REFUSED', `the node tells a block of no time: ${blockNumber}`)
    }
    times.set(blockNumber, known)
    return known
  }
  const events: ChainEvent[] = []
  for (let from = BigInt(deployedAt); from <= last; from += PIECE) {
    const to = from + PIECE - 1n
    const address = [...names.keys()] as Address[]
    const logs = await answered(reader.getLogs({ address, fromBlock: from, toBlock: to < last ? to : last }))
    for (const { address: by, data, topics, blockNumber, transactionHash } of logs) {
      const contract = names.get(by.toLowerCase())
      if (contract === undefined) continue
      const event = decoded(ABIS[contract]!, data, topics)
      if (event === undefined) continue
      // The id of a venue is the hash of its name.
      if (event.name === 'VenueRegistered' && venueId(`${event.args.name}`) !== event.args.venue) {
        throw other('it names a venue by the name of another one', by, contract)
      }
      const at = await timeOf(blockNumber)
      events.push({ contract, ...event, block: Number(blockNumber), at, transaction: transactionHash })
    }
  }
  return events
}

function decoded(abi: Abi, data: Hex, topics: readonly Hex[]): Pick<ChainEvent, 'name' | 'args'> | undefined {
  try {
    const { eventName, args } = decodeEventLog({ abi, data, topics: topics as [Hex, ...Hex[]] })
    return { name: eventName!, args: (args ?? {}) as unknown as Readonly<Record<string, unknown>> }
  } catch {
    // Its authority was changed, say: nothing that is told here.
    return undefined
  }
}
