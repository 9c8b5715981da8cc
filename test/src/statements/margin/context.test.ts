import { type Hex, keccak256, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { accountIdDigest } from '../../../../src/hash/index.js'
import {
  accountHandle,
  type MarginAccount,
  type MarginContext,
  marginContext,
  marginDomain,
} from '../../../../src/statements/index.js'

const GATE = '0x5615deb798bb3e4dfa0139dfa1b3d433cc23b72f'
const OTHER_GATE = '0x5615deb798bb3e4dfa0139dfa1b3d433cc23b72e'
const CALLER = '0x90f79bf6eb2c4f870365e785982e1f101e93b906'
const LABEL = toHex('credit', { size: 32 })

const context = { chainId: 1n, contract: GATE, caller: CALLER, nonce: 7n, expiry: 1_800_000_000n } as const
const domain = { chainId: 1n, contract: GATE, label: LABEL } as const

/** One word of the contract ABI: left-padded to 32 bytes. */
const word = (value: bigint | string) => BigInt(value).toString(16).padStart(64, '0')
/** A string at the end of an encoding: its length, then its bytes padded on the right to whole words. */
const text = (value: string) => {
  const bytes = Buffer.from(value).toString('hex')
  return word(BigInt(bytes.length / 2)) + bytes.padEnd(Math.ceil(bytes.length / 64) * 64, '0')
}
const hashOfWords = (...words: string[]) => BigInt(keccak256(`0x${words.join('')}` as Hex)) >> 8n

describe('what a margin proof is bound to (margin.11)', () => {
  test('equals the hash of its ABI words, laid out by hand', () => {
    expect(marginContext(context)).toBe(
      hashOfWords(
        word(192n),
        word(1n),
        word(GATE),
        word(CALLER),
        word(7n),
        word(1_800_000_000n),
        text('plimsoll/margin/gate-context/1'),
      ),
    )
    expect(marginDomain(domain)).toBe(
      hashOfWords(word(128n), word(1n), word(GATE), word(LABEL), text('plimsoll/margin/gate-domain/1')),
    )
    const desk = 'Bürgschaft für Konto sieben, gültig bis zum Monatsende'
    for (const [hash, tag] of [
      [marginContext({ text: desk }), 'plimsoll/margin/text-context/1'],
      [marginDomain({ text: desk }), 'plimsoll/margin/text-domain/1'],
    ] as const) {
      expect(hash).toBe(hashOfWords(word(64n), word(128n), text(tag), text(desk)))
    }
  })

  test('no two contexts, domains or kinds of them are the same', () => {
    const contexts: MarginContext[] = [
      context,
      { ...context, chainId: 2n },
      { ...context, contract: OTHER_GATE },
      { ...context, caller: GATE },
      { ...context, contract: CALLER, caller: GATE },
      { ...context, nonce: 8n },
      { ...context, expiry: context.expiry + 1n },
      { ...context, nonce: context.expiry, expiry: context.nonce },
      { text: '' },
      { text: 'a' },
      { text: 'a\0' },
    ]
    const domains = [
      domain,
      { ...domain, chainId: 2n },
      { ...domain, contract: OTHER_GATE },
      { ...domain, label: toHex('credit 2', { size: 32 }) },
      { text: '' },
      { text: 'a' },
    ] as const
    const hashes = [...contexts.map(marginContext), ...domains.map(marginDomain)]
    expect(new Set(hashes).size).toBe(hashes.length)
    for (const hash of hashes) expect(hash < 2n ** 248n).toBe(true)
  })

  test('an address is the same in any case, and what is no address, label or time is refused', () => {
    expect(marginContext({ ...context, caller: '0x90F79bf6EB2c4f870365E785982E1f101E93b906' })).toBe(
      marginContext(context),
    )
    expect(() => marginContext({ ...context, caller: '0x90f79bf6' })).toThrow(/invalid/i)
    expect(() => marginContext({ ...context, expiry: 2n ** 64n })).toThrow(/range/i)
    expect(() => marginContext({ ...context, nonce: -1n })).toThrow(/range/i)
    expect(() => marginDomain({ ...domain, label: '0x12' })).toThrow(/bytes/i)
  })
})

test('one owner file and one identifier have one handle in a domain, at whatever venue; another file or another domain has another (privacy.8)', () => {
  const path = { index: 0, levels: [] }
  const at = (salt: bigint, ownerSecret: bigint): MarginAccount => ({
    ...{ slots: [], accountId: accountIdDigest('alice@example.com'), ownerSecret, salt },
    ...{ leafPath: path, batchPath: path },
  })
  const [desk, other] = ['Example Desk', 'Other Desk'].map((text) => marginDomain({ text })) as [
    bigint,
    bigint,
  ]
  const handle = accountHandle(at(1n, 7n), desk)
  expect(accountHandle(at(2n, 7n), desk)).toBe(handle)
  expect(accountHandle(at(2n, 8n), desk)).not.toBe(handle)
  expect(accountHandle(at(1n, 7n), other)).not.toBe(handle)
})
