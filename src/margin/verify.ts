import {
  assertPinnedCircuit,
  Checks,
  type EpochCheck,
  type Found,
  fail,
  kindOfPin,
  passed,
  pinOf,
  riskTableHash,
  TAKE_PINS,
  verifyFiledProof,
  vouchedNotes,
} from '../bundle/index.js'
import {
  type EpochReport,
  isKnownSize,
  type OpenedEpoch,
  timeNow,
  type VerifyEpochOptions,
  verifyAge,
} from '../epoch/index.js'
import { EXIT, type ExitCode, InputError } from '../errors/index.js'
import { parseDecimal } from '../field/index.js'
import { assertSoundKey, verificationKeyHash } from '../groth16/index.js'
import { marksAge, numberedAlike, type RiskTable, riskDigests, tooOld } from '../risk/index.js'
import { compileRequirement, FACTOR_DECIMALS, requirementDigest } from '../rules/index.js'
import { namedInstance } from '../statements/index.js'
import type { MarginProof } from './file.js'
import { type MarginPurpose, parsePurpose, purposeFile, purposeSignals } from './purpose.js'

export interface VerifyMarginOptions extends Omit<VerifyEpochOptions, 'policy'> {
  /** The public epoch that the account is to be in, as `openEpoch` found it. */
  epoch?: OpenedEpoch
  /** Instead of an epoch, an `accountsRoot` that the reader trusts. */
  accountsRoot?: bigint
  /** The risk table whose rule is to be met (default: the epoch's). */
  table?: RiskTable
  /**
   * The requirement that the reader asked for, and its multiple (default: 1). Without both, the proof's own
   * are accepted.
   */
  requirement?: string
  times?: string
  purpose?: MarginPurpose
}

/** Report on a margin proof. */
export interface MarginReport {
  /** Whether some account under the root meets the requirement, for this purpose. */
  valid: boolean
  requirement: string
  /** The multiple of it that is met. */
  times: string
  /** The account's pseudonym in the domain. */
  handle: string
  for: ReturnType<typeof purposeFile>
  signals: Record<string, string>
  /** Kind of all keys that were used, including the epoch's. */
  keyKind: EpochReport['keyKind']
  checks: EpochCheck[]
  /** Remarks that fail no check, such as old marks. */
  notes: string[]
  exitCode: ExitCode
}

/**
 * Checks a margin proof: that it verifies under its pinned key, and that its public signals are the digests
 * of the epoch's accounts, of the risk table, of the requirement and of the purpose, each computed again.
 * Works offline.
 *
 * @example
 * const epoch = await openEpoch(await openSource('epoch'), { pins })
 * const proof = await readMarginProof('proof.json')
 * const report = await verifyMargin(proof, { pins, epoch, requirement: 'maintenance', times: '1.5' })
 * if (report.valid) console.log(report.handle)
 *
 * @throws {InputError} `MARGIN_SOURCE` when neither an epoch nor a root and a table are given
 */
export async function verifyMargin(file: MarginProof, options: VerifyMarginOptions): Promise<MarginReport> {
  const { epoch } = options
  if (
    (epoch === undefined) === (options.accountsRoot === undefined) ||
    (epoch ?? options.table) === undefined
  ) {
    throw new InputError('MARGIN_SOURCE', 'it takes an epoch, or an accountsRoot and a risk table', {
      hint: 'A proof by itself says nothing: which accounts and which rule it is about has to come from somewhere that you trust.',
    })
  }
  const checks = new Checks(options.onCheck)
  const own = await verifyKeyAndProof(file, options, checks)
  const { table, accountsRoot, report } = await sources(options, checks)
  const { maxAge } = options
  const now = timeNow(options)
  if (maxAge !== undefined) await checks.run('marks', () => verifyAge(table, now, maxAge))
  const age = table && marksAge(table.timestamp, now)
  const { signals } = file.proof
  await checks.run('accounts', () => {
    if (accountsRoot === undefined) fail(NO_EPOCH)
    equal(signals.accountsRoot, accountsRoot, 'accountsRoot is another')
    return passed(epoch === undefined ? 'the accountsRoot that was given' : "the epoch's accounts")
  })
  await checks.run('risk', () => {
    if (table === undefined) fail(NO_EPOCH)
    if (!isKnownSize(file.sizes)) fail('no instance has the sizes that it says')
    const { riskRoot } = riskDigests(table, file.sizes)
    equal(signals.riskRoot, riskRoot, 'riskRoot is not that of the risk table')
    if (file.riskTable !== riskTableHash(table))
      fail('it says another riskTable than the SHA-256 of the risk table')
    return passed(options.table ? 'the risk table that was given' : "the epoch's risk table")
  })
  await checks.run('requirement', () => verifyRequirement(file, table ?? fail(NO_EPOCH), options))
  await checks.run('purpose', () => verifyPurpose(file, options.purpose))
  return {
    valid: checks.valid,
    requirement: file.requirement,
    times: file.times,
    handle: signals.handle ?? '',
    for: purposeFile(file.for),
    signals,
    keyKind: report?.keyKind === 'development' ? 'development' : own,
    checks: checks.list,
    notes: [
      ...new Set([
        ...(report?.notes ?? []),
        ...vouchedNotes([file.proof.instance], options.pins),
        ...(age === undefined ? [] : [age]),
      ]),
    ],
    exitCode: checks.exitCode,
  }
}

const NO_EPOCH = 'not checked: the epoch is not valid, so there is nothing of it to compare with'

function equal(signal: string | undefined, expected: bigint, message: string): void {
  if (signal !== expected.toString()) fail(message)
}

async function verifyKeyAndProof(
  { key, proof }: MarginProof,
  { pins, production }: VerifyMarginOptions,
  checks: Checks,
): Promise<EpochReport['keyKind']> {
  const pin = pinOf(pins, proof.instance)
  const pinned = await checks.run(
    'key',
    async () => {
      if (pin === undefined) fail(`the key of ${proof.instance} is not pinned`, { todo: TAKE_PINS })
      if (verificationKeyHash(key) !== pin.keyHash || proof.keyHash !== pin.keyHash) {
        fail(`the key of ${proof.instance} is not the pinned one`, { todo: TAKE_PINS })
      }
      if (production && kindOfPin(pin) !== 'ceremony') {
        fail('made with a development key, which its maker can forge with')
      }
      assertPinnedCircuit(proof.instance, pin)
      await assertSoundKey(key)
      return passed('pinned')
    },
    EXIT.artifact,
  )
  await checks.run('proof', async () => {
    if (!pinned) fail('not checked: the key is not one to check with')
    const isMargin = proof.statement === 'margin' && namedInstance(proof.instance).statement === 'margin'
    if (!isMargin) fail(`${proof.instance} does not prove margin`)
    if (proof.for !== undefined) fail('says twice whom it is for')
    const { valid, detail } = await verifyFiledProof(proof, key)
    if (!valid) fail(detail)
    return passed(detail)
  })
  return kindOfPin(pin)
}

/**
 * The table and the accounts that a proof has to be about: those of an epoch are as they were verified, or
 * there are none.
 */
async function sources(
  options: VerifyMarginOptions,
  checks: Checks,
): Promise<{ table: RiskTable | undefined; accountsRoot: bigint | undefined; report?: EpochReport }> {
  const { epoch, table } = options
  if (epoch === undefined) return { table, accountsRoot: options.accountsRoot }
  const { report } = epoch
  const unaccepted = unacceptedIn(epoch, options)
  const verified = unaccepted === undefined ? epoch.epoch : undefined
  const failed = report.checks.filter(({ valid }) => !valid)
  checks.add(
    {
      id: 'epoch',
      valid: verified !== undefined,
      detail: verified
        ? `${report.venue}, epoch ${report.epoch}`
        : `not valid: ${failed.length > 0 ? failed.map(({ id }) => id).join(', ') : unaccepted}`,
      ...(verified ? {} : { todo: failed[0]?.todo ?? '`plimsoll verify` says what is wrong with it.' }),
    },
    verified ? EXIT.ok : report.valid ? UNACCEPTED[unaccepted ?? 'key-kind'] : report.exitCode,
  )
  if (table !== undefined) {
    await checks.run('instruments', () => {
      if (!numberedAlike((verified ?? fail(NO_EPOCH)).table, table)) {
        fail("the risk table does not have the epoch's instruments, of their kinds and in the epoch's order")
      }
      return passed("the epoch's instruments")
    })
  }
  return {
    table: table ?? verified?.table,
    accountsRoot: verified && BigInt(verified.manifest.parts.solvency.accountsRoot),
    report,
  }
}

/** Checks that a reader may set stricter than whoever opened the epoch, with the exit code of a failure. */
const UNACCEPTED = { 'key-kind': EXIT.artifact, marks: EXIT.invalid } as const

/**
 * The check that this reader's settings add to those of whoever opened the epoch, and that fails: development
 * keys or old marks were acceptable there, and are not here.
 */
function unacceptedIn(
  { report, epoch }: OpenedEpoch,
  options: VerifyMarginOptions,
): keyof typeof UNACCEPTED | undefined {
  if (options.production && report.keyKind !== 'ceremony') return 'key-kind'
  const { maxAge } = options
  if (epoch === undefined || maxAge === undefined) return undefined
  return tooOld(epoch.table.timestamp, timeNow(options), maxAge) === undefined ? undefined : 'marks'
}

function verifyRequirement(file: MarginProof, table: RiskTable, options: VerifyMarginOptions): Found<true> {
  const { margin } = table
  if (margin === undefined) fail('the risk table has no margin rule')
  // A requirement without a multiple means once: a smaller multiple would be a weaker promise.
  const asked = options.times ?? (options.requirement === undefined ? undefined : '1')
  const [name, times] = [options.requirement ?? file.requirement, asked ?? file.times]
  if (file.requirement !== name || file.times !== times) {
    fail(`it is about ${file.times} × ${file.requirement}, not ${times} × ${name}`)
  }
  const requirement = compileRequirement(margin, name, parseDecimal(times, { decimals: FACTOR_DECIMALS }))
  equal(
    file.proof.signals.requirement,
    requirementDigest(requirement),
    `it is not ${times} × ${name} of the rule`,
  )
  return passed(`${times} × ${name}`)
}

function verifyPurpose(file: MarginProof, expected: MarginPurpose | undefined): Found<true> {
  const { riskTable } = file
  // The file's own statements are shown, so they must be true even where the reader names the purpose.
  const own = purposeSignals(file.for, riskTable)
  const { domain, context } = expected === undefined ? own : purposeSignals(parsePurpose(expected), riskTable)
  const { signals } = file.proof
  const wrong = [
    ...(signals.domain === domain.toString() ? [] : ['another domain (reader or gate)']),
    ...(signals.context === context.toString() ? [] : ['another purpose, or over another risk table']),
  ]
  if (wrong.length > 0) fail(`it was made for ${wrong.join(', and for ')}`)
  if (own.domain !== domain || own.context !== context) fail('it says another purpose than it was made for')
  return passed(
    'reader' in file.for
      ? `${file.for.reader.name}: ${file.for.reader.purpose}`
      : `gate ${file.for.gate.contract}`,
  )
}
