import {
  Checks,
  type EpochCheck,
  type Found,
  fail,
  type KeyKind,
  kindOfPin,
  passed,
  pinOf,
  placeOf,
  proofFileSchema,
  readJsonFrom,
  readTextIfThere,
  type Source,
} from '../../bundle/index.js'
import { EXIT, type ExitCode } from '../../errors/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { isTiered, numberedApart, type RiskTable, riskColumns, rowsByKind, someOf } from '../../risk/index.js'
import { sha256Text } from '../../schema/index.js'
import {
  activityDigest,
  byReason,
  type DisclosureSignals,
  disclosureInstance,
  type IndexSteps,
  indexSteps,
  interestShown,
  knownInstance,
  paysInterest,
  type Reason,
  resolveDust,
  type SettlementSignals,
  settlementContext,
  shownDigest,
  termsDigest,
} from '../../statements/index.js'
import type { LiquidationProof } from '../liquidation-file.js'
import { type LiquidationTrust, verifyLiquidationOf, verifyLiquidations } from '../liquidations.js'
import type { OpenedEpoch, OpenedPlace, ReadEpoch } from '../open.js'
import { EPOCH_PATHS } from '../paths.js'
import { verifyChain } from '../verify/chain.js'
import { compareFolders, WHOLE_FOLDER } from '../verify/files.js'
import { verifyNamedKey } from '../verify/keys.js'
import { claimOf, verifyProofOf } from '../verify/proof.js'
import { parseSettlement, recoveredOf, type Settlement } from './file.js'
import { settlementFolders, settlementInstances } from './folders.js'
import { liquidationsRoot, movementsOf } from './tree.js'
import { settlementWords } from './words.js'

/** A settlement of which everything holds, between two valid epochs. */
export interface VerifiedSettlement {
  file: Settlement
  /** Of the bytes of `settlement.json`, lower-case hex: readers who have the same one have one settlement. */
  sha256: string
  /** Roots over the rows of each reason; 0n for none. */
  roots: Readonly<Record<Reason, bigint>>
  /** Whether customers bear a loss, by rows of allocations or by an index that falls. */
  loss: boolean
  /** Symbols whose index falls: a loss that no row shows. */
  cut: readonly string[]
  /** What it shows, a sentence each. */
  words: readonly string[]
}

/** What was found of a settlement. */
export interface FoundSettlement {
  checks: EpochCheck[]
  /** As it says of itself, whatever was found of it, and the SHA-256 of its bytes. */
  file?: Settlement
  sha256?: string
  /** Only where every check passes. */
  settlement?: VerifiedSettlement
  /** Of all keys that it rests on, those of both epochs included. */
  keyKind: KeyKind
  exitCode: ExitCode
}

/** A settlement while it is verified. */
interface Settling {
  file: Settlement
  source: Source
  now: ReadEpoch
  before: ReadEpoch
  /** `undefined` where one of them could not be read. */
  tables: Tables | undefined
  trust: LiquidationTrust
  checks: Checks
}

/** The risk tables of both epochs, and how indices step from one to the other. */
interface Tables {
  table: RiskTable
  old: RiskTable
  steps: IndexSteps
}

/**
 * Verifies that an epoch follows from the one before it, customer by customer: both epochs are valid and the
 * later one names the earlier, every proof holds under its pinned key, the proofs weigh the accounts of both
 * and all rows between them, and each public signal is what the epochs themselves say. `undefined` where the
 * epoch has no settlement.
 *
 * @param now the later epoch, which has the settlement in its folder
 * @param before the one that its manifest names
 * @example
 * const [now, before] = await Promise.all(
 *   ['epoch', 'epoch-before'].map(async (path) => {
 *     const source = await openSource(path)
 *     return { source, opened: await openEpoch(source, { pins }) }
 *   }),
 * )
 * const found = await verifySettlement(now, before, { pins })
 * if (found?.settlement) console.log('nobody’s units moved without a row')
 */
export async function verifySettlement(
  now: OpenedPlace,
  before: OpenedPlace,
  trust: LiquidationTrust,
): Promise<FoundSettlement | undefined> {
  const { source } = now
  const checks = new Checks(trust.onCheck)
  const kinds = [now.opened.report.keyKind, before.opened.report.keyKind]
  if (!(await hasSettlement(source))) return undefined
  const read = await checks.run('settlement', async () => {
    const text = await readTextIfThere(source, EPOCH_PATHS.settlementFile)
    if (text === undefined) fail('settlement.json is missing', WHOLE_FOLDER)
    const file = parseSettlement(text, placeOf(source, EPOCH_PATHS.settlementFile))
    return { found: { file, sha256: sha256Text(text) }, detail: namedOf(file) }
  })
  const told = (settlement?: VerifiedSettlement): FoundSettlement => ({
    checks: checks.list,
    ...read,
    ...(settlement && checks.valid && { settlement }),
    keyKind: kinds.every((kind) => kind === 'ceremony') ? 'ceremony' : 'development',
    exitCode: checks.exitCode,
  })
  if (read === undefined) return told()
  const { file, sha256 } = read
  const epochs = { now: now.opened.read, before: before.opened.read }
  const settling: Settling = { file, source, ...epochs, tables: tablesOf({ file, ...epochs }), trust, checks }
  await checks.run('settlement-epochs', () => verifyEpochs(file, now.opened, before.opened))
  await checks.run('settlement-tables', () => verifyTables(settling))
  await checks.run('settlement-files', () => verifyFolder(settling))
  const keys = await verifySettlementKeys(settling)
  kinds.push(...[...keys.keys()].map((name) => kindOfPin(pinOf(trust.pins, name))))
  await verifyChain({
    ...{ source, checks, runs: file.chunks, firstState: file.firstState, state: file.state },
    saidBy: "settlement.json's",
    names: ['chunk', 'chunks'],
    id: 'settlement-chain',
    pathOf: EPOCH_PATHS.chunk,
    claimOf: (proof, instance) => {
      const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
      return claimOf(proof, { statement: 'weigh', instance, named: file.keys, key, expected: {} })
    },
    keep: () => {},
  })
  const liquidations = await checks.run('settlement-liquidations', () => verifyRows(settling, before.source))
  if (liquidations?.keyKind) kinds.push(liquidations.keyKind)
  const steps = await checks.run('settlement-indices', () => verifyIndices(settling, keys))
  const dust = await checks.run('settlement-proof', () => verifyClosing(settling, keys))
  const tables = [now.opened.epoch?.table, before.opened.epoch?.table] as const
  if (liquidations === undefined || !steps || dust === undefined || !tables[0] || !tables[1]) return told()
  const loss = file.loss === 1
  const words = settlementWords(
    {
      ...{
        epoch: file.epoch,
        previous: file.previous.epoch,
        loss,
        dust,
        steps,
        recovered: recoveredOf(file),
      },
      allocated: file.roots.allocations !== '0',
      liquidations: liquidations.count,
      listed: before.source.list !== undefined,
    },
    tables[0],
    tables[1],
  )
  return told({ file, sha256, roots: rootsOf(file), loss, cut: steps.cut, words })
}

/** Whether there is anything of a settlement in an epoch. */
export async function hasSettlement(source: Source): Promise<boolean> {
  const there = await source.list?.(EPOCH_PATHS.settlement)
  if (there !== undefined) return true
  return (await readTextIfThere(source, EPOCH_PATHS.settlementFile)) !== undefined
}

function namedOf({ venue, epoch, previous }: Settlement): string {
  return `${venue}: from epoch ${previous.epoch} to ${epoch}`
}

function rootsOf({ roots }: Settlement): Record<Reason, bigint> {
  return byReason((reason) => BigInt(roots[reason]))
}

/** Both epochs are valid, the later one names the earlier, and the settlement is between these two. */
function verifyEpochs(file: Settlement, now: OpenedEpoch, before: OpenedEpoch): Found<true> {
  const faults: string[] = []
  let exitCode: ExitCode = EXIT.invalid
  for (const [which, { epoch, report }] of [
    ['this epoch', now],
    ['the previous one', before],
  ] as const) {
    if (epoch) continue
    const failed = report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
    faults.push(`${which} is not valid: ${someOf(failed)}`)
    exitCode = Math.max(exitCode, report.exitCode) as ExitCode
  }
  const [own, old] = [now.read, before.read]
  const expected = { venue: own.manifest.venue, epoch: own.manifest.epoch, manifest: own.manifestSha256 }
  for (const field of ['venue', 'epoch', 'manifest'] as const) {
    if (file[field] !== expected[field]) faults.push(`it names another ${field} than this epoch's`)
  }
  if (old.manifest.venue !== own.manifest.venue) faults.push('the epochs are of two venues')
  if (own.manifest.previous === undefined) faults.push('this epoch names none before it')
  else if (own.manifest.previous !== old.manifestSha256) faults.push('this epoch names another one before it')
  if (file.previous.manifest !== old.manifestSha256 || file.previous.epoch !== old.manifest.epoch) {
    faults.push('it starts from another epoch')
  }
  if (faults.length > 0) fail(faults.join('; '), { todo: BOTH_EPOCHS, exitCode })
  return passed(`epoch ${own.manifest.epoch} names ${old.manifest.epoch} by its digest, and both are valid`)
}

const BOTH_EPOCHS =
  'Name with --previous the epoch that the manifest names, by the SHA-256 of its manifest.json.'

/** A number is one instrument in both epochs: otherwise it is no sum of rows that says what moved. */
function verifyTables(settling: Settling): Found<true> {
  const { now, before } = settling
  const { table, old } = readTables(settling)
  if (isTiered(table) || isTiered(old)) fail('a table has tiers, over which nothing can be settled')
  const apart = numberedApart(old, table)
  if (apart !== undefined) fail(`instruments are numbered differently: ${apart}`)
  const [spots, oldSpots] = [now.manifest.sizes.spots, before.manifest.sizes.spots]
  if (spots !== oldSpots) fail(`proven for ${oldSpots} spot instruments, then for ${spots}`)
  return passed('one instrument has one number in both risk tables, and neither has tiers')
}

function tablesOf({ file, now, before }: Pick<Settling, 'file' | 'now' | 'before'>): Tables | undefined {
  const [table, old] = [now.table, before.table]
  return table && old && { table, old, steps: indexSteps(old, table, now.manifest.sizes, recoveredOf(file)) }
}

function readTables({ tables }: Settling): Tables {
  return tables ?? fail('not checked: a risk table could not be read')
}

async function verifyFolder({ source, file }: Settling): Promise<Found<true>> {
  const used = settlementInstances(file)
  const named = Object.keys(file.keys)
  const isAll = named.length === used.length && used.every((name) => named.includes(name))
  const faults = isAll ? [] : ['settlement.json has keys that no proof uses, or lacks one']
  return compareFolders(source, settlementFolders(file), { by: 'settlement.json', faults })
}

/** The keys of a settlement that are what their pins say, by instance. */
async function verifySettlementKeys(settling: Settling): Promise<ReadonlyMap<string, VerificationKey>> {
  const { file, source, now, trust, checks } = settling
  const keys = new Map<string, VerificationKey>()
  for (const name of settlementInstances(file)) {
    const key = await checks.run(
      `settlement-key:${name}`,
      async () => {
        const misfit = misfitOf(name, file, now)
        if (misfit !== undefined) fail(misfit)
        const by = { path: EPOCH_PATHS.settlementKey(name), by: 'settlement.json', named: file.keys }
        const found = await verifyNamedKey(source, name, { ...by, pins: trust.pins })
        if (trust.production && kindOfPin(pinOf(trust.pins, name)) !== 'ceremony') {
          fail('a development key: whoever made it can forge the proof')
        }
        return found
      },
      EXIT.artifact,
    )
    if (key !== undefined) keys.set(name, key)
  }
  return keys
}

/** Why an instance cannot prove what a settlement has it for. */
function misfitOf(
  name: string,
  { chunks, instance: closing, interest }: Settlement,
  now: ReadEpoch,
): string | undefined {
  const instance = knownInstance(name)
  if (instance === undefined) return 'is not an instance that this version knows'
  const { statement, params } = instance
  if (chunks.some((run) => run.instance === name) && statement !== 'weigh') {
    return `it proves ${statement}, not weigh`
  }
  if (name === interest && name !== disclosureInstance(now.manifest.sizes)) {
    return "it does not disclose at the sizes of the epoch's"
  }
  if (name !== closing) return undefined
  if (statement !== 'settlement') return `it proves ${statement}, not settlement`
  const { spots } = now.manifest.sizes
  return params.SPOTS === spots ? undefined : "it has another number of instruments than the epoch's"
}

/**
 * Rows of liquidations are those of the earlier epoch's proofs: whoever verifies makes their tree anew, of
 * what each proof commits to.
 */
async function verifyRows(
  { file, before, trust }: Settling,
  source: Source,
): Promise<Found<{ count: number; keyKind?: KeyKind }>> {
  const { onCheck: _, ...keys } = trust
  const named = file.liquidations.flat()
  const found = source.list
    ? await verifyLiquidations(source, before, keys)
    : await verifyNamed(named, source, before, keys)
  const failed = found?.checks.filter(({ valid }) => !valid) ?? []
  if (found && failed.length > 0) {
    const faults = failed.map(({ id, detail }) => `${id}: ${detail}`)
    fail(`of the previous epoch: ${someOf(faults)}`, {
      exitCode: found.exitCode,
      ...(failed[0]!.todo && { todo: failed[0]!.todo }),
    })
  }
  const root = liquidationsRoot(movementsOf(file.liquidations, found?.proofs ?? []))
  if (root.toString() !== file.roots.liquidations) {
    fail('its rows of liquidations are not what the proofs commit to')
  }
  const keyKind = found?.keyKind
  return {
    found: { count: named.length, ...(keyKind && { keyKind }) },
    detail:
      named.length === 1
        ? '1 proof of the previous epoch, 1 row'
        : `${named.length} proofs of the previous epoch, ${named.length} rows`,
  }
}

/** Looks up each proof by its name, where a source cannot be listed. */
async function verifyNamed(
  nullifiers: readonly string[],
  source: Source,
  before: ReadEpoch,
  trust: LiquidationTrust,
): ReturnType<typeof verifyLiquidations> {
  const all = { checks: [] as EpochCheck[], proofs: [] as LiquidationProof[], exitCode: EXIT.ok as ExitCode }
  let keyKind: KeyKind = 'ceremony'
  for (const nullifier of nullifiers) {
    const found =
      (await verifyLiquidationOf(source, BigInt(nullifier), before, trust)) ??
      fail('it has a row for a liquidation that has no proof')
    all.checks.push(...found.checks)
    all.proofs.push(...found.proofs)
    all.exitCode = Math.max(all.exitCode, found.exitCode) as ExitCode
    if (found.keyKind === 'development') keyKind = found.keyKind
    if (found.exitCode !== EXIT.ok) break
  }
  return { ...all, ...(all.proofs.length > 0 && { keyKind }) }
}

/**
 * What indices of the tables do between the epochs: no loan is let off, and no more interest is paid than
 * is charged, which a proof of `disclosure` over the later ledger says. Where they step, shares of a fund are
 * not the same units before and after, so that nothing can be said of what left it.
 */
async function verifyIndices(
  settling: Settling,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<Found<IndexSteps>> {
  const { file, source, now, before } = settling
  const { table, steps } = readTables(settling)
  const { sizes, parts } = now.manifest
  if (steps.letOff.length > 0)
    fail(`loans are let off: short shares of ${someOf(steps.letOff)} are fewer units`)
  if (steps.overstated.length > 0) {
    fail(`it says that more of a loss is given back than the index rises: of ${someOf(steps.overstated)}`)
  }
  if (steps.moved.length > 0 && (file.roots.liquidations !== '0' || file.roots.takers !== '0')) {
    fail('an index steps, and there are rows of liquidations or takers')
  }
  if (!paysInterest(steps)) {
    if (file.interest !== undefined) fail('it has a proof of interest, and no index pays any')
    return { found: steps, detail: 'no index pays interest' }
  }
  const instance = file.interest ?? fail('an index pays interest, and no proof says that it was charged')
  const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
  const shown = interestShown(steps, riskColumns(table, sizes))
  const expected: DisclosureSignals = {
    firstState: BigInt(parts.ledger.firstState),
    reservesCommitment: 0n,
    shown: shownDigest(shown),
    context: settlementContext(before.manifestSha256, now.manifestSha256),
  }
  const proof = await readJsonFrom(source, EPOCH_PATHS.settlementInterest, proofFileSchema)
  const { detail } = await verifyProofOf(proof, {
    ...{ statement: 'disclosure', instance, named: file.keys, key },
    expected: { ...expected },
  })
  return { found: steps, detail }
}

/** The closing proof, with every public signal recomputed; hands back what layers may be worth in a loss. */
async function verifyClosing(
  settling: Settling,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<Found<bigint>> {
  const { file, source, now, before } = settling
  const { instance, roots } = file
  const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
  const [own, earlier] = [now.manifest.parts.solvency, before.manifest.parts.solvency]
  if (!own || !earlier) fail('not checked: of one of the epochs, solvency is not proven')
  const { table, policy } = now
  if (!table || !policy) fail('not checked: risk table or policy could not be read')
  const dust = resolveDust(policy, table)
  const { cut } = readTables(settling).steps
  const loss = roots.allocations === '0' && cut.length === 0 ? 0 : 1
  if (file.loss !== loss) {
    fail(
      loss
        ? 'it has rows of a loss, or an index that falls, and says that there is none'
        : 'it says that there is a loss, and has no row of one and no index that falls',
    )
  }
  const expected: SettlementSignals = {
    firstState: BigInt(file.firstState),
    state: BigInt(file.state),
    accountsBefore: BigInt(earlier.accountsRoot),
    accountsAfter: BigInt(own.accountsRoot),
    activity: activityDigest(rootsOf(file)),
    external: BigInt(file.external),
    reservesBefore: BigInt(earlier.reservesCommitment),
    reservesAfter: BigInt(own.reservesCommitment),
    terms: termsDigest({ dust, marks: spotMarks(table, now.manifest.sizes.spots) }),
    loss: BigInt(loss),
    context: settlementContext(before.manifestSha256, now.manifestSha256),
  }
  const proof = await readJsonFrom(source, EPOCH_PATHS.settlementProof, proofFileSchema)
  const { detail } = await verifyProofOf(proof, {
    statement: 'settlement',
    instance,
    named: file.keys,
    key,
    expected,
  })
  return { found: dust, detail }
}

/** Marks of a table's spot instruments, padded with zeros to the sizes of an instance. */
export function spotMarks(table: RiskTable, spots: number): bigint[] {
  const marks = rowsByKind(table).spots.map((row) => table.instruments[row]!.mark)
  return Array.from({ length: spots }, (_, i) => marks[i] ?? 0n)
}
