import { formatDecimal } from '../../src/field/index.js'
import type { TierTable } from '../../src/risk/index.js'

/**
 * Smallest units of one asset: what an account has, owes, and has pledged for loans, margin, portfolio
 * margin.
 */
export type Parts = readonly [bigint, bigint, bigint, bigint, bigint]

/** A wide file of accounts, one entry of `Parts` for each asset of each. */
export function wideFile(
  instruments: Pick<TierTable, 'instruments'>['instruments'],
  accounts: readonly (readonly Parts[])[],
): string {
  const header = instruments.flatMap(({ symbol: x }) => [
    `e_${x}`,
    `d_${x}`,
    x,
    `vl_${x}`,
    `m_${x}`,
    `pm_${x}`,
  ])
  const lines = accounts.map((account, u) => {
    const cells = account.flatMap((parts, asset) => {
      const [equity, debt, ...pledges] = parts.map((units) =>
        formatDecimal(units, instruments[asset]!.decimals),
      )
      return [equity, debt, '0', ...pledges]
    })
    return [u + 1, `account-${u}`, ...cells, '0'].join(',')
  })
  return `${['rn', 'id', ...header, 'total'].join(',')}\n${lines.map((line) => `${line}\n`).join('')}`
}
