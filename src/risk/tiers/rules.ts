import { InputError } from '../../errors/index.js'
import { isDerivative, isSettledAtMark } from '../../rules/index.js'
import { COLLATERAL, type Instrument, isTiered, type RiskTable } from '../table.js'
import { type Asset, assetsOf } from './assets.js'
import { MAX_TIERS } from './list.js'

/**
 * Checks what makes a table's tiers sound: whichever way what an account has in one list is split over its
 * tiers, it counts for no more than when the tiers fill in order, and outside of the collateral column the
 * split changes nothing for the better.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `RISK_TIER_BASE`, `RISK_TIER_LIST`, `RISK_TIER_SYMBOL`, `RISK_TIER_COLLATERAL`,
 * `RISK_TIER_VALUE`
 */
export function assertTiers(table: RiskTable, where?: string): void {
  const { instruments, scenarios } = table
  const fail: Fail = (code, place, message, hint) => {
    throw new InputError(code, message, { where: where === undefined ? place : `${where}: ${place}`, hint })
  }
  if (!isTiered(table)) {
    const taken = scenarios.findIndex(({ name }) => name === COLLATERAL)
    if (taken === -1) return
    fail(
      'RISK_TIER_COLLATERAL',
      `scenarios[${taken}].name`,
      `${COLLATERAL} is the first scenario of a table with tiers, and of no other`,
      'Rename the scenario, or add the tiers.',
    )
  }
  assertRows(instruments, fail)
  if (scenarios[0]?.name !== COLLATERAL) {
    fail(
      'RISK_TIER_COLLATERAL',
      'scenarios[0].name',
      `the first scenario of a table with tiers is ${COLLATERAL}: what each unit counts for`,
      `Put a scenario of that name first; \`plimsoll risk tiers\` writes one.`,
    )
  }
  const rowOf = new Map(instruments.map(({ symbol }, row) => [symbol, row]))
  for (const asset of assetsOf(table)) {
    assertSymbol(asset, instruments, rowOf, fail)
    for (const s of scenarios.keys()) assertValues(table, s, asset, fail)
  }
}

type Fail = (code: `RISK_TIER_${string}`, place: string, message: string, hint: string) => never

function assertRows(instruments: readonly Instrument[], fail: Fail): void {
  let base: Instrument | undefined
  let list: { name: string; length: number } | undefined
  const ended = new Set<string>()
  for (const [i, row] of instruments.entries()) {
    const place = `instruments[${i}]`
    if (row.tier === undefined) {
      base = row
      list = undefined
      ended.clear()
      continue
    }
    if (base === undefined) {
      fail(
        'RISK_TIER_BASE',
        place,
        `${row.symbol} is a tier of no instrument`,
        'Tiers stand right below their instrument.',
      )
    }
    if (isDerivative(base.kind)) {
      const hint = 'Only what can be held has tiers: a spot instrument or a stablecoin.'
      fail('RISK_TIER_BASE', place, `${row.symbol} is a tier of a ${base.kind}`, hint)
    }
    for (const field of ['kind', 'decimals', 'mark'] as const) {
      if (row[field] === base[field]) continue
      const hint = 'A tier is a part of its instrument: kind, decimals and mark are the same.'
      fail('RISK_TIER_BASE', `${place}.${field}`, `${row.symbol} differs from ${base.symbol}`, hint)
    }
    if (list?.name !== row.tier.list) {
      if (list !== undefined) ended.add(list.name)
      list = { name: row.tier.list, length: 0 }
      if (ended.has(list.name)) {
        const message = `${row.symbol} continues the list ${list.name} after another one`
        fail('RISK_TIER_LIST', `${place}.tier.list`, message, 'Put all tiers of one list together.')
      }
    }
    if (++list.length > MAX_TIERS) {
      const message = `more than ${MAX_TIERS} tiers in one list`
      fail('RISK_TIER_LIST', `${place}.tier.list`, message, 'Merge neighbouring tiers, at the lower value.')
    }
  }
}

/**
 * Tiers are named after their instrument, so that no text speaks of them as of another one. In a tidy file of
 * accounts `BTC:loan` is what is pledged of BTC: no instrument may be called so.
 */
function assertSymbol(
  { symbol, lists }: Asset,
  instruments: readonly Instrument[],
  rowOf: ReadonlyMap<string, number>,
  fail: Fail,
): void {
  for (const rows of lists.values()) {
    for (const { row } of rows) {
      if (instruments[row]!.symbol.startsWith(`${symbol}:`)) continue
      const message = `a tier of ${symbol} is named like another instrument`
      const hint = `Name it ${symbol}: and something after it, as \`plimsoll risk tiers\` does.`
      fail('RISK_TIER_SYMBOL', `instruments[${row}].symbol`, message, hint)
    }
  }
  for (const list of lists.keys()) {
    const taken = rowOf.get(`${symbol}:${list}`)
    if (taken === undefined) continue
    const message = `${symbol}:${list} is what accounts call a pledge of ${symbol}`
    fail('RISK_TIER_SYMBOL', `instruments[${taken}].symbol`, message, 'Give it another symbol.')
  }
}

function assertValues({ instruments, scenarios }: RiskTable, s: number, asset: Asset, fail: Fail): void {
  const { name, values } = scenarios[s]!
  const base = values[asset.base]!
  const { kind, mark } = instruments[asset.base]!
  const wrong = (row: number, message: string, hint: string): never =>
    fail(
      'RISK_TIER_VALUE',
      `scenarios[${s}].values.${instruments[row]!.symbol}`,
      `in ${name} ${message}`,
      hint,
    )
  const tiers = [...asset.lists.values()].flat()
  for (const { row } of tiers) {
    if (values[row]!.short !== base.short) {
      wrong(row, `a short unit costs another value than one of ${asset.symbol}`, 'Give it the same.')
    }
    if (name !== COLLATERAL && values[row]!.long > base.long) {
      wrong(
        row,
        `a unit is worth more than one of ${asset.symbol} outside of its tiers`,
        'Give it that value at most.',
      )
    }
  }
  if (name !== COLLATERAL) return

  if (isSettledAtMark(kind)) {
    if (base.long === 0n && base.short === 0n) return
    wrong(asset.base, `a ${kind} has a value`, 'What it has gained is in cash: write 0.')
  }
  if (base.short < mark) {
    wrong(
      asset.base,
      'a short unit costs less than its mark',
      'A debt counts in full: write the mark or more.',
    )
  }
  for (const row of [asset.base, ...tiers.map((tier) => tier.row)]) {
    if (values[row]!.long > mark)
      wrong(row, 'a unit counts for more than its mark', 'Write the mark or less.')
  }
  for (const [list, rows] of asset.lists) {
    for (const [i, { row }] of rows.entries()) {
      if (i > 0 && values[row]!.long > values[rows[i - 1]!.row]!.long) {
        wrong(
          row,
          'a tier counts for more than the one before it',
          'Values fall or stay from one tier of a list to the next.',
        )
      }
      if (list === 'holding' && base.long > values[row]!.long) {
        wrong(
          asset.base,
          'what is beyond all tiers counts for more than a tier',
          'Write the value of the last tier of the list holding, or less.',
        )
      }
    }
    if (list !== 'holding' && base.long > 0n) {
      wrong(
        asset.base,
        'what is not pledged counts as collateral',
        'Write 0: only the tiers of what is pledged have a value.',
      )
    }
  }
}
