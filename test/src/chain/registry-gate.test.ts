import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Address, getContractAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testKey } from '../../../scripts/contract-fixtures/statements.js'
import { bytesSource, policyHash } from '../../../src/bundle/index.js'
import {
  type ChainConnection,
  connectChain,
  deployAccessManager,
  deployCircuitBreaker,
  deployMarginGate,
  deployRiskRegister,
  deploySolvencyRegistry,
  deployVerifier,
  type LocalChain,
  type MarginGate,
  openCircuitBreaker,
  openMarginGate,
  openRiskRegister,
  openSolvencyRegistry,
  type RiskRegister,
  requirementId,
  type SolvencyRegistry,
  startLocalChain,
  venueId,
} from '../../../src/chain/index.js'
import { openEpoch, type VerifiedEpoch } from '../../../src/epoch/index.js'
import { type Artifacts, ensureArtifacts, terminateProving } from '../../../src/proving/index.js'
import { createSigningKey, readSigningKey, type SigningKey, signEpoch } from '../../../src/venue/index.js'
import { TEST_CACHE, temporaryFolder } from '../../helpers/cli.js'
import { proveSampleEpoch } from '../../helpers/epoch.js'
import { gateProof } from '../../helpers/gate-proof.js'
import { STRESS_BOOKS } from '../../helpers/stress-books.js'

const VENUE = 'Tiny Venue'
const TAKEN = STRESS_BOOKS.table.timestamp
const HOUR = 3_600
const TERMS = { maxAge: 100 * HOUR, maxLag: 50 * HOUR }
const WINDOWS = { veto: HOUR, lifetime: 1_000 * HOUR, maxLag: 50 * HOUR }
const BANDS = { caution: 20_000, restricted: 50_000, halted: 150_000 }
const ID = requirementId('initial')
const [REQUIREMENT, HANDLE] = [13n, 14n]

let local: LocalChain
let chain: ChainConnection
let registry: SolvencyRegistry
let register: RiskRegister
let gate: MarginGate
let key: Artifacts
let verifier: Address
let operator: SigningKey
let target: { chainId: string; contract: string }

/** Proves and signs an epoch of the tiny books, as it is verified. */
async function epochOf(number: string, hours: number, fresh: bigint) {
  const table = { ...STRESS_BOOKS.table, timestamp: TAKEN + hours * HOUR }
  const { files, pins } = await proveSampleEpoch({ ...STRESS_BOOKS, table, epoch: number, target, fresh })
  const folder = temporary()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const signature = await signEpoch({ folder, key: operator, deadline: TAKEN + 10_000 * HOUR })
  const { epoch } = await openEpoch(bytesSource(files), { pins, now: table.timestamp })
  return { epoch: epoch!, signature, pins }
}
const folders = Array.from({ length: 4 }, () => temporaryFolder())
const temporary = () => folders.pop()!

async function pass(hours: number): Promise<void> {
  await chain.reader.request({ method: 'evm_increaseTime', params: [Math.round(hours * HOUR)] } as never)
  await chain.reader.request({ method: 'evm_mine', params: [] } as never)
}
async function makeFinal({ epoch, signature }: Awaited<ReturnType<typeof epochOf>>): Promise<void> {
  await register.propose(epoch)
  await registry.openEpoch(epoch, signature)
  await registry.submitBatches(epoch, 0, 1)
  await registry.submitBatches(epoch, 1, 1)
  await expect(registry.finalize(epoch), 'within the veto window').rejects.toMatchObject({
    code: 'REGISTRY_REFUSED',
    message: expect.stringContaining('TableNotAccepted'),
  })
  await pass(1.1)
  await registry.finalize(epoch)
}
const now = async () => Number((await chain.reader.getBlock()).timestamp)
async function record({ manifest }: VerifiedEpoch, nonce: bigint): Promise<void> {
  const roots = {
    accountsRoot: BigInt(manifest.parts.solvency.accountsRoot),
    riskRoot: BigInt(manifest.riskRoot),
  }
  const claim = { ...roots, requirement: REQUIREMENT, handle: HANDLE, nonce }
  const proof = await gateProof({ chain, gate, key }, { ...claim, expiry: (await now()) + 1_000 * HOUR })
  await gate.submit(verifier, ID, proof)
}
const why = async () => (await gate.standing(HANDLE, ID)).why
const state = async () => (await registry.status(VENUE)).state

let first: Awaited<ReturnType<typeof epochOf>>
let breaker: Awaited<ReturnType<typeof openCircuitBreaker>>

beforeAll(async () => {
  const keyFile = join(temporary(), 'key.json')
  const address = (await createSigningKey(keyFile)) as Address
  operator = await readSigningKey(keyFile)
  local = await startLocalChain(['--timestamp', `${TAKEN + 60}`])
  chain = await connectChain(local.rpcUrl)
  const contract = getContractAddress({ from: chain.writer!.account.address, nonce: 1n }).toLowerCase()
  target = { chainId: `${chain.chainId}`, contract }
  const { address: authority } = await deployAccessManager(chain)
  registry = await openSolvencyRegistry(chain, (await deploySolvencyRegistry(chain, authority)).address)
  const settings = { valueDecimals: 18, windows: WINDOWS }
  register = await openRiskRegister(chain, (await deployRiskRegister(chain, authority, settings)).address)
  const cooling = { coolDown: HOUR, maxHalt: HOUR, bands: BANDS }
  const deployed = await deployCircuitBreaker(chain, authority, registry.address, cooling)
  breaker = await openCircuitBreaker(chain, deployed.address)

  first = await epochOf('7', 0, 0n)
  for (const instance of Object.keys(first.pins)) {
    const made = await deployVerifier(chain, await ensureArtifacts(instance, { cacheDir: TEST_CACHE }))
    const statement = instance.startsWith('ledger') ? 'ledger' : 'solvency'
    await registry.registerKey(made, statement, { from: TAKEN, until: TAKEN + 10_000 * HOUR })
  }
  await registry.registerVenue(VENUE, address, TERMS)
  const digest = BigInt(first.epoch.manifest.parts.solvency.policy)
  await registry.setPolicy(VENUE, { digest, text: policyHash(first.epoch.policy) })
  await registry.setScenarios(VENUE, ['crash'])
  await registry.setGuards(VENUE, { tables: register.address, levels: breaker.address })

  key = await testKey('fifths-6')
  const made = await deployVerifier(chain, key)
  verifier = made.address
  const epochs = { source: registry.address, venue: venueId(VENUE) }
  gate = await openMarginGate(chain, (await deployMarginGate(chain, requirementId('Desk'), epochs)).address)
  await gate.setVerifier(verifier, made)
  await gate.setRequirement(ID, REQUIREMENT)
})
afterAll(async () => {
  await terminateProving()
  await local?.stop()
})

test('a gate takes margins of the epoch that is final at its registry, and none before (gate.17)', async () => {
  await expect(record(first.epoch, 1n)).rejects.toMatchObject({
    code: 'GATE_REFUSED',
    message: expect.stringContaining('RootsNotAccepted'),
  })
  await makeFinal(first)
  expect(await state()).toBe('solvent')
  await record(first.epoch, 1n)
  await gate.pledge(HANDLE, chain.writer!.account.address, (await now()) + 1_000 * HOUR)
  const { pledge, until, hasMargin } = await gate.standing(HANDLE, ID)
  expect(hasMargin).toBe(true)
  expect([pledge?.until, until]).toEqual([TAKEN + TERMS.maxAge, TAKEN + TERMS.maxAge])
})

test('a tripped breaker closes it, and lets it go on by itself (gate.17)', async () => {
  await breaker.raise(VENUE, 2, requirementId('why'))
  expect([await state(), await why()]).toEqual(['suspended', 'roots-withdrawn'])
  expect((await gate.standing(HANDLE, ID)).pledge).toBeUndefined()
  await pass(4)
  expect([await breaker.levelOf(VENUE), await state(), await why()]).toEqual([0, 'solvent', undefined])
})

test('S03: the next epoch ends its records and pledges for good, and its proofs (gate.17)', async () => {
  const second = await epochOf('8', 6, 1n)
  await pass(2)
  await makeFinal(second)
  expect([await state(), await why()]).toEqual(['solvent', 'other-epoch'])
  expect((await gate.standing(HANDLE, ID)).pledge).toBeUndefined()
  await expect(record(first.epoch, 2n)).rejects.toMatchObject({ code: 'GATE_REFUSED' })
  await record(second.epoch, 2n)
  expect(await why()).toBeUndefined()

  await pass(TERMS.maxAge / HOUR)
  expect([await state(), await why()], 'S09: stale by itself').toEqual(['stale', 'roots-over'])
})

test('a veto suspends an epoch that is final: venue and gate, whatever its age (gate.17)', async () => {
  const third = await epochOf('9', 100, 2n)
  await makeFinal(third)
  await record(third.epoch, 3n)
  expect([await state(), await why()]).toEqual(['solvent', undefined])
  await register.veto(BigInt(third.epoch.manifest.riskRoot), requirementId('why'))
  expect([await state(), await why()]).toEqual(['suspended', 'roots-withdrawn'])
})
