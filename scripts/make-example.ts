/**
 * Writes examples/venue: a made-up venue whose numbers all follow from one seed, so that anyone gets the same files.
 * Usage: npx tsx scripts/make-example.ts
 */
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatDecimal } from '../src/field/index.js'
import { writeFileAtomic } from '../src/files/index.js'
import { ownerCommitment } from '../src/hash/index.js'
import { formatReserves } from '../src/reserves/index.js'
import { formatRiskTable, type RiskTable } from '../src/risk/index.js'

const SEED = 'plimsoll example venue'
const ACCOUNTS = 300
/** One account in so many has an owner's commitment. */
const OWNER_EVERY = 25

const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 970_001_200_000_000n },
    { symbol: 'ETH', kind: 'spot', decimals: 8, mark: 33_127_500_000_000n },
    { symbol: 'SOL', kind: 'spot', decimals: 8, mark: 1_894_300_000_000n },
    { symbol: 'XRP', kind: 'spot', decimals: 6, mark: 2_318_100_000_000n },
    { symbol: 'DOGE', kind: 'spot', decimals: 8, mark: 3_172_000_000n },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 6, mark: 999_700_000_000n },
    { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: 1_000_000_000_000n },
    { symbol: 'EUR', kind: 'spot', decimals: 2, mark: 10_842_000_000_000_000n },
  ],
  scenarios: [],
}

/** The index of every instrument, as often as it is popular. */
const TICKETS = [7, 5, 3, 3, 1, 7, 4, 2].flatMap((share, index) => new Array<number>(share).fill(index))

/** The secret behind the owner's commitment of the account with this number. Public, as all of the example. */
export function exampleOwnerSecret(number: number): bigint {
  return BigInt(`0x${createHash('sha256').update(`${SEED} owner ${number}`).digest('hex').slice(0, 62)}`)
}

/** The example's files by name. */
export function exampleFiles(): Record<'accounts.csv' | 'risk.json' | 'reserves.json', string> {
  const random = randomIntegers(SEED)
  const totals = table.instruments.map(() => 0n)
  const lines = ['account_id,instrument,quantity,owner']
  for (let i = 0, number = 100; i < ACCOUNTS; i++) {
    number += 1 + random(9)
    const owner = i % OWNER_EVERY === 0 ? ownerCommitment(exampleOwnerSecret(number)).toString() : ''
    for (const instrument of holdings(random)) {
      const { symbol, decimals } = table.instruments[instrument]!
      const quantity = balance(instrument, random)
      totals[instrument]! += quantity
      const id = `cust-${String(number).padStart(6, '0')}`
      lines.push([id, symbol, formatDecimal(quantity, decimals), owner].join(','))
    }
  }
  const reserves = totals.map((total) => (total * BigInt(1006 + random(54))) / 1000n)
  return {
    'accounts.csv': `${lines.join('\n')}\n`,
    'risk.json': formatRiskTable(table),
    'reserves.json': formatReserves(reserves, table),
  }
}

/** One to four different instruments, fewer more often. */
function holdings(random: (bound: number) => number): number[] {
  const wanted = [1, 1, 1, 2, 2, 2, 3, 4][random(8)]!
  const chosen = new Set<number>()
  while (chosen.size < wanted) chosen.add(TICKETS[random(TICKETS.length)]!)
  return [...chosen].sort((a, b) => a - b)
}

/** A balance worth 20 to 100 USD, doubled up to 14 times with odds of 5 in 8 each: many small ones, few large. */
function balance(instrument: number, random: (bound: number) => number): bigint {
  let cents = BigInt(2_000 + random(8_000))
  for (let i = 0; i < 14 && random(8) < 5; i++) cents *= 2n
  return (cents * 10n ** BigInt(table.valueDecimals - 2)) / table.instruments[instrument]!.mark
}

/** Integers below a bound, from SHA-256 in counter mode; the bias of the remainder does not matter here. */
function randomIntegers(seed: string): (bound: number) => number {
  let counter = 0
  return (bound) => createHash('sha256').update(`${seed} ${counter++}`).digest().readUInt32BE(0) % bound
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL('../examples/venue', import.meta.url))
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(exampleFiles())) await writeFileAtomic(join(folder, name), text)
}
