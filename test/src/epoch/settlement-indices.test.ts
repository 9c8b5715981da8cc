import { describe, expect, test } from 'vitest'
import { verifySettlement } from '../../../src/epoch/index.js'
import {
  indexedPair,
  type Lies,
  openedIn,
  PINS,
  settledFiles,
  type TextIndex,
} from '../../helpers/settled.js'

/** Nothing is said of liquidations: there is no chunk of any. */
const ROOTS = { liquidations: 0n, takers: 0n }

/** What a reader finds of a settlement between two tables of USDC shares. */
async function settled(from: TextIndex, to: TextIndex, { roots, ...lies }: Lies = {}) {
  const pair = await indexedPair(from, to)
  const files = settledFiles(pair, { roots: { ...ROOTS, ...roots }, liquidations: [], ...lies })
  const [now, before] = [await openedIn(files), await openedIn(pair.beforeFiles)]
  const found = await verifySettlement(now, before, { pins: PINS })
  return {
    words: found!.settlement?.words.join(' '),
    failed: found!.checks.filter(({ valid }) => !valid).map(({ id, detail }) => `${id}: ${detail}`),
  }
}

const ONE = { long: '1', short: '1' }
const STEPPED = { long: '1.01', short: '1.02' }
const CUT = { long: '0.99', short: '1' }
const step = (text: bigint) => new Map([['USDC', text]])
const CENT = 10n ** 10n

describe('a reader of steps of indices (settlement.65)', () => {
  test('T10: takes interest with its proof, and no other', async () => {
    const { words, failed } = await settled(ONE, STEPPED)
    expect(failed).toEqual([])
    expect(words).toContain('Indices of USDC step. They pay accounts no more interest than they charge.')
    expect(words).not.toContain('gives back')
    for (const interest of [{ shown: 5n }, { firstState: 5n }, { context: 5n }, { reservesCommitment: 5n }]) {
      const lied = await settled(ONE, STEPPED, { interest })
      expect(lied.failed).toEqual([expect.stringContaining('settlement-indices: ')])
      expect(lied.words).toBeUndefined()
    }
    expect((await settled(ONE, STEPPED, { interest: null })).failed).toEqual([
      'settlement-indices: an index pays interest, and no proof says that it was charged',
    ])
  })

  test('takes no rows of takers beside them, and no loan that is let off', async () => {
    expect((await settled(ONE, STEPPED, { roots: { takers: 6n } })).failed).toEqual([
      'settlement-indices: an index steps, and there are rows of liquidations or takers',
    ])
    const { failed } = await settled(STEPPED, { ...STEPPED, short: '1.015' })
    expect(failed).toEqual(['settlement-indices: loans are let off: short shares of USDC are fewer units'])
  })

  test('T10: is told a fall as a loss, and is not told that there is none', async () => {
    const { words, failed } = await settled(ONE, CUT)
    expect(failed).toEqual([])
    expect(words).toContain('Holders of USDC share it by the index, each the same part.')
    expect((await settled(ONE, CUT, { file: { loss: 0 } })).failed).toEqual([
      expect.stringContaining('settlement-proof: it has rows of a loss, or an index that falls'),
    ])
  })

  test('T10: is told what gives back a loss; it needs no proof, and is never more than the step', async () => {
    const { words, failed } = await settled(CUT, ONE, { recovered: step(CENT) })
    expect(failed).toEqual([])
    expect(words).toContain('Beyond interest, a share is more by 0.01 USDC: the venue says')
    const both = await settled(CUT, STEPPED, { recovered: step(CENT) })
    expect(both.failed).toEqual([])
    expect((await settled(CUT, STEPPED, { recovered: step(CENT), interest: null })).failed).toEqual([
      'settlement-indices: an index pays interest, and no proof says that it was charged',
    ])
    // A proof of less interest says nothing of the whole step.
    const hidden = await settled(CUT, STEPPED, {
      recovered: step(CENT),
      file: { recovered: { USDC: '0.001' } },
    })
    expect(hidden.failed).toEqual([expect.stringContaining('settlement-indices: ')])
    expect((await settled(CUT, ONE, { recovered: step(CENT + 1n) })).failed).toEqual([
      'settlement-indices: it says that more of a loss is given back than the index rises: of USDC',
    ])
    expect((await settled(ONE, CUT, { recovered: step(1n) })).failed[0]).toContain('given back')
    expect((await settled(ONE, ONE, { recovered: new Map([['EUR', 1n]]) })).failed[0]).toContain('of EUR')
    for (const text of ['0', '0.010', '1.0', '-0.01', '0.0000000000001']) {
      const odd = await settled(CUT, ONE, { recovered: step(CENT), file: { recovered: { USDC: text } } })
      expect(odd.failed[0]).toMatch(/^settlement: .*recovered/)
    }
  })
})
