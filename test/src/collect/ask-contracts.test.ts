import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Abi, encodeFunctionData, type Hex, parseAbi, zeroAddress } from 'viem'
import { hashTypedData } from 'viem/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RISK } from '../../../scripts/soundness/samples/venue.js'
import { audit } from '../../../src/audit/index.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { connectChain, startLocalChain } from '../../../src/chain/index.js'
import { readTrust } from '../../../src/cli/trust-options.js'
import { askContracts, jsonRpc } from '../../../src/collect/index.js'
import {
  EPOCH_PATHS,
  openEpoch,
  readSignedManifest,
  type VerifyEpochOptions,
} from '../../../src/epoch/index.js'
import { parseRiskTable } from '../../../src/risk/index.js'
import { epochTypedData, signEpochByContract } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { proveSampleEpoch, type SampleEpoch } from '../../helpers/epoch.js'
import { keyOf } from '../../helpers/reserves-chain.js'

const require = createRequire(import.meta.url)
const SETUP = parseAbi([
  'function setup(address[] owners, uint256 threshold, address to, bytes data, address handler, address token, uint256 payment, address receiver)',
])
const OWNERS = ['owner 1', 'owner 2', 'owner 3']
  .map(keyOf)
  .toSorted((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1))

let epoch: SampleEpoch
let local: Awaited<ReturnType<typeof startLocalChain>>
let safe: Hex
const folder = join(temporaryFolder(), 'epoch')
beforeAll(async () => {
  epoch = await proveSampleEpoch({
    table: parseRiskTable(JSON.stringify(RISK), 'risk.json'),
    batches: [{ instance: 'ledger-tiny', accounts: [[['BTC', 5n]]] }],
    solvency: 'solvency-tiny',
    reserves: { BTC: 5n },
  })
  mkdirSync(folder)
  writeFileSync(join(folder, 'manifest.json'), epoch.files[EPOCH_PATHS.manifest]!)
  writeFileSync(`${folder}.pins.json`, JSON.stringify({ schema: 'plimsoll/pins/2', keys: epoch.pins }))
  local = await startLocalChain()
  const { reader, writer } = await connectChain(local.rpcUrl)
  const deploy = async (contract: string, args: unknown[] = []) => {
    const path = `@safe-global/safe-contracts/build/artifacts/contracts/${contract}`
    const { abi, bytecode } = JSON.parse(readFileSync(require.resolve(path), 'utf8')) as {
      abi: Abi
      bytecode: Hex
    }
    const hash = await writer!.deployContract({ abi, bytecode, args } as never)
    return (await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })).contractAddress!
  }
  const handler = await deploy('handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json')
  const made = await deploy('proxies/SafeProxy.sol/SafeProxy.json', [await deploy('Safe.sol/Safe.json')])
  const owners = OWNERS.map(({ address }) => address)
  const data = encodeFunctionData({
    abi: SETUP,
    functionName: 'setup',
    args: [owners, 2n, zeroAddress, '0x', handler, zeroAddress, 0n, zeroAddress],
  })
  const hash = await writer!.sendTransaction({ to: made, data, kzg: undefined } as never)
  expect((await reader.waitForTransactionReceipt({ hash, pollingInterval: 20 })).status).toBe('success')
  safe = made.toLowerCase() as Hex
})
afterAll(() => local?.stop())

const chainId = () => `${local.chainId}`
const askLocal = (...urls: string[]) =>
  askContracts(
    new Map([
      [
        `eip155:${local.chainId}`,
        (urls.length === 0 ? [local.rpcUrl] : urls).map((url, i) => jsonRpc(url, `node ${i + 1}`, [])),
      ],
    ]),
  )

/** What the owners of the Safe sign, so that it takes the typed data of an epoch. */
async function signedBySafe(owners = OWNERS.slice(0, 2), terms: { uri?: string } = {}): Promise<Hex> {
  const typed = await epochTypedData({ folder, ...terms })
  const message = hashTypedData(typed as never)
  const signatures = owners.map((owner) =>
    owner.signTypedData({
      domain: { chainId: local.chainId, verifyingContract: safe },
      types: { SafeMessage: [{ name: 'message', type: 'bytes' }] },
      primaryType: 'SafeMessage',
      message: { message },
    }),
  )
  return `0x${(await Promise.all(signatures)).map((signature) => signature.slice(2)).join('')}`
}

async function verified(signature: string, options: Partial<VerifyEpochOptions> = {}, changes: object = {}) {
  const signer = { chainId: chainId(), address: safe }
  const file = await signEpochByContract({ folder, signer, signature, force: true })
  const text = JSON.stringify({ ...file, ...changes })
  const source = bytesSource({ ...epoch.files, [EPOCH_PATHS.signature]: text })
  const { report } = await openEpoch(source, { pins: epoch.pins, ...options })
  const check = report.checks.find(({ id }) => id === 'signature')
  const failed = report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
  return { source, report, check, failed }
}

describe('a signature of a contract of the venue (epoch.24)', () => {
  test('that its chain takes is told as observed, at a block, and known where the reader named it', async () => {
    const signature = await signedBySafe()
    const named = await verified(signature, { venue: safe, askContract: askLocal() })
    expect(named.failed).toEqual([])
    const observed = {
      chainId: chainId(),
      block: expect.any(Number),
      blockHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    }
    expect(named.report.signer).toEqual({ address: safe, known: true, observed })
    expect(named.check!.detail).toContain('observed, not proven')
    const alone = await verified(signature, { askContract: askLocal() })
    expect(alone.report).toMatchObject({ valid: true, signer: { address: safe, known: false, observed } })
    const other = await verified(signature, { venue: `0x${'12'.repeat(20)}`, askContract: askLocal() })
    expect(other.failed).toEqual(['signature'])
    expect(other.report).not.toHaveProperty('signer')

    const report = await audit(named.source, {
      ...{ pins: epoch.pins, development: true, version: 'test' },
      ...{ venue: safe, askContract: askLocal() },
    })
    const step = report.procedures.find(({ id }) => id === 'signature')!
    expect(step).toMatchObject({
      outcome: 'passed',
      finding: expect.stringContaining('observed, not proven'),
    })
  })

  test('is nothing while nobody asked: not valid for whoever named the venue, and no signer for others', async () => {
    const signature = await signedBySafe()
    const elsewhere = askContracts(new Map([['eip155:1', [jsonRpc(local.rpcUrl, 'node 1', [])]]]))
    for (const options of [{}, { askContract: elsewhere }]) {
      const named = await verified(signature, { venue: safe, ...options })
      expect(named.failed).toEqual(['signature'])
      expect(named.check).toMatchObject({ detail: expect.stringContaining('cannot tell') })
      expect(named.check!.todo).toContain(`--rpc eip155:${chainId()}=URL`)
      const { report, check, source } = await verified(signature, options)
      expect(check).toBeUndefined()
      expect(report).not.toHaveProperty('signer')
      expect(report).toMatchObject({ valid: true, unasked: { address: safe, chainId: chainId() } })
      expect(report.notes.join()).toContain('nobody is known to have signed')
      expect(await readSignedManifest(source)).not.toHaveProperty('signer')
    }
  })

  test('that the contract does not take is refused, and so are a node of another chain and one that is gone', async () => {
    const good = await signedBySafe()
    const asked = { venue: safe, askContract: askLocal() }
    for (const [what, signature] of [
      ['of one owner of the two that are needed', await signedBySafe(OWNERS.slice(0, 1))],
      ['of strangers', await signedBySafe([keyOf('a stranger'), keyOf('another stranger')])],
      ['over other terms', await signedBySafe(undefined, { uri: 'https://venue.example/' })],
      ['empty', '0x'],
      ['cut off', good.slice(0, -2)],
    ] as const) {
      expect((await verified(signature, asked)).failed, what).toEqual(['signature'])
      expect((await verified(signature, { askContract: askLocal() })).failed, what).toEqual(['signature'])
    }
    const changes = [
      { signer: `0x${'12'.repeat(20)}` },
      { manifest: 'ab'.repeat(32) },
      { uri: 'https://venue.example/' },
      { deadline: 5 },
    ]
    for (const change of changes) {
      const { failed } = await verified(good, { askContract: askLocal() }, change)
      expect(failed, Object.keys(change).join()).toEqual(['signature'])
    }
    const foreign = askContracts(new Map([['eip155:5', [jsonRpc(local.rpcUrl, 'node 1', [])]]]))
    const { failed, check } = await verified(good, { askContract: foreign }, { chainId: '5' })
    expect([failed, check!.detail]).toEqual([['signature'], expect.stringContaining('not on 5')])
    const gone = await verified(good, { askContract: askLocal(local.rpcUrl, 'http://127.0.0.1:9') })
    expect([gone.failed, gone.report.exitCode]).toEqual([['signature'], 2])
  })

  test('is asked of no chain but the one of the venue, whose address may be anybody’s on another', async () => {
    const signature = await signedBySafe()
    const [here, other] = [`eip155:${local.chainId}`, 'eip155:10']
    const rpc = [`${here}=${local.rpcUrl}`]
    const several = [...rpc, `${other}=${local.rpcUrl}`]
    const trusting = async (venue: string, nodes: string[]) => {
      const { askContract, venue: address } = await readTrust({
        venue,
        rpc: nodes,
        pins: `${folder}.pins.json`,
      })
      return verified(signature, { venue: address!, askContract: askContract! })
    }
    for (const [venue, nodes] of [
      [safe, rpc],
      [`${here}:${safe}`, rpc],
      [`${here}:${safe}`, several],
    ] as const) {
      const { failed, report } = await trusting(venue, [...nodes])
      expect([failed, report.signer?.known]).toEqual([[], true])
    }
    const elsewhere = await trusting(`${other}:${safe}`, several)
    expect(elsewhere.failed).toEqual(['signature'])
    expect(elsewhere.check!.detail).toContain(`on ${here}, the venue's is on ${other}`)
    const unsaid = await trusting(safe, several)
    expect([unsaid.failed, unsaid.report.exitCode]).toEqual([['signature'], 2])
    expect(unsaid.report).not.toHaveProperty('signer')
  })

  test('is taken from the wallet as bytes, for the chain of the epoch and terms that there are', async () => {
    const signer = { chainId: '1', address: safe }
    const sign = (changes: object) =>
      signEpochByContract({ folder, signer, signature: '0x00', force: true, ...changes })
    for (const wrong of [
      { signature: '00' },
      { signature: '0x0' },
      { signature: `0x${'00'.repeat(16_385)}` },
      { signer: { chainId: '0', address: safe } },
      { signer: { chainId: '1', address: 'alice' } },
      { uri: 'a b' },
      { deadline: -1 },
    ]) {
      await expect(sign(wrong), JSON.stringify(wrong).slice(0, 60)).rejects.toMatchObject({
        code: 'EPOCH_SIGNATURE',
      })
    }
    expect(await sign({})).toMatchObject({ signer: safe, chainId: '1', deadline: 0 })
    await expect(sign({ signature: '0x01', force: false })).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    const meant = join(temporaryFolder(), 'epoch')
    mkdirSync(meant)
    const target = { chainId: '1', contract: `0x${'11'.repeat(20)}` }
    writeFileSync(join(meant, 'manifest.json'), JSON.stringify({ ...epoch.manifest, target }))
    const terms = { folder: meant, deadline: 1_900_000_000 }
    expect(await sign(terms)).toMatchObject({ deadline: 1_900_000_000 })
    expect((await epochTypedData(terms)).domain).toMatchObject({
      chainId: 1,
      verifyingContract: target.contract,
    })
    await expect(sign({ folder: meant })).rejects.toThrow('has to be named')
    await expect(epochTypedData({ folder: meant })).rejects.toThrow('has to be named')
    await expect(sign({ ...terms, signer: { chainId: '2', address: safe } })).rejects.toThrow('another chain')
  })
})
