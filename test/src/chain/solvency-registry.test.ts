import type { Address } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectChain, openSolvencyRegistry, type SolvencyRegistry } from '../../../src/chain/index.js'
import type { EpochSignature, VerifiedEpoch } from '../../../src/epoch/index.js'
import { terminateProving } from '../../../src/proving/index.js'
import { riskDigests } from '../../../src/risk/index.js'
import type { SigningKey } from '../../../src/venue/index.js'
import {
  type RegistryFixture,
  registryFixture,
  signedOther,
  TAKEN,
  TERMS,
  VENUE,
} from '../../helpers/registry.js'
import { STRESS_BOOKS } from '../../helpers/stress-books.js'

const make = registryFixture(STRESS_BOOKS)
let fixture: RegistryFixture
let authority: Address
let registry: SolvencyRegistry
let epoch: VerifiedEpoch
let signature: EpochSignature
let operator: SigningKey
let stranger: SigningKey

beforeAll(async () => {
  fixture = await make()
  ;({ authority, registry, epoch, signature, operator, stranger } = fixture)
  expect(Object.keys(fixture.pins)).toHaveLength(3)
})
afterAll(async () => {
  await terminateProving()
  await fixture?.local.stop()
})

/** The epoch with another manifest, and what somebody signs of it. */
const other = (key: SigningKey, changes: Partial<VerifiedEpoch['manifest']>, rest = {}) =>
  signedOther(fixture, key, changes, rest)

/** The table with one mark higher by one unit. */
function marked() {
  const instruments = epoch.table.instruments.map((one, i) =>
    i === 0 ? { ...one, mark: one.mark + 1n } : one,
  )
  return { ...epoch.table, instruments }
}

const refusal = (error: string) => ({
  code: 'REGISTRY_REFUSED',
  message: expect.stringContaining(`the registry refused the call: ${error}`),
})

describe('a real epoch at a registry on a chain (registry.12)', () => {
  test('opens by the signature of its operator over its own manifest and number, and by no other', async () => {
    expect(await registry.standing(epoch)).toEqual({ state: 'unused', batches: 0 })
    expect(await registry.status(VENUE)).toEqual({ state: 'never', epoch: 0, takenAt: 0, until: 0 })
    for (const [error, from, signed] of [
      ['NotSigned', ...(await other(stranger, {}))],
      ['NotSigned', epoch, { ...signature, uri: '' }],
      ['NotSigned', { ...epoch, manifest: { ...epoch.manifest, epoch: '8' } }, signature],
      ['NotSigned', { ...epoch, manifest: { ...epoch.manifest, riskRoot: '12' } }, signature],
      ['SignatureExpired', ...(await other(operator, {}, { deadline: TAKEN }))],
      ['UnknownVenue', ...(await other(operator, { venue: 'Other Venue' }))],
    ] as const) {
      await expect(registry.openEpoch(from, signed), error).rejects.toMatchObject(refusal(error))
    }
    await expect(registry.openEpoch({ ...epoch, manifestSha256: '0'.repeat(64) }, signature)).rejects.toThrow(
      'the signature is of another manifest',
    )
    // Numbers rise: those that other tests need come first.
    const changed = marked()
    const { riskRoot } = riskDigests(changed, epoch.manifest.sizes)
    for (const [number, table] of [
      ['5', changed],
      ['6', epoch.table],
    ] as const) {
      const root = number === '5' ? `${riskRoot}` : epoch.manifest.riskRoot
      await registry.openEpoch(...(await other(operator, { epoch: number, riskRoot: root }, { table })))
    }
    await registry.openEpoch(epoch, signature)
    await expect(registry.openEpoch(epoch, signature)).rejects.toMatchObject(refusal('NumberUsed'))
    expect(await registry.standing(epoch)).toEqual({ state: 'open', batches: 0 })
    const [elsewhere] = await other(operator, { epoch: '4' })
    expect(await registry.standing(elsewhere)).toEqual({ state: 'burned', batches: 0 })
  })

  test('its batches are verified in their order, and it is not final without one of them', async () => {
    await expect(registry.finalize(epoch)).rejects.toMatchObject(refusal('NothingFolded'))
    await expect(registry.submitBatches(epoch, 1, 1)).rejects.toMatchObject(refusal('WrongBatch'))
    await expect(registry.submitBatches(epoch, 0, 2)).rejects.toMatchObject({ code: 'CALL_ARGUMENTS' })
    await registry.submitBatches(epoch, 0, 1)
    expect(await registry.standing(epoch)).toEqual({ state: 'open', batches: 1 })
    await expect(registry.submitBatches(epoch, 0, 1)).rejects.toMatchObject(refusal('WrongBatch'))
    await expect(registry.finalize(epoch)).rejects.toMatchObject(refusal('ProofRejected'))
    const [first, second, ...rest] = epoch.proofs
    const forged = { ...second!, proof: { ...second!.proof, a: first!.proof.a } }
    const cheated = { ...epoch, proofs: [first!, forged, ...rest] }
    await expect(registry.submitBatches(cheated, 1, 1)).rejects.toMatchObject(refusal('ProofRejected'))
    await registry.submitBatches(epoch, 1, 1)
    expect(await registry.standing(epoch)).toEqual({ state: 'open', batches: 2 })
  })

  test('its proof is of no use for a changed mark, another table, number, history or books', async () => {
    const { manifest } = epoch
    const { solvency } = manifest.parts
    const changed = marked()
    const riskRoot = `${riskDigests(changed, manifest.sizes).riskRoot}`
    const zeros = '0'.repeat(64)
    for (const [what, from] of [
      ['a changed mark', { ...epoch, table: changed }],
      [
        'another table, signed as it is',
        { ...epoch, table: changed, manifest: { ...manifest, epoch: '5', riskRoot } },
      ],
      ['another number', { ...epoch, manifest: { ...manifest, epoch: '6' } }],
      ['another text of the table', { ...epoch, manifest: { ...manifest, riskTable: zeros } }],
      ['another epoch before', { ...epoch, manifest: { ...manifest, previous: '1'.repeat(64) } }],
      ...(['accountsRoot', 'reservesCommitment'] as const).map(
        (field) =>
          [
            field,
            {
              ...epoch,
              manifest: {
                ...manifest,
                parts: { ...manifest.parts, solvency: { ...solvency, [field]: '12' } },
              },
            },
          ] as const,
      ),
    ] as const) {
      await expect(registry.finalize(from), what).rejects.toMatchObject(refusal('ProofRejected'))
    }
    for (const names of [[], ['maintenance'], ['crash', 'maintenance']]) {
      await expect(registry.finalize(epoch, names)).rejects.toMatchObject(refusal('ScenarioMissing'))
    }
    const early = { ...epoch, table: { ...epoch.table, timestamp: TAKEN + 400_000 } }
    await expect(registry.finalize(early)).rejects.toMatchObject(refusal('UnfitTime'))
    expect((await registry.status(VENUE)).state).toBe('never')
  })

  test('is final with all of it, for no more gas than was measured, and then solvent', async () => {
    const gas = await registry.finalize(epoch)
    // The whole transaction: 388,929 with the proof and the first epoch of a venue.
    expect(gas).toBeLessThan(392_000n)
    expect(await registry.status(VENUE)).toEqual({
      ...{ state: 'solvent', epoch: 7, takenAt: TAKEN, until: TAKEN + TERMS.maxAge },
    })
    expect(await registry.standing(epoch)).toEqual({ state: 'final', batches: 2 })
    await expect(registry.finalize(epoch)).rejects.toMatchObject(refusal('NotOpen'))
    const [overtaken] = await other(operator, { epoch: '6' })
    expect(await registry.standing(overtaken)).toMatchObject({ state: 'burned' })
  })

  test('one that is meant for another contract or chain, or has no number, is refused before anything is sent', async () => {
    const { target } = epoch.manifest
    for (const [said, changes] of [
      ['meant for no contract', { target: null }],
      ['on chain 1', { target: { ...target!, chainId: '1' } }],
      ['meant for 0x5b5b', { target: { ...target!, contract: `0x${'5b'.repeat(20)}` } }],
      ['is a number', { epoch: '2026-01' }],
      ['is a number', { epoch: '07' }],
      ['is a number', { epoch: '0' }],
      ['is a number', { epoch: `${2n ** 48n}` }],
    ] as const) {
      const [changed, signed] = await other(operator, changes)
      const refused = { code: 'REGISTRY_EPOCH', message: expect.stringContaining(said) }
      await expect(registry.openEpoch(changed, signed)).rejects.toMatchObject(refused)
      await expect(registry.finalize(changed)).rejects.toMatchObject(refused)
    }
  })

  test('nothing that is no registry is taken for one', async () => {
    const chain = await connectChain(fixture.local.rpcUrl)
    for (const at of [authority, chain.writer!.account.address]) {
      await expect(openSolvencyRegistry(chain, at)).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
    }
    await expect(openSolvencyRegistry(chain, '0x12')).rejects.toMatchObject({ code: 'ADDRESS' })
  })
})
