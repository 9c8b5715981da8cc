import { describe, expect, test } from 'vitest'
import { type Allowed, AllowList } from '../../scripts/soundness/allow-list.js'
import { compile } from '../../scripts/soundness/compiled.js'
import { perturbationSection } from '../../scripts/soundness/perturbation/section.js'
import type { SoundnessRow, SoundnessSection } from '../../scripts/soundness/report.js'
import { uniquenessRow, uniquenessSection } from '../../scripts/soundness/uniqueness/section.js'
import { FIELD_ORDER } from '../../src/field/index.js'

async function rowsOf({ run }: SoundnessSection): Promise<SoundnessRow[]> {
  const rows: SoundnessRow[] = []
  for await (const row of run({ small: true, progress: () => {} })) rows.push(row)
  return rows
}

const failing = (rows: SoundnessRow[]) => rows.filter(({ result }) => result === 'fails')

describe('every template, and every instance that is small (ledger.12, solvency.10, margin.10)', () => {
  test('C20: the inputs determine every wire, but for what the list of exceptions says', async () => {
    const rows = await rowsOf(uniquenessSection)
    expect(rows.length).toBeGreaterThan(25)
    expect(failing(rows)).toEqual([])
  })

  test('C21: at the edges of what it takes, no wire of a witness can change alone, and no wires beside the inputs together', async () => {
    const rows = await rowsOf(perturbationSection)
    expect(rows.length).toBeGreaterThan(15)
    expect(failing(rows)).toEqual([])
  })
})

describe('the list of exceptions (ledger.12)', () => {
  const entry = (signal: string, as: Allowed['as']): Allowed => ({
    template: 'TierOwners',
    signal,
    as,
    reason: '',
  })
  const rowWith = async (allowed: AllowList) =>
    uniquenessRow(
      'owners',
      'TierOwners',
      await compile({ include: 'tier-owners.circom', main: 'TierOwners(2, 2)' }),
      allowed,
    )

  test('a circuit that needs an exception fails without it, and with one of another kind', async () => {
    for (const list of [
      [],
      [entry('part', 'quotient')],
      ['part', 'whole'].map((s) => entry(s, 'alternative')),
    ]) {
      const row = await rowWith(new AllowList(list))
      expect(row).toMatchObject({ result: 'fails' })
      expect(row.detail).toContain('whole[0]')
    }
    const both = new AllowList(['part', 'whole'].map((signal) => entry(signal, 'quotient')))
    expect(await rowWith(both)).toMatchObject({ result: 'holds' })
    expect(both.stale(['TierOwners'], ['quotient'])).toEqual([])
  })

  test('an alternative is excused for the value that its reason is about, and for no other', () => {
    const sign = { ...entry('sign', 'alternative'), by: (value: bigint) => -2n * value }
    const allowed = new AllowList([sign])
    const allows = (by: bigint | 'anything') =>
      allowed.allows('TierOwners', 'alternative', 'sign', { value: 5n, by })
    expect(allows('anything')).toBe(false)
    expect(allows(10n)).toBe(false)
    expect(allowed.stale(['TierOwners'], ['alternative'])).toHaveLength(1)
    expect(allows(FIELD_ORDER - 10n)).toBe(true)
    expect(allowed.stale(['TierOwners'], ['alternative'])).toEqual([])
  })

  test('an exception that nothing needs is named, unless its template was not looked at', async () => {
    const allowed = new AllowList([...['part', 'whole', 'total'].map((signal) => entry(signal, 'quotient'))])
    await rowWith(allowed)
    expect(allowed.stale(['TierOwners'], ['quotient'])).toEqual([
      'TierOwners.total needs no exception as a quotient',
    ])
    expect(allowed.stale(['Ledger'], ['quotient'])).toEqual([])
  })
})
