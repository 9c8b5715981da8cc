import { setTimeout } from 'node:timers/promises'
import { type Address, formatEther, type Hex } from 'viem'
import type { VerifiedEpoch } from '../../epoch/index.js'
import { InputError, ProofError } from '../../errors/index.js'
import type { ChainConnection } from '../connection.js'
import { of } from '../deploy.js'
import { type FeeLimits, feesNow, least } from '../fees.js'
import { numberAt } from '../registry-calls.js'
import { type EpochStanding, standingAt } from '../registry-standing.js'
import { answered, type Moment } from '../rpc.js'
import { openSolvencyRegistry, type VenueStatus } from '../solvency-registry.js'
import { type Failure, writerOf } from '../transaction.js'
import { gasLimitOf, gasOfSteps } from './gas.js'
import { type Landed, noFunds, Outbox } from './outbox.js'
import { assertReady, requiredScenarios } from './ready.js'
import { type Snapshot, takeSnapshot } from './snapshot.js'
import { type PublishStep, type Route, stepsFrom } from './steps.js'

/** When an epoch that a block made final counts as final. */
export type Finality =
  /** When so many blocks have it in their past, the one that made it final included. */
  | { confirmations: number }
  /** When the chain itself says so, by its `finalized` block. */
  | 'finalized'

export interface PublishOptions {
  /** Who sends and pays is the connection's account. */
  chain: ChainConnection
  registry: Address
  /** As it was verified, with the venue's signature. */
  epoch: VerifiedEpoch
  /** The scenarios that the venue has to cover (default: where any are asked for, all of the table). */
  scenarios?: readonly string[]
  /** The most gas that one transaction may take (default: half a block's, at most 16,777,216). */
  gasLimit?: bigint
}

/** What happens while an epoch is published. */
export type PublishEvent =
  | { event: 'sent'; step: string; transaction: Hex; nonce: number; replaces: boolean }
  | { event: 'mined'; step: string; transaction: Hex; block: string; gasUsed: string }
  /** Something is under way, or the epoch is final in a block and not yet for good. */
  | { event: 'waiting'; for: 'transaction' | 'finality' }
  /** What was there is gone: the chain has other blocks now. */
  | { event: 'reorganised' }

/** A transaction that this run had a block take. */
export interface PublishTransaction {
  step: string
  transaction: Hex
  /** In decimal. */
  block: string
  gasUsed: string
  /** What it cost, in wei. */
  cost: string
}

/** An epoch that is final at a registry. */
export interface Publication {
  venue: string
  epoch: string
  chainId: number
  registry: Address
  /** Those of this run: none when the epoch was final already, or others brought all of it. */
  transactions: readonly PublishTransaction[]
  /** What the registry says of the venue now. */
  status: VenueStatus
}

/** What is still to be sent, in order, and what it costs. */
export interface PublishPlan {
  standing: EpochStanding
  steps: readonly (PublishStep & { gas: bigint })[]
  /** Whether the node tried all steps; otherwise their gas is from figures. */
  simulated: boolean
  /** Wei for a unit of gas: what a block asks for now, and the most that would be paid. */
  price: bigint
  maxFeePerGas: bigint
}

/** Under how many numbers of the account one step is sent: more than blocks that vanish ask for. */
const MOST_SENDS = 6

/** Milliseconds from one look at the chain to the next: more while nothing changes. */
const LOOKS = { first: 50, most: 4_000, slower: 1.5 }

/**
 * Takes a verified epoch to a registry, up to its finality. What to send next always comes from what the
 * chain says, never from what an earlier run remembers: it can be ended at any point and run again, others
 * may send steps in between, and blocks may vanish.
 *
 * @param options.finality when to stop waiting (default: the chain's own `finalized` block)
 * @param options.fees limits to what gas may cost
 * @param options.replaceAfter seconds after which a transaction that no block takes is replaced by one that
 * pays more (default: 120)
 * @throws {ProofError} `REGISTRY_REFUSED` when the registry would not take the epoch, or does not;
 * `REGISTRY_BURNED` when its number can never be its own again
 * @throws {InputError} `REGISTRY_EPOCH`, `PUBLISH_UNSIGNED`, `SENDER_FUNDS`, `GAS_LIMIT`, `NO_ACCOUNT`,
 * `GAS_PRICE`, `TRANSACTION_PENDING`, `NODE_CONTRADICTS` when what it sent is never there for long,
 * `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @throws {ArtifactError} `NOT_THE_CONTRACT`
 * @example
 * const registry = '0x5fbdb2315678afecb367f032d93f642f64180aa3'
 * const { transactions, status } = await publishEpoch({ chain, registry, epoch: opened.epoch! })
 */
export async function publishEpoch(
  options: PublishOptions & {
    finality?: Finality
    fees?: FeeLimits
    replaceAfter?: number
    onEvent?: (event: PublishEvent) => void
  },
): Promise<Publication> {
  const { chain, registry, epoch, finality = 'finalized', fees = {}, replaceAfter = 120 } = options
  const { address: account } = writerOf(chain).account
  const tell = options.onEvent ?? (() => {})
  const route = await routeOf(options)
  const { status } = await openSolvencyRegistry(chain, registry)
  const addresses = new Set([registry.toLowerCase()])
  const outbox = new Outbox(chain, { limits: fees, replaceAfter, addresses })
  const transactions: PublishTransaction[] = []
  const refused = ({ why, hint, transaction }: Failure) =>
    new ProofError('REGISTRY_REFUSED', `the registry refused ${why}${of(transaction)}`, {
      where: registry,
      ...(hint === undefined ? {} : { hint }),
    })
  const pause = pauses()
  let isReady = false
  let waiting: string | undefined
  let before: Snapshot | undefined
  /** What was refused, and the standing that it was tried in: in another one it may do. */
  let refusal: { in: string; failure: Failure } | undefined
  let sentIn = ''
  /** The numbers that each step was sent under. */
  const numbers = new Map<string, Set<number>>()

  const wait = async (what: 'transaction' | 'finality') => {
    if (waiting !== what) tell({ event: 'waiting', for: what })
    waiting = what
    await pause.next()
  }
  for (;;) {
    const seen = await takeSnapshot(chain, { registry, epoch, account })
    if (before !== undefined && isBehind(seen, before)) tell({ event: 'reorganised' })
    if (before === undefined || lookOf(seen) !== lookOf(before)) pause.reset()
    before = seen
    if (seen.unbacked !== undefined) addresses.add(seen.unbacked.toLowerCase())
    const turn = await outbox.turn(seen)
    if (turn.may === 'send' && turn.landed !== undefined) {
      const done = landedOf(turn.landed)
      tell({ event: 'mined', ...done })
      transactions.push(done)
      if (turn.landed.receipt.status !== 'success') {
        const why = `${done.step}: the transaction reverted in block ${done.block}`
        refusal = { in: sentIn, failure: { why, transaction: done.transaction } }
      }
    }
    assertOwn(seen.standing, registry)
    if (seen.standing.state === 'final') {
      if (await isSettled(options, finality, seen.block)) break
      await wait('finality')
      continue
    }
    if (turn.may === 'wait') {
      await wait('transaction')
      continue
    }
    if (refusal?.in === stateOf(seen)) throw refused(refusal.failure)
    refusal = undefined
    if (!isReady) {
      await assertReady(chain, registry, { ...seen, epoch, scenarios: route.scenarios })
      await assertFunds(chain, {
        account,
        steps: [...stepsFrom(seen, route)],
        fees,
        gasLimit: route.gasLimit,
      })
      isReady = true
    }
    const step = stepsFrom(seen, route).next().value as PublishStep
    const above = turn.may === 'replace' ? turn.fees : undefined
    const under = numbers.get(step.title) ?? new Set()
    numbers.set(step.title, under)
    assertProgress(step, under, registry)
    const { gasLimit } = route
    const sent = await outbox.send(step, { nonce: seen.nonce, gasLimit, ...(above && { above }) })
    if ('why' in sent) {
      refusal = { in: stateOf(seen), failure: { ...sent, why: `${step.title}: ${sent.why}` } }
    } else if (sent.hash !== undefined) {
      const { title } = step
      under.add(seen.nonce)
      waiting = undefined
      sentIn = stateOf(seen)
      tell({
        event: 'sent',
        step: title,
        transaction: sent.hash,
        nonce: seen.nonce,
        replaces: above !== undefined,
      })
    }
    pause.reset()
  }
  const { venue, epoch: name } = epoch.manifest
  return { venue, epoch: name, chainId: chain.chainId, registry, transactions, status: await status(venue) }
}

/**
 * What `publishEpoch` would send now, in order, and its costs, after every check that it makes before it
 * sends anything. Nothing is sent, and no account is needed.
 *
 * @param options.sender who would send (default: the connection's account, or nobody in particular)
 * @throws as `publishEpoch` has it
 * @example
 * const registry = '0x5fbdb2315678afecb367f032d93f642f64180aa3'
 * const { steps } = await planPublication({ chain, registry, epoch: opened.epoch! })
 * console.log(steps.map(({ title, gas }) => `${title}: ${gas}`))
 */
export async function planPublication(
  options: PublishOptions & { fees?: FeeLimits; sender?: Address },
): Promise<PublishPlan> {
  const { chain, registry, epoch, fees = {} } = options
  const route = await routeOf(options)
  await openSolvencyRegistry(chain, registry)
  const seen = await takeSnapshot(chain, { registry, epoch })
  assertOwn(seen.standing, registry)
  if (seen.standing.state !== 'final') {
    await assertReady(chain, registry, { ...seen, epoch, scenarios: route.scenarios })
  }
  const steps = [...stepsFrom(seen, route)]
  const sender = options.sender ?? chain.writer?.account.address ?? epoch.signature?.signer
  const { gas, simulated } = await gasOfSteps(chain, sender as Address, steps, route.gasLimit)
  const { maxFeePerGas } = await feesNow(chain, fees)
  const price = await answered(chain.reader.getGasPrice())
  return {
    standing: seen.standing,
    steps: steps.map((step, i) => ({ ...step, gas: gas[i]! })),
    ...{ simulated, price, maxFeePerGas },
  }
}

async function routeOf(options: PublishOptions): Promise<Route> {
  const { chain, registry, epoch } = options
  const number = numberAt(epoch, chain, registry)
  const scenarios = await requiredScenarios(chain, registry, epoch, options.scenarios)
  const gasLimit = await gasLimitOf(chain, options.gasLimit)
  return { registry, epoch, number, scenarios, gasLimit }
}

/** Asserts that the epoch can still become final. */
function assertOwn({ state }: EpochStanding, registry: Address): void {
  if (state === 'burned') {
    throw new ProofError(
      'REGISTRY_BURNED',
      'the number stands for another epoch, was abandoned or overtaken',
      {
        where: registry,
        hint: 'Make an epoch with a higher number: this one can never be final.',
      },
    )
  }
  if (state === 'astray') {
    throw new ProofError('REGISTRY_BURNED', 'other batches than its own follow its first state', {
      where: registry,
      hint: 'Somebody who knows the books brought them. Prove the ledger again, which gives it another first state.',
    })
  }
}

/** Asserts that a step was not sent so often that the node, or the contract, has to be a false one. */
function assertProgress({ title }: PublishStep, under: ReadonlySet<number>, registry: Address): void {
  if (under.size < MOST_SENDS) return
  throw new InputError('NODE_CONTRADICTS', `${title}: sent ${under.size} times, and never there for long`, {
    where: registry,
    hint: 'Ask another node, and check the address of the registry: one of them is not what it says.',
  })
}

/** Asserts that the sender can pay for all steps at what gas costs now. */
async function assertFunds(
  chain: ChainConnection,
  about: { account: Address; steps: readonly PublishStep[]; fees: FeeLimits; gasLimit: bigint },
): Promise<void> {
  const { account, steps, fees, gasLimit } = about
  const { gas } = await gasOfSteps(chain, account, steps, gasLimit)
  const [balance, now, price] = await Promise.all([
    answered(chain.reader.getBalance({ address: account })),
    feesNow(chain, fees),
    answered(chain.reader.getGasPrice()),
  ])
  const cost = gas.reduce((sum, one) => sum + one, 0n) * least(price, now.maxFeePerGas)
  if (balance >= cost) return
  throw noFunds(
    account,
    `: it has ${formatEther(balance)} and needs about ${formatEther(cost)}. Nothing was sent`,
  )
}

/** Whether an epoch that is final in the last block is so for good. */
async function isSettled(
  { chain, registry, epoch }: PublishOptions,
  finality: Finality,
  head: bigint,
): Promise<boolean> {
  if (finality !== 'finalized' && finality.confirmations <= 1) return true
  const depth = finality === 'finalized' ? 0n : BigInt(finality.confirmations - 1)
  if (depth > head) return false
  const moment: Moment = finality === 'finalized' ? { blockTag: 'finalized' } : { blockNumber: head - depth }
  const code = await answered(chain.reader.getCode({ address: registry, ...moment }))
  // The registry may be younger than that.
  if (code === undefined || code === '0x') return false
  return (await standingAt(chain, registry, epoch, moment)).state === 'final'
}

function landedOf({ step, receipt }: Landed): PublishTransaction {
  const { transactionHash, blockNumber, gasUsed, effectiveGasPrice } = receipt
  return {
    step: step.title,
    transaction: transactionHash,
    block: `${blockNumber}`,
    gasUsed: `${gasUsed}`,
    cost: `${gasUsed * effectiveGasPrice}`,
  }
}

const ORDER = ['unused', 'open', 'final']

/** Whether less is there than was. */
function isBehind(now: Snapshot, before: Snapshot): boolean {
  const [a, b] = [now.standing, before.standing]
  return ORDER.indexOf(a.state) < ORDER.indexOf(b.state) || (a.state === b.state && a.batches < b.batches)
}

function stateOf({ standing, unbacked }: Snapshot): string {
  return `${standing.state} ${standing.batches} ${unbacked}`
}

function lookOf(snapshot: Snapshot): string {
  return `${stateOf(snapshot)} ${snapshot.nonce}`
}

/** Pauses that grow while nothing happens. */
function pauses(): { next(): Promise<void>; reset(): void } {
  let length = LOOKS.first
  return {
    async next() {
      await setTimeout(length)
      length = Math.min(length * LOOKS.slower, LOOKS.most)
    },
    reset() {
      length = LOOKS.first
    },
  }
}
