/**
 * One full batch of a `ledger` instance, proven with Plimsoll's prover and with snarkjs in turn, each time in
 * a process of its own: `npm run build && tsx scripts/bench-prover.ts [NAME] [ROUNDS] [--json]`. A figure is
 * the median of the rounds, from the inputs to the verified proof; `ratio` is snarkjs over ours, and
 * `peakMiB` the most memory that the process had.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serialize } from 'node:v8'
import { ensureArtifacts } from '../src/proving/index.js'
import { fullBatch } from './bench-batch.js'
import { benchWords, median, reportFigures } from './bench-report.js'
import { run } from './run.js'

const [name = 'ledger-4-18', rounds = '1'] = benchWords
const BUILT = new URL('../dist/proving/index.js', import.meta.url).href
const PROVERS = ['wasm', 'snarkjs'] as const

interface Cost {
  cpuSeconds: number
  wallSeconds: number
  peakMiB: number
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
const given = join(folder, 'given')
const meter = join(folder, 'meter.mjs')

async function prove(prover: (typeof PROVERS)[number]): Promise<Cost> {
  const { code, out, said } = await run(process.execPath, [meter, prover])
  if (code !== 0) throw new Error(`${prover} failed: ${said}`)
  return JSON.parse(out)
}

try {
  const artifacts = await ensureArtifacts(name, { onProgress: (what) => console.error(what) })
  writeFileSync(given, serialize({ artifacts, inputs: fullBatch(artifacts.instance) }))
  writeFileSync(
    meter,
    `import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { chooseProver, terminateProving } from '${BUILT}'
const { artifacts, inputs } = deserialize(readFileSync(new URL('given', '${pathToFileURL(folder).href}/')))
const [cpu, wall] = [process.cpuUsage(), performance.now()]
await chooseProver(process.argv[2]).prove(artifacts, inputs)
const { user, system } = process.cpuUsage(cpu)
const wallSeconds = (performance.now() - wall) / 1000
const peakMiB = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, wallSeconds, peakMiB }))
await terminateProving()`,
  )
  const costs: Record<(typeof PROVERS)[number], Cost[]> = { wasm: [], snarkjs: [] }
  for (let round = 0; round < Number(rounds); round++) {
    for (const prover of PROVERS) costs[prover].push(await prove(prover))
  }
  const of = (prover: (typeof PROVERS)[number], figure: keyof Cost) =>
    median(costs[prover].map((cost) => cost[figure]))
  const figures = (prover: (typeof PROVERS)[number]): Cost => ({
    cpuSeconds: of(prover, 'cpuSeconds'),
    wallSeconds: of(prover, 'wallSeconds'),
    peakMiB: of(prover, 'peakMiB'),
  })
  const [ours, other] = [figures('wasm'), figures('snarkjs')]
  reportFigures({
    instance: name,
    wasm: ours,
    snarkjs: other,
    ratio: {
      cpu: other.cpuSeconds / ours.cpuSeconds,
      wall: other.wallSeconds / ours.wallSeconds,
      memory: other.peakMiB / ours.peakMiB,
    },
    peakMiB: ours.peakMiB,
  })
} finally {
  rmSync(folder, { recursive: true })
}
