import { join } from 'node:path'
import { encodeAbiParameters, keccak256, toBytes, verifyTypedData } from 'viem/utils'
import { beforeAll, describe, expect, test } from 'vitest'
import { RISK } from '../../../scripts/soundness/samples/venue.js'
import { bytesSource, isSignedBy, typedDataOf } from '../../../src/bundle/index.js'
import {
  EPOCH_PATHS,
  type EpochSignature,
  epochSigned,
  openEpoch,
  type VerifyEpochOptions,
} from '../../../src/epoch/index.js'
import { parseRiskTable } from '../../../src/risk/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import { createSigningKey, readSigningKey, type SigningKey } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { proveSampleEpoch, type SampleEpoch } from '../../helpers/epoch.js'
import { changedLeaves } from '../../helpers/leaves.js'

const TARGET = { chainId: '11155111', contract: `0x${'5b'.repeat(20)}` }
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

let epoch: SampleEpoch
let key: SigningKey
let signed: EpochSignature
beforeAll(async () => {
  epoch = await proveSampleEpoch({
    table: parseRiskTable(JSON.stringify(RISK), 'risk.json'),
    batches: [{ instance: 'ledger-tiny', accounts: [[['BTC', 5n]]] }],
    solvency: 'solvency-tiny',
    reserves: { BTC: 5n },
  })
  const path = join(temporaryFolder(), 'key.json')
  await createSigningKey(path)
  key = await readSigningKey(path)
  signed = await sign(epoch.files[EPOCH_PATHS.manifest]!)
})

async function sign(manifest: string): Promise<EpochSignature> {
  const about = { manifest: sha256Text(manifest), uri: 'https://venue.example/2026-01/', deadline: 0 }
  return {
    schema: 'plimsoll/epoch-signature/1',
    ...about,
    ...(await key.sign(epochSigned(epoch.manifest, about))),
  }
}

async function verified(
  signature: unknown,
  options: Pick<VerifyEpochOptions, 'venue'> = {},
  changes: Record<string, string> = {},
) {
  const own = signature === undefined ? {} : { [EPOCH_PATHS.signature]: formatJson(signature) }
  const { report } = await openEpoch(bytesSource({ ...epoch.files, ...own, ...changes }), {
    pins: epoch.pins,
    ...options,
  })
  const check = report.checks.find(({ id }) => id === 'signature')
  const failed = report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
  return { report, check, failed }
}

describe("the venue's signature (epoch.21)", () => {
  test('is the word of whoever made it, until the reader names the address of the venue', async () => {
    const alone = await verified(signed)
    expect(alone.report).toMatchObject({ valid: true, signer: { address: key.address, known: false } })
    expect(alone.check!.detail).toContain('is its own word')
    const named = await verified(signed, { venue: key.address })
    expect(named.report).toMatchObject({ valid: true, signer: { address: key.address, known: true } })
    const other = await verified(signed, { venue: `0x${'12'.repeat(20)}` })
    expect(other.failed).toEqual(['signature'])
    expect(other.report).not.toHaveProperty('signer')
  })

  test('is not asked for unless the reader names the address', async () => {
    expect((await verified(undefined)).check).toBeUndefined()
    const { failed, check, report } = await verified(undefined, { venue: key.address })
    expect([failed, check!.detail, report.exitCode]).toEqual([
      ['signature'],
      'the venue has not signed the manifest',
      1,
    ])
  })

  test('is refused with any of its values changed', async () => {
    let tried = 0
    for (const { path, value } of changedLeaves(signed)) {
      const { failed } = await verified(value)
      expect(failed, path).toEqual(['signature'])
      tried++
    }
    expect(tried).toBeGreaterThan(10)
  })

  test('is refused with any of its digits changed', async () => {
    const { signature } = signed
    const data = epochSigned(epoch.manifest, signed)
    expect(await isSignedBy(data, signed), 'control').toBe(true)
    for (let at = 2; at < signature.length - 2; at += 3) {
      const digit = signature[at] === '0' ? '1' : '0'
      const changed = `${signature.slice(0, at)}${digit}${signature.slice(at + 1)}`
      expect(await isSignedBy(data, { ...signed, signature: changed }), `${at}`).toBe(false)
    }
  })

  test('has one form: the other root of the same signature is refused', async () => {
    const { signature } = signed
    const s = (ORDER - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
    const twin = `${signature.slice(0, 66)}${s}${signature.endsWith('1b') ? '1c' : '1b'}`
    expect(
      await isSignedBy(epochSigned(epoch.manifest, signed), { ...signed, signature: twin }),
      'control',
    ).toBe(true)
    const { failed, check } = await verified({ ...signed, signature: twin })
    expect(failed).toEqual(['signature'])
    expect(check!.detail).toContain('lower form')
  })

  test('is of these very bytes of the manifest', async () => {
    const spaced = `${epoch.files[EPOCH_PATHS.manifest]} `
    const { failed, check } = await verified(signed, {}, { [EPOCH_PATHS.manifest]: spaced })
    expect([failed, check!.detail]).toEqual([['signature'], 'is of another manifest'])
    const again = await verified(await sign(spaced), {}, { [EPOCH_PATHS.manifest]: spaced })
    expect(again.failed, 'control').toEqual([])
  })

  test('that cannot be read is a failure, and never none', async () => {
    const { failed } = await verified(undefined, {}, { [EPOCH_PATHS.signature]: '{' })
    expect(failed).toEqual(['signature'])
  })
})

describe('what a venue signs (epoch.21)', () => {
  const about = { manifest: 'ab'.repeat(32), uri: '', deadline: 1_900_000_000 }
  const manifest = { venue: 'Example Venue', epoch: '7', riskRoot: '12345' }

  test.each([
    ['for a contract', TARGET, { chainId: 11_155_111, verifyingContract: TARGET.contract as `0x${string}` }],
    ['for none', null, {}],
  ])('is typed data as any wallet has it: %s', async (_, target, domain) => {
    const { signer, signature } = await key.sign(epochSigned({ ...manifest, target }, about))
    const message = {
      address: signer as `0x${string}`,
      domain: { name: 'Plimsoll', version: '1', ...domain },
      types: {
        OpenEpoch: [
          { name: 'venue', type: 'string' },
          { name: 'epoch', type: 'string' },
          { name: 'riskRoot', type: 'uint256' },
          { name: 'manifest', type: 'bytes32' },
          { name: 'uri', type: 'string' },
          { name: 'deadline', type: 'uint256' },
        ],
      },
      primaryType: 'OpenEpoch',
      message: {
        ...manifest,
        riskRoot: 12_345n,
        manifest: `0x${about.manifest}` as const,
        uri: '',
        deadline: 1_900_000_000n,
      },
      signature: signature as `0x${string}`,
    } as const
    expect(await verifyTypedData(message)).toBe(true)
    expect(await verifyTypedData({ ...message, message: { ...message.message, deadline: 1n } })).toBe(false)
  })

  test('a contract computes from the hash of the name and the number of the epoch', async () => {
    const { hashStruct } = await import('viem/utils')
    const {
      message: data,
      primaryType,
      types,
    } = typedDataOf(epochSigned({ ...manifest, target: TARGET }, about))
    const typeHash = keccak256(
      toBytes(
        'OpenEpoch(string venue,string epoch,uint256 riskRoot,bytes32 manifest,string uri,uint256 deadline)',
      ),
    )
    const hash = (text: string) => keccak256(toBytes(text))
    const struct = keccak256(
      encodeAbiParameters(
        ['bytes32', 'bytes32', 'bytes32', 'uint256', 'bytes32', 'bytes32', 'uint256'].map((type) => ({
          type,
        })),
        [
          typeHash,
          hash('Example Venue'),
          hash((7).toString()),
          12_345n,
          `0x${about.manifest}`,
          hash(''),
          1_900_000_000n,
        ],
      ),
    )
    expect(hashStruct({ data, primaryType, types } as never)).toBe(struct)
  })
})
