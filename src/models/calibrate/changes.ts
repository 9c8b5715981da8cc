import type { Calibration } from './file.js'

/** One figure that is not what it was. */
export interface CalibrationChange {
  /** Left out for a setting. */
  asset?: string
  /**
   * `window`, `volatility`, `haircut`, `markup`, `haircut add-on`, `markup add-on`, or the name of a setting.
   */
  figure: string
  confidence?: string
  /** Of the position, for an add-on: as many times the value traded in a day. */
  size?: string
  /** `null` when there was no such figure. */
  before: string | null
  /** `null` when there is none any more. */
  after: string | null
}

type Figure = Omit<CalibrationChange, 'before' | 'after'> & { value: string }

/**
 * The differences between two calibrations: settings, and every asset's window, volatility, figures and
 * add-ons.
 */
export function calibrationChanges(before: Calibration, after: Calibration): CalibrationChange[] {
  const [old, current] = [figuresOf(before), figuresOf(after)]
  return [...new Map([...old, ...current])]
    .filter(([key]) => old.get(key)?.value !== current.get(key)?.value)
    .map(([key, { value: _, ...what }]) => ({
      ...what,
      before: old.get(key)?.value ?? null,
      after: current.get(key)?.value ?? null,
    }))
}

function figuresOf({ settings, assets }: Calibration): Map<string, Figure> {
  const figures: Figure[] = Object.entries(settings).map(([figure, value]) => ({
    figure,
    value: String(value),
  }))
  for (const row of assets) {
    const { asset } = row
    figures.push({ asset, figure: 'window', value: `${row.from} to ${row.to}` })
    figures.push({ asset, figure: 'volatility', value: row.volatility })
    for (const side of ['haircut', 'markup'] as const) {
      for (const { confidence, value, addOns } of row[side].figures) {
        figures.push({ asset, figure: side, confidence, value })
        for (const { size, addOn } of addOns) {
          figures.push({ asset, figure: `${side} add-on`, confidence, size, value: addOn })
        }
      }
    }
  }
  return new Map(figures.map(({ value, ...what }) => [JSON.stringify(what), { ...what, value }]))
}
