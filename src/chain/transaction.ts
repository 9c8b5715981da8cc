import {
  type Abi,
  type Address,
  type Hex,
  type ReplacementReason,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from 'viem'
import { InputError, type PlimsollError } from '../errors/index.js'
import { callData } from './call-data.js'
import type { ChainConnection } from './connection.js'
import { feesNow } from './fees.js'
import { answered, type Refusal, refusalOf, revertReason } from './rpc.js'

/** A transaction that did not do what it was sent for. */
export interface Failure {
  /** A few words on what happened. */
  why: string
  /** The contract's own error, when it is known. */
  errorName?: string
  hint?: string
  /** Absent when nothing was sent. */
  transaction?: Hex
}

/** The account that writes to a chain. */
export function writerOf(chain: ChainConnection): NonNullable<ChainConnection['writer']> {
  if (chain.writer) return chain.writer
  throw new InputError('NO_ACCOUNT', 'there is no account to write with', { hint: 'Give a private key.' })
}

/**
 * Tries a transaction, sends it, and waits until a block has it and it has succeeded there. A transaction
 * that reverts is in a block all the same and costs gas: only its receipt's status tells, and only when the
 * receipt is that of this very transaction and not of another that took its number.
 *
 * @param request without `to` a contract is made
 * @param request.nonce its number among the account's transactions (default: the next one)
 * @param request.onSent told its hash once the node has it
 * @param failed makes the error of what was refused, reverted or replaced
 * @throws {InputError} `NO_ACCOUNT`, `GAS_PRICE`, `RPC_UNREACHABLE`, `TRANSACTION_PENDING`, and what `failed`
 * makes
 */
export async function transact(
  chain: ChainConnection,
  request: { to?: Address; data: Hex; abi: Abi; nonce?: number; onSent?: (hash: Hex) => Promise<void> },
  failed: (failure: Failure) => PlimsollError,
): Promise<TransactionReceipt> {
  const { to, data, abi, nonce, onSent } = request
  const writer = writerOf(chain)
  const { account } = writer
  const tried = await dryRun(chain, request)
  if (tried !== undefined) throw failed(tried)

  const refused = (error: unknown): never => {
    throw failed(failureOf(refusalOf(error), abi, account.address))
  }
  const call = {
    ...(to === undefined ? {} : { to }),
    ...(nonce === undefined ? {} : { nonce }),
    data,
  }
  const fees = await feesNow(chain)
  // Where this signs, nothing is left for the node to fill in, which could make it dearer.
  const gas =
    account.type === 'local'
      ? { gas: await chain.reader.estimateGas({ account, ...call }).catch(refused) }
      : {}
  const hash = await writer.sendTransaction({ ...call, type: 'eip1559', ...gas, ...fees }).catch(refused)
  await onSent?.(hash)
  let replaced: ReplacementReason | undefined
  const receipt = await chain.reader
    .waitForTransactionReceipt({
      hash,
      pollingInterval: 100,
      onReplaced: ({ reason }) => {
        replaced = reason
      },
    })
    .catch((error: unknown) => {
      if (!(error instanceof WaitForTransactionReceiptTimeoutError)) return answered(Promise.reject(error))
      throw new InputError('TRANSACTION_PENDING', `transaction ${hash} is in no block yet`, {
        hint: 'It may still be: look it up before you send another.',
      })
    })
  // The same call at another price has another hash and counts.
  if (receipt.transactionHash !== hash && replaced !== 'repriced') {
    const why = `another transaction of ${account.address} took its number`
    throw failed({ why, transaction: hash })
  }
  if (receipt.status !== 'success') {
    // The reason is an extra: that it reverted is known, whatever the node says now.
    const reason = await dryRun(chain, request, receipt.blockNumber).catch(() => undefined)
    const why = `the transaction reverted in block ${receipt.blockNumber}`
    throw failed({
      ...reason,
      why: reason === undefined ? why : `${why}: ${reason.why}`,
      transaction: receipt.transactionHash,
    })
  }
  return receipt
}

/** Why the same call fails in the state that a block left, or the last one did; nothing where it does not. */
export async function dryRun(
  chain: ChainConnection,
  { to, data, abi }: { to?: Address; data: Hex; abi: Abi },
  blockNumber?: bigint,
): Promise<Failure | undefined> {
  const { account } = writerOf(chain)
  try {
    await chain.reader.call({
      account: account.address,
      data,
      ...(to === undefined ? {} : { to }),
      ...(blockNumber === undefined ? {} : { blockNumber }),
    })
    return undefined
  } catch (error) {
    return failureOf(refusalOf(error), abi, account.address)
  }
}

/** Hints for the messages of nodes, each of which has its own wording. */
const HINTS: readonly [RegExp, string][] = [
  [/size/i, 'The contract is larger than this chain takes (EIP-170, EIP-3860).'],
  [/nonce|underpriced|already known/i, 'Another transaction of the account is under way: wait for it.'],
  [
    /gas limit|gas required|intrinsic gas|out ?of ?gas/i,
    'It needs more gas than a block or call of this chain has.',
  ],
  [/opcode|NotActivated/i, 'The chain lacks an instruction that the contract is compiled to.'],
]

export function failureOf({ reverted, unfunded, words }: Refusal, abi: Abi, account: Address): Failure {
  if (unfunded) {
    return { why: `${account} cannot pay for the gas`, hint: 'Fund the account on this chain.' }
  }
  if (reverted !== undefined) {
    const { name, text } = revertReason(abi, reverted)
    return { why: text, ...(name === undefined ? {} : { errorName: name }) }
  }
  const hint = HINTS.find(([pattern]) => pattern.test(words))?.[1]
  return { why: words, ...(hint === undefined ? {} : { hint }) }
}

/**
 * What calls functions of a contract, and resolves to the gas of each transaction.
 *
 * @param refused the error for a call that the contract reverts
 * @throws {InputError} `CALL_ARGUMENTS`, and what `transact` throws
 */
export function writesTo(
  chain: ChainConnection,
  { address, abi }: { address: Address; abi: Abi },
  refused: (failure: Failure) => PlimsollError,
): (functionName: string, args: readonly unknown[]) => Promise<bigint> {
  return async (functionName, args) => {
    const data = callData(abi, functionName, args)
    return (await transact(chain, { to: address, abi, data }, refused)).gasUsed
  }
}
