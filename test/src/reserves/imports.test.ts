import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256, sha3_256 } from '@noble/hashes/sha3.js'
import { base58, base58xrp } from '@scure/base'
import { encodeAbiParameters } from 'viem'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { readReserveList } from '../../../src/inputs/index.js'
import { type JudgedRow, type ListFormat, listReader } from '../../../src/reserves/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import {
  ed25519Public,
  evmAccount,
  keyOf,
  multisigScript,
  offChain,
  PAYMENTS,
  publicKey,
  SIGNED,
  signCompact,
  signEd25519,
  signHash,
  signTron,
  solanaAccount,
  textOf,
  tronAccount,
  wallet,
} from '../../helpers/control.js'

const folder = temporaryFolder()
let count = 0

/** Reads a list of these lines, and its rows with what was found. */
async function listed(format: ListFormat, lines: readonly string[] | string) {
  const path = join(folder, `${count++}`)
  writeFileSync(path, typeof lines === 'string' ? lines : lines.join('\n'))
  const rows: JudgedRow[] = []
  const report = await readReserveList(path, format, { row: (row) => rows.push(row) })
  return { report, rows, statuses: rows.map(({ status }) => status), forms: rows.map(({ form }) => form) }
}

const TEXT = 'I am an address of Example'
const bytes = (text: string) => Buffer.from(text)
const varText = (text: string) => Buffer.concat([Buffer.from([bytes(text).length]), bytes(text)])
const okxBytes = (text: string) => Buffer.concat([varText('OKX Signed Message:\n'), varText(text)])
const personal = (hash: Uint8Array) =>
  keccak_256(Buffer.concat([bytes('\x19Ethereum Signed Message:\n32'), hash]))
/** OKX's signature of a text on EVM chains. */
const signOkx = (n: number, text = TEXT) => signHash(n, personal(keccak_256(bytes(text))))
const evm = (n: number) => wallet(n).address.toLowerCase()
const hex = (from: Uint8Array) => Buffer.from(from).toString('hex')
const xrp = (n: number) => {
  const payload = Buffer.concat([Buffer.of(0), PAYMENTS.p2pkh(n).hash])
  return base58xrp.encode(Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]))
}
const [P2PKH, P2WSH] = [PAYMENTS.p2pkh(1).address, PAYMENTS.multisig('p2wsh').address!]
const CONTRACT = `0x${'ab'.repeat(20)}`

const OKX =
  'coin,Network,Snapshot Height,address,amount,message,signature1,signature2,redeem script/ public key, eoa1, eoa2'
const OKX_TYPED =
  'coin,Type,Network,Snapshot Height,address,amount,message,signature1,signature2,redeem script/public key,EOA1,EOA2'
const OKX_AUDIT = 'digitalAsset,network,address,signedMessage,signedMessage2,message,publicKey,owner1,owner2'
const okx = (...cells: string[]) => cells.join(',')

describe('a published list says what its signatures cover (reserves.26)', () => {
  test('R18: OKX: each chain of digests, in rows of 11 columns below the totals of coins', async () => {
    const sol = ed25519Public(1)
    const { report, rows, statuses } = await listed('okx', [
      'coin,snapshot height,amount',
      'ETH(ALL),-,6',
      'BTC,1, 96.5',
      '',
      OKX,
      okx('ETH', 'ETH', '1', evm(1), '0.058959708849230328', TEXT, signOkx(1)),
      okx('USDT-TRC20', 'TRON', '1', tronAccount(1).address, '7', TEXT, signTron(1, TEXT)),
      okx('BTC', 'BTC', '1', P2PKH, '1.5', TEXT, signCompact(1, TEXT)),
      okx(
        'BTC',
        'BTC',
        '1',
        P2WSH,
        '95',
        TEXT,
        signCompact(1, TEXT),
        signCompact(3, TEXT),
        multisigScript().slice(2),
      ),
      okx(
        'SOL',
        'SOL',
        '1',
        base58.encode(sol),
        '3',
        TEXT,
        `0x${hex(signEd25519(1, okxBytes(TEXT)))}`,
        '',
        hex(sol),
      ),
      okx(
        'APTOS',
        'APTOS',
        '1',
        `0x${hex(sha3_256(Buffer.concat([sol, Buffer.of(0)])))}`,
        '4',
        TEXT,
        hex(signEd25519(1, okxBytes(TEXT))),
        '',
        hex(sol),
      ),
      okx(
        'XRP',
        'XRP',
        '1',
        xrp(1),
        '2',
        TEXT,
        signHash(1, keccak_256(okxBytes(TEXT))),
        '',
        hex(publicKey(1)),
      ),
    ])
    expect(statuses).toEqual(Array(7).fill('stale'))
    expect(rows.map(({ form }) => form)).toEqual([
      ...['personal-hash', 'tron-v2', 'bitcoin', 'bitcoin', 'okx-ed25519', 'okx-ed25519', 'okx-ecdsa'],
    ])
    expect(rows[0]!.why).toContain('names no challenge')
    expect(report.coins.find(({ coin }) => coin === 'BTC')).toEqual({
      coin: 'BTC',
      rows: 2,
      amount: '96.5',
      signed: '1',
      by: { stale: { rows: 2, amount: '96.5', share: '1' } },
    })
    expect(report.declared).toEqual([
      { coin: 'ETH(ALL)', amount: '6' },
      { coin: 'BTC', amount: '96.5', listed: '96.5' },
    ])
    expect(report.texts).toEqual([{ text: TEXT, rows: 7 }])
  })

  test('OKX: 12 columns, and the form of the audit, which has no amounts and quotes JSON in no way', async () => {
    const typed = await listed('okx', [
      OKX_TYPED,
      okx('ETH', 'Non Staking', 'ETH', '1', evm(1), '1', TEXT, signOkx(1), '', '', '', ''),
      okx('ETH', 'Eigenlayer Staking', 'ETH', '1', evm(1), '2', TEXT, signOkx(1), '', '', '', ''),
    ])
    expect(typed.statuses).toEqual(['stale', 'stale'])
    expect(typed.report.coins).toMatchObject([{ amount: '3', rows: 2 }])
    const audit = await listed('okx', [
      OKX_AUDIT,
      okx('TRX', 'TRON', tronAccount(1).address, signTron(1, TEXT), 'null', TEXT, 'null', '', ''),
      okx(
        'EOS',
        'Vaulta',
        'account1',
        'SIG_K1_a',
        'SIG_K1_b',
        TEXT,
        '{"publicKey1":"EOS1","publicKey2":"EOS2"}',
        '',
        '',
      ),
    ])
    expect(audit.statuses).toEqual(['stale', 'inconclusive'])
    expect(audit.report.coins[0]).not.toHaveProperty('signed')
  })

  test('HTX: two sections behind a mark, rows without a signature, owners below a contract', async () => {
    const short = (signature: string) => signature.replace(/1b$/, '00').replace(/1c$/, '01')
    const { report, statuses, forms } = await listed(
      'htx',
      [
        '\ufeffcoin,snapshot height,balance',
        'ETH,1,25',
        '',
        'coin,address,snapshot height,balance,message,signature',
        `ETH,${evm(1)},1,10,${TEXT},${short(await wallet(1).signMessage({ message: TEXT }))}`,
        `ETH,${evm(2)},1,5,-,-`,
        `ETH,${CONTRACT},1,8,-,-`,
        `ETH,${wallet(3).address},-,-,${TEXT},${await wallet(3).signMessage({ message: TEXT })}`,
        `ETH,${wallet(4).address},-,-,${TEXT},${await wallet(4).signMessage({ message: TEXT })}`,
        `TRX,${tronAccount(5).address},1,2,${TEXT},${short(
          signHash(
            5,
            keccak_256(Buffer.concat([bytes('\x19TRON Signed Message:\n32'), keccak_256(bytes(TEXT))])),
          ),
        ).slice(2)}`,
      ].join('\r\n'),
    )
    expect(statuses).toEqual(['stale', 'unsigned', 'inconclusive', 'stale'])
    expect(forms).toEqual(['personal-text', undefined, 'personal-text', 'tron-v1'])
    expect(report.coins[0]).toMatchObject({ coin: 'ETH', rows: 3, amount: '23', signed: '0.4347' })
    expect(report.declared).toEqual([{ coin: 'ETH', amount: '25', listed: '23' }])
    expect(report.faults).toMatchObject([{ line: 7, status: 'inconclusive' }])
  })

  test("BitMEX: nobody signs, but a script is the address's or it is not", async () => {
    const script = multisigScript().slice(2)
    const entry = (address: string, type: string, text: string) => [
      `- addr: ${address}`,
      `  addr_type: ${type}`,
      '  balance: 150000000',
      `  script: ${text}`,
    ]
    const { report, rows } = await listed('bitmex', [
      'height: 700000',
      'blockhash: 0000000000000000000590fc0f3eba193a278534220b2b37e9849e1a770ca959',
      'chain: main',
      'total: 600000000',
      'claim:',
      '  m: 2',
      '  n: 3',
      'keys:',
      '- 0412',
      'address:',
      ...entry(PAYMENTS.multisig('p2sh').address!, 'sh', script),
      ...entry(P2WSH, 'wsh', script),
      ...entry(PAYMENTS.multisig('nested').address!, 'sh_wsh', script),
      ...entry(PAYMENTS.multisig('p2wsh', [4, 5, 6]).address!, 'wsh', script),
    ])
    expect(rows.map(({ status, form, why }) => [status, form ?? why])).toEqual([
      ['unsigned', 'script, 2 of 3 keys'],
      ['unsigned', 'script, 2 of 3 keys'],
      ['unsigned', 'script, 2 of 3 keys'],
      ['invalid', "the script is not the address's"],
    ])
    expect(report.coins).toMatchObject([{ coin: 'BTC', amount: '6', signed: '0' }])
    expect(report.declared).toEqual([{ coin: 'BTC', amount: '6', listed: '6' }])
    expect(report.about).toMatchObject({ height: '700000', chain: 'main', claim: '2 of 3 keys' })
  })

  test('Summa: semicolons, and the hash of the text as contracts take it', async () => {
    const text = 'Summa proof of solvency for Example'
    const abi = Buffer.from(encodeAbiParameters([{ type: 'string' }], [text]).slice(2), 'hex')
    const { statuses, forms } = await listed('summa', [
      'chain;address;signature;message',
      `ETH;${wallet(1).address};${signHash(1, personal(keccak_256(abi)))};${text}`,
      `ETH;${wallet(2).address};${signHash(1, personal(keccak_256(abi)))};${text}`,
    ])
    expect(statuses).toEqual(['stale', 'invalid'])
    expect(forms[0]).toBe('personal-abi')
  })

  test('R18: a plain list of our own names accounts, and a text with a challenge is current', async () => {
    const head = 'account,coin,amount,control,message,signature,second signature,script'
    const quoted = (text: string) => `"${text.replaceAll('\n', '\\n').replaceAll('"', '""')}"`
    const signed = Object.entries(SIGNED).filter(([name]) => !name.includes('in full'))
    const lines = await Promise.all(
      signed.map(async ([name, { account, sign }]) => {
        const control = await sign(textOf(account))
        const [first, second = ''] =
          'signatures' in control
            ? control.signatures
            : [control.kind === 'movement' ? '' : control.signature]
        const script = control.kind === 'bitcoin-message' ? (control.script ?? '') : ''
        return [
          account.id,
          quoted(name),
          '1',
          control.kind,
          quoted(textOf(account)),
          first,
          second,
          script,
        ].join(',')
      }),
    )
    const { statuses, rows } = await listed('csv', [head, ...lines])
    expect(rows.map(({ why }) => why)).toEqual(lines.map(() => undefined))
    expect(statuses).toEqual(lines.map(() => 'current'))
    const account = evmAccount(1)
    const old = await wallet(1).signMessage({ message: TEXT })
    const others = await wallet(1).signMessage({ message: textOf(evmAccount(2)) })
    const more = await listed('csv', [
      head,
      `${account.id},A,1,eip191,${TEXT},${old},,`,
      `${account.id},B,1,eip191,${quoted(textOf(evmAccount(2)))},${others},,`,
      `${account.id},C,1,,,,,`,
      `${account.id},D,1,signed by mail,${TEXT},${old},,`,
      `${solanaAccount(1).id},E,1,ed25519-raw,${TEXT},${base58.encode(signEd25519(1, offChain(TEXT)))},,`,
    ])
    expect(more.statuses).toEqual(['stale', 'invalid', 'unsigned', 'unread', 'invalid'])
    expect(more.rows[1]!.why).toBe('the text is that of another account')
  })
})

describe('what a list signs for another address is not counted (reserves.27)', () => {
  const status = async (...lines: string[]) => (await listed('okx', [OKX, ...lines])).statuses

  test('R14: a contract whose signers are named beside it: nothing ties them to it', async () => {
    const [one, two] = [signOkx(1), signOkx(2)]
    const row = (address: string) => okx('ETH', 'ETH', '1', address, '1', TEXT, one, two, '', evm(1), evm(2))
    const { statuses, report, rows } = await listed('okx', [OKX, row(CONTRACT)])
    expect(statuses).toEqual(['inconclusive'])
    expect(rows[0]).toMatchObject({
      form: 'personal-hash',
      why: 'others signed, and nothing ties them to the address',
    })
    expect(report.coins[0]).toMatchObject({ amount: '1', signed: '0' })
    // The same signature stands for the address that made it, and for a contract without named owners for nothing.
    expect(await status(okx('ETH', 'ETH', '1', evm(1), '1', TEXT, one))).toEqual(['stale'])
    expect(await status(okx('ETH', 'ETH', '1', CONTRACT, '1', TEXT, one))).toEqual(['invalid'])
    // An owner whose signature is another's makes the row invalid.
    expect(await status(okx('ETH', 'ETH', '1', CONTRACT, '1', TEXT, one, one, '', evm(1), evm(2)))).toEqual([
      'invalid',
    ])
  })

  test('R19: a key in the file whose address is another one', async () => {
    const signature = signHash(1, keccak_256(okxBytes(TEXT)))
    const row = (address: string) =>
      okx('XRP', 'XRP', '1', address, '1', TEXT, signature, '', hex(publicKey(1)))
    expect(await status(row(xrp(1)))).toEqual(['stale'])
    expect(await status(row(xrp(2)))).toEqual(['invalid'])
    const key = ed25519Public(1)
    const solana = (address: string) =>
      okx('SOL', 'SOL', '1', address, '1', TEXT, hex(signEd25519(1, okxBytes(TEXT))), '', hex(key))
    expect(await status(solana(base58.encode(key)))).toEqual(['stale'])
    expect(await status(solana(base58.encode(ed25519Public(2))))).toEqual(['invalid'])
    // On a chain whose addresses are not derived here, it stays open.
    const ton = okx('TON', 'TON', '1', 'UQB1', '1', TEXT, hex(signEd25519(1, okxBytes(TEXT))), '', hex(key))
    expect(await status(ton)).toEqual(['inconclusive'])
  })

  test('an address that no list ties to a key, with the share of the coin that it is (reserves.26)', async () => {
    const long = (digits: number) => `0x${'5'.repeat(digits)}`
    const unknown = ['ab', '', ''] as const
    const { statuses, rows, report } = await listed('okx', [
      OKX,
      okx('TON', 'TON', '1', 'UQB1', '1', TEXT, ...unknown),
      okx('EOS', 'EOS', '1', 'account1', '1', TEXT, 'SIG_K1_a', '', ''),
      okx('ETH', 'STARKNET', '1', long(64), '3', TEXT, long(128), '', ''),
      okx('ETH', 'ETH', '1', evm(1), '5', TEXT, signOkx(1)),
      okx('BETH', 'BETH', '1', long(96), '32', TEXT, long(192), '', ''),
      okx('NEW', 'NEW', '1', 'somebody', '1', TEXT, ...unknown),
    ])
    expect(statuses).toEqual([...Array(3).fill('inconclusive'), 'stale', 'inconclusive', 'unread'])
    expect(rows.map(({ why }) => why)).toEqual([
      expect.stringContaining('TON'),
      expect.stringContaining('EOS'),
      expect.stringContaining('StarkNet'),
      expect.stringContaining('names no challenge'),
      expect.stringContaining('BLS'),
      expect.stringContaining('not read here'),
    ])
    expect(report.faults.map(({ coin }) => coin)).toEqual(['TON', 'EOS', 'ETH', 'BETH'])
    expect(report.coins.find(({ coin }) => coin === 'ETH')).toMatchObject({
      signed: '0.625',
      by: { inconclusive: { rows: 1, amount: '3', share: '0.375' }, stale: { share: '0.625' } },
    })
  })

  test('R13: one signature for two keys of a multisig', async () => {
    const row = (first: string, second: string) =>
      okx('BTC', 'BTC', '1', P2WSH, '1', TEXT, first, second, multisigScript().slice(2))
    const [one, two] = [signCompact(1, TEXT), signCompact(2, TEXT)]
    expect(await status(row(one, two))).toEqual(['stale'])
    expect(await status(row(one, one))).toEqual(['invalid'])
    expect(await status(row(one, ''))).toEqual(['invalid'])
    expect(await status(row(one, signCompact(7, TEXT)))).toEqual(['invalid'])
  })

  test('R10: a signature over another text', async () => {
    expect(await status(okx('ETH', 'ETH', '1', evm(1), '1', 'Another text', signOkx(1)))).toEqual(['invalid'])
    expect(await status(okx('BTC', 'BTC', '1', P2PKH, '1', 'Another text', signCompact(1, TEXT)))).toEqual([
      'invalid',
    ])
    // Words of another chain before the text make it another text.
    const litecoin = signCompact(1, TEXT, { magic: 'Litecoin Signed Message:\n' })
    expect(await status(okx('BTC', 'BTC', '1', P2PKH, '1', TEXT, litecoin))).toEqual(['invalid'])
  })

  test('R20: a balance that a list says twice counts once, in any spelling of the account', async () => {
    const row = okx('ETH', 'ETH', '1', evm(1), '5', TEXT, signOkx(1))
    const { report } = await listed('okx', [
      OKX,
      row,
      row,
      okx('ETH', 'ETH-BASE', '1', evm(1), '5', TEXT, signOkx(1)),
    ])
    expect(report).toMatchObject({ rows: 3, repeated: 1, coins: [{ amount: '10' }] })
    const address = wallet(1).address
    const own = await listed('csv', [
      'account,coin,amount',
      `eip155:1:${address},ETH,5`,
      `eip155:1:${address.toLowerCase()},ETH,5`,
    ])
    expect(own.report).toMatchObject({ rows: 2, repeated: 1, coins: [{ amount: '5' }] })
  })

  test('no form of a signature is taken beyond those of lists: two last bytes, each as written', async () => {
    const signature = signOkx(1)
    const last = Number.parseInt(signature.slice(-2), 16)
    const withLast = (value: number) => signature.slice(0, -2) + value.toString(16).padStart(2, '0')
    const row = (given: string) => okx('ETH', 'ETH', '1', evm(1), '1', TEXT, given)
    expect(await status(row(withLast(last - 27)))).toEqual(['stale'])
    for (const value of [2, 3, 26, 29, last + 4, 0xff])
      expect(await status(row(withLast(value)))).toEqual(['invalid'])
    expect(await status(row(`${signature}00`))).toEqual(['invalid'])
    expect(secp256k1.getPublicKey(keyOf(1))).toHaveLength(33)
  })
})

describe('a list that cannot be read says where (reserves.28)', () => {
  const failure = async (format: ListFormat, lines: readonly string[] | string) => {
    try {
      await listed(format, lines)
    } catch (error) {
      if (error instanceof InputError)
        return `${error.where?.replace(/^.*\//, '').replace(/^\d+/, 'list')} ${error.what}`
      throw error
    }
    return 'read'
  }

  test.each<[string, ListFormat, string[], string]>([
    ['another form', 'okx', ['address,balance'], 'list:1 no header of this form: no column coin'],
    ['no list', 'okx', ['coin,amount', 'ETH,1'], 'list:1 no list of addresses in this form'],
    ['nothing', 'htx', [''], 'list:1 no list of addresses in this form'],
    ['a column twice', 'okx', [`${OKX},eoa1`], 'list:1 column 12 is a second one of its kind'],
    [
      'an open quote',
      'csv',
      ['account,coin,amount', 'a,"b,1'],
      'list:2:3 a quoted cell does not end on its line',
    ],
    [
      'text behind a quote',
      'csv',
      ['account,coin,amount', 'a,"b"c,1'],
      'list:2:6 text after the closing quote of a cell',
    ],
    ['too many cells', 'csv', ['account,coin,amount', 'a,b,1,2'], 'list:2 cell 4 is behind the last column'],
    ['cells without end', 'csv', ['account,coin,amount', ','.repeat(100)], 'list:2:65 more than 64 cells'],
    [
      'no amount',
      'csv',
      ['account,coin,amount', 'eip155:1:0x1,b,1e5'],
      'list:2 not an account of its chain, or its checksum is wrong',
    ],
    [
      'a number that is none',
      'okx',
      [OKX, 'ETH,ETH,1,0x1,1e5,a'],
      'list:2 the amount is not a plain decimal number',
    ],
    [
      'an owner above all',
      'htx',
      ['coin,address,snapshot height,balance,message,signature', 'ETH,0x1,-,-,a,b'],
      'list:2 an owner without an address above',
    ],
    ['no YAML', 'bitmex', ['height: 1', 'address:', '- addr: [', '  balance: 1'], 'list:3 not YAML'],
    [
      'YAML of another form',
      'bitmex',
      ['address:', '- addr: a', '  balance: 1.5'],
      'list:2 0.balance: must be a whole number of satoshis',
    ],
  ])('%s', async (_, format, lines, expected) => {
    expect(await failure(format, lines)).toBe(expected)
  })

  test('bytes that are not UTF-8, and a line without end', async () => {
    const path = join(folder, 'latin')
    writeFileSync(path, Buffer.concat([bytes(`${OKX}\n`), Buffer.of(0xff, 0x0a)]))
    await expect(readReserveList(path, 'okx')).rejects.toMatchObject({
      code: 'JSON_ENCODING',
      where: `${path}:2`,
    })
    writeFileSync(path, 'a'.repeat((1 << 20) + 10))
    await expect(readReserveList(path, 'okx')).rejects.toMatchObject({
      code: 'JSON_SIZE',
      where: `${path}:1`,
    })
    await expect(readReserveList(join(folder, 'none'), 'okx')).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })

  test('YAML aliases do not grow a list', async () => {
    const lines = [
      'a: &a [x, x]',
      'b: &b [*a, *a]',
      'total: *b',
      'address:',
      `- addr: ${P2PKH}`,
      '  balance: 1',
    ]
    expect(await failure('bitmex', lines)).toBe('list:1 not YAML')
  })

  test('a line may end in any piece of the file', async () => {
    const filler = okx('ETH', 'ETH', '1', evm(1), '1', TEXT, 'x'.repeat(700_000))
    const { report } = await listed(
      'okx',
      [OKX, filler, okx('B', 'ETH', '1', evm(1), '1', TEXT, signOkx(1)), filler.replace('ETH', 'C')].join(
        '\r\n',
      ),
    )
    expect(report.by).toEqual({ stale: 1, invalid: 2 })
    expect(() => listReader('okx', 'list').end()).toThrow(/no list of addresses/)
  })
})
