/**
 * A margin proof in Chromium, from its inputs to the verified proof, by the public entries for browsers:
 * `tsx scripts/bench-browser.ts [NAME] [THREADS] [ROUNDS] [--json]`. `seconds` is the median of the rounds
 * with so many threads, `first` that of the first one, which starts the workers and compiles, `alone` that of
 * a page that is not cross-origin isolated, and `open` what it takes to fetch and check the artifacts.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownerCommitment } from '../src/hash/index.js'
import { ensureArtifacts } from '../src/proving/index.js'
import { benchWords, median, reportFigures } from './bench-report.js'
import { bundleForBrowser, serving, startChromium } from './chromium.js'
import { writeMarginAccount, writeMarginTable } from './soundness/samples/margin-files.js'

const [name = 'margin-4', threads = '2', rounds = '3'] = benchWords
const SECRET = 918_273_645n
const PAGE = `
import { browserProver, openBrowserArtifacts, proveMargin } from '/prove.js'
import { parseInclusion, parseRiskTable } from '/verify.js'
const text = async (path) => (await fetch(path)).text()
globalThis.bench = async (threads, rounds) => {
  const since = (start) => (performance.now() - start) / 1000
  const opening = performance.now()
  const artifacts = await openBrowserArtifacts({
    manifest: await text('/key.json'),
    provingKey: fetch('/proving.zkey'),
    witnessCode: fetch('/circuit.wasm'),
  })
  const open = since(opening)
  const prover = browserProver({ threads, worker: () => new Worker('/prove-worker.js', { type: 'module' }) })
  const options = {
    inclusion: parseInclusion(await text('/inclusion.json'), 'inclusion.json'),
    ownerSecret: ${SECRET}n,
    table: parseRiskTable(await text('/risk.json'), 'risk.json'),
    requirement: 'maintenance',
    purpose: { schema: 'plimsoll/margin-purpose/1', reader: { name: 'Example Desk', purpose: 'bench' } },
    instance: artifacts.instance.name,
    artifacts: async () => artifacts,
    prover,
  }
  const seconds = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await proveMargin(options)
    seconds.push(since(start))
  }
  return { threads: prover.threads, open, seconds }
}
`

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
const browser = await startChromium()
try {
  const artifacts = await ensureArtifacts(name, { onProgress: (what) => console.error(what) })
  const owner = { commitment: `${ownerCommitment(SECRET)}` }
  const { inclusion } = writeMarginAccount(folder, 'alice', owner, [
    ['USDC', 148_213_915_577n],
    ['BTC', 51_735_190n],
    ['BTC-PERP', -101_928_374n],
  ])
  const own = (file: string) => readFileSync(join(artifacts.directory, file))
  const files = {
    ...(await bundleForBrowser('prove.ts', 'verify.ts', 'prove-worker.ts')),
    '/page.js': PAGE,
    '/': '<!doctype html><title>bench</title><script type="module" src="/page.js"></script>',
    '/key.json': own('key.json'),
    '/proving.zkey': own('proving.zkey'),
    '/circuit.wasm': own('circuit.wasm'),
    '/inclusion.json': readFileSync(inclusion),
    '/risk.json': readFileSync(writeMarginTable(folder)),
  }
  const measure = (isolated: boolean) =>
    serving(files, isolated, async (address) => {
      const page = await browser.newPage()
      await page.goto(address, { waitUntil: 'load' })
      const call = `bench(${Number(threads)}, ${Number(rounds)})`
      const found = await page.evaluate<{ threads: number; open: number; seconds: number[] }>(call)
      await page.close()
      return found
    })
  const [together, alone] = [await measure(true), await measure(false)]
  reportFigures({
    instance: name,
    threads: together.threads,
    seconds: median(together.seconds),
    first: together.seconds[0],
    alone: median(alone.seconds),
    open: together.open,
  })
} finally {
  await browser.close()
  rmSync(folder, { recursive: true })
}
