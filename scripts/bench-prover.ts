/**
 * One full batch of a `ledger` instance, proven with Plimsoll's prover and with snarkjs in turn, each time in
 * a process of its own: `npm run build && tsx scripts/bench-prover.ts [NAME] [ROUNDS] [PROGRAM] [--json]`.
 * With the path of another program that proves, such as rapidsnark, it takes a turn too. A figure is the
 * median of the rounds, from the inputs to the verified proof, with all processes counted; `ratio` is the
 * others' over ours, and `peakMiB` the most memory of the process, in which the other program is not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serialize } from 'node:v8'
import { ensureArtifacts } from '../src/proving/index.js'
import { fullBatch } from './bench-batch.js'
import { benchWords, median, reportFigures } from './bench-report.js'
import { run } from './run.js'

const [name = 'ledger-4-18', rounds = '1', program] = benchWords
const BUILT = new URL('../dist/proving/index.js', import.meta.url).href
const OTHERS = ['snarkjs', ...(program === undefined ? [] : [`command ${resolve(program)}`])]

interface Cost {
  cpuSeconds: number
  wallSeconds: number
  peakMiB: number
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
const given = join(folder, 'given')
const meter = join(folder, 'meter.mjs')

async function prove(prover: string): Promise<Cost> {
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
// Of processes that have ended: fields 16 and 17, in ticks of 1/100 second, the first two being before ')'.
const ofChildren = () => {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
const [cpu, children, wall] = [process.cpuUsage(), ofChildren(), performance.now()]
await chooseProver(process.argv[2]).prove(artifacts, inputs)
const { user, system } = process.cpuUsage(cpu)
const cpuSeconds = (user + system) / 1e6 + ofChildren() - children
const wallSeconds = (performance.now() - wall) / 1000
const peakMiB = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ cpuSeconds, wallSeconds, peakMiB }))
await terminateProving()`,
  )
  const costs = new Map<string, Cost[]>(['wasm', ...OTHERS].map((prover) => [prover, []]))
  for (let round = 0; round < Number(rounds); round++) {
    for (const [prover, of] of costs) of.push(await prove(prover))
  }
  const figures = (prover: string): Cost => {
    const of = (figure: keyof Cost) => median(costs.get(prover)!.map((cost) => cost[figure]))
    return { cpuSeconds: of('cpuSeconds'), wallSeconds: of('wallSeconds'), peakMiB: of('peakMiB') }
  }
  const ours = figures('wasm')
  const others = OTHERS.map((prover) => {
    const { cpuSeconds, wallSeconds, peakMiB } = figures(prover)
    const ratio = {
      cpu: cpuSeconds / ours.cpuSeconds,
      wall: wallSeconds / ours.wallSeconds,
      memory: peakMiB / ours.peakMiB,
    }
    return [prover.split('/').at(-1)!, { cpuSeconds, wallSeconds, peakMiB, ratio }] as const
  })
  reportFigures({ instance: name, wasm: ours, ...Object.fromEntries(others), peakMiB: ours.peakMiB })
} finally {
  rmSync(folder, { recursive: true })
}
