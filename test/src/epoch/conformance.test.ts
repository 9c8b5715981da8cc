import { beforeAll, expect, test } from 'vitest'
import { VECTORS } from '../../../scripts/conformance/vectors.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { verifyEpoch } from '../../../src/epoch/index.js'
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

test('both refuse every tampered vector (epoch.23)', async () => {
  expect(VECTORS.length).toBeGreaterThanOrEqual(20)
  expect(new Set(VECTORS.map(({ name }) => name)).size).toBe(VECTORS.length)
  for (const { name, change } of VECTORS) {
    const files = { ...epoch.files }
    change(files)
    expect(files, name).not.toEqual(epoch.files)
    expect(await verifyIndependently(files, epoch.pins), name).toBeDefined()
    expect(await acceptedHere(files), name).toBe(false)
  }
})

test('a key of somebody else is refused by both, whatever the manifest says (epoch.23)', async () => {
  const { 'ledger-tiny': pin, ...rest } = epoch.pins
  const other = { ...rest, 'ledger-tiny': { ...pin!, keyHash: '0'.repeat(64) } }
  expect(await verifyIndependently(epoch.files, other)).toBe('key ledger-tiny')
  expect((await verifyEpoch(bytesSource(epoch.files), { pins: other })).valid).toBe(false)
})
