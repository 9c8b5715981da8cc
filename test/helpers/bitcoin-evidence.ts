import { NETWORK as MAIN, p2pkh, p2tr, p2wpkh } from '@scure/btc-signer'
import {
  type AccountName,
  type Control,
  parseAccount,
  readTransaction,
  reservesMessage,
} from '../../src/reserves/index.js'
import { formatJson, sha256Text } from '../../src/schema/index.js'
import { publicKey, signBip322, signCompact } from './control.js'
import { MemoryFolder } from './evidence.js'
import { REGTEST, Regtest, transactionOf } from './regtest.js'

export const CHAIN = `bip122:${REGTEST}`
export const COIN = `${CHAIN}/slip44:1`
const NETWORK = { ...MAIN, bech32: 'bcrt', pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef }
const DAY = 86_400

/** An account of one key, and how it signs. */
export interface BitcoinHolder {
  account: AccountName
  kind: Control['kind']
  script: Uint8Array
  sign(text: string): Control
}

const holder = (
  payment: { address?: string; script: Uint8Array },
  kind: Control['kind'],
  sign: BitcoinHolder['sign'],
): BitcoinHolder => ({
  account: parseAccount(`${CHAIN}:${payment.address}`, ''),
  kind,
  script: payment.script,
  sign,
})

const [witness, plain, taproot] = [
  p2wpkh(publicKey(1), NETWORK),
  p2pkh(publicKey(2), NETWORK),
  p2tr(publicKey(3).subarray(1), undefined, NETWORK),
]
export const HOLDERS = {
  witness: holder(witness, 'bip322', (text) => ({
    kind: 'bip322',
    signature: signBip322(witness, text, 'smp', { keys: [1] }),
  })),
  plain: holder(plain, 'bitcoin-message', (text) => ({
    kind: 'bitcoin-message',
    signatures: [signCompact(2, text)],
  })),
  taproot: holder(taproot, 'bip322', (text) => ({
    kind: 'bip322',
    signature: signBip322(taproot, text, 'smp', { keys: [3] }),
  })),
}

/** One output: whose, how many satoshis, and in which of the blocks behind the first. */
export interface MadeUpOutput {
  holder: BitcoinHolder
  value: bigint
  block: number
}

export const OUTPUTS: readonly MadeUpOutput[] = [
  { holder: HOLDERS.witness, value: 50_000n, block: 1 },
  { holder: HOLDERS.witness, value: 7n, block: 1 },
  { holder: HOLDERS.witness, value: 800n, block: 3 },
  { holder: HOLDERS.plain, value: 1_000n, block: 3 },
  { holder: HOLDERS.taproot, value: 20_000n, block: 2 },
]

type Line = Record<string, unknown> & { account: string; balance: Record<string, unknown> }

/** What a test changes of the evidence before it is signed and written. */
export interface BitcoinChanges {
  outputs?: readonly MadeUpOutput[]
  lines?: (lines: Line[], chain: Regtest) => Line[]
  headers?: (chain: Regtest) => Uint8Array
}

/**
 * A chain of regtest with outputs: two blocks with some, a gap of time, a third one with the rest, and ten
 * more. The moment is that of block 7.
 *
 * @param gap seconds before the third block
 */
export function bitcoinChain(outputs: readonly MadeUpOutput[] = OUTPUTS, gap = 31 * DAY) {
  const chain = new Regtest()
  const paid = outputs.map(({ holder: { script }, value, block }, i) => {
    // What a transaction spends, no evidence shows, so it may spend anything.
    const raw = transactionOf([{ id: 'ab'.repeat(32), index: i }], [{ script, value }])
    return { raw, block, txid: readTransaction(raw)!.id }
  })
  const raws = (height: number) => paid.filter(({ block }) => block === height).map(({ raw }) => raw)
  chain.mine(1, { transactions: raws(1) })
  chain.mine(1, { transactions: raws(2) })
  chain.mine(1, { transactions: raws(3), spacing: gap })
  chain.mine(10)
  const at = chain.blocks[7]!
  return { chain, paid, at, moment: at.time - 60 }
}

/** Evidence of such a chain. */
export function bitcoinEvidence({
  outputs = OUTPUTS,
  lines: change = (lines) => lines,
  headers = (chain) => chain.headers(),
}: BitcoinChanges = {}) {
  const { chain, paid, at, moment } = bitcoinChain(outputs)
  const challenge = formatJson({
    schema: 'plimsoll/reserves-challenge/1',
    venue: 'Example',
    epoch: '2026-09',
    moment: { kind: 'fixed', timestamp: moment },
    chains: [{ chain: CHAIN, tolerance: 7200 }],
    expires: moment + DAY,
  })
  const holders = [...new Set(outputs.map(({ holder: each }) => each))].sort((a, b) =>
    a.account.id < b.account.id ? -1 : 1,
  )
  const lines = holders.flatMap(({ account, sign }) => {
    const text = reservesMessage({
      venue: 'Example',
      epoch: '2026-09',
      account: account.id,
      holdsFor: 'customers',
      challenge: sha256Text(challenge),
    })
    return outputs
      .map((output, i) => ({ ...output, txid: paid[i]!.txid }))
      .filter(({ holder: each }) => each.account.id === account.id)
      .sort((a, b) => (a.txid < b.txid ? -1 : 1))
      .map(({ txid, value }, i) => ({
        moment: 0,
        account: account.id,
        asset: COIN,
        instrument: 'BTC',
        amount: `${value}`,
        block: at.hash,
        control: i === 0 ? sign(text) : 'above',
        balance: {
          kind: 'bitcoin-output',
          ...chain.proof(txid, 0),
          unspent: { source: '1 node', height: chain.height },
        },
      }))
  })
  const entries = holders.map(({ account, kind }) => ({
    account: account.id,
    holdsFor: 'customers',
    control: kind,
    assets: [{ asset: COIN, instrument: 'BTC' }],
  }))
  const folder = new MemoryFolder()
    .set('challenge.json', challenge)
    .set('addresses.json', formatJson({ schema: 'plimsoll/reserves-addresses/1', accounts: entries }))
    .set(
      'evidence.jsonl',
      change(lines, chain)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    )
    .set(`headers/${CHAIN.replace(':', '-')}.bin`, headers(chain))
  return { folder, chain, hash: at.hash }
}
