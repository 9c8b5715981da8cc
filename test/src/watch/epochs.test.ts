import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWatchConfig, reasonsOf, type Sample, startWatch } from '../../../src/watch/index.js'
import demonstration from '../../../src/web/inclusion/generated/demonstration.json' with { type: 'json' }
import { simulatedClock } from '../../helpers/simulated-clock.js'

const archive = new Uint8Array(Buffer.from(demonstration.epoch, 'base64'))
const files = unzipSync(archive)
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-epochs-'))
const NOW = 1_800_000_000
const VENUE = 'Example Venue'

/** Addresses that were asked, by their paths. */
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url!)
  if (request.url === '/2027-01-15.zip') response.end(archive)
  else response.writeHead(404).end()
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  writeFileSync(join(folder, 'pins.json'), demonstration.pins)
})
afterAll(() => server.close())

function writeEpoch(to: string): void {
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(to, path.replace(/^epoch\//, ''))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
}

async function watching(fields: object) {
  const config = join(folder, 'watch.json')
  const epochs = [{ venue: VENUE, pins: 'pins.json', every: 1, recheck: 10, ...fields }]
  writeFileSync(config, JSON.stringify({ schema: 'plimsoll/watch/1', epochs }))
  const clock = simulatedClock(NOW)
  const faults: unknown[] = []
  const onFault = ({ error }: { error: unknown }) => faults.push(error)
  return { clock, faults, loop: startWatch(await readWatchConfig(config), { clock, onFault }) }
}

const valueIn = (samples: readonly Sample[], name: string) => samples.find((s) => s.name === name)?.value

test('an epoch is verified, and again when a byte of it differs (watch.7)', async () => {
  const place = join(folder, 'published')
  writeEpoch(join(place, 'one'))
  const { loop, clock, faults } = await watching({ from: ['published'] })
  const first = await loop.once()
  expect(faults).toEqual([])
  expect(valueIn(first.samples, 'plimsoll_epoch_valid')).toBe(1)
  expect(valueIn(first.samples, 'plimsoll_epoch_age_seconds')).toBeGreaterThan(0)
  expect(valueIn(first.samples, 'plimsoll_epoch_least_ratio')).toBe(1)
  expect(reasonsOf(first.samples)).toEqual([])

  const proof = join(place, 'one', 'ledger/0000/0000000.json')
  const text = readFileSync(proof, 'utf8')
  writeFileSync(
    proof,
    text.replace(/"([0-9])([0-9]{60,})"/, (_, d, rest) => `"${d === '1' ? 2 : 1}${rest}"`),
  )
  await clock.sleep(5)
  expect(
    valueIn((await loop.once()).samples, 'plimsoll_epoch_valid'),
    'before the files are read again',
  ).toBe(1)
  await clock.sleep(10)
  const changed = await loop.once()
  expect(valueIn(changed.samples, 'plimsoll_epoch_valid')).toBe(0)
  expect(reasonsOf(changed.samples)).toEqual([`The newest epoch of ${VENUE} is not valid.`])
  writeFileSync(proof, text)
  await clock.sleep(11)
  expect(valueIn((await loop.once()).samples, 'plimsoll_epoch_valid')).toBe(1)
})

test('two manifests under one name are a conflict, and epochs of others are none (watch.7)', async () => {
  const place = join(folder, 'parted')
  writeEpoch(join(place, 'one'))
  cpSync(join(place, 'one'), join(place, 'two'), { recursive: true })
  const manifest = join(place, 'two', 'manifest.json')
  const given = JSON.parse(readFileSync(manifest, 'utf8')) as object
  writeFileSync(manifest, JSON.stringify({ ...given, previous: 'ab'.repeat(32) }))
  const { loop } = await watching({ from: ['parted'] })
  const { samples } = await loop.once()
  expect(valueIn(samples, 'plimsoll_epoch_conflicts')).toBe(1)
  expect(valueIn(samples, 'plimsoll_epoch_valid'), 'one of the copies is not').toBe(0)
  const { loop: other } = await watching({ from: ['parted'], venue: 'Another Venue' })
  const found = await other.once()
  expect(valueIn(found.samples, 'plimsoll_epoch_conflicts')).toBe(0)
  expect(valueIn(found.samples, 'plimsoll_epoch_valid')).toBeUndefined()
})

test('an epoch is found at an address by its day, and one that is not there is no fault (watch.7)', async () => {
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { loop, clock, faults } = await watching({ from: [`${at}/{date}.zip`] })
  expect(valueIn((await loop.once()).samples, 'plimsoll_epoch_valid')).toBe(1)
  expect(new Set(asked)).toEqual(new Set(['/2027-01-15.zip', '/2027-01-14.zip']))
  await clock.sleep(3 * 86_400)
  const { samples } = await loop.once()
  expect(faults).toEqual([])
  expect(valueIn(samples, 'plimsoll_epoch_valid'), 'the last one stays').toBe(1)
})

test('pins that do not name the keys make no epoch valid (watch.7)', async () => {
  writeEpoch(join(folder, 'other', 'one'))
  const pins = demonstration.pins.replace(/"([0-9a-f]{64})"/g, `"${'0'.repeat(64)}"`)
  writeFileSync(join(folder, 'other.json'), pins)
  const { loop } = await watching({ from: ['other'], pins: 'other.json' })
  expect(valueIn((await loop.once()).samples, 'plimsoll_epoch_valid')).toBe(0)
})
