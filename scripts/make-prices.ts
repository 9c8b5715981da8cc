/**
 * Writes examples/stress/prices.csv: made-up daily prices of two assets that move together, all from one
 * seed. Usage: npx tsx scripts/make-prices.ts
 */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '../src/files/index.js'

const DAYS = 400
const FIRST = Date.UTC(2024, 10, 28)
const ASSETS = [
  { name: 'BTC', price: 60_000, volatility: 0.025, volume: 20_000 },
  { name: 'ETH', price: 2_600, volatility: 0.035, volume: 300_000 },
]

/** Close to normally distributed: the sum of twelve numbers between 0 and 1, less its mean. */
function shock(name: string, day: number): number {
  const digest = createHash('sha256').update(`plimsoll example prices ${name} ${day}`).digest()
  return Array.from({ length: 12 }, (_, i) => digest.readUInt16BE(2 * i) / 65_536).reduce((a, b) => a + b) - 6
}

const lines = ['date,asset,close,volume']
for (const { name, price, volatility, volume } of ASSETS) {
  let close = price
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(FIRST + day * 86_400_000).toISOString().slice(0, 10)
    close *= Math.exp(volatility * (0.8 * shock('all', day) + 0.6 * shock(name, day)))
    const traded = volume * Math.exp(0.3 * shock(`volume of ${name}`, day))
    lines.push(`${date},${name},${close.toFixed(2)},${traded.toFixed(0)}`)
  }
}
await writeFileAtomic(
  fileURLToPath(new URL('../examples/stress/prices.csv', import.meta.url)),
  `${lines.join('\n')}\n`,
)
