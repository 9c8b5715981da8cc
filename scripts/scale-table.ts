/**
 * What ledgers of a million to a hundred million accounts of four slots take, from the processor time and the
 * memory of one proof: machine hours, disk and cost, as the table of docs/scale.md.
 *
 *     npx tsx scripts/scale-table.ts CPU_SECONDS_A_PROOF PEAK_MIB [INSTANCE] [DOLLARS_A_CORE_HOUR]
 *
 * `npx tsx scripts/bench-prover.ts INSTANCE` measures the first two; the rest is arithmetic.
 */
import { findInstance } from '../src/proving/index.js'

const [cpu, peakMiB] = process.argv.slice(2, 4).map(Number)
const [name = 'ledger-4-18', price = '0.04'] = process.argv.slice(4)
if (!(cpu! > 0 && peakMiB! > 0)) {
  console.error(
    'usage: npx tsx scripts/scale-table.ts CPU_SECONDS_A_PROOF PEAK_MIB [INSTANCE] [DOLLARS_A_CORE_HOUR]',
  )
  process.exit(2)
}
const { ACCOUNTS } = findInstance(name).params as { ACCOUNTS: number }
/** Of a batch's proof file, and of a line of its folder. */
const PROOF_BYTES = 1_311
const CORES = 16

console.log(
  '| accounts | batches | core hours | hours on one machine of 16 cores | dollars | proofs on disk |',
)
console.log('|---|---|---|---|---|---|')
for (const accounts of [1e6, 1e7, 1e8]) {
  const batches = Math.ceil(accounts / ACCOUNTS)
  const hours = (batches * cpu!) / 3600
  const cells = [
    accounts.toLocaleString('en'),
    batches.toLocaleString('en'),
    hours.toFixed(1),
    (hours / CORES).toFixed(1),
    (hours * Number(price)).toFixed(2),
    `${((batches * PROOF_BYTES) / 1e6).toFixed(1)} MB`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
console.log(
  `\nExtrapolated: ${cpu} CPU seconds and ${peakMiB} MiB for a proof of ${ACCOUNTS} accounts by ${name}, ${price} dollars a core hour.`,
)
