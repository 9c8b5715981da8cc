import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { RiskTable } from '../src/risk/index.js'

const SPOTS = 16
/** Marks of the instruments of made-up ledgers, by row. */
export const BENCH_MARKS = Array.from({ length: SPOTS }, (_, i) => 10n ** 12n * BigInt(1 + i * i))

/** The table of these instruments, with scenarios or none. */
export function benchTable(scenarios: RiskTable['scenarios'] = []): RiskTable {
  return {
    timestamp: 1_767_225_600,
    quote: 'USD',
    valueDecimals: 18,
    instruments: BENCH_MARKS.map((mark, i) => ({ symbol: `ASSET${i}`, kind: 'spot', decimals: 8, mark })),
    scenarios,
  }
}

/**
 * Writes a made-up ledger of four slots an account.
 *
 * @param debtors every how many accounts one has a debt; default: none has
 */
export async function writeBenchLedger(path: string, accounts: number, debtors?: number): Promise<void> {
  const file = createWriteStream(path)
  file.write('account_id,instrument,quantity\n')
  for (let u = 0; u < accounts; u++) {
    const owes = debtors !== undefined && u % debtors === 0
    if (!file.write(rowsOf(u, owes))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

function rowsOf(u: number, owes: boolean): string {
  const id = `customer-${String(u).padStart(9, '0')}`
  const amount = (s: number) => `${1 + ((u * 7919 + s * 104_729) % 9973)}.${1 + ((u + s) % 97)}`
  return [0, 1, 2, 3]
    .map((s) => `${id},ASSET${(u + 5 * s) % SPOTS},${owes && s === 3 ? '-0.01' : amount(s)}\n`)
    .join('')
}
