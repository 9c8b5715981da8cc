import { type Address, type Hex, isAddress } from 'viem'
import { InputError, ProofError } from '../errors/index.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract, of } from './deploy.js'
import { CIRCUIT_BREAKER_ABI } from './generated/abi.js'
import { venueId } from './margin-gate.js'
import { readView } from './rpc.js'
import { type Failure, writesTo } from './transaction.js'

/** How a breaker cools down. Times are in seconds. */
export interface BreakerSettings {
  /** How long it takes a level to fall by one: a minute or more. */
  coolDown: number
  /** How long a halt lasts at most: a cool-down or more, and 30 days at most. */
  maxHalt: number
  /** From which deviation of a mark on a level is due, in millionths of its price. */
  bands: { caution: number; restricted: number; halted: number }
}

/**
 * Compiles `CircuitBreaker.sol` and deploys it.
 *
 * @param authority the manager of accesses: it says who may raise levels
 * @param registry where it reads epochs of venues
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address: authority } = await deployAccessManager(chain)
 * const { address: registry } = await deploySolvencyRegistry(chain, authority)
 * const bands = { caution: 20_000, restricted: 50_000, halted: 150_000 }
 * const settings = { coolDown: 3_600, maxHalt: 86_400, bands }
 * const { address } = await deployCircuitBreaker(chain, authority, registry, settings)
 */
export async function deployCircuitBreaker(
  chain: ChainConnection,
  authority: Address,
  registry: Address,
  { coolDown, maxHalt, bands }: BreakerSettings,
): Promise<DeployedContract> {
  const args = [authority, registry, coolDown, maxHalt, bands]
  return deployContract(chain, { ...(await contractNamed('CircuitBreaker')), args })
}

/** A deployed breaker. Writes go out from the connection's account and resolve to their gas. */
export interface CircuitBreaker {
  address: Address
  /** For guardians: raises the level of a venue for a time. `why` is the hash of the reasons. */
  raise(venue: string, level: 1 | 2 | 3, why: Hex): Promise<bigint>
  /** The level of a venue now: 0 normal, 1 caution, 2 restricted, 3 halted. */
  levelOf(venue: string): Promise<number>
}

/**
 * The breaker at an address.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT`
 * @throws {ProofError} `BREAKER_REFUSED`, from a write that the contract reverts, also in a block
 * @throws {InputError} `ADDRESS`; `CALL_ARGUMENTS`, `NO_ACCOUNT`, `TRANSACTION_PENDING` from writes;
 * `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const { address: authority } = await deployAccessManager(chain)
 * const { address: registry } = await deploySolvencyRegistry(chain, authority)
 * const bands = { caution: 20_000, restricted: 50_000, halted: 150_000 }
 * const settings = { coolDown: 3_600, maxHalt: 86_400, bands }
 * const deployed = await deployCircuitBreaker(chain, authority, registry, settings)
 * const breaker = await openCircuitBreaker(chain, deployed.address)
 * console.log(await breaker.levelOf('Example Exchange')) // 0
 */
export async function openCircuitBreaker(chain: ChainConnection, address: Address): Promise<CircuitBreaker> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of a breaker')
  const contract = { address, abi: CIRCUIT_BREAKER_ABI } as const
  const levelOf = (venue: string) =>
    readView<number>(chain, { ...contract, functionName: 'levelOf', args: [venueId(venue)] })
  await levelOf('')
  const refused = ({ why, hint, transaction }: Failure) =>
    new ProofError('BREAKER_REFUSED', `the breaker refused the call: ${why}${of(transaction)}`, {
      where: address,
      ...(hint === undefined ? {} : { hint }),
    })
  const write = writesTo(chain, contract, refused)
  return {
    address,
    raise: (venue, level, why) => write('raise', [venueId(venue), level, why]),
    levelOf,
  }
}
