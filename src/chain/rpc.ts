import {
  type Abi,
  type Address,
  BaseError,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  encodeFunctionResult,
  type Hex,
  isHex,
  RpcRequestError,
} from 'viem'
import { ArtifactError, InputError } from '../errors/index.js'
import type { ChainConnection } from './connection.js'

/** Error answer of a node. */
export interface Refusal {
  /** Revert data; absent when no contract reverted. */
  reverted?: Hex
  /** The account cannot pay for the transaction. */
  unfunded: boolean
  /** In the node's own words, which may be anything. */
  words: string
}

/**
 * How a node refused what it was asked. A node that did not answer is an error at once.
 *
 * @throws {InputError} `RPC_UNREACHABLE`, `CHAIN_CHANGED`; neither they nor their causes repeat the URL,
 * which may hold a key
 */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof BaseError)) throw error
  const found = (name: string) => error.walk((cause) => (cause as { name?: string } | null)?.name === name)
  const http = found('HttpRequestError')
  if (http !== null || found('TimeoutError') !== null) throw unreachable(http)
  if (found('ChainMismatchError') !== null) {
    throw new InputError('CHAIN_CHANGED', 'the node is on another chain than when it was connected to')
  }
  const answer = error.walk((cause) => cause instanceof RpcRequestError)
  const known = answer instanceof RpcRequestError
  const reverted = known ? revertData(answer.data) : undefined
  return {
    unfunded: found('InsufficientFundsError') !== null,
    words: known ? answer.details : error.shortMessage,
    ...(reverted === undefined ? {} : { reverted }),
  }
}

/** Nodes send what a contract reverted with as it is, or as a field of an object. */
function revertData(data: unknown): Hex | undefined {
  if (isHex(data)) return data
  return typeof data === 'object' && data !== null && 'data' in data ? revertData(data.data) : undefined
}

/**
 * A request that has to be answered, of whatever kind.
 *
 * @throws {InputError} `RPC_UNREACHABLE`, or `RPC_REFUSED` with the node's words
 */
export async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request
  } catch (error) {
    throw new InputError('RPC_REFUSED', `the node refuses: ${refusalOf(error).words}`)
  }
}

function unreachable(http: unknown): InputError {
  const status = (http as { status?: number } | null)?.status
  const what = status === undefined ? 'does not answer' : `answers with HTTP status ${status}`
  const isRedirect = status !== undefined && status >= 300 && status < 400
  return new InputError('RPC_UNREACHABLE', `the node ${what}`, {
    hint: isRedirect
      ? 'Redirects are not followed: give the URL of the node itself.'
      : 'Check the URL, and that the node is running.',
  })
}

/** Revert reason decoded by the ABI: `NonceUsed(0x…, 1)`. */
export function revertReason(abi: Abi, data: Hex): { name?: string; text: string } {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi, data })
    return { name: errorName, text: `${errorName}(${args.join(', ')})` }
  } catch {
    return { text: data === '0x' ? 'no reason given' : 'a reason that is not one of its own' }
  }
}

/** After which block; the last one by default. */
export type Moment = { blockNumber?: bigint | undefined } | { blockTag: 'finalized' }

/**
 * What a contract's view answers, which must be exactly what the ABI says: no contract answers with nothing,
 * and another one with something of another width.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when it reverts or what it answers is nothing of the kind
 * @throws {InputError} `RPC_UNREACHABLE`, `RPC_REFUSED`
 */
export async function readView<T>(
  chain: ChainConnection,
  call: {
    address: Address
    abi: Abi
    functionName: string
    args?: readonly unknown[]
  } & Moment,
): Promise<T> {
  const { address, abi, functionName, args = [], ...moment } = call
  const other = (why: string) =>
    new ArtifactError('NOT_THE_CONTRACT', `${functionName}: ${why}`, {
      where: `${address} on chain ${chain.chainId}`,
      hint: 'Check the address and the chain.',
    })
  let data: Hex | undefined
  try {
    ;({ data } = await chain.reader.call({
      to: address,
      data: encodeFunctionData({ abi, functionName, args }),
      ...moment,
    }))
  } catch (error) {
    const { reverted, words } = refusalOf(error)
    if (reverted === undefined) throw new InputError('RPC_REFUSED', `the node refuses: ${words}`)
    throw other(`the contract reverts: ${revertReason(abi, reverted).text}`)
  }
  if (data === undefined || data === '0x') throw other('no contract answers')
  try {
    const result = decodeFunctionResult({ abi, functionName, data })
    if (encodeFunctionResult({ abi, functionName, result }) === data) return result as T
  } catch {
    // Falls through: what cannot be decoded is not the answer either.
  }
  throw other('another contract answers')
}
