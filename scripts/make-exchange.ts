/**
 * Writes examples/exchange: a made-up exchange in the wide format, with a tier table; all numbers follow from
 * one seed. Usage: npx tsx scripts/make-exchange.ts
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatDecimal, parseDecimal } from '../src/field/index.js'
import { writeFileAtomic } from '../src/files/index.js'
import { formatReserves } from '../src/reserves/index.js'
import {
  haircutValue,
  PLEDGES,
  parseTiers,
  TIER_VALUE_DECIMALS,
  type TierInstrument,
  tierRiskTable,
} from '../src/risk/index.js'
import { randomIntegers } from './make-example.js'

const SEED = 'plimsoll example exchange'
const FOLDER = fileURLToPath(new URL('../examples/exchange', import.meta.url))
/** Accounts that only hold, that borrow against pledges, and that pledge a lot. */
const HOLDERS = 24
const BORROWERS = 12
const LARGE = 3
/** Smallest units of usdt, the first asset, that are set aside for shortfalls. */
const FUND = 500_000_000_000n

/**
 * Symbol, decimals of an amount, price, and the tiers of what is pledged for loans, margin and portfolio
 * margin.
 */
const ASSETS: [symbol: string, decimals: number, price: string, ...tiers: [string, string, string]][] = [
  ['usdt', 8, '1', '[0-200000:100,200000-1000000:95]', '[0-1000000:100]', '[0-1000000:100]'],
  [
    'btc',
    8,
    '97000.12',
    '[0-250000:95,250000-1000000:90,1000000-5000000:80]',
    '[0-500000:95,500000-2000000:85]',
    '[0-2000000:95]',
  ],
  [
    'eth',
    8,
    '3312.75',
    '[0-250000:95,250000-1000000:85,1000000-3000000:70]',
    '[0-500000:90,500000-1000000:80]',
    '[0-1000000:92]',
  ],
  ['bnb', 8, '861.4', '[0-100000:90,100000-400000:70]', '[0-100000:85]', '[]'],
  ['sol', 8, '189.43', '[0-100000:85,100000-300000:60]', '[0-100000:80]', '[]'],
  ['doge', 2, '0.3172', '[0-20000:60]', '[]', '[]'],
]

const assets: TierInstrument[] = ASSETS.map(([symbol, decimals, price, ...tiers]) => {
  const [loan, margin, portfolio] = tiers.map((list) => parseTiers(list, symbol))
  return {
    symbol,
    decimals,
    mark: parseDecimal(price, { decimals: TIER_VALUE_DECIMALS - decimals }),
    tiers: { loan: loan!, margin: margin!, portfolio: portfolio! },
  }
})

/** Smallest units of one asset: has, owes, has pledged. */
interface Holding {
  equity: bigint
  debt: bigint
  pledged: bigint[]
}
type Account = Map<number, Holding>
type Random = (bound: number) => number

/** The example's generated files by name. */
export function exchangeFiles(): Record<string, string> {
  const random = randomIntegers(SEED)
  const accounts = [
    ...Array.from({ length: HOLDERS }, () => holder(random)),
    ...Array.from({ length: BORROWERS }, (_, i) => borrower(random, i)),
    ...Array.from({ length: LARGE }, (_, i) => large(random, i)),
  ]
  const risk = tierRiskTable(
    { quote: 'USDT', valueDecimals: TIER_VALUE_DECIMALS, instruments: assets, notes: [] },
    { timestamp: 0 },
  )
  const owed = new Map(
    assets.map(({ symbol }, i) => [symbol, accounts.reduce((sum, a) => sum + (a.get(i)?.equity ?? 0n), 0n)]),
  )
  const reserves = risk.instruments.map(({ symbol }) => ((owed.get(symbol) ?? 0n) * 103n) / 100n)
  return {
    'tiers.csv': tiersCsv(),
    'accounts.csv': accountsCsv(accounts, random),
    'reserves.json': formatReserves({ reserves }, risk),
    'reserves-insured.json': formatReserves({ reserves, insurance: [FUND] }, risk),
  }
}

function tiersCsv(): string {
  const lines = ASSETS.map(
    ([symbol, , price, ...tiers]) => `${symbol},${price},${tiers.map((list) => `"${list}"`).join(',')}`,
  )
  return `symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\n${lines.map((line) => `${line}\n`).join('')}`
}

function accountsCsv(accounts: readonly Account[], random: Random): string {
  const header = assets.flatMap(({ symbol: x }) => [`e_${x}`, `d_${x}`, x, `vl_${x}`, `m_${x}`, `pm_${x}`])
  const shuffled = accounts.map((account) => ({ account, at: random(1 << 30) })).sort((a, b) => a.at - b.at)
  let id = 10_000
  const lines = shuffled.map(({ account }, row) => {
    id += 1 + random(90)
    let net = 0n
    const cells = assets.flatMap(({ decimals, mark }, i) => {
      const { equity, debt, pledged } = account.get(i) ?? { equity: 0n, debt: 0n, pledged: [0n, 0n, 0n] }
      net += (equity - debt) * mark
      return [equity, debt, equity - debt, ...pledged].map((units) => formatDecimal(units, decimals))
    })
    return [row + 1, `user-${id}`, ...cells, formatDecimal(net, TIER_VALUE_DECIMALS)].join(',')
  })
  return `${['rn', 'id', ...header, 'total_net_balance_usdt'].join(',')}\n${lines.map((line) => `${line}\n`).join('')}`
}

/** One to four assets, nothing pledged. */
function holder(random: Random): Account {
  const account: Account = new Map()
  const count = 1 + random(4)
  while (account.size < count) put(account, random(assets.length), worth(dollars(random)))
  return account
}

/**
 * One or two assets pledged, and a debt of at most what they count for: the first borrower owes all of it.
 */
function borrower(random: Random, i: number): Account {
  const account: Account = new Map()
  const asset = 1 + random(4)
  pledge(account, asset, [0, 0, 1, 2][i % 4]!, 20n * dollars(random))
  if (i % 3 === 0) pledge(account, 1 + (asset % 4), 0, 5n * dollars(random))
  put(account, random(assets.length), worth(dollars(random)))
  return owe(account, i === 0 ? 1000n : BigInt(200 + random(700)))
}

/** More pledged of one asset than the first tier takes, the second and third than all of them. */
function large(random: Random, i: number): Account {
  const account: Account = new Map()
  pledge(account, 1 + i, 0, [60_000_000n, 420_000_000n, 50_000_000n][i]!)
  return owe(account, BigInt(500 + random(300)))
}

function holding(account: Account, asset: number): Holding {
  const held = account.get(asset) ?? { equity: 0n, debt: 0n, pledged: [0n, 0n, 0n] }
  account.set(asset, held)
  return held
}

function put(account: Account, asset: number, units: (asset: number) => bigint): void {
  holding(account, asset).equity += units(asset)
}

/** Pledges nine tenths of what is put there. */
function pledge(account: Account, asset: number, use: number, cents: bigint): void {
  const units = worth(cents)(asset)
  const held = holding(account, asset)
  held.equity += units
  held.pledged[use]! += (units * 9n) / 10n
}

/** Borrows usdt, or eth where that is not pledged, for so many thousandths of what the pledges count for. */
function owe(account: Account, share: bigint): Account {
  let collateral = 0n
  for (const [i, { pledged }] of account) {
    for (const [use, list] of PLEDGES.entries()) {
      collateral += haircutValue(pledged[use]! * assets[i]!.mark, assets[i]!.tiers[list])
    }
  }
  const what = share % 2n === 1n && !account.has(2) ? 2 : 0
  // Rounding of an asset's tiers in a proof stays below the price of one smallest unit of it.
  const room = [...account.keys()].reduce((sum, i) => sum + assets[i]!.mark, 0n)
  const debt = ((collateral - room) * share) / 1000n / assets[what]!.mark
  const held = holding(account, what)
  held.debt = debt
  held.equity += debt / 4n
  return account
}

/** 100 to 1,000 USDT in cents, doubled up to eight times with odds of one half each. */
function dollars(random: Random): bigint {
  let cents = BigInt(10_000 + random(90_000))
  for (let i = 0; i < 8 && random(2) === 0; i++) cents *= 2n
  return cents
}

/** Smallest units of an asset that are worth so many cents of the quote currency. */
function worth(cents: bigint): (asset: number) => bigint {
  return (asset) => (cents * 10n ** BigInt(TIER_VALUE_DECIMALS - 2)) / assets[asset]!.mark
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(FOLDER, { recursive: true })
  for (const [name, text] of Object.entries(exchangeFiles())) await writeFileAtomic(join(FOLDER, name), text)
}
