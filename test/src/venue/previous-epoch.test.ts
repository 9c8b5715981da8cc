import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../src/bundle/index.js'
import type { Manifest } from '../../../src/epoch/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import { previousOf } from '../../../src/venue/previous-epoch.js'
import { MANIFEST } from '../../helpers/manifest.js'

const OWN = { venue: 'Tiny Venue', epoch: '2026-02' }
const source = (manifest: Manifest) => bytesSource({ 'manifest.json': formatJson(manifest) }, 'before')

describe('the epoch that another follows (epoch.20)', () => {
  test('is named by the SHA-256 of its manifest as it was published', async () => {
    expect(await previousOf(source(MANIFEST), OWN)).toBe(sha256Text(formatJson(MANIFEST)))
  })

  const { ledger } = MANIFEST.parts
  test.each<[string, Manifest, typeof OWN]>([
    ['is of another venue', { ...MANIFEST, venue: 'Other Venue' }, OWN],
    ['has the name of the epoch that it is to stand before', MANIFEST, { ...OWN, epoch: '2026-01' }],
    ['is not finished: its solvency is not proven', { ...MANIFEST, parts: { ledger } }, OWN],
  ])('is refused when it %s', async (message, manifest, own) => {
    await expect(previousOf(source(manifest), own)).rejects.toMatchObject({
      code: 'EPOCH_PREVIOUS',
      what: message,
      where: 'before',
      exitCode: 2,
    })
  })
})
