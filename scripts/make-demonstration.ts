/**
 * Makes what the customers' page demonstrates with, `src/web/inclusion/generated/demonstration.json`: the
 * example venue's epoch, signed and with real proofs, its pins, what the venue shows of it, and the file of
 * one customer. Proofs are random, so that each run makes other bytes: `npm run build`, then
 * `npx tsx scripts/make-demonstration.ts`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const OUT = fileURLToPath(new URL('../src/web/inclusion/generated/demonstration.json', import.meta.url))
/** Whose file it is: the customer of the example who holds two instruments. */
const ACCOUNT = 'bob'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-demonstration-'))
const at = (path: string) => join(folder, path)
const read = (path: string) => readFileSync(at(path), 'utf8')
const run = (...args: string[]) =>
  JSON.parse(
    execFileSync(process.execPath, [MAIN, ...args, '--json'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
try {
  run('init', '--example')
  run('epoch', 'sign', '--new-key', 'venue-key.json')
  const config = JSON.parse(read('plimsoll.json'))
  config.files.key = 'venue-key.json'
  writeFileSync(at('plimsoll.json'), JSON.stringify(config))
  const { epoch, archive, inclusion, signer } = run('epoch')
  const places = ['--epoch', `public/${epoch}`, '--private', `private/${epoch}`]
  const shown = ['--totals', '--reserves', 'reserves.json', '--out', 'openings.json']
  run('solvency', 'disclose', ...places, ...shown)
  const file = readdirSync(inclusion, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => JSON.parse(readFileSync(join(inclusion, path), 'utf8')))
    .find(({ account }) => account === ACCOUNT)
  const made = {
    account: ACCOUNT,
    venue: signer,
    file: JSON.stringify(file),
    pins: read('pins.json'),
    openings: read('openings.json'),
    epoch: readFileSync(archive).toString('base64'),
  }
  mkdirSync(dirname(OUT), { recursive: true })
  writeFileSync(OUT, `${JSON.stringify(made, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
