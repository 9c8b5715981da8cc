import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { filesIn, writeVectors } from '../../../scripts/conformance/write.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { verifyEpoch } from '../../../src/epoch/index.js'
import { folderSource, readPins } from '../../../src/inputs/index.js'
import { formatJson } from '../../../src/schema/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { proveSampleEpoch, type SampleEpoch } from '../../helpers/epoch.js'
import { verifyIndependently } from '../../helpers/independent-verifier.js'
import { STRESS_BOOKS } from '../../helpers/stress-books.js'

/** Plain and stressed batches, a perp, two scenarios, one of them a requirement, and a policy with bounds. */
let epoch: SampleEpoch
beforeAll(async () => {
  epoch = await proveSampleEpoch(STRESS_BOOKS)
})

const acceptedHere = async (files: Record<string, string>): Promise<boolean> =>
  (await verifyEpoch(bytesSource(files), { pins: epoch.pins }).catch(() => ({ valid: false }))).valid

test('a verifier that was written from the specification alone accepts what this one accepts (epoch.23)', async () => {
  expect(await verifyIndependently(epoch.files, epoch.pins)).toBeUndefined()
  expect(await acceptedHere(epoch.files)).toBe(true)
})

test('both refuse every tampered vector, as the files that others run (epoch.23)', async () => {
  const out = temporaryFolder()
  const pins = { schema: 'plimsoll/pins/2', keys: epoch.pins }
  const written = writeVectors(epoch.files, formatJson(pins), out)
  expect(JSON.parse(readFileSync(join(out, 'vectors.json'), 'utf8'))).toEqual(written)
  expect(await readPins(join(out, 'pins.json'))).toEqual(epoch.pins)
  expect(written.filter(({ valid }) => !valid).length).toBeGreaterThanOrEqual(20)
  expect(new Set(written.map(({ folder }) => folder)).size).toBe(written.length)
  for (const { folder, valid } of written) {
    const files = filesIn(join(out, folder))
    expect(isDeepStrictEqual(files, epoch.files), folder).toBe(valid)
    expect((await verifyIndependently(files, epoch.pins)) === undefined, folder).toBe(valid)
    const source = folderSource(join(out, folder))
    const here = await verifyEpoch(source, { pins: epoch.pins }).catch((error: unknown) => error)
    expect(here, folder).toMatchObject(valid ? { valid } : { exitCode: expect.any(Number) })
    expect((here as { valid?: boolean }).valid === true, folder).toBe(valid)
  }
})

test('a key of somebody else is refused by both, whatever the manifest says (epoch.23)', async () => {
  const { 'ledger-tiny': pin, ...rest } = epoch.pins
  const other = { ...rest, 'ledger-tiny': { ...pin!, keyHash: '0'.repeat(64) } }
  expect(await verifyIndependently(epoch.files, other)).toBe('key ledger-tiny')
  expect((await verifyEpoch(bytesSource(epoch.files), { pins: other })).valid).toBe(false)
})
