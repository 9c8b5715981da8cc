/**
 * What `plimsoll --help` costs against `node -e 0`, in turn, in CPU seconds and wall time:
 * `npm run build && tsx scripts/bench-startup.ts [ROUNDS] [--json]`. Each figure is the median of the rounds,
 * and each ratio that of two medians.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchWords, median, reportFigures } from './bench-report.js'

const rounds = Number(benchWords[0] ?? 21)
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
// The process says itself what it took: a parent is not told.
const meter = join(folder, 'meter.cjs')
writeFileSync(
  meter,
  "process.on('exit', () => require('fs').writeSync(2, JSON.stringify(process.cpuUsage())))",
)

interface Cost {
  cpuSeconds: number
  wallSeconds: number
}

function run(...args: string[]): Cost {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['-r', meter, ...args], { encoding: 'utf8' })
  const wallSeconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
  const { user, system } = JSON.parse(stderr)
  return { cpuSeconds: (user + system) / 1e6, wallSeconds }
}

try {
  const [help, node]: [Cost[], Cost[]] = [[], []]
  for (let i = 0; i < rounds; i++) {
    node.push(run('-e', '0'))
    help.push(run(main, '--help'))
  }
  const of = (costs: Cost[]): Cost => ({
    cpuSeconds: median(costs.map(({ cpuSeconds }) => cpuSeconds)),
    wallSeconds: median(costs.map(({ wallSeconds }) => wallSeconds)),
  })
  const [ours, bare] = [of(help), of(node)]
  reportFigures({
    help: ours,
    node: bare,
    cpuRatio: ours.cpuSeconds / bare.cpuSeconds,
    wallRatio: ours.wallSeconds / bare.wallSeconds,
  })
} finally {
  rmSync(folder, { recursive: true })
}
