/**
 * The time of a check of a whole ledger: `tsx scripts/bench-check.ts [tidy|wide] [ACCOUNTS]`. Made-up
 * accounts of four slots each; `tidy` with a risk table of 8 scenarios, `wide` with a tier table and pledges.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTierTable } from '../src/inputs/index.js'
import { checkLedger } from '../src/ledger/index.js'
import { type RiskTable, tierRiskTable } from '../src/risk/index.js'

const format = process.argv[2] === 'wide' ? 'wide' : 'tidy'
const accounts = Number(process.argv[3] ?? 200_000)

const SYMBOLS = Array.from({ length: 16 }, (_, i) => `ASSET${i}`)
const mark = (i: number) => 10n ** 12n * BigInt(1 + i * i)
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: SYMBOLS.map((symbol, i) => ({ symbol, kind: 'spot', decimals: 8, mark: mark(i) })),
  scenarios: Array.from({ length: 8 }, (_, s) => ({
    name: `fall ${s}`,
    values: SYMBOLS.map((_, i) => ({ long: (mark(i) * BigInt(9 - s)) / 10n, short: mark(i) })),
  })),
}
const WIDE = ['btc', 'eth', 'bnb', 'shib']
const TIERS = '"[0-10000:100,10000-20000:90,20000-50000:60,50000-100000:10]"'
const TIER_FILE = `symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\n${WIDE.map(
  (symbol, i) => `${symbol},${[65100.22, 3620.56, 610.23, '0.00001797'][i]},${TIERS},${TIERS},""`,
).join('\n')}`

/** One account in a thousand owes more than it has. */
function rows(u: number): string {
  const id = `customer-${String(u).padStart(9, '0')}`
  const amount = (s: number) => `${1 + ((u * 7919 + s * 104_729) % 9973)}.${1 + ((u + s) % 97)}`
  const isBad = u % 1000 === 999
  if (format === 'tidy') {
    return [0, 1, 2, 3]
      .map((s) => `${id},${SYMBOLS[(u + 5 * s) % 16]},${isBad || s === 3 ? '-' : ''}${amount(s)}\n`)
      .join('')
  }
  const cells = WIDE.map((_, s) => `${amount(s)},${isBad ? amount(s) : '0.0'},0,0.5,0.25,0.125`)
  return `${u},${id},${cells.join(',')},0.0\r\n`
}

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
try {
  const [path, tiers] = [join(folder, 'accounts.csv'), join(folder, 'tiers.csv')]
  await writeFile(tiers, TIER_FILE)
  const file = createWriteStream(path)
  file.write(
    format === 'tidy'
      ? 'account_id,instrument,quantity\n'
      : `rn,id,${WIDE.map((x) => `e_${x},d_${x},${x},vl_${x},m_${x},pm_${x}`).join(',')},total\r\n`,
  )
  for (let u = 0; u < accounts; u++) if (!file.write(rows(u))) await once(file, 'drain')
  file.end()
  await once(file, 'close')
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const report = await checkLedger(
    path,
    format === 'tidy' ? table : tierRiskTable(await readTierTable(tiers), table),
    {
      progress: (what) => console.error(what),
    },
  )
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  console.log(
    JSON.stringify({
      format,
      accounts: report.accounts,
      invalid: report.invalid,
      underwater: report.underwater,
      fileMiB: Math.round((await stat(path)).size / 2 ** 20),
      seconds: Number(seconds.toFixed(1)),
      cpuSeconds: Number(((user + system) / 1e6).toFixed(1)),
      accountsPerSecond: Math.round(report.accounts / seconds),
      peakGiB: Number((process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)),
    }),
  )
} finally {
  await rm(folder, { recursive: true })
}
