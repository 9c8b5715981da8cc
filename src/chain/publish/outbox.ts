import { setTimeout } from 'node:timers/promises'
import type { Hex, TransactionReceipt } from 'viem'
import { InputError } from '../../errors/index.js'
import type { ChainConnection } from '../connection.js'
import { type FeeLimits, type Fees, feesAbove, feesNow, least } from '../fees.js'
import { refusalOf } from '../rpc.js'
import { dryRun, type Failure, failureOf, writerOf } from '../transaction.js'
import { assertGas } from './gas.js'
import type { Snapshot } from './snapshot.js'
import type { PublishStep } from './steps.js'

/** A transaction that was sent and is in no block yet, as far as is known. */
interface Flight {
  nonce: number
  fees: Fees
  /** Missing when the node has had it from an earlier run. */
  sent?: { hash: Hex; step: PublishStep }
}

/** A transaction in a block. */
export interface Landed {
  step: PublishStep
  receipt: TransactionReceipt
}

/** What can be done with the account that sends. */
export type Turn =
  /** Nothing is under way. */
  | { may: 'send'; landed?: Landed }
  /** Something has been under way for long: another may take its number, for more. */
  | { may: 'replace'; fees: Fees }
  | { may: 'wait' }

/** How much more gas than it was tried with a transaction may take. */
const SPARE = [11n, 10n] as const
/** The words of nodes about a number that another transaction has. */
const NUMBER_TAKEN = /nonce|underpriced|already known|already imported/i

/**
 * Sends the transactions of one account one by one, and knows what became of the last one. The number of
 * each comes from the chain, so that of two that were sent for the same step one at most is ever in a block.
 */
export class Outbox {
  private flight: Flight | undefined
  private stuck = { nonce: -1, since: 0 }

  constructor(
    private readonly chain: ChainConnection,
    private readonly settings: { limits: FeeLimits; replaceAfter: number; addresses: ReadonlySet<string> },
  ) {}

  /** What a snapshot lets be done. */
  async turn({ nonce, pending }: Pick<Snapshot, 'nonce' | 'pending'>): Promise<Turn> {
    const landed = await this.landed(nonce)
    const isUnderWay = pending > nonce || this.flight?.nonce === nonce
    if (!isUnderWay) return { may: 'send', ...(landed && { landed }) }
    if (this.stuck.nonce !== nonce) this.stuck = { nonce, since: performance.now() }
    if (performance.now() - this.stuck.since < this.settings.replaceAfter * 1000) return { may: 'wait' }
    const fees = this.flight?.nonce === nonce ? this.flight.fees : await this.feesOfOwn(nonce)
    if (fees === undefined) {
      throw new InputError('TRANSACTION_PENDING', `transaction ${nonce} of the sender is in no block yet`, {
        where: writerOf(this.chain).account.address,
        hint: 'It is none of this epoch, or the node does not show it. Wait for it or replace it, and run this again.',
      })
    }
    return { may: 'replace', fees }
  }

  /**
   * Tries a step and sends it under a number.
   *
   * @param above the fees of the transaction whose place it takes
   * @returns why it would not do what it is for, and was not sent
   * @throws {InputError} `SENDER_FUNDS`, `GAS_LIMIT`, `GAS_PRICE`, `RPC_UNREACHABLE`, `RPC_REFUSED`
   */
  async send(
    step: PublishStep,
    { nonce, above, gasLimit }: { nonce: number; above?: Fees; gasLimit: bigint },
  ): Promise<Failure | { hash?: Hex }> {
    const { chain } = this
    const writer = writerOf(chain)
    const { account } = writer
    const { to, data, abi } = step
    const { limits } = this.settings
    const fees = await (above === undefined ? feesNow(chain, limits) : feesAbove(chain, above, limits))
    // The limit does not let it pay more: what is under way stays.
    if (fees === undefined) return this.wait(nonce)
    const tried = await dryRun(chain, { to, data, abi })
    if (tried !== undefined) return tried
    let gas: bigint
    try {
      // In the pending block a transaction that is to be replaced would have done it already.
      gas = await chain.reader.estimateGas({ account, to, data, nonce, blockTag: 'latest' })
    } catch (error) {
      return failureOf(refusalOf(error), abi, account.address)
    }
    assertGas(step, gas, gasLimit)
    const spare = (gas * SPARE[0]) / SPARE[1]
    const request = { to, data, nonce, gas: least(spare, gasLimit), ...fees }
    try {
      const hash = await writer.sendTransaction(request)
      this.flight = { nonce, fees, sent: { hash, step } }
      this.stuck = { nonce, since: performance.now() }
      return { hash }
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal.unfunded) throw noFunds(account.address)
      // The node has one of this number already, or a block has: the chain will say which.
      if (refusal.reverted === undefined && NUMBER_TAKEN.test(refusal.words)) {
        this.flight = { nonce, fees }
        return this.wait(nonce)
      }
      return failureOf(refusal, abi, account.address)
    }
  }

  private wait(nonce: number): { hash?: Hex } {
    this.stuck = { nonce, since: performance.now() }
    return {}
  }

  /** What became of the last transaction, once a block has its number. */
  private async landed(nonce: number): Promise<Landed | undefined> {
    const { flight } = this
    if (flight === undefined || flight.nonce === nonce) return undefined
    this.flight = undefined
    if (flight.sent === undefined || flight.nonce > nonce) return undefined
    const { hash, step } = flight.sent
    // Another one may have taken its number: an earlier try, or the same from another machine.
    for (let pause = 50; pause < 2_000; pause *= 2) {
      const receipt = await this.chain.reader.getTransactionReceipt({ hash }).catch(() => undefined)
      if (receipt !== undefined) return { step, receipt }
      // A node can show a block before the receipts in it.
      await setTimeout(pause)
    }
    return undefined
  }

  /** The fees of a transaction of an earlier run, where the node shows that it goes where ours go. */
  private async feesOfOwn(nonce: number): Promise<Fees | undefined> {
    const from = writerOf(this.chain).account.address.toLowerCase()
    const block = await this.chain.reader
      .getBlock({ blockTag: 'pending', includeTransactions: true })
      .catch(() => undefined)
    const own = block?.transactions.find(
      (one) =>
        one.from.toLowerCase() === from &&
        one.nonce === nonce &&
        this.settings.addresses.has(`${one.to?.toLowerCase()}`),
    )
    const { maxFeePerGas, maxPriorityFeePerGas } = own ?? {}
    if (maxFeePerGas == null || maxPriorityFeePerGas == null) return undefined
    return { maxFeePerGas, maxPriorityFeePerGas }
  }
}

export function noFunds(account: string, missing?: string): InputError {
  return new InputError('SENDER_FUNDS', `the sender cannot pay for the gas${missing ?? ''}`, {
    where: account,
    hint: 'Fund the account on this chain, and run this again: it goes on where the chain is.',
  })
}
