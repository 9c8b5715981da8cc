import {
  assertPinnedCircuit,
  Checks,
  type EpochCheck,
  type FiledClaim,
  fail,
  type KeyKind,
  type KeyPins,
  kindOfPin,
  passed,
  pinOf,
  readJsonFrom,
  type Source,
  TAKE_PINS,
  verifyFiledProofs,
} from '../bundle/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import { assertSoundKey, type VerificationKey, verificationKeyHash } from '../groth16/index.js'
import { compileRequirement, requirementDigest } from '../rules/index.js'
import { MAX_TEXT_BYTES, toldName } from '../schema/index.js'
import {
  knownInstance,
  type LiquidationSignals,
  liquidationContext,
  liquidationPolicyDigest,
  resolveLiquidation,
} from '../statements/index.js'
import { type LiquidationProof, liquidationProofSchema } from './liquidation-file.js'
import type { ReadEpoch } from './open.js'
import { EPOCH_PATHS, isClutter, isLiquidationFile, liquidationFile } from './paths.js'

/** Proofs that are read, and verified together, before the next are. */
const AT_ONCE = 64
/** Proofs that fail before the rest stay unread. */
const MOST_FAILED = 100

/** What proofs of liquidations are compared with: what was read of an epoch. */
export type LiquidationEpoch = Pick<ReadEpoch, 'manifest' | 'table' | 'policy'>

/** Whose keys count. */
export interface LiquidationTrust {
  pins: KeyPins
  /** Refuse development keys. */
  production?: boolean
  onCheck?: (check: EpochCheck) => void
}

/** What was found of proofs of liquidations. It counts for a valid epoch alone. */
export interface FoundLiquidations {
  checks: EpochCheck[]
  /** Those that hold, each of another account. */
  proofs: LiquidationProof[]
  /** `ceremony` when every key that was used is pinned as such; missing where no proof holds. */
  keyKind?: KeyKind
  exitCode: ExitCode
}

/** A proof by the name that its check is to have, and how it is read. */
interface Named {
  name: string
  read: () => Promise<LiquidationProof>
}

/**
 * Verifies one proof of a liquidation against an epoch: that it verifies under its pinned key, for an account
 * under the epoch's own `accountsRoot`, by the epoch's own risk table and policy, each digest recomputed.
 *
 * @param read what was read of the epoch
 * @example
 * const { read, epoch } = await openEpoch(await openSource('epoch'), { pins })
 * const { proofs } = await verifyLiquidation(await readLiquidation('liquidation.json'), read, { pins })
 * if (epoch && proofs.length > 0) console.log('the account was below its requirement')
 */
export async function verifyLiquidation(
  file: LiquidationProof,
  read: LiquidationEpoch,
  trust: LiquidationTrust,
): Promise<FoundLiquidations> {
  return verifyAll([{ name: 'liquidation', read: async () => file }], read, trust, new Checks(trust.onCheck))
}

/**
 * Verifies all proofs in the folder `liquidations` of an epoch; `undefined` where there is none, or where the
 * source cannot be listed. The manifest does not name them: some may have been left out.
 *
 * @param read what was read of the epoch
 * @example
 * const source = await openSource('epoch')
 * const { read, epoch } = await openEpoch(source, { pins })
 * const found = await verifyLiquidations(source, read, { pins })
 * if (epoch && found?.exitCode === 0) console.log(`${found.proofs.length} accounts were liquidated`)
 */
export async function verifyLiquidations(
  source: Source,
  read: LiquidationEpoch,
  trust: LiquidationTrust,
): Promise<FoundLiquidations | undefined> {
  const entries = await source.list?.(EPOCH_PATHS.liquidations)
  if (entries === undefined) return undefined
  const checks = new Checks(trust.onCheck)
  const names = entries.flatMap(({ name, isFile }) => (isFile && isClutter(name) ? [] : [name])).sort()
  await checks.run('liquidations', () => {
    const foreign = names.filter((name) => !isLiquidationFile(name))
    if (foreign.length > 0) {
      fail(`not the name of a proof: ${foreign.slice(0, 5).map(toldName).join(', ')}`, { todo: AS_PUBLISHED })
    }
    return passed(`${names.length} ${names.length === 1 ? 'file' : 'files'}`)
  })
  const files = names.filter(isLiquidationFile)
  return verifyAll(
    files.map((name) => named(source, name, `liquidation:${name.slice(0, 16)}`)),
    read,
    trust,
    checks,
  )
}

/**
 * Verifies the proof of the leaf with this nullifier; `undefined` where the epoch has none. It is looked up
 * by its name, also where a source cannot be listed.
 *
 * @param read what was read of the epoch
 */
export async function verifyLiquidationOf(
  source: Source,
  nullifier: bigint,
  read: LiquidationEpoch,
  trust: LiquidationTrust,
): Promise<FoundLiquidations | undefined> {
  const name = liquidationFile(nullifier)
  if ((await source.read(`${EPOCH_PATHS.liquidations}/${name}`, MAX_TEXT_BYTES)) === undefined) {
    return undefined
  }
  return verifyAll([named(source, name, 'liquidation')], read, trust, new Checks(trust.onCheck))
}

/** A proof in the folder, which has to be named after its nullifier. */
function named(source: Source, name: string, id: string): Named {
  const read = async () => {
    const file = await readJsonFrom(source, `${EPOCH_PATHS.liquidations}/${name}`, liquidationProofSchema)
    if (liquidationFile(BigInt(file.proof.signals.nullifier ?? 0n)) !== name) {
      fail('it is not named after its nullifier, so that it could be there twice', { todo: AS_PUBLISHED })
    }
    return file
  }
  return { name: id, read }
}

const AS_PUBLISHED = 'Take the folder as the venue published it.'

async function verifyAll(
  files: readonly Named[],
  read: LiquidationEpoch,
  trust: LiquidationTrust,
  checks: Checks,
): Promise<FoundLiquidations> {
  const proofs: LiquidationProof[] = []
  const kinds: KeyKind[] = []
  const keys = new KeysOnce(trust)
  let failed = 0
  for (let start = 0; start < files.length && failed < MOST_FAILED; start += AT_ONCE) {
    const opened = await Promise.all(
      files.slice(start, start + AT_ONCE).map(async ({ name, read: open }) => {
        try {
          const file = await open()
          const { key, kind } = await keys.of(file)
          return { name, kind, file, claim: claimOf(file, key, read) }
        } catch (fault) {
          return { name, fault }
        }
      }),
    )
    const verdicts = (await verifyFiledProofs(opened.flatMap(({ claim }) => claim ?? []))).values()
    for (const { name, kind, file, claim, fault } of opened) {
      const verdict = claim && verdicts.next().value
      const found = await checks.run(name, () => {
        if (!claim) throw fault
        if (!verdict!.valid) fail(verdict!.detail)
        return { found: file, detail: `one account was below, by ${file.proof.instance}, a ${kind} key` }
      })
      if (found === undefined) failed++
      else {
        proofs.push(found)
        kinds.push(kind!)
      }
    }
  }
  const rest = files.length - proofs.length - failed
  if (rest > 0) {
    await checks.run('liquidations', () => fail(`${rest} more are not checked: too many fail`))
  }
  const { list, exitCode } = checks
  const keyKind = kinds.every((kind) => kind === 'ceremony') ? 'ceremony' : 'development'
  return { checks: list, proofs, ...(kinds.length > 0 && { keyKind }), exitCode }
}

/** The claim of a file; it fails when it is not about the epoch. */
function claimOf(file: LiquidationProof, key: VerificationKey, read: LiquidationEpoch) {
  const { venue, epoch, proof } = file
  const { manifest } = read
  if (venue !== manifest.venue || epoch !== manifest.epoch) fail('it names another venue or epoch')
  if (proof.for !== undefined) fail('says whom it is for, which is for solvency alone')
  return { file: proof, key, expected: { ...expectedSignals(read, file.gate) } } satisfies FiledClaim
}

/** All public signals but those of the account: `movement` and `nullifier` may be any. */
function expectedSignals(
  { manifest, table, policy }: LiquidationEpoch,
  gate: LiquidationProof['gate'],
): Omit<LiquidationSignals, 'movement' | 'nullifier'> {
  const { solvency } = manifest.parts
  if (!solvency) fail('solvency is not proven: nothing says that these are the accounts')
  if (!table || !policy) fail('not checked: risk table or policy could not be read')
  if (policy.liquidation === undefined) fail('the policy of the epoch says nothing of liquidations')
  const resolved = resolveLiquidation(policy.liquidation, table)
  const { venue, epoch } = manifest
  // Whichever contract takes it, a proof is of this epoch by its roots.
  const target = gate ?? manifest.target
  return {
    accountsRoot: BigInt(solvency.accountsRoot),
    riskRoot: BigInt(manifest.riskRoot),
    requirement: requirementDigest(compileRequirement(table.margin!, resolved.requirement)),
    policy: liquidationPolicyDigest(resolved, table),
    context: liquidationContext({
      ...{ venue, epoch },
      ...(target && { chainId: BigInt(target.chainId), contract: target.contract as `0x${string}` }),
    }),
  }
}

/** Keys of proofs, each checked once: files of one key share it. */
class KeysOnce {
  private readonly known = new Map<string, Promise<{ key: VerificationKey; kind: KeyKind }>>()

  constructor(private readonly trust: LiquidationTrust) {}

  of({ key, proof }: LiquidationProof): Promise<{ key: VerificationKey; kind: KeyKind }> {
    const hash = verificationKeyHash(key)
    const id = `${proof.instance} ${proof.keyHash} ${proof.statement} ${hash}`
    const found = this.known.get(id) ?? assertKey({ key, proof }, hash, this.trust)
    this.known.set(id, found)
    return found
  }
}

async function assertKey(
  { key, proof }: Pick<LiquidationProof, 'key' | 'proof'>,
  hash: string,
  { pins, production }: LiquidationTrust,
): Promise<{ key: VerificationKey; kind: KeyKind }> {
  const refuse = (reason: string, todo?: string): never =>
    fail(reason, { exitCode: EXIT.artifact, ...(todo && { todo }) })
  const { instance: name, statement, keyHash } = proof
  const instance = knownInstance(name)
  if (instance?.statement !== 'liquidation' || statement !== 'liquidation') {
    fail(`${toldName(name)} does not prove a liquidation in this version`)
  }
  if (hash !== keyHash) refuse('its key is not the one that the proof names')
  const pin = pinOf(pins, name) ?? refuse(`${name} is not pinned; its hash is ${hash}`, TAKE_PINS)
  if (pin.keyHash !== hash) refuse(`the key of ${name} is not the pinned one`, TAKE_PINS)
  assertPinnedCircuit(name, pin)
  const kind = kindOfPin(pin)
  if (production && kind !== 'ceremony') refuse('a development key: whoever made it can forge the proof')
  await assertSoundKey(key)
  return { key, kind }
}

/**
 * What proofs of liquidations of a valid epoch show, a sentence each.
 *
 * @param proofs how many hold
 */
export function liquidationWords(proofs: number): string[] {
  if (proofs === 0) return []
  const whose = proofs === 1 ? 'one account' : `${proofs} accounts`
  return [
    `Proven of ${whose} of the epoch, once each: it was below trigger or backstop of the policy, its positions may move towards zero as committed to, no further than the policy lets, and it loses no more than the penalty by it.`,
    'Not shown: whose they are, what moved and that it did, and whether every account that was below has a proof.',
  ]
}
