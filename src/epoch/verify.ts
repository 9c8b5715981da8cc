import { readdir } from 'node:fs/promises'
import { EXIT, type ExitCode, PlimsollError } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import {
  assertSoundKey,
  type Instance,
  loadInstances,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from '../proving/index.js'
import {
  COLLATERAL,
  describeCollateral,
  describeMoves,
  isDerivative,
  isTiered,
  type RiskTable,
  readRiskTable,
  riskDigests,
} from '../risk/index.js'
import {
  FULL_RESERVES,
  firstState,
  type PolicyFile,
  padPolicy,
  policyDigest,
  policySchema,
  resolvePolicy,
  resolveWaterfall,
  stateCommitment,
  weakerThan,
} from '../statements/index.js'
import { epochContext } from './context.js'
import { batchFile, epochLayout } from './layout.js'
import { holdsScenarios, isTieredInstance } from './plan.js'
import { checkProofFile } from './proof-file.js'
import { type Manifest, manifestSchema, proofFileSchema } from './schema.js'

/** The verification key that an instance must have, and how it was made. */
export interface KeyPin {
  keyHash: string
  keyKind: Manifest['keyKind']
}

/** Pins by instance. They come from somewhere else than the epoch, which could say anything of itself. */
export type KeyPins = Readonly<Record<string, KeyPin>>

/** One thing that was checked. */
export interface EpochCheck {
  id: string
  ok: boolean
  detail: string
}

/** What a verification of an epoch found. */
export interface EpochReport {
  valid: boolean
  venue: string
  epoch: string
  keyKind: Manifest['keyKind']
  batches: number
  checks: EpochCheck[]
  /** Exit code of a process that did nothing else: 0 valid, 1 invalid, 2 unreadable, 3 a key that is broken or unpinned. */
  exitCode: ExitCode
}

export interface VerifyEpochOptions {
  pins: KeyPins
  /** Refuse development keys. */
  production?: boolean
  /** The weakest policy to accept; full reserves in every instrument when left out. */
  policy?: PolicyFile
  onCheck?: (check: EpochCheck) => void
}

/**
 * Checks an epoch with nothing but its public folder and the pinned keys: the schema of every file, the hash of every key
 * against its pin, every proof, every link of the chain from the constant first state to the one that solvency opens.
 *
 * @example
 * const pins = { 'ledger-small': { keyHash: '…', keyKind: 'ceremony' }, 'solvency-small': { … } }
 * const report = await verifyEpoch('epoch', { pins, production: true })
 * if (!report.valid) process.exitCode = report.exitCode
 *
 * @throws {InputError} when there is no manifest to read.
 */
export async function verifyEpoch(folder: string, options: VerifyEpochOptions): Promise<EpochReport> {
  const at = epochLayout(folder)
  const manifest = await readJsonFile(at.manifest, manifestSchema)
  const checks: EpochCheck[] = []
  let exitCode: ExitCode = EXIT.ok

  /** Runs one check; whatever it throws is its detail. A worse exit code is never covered by a better one. */
  async function check(
    id: string,
    work: () => Promise<string>,
    failure: ExitCode = EXIT.invalid,
  ): Promise<boolean> {
    let result: EpochCheck
    try {
      result = { id, ok: true, detail: await work() }
    } catch (error) {
      if (!(error instanceof PlimsollError) && !(error instanceof Failed)) throw error
      result = { id, ok: false, detail: error.message }
      const code = error instanceof PlimsollError ? error.exitCode : failure
      if (code > exitCode) exitCode = code
    }
    checks.push(result)
    options.onCheck?.(result)
    return result.ok
  }

  await check('manifest', async () => `${manifest.venue}, epoch ${manifest.epoch}`)
  await check('files', () => checkFiles(folder, manifest))

  const keys = new Map<string, VerificationKey>()
  const instances = new Map(loadInstances().map((instance) => [instance.name, instance]))
  const used = usedInstances(manifest)
  for (const name of used) {
    await check(
      `key:${name}`,
      async () => {
        keys.set(name, await checkKey(name, at.key(name), manifest, instances, options.pins))
        return 'pinned'
      },
      EXIT.artifact,
    )
  }

  const keyKind = kindOf(used.map((name) => pinOf(options.pins, name)))
  await check(
    'key-kind',
    async () => {
      if (keyKind !== manifest.keyKind)
        fail(`the epoch says ${manifest.keyKind} keys, the pins say ${keyKind}`)
      if (keyKind === 'development' && options.production) {
        fail('development keys: whoever made them can forge every proof')
      }
      return keyKind === 'development'
        ? 'DEVELOPMENT KEYS: whoever made them can forge every proof. Not for production.'
        : 'ceremony keys'
    },
    EXIT.artifact,
  )

  let table: Awaited<ReturnType<typeof readRiskTable>> | undefined
  let published: PolicyFile | undefined
  await check('risk-table', async () => {
    const read = await readRiskTable(at.risk)
    if (!holdsScenarios(manifest, read.scenarios.length)) {
      fail("has another number of scenarios than the epoch's instances are for")
    }
    const tiered = isTiered(read)
    const other = used.find((name) => {
      const instance = instances.get(name)
      return instance !== undefined && isTieredInstance(instance) !== tiered
    })
    if (other !== undefined)
      fail(`${tiered ? 'has tiers' : 'has no tiers'}, and ${other} is for tables of the other kind`)
    const { riskRoot } = riskDigests(read, manifest.instruments, manifest.scenarios)
    if (riskRoot.toString() !== manifest.riskRoot) fail("its root is not the epoch's riskRoot")
    table = read
    const moment = new Date(1000 * read.timestamp).toISOString()
    return `${read.instruments.length} instruments, ${read.scenarios.length} scenarios, marks of ${moment}`
  })

  await check('chain', async () => checkChain(manifest))
  for (const [index, name] of manifest.batches.entries()) {
    await check(`batch:${index.toString().padStart(5, '0')}`, async () => {
      const expected = {
        stateBefore: BigInt(manifest.states[index]!),
        stateAfter: BigInt(manifest.states[index + 1] ?? fail('the chain has no state after this batch')),
        riskRoot: BigInt(manifest.riskRoot),
      }
      return checkProof(at.batch(index), 'ledger', name, manifest, keys, expected)
    })
  }

  await check('policy', async () => {
    const { solvency } = manifest
    if (!solvency) fail('solvency is not proven yet')
    published = await readJsonFile(at.policy, policySchema)
    if (!table) fail('cannot be read without the risk table')
    const policy = resolvePolicy(published, table)
    resolveWaterfall(published, table)
    if (policyDigest(padPolicy(policy, manifest.instruments)).toString() !== solvency.policy) {
      fail('its digest is not the one that solvency is proven for')
    }
    const weak = weakerThan(policy, resolvePolicy(options.policy ?? FULL_RESERVES, table), table)
    if (weak.length > 0) fail(`promises less than what is accepted: ${weak.join(', ')}`)
    const { waterfall } = published
    return [
      options.policy
        ? 'at least the policy that is accepted'
        : 'full reserves in every instrument that can be held in reserve',
      ...describeDerivatives(table),
      ...(waterfall
        ? [`published with it, in an order that is not proven: ${waterfall.order.join(', ')}`]
        : []),
    ].join('; ')
  })
  await check('solvency', async () => {
    const { solvency } = manifest
    if (!solvency) fail('solvency is not proven yet')
    if (!published) fail('cannot be checked without the policy')
    return checkProof(at.solvency, 'solvency', solvency.instance, manifest, keys, {
      state: BigInt(manifest.states.at(-1)!),
      accountsRoot: BigInt(solvency.accountsRoot),
      riskRoot: BigInt(manifest.riskRoot),
      reservesCommitment: BigInt(solvency.reservesCommitment),
      policy: BigInt(solvency.policy),
      context: epochContext(manifest, published),
    })
  })

  // A scenario holds when all of the above does: its shortfalls are summed along the chain, and solvency covers them.
  const proven = checks.every((c) => c.ok)
  for (const scenario of table?.scenarios ?? []) {
    await check(`scenario:${scenario.name}`, async () => {
      if (!proven) fail('not proven: a check above fails')
      if (scenario.name === COLLATERAL && isTiered(table!)) {
        return describeCollateral(table!)
      }
      return `covered, no account's shortfall left out; ${describeMoves(table!, scenario)}`
    })
  }

  return {
    valid: checks.every((c) => c.ok),
    venue: manifest.venue,
    epoch: manifest.epoch,
    keyKind,
    batches: manifest.batches.length,
    checks,
    exitCode,
  }
}

/** What nobody holds reserves for, whatever a policy says. */
function describeDerivatives({ instruments }: RiskTable): string[] {
  const symbols = instruments.filter(({ kind }) => isDerivative(kind)).map(({ symbol }) => symbol)
  return symbols.length === 0
    ? []
    : [`derivatives, with no reserves, longs and shorts equal: ${symbols.join(', ')}`]
}

/** A check that fails for a reason of its own. */
class Failed extends Error {}

function fail(reason: string): never {
  throw new Failed(reason)
}

/** Every instance that a proof of the epoch names, once. */
function usedInstances({ batches, solvency }: Manifest): string[] {
  return [...new Set([...batches, ...(solvency ? [solvency.instance] : [])])].sort()
}

/** Nothing may be missing, and nothing may lie there that the manifest does not speak of. */
async function checkFiles(folder: string, manifest: Manifest): Promise<string> {
  const at = epochLayout(folder)
  const solvency = manifest.solvency ? ['policy.json', 'solvency.json'] : []
  const wanted: [string, string[]][] = [
    [folder, ['keys', 'ledger', 'manifest.json', 'risk.json', ...solvency]],
    [at.keys, usedInstances(manifest).map((name) => `${name}.json`)],
    [at.ledger, manifest.batches.map((_, index) => batchFile(index))],
  ]
  if (Object.keys(manifest.keys).sort().join() !== usedInstances(manifest).join()) {
    fail('the manifest has keys that no proof uses, or lacks one')
  }
  let count = 0
  for (const [where, names] of wanted) {
    const there = new Set(await readdir(where).catch(() => fail(`${where} cannot be read`)))
    for (const name of names) if (!there.delete(name)) fail(`${name} is missing`)
    for (const name of there) fail(`${name} does not belong to the epoch`)
    count += names.length
  }
  return `${count} entries, all accounted for`
}

async function checkKey(
  name: string,
  path: string,
  manifest: Manifest,
  instances: ReadonlyMap<string, Instance>,
  pins: KeyPins,
): Promise<VerificationKey> {
  const instance = instances.get(name) ?? fail('is not an instance that this version knows')
  if (
    instance.params.INSTRUMENTS !== manifest.instruments ||
    instance.params.SCENARIOS !== manifest.scenarios ||
    instance.statement !== (name === manifest.solvency?.instance ? 'solvency' : 'ledger')
  ) {
    fail("its sizes are not the epoch's")
  }
  const key = await readJsonFile(path, verificationKeySchema)
  const hash = verificationKeyHash(key)
  if (hash !== manifest.keys[name]) fail('its hash is not the one in the manifest')
  const pin = pinOf(pins, name)
  if (!pin) {
    fail(
      `is not pinned: take the venue's pins from a source that you trust and pass them with --pins (its hash is ${hash})`,
    )
  }
  if (hash !== pin.keyHash) fail('is not the pinned key')
  await assertSoundKey(key)
  return key
}

/** The pin of an instance, if there is one of its own. */
export function pinOf(pins: KeyPins, instance: string): KeyPin | undefined {
  return Object.hasOwn(pins, instance) ? pins[instance] : undefined
}

/** What keys are together: `ceremony` when every one is pinned as such. */
function kindOf(pins: readonly (KeyPin | undefined)[]): KeyPin['keyKind'] {
  return pins.length > 0 && pins.every((pin) => pin?.keyKind === 'ceremony') ? 'ceremony' : 'development'
}

function checkChain(manifest: Manifest): string {
  const { states, batches } = manifest
  if (batches.length === 0) fail('has no batch')
  if (states.length !== batches.length + 1) fail('has not one state more than batches')
  if (states[0] !== stateCommitment(firstState(manifest)).toString()) {
    fail('does not start at the constant first state')
  }
  if (new Set(states).size !== states.length) fail('passes through one state twice')
  return `${batches.length} batches from the constant first state`
}

async function checkProof(
  path: string,
  statement: 'ledger' | 'solvency',
  instance: string,
  manifest: Manifest,
  keys: ReadonlyMap<string, VerificationKey>,
  expected: Record<string, bigint>,
): Promise<string> {
  const key = keys.get(instance) ?? fail('has no usable key')
  const file = await readJsonFile(path, proofFileSchema)
  if (file.statement !== statement) fail(`is not a proof of ${statement}`)
  if (file.instance !== instance || file.keyHash !== manifest.keys[instance]) {
    fail('was made for another instance or key')
  }
  if (file.keyKind !== manifest.keyKind && manifest.keyKind !== 'development') {
    fail('was made with a development key')
  }
  const { ok, detail } = await checkProofFile(file, key, expected)
  if (!ok) fail(detail)
  return `${statement} proof by ${instance}`
}
