/**
 * Writes a made-up ledger of real size into a folder, for trying what sizes a ledger takes and how long it is
 * proven: accounts.csv, a table and reserves.json. All numbers follow from one seed.
 *
 *     npx tsx scripts/make-ledger.ts debts|pledges|wide FOLDER
 *
 * - `debts`: 2,000 accounts of 12 assets, three scenarios; every twelfth has a debt, 25 have every asset.
 * - `pledges`: 500 assets with pledges in three lists of up to ten tiers; an account of more than 82 slots.
 * - `wide`: 1,024 instruments, and an account that has all of them.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../src/files/index.js'
import { randomIntegers } from './make-example.js'

const SEED = 'plimsoll ledger of real size'
const TIMESTAMP = 1_767_225_600
const PLEDGED_TABLE =
  'token,asset_usdt_price,collateral_vip_loan_ratio_tiers,collateral_margin_ratio_tiers,' +
  'collateral_portfolio_margin_ratio_tiers'

type Files = Record<string, string>
type Random = (bound: number) => number

/** The kinds, and what makes their files. */
export const LEDGERS: Record<string, () => Files> = { debts, pledges, wide }

function debts(): Files {
  const random = randomIntegers(`${SEED} debts`)
  const [accounts, assets, whales] = [2000, 12, 25]
  const symbols = Array.from({ length: assets }, (_, i) => (i === 0 ? 'USD' : `A${i}`))
  const marks = symbols.map((_, i) => (i === 0 ? 1 : 1 + random(1000)))
  const falls = [
    ['fall', 0.7],
    ['crash', 0.4],
    ['rise', 1.5],
  ] as const
  const book = new Book(symbols)
  for (let u = 0; u < accounts; u++) {
    const held = u < whales ? assets : 1 + random(4)
    const first = random(assets)
    for (let i = 0; i < held; i++) {
      const asset = (first + i) % assets
      // What is owed is far less than what else is held, whatever the prices do.
      const owes = held > 1 && i === held - 1 && u % 12 === 0
      book.add(`customer-${u}`, asset, owes ? `-0.0${1 + random(8)}` : `${100 + random(5000)}.${random(10)}`)
    }
  }
  const table = {
    schema: 'plimsoll/risk-table/1',
    timestamp: TIMESTAMP,
    quote: 'USD',
    valueDecimals: 12,
    instruments: symbols.map((symbol, i) => ({ symbol, kind: 'spot', decimals: 6, mark: `${marks[i]}` })),
    scenarios: falls.map(([name, factor]) => ({
      name,
      values: Object.fromEntries(
        symbols.map((symbol, i) => [symbol, (marks[i]! * (i === 0 ? 1 : factor)).toFixed(2)]),
      ),
    })),
  }
  return { ...book.files(), 'risk.json': `${JSON.stringify(table, null, 2)}\n` }
}

function pledges(): Files {
  const random = randomIntegers(`${SEED} pledges`)
  const [accounts, assets, wide] = [120, 500, 85]
  const symbols = Array.from({ length: assets }, (_, i) => (i === 0 ? 'usdt' : `coin${i}`))
  const prices = symbols.map((_, i) => (i === 0 ? 1 : 1 + random(500)))
  const reserves = symbols.map(() => 1)
  const rows = Array.from({ length: accounts }, (_, u) => {
    const cells = symbols.map(() => [0, 0, 0, 0, 0, 0])
    const pledged = u === 0 ? wide : 1 + random(5)
    for (let i = 0; i < pledged; i++) {
      const asset = u === 0 ? 1 + i : 1 + random(assets - 1)
      const dollars = u === 0 ? 15_000 : 2000 + random(30_000)
      const units = Math.ceil(dollars / prices[asset]!)
      const cell = cells[asset]!
      cell[0]! += units
      cell[3 + (i % 3)]! += units
      cell[2] = cell[0]! - cell[1]!
    }
    // The first tier of every list counts for half and more, and is at least 10,000 wide.
    cells[0]![1] = 500 + random(400)
    cells[0]![2] = -cells[0]![1]!
    for (const [i, cell] of cells.entries()) reserves[i]! += cell[0]!
    return `${u + 1},user-${u},${cells.flat().join(',')},0`
  })
  const header = symbols.flatMap((x) => [`e_${x}`, `d_${x}`, x, `vl_${x}`, `m_${x}`, `pm_${x}`])
  const tiers = symbols.map((symbol, i) => [symbol, prices[i], ...[0, 1, 2].map(() => list(random))])
  return {
    'accounts.csv': lines([['rn', 'id', ...header, 'total_net_balance_usdt'].join(','), ...rows]),
    'tiers.csv': lines([PLEDGED_TABLE, ...tiers.map((cells) => cells.join(','))]),
    'reserves.json': reservesJson(symbols, reserves),
  }
}

/** One to ten tiers, each of them counting for less than the one before. */
function list(random: Random): string {
  let from = 0
  const tiers = Array.from({ length: 1 + random(random(8) === 0 ? 10 : 3) }, (_, i) => {
    const to = from + 10_000 * (1 + random(50))
    const tier = `${from}-${to}:${100 - 5 * i}`
    from = to
    return tier
  })
  return `"[${tiers.join(',')}]"`
}

function wide(): Files {
  const random = randomIntegers(`${SEED} wide`)
  const [accounts, instruments] = [300, 1024]
  const symbols = Array.from({ length: instruments }, (_, i) => `T${i}`)
  const book = new Book(symbols)
  for (const i of symbols.keys()) book.add('fund', i, `${1 + random(1000)}`)
  for (let u = 0; u < accounts; u++) {
    const first = random(instruments)
    for (let i = 0; i <= random(4); i++) {
      book.add(`customer-${u}`, (first + 101 * i) % instruments, `${1 + random(1000)}`)
    }
  }
  const table = {
    schema: 'plimsoll/risk-table/1',
    timestamp: TIMESTAMP,
    quote: 'USD',
    valueDecimals: 12,
    instruments: symbols.map((symbol) => ({ symbol, kind: 'spot', decimals: 6, mark: `${1 + random(500)}` })),
    scenarios: [],
  }
  return { ...book.files(), 'risk.json': `${JSON.stringify(table, null, 2)}\n` }
}

/** Accounts in rows, and reserves that cover what they are owed. */
class Book {
  private readonly rows = ['account_id,instrument,quantity']
  private readonly owed: number[]

  constructor(private readonly symbols: readonly string[]) {
    this.owed = symbols.map(() => 1)
  }

  add(account: string, instrument: number, quantity: string): void {
    this.rows.push(`${account},${this.symbols[instrument]},${quantity}`)
    this.owed[instrument]! += Math.max(0, Math.ceil(Number(quantity)))
  }

  files(): Files {
    return { 'accounts.csv': lines(this.rows), 'reserves.json': reservesJson(this.symbols, this.owed) }
  }
}

function lines(rows: readonly string[]): string {
  return rows.map((row) => `${row}\n`).join('')
}

function reservesJson(symbols: readonly string[], amounts: readonly number[]): string {
  const reserves = Object.fromEntries(symbols.map((symbol, i) => [symbol, `${amounts[i]}`]))
  return `${JSON.stringify({ schema: 'plimsoll/reserves/1', reserves }, null, 2)}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind = '', folder] = process.argv.slice(2)
  const files = LEDGERS[kind]?.()
  if (!files || folder === undefined) {
    console.error(`usage: npx tsx scripts/make-ledger.ts ${Object.keys(LEDGERS).join('|')} FOLDER`)
    process.exit(2)
  }
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFileAtomic(join(folder, name), text)
}
