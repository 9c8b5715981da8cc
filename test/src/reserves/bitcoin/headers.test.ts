import { concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash256, hashOf, shownHash } from '../../../../src/reserves/bitcoin/hash256.js'
import { blockOf, type Checkpoint, HeaderChain } from '../../../../src/reserves/bitcoin/index.js'
import { BITCOIN_NETWORKS } from '../../../../src/reserves/bitcoin/networks.js'
import {
  bitsOf,
  nextBits,
  nextPeriod,
  type TargetState,
  targetOf,
  workOf,
} from '../../../../src/reserves/bitcoin/targets.js'
import { HASH_100000, HEADERS_100000, PERIODS } from '../../../helpers/bitcoin-blocks.js'
import { headerOf, minedHeader, REGTEST, Regtest, SPACING } from '../../../helpers/regtest.js'

const MAIN = '000000000019d6689c085ae165831e93'
const where = 'headers/chain.bin'
const main = BITCOIN_NETWORKS.get(MAIN)!

/** What a header says of time and target, read by other means than the product's. */
function fields(hex: string) {
  const header = Buffer.from(hex, 'hex')
  return { time: header.readUInt32LE(68), bits: header.readUInt32LE(72), hash: shownHash(hash256(header)) }
}

function read(reference: string, bytes: Uint8Array, checkpoints: readonly Checkpoint[] = []): HeaderChain {
  const chain = new HeaderChain(reference, { checkpoints, where })
  chain.append(bytes)
  chain.assertWork()
  return chain
}

const refused = (work: () => unknown, why: string) =>
  expect(work).toThrow(
    expect.objectContaining({ code: 'RESERVES_HEADERS', message: expect.stringContaining(why) }),
  )

describe('real headers of the main chain (reserves.60)', () => {
  const bytes = hexToBytes(HEADERS_100000.join(''))
  /** As if whoever reads them knew block 100,000, with the work that the chain has today. */
  const known = { height: 100_000, hash: HASH_100000, work: main.work }

  test('those from block 100,000 on follow on one another, whatever pieces they come in', () => {
    const chain = read(MAIN, bytes, [known])
    expect([chain.from, chain.height]).toEqual([100_000, 100_006])
    expect(chain.block(100_001).hash).toBe('00000000000080b66c911bd5ba14a74260057311eaeb1982802f7010f1a9f090')
    expect(chain.block(100_006).hash).toBe('0000000000009b958a82c10804bd667722799cc3b457bc061cd4b7779110cd60')
    expect(chain.time(100_000)).toBe(1_293_623_863)
    const pieces = new HeaderChain(MAIN, { checkpoints: [known], where })
    for (let at = 0; at < bytes.length; at += 37) pieces.append(bytes.subarray(at, at + 37))
    expect(pieces.headers()).toEqual(bytes)
    expect(pieces.block(100_006)).toEqual(chain.block(100_006))
  })

  test('R05: a chain that starts with another block, or has less work than the network had, is refused', () => {
    refused(() => read(MAIN, bytes), "neither its network's first block nor a checkpoint")
    refused(() => read(MAIN, bytes, [{ ...known, height: 1, hash: '0'.repeat(64) }]), 'nor a checkpoint')
    const six = 6n * workOf(fields(HEADERS_100000[0]).bits)
    refused(() => read(MAIN, bytes, [{ ...known, work: main.work - six - 1n }]), 'less work')
    expect(read(MAIN, bytes, [{ ...known, work: main.work - six }]).height).toBe(100_006)
  })

  test('without its work, a checkpoint counts as no more than the least that is known (reserves.68)', () => {
    const { work: _, ...bare } = known
    refused(() => read(MAIN, bytes, [bare]), 'less work')
    // As if the block were the one from which on the network has its least work.
    expect(read(MAIN, bytes, [{ ...bare, height: 938_343 }]).height).toBe(938_349)
    refused(() => read(MAIN, bytes, [{ ...bare, height: 938_342 }]), 'less work')
    const above = { ...known, height: 100_002, hash: 'ab'.repeat(32) }
    refused(() => read(MAIN, bytes, [known, above]), 'another than the checkpoint')
  })

  test('a network does not take the headers of another one', () => {
    const first = new Regtest().headers()
    expect(read(REGTEST, first).height).toBe(0)
    for (const other of [...BITCOIN_NETWORKS.keys()].filter((name) => name !== REGTEST)) {
      refused(() => read(other, first), "neither its network's first block nor a checkpoint")
    }
    refused(() => new HeaderChain('000000000019d6689c085ae165831e94', { where }), 'not a network of Bitcoin')
  })

  test.each(PERIODS.map(({ first, headers }) => [first + 2016, headers.map(fields)] as const))(
    'the target of block %i follows from the first and the last block before it',
    (_, [first, last, next]) => {
      expect(nextPeriod(last!.bits, first!.time, last!.time, main.limit)).toBe(next!.bits)
      expect(BigInt(`0x${next!.hash}`)).toBeLessThanOrEqual(targetOf(next!.bits))
      // The control: a period that took an hour longer.
      expect(nextPeriod(last!.bits, first!.time - 3600, last!.time, main.limit)).not.toBe(next!.bits)
    },
  )

  test('targets change by a factor of four at most, and are never easier than the limit', () => {
    // Blocks 0 and 2015, 66528 and 68543, 44352 and 46367 of the main chain.
    expect(nextPeriod(0x1d00ffff, 1_231_006_505, 1_233_061_996, main.limit)).toBe(0x1d00ffff)
    expect(nextPeriod(0x1c05a3f4, 1_279_008_237, 1_279_297_671, main.limit)).toBe(0x1c0168fd)
    expect(nextPeriod(0x1c387f6f, 1_263_163_443, 1_269_211_443, main.limit)).toBe(0x1d00e1fd)
  })

  test('a target is written in one way, with its lowest bits cut off', () => {
    for (const { limit } of BITCOIN_NETWORKS.values()) expect(bitsOf(targetOf(limit))).toBe(limit)
    const target = fc.bigInt({ min: 2n ** 24n, max: 2n ** 255n })
    fc.assert(
      fc.property(target, (value) => {
        const cut = targetOf(bitsOf(value))
        expect(cut <= value && value - cut < value >> 14n).toBe(true)
        expect(bitsOf(cut)).toBe(bitsOf(value))
      }),
    )
  })
})

describe('the target that a block must have (reserves.60)', () => {
  const [LIMIT, REAL, START] = [0x1d00ffff, 0x1c0fffff, 1_700_000_000]
  const before: TargetState = {
    height: 4034,
    time: START,
    bits: LIMIT,
    ordinary: REAL,
    first: { time: START - 1_209_600, bits: REAL },
  }
  const network = (targets: 'always' | 'period' | 'test' | 'test-first') => ({ ...main, targets })

  test('inside a period it stays; on a test network a late block may have the easiest', () => {
    expect(nextBits(network('period'), { ...before, bits: REAL }, START + 9000)).toBe(REAL)
    for (const targets of ['test', 'test-first'] as const) {
      expect(nextBits(network(targets), before, START + 1201)).toBe(LIMIT)
      expect(nextBits(network(targets), before, START + 1200)).toBe(REAL)
    }
    expect(nextBits(network('always'), before, START + 1)).toBe(LIMIT)
  })

  test('at the end of a period it follows from the last block, or by the newer rule from the first', () => {
    const last = { ...before, height: 4031 }
    const two = (bits: number) => nextPeriod(bits, START - 1_209_600, START, LIMIT)
    expect(nextBits(network('test'), last, START + 600)).toBe(two(LIMIT))
    expect(nextBits(network('test-first'), last, START + 600)).toBe(two(REAL))
    expect(nextBits(network('period'), { ...last, first: undefined }, START + 600)).toBeUndefined()
  })

  test('a chain from a checkpoint inside a period ends where the target needs the blocks before', () => {
    const [first, last, next] = PERIODS[0].headers.map((hex) => hexToBytes(hex))
    const known = { height: 32_255, hash: shownHash(hash256(last!)), work: main.work }
    refused(() => read(MAIN, concatBytes(last!, next!), [known]), 'follows from block 30240')
    const start = { height: 30_240, hash: shownHash(hash256(first!)), work: main.work }
    refused(() => read(MAIN, concatBytes(first!, last!), [start]), 'does not name the block before it')
  })
})

describe('a chain of regtest (reserves.60, reserves.61)', () => {
  const regtest = new Regtest()
  regtest.mine(30)
  const bytes = regtest.headers()
  const [last] = regtest.blocks.slice(-1)

  test('is taken, and every byte that changes in a header with another one on it is refused', () => {
    expect(read(REGTEST, bytes).block(30)).toEqual({ height: 30, hash: last!.hash, time: last!.time })
    for (let at = 0; at < bytes.length - 80; at++) {
      const flipped = Uint8Array.from(bytes)
      flipped[at]! ^= 1 << (at % 8)
      expect(() => read(REGTEST, flipped), `byte ${at}`).toThrow(
        expect.objectContaining({ code: 'RESERVES_HEADERS' }),
      )
    }
  })

  test('the last header may change in what nothing rests on; its work, time and target hold all the same', () => {
    let taken = 0
    for (let at = bytes.length - 80; at < bytes.length; at++) {
      const flipped = Uint8Array.from(bytes)
      flipped[at]! ^= 1
      try {
        const chain = read(REGTEST, flipped)
        taken++
        for (let height = 0; height < 30; height++) {
          expect(chain.block(height).hash).toBe(regtest.blocks[height]!.hash)
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'RESERVES_HEADERS' })
      }
    }
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(80)
  })

  test.each([
    ['without work', headerOf(last!.hash, new Uint8Array(32), last!.time + 1), 'above its target'],
    [
      'with an easier target than any',
      headerOf(last!.hash, new Uint8Array(32), last!.time + 1, 0, 0x2100ffff),
      'not the one that follows',
    ],
    [
      'of the time in the middle of those before it',
      minedHeader(last!.hash, new Uint8Array(32), regtest.blocks[25]!.time),
      'not after those before it',
    ],
    [
      'on the block before',
      minedHeader(regtest.blocks[29]!.hash, new Uint8Array(32), last!.time),
      'does not name the block before it',
    ],
  ])('a header %s is refused', (name, header, why) => {
    const tried = name === 'without work' ? unmined(header) : header
    refused(() => read(REGTEST, concatBytes(bytes, tried)), why)
    const honest = minedHeader(last!.hash, new Uint8Array(32), regtest.blocks[25]!.time + 1)
    expect(read(REGTEST, concatBytes(bytes, honest)).height).toBe(31)
  })

  /** The same header with a nonce that does not meet its target. */
  function unmined(header: Uint8Array): Uint8Array {
    const tried = Uint8Array.from(header)
    while (hash256(tried)[31]! < 0x80) tried[76]!++
    return tried
  }

  test('no header at all, and one that is cut short, are refused', () => {
    refused(() => read(REGTEST, new Uint8Array()), 'there are none')
    refused(() => read(REGTEST, bytes.subarray(0, -1)), 'cut short')
    expect(hashOf(last!.hash)).toHaveLength(32)
  })

  describe('the block of a moment', () => {
    const chain = read(REGTEST, bytes)
    const options = { tolerance: SPACING, where }
    const block = regtest.blocks[10]!
    const refusedBlock = (moment: number, other: Partial<typeof options>, why: string) =>
      expect(() => blockOf(chain, moment, { ...options, ...other })).toThrow(
        expect.objectContaining({ code: 'RESERVES_BLOCK', message: expect.stringContaining(why) }),
      )

    test('is the lowest whose time is at or after it', () => {
      const expected = { height: 10, hash: block.hash, time: block.time }
      expect(blockOf(chain, block.time, options)).toEqual(expected)
      expect(blockOf(chain, block.time - SPACING + 1, options)).toEqual(expected)
      expect(blockOf(chain, block.time + 1, options).height).toBe(11)
    })

    test('is no later than the tolerance says', () => {
      expect(blockOf(chain, block.time - 9, { ...options, tolerance: 9 }).height).toBe(10)
      refusedBlock(block.time - 9, { tolerance: 8 }, '9 seconds later than it, of at most 8')
    })

    test('has six blocks on it, and stands on the chain', () => {
      const { time } = regtest.blocks[24]!
      expect(blockOf(chain, time, options).height).toBe(24)
      refusedBlock(time + 1, {}, '5 blocks stand on the one of the moment, of at least 6')
      refusedBlock(last!.time + 1, {}, 'ends before the moment')
      refusedBlock(regtest.blocks[0]!.time, {}, 'starts after the moment')
    })

    test('of times that do not rise is the first one of its time or later', () => {
      const back = new Regtest()
      back.mine(8)
      const early = minedHeader(back.tip.hash, new Uint8Array(32), back.tip.time - SPACING)
      const late = minedHeader(shownHash(hash256(early)), new Uint8Array(32), back.tip.time + 1)
      const bent = read(REGTEST, concatBytes(back.headers(), early, late))
      const at = (moment: number) => blockOf(bent, moment, { ...options, confirmations: 0 }).height
      expect([at(back.tip.time - SPACING + 1), at(back.tip.time), at(back.tip.time + 1)]).toEqual([8, 8, 10])
    })
  })
})
