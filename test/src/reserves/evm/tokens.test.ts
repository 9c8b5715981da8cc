import { type Hex, keccak256, toRlp } from 'viem'
import { base, optimism } from 'viem/chains'
import { describe, expect, test } from 'vitest'
import {
  decodeEvmHeaders,
  type EvmReader,
  type EvmToken,
  evmExclusion,
  openToken,
  parseAccount,
  parseAsset,
  type TokenLayout,
  tokenList,
  tokenSlot,
} from '../../../../src/reserves/index.js'

const HOLDER: Hex = '0x406eaa30a19da284ecfb903fd91384038c3aa95a'
const USDC = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'
const USDT = 'eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7'
const STETH = 'eip155:1/erc20:0xae7ab96520de3a18e5e111b5eaab095312d7fe84'
const USDC_IMPLEMENTATION = BigInt('0x43506849d7c04f9138d1a2050bbf3a0c054402dd')
const OLD_PROXY_SLOT = BigInt(keccak256(Buffer.from('org.zeppelinos.proxy.implementation')))
const CODE: Hex = `0x${'ab'.repeat(32)}`

/** A state in which every account has the same code, and slots hold what is given, else nothing. */
const stateOf = (slots: ReadonlyMap<bigint, bigint>): EvmReader => ({
  account: () => ({ nonce: 1n, balance: 0n, storageRoot: '0x', codeHash: CODE }),
  slot: (_, slot) => slots.get(slot) ?? 0n,
})
const known = (asset: string) => tokenList(undefined, '').tokens.get(asset)!
const list = (tokens: unknown[]) =>
  tokenList(JSON.stringify({ schema: 'plimsoll/reserves-tokens/1', tokens }), 'tokens.json')

describe('the slot of a balance (reserves.44)', () => {
  const key = HOLDER.slice(2).padStart(64, '0')
  const word = (value: bigint) => value.toString(16).padStart(64, '0')
  // The place of OpenZeppelin's upgradeable ERC20, as its source states it.
  const place = 0x52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00n

  test.each<[TokenLayout, string]>([
    [{ kind: 'mapping', slot: '9', order: 'solidity' }, key + word(9n)],
    [{ kind: 'mapping', slot: '9', order: 'vyper' }, word(9n) + key],
    [{ kind: 'mapping', slot: `0x${word(place)}`, order: 'solidity' }, key + word(place)],
    [{ kind: 'erc7201', namespace: 'openzeppelin.storage.ERC20', offset: 0 }, key + word(place)],
    [{ kind: 'erc7201', namespace: 'openzeppelin.storage.ERC20', offset: 2 }, key + word(place + 2n)],
    [{ kind: 'solady' }, `${HOLDER.slice(2)}000000000000000087a211a2`],
  ])('is where %j says', (layout, hashed) => {
    expect(tokenSlot(layout, HOLDER)).toBe(BigInt(keccak256(`0x${hashed}`)))
  })

  test('R23: is none where balances follow a rate', () => {
    expect(() => tokenSlot({ kind: 'none' }, HOLDER)).toThrow('observed alone')
    expect(() => openToken(stateOf(new Map()), known(STETH))).toThrow('observed alone')
  })
})

describe('a token shows a balance only as what is known of it (reserves.44)', () => {
  const slot = tokenSlot({ kind: 'mapping', slot: '9', order: 'solidity' }, HOLDER)
  const usdc = (value: bigint, implementation = USDC_IMPLEMENTATION) =>
    openToken(
      stateOf(
        new Map([
          [OLD_PROXY_SLOT, implementation],
          [slot, value],
        ]),
      ),
      known(USDC),
    )(HOLDER)

  test('R24: with the bar of its issuer apart from the balance', () => {
    expect(usdc(5n)).toEqual({ amount: 5n, blocked: false })
    expect(usdc((1n << 255n) + 5n)).toEqual({ amount: 5n, blocked: true })
    const [at, bar] = ['2', '6'].map((number) =>
      tokenSlot({ kind: 'mapping', slot: number, order: 'solidity' }, HOLDER),
    ) as [bigint, bigint]
    const usdt = (slots: [bigint, bigint][]) => openToken(stateOf(new Map(slots)), known(USDT))(HOLDER)
    expect(usdt([[at, 7n]])).toEqual({ amount: 7n, blocked: false })
    const barred: [bigint, bigint][] = [
      [at, 7n],
      [bar, 1n],
    ]
    expect(usdt(barred)).toEqual({ amount: 7n, blocked: true })
    expect(() => usdt([[10n, 1n]])).toThrow('a slot holds something else')
  })

  test('R22: not behind a proxy that has turned elsewhere, nor one that nobody named', () => {
    expect(() => usdc(5n, 1n)).toThrow('hands calls to another one')
    expect(() => usdc(5n, 0n)).toThrow('hands calls to another one')
    const dai = known('eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f')
    expect(openToken(stateOf(new Map()), dai)(HOLDER).amount).toBe(0n)
    expect(() => openToken(stateOf(new Map([[OLD_PROXY_SLOT, 1n]])), dai)).toThrow('another one')
  })

  test('R22: not with other code, its own or that of what it hands calls to, or none', () => {
    const open = (more: Partial<EvmToken>, reader = stateOf(new Map())) =>
      openToken(reader, { asset: USDT, decimals: 6, layout: { kind: 'solady' }, code: CODE, ...more })
    const other: Hex = `0x${'cd'.repeat(32)}`
    const delegate = { address: HOLDER, code: CODE }
    expect(open({ delegates: [delegate] })(HOLDER).amount).toBe(0n)
    expect(() => open({ code: other })).toThrow('other code at the block')
    expect(() => open({ delegates: [{ ...delegate, code: other }] })).toThrow('hands calls to has other code')
    const nothing: EvmReader = { account: () => undefined, slot: () => 0n }
    expect(() => open({}, nothing)).toThrow('there is no contract')
  })
})

describe('a list of tokens (reserves.44)', () => {
  const mine = (asset: string, more: object = {}) => ({
    asset,
    decimals: 6,
    layout: { kind: 'mapping', slot: '1', order: 'solidity' },
    code: CODE,
    ...more,
  })

  test("of which the project knows no code, not with other code than the reader's list has", () => {
    const usdt = known(USDT)
    const open = (code: string) => openToken(stateOf(new Map()), list([{ ...usdt, code }]).tokens.get(USDT)!)
    expect(usdt.code).toBeUndefined()
    expect(open(CODE)(HOLDER).amount).toBe(0n)
    expect(() => open(`0x${'cd'.repeat(32)}`)).toThrow('other code at the block')
  })

  test('names what rests on the file alone, and where it says otherwise than the project', () => {
    const own = 'eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913'
    expect(list([mine(USDC), mine(own)])).toMatchObject({ unpinned: [own], overridden: [USDC] })
    expect(list([mine(USDC)]).tokens.get(USDC)).toMatchObject({ code: CODE })
    expect(list([])).toMatchObject({ unpinned: [], overridden: [] })
    expect(tokenList(undefined, '').tokens.size).toBeGreaterThan(5)
  })

  test('R23: gives no slot to a token whose balances follow a rate', () => {
    expect(() => list([mine(STETH)])).toThrow('tokens.json: tokens[0].layout')
    expect(list([mine(STETH, { layout: { kind: 'none' } })]).tokens.get(STETH)!.layout.kind).toBe('none')
  })

  test.each<[string, unknown[], string]>([
    ['without the hash of its code', [mine(USDC, { code: undefined })], 'hash of the code'],
    ['twice', [mine(USDC), mine(USDC)], 'each token once'],
    ['on a chain of another kind', [mine('bip122:000000000019d6689c085ae165831e93/slip44:0')], 'EVM chain'],
    ['in another spelling', [mine(USDC.toUpperCase())], 'tokens[0].asset'],
    [
      'with a slot beyond all',
      [mine(USDC, { layout: { kind: 'mapping', slot: `${2n ** 256n}`, order: 'vyper' } })],
      '2^256',
    ],
    ['with a field more', [mine(USDC, { rate: 2 })], 'no field that is known'],
  ])('refuses a token %s', (_, tokens, why) => {
    expect(() => list(tokens)).toThrow(why)
  })

  test('has each token of another chain for itself, with decimals of its own', () => {
    // Issued on another chain, the token has another contract; its name here has the chain in it.
    expect(known(USDC.replace('eip155:1', 'eip155:56'))).toBeUndefined()
    expect(parseAsset(USDC, '').chain.id).toBe('eip155:1')
  })
})

test('R29: what bridges, stakes and nobody hold is no reserve (reserves.44)', () => {
  const at = (address: string, chain = '1') => evmExclusion(parseAccount(`eip155:${chain}:${address}`, ''))
  for (const { contracts } of [base, optimism]) {
    for (const { address } of [contracts.portal[1], contracts.l1StandardBridge[1]]) {
      expect(at(address)).toContain('the bridge of')
      expect(at(address, '10')).toBeUndefined()
    }
  }
  expect(at('0x000000000000000000000000000000000000dEaD', '56')).toContain('nobody has a key')
  expect(at('0x00000000219ab540356cBB839Cbe05303d7705Fa')).toContain('beacon chain')
  expect(at(HOLDER)).toBeUndefined()
  const elsewhere = parseAccount('tron:0x2b6653dc:TLyqzVGLV1srkB7dToTAEqgDSfPtXRJZYH', '')
  expect(evmExclusion(elsewhere)).toBeUndefined()
})

describe('the header of a block (reserves.43)', () => {
  const word = `0x${'11'.repeat(32)}` as const
  const FIELDS: unknown[] = [
    ...[
      word,
      word,
      HOLDER,
      word,
      word,
      word,
      `0x${'00'.repeat(256)}`,
      '0x',
      '0x07',
      '0x10',
      '0x10',
      '0x65',
      '0x',
    ],
    ...[word, '0x0000000000000000'],
  ]
  const decode = (fields: unknown[]) => decodeEvmHeaders(toRlp(fields as Hex[], 'bytes'), 'headers.bin')

  test('is read whichever forks have added fields, and its hash has all of them in it', () => {
    const [first] = decode(FIELDS)
    expect(first).toMatchObject({ number: 7n, timestamp: 0x65, stateRoot: word })
    expect(first!.hash).toBe(keccak256(toRlp(FIELDS as Hex[])))
    const [later] = decode([...FIELDS, '0x01', word, '0x', '0x', word, word, '0x0123'])
    expect(later).toMatchObject({ number: 7n, timestamp: 0x65, stateRoot: word })
    expect(later!.hash).not.toBe(first!.hash)
  })

  test('stands behind another one, one for each moment', () => {
    const bytes = toRlp(FIELDS as Hex[], 'bytes')
    expect(decodeEvmHeaders(Buffer.concat([bytes, bytes]), 'headers.bin')).toHaveLength(2)
    expect(decodeEvmHeaders(new Uint8Array(), 'headers.bin')).toEqual([])
    expect(() => decodeEvmHeaders(Buffer.concat([bytes, bytes.subarray(9)]), 'headers.bin')).toThrow()
    expect(() => decodeEvmHeaders(bytes.subarray(0, -1), 'headers.bin')).toThrow('not canonical RLP')
  })

  test.each<[string, unknown[]]>([
    ['too few fields', FIELDS.slice(0, 14)],
    ['a list among them', FIELDS.with(12, ['0x01'])],
    ['a root of another width', FIELDS.with(3, '0x1234')],
    ['a number with a zero before it', FIELDS.with(8, '0x0007')],
    ['a time beyond all', FIELDS.with(11, '0x01020304050607')],
    ['a field of kilobytes', [...FIELDS, `0x${'00'.repeat(5000)}`]],
  ])('is refused with %s', (_, fields) => {
    expect(() => decode(fields)).toThrow('headers.bin: not the header of a block')
  })
})
