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

/** Balances that are easy to find again where they must not be: no other number of an epoch has these digits. */
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

/** Writes the venue's files into a folder. */
export function writeVenue(folder: string, reserves: Record<string, string> = RESERVES): VenueFiles {
  const files = {
    accounts: join(folder, 'accounts.csv'),
    risk: join(folder, 'risk.json'),
    reserves: join(folder, 'reserves.json'),
  }
  writeFileSync(
    files.accounts,
    `account_id,instrument,quantity\n${ROWS.map((r) => r.join(',')).join('\n')}\n`,
  )
  writeFileSync(files.risk, JSON.stringify(RISK))
  writeFileSync(files.reserves, JSON.stringify({ schema: 'plimsoll/reserves/1', reserves }))
  return files
}

export function ledgerArgs(files: VenueFiles, out: string): string[] {
  return [
    ...['ledger', 'prove', '--accounts', files.accounts, '--risk', files.risk, '--out', out],
    ...['--venue', 'Tiny Venue', '--epoch', '2026-01', '--instance', 'ledger-tiny', 'ledger-tiny-wide'],
  ]
}
