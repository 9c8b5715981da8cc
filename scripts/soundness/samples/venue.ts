import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A venue small enough for the tiny instances: three instruments, one account wider than two slots. */
export const RISK = {
  schema: 'plimsoll/risk-table/1',
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: '97000' },
    { symbol: 'ETH', kind: 'spot', decimals: 8, mark: '3300.5' },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 6, mark: '1' },
  ],
  scenarios: [],
}

/**
 * Balances that are easy to find again where they must not be: no other number of an epoch has these digits.
 */
export const ROWS: [id: string, instrument: string, quantity: string][] = [
  ['alice@example.com', 'BTC', '1.73519024'],
  ['alice@example.com', 'USDT', '48213.915577'],
  ['bob-7731', 'ETH', '55.19283746'],
  ['carol-5519', 'BTC', '0.00918273'],
  ['carol-5519', 'ETH', '7.46352819'],
  ['carol-5519', 'USDT', '918273.645546'],
  ['dave-2203', 'USDT', '0.000001'],
  ['erin-9917', 'BTC', '3.14159265'],
  ['frank-6640', 'ETH', '2.71828182'],
  ['grace-1208', 'USDT', '1414213.562373'],
]

export const RESERVES = { BTC: '4.88596562', ETH: '65.37464747', USDT: '2380701.123497' }

export interface VenueFiles {
  accounts: string
  risk: string
  reserves: string
}

/** A venue with loans, perps and options: in the crash a trader of perps loses more than they have. */
export const STRESS_VENUE = {
  risk: {
    ...RISK,
    instruments: [
      RISK.instruments[0],
      RISK.instruments[2],
      { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: '97010' },
      { symbol: 'BTC-CALL', kind: 'option', decimals: 4, mark: '4500' },
    ],
    scenarios: [
      { name: 'at mark', values: { BTC: '97000', USDT: '1', 'BTC-PERP': '0', 'BTC-CALL': '4500' } },
      {
        name: 'BTC -50 %',
        values: {
          BTC: { long: '48000', short: '49000' },
          USDT: { long: '0.99', short: '1.01' },
          'BTC-PERP': { long: '-49000', short: '-48000' },
          'BTC-CALL': { long: '10', short: '400' },
        },
      },
    ],
  },
  rows: [
    ['alice@example.com', 'BTC', '2.5'],
    ['bob-7731', 'USDT', '50000.25'],
    ['bob-7731', 'BTC-PERP', '1'],
    // 10,000.50 · 0.99 − 1.5 · 49,000 = −63,599.505
    ['carol-5519', 'USDT', '10000.5'],
    ['carol-5519', 'BTC-PERP', '1.5'],
    ['dave-2203', 'USDT', '200000'],
    ['dave-2203', 'BTC-PERP', '-2.5'],
    ['erin-9917', 'BTC', '1'],
    ['erin-9917', 'USDT', '-30000'],
    ['frank-6640', 'USDT', '5000'],
    ['frank-6640', 'BTC', '0.5'],
    ['frank-6640', 'BTC-CALL', '2'],
    ['grace-1208', 'USDT', '90000'],
    ['grace-1208', 'BTC-CALL', '-2'],
  ] satisfies typeof ROWS,
  /** Every unit that customers hold, and the loan of 30,000 USDT beside them. */
  reserves: { BTC: '4', USDT: '355000.75' },
}

/** Writes the venue's files into a folder. */
export function writeVenue(folder: string, reserves: Record<string, string> = RESERVES): VenueFiles {
  return writeFiles(folder, { risk: RISK, rows: ROWS, reserves: { reserves } })
}

/** Writes the files of the venue with loans and derivatives, with so many USDT in its insurance fund. */
export function writeStressVenue(
  folder: string,
  insurance: string,
  risk: object = STRESS_VENUE.risk,
): VenueFiles {
  const { rows, reserves } = STRESS_VENUE
  return writeFiles(folder, { risk, rows, reserves: { reserves, insurance: { USDT: insurance } } })
}

function writeFiles(
  folder: string,
  venue: { risk: object; rows: typeof ROWS; reserves: object },
): VenueFiles {
  const files = {
    accounts: join(folder, 'accounts.csv'),
    risk: join(folder, 'risk.json'),
    reserves: join(folder, 'reserves.json'),
  }
  writeFileSync(
    files.accounts,
    `account_id,instrument,quantity\n${venue.rows.map((r) => r.join(',')).join('\n')}\n`,
  )
  writeFileSync(files.risk, JSON.stringify(venue.risk))
  writeFileSync(files.reserves, JSON.stringify({ schema: 'plimsoll/reserves/1', ...venue.reserves }))
  return files
}

export function ledgerArgs(
  files: VenueFiles,
  out: string,
  instances = ['ledger-tiny', 'ledger-tiny-wide'],
): string[] {
  return [
    ...['ledger', 'prove', '--accounts', files.accounts, '--risk', files.risk, '--out', out],
    ...['--venue', 'Tiny Venue', '--epoch', '2026-01', '--instance', ...instances],
  ]
}
