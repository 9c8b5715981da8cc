import { describe, expect, test } from 'vitest'
import { verifySettlement } from '../../../src/epoch/index.js'
import { verifyInclusion, withStatement } from '../../../src/inclusion/index.js'
import { inclusionFile } from '../../helpers/inclusion.js'
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

async function openedPair(from: TextIndex, to: TextIndex, { roots, ...lies }: Lies) {
  const pair = await indexedPair(from, to)
  const files = settledFiles(pair, { roots: { ...ROOTS, ...roots }, liquidations: [], ...lies })
  return Promise.all([openedIn(files), openedIn(pair.beforeFiles)])
}

/** What a customer is told of such a settlement, whatever their file has. */
async function toldOf(from: TextIndex, to: TextIndex, lies: Lies = {}): Promise<string> {
  const [now, before] = await openedPair(from, to, lies)
  const step = { previous: '2026-01', epoch: '2026-02', before: null, rows: [] }
  const file = { ...inclusionFile([]), epoch: '2026-02', settlements: [step] }
  const report = { ...verifyInclusion(file, now.opened), verdict: 'included' as const }
  const { statement } = await withStatement(report, file, now, [before], { pins: PINS })
  expect(statement?.verdict).not.toBe('cannot tell')
  return statement!.words.join(' ')
}

/** What a reader finds of a settlement between two tables of USDC shares. */
async function settled(from: TextIndex, to: TextIndex, lies: Lies = {}) {
  const [now, before] = await openedPair(from, to, lies)
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

  test('is told that loans are charged where nobody is paid, and takes no rows of takers beside it', async () => {
    const charged = { long: '1', short: '1.5' }
    const { words, failed } = await settled(ONE, charged)
    expect(failed).toEqual([])
    expect(words).toContain('Indices of USDC step. They pay accounts no more interest than they charge')
    expect(words).toContain('What they charge and do not pay stays with the venue')
    expect(words).toContain('No row allocates a loss to customers, and no index falls.')
    expect((await settled(ONE, charged, { roots: { takers: 6n } })).failed).toEqual([
      'settlement-indices: an index steps, and there are rows of liquidations or takers',
    ])
    expect((await settled(ONE, ONE)).words).not.toContain('step')
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

  test('T10: tells a customer of a cut beside rows of a loss, and of what is given back', async () => {
    const rows = 'what rows allocate of it is among the movements of those who bear it'
    const cut = 'the index of USDC falls, which takes it from every holder and is no movement'
    const loss = 'Customers bear a loss in epoch 2026-02: '
    expect(await toldOf(ONE, CUT)).toContain(`${loss}${cut}.`)
    // One row of nothing, of an account of the venue's own, takes nothing away from what is told of the cut.
    expect(await toldOf(ONE, CUT, { roots: { allocations: 17n } })).toContain(`${loss}${rows}; ${cut}.`)
    const allocated = await toldOf(ONE, ONE, { roots: { allocations: 17n } })
    expect(allocated).toContain(`${loss}${rows}.`)
    const back = await toldOf(CUT, ONE, { recovered: step(CENT) })
    expect(back).toContain('Beyond interest, a share is more by 0.01 USDC in epoch 2026-02: the venue says')
    expect(back).not.toContain(loss)
  })
})
