import type { Hex } from 'viem'
import { roundTime } from '../beacon/index.js'
import { ProofError } from '../errors/index.js'
import { parseJsonAs } from '../schema/index.js'
import type { AddressEntry, Addresses } from './addresses.js'
import { verifyOutput } from './bitcoin/index.js'
import { assertNear, type ChainEvidence } from './blocks.js'
import { type AccountName, type ChainName, coinDecimals, parseAccount, parseAsset } from './caip.js'
import type { ReadChallenge } from './challenge.js'
import { type ControlResult, movementDigest, verifyControl } from './control/index.js'
import {
  type EvidenceClass,
  type EvidenceLine,
  evidenceLineSchema,
  MAX_EVIDENCE_LINE,
  weaker,
} from './evidence.js'
import { type EvmState, openToken, readSafe, type TokenBalance, type TokenList } from './evm/index.js'
import { exclusionOf } from './exclusions.js'
import { type EvidenceFolder, RESERVES_PATHS } from './folder.js'
import { linesOf } from './lines.js'
import { reservesMessage } from './message.js'
import { type ShownMovement, shownMovement } from './movements.js'
import { missingFile, placeIn } from './read.js'
import { Totals } from './totals.js'

/** Holdings that a report names one by one; of more, it says how many there are. */
const MAX_NAMED = 200
const SECONDS_PER_DAY = 86_400
/**
 * Days that an output of Bitcoin has lain where it is, for the part of which nobody says it came for the day.
 */
const LONG = 30

/** A holding that counts as nothing. */
export interface Uncounted {
  account: string
  asset: string
  why: string
}

/** What the lines of evidence show. */
export interface Holdings {
  totals: Totals
  lines: number
  /** Accounts of which something counts. */
  accounts: number
  uncounted: { count: number; named: Uncounted[] }
  /** Modules and guards of contract wallets, and other things that a reader should know. */
  notes: string[]
  /** Of Bitcoin's outputs, in satoshis: all, and those that lay there for thirty days and more. */
  outputs: { all: bigint; old: bigint }
  /** Blocks in which accounts moved coins, by hash; `matters` where the block shows that it was lately. */
  movements: Map<string, ShownMovement['block'] & { chain: ChainName; matters: boolean }>
}

/** What the lines are checked against. */
export interface HoldingsContext extends ReadChallenge {
  moments: readonly number[]
  addresses: Addresses
  chains: ReadonlyMap<string, ChainEvidence>
  tokens: TokenList
  excluded: { accounts: ReadonlySet<string>; assets: ReadonlySet<string> }
  onProgress?: ((lines: number) => void) | undefined
}

/** What one line was found to hold. */
interface Found {
  amount: bigint
  decimals: number
  class: EvidenceClass
  /** Why it does not count, if it does not. */
  why?: string
  /** What lines of one account and asset are sorted by. */
  part: string
}

/**
 * Reads the lines of evidence one by one. Each has to stand in order and be of the list of addresses; its
 * control is verified over the account's own text, its amount against its block.
 *
 * @throws {ProofError} `RESERVES_EVIDENCE` for a line that does not hold, with its number
 * @throws {InputError} what `linesOf` and `parseJsonAs` throw
 */
export async function readHoldings(folder: EvidenceFolder, context: HoldingsContext): Promise<Holdings> {
  const where = placeIn(folder, RESERVES_PATHS.evidence)
  const pieces = await folder.open(RESERVES_PATHS.evidence)
  if (pieces === undefined) throw missingFile(folder, RESERVES_PATHS.evidence)
  const walk = new Walk(context)
  for await (const { text, number } of linesOf(pieces, MAX_EVIDENCE_LINE, where)) {
    const place = `${where}:${number}`
    walk.take(parseJsonAs(text, evidenceLineSchema, place), place)
    if (number % 1000 === 0) context.onProgress?.(number)
  }
  return walk.holdings
}

class Walk {
  readonly holdings: Holdings
  private readonly entries: ReadonlyMap<string, AddressEntry>
  private readonly tokens = new Map<string, (holder: Hex) => TokenBalance>()
  private readonly counted = new Set<string>()
  private last: { line: EvidenceLine; part: string } | undefined
  private control: ControlResult | undefined
  private account: AccountName | undefined

  constructor(private readonly context: HoldingsContext) {
    this.entries = new Map(context.addresses.accounts.map((entry) => [entry.account, entry]))
    this.holdings = {
      totals: new Totals(context.moments.length),
      lines: 0,
      accounts: 0,
      uncounted: { count: 0, named: [] },
      notes: [],
      outputs: { all: 0n, old: 0n },
      movements: new Map(),
    }
  }

  take(line: EvidenceLine, where: string): void {
    const entry = this.entryOf(line, where)
    const account = this.accountOf(line)
    const control = this.controlOf(line, entry, account, where)
    const found = this.balanceOf(line, account, where)
    if (BigInt(line.amount) !== found.amount) throw refused('the amount is not what is shown', where)
    this.assertOrder(line, found.part, where)
    this.last = { line, part: found.part }
    this.holdings.lines++
    const why = exclusionOf(line, this.context.excluded) ?? whyNot(control) ?? found.why
    if (why !== undefined) this.leaveOut(line, entry, why)
    else this.count(line, entry, found, weaker(control.class, found.class))
  }

  private count(line: EvidenceLine, entry: AddressEntry, found: Found, shown: EvidenceClass): void {
    if (found.amount > 0n && !this.counted.has(line.account)) {
      this.counted.add(line.account)
      this.holdings.accounts++
    }
    this.holdings.totals.add(
      line.moment,
      { instrument: line.instrument, holdsFor: entry.holdsFor, class: shown },
      found.amount,
      found.decimals,
    )
  }

  private leaveOut({ account, asset }: EvidenceLine, entry: AddressEntry, why: string): void {
    const { uncounted } = this.holdings
    uncounted.count++
    if (uncounted.named.length >= MAX_NAMED) return
    uncounted.named.push({ account: entry.private ? 'a private account' : account, asset, why })
  }

  private entryOf({ moment, account, asset, instrument }: EvidenceLine, where: string): AddressEntry {
    if (moment >= this.context.moments.length) throw refused('there is no such moment', where)
    const entry = this.entries.get(account)
    if (entry === undefined) throw refused('the account is not on the list of addresses', where)
    const listed = entry.assets.find((each) => each.asset === asset)
    if (listed === undefined) throw refused('the asset is not on the list of addresses', where)
    if (listed.instrument !== instrument) throw refused('the asset is listed for another instrument', where)
    return entry
  }

  private accountOf({ account }: EvidenceLine): AccountName {
    if (this.account?.id !== account) this.account = parseAccount(account, '')
    return this.account
  }

  /**
   * Lines rise by moment, account, asset and output: none can stand there twice. What is told of an asset is
   * all of it, so that no output of the same account stands beside it.
   */
  private assertOrder(line: EvidenceLine, part: string, where: string): void {
    if (this.last === undefined) return
    const { line: before } = this.last
    const order =
      line.moment - before.moment ||
      compare(line.account, before.account) ||
      compare(line.asset, before.asset) ||
      compare(part, this.last.part)
    if (order <= 0) throw refused('the holding stands there twice, or out of order', where)
    const isSame =
      line.moment === before.moment && line.account === before.account && line.asset === before.asset
    if (isSame && this.last.part === '')
      throw refused('a sum and its parts would count the same coins twice', where)
  }

  private controlOf(
    line: EvidenceLine,
    entry: AddressEntry,
    account: AccountName,
    where: string,
  ): ControlResult {
    const before = this.last?.line
    const isSame = before?.account === line.account && before.moment === line.moment
    if (line.control === 'above') {
      if (!isSame)
        throw refused('the line before is of another account, so it shows no control of this one', where)
      return this.control!
    }
    if (isSame) throw refused('control of the account is shown above, and once is enough', where)
    const kind = typeof line.control === 'string' ? line.control : line.control.kind
    if (kind !== entry.control)
      throw refused(`the list of addresses has ${entry.control} for the account`, where)
    const control = this.verify(line, entry, account, where)
    if (control.status === 'invalid')
      throw refused(`control is not shown: ${control.why ?? 'invalid'}`, where)
    this.control = control
    return control
  }

  private verify(
    { control, moment }: EvidenceLine,
    entry: AddressEntry,
    account: AccountName,
    where: string,
  ): ControlResult {
    const isTold = account.chain.namespace === 'attested'
    if (typeof control === 'string' || isTold) {
      if (!isTold || control !== 'attested')
        throw refused('control of an account on a chain is shown by its key', where)
      return { status: 'valid', class: 'attested' }
    }
    const { challenge, hash } = this.context
    const text = reservesMessage({
      venue: challenge.venue,
      epoch: challenge.epoch,
      account: account.id,
      holdsFor: entry.holdsFor,
      challenge: hash,
    })
    const evidence = this.chainOf(account.chain.id, where)
    const at = this.timeOf(evidence, moment)
    const wallet =
      control.kind === 'safe' && evidence.kind === 'evm'
        ? this.wallet(evidence.states[moment]!, account)
        : undefined
    const moved =
      control.kind === 'movement'
        ? this.movement(shownMovement(control, { account, evidence, where }), { account, text, where })
        : undefined
    return verifyControl(control, {
      account,
      text,
      moment: at,
      ...(wallet !== undefined && { wallet }),
      ...(moved !== undefined && { movement: moved, since: this.since() }),
    })
  }

  /** What a movement is, and its block among those that have to be on their chains. */
  private movement(
    shown: ShownMovement | undefined,
    { account, text, where }: { account: AccountName; text: string; where: string },
  ): ShownMovement['facts'] | undefined {
    if (shown === undefined) return undefined
    const { facts, block } = shown
    if (block.time >= this.context.challenge.expires) {
      throw refused('the account moved its coins after the challenge expired', where)
    }
    const matters = facts.data !== movementDigest(text)
    const known = this.holdings.movements.get(block.hash)
    this.holdings.movements.set(block.hash, {
      ...block,
      chain: account.chain,
      matters: matters || (known?.matters ?? false),
    })
    return facts
  }

  /** Before this, the challenge was not there for certain. */
  private since(): number {
    const { drand, moment } = this.context.challenge
    if (drand !== undefined) return roundTime(drand.round)
    return moment.kind === 'fixed' ? moment.timestamp : moment.from
  }

  private wallet(state: EvmState, { address, id }: AccountName) {
    const wallet = readSafe(state, address as Hex)
    if (wallet.modules.length > 0) {
      this.note(
        `${this.told(id)}: ${wallet.modules.length} modules can move what it holds without its owners`,
      )
    }
    if (wallet.guard !== undefined) this.note(`${this.told(id)}: a guard can hinder its transactions`)
    return wallet
  }

  private told(account: string): string {
    return this.entries.get(account)?.private ? 'a private account' : account
  }

  private note(text: string): void {
    if (this.holdings.notes.length < MAX_NAMED && !this.holdings.notes.includes(text))
      this.holdings.notes.push(text)
  }

  private chainOf(id: string, where: string): ChainEvidence {
    const chain = this.context.chains.get(id)
    if (chain === undefined) throw refused('the challenge does not name the chain of the account', where)
    return chain
  }

  private timeOf(evidence: ChainEvidence, moment: number): { time: number; height?: number } {
    if (evidence.kind === 'bitcoin') return evidence.blocks[moment]!
    return { time: this.context.moments[moment]! }
  }

  private balanceOf(line: EvidenceLine, account: AccountName, where: string): Found {
    const { balance, moment } = line
    const asset = parseAsset(line.asset, where)
    const evidence = this.chainOf(account.chain.id, where)
    switch (balance.kind) {
      case 'evm-native': {
        if (evidence.kind !== 'evm') throw refused('the chain has no such balances', where)
        const decimals = coinDecimals(asset)
        if (decimals === undefined) throw refused("the asset is not the chain's own coin", where)
        const state = evidence.states[moment]!
        assertBlock(line, state.header.hash, where)
        const amount = state.account(account.address as Hex)?.balance ?? 0n
        return { amount, decimals, class: 'proven', part: '' }
      }
      case 'evm-token': {
        if (evidence.kind !== 'evm') throw refused('the chain has no such balances', where)
        const state = evidence.states[moment]!
        assertBlock(line, state.header.hash, where)
        const { amount, blocked } = this.token(state, moment, line.asset, where)(account.address as Hex)
        const why = blocked ? { why: 'the token bars the account from moving it' } : {}
        return { amount, decimals: this.decimalsOf(line, where), class: 'proven', part: '', ...why }
      }
      case 'bitcoin-output': {
        if (evidence.kind !== 'bitcoin') throw refused('the chain has no such balances', where)
        const { headers: chain, blocks } = evidence
        const at = blocks[moment]!
        assertBlock(line, at.hash, where)
        if (balance.unspent.height < at.height) {
          throw refused('who was asked whether the output is unspent had not seen the block', where)
        }
        const { value, outpoint, age } = verifyOutput(balance, { chain, at, address: account.address, where })
        if (moment === 0) {
          this.holdings.outputs.all += value
          if (age >= LONG * SECONDS_PER_DAY) this.holdings.outputs.old += value
        }
        // A header shows that an output was made. That nobody has spent it is what a node answered.
        return { amount: value, decimals: coinDecimals(asset)!, class: 'observed', part: outpoint }
      }
      case 'observed':
      case 'attested': {
        if (balance.kind === 'observed' && account.chain.namespace === 'attested') {
          throw refused('what lies on no chain is attested', where)
        }
        this.assertTold(line, balance.time, account, where)
        const decimals = coinDecimals(asset) ?? this.decimalsOf(line, where)
        return { amount: BigInt(line.amount), decimals, class: balance.kind, part: '' }
      }
    }
  }

  /** What is told is of the moment too. */
  private assertTold({ moment }: EvidenceLine, time: number, { chain }: AccountName, where: string): void {
    const { challenge, moments } = this.context
    const { tolerance } = challenge.chains.find((each) => each.chain === chain.id)!
    try {
      assertNear(time, moments[moment]!, { tolerance, expires: challenge.expires, chain })
    } catch (error) {
      throw error instanceof ProofError ? refused(error.what, where) : error
    }
  }

  private token(
    state: EvmState,
    moment: number,
    asset: string,
    where: string,
  ): (holder: Hex) => TokenBalance {
    const key = `${moment} ${asset}`
    const known = this.tokens.get(key)
    if (known !== undefined) return known
    const token = this.context.tokens.tokens.get(asset)
    if (token === undefined) throw refused('tokens.json does not have the token', where)
    const opened = openToken(state, token)
    this.tokens.set(key, opened)
    return opened
  }

  private decimalsOf({ account, asset }: EvidenceLine, where: string): number {
    const listed = this.entries.get(account)!.assets.find((each) => each.asset === asset)!.decimals
    const known = this.context.tokens.tokens.get(asset)?.decimals
    if (known === undefined && listed === undefined) {
      throw refused('neither tokens.json nor the list of addresses has the decimals of the asset', where)
    }
    if (known !== undefined && listed !== undefined && known !== listed) {
      throw refused('the list of addresses has other decimals for the asset than are known', where)
    }
    return (known ?? listed)!
  }
}

function whyNot({ status, why }: ControlResult): string | undefined {
  if (status === 'valid') return undefined
  return why === undefined ? `control is ${status}` : `control is ${status}: ${why}`
}

function assertBlock({ block }: EvidenceLine, hash: string, where: string): void {
  if (block !== hash) throw refused('the block is another than that of the header', where)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function refused(why: string, where: string): ProofError {
  return new ProofError('RESERVES_EVIDENCE', why, { where, hint: 'Collect the evidence again.' })
}
