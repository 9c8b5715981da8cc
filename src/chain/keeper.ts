import { type Abi, type Address, type Hex, isAddressEqual, keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { VerifiedEpoch } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { callData } from './call-data.js'
import type { ChainConnection } from './connection.js'
import { type Fees, feesAsked, least, MOST, raisedFees } from './fees.js'
import { ACCESS, selectorsOf } from './governance/index.js'
import { venueId } from './margin-gate.js'
import { answered, readView, refusalOf, revertReason } from './rpc.js'
import { shownTable } from './shown-table.js'

/**
 * What a keeper calls, whole: functions that anyone may call, and that read themselves whether there is
 * anything to do. Each is among those that the table of accesses calls public.
 */
export const KEEPER_CALLS = {
  circuitBreaker: ['trip', 'check', 'settle'],
  riskRegister: ['check', 'observe'],
} as const satisfies Partial<Record<keyof typeof ACCESS, readonly string[]>>
type KeeperContract = keyof typeof KEEPER_CALLS

/** A function of that list, as a configuration names it. */
export const KEEPER_NAMES = [
  ...['circuitBreaker.trip', 'circuitBreaker.check', 'circuitBreaker.settle'],
  ...['riskRegister.check', 'riskRegister.observe'],
] as const

/** The contracts that a keeper calls on a chain. */
export interface KeeperContracts {
  circuitBreaker?: Address
  riskRegister?: Address
}

/** A call that could be made. */
export interface KeeperCall {
  /** For people, and to know the same call again: it names what is public alone. */
  title: string
  /** As `KEEPER_NAMES` has it. */
  name: string
  to: Address
  data: Hex
  /** Seconds after which the same call is worth to be made again, where it says so itself. */
  pace?: number
}

/** What calls are made of. */
export interface KeeperSubject {
  venues: readonly string[]
  /** Further scopes of the breaker, by their names. */
  scopes: readonly { name: string; id: string }[]
  /** The epoch of a venue whose table is shown to the contracts, which compare it with what they know. */
  epochOf(venue: string): VerifiedEpoch | undefined
}

/** The causes that anyone shows by `trip`, the worst first. */
const CAUSES = [
  ['stopped key', 3],
  ['suspended table', 2],
  ['stale epoch', 1],
] as const

/** Everything that could be called, the most urgent first. Whether there is anything to do, a trial tells. */
export async function keeperCalls(
  chain: ChainConnection,
  contracts: KeeperContracts,
  { venues, scopes, epochOf }: KeeperSubject,
): Promise<KeeperCall[]> {
  const { circuitBreaker, riskRegister } = contracts
  const call = (
    contract: KeeperContract,
    name: string,
    args: readonly unknown[],
    about: string,
    pace?: number,
  ) => ({
    ...{ title: `${contract}.${name} ${about}`, name: `${contract}.${name}`, to: contracts[contract]! },
    data: callData(ACCESS[contract].abi as Abi, name, args),
    ...(pace === undefined ? {} : { pace }),
  })
  const register = { address: riskRegister!, abi: ACCESS.riskRegister.abi as Abi }
  const watched =
    riskRegister === undefined
      ? []
      : await readView<readonly number[]>(chain, { ...register, functionName: 'watched' })
  const calls: KeeperCall[] = []
  for (const venue of venues) {
    const id = venueId(venue)
    const epoch = watched.length > 0 ? epochOf(venue) : undefined
    const table = epoch && shownTable(epoch)
    if (circuitBreaker !== undefined) {
      for (const [about, cause] of CAUSES) {
        calls.push(call('circuitBreaker', 'trip', [id, cause], `${venue}: ${about}`))
      }
    }
    for (const instrument of table === undefined ? [] : watched) {
      const about = `${venue}: instrument ${instrument}`
      if (circuitBreaker !== undefined) {
        calls.push(call('circuitBreaker', 'check', [id, instrument, table], about))
      }
      calls.push(call('riskRegister', 'check', [epoch!.manifest.riskRoot, instrument, table], about))
    }
  }
  const all = [...venues.map((name) => ({ name, id: venueId(name) })), ...scopes]
  if (circuitBreaker !== undefined) {
    for (const { name, id } of all) calls.push(call('circuitBreaker', 'settle', [id], name))
  }
  for (const instrument of watched) {
    const [, , bounds] = await readView<[number, unknown, { window: number; maxGap: number }]>(chain, {
      ...register,
      ...{ functionName: 'instrumentOf', args: [instrument] },
    })
    // Without a window nobody reads what was observed.
    if (bounds.window === 0) continue
    const pace = Math.max(60, Math.floor(bounds.maxGap / 2))
    calls.push(call('riskRegister', 'observe', [instrument], `instrument ${instrument}`, pace))
  }
  return calls
}

/**
 * Refuses a call that is not on the list, whatever made it.
 *
 * @throws {InputError} `ACT_FORBIDDEN`
 */
export function assertKeeperCall(
  contracts: KeeperContracts,
  { to, data }: Pick<KeeperCall, 'to' | 'data'>,
): void {
  for (const [contract, names] of Object.entries(KEEPER_CALLS) as [KeeperContract, readonly string[]][]) {
    const address = contracts[contract]
    if (address === undefined || !isAddressEqual(address, to)) continue
    if (selectorsOf(contract, names).includes(data.slice(0, 10) as Hex)) return
  }
  throw new InputError('ACT_FORBIDDEN', 'not a call that a keeper makes', {
    where: to,
    hint: 'A keeper calls functions that are for anyone, and no others.',
  })
}

/** What a trial of a call said. */
export type Trial = { due: true; gas: bigint } | { due: false; why: string }

/**
 * Tries a call on the state of now: the contracts revert where there is nothing to do.
 *
 * @throws {InputError} `RPC_UNREACHABLE`
 */
export async function tryKeeperCall(
  chain: ChainConnection,
  contracts: KeeperContracts,
  call: KeeperCall,
  from: Address,
): Promise<Trial> {
  assertKeeperCall(contracts, call)
  const { to, data } = call
  try {
    await chain.reader.call({ account: from, to, data })
    return { due: true, gas: await chain.reader.estimateGas({ account: from, to, data }) }
  } catch (error) {
    const { reverted, words } = refusalOf(error)
    const abi = [...ACCESS.circuitBreaker.abi, ...ACCESS.riskRegister.abi] as Abi
    return { due: false, why: reverted === undefined ? words : revertReason(abi, reverted).text }
  }
}

/** A transaction that is signed and can be sent any number of times: a chain takes it once. */
export interface SignedCall {
  hash: Hex
  raw: Hex
  nonce: number
  /** The most that it costs, in wei. */
  most: bigint
  fees: Fees
}

/** What a keeper signs with. */
export interface KeeperAccount {
  address: Address
  sign(
    chain: ChainConnection,
    contracts: KeeperContracts,
    call: Pick<KeeperCall, 'to' | 'data'>,
    terms: { nonce: number; gas: bigint; fees: Fees },
  ): Promise<SignedCall>
}

/**
 * The account of a private key.
 *
 * @throws {InputError} `PRIVATE_KEY`
 */
export function keeperAccount(privateKey: string): KeeperAccount {
  let account: ReturnType<typeof privateKeyToAccount>
  try {
    account = privateKeyToAccount(privateKey as Hex)
  } catch {
    throw new InputError('PRIVATE_KEY', 'not a private key: 0x and 64 hexadecimal digits')
  }
  return {
    address: account.address,
    async sign({ chainId }, contracts, { to, data }, { nonce, gas, fees }) {
      assertKeeperCall(contracts, { to, data })
      const raw = await account.signTransaction({
        ...{ type: 'eip1559', chainId, nonce, to, data, gas, value: 0n },
        ...fees,
      })
      return { hash: keccak256(raw), raw, nonce, most: gas * fees.maxFeePerGas, fees }
    },
  }
}

/**
 * What gas costs now, or a step above what another transaction pays, to take its place. Nothing where that is
 * more than the limit, whatever the node says of it: no step jumps to the limit itself.
 *
 * @param most for a unit of gas, in wei (default: 500 gwei)
 */
export async function keeperFees(
  chain: ChainConnection,
  most: bigint = MOST.fee,
  above?: Fees,
): Promise<Fees | undefined> {
  const { asked, tip } = await feesAsked(chain)
  const now = { maxFeePerGas: asked, maxPriorityFeePerGas: least(tip, asked) }
  const fees = above === undefined ? now : raisedFees(above, now)
  return fees.maxFeePerGas > most || fees.maxPriorityFeePerGas > MOST.tip ? undefined : fees
}

/** How many transactions of an account are in blocks, and how many more wait for one. */
export async function numbersOf(
  chain: ChainConnection,
  address: Address,
): Promise<{ next: number; waiting: number }> {
  const [next, pending] = await Promise.all([
    answered(chain.reader.getTransactionCount({ address, blockTag: 'latest' })),
    answered(chain.reader.getTransactionCount({ address, blockTag: 'pending' })),
  ])
  return { next, waiting: Math.max(0, pending - next) }
}

/** How nodes say that they have a transaction, or one of its number in a block. */
const HAS_IT = /\balready ?(?:known|exists|imported|in )|\bknown transaction|nonce (?:is )?too low/i

/** Hands a signed transaction to the node, which may have it already. */
export async function broadcast(chain: ChainConnection, raw: Hex): Promise<void> {
  try {
    await chain.reader.sendRawTransaction({ serializedTransaction: raw })
  } catch (error) {
    const { words } = refusalOf(error)
    if (HAS_IT.test(words)) return
    throw new InputError('RPC_REFUSED', `the node refuses: ${words}`)
  }
}

/** What became of a transaction; nothing while no block has it. */
export async function minedAs(
  chain: ChainConnection,
  hash: Hex,
): Promise<{ block: number; succeeded: boolean; cost: bigint } | undefined> {
  const receipt = await chain.reader.getTransactionReceipt({ hash }).catch((error: unknown) => {
    if ((error as { name?: string }).name === 'TransactionReceiptNotFoundError') return undefined
    refusalOf(error)
    return undefined
  })
  if (receipt === undefined) return undefined
  const { blockNumber, status, gasUsed, effectiveGasPrice } = receipt
  // Rollups take a fee for the data besides, which limits of gas do not bound.
  const { l1Fee = 0 } = receipt as { l1Fee?: bigint | string | null }
  const cost = gasUsed * effectiveGasPrice + BigInt(l1Fee ?? 0)
  return { block: Number(blockNumber), succeeded: status === 'success', cost }
}
