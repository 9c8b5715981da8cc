import type { Address } from 'viem'
import { policyHash } from '../../bundle/index.js'
import {
  type ChainConnection,
  type CircuitBreaker,
  type DeployedVerifier,
  deployAccessManager,
  deployCircuitBreaker,
  deployRiskRegister,
  deploySolvencyRegistry,
  type MarginGate,
  type NoMargin,
  openCircuitBreaker,
  openRiskRegister,
  openSolvencyRegistry,
  type RiskRegister,
  requirementId,
  type SolvencyRegistry,
  type VenueStatus,
} from '../../chain/index.js'
import type { VerifiedEpoch } from '../../epoch/index.js'
import { ProofError } from '../../errors/index.js'
import { readSigningKey, signEpoch } from '../../venue/index.js'
import type { Ui } from '../terminal/ui.js'

const HOUR = 3_600
const DAY = 24 * HOUR
const TERMS = { maxAge: DAY, maxLag: DAY / 2 }
const WINDOWS = { veto: HOUR, lifetime: 30 * DAY, maxLag: HOUR }
const BREAKER = {
  ...{ coolDown: HOUR / 2, maxHalt: HOUR },
  bands: { caution: 20_000, restricted: 50_000, halted: 150_000 },
}
/** The level from which on a registry suspends a venue. */
const RESTRICTED = 2

/** What registry and gate say at one moment. */
export interface ChainMoment {
  what: string
  /** Hours since the books were taken. */
  hours: number
  status: VenueStatus['state']
  /** Absent before there is a gate; then until when the margin holds, or why there is none. */
  margin?: { until: number } | { why: NoMargin }
}

export interface ChainDemo {
  contracts: Record<'accessManager' | 'solvencyRegistry' | 'riskRegister' | 'circuitBreaker', Address>
  /** Of the transactions that take the epoch to the registry. */
  gas: Record<string, number>
  moments: ChainMoment[]
}

/** The contracts that an epoch is made for. */
export interface VenueContracts {
  registry: SolvencyRegistry
  register: RiskRegister
  breaker: CircuitBreaker
  demo: ChainDemo
}

export async function deployVenueContracts(ui: Ui, chain: ChainConnection): Promise<VenueContracts> {
  return ui.step('deploying registry, risk register and breaker', async (update) => {
    update('access manager')
    const { address: authority } = await deployAccessManager(chain)
    update('registry')
    const { address: at } = await deploySolvencyRegistry(chain, authority)
    const registry = await openSolvencyRegistry(chain, at)
    update('risk register')
    const tables = await deployRiskRegister(chain, authority, { valueDecimals: 18, windows: WINDOWS })
    const register = await openRiskRegister(chain, tables.address)
    update('circuit breaker')
    const levels = await deployCircuitBreaker(chain, authority, at, BREAKER)
    const breaker = await openCircuitBreaker(chain, levels.address)
    const contracts = {
      ...{ accessManager: authority, solvencyRegistry: at },
      ...{ riskRegister: register.address, circuitBreaker: breaker.address },
    }
    return { registry, register, breaker, demo: { contracts, gas: {}, moments: [] } }
  })
}

/** Takes an epoch to the registry: keys and venue are registered, and then the epoch becomes final. */
export async function demoFinality(
  ui: Ui,
  chain: ChainConnection,
  { registry, register, breaker, demo }: VenueContracts,
  parts: {
    epoch: VerifiedEpoch
    verifiers: ReadonlyMap<string, DeployedVerifier>
    scenarios: readonly string[]
    folder: string
    signingKey: string
  },
): Promise<void> {
  const { epoch, verifiers, scenarios, folder, signingKey } = parts
  const { manifest } = epoch
  const { venue } = manifest
  const key = await readSigningKey(signingKey)
  await ui.step('registering keys and venue', async () => {
    const from = epoch.table.timestamp
    for (const [instance, verifier] of verifiers) {
      const statement = instance === manifest.parts.solvency.instance ? 'solvency' : 'ledger'
      await registry.registerKey(verifier, statement, { from, until: from + 366 * DAY })
    }
    await registry.registerVenue(venue, key.address as Address, TERMS)
    const digest = BigInt(manifest.parts.solvency.policy)
    await registry.setPolicy(venue, { digest, text: policyHash(epoch.policy) })
    await registry.setScenarios(venue, scenarios)
    await registry.setGuards(venue, { tables: register.address, levels: breaker.address })
  })
  await ui.step('proposing the risk table: it can be vetoed for an hour', async () => {
    demo.gas['RiskRegister propose'] = Number(await register.propose(epoch))
    await momentOf(chain, registry, epoch, demo, { what: 'the table is proposed', status: 'never' })
  })
  await ui.step('opening the epoch, and verifying its batches', async () => {
    const signature = await signEpoch({ folder, key })
    demo.gas['SolvencyRegistry openEpoch'] = Number(await registry.openEpoch(epoch, signature))
    let first = 0
    for (const { instance, count } of manifest.parts.ledger.batches) {
      const gas = await registry.submitBatches(epoch, first, count)
      demo.gas[`SolvencyRegistry submitBatches, ${count} of ${instance}`] = Number(gas)
      first += count
    }
  })
  await ui.step('within the veto window the registry makes nothing final', async () => {
    const refusal = await registry.finalize(epoch).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refusal instanceof ProofError && refusal.message.includes('TableNotAccepted')) return
    throw refusal ?? invalid('a registry took a table that can still be vetoed')
  })
  await ui.step('the epoch is final', async () => {
    await pass(chain, WINDOWS.veto)
    demo.gas['SolvencyRegistry finalize'] = Number(await registry.finalize(epoch))
    await momentOf(chain, registry, epoch, demo, { what: 'the epoch is final', status: 'solvent' })
  })
}

/** What becomes of a margin on record when a breaker trips, and when the epoch is old. */
export async function demoWatch(
  ui: Ui,
  chain: ChainConnection,
  { registry, breaker, demo }: VenueContracts,
  epoch: VerifiedEpoch,
  record: { gate: MarginGate; handle: string; id: `0x${string}` },
): Promise<void> {
  const { venue } = epoch.manifest
  const moment = (what: string, status: VenueStatus['state'], why?: NoMargin) =>
    momentOf(chain, registry, epoch, demo, { what, status, record, ...(why === undefined ? {} : { why }) })
  await moment('a trader’s margin is recorded', 'solvent')
  await ui.step('a guardian raises the breaker: venue and margin are suspended', async () => {
    await breaker.raise(venue, RESTRICTED, requirementId('demo'))
    await moment('a guardian raises the breaker to level 2', 'suspended', 'roots-withdrawn')
  })
  await ui.step('the level falls by itself, and both count again', async () => {
    await pass(chain, BREAKER.maxHalt + BREAKER.coolDown * RESTRICTED)
    await moment('the level has fallen', 'solvent')
  })
  await ui.step('a day after the books the epoch is stale, and no margin holds', async () => {
    const { until } = await registry.status(venue)
    await pass(chain, until + 1 - (await timeOf(chain)))
    await moment('a day after the books', 'stale', 'roots-over')
  })
}

async function momentOf(
  chain: ChainConnection,
  registry: SolvencyRegistry,
  { manifest, table }: VerifiedEpoch,
  demo: ChainDemo,
  expected: {
    what: string
    status: VenueStatus['state']
    record?: { gate: MarginGate; handle: string; id: `0x${string}` }
    why?: NoMargin
  },
): Promise<void> {
  const { what, record, why } = expected
  const { state: status } = await registry.status(manifest.venue)
  const standing = record && (await record.gate.standing(BigInt(record.handle), record.id))
  if (status !== expected.status || standing?.why !== why) {
    throw invalid(`${what}: the venue is ${status}, the margin ${standing?.why ?? 'on record'}`)
  }
  const hours = Number((((await timeOf(chain)) - table.timestamp) / HOUR).toFixed(1))
  const margin = standing && (standing.why === undefined ? { until: standing.until } : { why: standing.why })
  demo.moments.push({ what, hours, status, ...(margin && { margin }) })
}

function invalid(message: string): ProofError {
  return new ProofError('DEMO_INVALID', message)
}

async function timeOf(chain: ChainConnection): Promise<number> {
  return Number((await chain.reader.getBlock()).timestamp)
}

/** Time passes on the local chain. */
async function pass(chain: ChainConnection, seconds: number): Promise<void> {
  const { request } = chain.reader as { request: (call: object) => Promise<unknown> }
  await request({ method: 'evm_increaseTime', params: [seconds] })
  await request({ method: 'evm_mine', params: [] })
}
