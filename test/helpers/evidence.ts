import type { Hex } from 'viem'
import { keccak256 } from 'viem/utils'
import { tokenSlot } from '../../src/reserves/evm/index.js'
import { type EvidenceFolder, reservesMessage } from '../../src/reserves/index.js'
import { formatJson, sha256Text } from '../../src/schema/index.js'
import { evmAccount, wallet } from './control.js'
import { type MadeUpAccount, type MadeUpState, madeUpState, nodesFile } from './evm-state.js'

/** A folder of evidence in memory. */
export class MemoryFolder implements EvidenceFolder {
  readonly files = new Map<string, Uint8Array>()

  constructor(readonly name = '') {}

  set(path: string, content: string | Uint8Array): this {
    this.files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    return this
  }

  text(path: string): string {
    return new TextDecoder().decode(this.files.get(path))
  }

  /** @param pieces bytes of each piece */
  async open(path: string, pieces = 1000): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = this.files.get(path)
    return bytes && this.#pieces(bytes, pieces)
  }

  async *#pieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()]
  }
}

const CODE: Hex = '0x60016002'
export const TOKEN = '0x00000000000000000000000000000000000000aa'
export const CHAIN = 'eip155:31337'
export const COIN = `${CHAIN}/slip44:60`
export const TOKEN_ASSET = `${CHAIN}/erc20:${TOKEN}`
const LAYOUT = { kind: 'mapping', slot: '0', order: 'solidity' } as const
const DAY = 86_400
export const MOMENT = 1_790_000_000
export const EPOCH = { venue: 'Example', epoch: '2026-09', accountsRoot: '7', timestamp: MOMENT }

/** What one account holds in the made-up state. */
export interface MadeUpHolding {
  key: number
  wei: bigint
  tokens?: bigint
  holdsFor?: string
  private?: true
  /** What shows control of it, from its text, in place of a signature by EIP-191. */
  control?: { kind: string; of(text: string): Promise<unknown> }
}

export const HOLDINGS: readonly MadeUpHolding[] = [
  { key: 1, wei: 3n * 10n ** 18n, tokens: 2_500_000n },
  { key: 2, wei: 10n ** 17n + 1n, holdsFor: 'insurance' },
  { key: 3, wei: 0n, tokens: 7n, private: true },
]

/** What a test changes of the evidence before it is signed and written. */
export interface EvidenceChanges {
  holdings?: readonly MadeUpHolding[]
  challenge?: Record<string, unknown>
  /**
   * Of each moment of the challenge, what is added to the wei of every account, and the times of the block and
   * of the one before it.
   */
  blocks?: readonly { more?: bigint; time: number; before?: number }[]
  /** Lines as they are written, before they are turned into text. */
  lines?: (lines: Record<string, unknown>[]) => Record<string, unknown>[]
  /**
   * Holdings of ETH that nodes or people tell of: of an account on no chain, or of a key that holds nothing.
   */
  told?: readonly { key?: number; wei: bigint; balance: Record<string, unknown> }[]
  /** What stands in the text that account `key` signs, in place of what it has to be. */
  signed?: Record<string, unknown>
}

/** The accounts of a made-up chain, in the order of their names. */
export const accountsOf = (holdings: readonly MadeUpHolding[]) =>
  holdings
    .map((holding) => ({ ...holding, account: evmAccount(holding.key, 31_337) }))
    .sort((a, b) => (a.account.id < b.account.id ? -1 : 1))

/** A folder of evidence of an EVM chain whose states were made up here, and the hashes of its blocks. */
export async function madeUpEvidence({
  holdings = HOLDINGS,
  challenge: changed = {},
  blocks = [{ time: MOMENT + 5 }],
  lines: change = (lines) => lines,
  told = [],
  signed = {},
}: EvidenceChanges = {}): Promise<{ folder: MemoryFolder; hashes: string[] }> {
  const folder = new MemoryFolder()
  const challenge = {
    schema: 'plimsoll/reserves-challenge/1',
    ...{ venue: EPOCH.venue, epoch: EPOCH.epoch, accountsRoot: EPOCH.accountsRoot },
    moment: { kind: 'fixed', timestamp: MOMENT },
    chains: [
      ...(told.some(({ key }) => key === undefined) ? [{ chain: 'attested:bank', tolerance: DAY }] : []),
      { chain: CHAIN, tolerance: 60 },
    ],
    expires: MOMENT + DAY,
    ...changed,
  }
  const challengeText = formatJson(challenge)
  const accounts = accountsOf(holdings)
  const list = accounts.map(({ account, holdsFor = 'customers', tokens, private: isPrivate, control }) => ({
    account: account.id,
    holdsFor,
    control: control?.kind ?? 'eip191',
    assets: [
      ...(tokens === undefined ? [] : [{ asset: TOKEN_ASSET, instrument: 'USDC' }]),
      { asset: COIN, instrument: 'ETH' },
    ],
    ...(isPrivate && { private: true }),
  }))
  const states = blocks.map(({ more = 0n, ...times }, i) =>
    stateOf(accounts, { more, ...times, number: 100 + i }),
  )
  const lines: Record<string, unknown>[] = []
  for (const [moment, { hash }] of states.entries()) {
    for (const { account, key, wei, tokens, holdsFor = 'customers', control: other } of accounts) {
      const text = reservesMessage({
        venue: challenge.venue,
        epoch: challenge.epoch,
        account: account.id,
        holdsFor: holdsFor as 'customers',
        challenge: sha256Text(challengeText),
        ...signed,
      })
      const control =
        other === undefined
          ? { kind: 'eip191', signature: await wallet(key).signMessage({ message: text }) }
          : await other.of(text)
      const common = { moment, account: account.id }
      if (tokens !== undefined) {
        const held = { asset: TOKEN_ASSET, instrument: 'USDC', amount: `${tokens}`, block: hash }
        lines.push({ ...common, ...held, control, balance: { kind: 'evm-token' } })
      }
      const held = {
        asset: COIN,
        instrument: 'ETH',
        amount: `${wei + (blocks[moment]!.more ?? 0n)}`,
        block: hash,
      }
      const shown = tokens === undefined ? control : 'above'
      lines.push({ ...common, ...held, control: shown, balance: { kind: 'evm-native' } })
    }
  }
  for (const { key, wei, balance } of told) {
    const account = key === undefined ? 'attested:bank:first' : evmAccount(key, 31_337).id
    const asset = key === undefined ? 'attested:bank/iso4217:eth' : COIN
    const kind = key === undefined ? 'attested' : 'eip191'
    const shape = { asset, instrument: 'ETH', ...(key === undefined && { decimals: 18 }) }
    list.push({ account, holdsFor: 'customers', control: kind, assets: [shape] })
    const statement = {
      venue: challenge.venue,
      epoch: challenge.epoch,
      account,
      holdsFor: 'customers' as const,
    }
    const message = reservesMessage({ ...statement, challenge: sha256Text(challengeText) })
    const control =
      key === undefined ? 'attested' : { kind, signature: await wallet(key).signMessage({ message }) }
    const held = { asset, instrument: 'ETH', amount: `${wei}`, block: 'none' }
    lines.push({ moment: 0, account, ...held, control, balance })
  }
  const rising = (a: { account?: unknown }, b: { account?: unknown }) =>
    `${a.account}` < `${b.account}` ? -1 : 1
  const token = { asset: TOKEN_ASSET, decimals: 6, layout: LAYOUT, code: keccak256(CODE) }
  folder
    .set('challenge.json', challengeText)
    .set(
      'addresses.json',
      formatJson({ schema: 'plimsoll/reserves-addresses/1', accounts: list.sort(rising) }),
    )
    .set('tokens.json', formatJson({ schema: 'plimsoll/reserves-tokens/1', tokens: [token] }))
    .set(
      'evidence.jsonl',
      change(told.length > 0 ? lines.sort(rising) : lines)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    )
    .set('headers/eip155-31337.bin', Buffer.concat(states.flatMap(({ headers }) => headers)))
    .set('nodes/eip155-31337.bin', nodesFile(states))
  return { folder, hashes: states.map(({ hash }) => hash) }
}

function stateOf(
  accounts: ReturnType<typeof accountsOf>,
  { more, time, ...block }: { more: bigint; time: number; before?: number; number: number },
): MadeUpState {
  const storage = new Map(
    accounts
      .filter(({ tokens }) => tokens !== undefined && tokens > 0n)
      .map(({ account, tokens }) => [tokenSlot(LAYOUT, account.address as Hex), tokens!]),
  )
  const held = new Map<string, MadeUpAccount>(
    accounts.map(({ account, wei }) => [account.address, { balance: wei + more }]),
  )
  if (accounts.some(({ tokens }) => tokens !== undefined)) held.set(TOKEN, { code: CODE, storage })
  return madeUpState(held, { ...block, timestamp: time })
}

/** How a reader knows the blocks of made-up evidence. */
export const pinned = (hashes: readonly string[]) => ({ epoch: EPOCH, blocks: new Map([[CHAIN, hashes]]) })
