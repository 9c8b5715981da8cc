import { readdir } from 'node:fs/promises'
import {
  assertPinnedCircuit,
  Checks,
  type EpochCheck,
  type Found,
  fail,
  type KeyKind,
  type KeyPin,
  type KeyPins,
  orderedSignals,
  type ProofFile,
  type Published,
  passed,
  pinOf,
  proofFileSchema,
  purposeContext,
  readPublishedPolicy,
  readPublishedTable,
  type SolvencyPurpose,
  solvencyPurpose,
  TAKE_PINS,
  verifyFiledProof,
} from '../bundle/index.js'
import { EXIT, type ExitCode, inPlace } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import {
  assertSoundKey,
  type Proven,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from '../groth16/index.js'
import {
  COLLATERAL,
  describeCollateral,
  describeMoves,
  isTiered,
  marksAge,
  type RiskTable,
  riskDigests,
  tooOld,
} from '../risk/index.js'
import { isDerivative } from '../rules/index.js'
import {
  circuitHashOf,
  FULL_RESERVES,
  firstState,
  type Instance,
  type PolicyFile,
  padPolicy,
  policyDigest,
  resolvePolicy,
  resolveWaterfall,
  shippedInstances,
  stateCommitment,
  weakerThan,
} from '../statements/index.js'
import { holdsScenarios, isKnownSize, isTieredInstance } from './instance-sizes.js'
import type { Manifest } from './manifest-schema.js'
import { batchFile, epochLayout, isClutter } from './paths.js'
import { readManifest } from './read-manifest.js'

/** A valid epoch as it was read and verified: whoever goes on with it reads none of its files a second time. */
export interface VerifiedEpoch {
  manifest: Manifest & { solvency: NonNullable<Manifest['solvency']> }
  table: RiskTable
  policy: PolicyFile
  /** Every proof, batches first, ready for another verifier. */
  proofs: readonly (Proven & { instance: string })[]
}

/** What a verification of an epoch found. */
export interface EpochReport {
  valid: boolean
  venue: string
  epoch: string
  /** What the pins say of the keys together. */
  keyKind: KeyKind
  batches: number
  checks: EpochCheck[]
  /** What a reader should notice and no check fails for, such as marks of long ago. */
  notes: string[]
  /** Exit code of a process that did nothing else: 0 valid, 1 invalid, 2 unreadable, 3 a key that is broken or unpinned. */
  exitCode: ExitCode
  /** The epoch itself, when it is valid and never otherwise. */
  verified?: VerifiedEpoch
}

export interface VerifyEpochOptions {
  pins: KeyPins
  /** Refuse development keys. */
  production?: boolean
  /** The weakest policy to accept; full reserves in every instrument when left out. */
  policy?: PolicyFile
  /** Refuse marks of the future, and older ones than this, in seconds; any time is accepted when left out. */
  maxAge?: number
  /** Seconds since 1970-01-01 UTC; the clock of this machine when left out. */
  now?: number
  onCheck?: (check: EpochCheck) => void
}

/**
 * Checks an epoch with nothing but its public folder and the pinned keys: the schema of every file, the hash of every key
 * against its pin, every proof, every link of the chain from the constant first state to the one that solvency opens, and that
 * the proofs were made for this manifest, policy and risk table. Each file is read once.
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
  const manifest = await readManifest(folder)
  const { venue, epoch, batches, solvency } = manifest
  const checks = new Checks(options.onCheck)

  await checks.run('manifest', () => passed(`${venue}, epoch ${epoch}`))
  await checks.run('files', () => checkFiles(folder, manifest))

  const keys = new Map<string, VerificationKey>()
  const instances = new Map(shippedInstances().map((instance) => [instance.name, instance]))
  const used = usedInstances(manifest)
  for (const name of used) {
    const key = await checks.run(
      `key:${name}`,
      () => checkKey(name, at.key(name), manifest, instances, options.pins),
      EXIT.artifact,
    )
    if (key !== undefined) keys.set(name, key)
  }
  const keyKind = kindOf(used.map((name) => pinOf(options.pins, name)))
  await checks.run('key-kind', () => checkKind(keyKind, options.production ?? false), EXIT.artifact)

  // A table that cannot be the epoch's still serves to read the policy by.
  let table: RiskTable | undefined
  await checks.run('risk-table', async () => {
    const read = await readPublishedTable(at.risk)
    table = read.value
    return checkTable(
      read,
      manifest,
      used.map((name) => instances.get(name)),
    )
  })

  const now = timeNow(options)
  const { maxAge } = options
  if (maxAge !== undefined) await checks.run('marks', () => checkAge(table, now, maxAge))
  const age = table && marksAge(table.timestamp, now)

  await checks.run('chain', () => checkChain(manifest))
  const proofs: (Proven & { instance: string })[] = []
  const proof = async (id: string, work: () => Promise<Found<Proven & { instance: string }>>) => {
    const found = await checks.run(id, work)
    if (found !== undefined) proofs.push(found)
  }
  for (const [index, name] of batches.entries()) {
    await proof(`batch:${index.toString().padStart(5, '0')}`, async () => {
      const expected = {
        stateBefore: BigInt(manifest.states[index] ?? fail('the chain has no state before this batch')),
        stateAfter: BigInt(manifest.states[index + 1] ?? fail('the chain has no state after this batch')),
        riskRoot: BigInt(manifest.riskRoot),
      }
      const key = keys.get(name) ?? fail(`not checked: its key, ${name}, is not one to check with`)
      const file = await readJsonFile(at.batch(index), proofFileSchema)
      return checkProof(file, { statement: 'ledger', instance: name, manifest, key, expected })
    })
  }

  let policy: Published<PolicyFile> | undefined
  await checks.run('policy', async () => {
    if (!solvency) fail('solvency is not proven yet', UNPROVEN)
    policy = await readPublishedPolicy(at.policy)
    if (!table) fail('not checked: there is no risk table to read it by')
    return checkPolicy(policy.value, table, { ...manifest, solvency }, options.policy)
  })
  await proof('solvency', async () => {
    if (!solvency) fail('solvency is not proven yet', UNPROVEN)
    const { instance } = solvency
    const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
    const file = await readJsonFile(at.solvency, proofFileSchema)
    const purpose = checkPurpose(file, manifest, policy?.sha256)
    const expected = {
      state: BigInt(manifest.states.at(-1)!),
      accountsRoot: BigInt(solvency.accountsRoot),
      riskRoot: BigInt(manifest.riskRoot),
      reservesCommitment: BigInt(solvency.reservesCommitment),
      policy: BigInt(solvency.policy),
    }
    if (file.signals.context !== purposeContext(purpose).toString()) fail(OTHER_CONTEXT)
    return checkProof(file, { statement: 'solvency', instance, manifest, key, expected })
  })

  // A scenario holds when all of the above does: its shortfalls are summed along the chain, and solvency covers them.
  const proven = checks.valid
  for (const scenario of table?.scenarios ?? []) {
    await checks.run(`scenario:${scenario.name}`, () => {
      if (!proven) fail('not proven: a check above fails')
      if (scenario.name === COLLATERAL && isTiered(table!)) return passed(describeCollateral(table!))
      return passed(`covered, no account's shortfall left out; ${describeMoves(table!, scenario)}`)
    })
  }

  return {
    valid: checks.valid,
    venue,
    epoch,
    keyKind,
    batches: batches.length,
    checks: checks.list,
    notes: age === undefined ? [] : [age],
    exitCode: checks.exitCode,
    ...(checks.valid && solvency && table && policy
      ? { verified: { manifest: { ...manifest, solvency }, table, policy: policy.value, proofs } }
      : {}),
  }
}

const UNPROVEN = { todo: 'Run `plimsoll solvency prove`; whoever is not the venue waits for it.' }
const OTHER_CONTEXT =
  'context: not that of the venue, epoch, target, policy and risk table that the file says it was made for'

/** What nobody holds reserves for, whatever a policy says. */
function describeDerivatives({ instruments }: RiskTable): string[] {
  const symbols = instruments.filter(({ kind }) => isDerivative(kind)).map(({ symbol }) => symbol)
  return symbols.length === 0
    ? []
    : [`derivatives, with no reserves, longs and shorts equal: ${symbols.join(', ')}`]
}

/** Every instance that a proof of the epoch names, once. */
function usedInstances({ batches, solvency }: Manifest): string[] {
  return [...new Set([...batches, ...(solvency ? [solvency.instance] : [])])].sort()
}

/** Nothing may be missing, and nothing may lie there that the manifest does not speak of. */
async function checkFiles(folder: string, manifest: Manifest): Promise<Found<true>> {
  const at = epochLayout(folder)
  const solvency = manifest.solvency ? ['policy.json', 'solvency.json'] : []
  const used = usedInstances(manifest)
  const wanted: [string, string, string[]][] = [
    ['', folder, ['keys', 'ledger', 'manifest.json', 'risk.json', ...solvency]],
    ['keys/', at.keys, used.map((name) => `${name}.json`)],
    ['ledger/', at.ledger, manifest.batches.map((_, index) => batchFile(index))],
  ]
  const [missing, foreign, ignored]: [string[], string[], string[]] = [[], [], []]
  let count = 0
  for (const [prefix, where, names] of wanted) {
    const entries = await readdir(where, { withFileTypes: true }).catch(() => fail(`${where} cannot be read`))
    const there = new Map(entries.map((entry) => [entry.name, entry]))
    for (const name of names) if (!there.delete(name)) missing.push(prefix + name)
    for (const [name, entry] of there) {
      const list = isClutter(name) && entry.isFile() ? ignored : foreign
      list.push(prefix + name)
    }
    count += names.length
  }
  const faults = [
    ...(missing.length > 0 ? [`missing: ${some(missing)}`] : []),
    ...(foreign.length > 0 ? [`not of the epoch: ${some(foreign)}`] : []),
    ...(Object.keys(manifest.keys).sort().join() === used.join()
      ? []
      : ['the manifest has keys that no proof uses, or lacks one']),
  ]
  if (faults.length > 0) fail(faults.join('; '), { todo: 'Take the whole folder as the venue published it.' })
  const note = ignored.length > 0 ? `; ignored, as a desktop leaves them: ${some(ignored)}` : ''
  return passed(`${count} entries, all accounted for${note}`)
}

/** The first few of many names. */
function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}

async function checkKey(
  name: string,
  path: string,
  manifest: Manifest,
  instances: ReadonlyMap<string, Instance>,
  pins: KeyPins,
): Promise<Found<VerificationKey>> {
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
  const named = manifest.keys[name] ?? fail('the manifest does not name it')
  if (hash !== named.keyHash) fail('its hash is not the one in the manifest')
  if (named.circuitHash !== circuitHashOf(name)) {
    fail("the manifest names another circuit than this version's", { todo: OTHER_VERSION })
  }
  const pin = pinOf(pins, name) ?? fail(`is not pinned; its hash is ${hash}`, { todo: TAKE_PINS })
  if (hash !== pin.keyHash) fail('is not the pinned key', { todo: TAKE_PINS })
  assertPinnedCircuit(name, pin)
  await assertSoundKey(key)
  return { found: key, detail: 'pinned' }
}

const OTHER_VERSION = 'Verify with the version of Plimsoll that the epoch was made with.'

function checkKind(keyKind: KeyKind, production: boolean): Found<true> {
  if (keyKind === 'ceremony') return passed('ceremony keys')
  if (production) fail('development keys: whoever made them can forge every proof')
  return passed('DEVELOPMENT KEYS: whoever made them can forge every proof. Not for production.')
}

/** What keys are together: `ceremony` when every one is pinned as such. */
function kindOf(pins: readonly (KeyPin | undefined)[]): KeyKind {
  return pins.length > 0 && pins.every((pin) => pin?.keyKind === 'ceremony') ? 'ceremony' : 'development'
}

function checkTable(
  { value: table, sha256 }: Published<RiskTable>,
  manifest: Manifest,
  used: readonly (Instance | undefined)[],
): Found<true> {
  const faults: string[] = []
  if (!isKnownSize(manifest)) {
    faults.push('no instance has as many instruments and scenarios as the manifest says')
  } else if (!holdsScenarios(manifest, table.scenarios.length)) {
    faults.push("it has another number of scenarios than the epoch's instances are for")
  } else if (table.instruments.length > manifest.instruments) {
    faults.push("it has more instruments than the epoch's instances are for")
  } else {
    const { riskRoot } = riskDigests(table, manifest.instruments, manifest.scenarios)
    if (riskRoot.toString() !== manifest.riskRoot) faults.push("its root is not the manifest's riskRoot")
  }
  const tiered = isTiered(table)
  const other = used.find((instance) => instance !== undefined && isTieredInstance(instance) !== tiered)
  if (other !== undefined) {
    faults.push(`it has ${tiered ? '' : 'no '}tiers, and ${other.name} is for tables of the other kind`)
  }
  if (sha256 !== manifest.riskTable) faults.push("its SHA-256 is not the manifest's riskTable")
  if (faults.length > 0) fail(faults.join('; '))
  const moment = new Date(1000 * table.timestamp).toISOString()
  return passed(
    `${table.instruments.length} instruments, ${table.scenarios.length} scenarios, marks of ${moment}`,
  )
}

/** The time that marks are judged by: seconds since 1970-01-01 UTC. */
export function timeNow({ now }: Pick<VerifyEpochOptions, 'now'>): number {
  return now ?? Math.floor(Date.now() / 1000)
}

/** Marks of the last `maxAge` seconds, and none of the future. */
export function checkAge(table: RiskTable | undefined, now: number, maxAge: number): Found<true> {
  if (table === undefined) fail('not checked: there is no risk table to read the time from')
  const reason = tooOld(table.timestamp, now, maxAge)
  if (reason === undefined) return passed('recent enough')
  return fail(reason, {
    todo: 'Ask for an epoch of now, or say with --max-age what is recent enough for you.',
  })
}

function checkChain(manifest: Manifest): Found<true> {
  const { states, batches } = manifest
  if (batches.length === 0) fail('has no batch')
  if (states.length !== batches.length + 1) fail('has not one state more than batches')
  if (states[0] !== stateCommitment(firstState(manifest)).toString()) {
    fail('does not start at the constant first state')
  }
  if (new Set(states).size !== states.length) fail('passes through one state twice')
  return passed(`${batches.length} batches from the constant first state`)
}

async function checkPolicy(
  file: PolicyFile,
  table: RiskTable,
  manifest: Manifest & { solvency: NonNullable<Manifest['solvency']> },
  accepted: PolicyFile | undefined,
): Promise<Found<true>> {
  const policy = resolvePolicy(file, table)
  resolveWaterfall(file, table)
  if (policyDigest(padPolicy(policy, manifest.instruments)).toString() !== manifest.solvency.policy) {
    fail('its digest is not the one that solvency is proven for')
  }
  // Of two policies, a fault is in the reader's own or in the epoch's.
  const least = await inPlace('the policy to accept', () => resolvePolicy(accepted ?? FULL_RESERVES, table))
  const weak = weakerThan(policy, least, table)
  if (weak.length > 0) {
    fail(`promises less than what is accepted: ${weak.join(', ')}`, {
      todo: 'Read policy.json. If it is enough for you, name it, or the weakest that is, with --policy.',
    })
  }
  return passed(
    [
      accepted
        ? 'at least the policy that is accepted'
        : 'full reserves in every instrument that can be held in reserve',
      ...describeDerivatives(table),
      ...(file.waterfall
        ? [`published with it, in an order that is not proven: ${file.waterfall.order.join(', ')}`]
        : []),
    ].join('; '),
  )
}

/** What a solvency proof says that it was made for, when that is this epoch; each field by its name when it is not. */
function checkPurpose(
  { for: purpose }: ProofFile,
  manifest: Manifest,
  policy: string | undefined,
): SolvencyPurpose {
  if (purpose === undefined) fail('says nowhere what it was made for')
  const epoch = solvencyPurpose(manifest, policy ?? purpose.policy)
  const where = {
    venue: 'manifest',
    epoch: 'manifest',
    target: 'manifest',
    riskTable: 'manifest',
    policy: 'policy.json',
  }
  const wrong = (Object.keys(where) as (keyof typeof where)[]).filter(
    (field) => JSON.stringify(purpose[field]) !== JSON.stringify(epoch[field]),
  )
  if (wrong.length > 0) {
    fail(`was made for another ${wrong.map((field) => `${field} (not that of ${where[field]})`).join(', ')}`)
  }
  return epoch
}

async function checkProof(
  file: ProofFile,
  against: {
    statement: 'ledger' | 'solvency'
    instance: string
    manifest: Manifest
    key: VerificationKey
    expected: Record<string, bigint>
  },
): Promise<Found<Proven & { instance: string }>> {
  const { statement, instance, manifest, key, expected } = against
  if (file.statement !== statement) fail(`is not a proof of ${statement}`)
  if (file.instance !== instance || file.keyHash !== manifest.keys[instance]?.keyHash) {
    fail('was made for another instance or key')
  }
  if (statement !== 'solvency' && file.for !== undefined)
    fail('says whom it is for, which is for solvency alone')
  const { valid, detail } = await verifyFiledProof(file, key, expected)
  if (!valid) fail(detail)
  const found = { instance, proof: file.proof, publicSignals: orderedSignals(file)! }
  return { found, detail: `${statement} proof by ${instance}` }
}
