import { type Address, type Hex, parseEther, parseGwei } from 'viem'
import {
  broadcast,
  type ChainConnection,
  type KeeperAccount,
  type KeeperCall,
  type KeeperContracts,
  keeperAccount,
  keeperCalls,
  keeperFees,
  minedAs,
  numbersOf,
  tryKeeperCall,
} from '../../chain/index.js'
import { InputError } from '../../errors/index.js'
import { Journal } from '../journal.js'
import type { WatchContext, WatchPart } from '../loop.js'
import { type Sample, sample } from '../samples.js'
import type { ActConfig } from './config.js'
import {
  type Flight,
  flightsOf,
  type KeeperRecord,
  mostOf,
  recent,
  recordSchema,
  type Signed,
  spentSince,
  takeRecord,
} from './records.js'

/** What a keeper does, for whoever looks on. */
export type KeeperEvent =
  /** It would be sent, if sending were asked for. */
  | { event: 'would-send'; call: string; gas: string }
  | { event: 'sent'; call: string; transaction: string; nonce: number; replaces: boolean }
  | { event: 'mined'; call: string; transaction?: string; block?: number; succeeded?: boolean; cost: string }
  /** There is something to do, and the limits do not let it be done. */
  | { event: 'held-back'; call: string; why: string }

/** Whose trials they are where there is no account. */
const NOBODY: Address = '0x0000000000000000000000000000000000000001'
/** Rounds that a receipt may be missing for, while the number of its transaction is used. */
const MISSING_ROUNDS = 3
/** How much more gas than it was tried with a call may take. */
const SPARE = [12n, 10n] as const

/**
 * Calls what anyone may call, where a trial says that there is something to do. One transaction is under way
 * at a time. Each is signed and written down before it is sent, and what is sent again after a kill is the
 * very same transaction, which a chain takes once.
 */
class Keeper implements WatchPart {
  readonly name = 'keeper'
  private acting: Promise<void> | undefined
  private due = Number.NEGATIVE_INFINITY
  private missing = 0
  private readonly told = new Map<string, number>()
  private fault: unknown
  private errors = 0

  constructor(
    private readonly act: ActConfig,
    private readonly contracts: KeeperContracts,
    private readonly account: KeeperAccount | undefined,
    private readonly flights: Map<number, Flight>,
    private readonly journal: Journal<KeeperRecord> | undefined,
    private readonly context: WatchContext,
    private readonly tell: (event: KeeperEvent) => void,
  ) {}

  /** A round goes on while ticks do: its faults are told with the next one. */
  onSamples(_: readonly Sample[], now: number): readonly Sample[] {
    const isBack = now + this.act.every < this.due
    if (this.acting === undefined && (now >= this.due || isBack)) {
      this.due = now + this.act.every
      this.acting = this.round(now)
        .then(
          () => {
            this.fault = undefined
          },
          (error: unknown) => {
            this.fault = error
            this.errors++
          },
        )
        .finally(() => {
          this.acting = undefined
        })
    }
    const limit = parseEther(this.act.limit.ether)
    const share = limit === 0n ? 1 : Number((this.spent(now) * 1_000_000n) / limit) / 1_000_000
    return [
      sample('plimsoll_keeper_spent_ratio', {}, share, now),
      sample('plimsoll_source_up', { source: 'keeper:chain' }, this.fault === undefined ? 1 : 0, now),
      sample('plimsoll_watch_errors_total', { source: 'keeper:chain' }, this.errors, now),
    ]
  }

  async close(): Promise<void> {
    await this.acting
    await this.journal?.close()
  }

  private async round(now: number): Promise<void> {
    const chain = await this.context.chain(this.act.chain)
    const flight = [...this.flights.values()].find(({ mined }) => mined === undefined)
    if (flight !== undefined) return this.follow(chain, flight.attempts, now)
    const from = this.account?.address ?? NOBODY
    const { next, waiting } = await numbersOf(chain, from)
    if (waiting > 0) {
      throw new InputError(
        'ACT_STATE',
        'the account has transactions under way that are none of this keeper',
        {
          where: from,
          hint: 'Give the keeper an account of its own.',
        },
      )
    }
    const settings = this.context.config.chains.find(({ name }) => name === this.act.chain)!
    const calls = await keeperCalls(chain, this.contracts, {
      venues: settings.venues,
      scopes: settings.scopes,
      epochOf: (venue) => this.context.newestEpoch(venue),
    })
    for (const call of calls) {
      if (!(this.act.calls as readonly string[]).includes(call.name)) continue
      const since = now - this.lastOf(call.title)
      // What was sent at a time to come was sent before the clock went back.
      if (since >= 0 && since < Math.max(this.act.pause, call.pace ?? 0)) continue
      const trial = await tryKeeperCall(chain, this.contracts, call, from)
      if (trial.due && (await this.make(chain, call, trial.gas, { nonce: next, now }))) return
    }
  }

  /** Sends a call that is due, within the limits. Whether it was sent. */
  private async make(
    chain: ChainConnection,
    call: KeeperCall,
    tried: bigint,
    { nonce, now }: { nonce: number; now: number },
  ): Promise<boolean> {
    if (this.account === undefined || !this.act.send) {
      this.once(now, { event: 'would-send', call: call.title, gas: `${tried}` })
      return false
    }
    const gas = (tried * SPARE[0]) / SPARE[1]
    if (gas > BigInt(this.act.maxGas)) return this.holdBack(now, call.title, 'it takes more gas than maxGas')
    const fees = await keeperFees(chain, this.maxFee)
    if (fees === undefined) return this.holdBack(now, call.title, 'gas costs more than maxFee')
    return this.sign(chain, call, { nonce, gas, fees, now, replaces: false })
  }

  /** Signs, writes down and sends, in this order. What the disk does not take is not sent. */
  private async sign(
    chain: ChainConnection,
    call: Pick<KeeperCall, 'title' | 'to' | 'data'>,
    terms: {
      nonce: number
      gas: bigint
      fees: NonNullable<Awaited<ReturnType<typeof keeperFees>>>
      now: number
      replaces: boolean
    },
  ): Promise<boolean> {
    const { nonce, gas, fees, now, replaces } = terms
    const { title, to, data } = call
    const others = new Map([...this.flights].filter(([number]) => number !== nonce))
    const attempts = this.flights.get(nonce)?.attempts ?? []
    const most = mostOf([...attempts, { gas: `${gas}`, maxFeePerGas: `${fees.maxFeePerGas}` }])
    if (this.spent(now, others) + most > parseEther(this.act.limit.ether)) {
      return this.holdBack(now, title, 'it could cost more than is left of the limit')
    }
    const { hash, raw } = await this.account!.sign(chain, this.contracts, call, { nonce, gas, fees })
    await this.record({
      ...{ kind: 'signed', at: now, chainId: chain.chainId, from: this.account!.address.toLowerCase() },
      ...{ nonce, title, to: to.toLowerCase(), data, gas: `${gas}`, hash, raw },
      maxFeePerGas: `${fees.maxFeePerGas}`,
      maxPriorityFeePerGas: `${fees.maxPriorityFeePerGas}`,
    })
    await broadcast(chain, raw)
    this.tell({ event: 'sent', call: title, transaction: hash, nonce, replaces })
    return true
  }

  /** Looks what became of what is under way, and sends it again while no block has it. */
  private async follow(chain: ChainConnection, attempts: readonly Signed[], now: number): Promise<void> {
    const last = attempts.at(-1)!
    const { nonce, title } = last
    for (const { hash } of attempts) {
      const mined = await minedAs(chain, hash as Hex)
      if (mined === undefined) continue
      const { block, succeeded } = mined
      return this.landed({ at: now, nonce, title, hash, block, succeeded, cost: `${mined.cost}` })
    }
    const { next } = await numbersOf(chain, last.from as Address)
    if (next > nonce) {
      // A node can show a block before the receipts in it.
      if (++this.missing < MISSING_ROUNDS) return
      return this.landed({ at: now, nonce, title, cost: `${mostOf(attempts)}` })
    }
    const waited = now - last.at
    const isDue = waited < 0 || waited >= this.act.replaceAfter
    if (isDue && this.account !== undefined && this.act.send) {
      const above = {
        maxFeePerGas: BigInt(last.maxFeePerGas),
        maxPriorityFeePerGas: BigInt(last.maxPriorityFeePerGas),
      }
      const fees = await keeperFees(chain, this.maxFee, above)
      const call = { title, to: last.to as Address, data: last.data as Hex }
      const terms = { nonce, gas: BigInt(last.gas), now, replaces: true }
      if (fees !== undefined && (await this.sign(chain, call, { ...terms, fees }))) return
    }
    if (this.act.send) await broadcast(chain, last.raw as Hex)
  }

  private async landed(mined: Omit<Extract<KeeperRecord, { kind: 'mined' }>, 'kind'>): Promise<void> {
    this.missing = 0
    await this.record({ kind: 'mined', ...mined })
    const { title, hash, block, succeeded, cost } = mined
    this.tell({
      ...{ event: 'mined', call: title, cost },
      ...(hash === undefined ? {} : { transaction: hash }),
      ...(block === undefined ? {} : { block }),
      ...(succeeded === undefined ? {} : { succeeded }),
    })
  }

  private async record(record: KeeperRecord): Promise<void> {
    try {
      await this.journal!.add(record)
    } catch (error) {
      this.journal!.drop()
      throw error
    }
    takeRecord(this.flights, record)
  }

  private get maxFee(): bigint | undefined {
    return this.act.maxFee === undefined ? undefined : parseGwei(this.act.maxFee)
  }

  private spent(now: number, flights: ReadonlyMap<number, Flight> = this.flights): bigint {
    return spentSince(flights, now - this.act.limit.seconds)
  }

  /** When the same call was sent last. */
  private lastOf(title: string): number {
    const times = [...this.flights.values()].flatMap(({ attempts, mined }) =>
      (attempts.at(-1) ?? mined)!.title === title ? [(attempts[0] ?? mined)!.at] : [],
    )
    return Math.max(Number.NEGATIVE_INFINITY, ...times)
  }

  private holdBack(now: number, call: string, why: string): false {
    this.once(now, { event: 'held-back', call, why })
    return false
  }

  /** Tells the same thing once a pause. */
  private once(now: number, event: KeeperEvent): void {
    const key = `${event.event} ${event.call}`
    const last = this.told.get(key)
    if (last !== undefined && now >= last && now - last < Math.max(this.act.pause, 60)) return
    this.told.set(key, now)
    this.tell(event)
  }
}

/** What makes a keeper, once what it needs is known. */
export type KeeperMaker = (context: WatchContext) => WatchPart

/**
 * Opens the journal of a keeper.
 *
 * @param options.privateKey of the account that pays; without it nothing is sent
 * @throws {InputError} `ACT_CONFIG` when the chain has neither a breaker nor a register, or there is nobody
 * to send; `ACT_STATE` when the state is of another account; `PRIVATE_KEY`, `LOCK_BUSY`,
 * `WATCH_JOURNAL`, `FILE_ACCESS`
 */
export async function openKeeper(
  act: ActConfig,
  config: WatchContext['config'],
  options: { privateKey?: string | undefined; onEvent?: (event: KeeperEvent) => void },
): Promise<KeeperMaker> {
  const chain = config.chains.find(({ name }) => name === act.chain)
  const contracts: KeeperContracts = {
    ...(chain?.breaker === undefined ? {} : { circuitBreaker: chain.breaker as Address }),
    ...(chain?.riskRegister === undefined ? {} : { riskRegister: chain.riskRegister as Address }),
  }
  const where = `${config.file}: act`
  if (Object.keys(contracts).length === 0) {
    throw new InputError('ACT_CONFIG', 'there is nothing to call', {
      where,
      hint: 'Name one of the chains, and give it the address of a breaker or a risk register.',
    })
  }
  if (act.send && options.privateKey === undefined) {
    throw new InputError('ACT_CONFIG', 'there is no account to send with', {
      where,
      hint: 'Give --sender, or leave out "send" for a dry run.',
    })
  }
  const account = options.privateKey === undefined ? undefined : keeperAccount(options.privateKey)
  const { journal, records } = await Journal.open(config.at(act.state), recordSchema, recent)
  const flights = flightsOf(records)
  const others = [...flights.values()].flatMap(({ attempts }) => attempts)
  const isOther = ({ from, chainId }: Signed) =>
    from !== account?.address.toLowerCase() || `${chainId}` !== chain!.chainId
  if (account !== undefined && others.some(isOther)) {
    await journal.close()
    throw new InputError('ACT_STATE', 'it is of another account, or of another chain', {
      where: config.at(act.state),
      hint: 'Give that account, or name another file: each account has a state of its own.',
    })
  }
  const tell = options.onEvent ?? (() => {})
  return (context) => new Keeper(act, contracts, account, flights, journal, context, tell)
}
