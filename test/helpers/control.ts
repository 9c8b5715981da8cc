import { createHash, createPrivateKey, sign } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { base58, createBase58check } from '@scure/base'
import {
  OutScript,
  p2ms,
  p2pkh,
  p2sh,
  p2tr,
  p2wpkh,
  p2wsh,
  RawTx,
  RawWitness,
  Script,
  Transaction,
} from '@scure/btc-signer'
import { privateKeyToAccount } from 'viem/accounts'
import {
  type AccountName,
  type Control,
  parseAccount,
  type ReservesStatement,
  reservesMessage,
  reservesTypedData,
} from '../../src/reserves/index.js'

/** How an output pays, and what spends it. */
interface Payment {
  type: string
  script: Uint8Array
  address?: string
  redeemScript?: Uint8Array
  witnessScript?: Uint8Array
}

export const MAINNET = 'bip122:000000000019d6689c085ae165831e93'
export const TRON = 'tron:0x2b6653dc'
export const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp'
export const CHALLENGE = 'c0'.repeat(32)

/** Key number `n` of tests. */
export const keyOf = (n: number): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`key ${n}`).digest())
export const publicKey = (n: number): Uint8Array => secp256k1.getPublicKey(keyOf(n), true)
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
const hash256 = (bytes: Uint8Array) => sha256(sha256(bytes))

/** What an account signs, and the text of it. */
export const statementOf = (account: AccountName, changed: Partial<ReservesStatement> = {}) => ({
  venue: 'Example',
  epoch: '2026-09',
  account: account.id,
  holdsFor: 'customers' as const,
  challenge: CHALLENGE,
  ...changed,
})
export const textOf = (account: AccountName, changed: Partial<ReservesStatement> = {}) =>
  reservesMessage(statementOf(account, changed))

export const accountOf = (id: string): AccountName => parseAccount(id, 'test')
export const bitcoinAccount = (payment: Payment) => accountOf(`${MAINNET}:${payment.address}`)

/** How outputs pay to keys of the tests. */
export const PAYMENTS = {
  p2pkh: (n = 1) => p2pkh(publicKey(n)),
  p2wpkh: (n = 1) => p2wpkh(publicKey(n)),
  p2tr: (n = 1) => p2tr(publicKey(n).subarray(1)),
  nested: (n = 1) => p2sh(p2wpkh(publicKey(n))),
  multisig: (wrap: 'p2sh' | 'p2wsh' | 'nested', keys: readonly number[] = [1, 2, 3], m = 2): Payment => {
    const script = p2ms(m, keys.map(publicKey))
    return wrap === 'p2sh' ? p2sh(script) : wrap === 'p2wsh' ? p2wsh(script) : p2sh(p2wsh(script))
  },
}

/** A compact signature of Bitcoin's, by key `n`; `header` is its first byte without the recovery bits. */
export function signCompact(
  n: number,
  text: string,
  { header = 31, magic = 'Bitcoin Signed Message:\n', highS = false } = {},
): string {
  const varText = (part: string) => {
    const bytes = Buffer.from(part)
    const length = bytes.length < 0xfd ? [bytes.length] : [0xfd, bytes.length & 0xff, bytes.length >> 8]
    return Buffer.concat([Buffer.from(length), bytes])
  }
  const hash = hash256(Buffer.concat([varText(magic), varText(text)]))
  const signature = secp256k1.sign(hash, keyOf(n))
  const { r, s, recovery } = signature
  const other = new secp256k1.Signature(r, secp256k1.CURVE.n - s).toCompactRawBytes()
  const compact = highS ? other : signature.toCompactRawBytes()
  return Buffer.from([header + (highS ? recovery ^ 1 : recovery), ...compact]).toString('base64')
}

/** 65 bytes over a hash, the last 27 or 28. */
export function signHash(n: number, hash: Uint8Array): `0x${string}` {
  const signature = secp256k1.sign(hash, keyOf(n))
  return `0x${signature.toCompactHex()}${(27 + signature.recovery).toString(16)}`
}

export const wallet = (n: number) => privateKeyToAccount(`0x${Buffer.from(keyOf(n)).toString('hex')}`)
export const evmAccount = (n: number, chain = 1) =>
  accountOf(`eip155:${chain}:${wallet(n).address.toLowerCase()}`)

export const tronAccount = (n: number) => {
  const address = keccak_256(secp256k1.getPublicKey(keyOf(n), false).subarray(1)).subarray(12)
  return accountOf(`${TRON}:${createBase58check(sha256).encode(Buffer.from([0x41, ...address]))}`)
}
export const signTron = (n: number, text: string) =>
  signHash(n, keccak_256(Buffer.from(`\x19TRON Signed Message:\n${Buffer.from(text).length}${text}`)))

const ed25519Key = (n: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), keyOf(n)]),
    format: 'der',
    type: 'pkcs8',
  })
export const ed25519Public = (n: number): Buffer =>
  Buffer.from(ed25519Key(n).export({ format: 'jwk' }).x!, 'base64url')
export const solanaAccount = (n: number) => accountOf(`${SOLANA}:${base58.encode(ed25519Public(n))}`)
export const signEd25519 = (n: number, bytes: Uint8Array): Buffer => sign(null, bytes, ed25519Key(n))
/** A text of several lines under the header that Solana's tools write. */
export const offChain = (text: string): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(Buffer.from(text).length)
  return Buffer.concat([Buffer.from('\xffsolana offchain\0\x01', 'latin1'), length, Buffer.from(text)])
}

/** The transaction that a BIP-322 signature spends, byte by byte. */
export function spentTransaction(script: Uint8Array, text: string): Buffer {
  const tag = sha256(Buffer.from('BIP0322-signed-message'))
  const message = sha256(Buffer.concat([tag, tag, Buffer.from(text)]))
  return Buffer.concat([
    Buffer.from(`00000000${'01'}${'00'.repeat(32)}ffffffff${'22'}0020`, 'hex'),
    message,
    Buffer.from(`00000000${'01'}${'00'.repeat(8)}`, 'hex'),
    Buffer.from([script.length]),
    script,
    Buffer.from('00000000', 'hex'),
  ])
}
export const idOf = (transaction: Uint8Array): string =>
  Buffer.from(hash256(transaction)).reverse().toString('hex')

/** What a test changes of a BIP-322 signature. */
export interface SigningOptions {
  keys?: readonly number[]
  version?: number
  lockTime?: number
  sequence?: number
  sighash?: number
  /** Payments that a proof of funds spends besides, each with the keys that sign. */
  funds?: readonly { payment: Payment; value: bigint; keys: readonly number[]; from?: Uint8Array }[]
  /** Works on the transaction before it is signed. */
  change?: (transaction: Transaction) => void
}

const OPTIONS = { allowUnknownOutputs: true, allowUnknownInputs: true, allowLegacyWitnessUtxo: true }

/** A transaction that pays `value` to a payment, from nowhere. */
export const fundingOf = (payment: Payment, value: bigint, serial = 0): Buffer =>
  Buffer.from(
    RawTx.encode({
      version: 2,
      segwitFlag: false,
      inputs: [
        { txid: new Uint8Array(32).fill(7), index: serial, finalScriptSig: new Uint8Array(), sequence: 0 },
      ],
      outputs: [{ amount: value, script: payment.script }],
      witnesses: undefined,
      lockTime: 0,
    } as unknown as ReturnType<typeof RawTx.decode>),
  )

/** Signs a text as BIP-322 has it. */
export function signBip322(
  payment: Payment,
  text: string,
  form: 'smp' | 'ful' | 'pof',
  { keys = [1], version = 0, lockTime = 0, sequence = 0, sighash, funds = [], change }: SigningOptions = {},
): string {
  const transaction = new Transaction({ ...OPTIONS, version, lockTime })
  const inputOf = (paid: Payment, bytes: Uint8Array, value: bigint, own: number) => ({
    txid: idOf(bytes),
    index: 0,
    sequence: own,
    ...(['pkh', 'sh'].includes(OutScript.decode(paid.script).type)
      ? { nonWitnessUtxo: bytes }
      : { witnessUtxo: { script: paid.script, amount: value } }),
    ...(paid.redeemScript && { redeemScript: paid.redeemScript }),
    ...(paid.witnessScript && { witnessScript: paid.witnessScript }),
    ...('tapInternalKey' in paid && { tapInternalKey: paid.tapInternalKey as Uint8Array }),
    ...(sighash && { sighashType: sighash }),
  })
  transaction.addInput(inputOf(payment, spentTransaction(payment.script, text), 0n, sequence))
  for (const { payment: fund, value, from } of funds) {
    transaction.addInput(inputOf(fund, from ?? fundingOf(fund, value), value, 0xffff_ffff))
  }
  transaction.addOutput({ script: Script.encode(['RETURN']), amount: 0n })
  change?.(transaction)
  const signers = [keys, ...funds.map((fund) => fund.keys)]
  for (const [index, own] of signers.entries()) {
    for (const n of own) transaction.signIdx(keyOf(n), index, sighash ? [sighash] : undefined)
  }
  transaction.finalize()
  if (form === 'pof') return `pof${Buffer.from(transaction.toPSBT()).toString('base64')}`
  if (form === 'ful') return `ful${Buffer.from(transaction.extract()).toString('base64')}`
  return `smp${Buffer.from(RawWitness.encode(transaction.getInput(0).finalScriptWitness!)).toString('base64')}`
}

/** Every kind of control that a text is signed for, each by key 1. */
export const SIGNED: Readonly<
  Record<string, { account: AccountName; sign(text: string): Promise<Control> | Control }>
> = {
  'bip322 of a witness key': {
    account: bitcoinAccount(PAYMENTS.p2wpkh()),
    sign: (text) => ({ kind: 'bip322', signature: signBip322(PAYMENTS.p2wpkh(), text, 'smp') }),
  },
  'bip322 of a Taproot key': {
    account: bitcoinAccount(PAYMENTS.p2tr()),
    sign: (text) => ({ kind: 'bip322', signature: signBip322(PAYMENTS.p2tr(), text, 'smp') }),
  },
  "bip322 of a key's hash, in full": {
    account: bitcoinAccount(PAYMENTS.p2pkh()),
    sign: (text) => ({ kind: 'bip322', signature: signBip322(PAYMENTS.p2pkh(), text, 'ful') }),
  },
  'bip322 of a witness key inside a script, in full': {
    account: bitcoinAccount(PAYMENTS.nested()),
    sign: (text) => ({ kind: 'bip322', signature: signBip322(PAYMENTS.nested(), text, 'ful') }),
  },
  'bip322 of a multisig': {
    account: bitcoinAccount(PAYMENTS.multisig('p2wsh')),
    sign: (text) => ({
      kind: 'bip322',
      signature: signBip322(PAYMENTS.multisig('p2wsh'), text, 'smp', { keys: [1, 3] }),
    }),
  },
  'bip322 of a multisig before witness programs, in full': {
    account: bitcoinAccount(PAYMENTS.multisig('p2sh')),
    sign: (text) => ({
      kind: 'bip322',
      signature: signBip322(PAYMENTS.multisig('p2sh'), text, 'ful', { keys: [2, 3] }),
    }),
  },
  'bip322 of a witness multisig inside a script, in full': {
    account: bitcoinAccount(PAYMENTS.multisig('nested')),
    sign: (text) => ({
      kind: 'bip322',
      signature: signBip322(PAYMENTS.multisig('nested'), text, 'ful', { keys: [1, 2] }),
    }),
  },
  'bip322 proof of funds': {
    account: bitcoinAccount(PAYMENTS.p2wpkh()),
    sign: (text) => ({
      kind: 'bip322',
      signature: signBip322(PAYMENTS.p2wpkh(), text, 'pof', {
        funds: [{ payment: PAYMENTS.p2tr(), value: 5n, keys: [1] }],
      }),
    }),
  },
  "bitcoin-message of a key's hash": {
    account: bitcoinAccount(PAYMENTS.p2pkh()),
    sign: (text) => ({ kind: 'bitcoin-message', signatures: [signCompact(1, text)] }),
  },
  'bitcoin-message of a witness key': {
    account: bitcoinAccount(PAYMENTS.p2wpkh()),
    sign: (text) => ({ kind: 'bitcoin-message', signatures: [signCompact(1, text, { header: 39 })] }),
  },
  'bitcoin-message of a witness key inside a script': {
    account: bitcoinAccount(PAYMENTS.nested()),
    sign: (text) => ({ kind: 'bitcoin-message', signatures: [signCompact(1, text, { header: 35 })] }),
  },
  ...Object.fromEntries(
    (['p2sh', 'p2wsh', 'nested'] as const).map((wrap) => [
      `bitcoin-message of a multisig, ${wrap}`,
      {
        account: bitcoinAccount(PAYMENTS.multisig(wrap)),
        sign: (text: string): Control => ({
          kind: 'bitcoin-message',
          signatures: [signCompact(3, text), signCompact(1, text)],
          script: multisigScript(),
        }),
      },
    ]),
  ),
  eip191: {
    account: evmAccount(1),
    sign: async (text) => ({ kind: 'eip191', signature: await wallet(1).signMessage({ message: text }) }),
  },
  eip712: {
    account: evmAccount(1, 137),
    sign: async () => ({
      kind: 'eip712',
      signature: await wallet(1).signTypedData(reservesTypedData(statementOf(evmAccount(1, 137)))),
    }),
  },
  tron: { account: tronAccount(1), sign: (text) => ({ kind: 'tron', signature: signTron(1, text) }) },
  'ed25519-raw': {
    account: solanaAccount(1),
    sign: (text) => ({
      kind: 'ed25519-raw',
      form: 'raw',
      signature: base58.encode(signEd25519(1, Buffer.from(text))),
    }),
  },
  'ed25519-raw off chain': {
    account: solanaAccount(1),
    sign: (text) => ({
      kind: 'ed25519-raw',
      form: 'solana-off-chain',
      signature: base58.encode(signEd25519(1, offChain(text))),
    }),
  },
}

/** The script of `PAYMENTS.multisig`. */
export const multisigScript = (keys: readonly number[] = [1, 2, 3], m = 2): string =>
  `0x${Buffer.from(p2ms(m, keys.map(publicKey)).script).toString('hex')}`
