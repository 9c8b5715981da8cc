import { ArtifactError, EXIT, type ExitCode, InputError, PlimsollError } from '../errors/index.js'
import { parseDecimal } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import { assertSoundKey, findInstance, verificationKeyHash } from '../proving/index.js'
import {
  compileRequirement,
  FACTOR_DECIMALS,
  type RiskTable,
  readRiskTable,
  requirementDigest,
  riskDigests,
} from '../risk/index.js'
import { epochLayout } from './layout.js'
import { type MarginProof, marginProofSchema } from './margin-file.js'
import { checkedPurpose, type MarginPurpose, purposeFile, purposeSignals } from './margin-purpose.js'
import { checkProofFile } from './proof-file.js'
import { manifestSchema } from './schema.js'
import { type EpochCheck, type EpochReport, pinOf, type VerifyEpochOptions, verifyEpoch } from './verify.js'

export interface VerifyMarginOptions extends VerifyEpochOptions {
  /** The public epoch that the account is to be in: it is verified as a whole. */
  epoch?: string
  /** Instead of an epoch, an `accountsRoot` that the reader trusts. */
  accountsRoot?: bigint
  /** The risk table whose rule is to be met; the epoch's own when left out. */
  table?: RiskTable
  /** What the reader asked for, once when `times` is left out; without either, whatever the proof says of itself. */
  requirement?: string
  times?: string
  purpose?: MarginPurpose
}

/** What a verification of a margin proof found. */
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
  keyKind: EpochReport['keyKind']
  checks: EpochCheck[]
  exitCode: ExitCode
}

/**
 * Checks a margin proof: that it verifies under its pinned key, and that its public signals are the digests of the epoch's accounts,
 * of the risk table, of the requirement and of the purpose, each computed again. Works offline.
 *
 * @example
 * const report = await verifyMargin('proof.json', { pins, epoch: 'epoch', requirement: 'maintenance', times: '1.5' })
 * if (report.valid) console.log(report.handle)
 *
 * @throws {InputError} when a file is malformed, `MARGIN_SOURCE` when neither an epoch nor a root and a table are given
 */
export async function verifyMargin(path: string, options: VerifyMarginOptions): Promise<MarginReport> {
  const file = await readJsonFile(path, marginProofSchema)
  const { epoch } = options
  if (
    (epoch === undefined) === (options.accountsRoot === undefined) ||
    (epoch ?? options.table) === undefined
  ) {
    throw new InputError('MARGIN_SOURCE', 'it takes an epoch, or an accountsRoot and a risk table', {
      hint: 'A proof by itself says nothing: which accounts and which rule it is about has to come from somewhere that you trust.',
    })
  }
  const checks: EpochCheck[] = []
  let exitCode: ExitCode = EXIT.ok
  const note = (check: EpochCheck, failure: ExitCode = EXIT.invalid): void => {
    checks.push(check)
    options.onCheck?.(check)
    if (!check.ok && failure > exitCode) exitCode = failure
  }
  const check: Check = async (id, work, failure) => {
    try {
      note({ id, ok: true, detail: await work() })
      return true
    } catch (error) {
      if (error instanceof PlimsollError) note({ id, ok: false, detail: error.message }, error.exitCode)
      else if (error instanceof Mismatch) note({ id, ok: false, detail: error.message }, failure)
      else throw error
      return false
    }
  }

  const keyKind = await checkKey(file, options, check)
  const { table, accountsRoot } = await sources(options, note, check)
  const { signals } = file.proof
  await check('accounts', () => {
    if (accountsRoot === undefined) throw new Mismatch('the epoch has no accounts to compare with')
    equal(signals.accountsRoot, accountsRoot, 'accountsRoot is another')
    return epoch === undefined ? 'the accountsRoot that was given' : "the epoch's accounts"
  })
  await check('risk', () => {
    equal(
      signals.riskRoot,
      riskDigests(table, file.instruments, file.scenarios).riskRoot,
      'riskRoot is not that of the risk table',
    )
    return options.table ? 'the risk table that was given' : "the epoch's risk table"
  })
  await check('requirement', () => checkRequirement(file, table, options))
  await check('purpose', () => checkPurpose(file, options.purpose))
  return {
    valid: checks.every(({ ok }) => ok),
    requirement: file.requirement,
    times: file.times,
    handle: signals.handle ?? '',
    for: purposeFile(file.for),
    signals,
    keyKind,
    checks,
    exitCode,
  }
}

/** Something that is not what it has to be. */
class Mismatch extends Error {}

function equal(signal: string | undefined, expected: bigint, message: string): void {
  if (signal !== expected.toString()) throw new Mismatch(message)
}

type Check = (id: string, work: () => Promise<string> | string, failure?: ExitCode) => Promise<boolean>

async function checkKey(
  { key, proof }: MarginProof,
  { pins, production }: VerifyMarginOptions,
  check: Check,
): Promise<EpochReport['keyKind']> {
  const pin = pinOf(pins, proof.instance)
  const pinned = await check('key', async () => {
    if (pin === undefined) {
      throw new ArtifactError('KEY_UNPINNED', `the key of ${proof.instance} is not pinned`)
    }
    if (verificationKeyHash(key) !== pin.keyHash || proof.keyHash !== pin.keyHash) {
      throw new ArtifactError('KEY_UNPINNED', `the key of ${proof.instance} is not the pinned one`)
    }
    if (proof.keyKind !== pin.keyKind) {
      throw new ArtifactError(
        'KEY_UNPINNED',
        `the proof says ${proof.keyKind} key, the pin says ${pin.keyKind}`,
      )
    }
    if (production && pin.keyKind !== 'ceremony') {
      throw new ArtifactError(
        'KEY_DEVELOPMENT',
        'made with a development key, which its maker can forge with',
      )
    }
    await assertSoundKey(key)
    return 'pinned'
  })
  await check('proof', async () => {
    if (!pinned) throw new Mismatch('not checked: the key is not one to check with')
    const isMargin = proof.statement === 'margin' && findInstance(proof.instance).statement === 'margin'
    if (!isMargin) throw new Mismatch(`${proof.instance} does not prove margin`)
    const { ok, detail } = await checkProofFile(proof, key)
    if (!ok) throw new Mismatch(detail)
    return detail
  })
  return pin?.keyKind ?? 'development'
}

/** The table and the accounts that a proof has to be about. An epoch is verified as a whole first. */
async function sources(
  options: VerifyMarginOptions,
  note: (check: EpochCheck, failure?: ExitCode) => void,
  check: Check,
): Promise<{ table: RiskTable; accountsRoot: bigint | undefined }> {
  const { epoch, table } = options
  if (epoch === undefined) return { table: table!, accountsRoot: options.accountsRoot }
  const { onCheck: _, ...settings } = options
  const report = await verifyEpoch(epoch, settings)
  const failed = report.checks.filter(({ ok }) => !ok).map(({ id }) => id)
  note(
    {
      id: 'epoch',
      ok: report.valid,
      detail: report.valid ? `${report.venue}, epoch ${report.epoch}` : `not valid: ${failed.join(', ')}`,
    },
    report.exitCode,
  )
  const at = epochLayout(epoch)
  const { solvency } = await readJsonFile(at.manifest, manifestSchema)
  const own = await readRiskTable(at.risk)
  if (table !== undefined) {
    await check('instruments', () => {
      const names = ({ instruments }: RiskTable) => instruments.map((i) => `${i.symbol} ${i.decimals}`).join()
      if (names(own) !== names(table)) {
        throw new Mismatch("the risk table does not have the epoch's instruments in the epoch's order")
      }
      return "the epoch's instruments"
    })
  }
  return {
    table: table ?? own,
    accountsRoot: report.valid && solvency !== null ? BigInt(solvency.accountsRoot) : undefined,
  }
}

function checkRequirement(file: MarginProof, table: RiskTable, options: VerifyMarginOptions): string {
  const { margin } = table
  if (margin === undefined) throw new Mismatch('the risk table has no margin rule')
  // Whoever names a requirement and no multiple means once: a smaller multiple of it would be a weaker promise.
  const asked = options.times ?? (options.requirement === undefined ? undefined : '1')
  const [name, times] = [options.requirement ?? file.requirement, asked ?? file.times]
  if (file.requirement !== name || file.times !== times) {
    throw new Mismatch(`it is about ${file.times} × ${file.requirement}, not ${times} × ${name}`)
  }
  const requirement = compileRequirement(margin, name, parseDecimal(times, { decimals: FACTOR_DECIMALS }))
  equal(
    file.proof.signals.requirement,
    requirementDigest(requirement),
    `it is not ${times} × ${name} of the rule`,
  )
  return `${times} × ${name}`
}

function checkPurpose(file: MarginProof, expected: MarginPurpose | undefined): string {
  const { domain, context } = purposeSignals(expected === undefined ? file.for : checkedPurpose(expected))
  const { signals } = file.proof
  equal(signals.domain, domain, 'it was made for another domain')
  equal(signals.context, context, 'it was made for another purpose')
  // What the file says of itself is shown, so it has to be the truth even where the reader brings the purpose.
  const own = purposeSignals(file.for)
  if (own.domain !== domain || own.context !== context)
    throw new Mismatch('it says another purpose than it was made for')
  return 'reader' in file.for
    ? `${file.for.reader.name}: ${file.for.reader.purpose}`
    : `gate ${file.for.gate.contract}`
}
