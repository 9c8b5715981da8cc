import { InputError } from '../errors/index.js'
import { formatDecimal, MAGNITUDE_BITS, parseDecimal } from '../field/index.js'
import { haircutValue, PLEDGES, type TierTable } from '../risk/index.js'
import type { InstrumentTotals, Judge } from './judge.js'
import type { Layout } from './layout.js'

/** Columns of one asset: what an account has, what it owes, and what it has pledged. */
const PARTS = ['long', 'short', ...PLEDGES] as const

/**
 * Holds accounts to a tier table: of each asset an account has at least what it has pledged, and what its pledges count for
 * (see `haircutValue`, which each pledge of each asset goes through by itself) covers what it owes at full price. An amount is
 * cut off at its asset's decimals, as the tooling that these files are made for does.
 */
export function tierJudge(table: TierTable): Judge {
  const { instruments } = table
  const totals = instruments.map(() => PARTS.map(() => 0n))
  const amount = (asset: number, units: bigint) => formatDecimal(units, instruments[asset]!.decimals)
  const value = (units: bigint) => formatDecimal(units, table.valueDecimals)
  let cut = 0

  /** Which asset and which of its parts the cells of a key are about. */
  const place = (key: number): { asset: number; part: number } => {
    const pledge = key - 2 * instruments.length
    return pledge < 0
      ? { asset: key >> 1, part: key & 1 }
      : { asset: Math.floor(pledge / PLEDGES.length), part: 2 + (pledge % PLEDGES.length) }
  }
  const parse = (text: string, decimals: number): bigint => {
    const point = text.indexOf('.')
    const beyond = point === -1 ? 0 : text.length - point - 1 - decimals
    if (beyond <= 0) return parseDecimal(text, { decimals })
    const [units, step] = [parseDecimal(text, { decimals: decimals + beyond }), 10n ** BigInt(beyond)]
    if (units % step !== 0n) cut++
    return units / step
  }

  return {
    read(key, text) {
      const { symbol, decimals } = instruments[place(key).asset]!
      const units = parse(text, decimals)
      if (units >> BigInt(MAGNITUDE_BITS)) {
        throw new InputError(
          'LEDGER_RANGE',
          `an amount of ${symbol} stays below 2^${MAGNITUDE_BITS} × 10^-${decimals}`,
        )
      }
      return units
    },
    refuses: () => undefined,
    take(held, note) {
      const assets = new Map<number, bigint[]>()
      for (const [key, units] of held) {
        const { asset, part } = place(key)
        const parts = assets.get(asset) ?? PARTS.map(() => 0n)
        parts[part] = units
        totals[asset]![part]! += units
        assets.set(asset, parts)
      }
      let debt = 0n
      let collateral = 0n
      for (const [asset, [equity, owed, ...pledges]] of [...assets].sort(([a], [b]) => a - b)) {
        const { symbol, mark, tiers } = instruments[asset]!
        const pledged = pledges.reduce((sum, units) => sum + units, 0n)
        if (pledged > equity!) {
          note({
            severity: 'error',
            code: 'COLLATERAL_ABOVE_EQUITY',
            reason: 'collateral above equity',
            instrument: symbol,
            amounts: { equity: amount(asset, equity!), collateral: amount(asset, pledged) },
          })
        }
        debt += owed! * mark
        for (const [i, pledge] of PLEDGES.entries())
          collateral += haircutValue(pledges[i]! * mark, tiers[pledge])
      }
      if (debt > collateral) {
        note({
          severity: 'error',
          code: 'DEBT_ABOVE_COLLATERAL',
          reason: 'debt above haircut collateral',
          amounts: { debt: value(debt), collateral: value(collateral) },
        })
      }
    },
    totals: () =>
      Object.fromEntries(
        instruments.map(({ symbol }, asset) => {
          const [long, short, ...pledges] = totals[asset]!.map((units) => amount(asset, units))
          const pledged = Object.fromEntries(PLEDGES.map((pledge, i) => [pledge, pledges[i]!]))
          return [symbol, { long: long!, short: short!, pledged } satisfies InstrumentTotals]
        }),
      ),
    scenarios: () => [],
    notes: () => [
      'Not used: the column rn, the total, and for every asset X the column X (net).',
      ...table.notes,
      ...(cut === 0 ? [] : [`Amounts with more decimals than their asset has, cut off there: ${cut}.`]),
    ],
  }
}

/**
 * A tier table is for wide files, and the two have the same assets.
 *
 * @throws {InputError} `LEDGER_HEADER`
 */
export function checkTierLayout(layout: Layout, table: TierTable, path: string): void {
  if (layout.format !== 'wide') {
    throw new InputError('LEDGER_HEADER', 'a tier table is for accounts in the wide format, with pledges', {
      where: `${path}:1`,
      hint: 'For accounts in other formats give a risk table (JSON).',
    })
  }
  const known = new Set(layout.quantities.map(({ key }) => key >> 1))
  const missing = table.instruments.filter((_, asset) => !known.has(asset)).map(({ symbol }) => symbol)
  if (missing.length > 0) {
    throw new InputError('LEDGER_HEADER', `no columns for ${missing.join(', ')} of the tier table`, {
      where: `${path}:1`,
      hint: 'Add the six columns of the asset, or take it out of the tier table.',
    })
  }
}
