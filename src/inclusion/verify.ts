import type { EpochCheck, Source } from '../bundle/index.js'
import type { EpochReport, LiquidationTrust, OpenedEpoch } from '../epoch/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import { type Balance, balancesOf } from './balances.js'
import { type Asked, inclusionChecks } from './checks.js'
import type { Inclusion } from './file.js'
import { type OwnLiquidation, ownLiquidation } from './liquidation.js'
import { inclusionSigner } from './signature.js'
import type { AccountStatement } from './statement.js'

/**
 * What a customer is told. `included`: the epoch is valid and counts this account with these balances.
 * `not included`: the epoch is valid and does not. `cannot tell`: it is not known whether it does, as
 * something that it takes to know is missing or wrong.
 */
export type InclusionVerdict = 'included' | 'not included' | 'cannot tell'

/** Report on an inclusion file. */
export type InclusionReport = Pick<EpochReport, 'venue' | 'epoch' | 'keyKind' | 'checks' | 'notes'> & {
  verdict: InclusionVerdict
  epochValid: boolean
  /** Whose leaf it is. That this is the reader's own identifier is for the reader to say. */
  account: string
  /** Balances in whole units without zeros; empty unless the account is included. */
  balances: Balance[]
  /** What was not checked, one sentence each. */
  notChecked: string[]
  /** That the account was liquidated, where epoch or file know of it: see `withLiquidation`. */
  liquidation?: Omit<OwnLiquidation, 'checks' | 'exitCode'>
  /** What the account held before and every movement since, where both can be read: see `withStatement`. */
  statement?: AccountStatement
  /**
   * 0 included, 1 not included or an epoch that is false, 2 what cannot be read or is not accepted, 3 a key
   * that is unpinned or broken.
   */
  exitCode: ExitCode
}

export interface VerifyInclusionOptions extends Asked {
  onCheck?: (check: EpochCheck) => void
}

/**
 * Verifies a customer's inclusion file against an epoch that was opened: that the epoch is valid, and that
 * the file's leaf is under the `accountsRoot` that the epoch's solvency proof carries. Works offline.
 *
 * A venue that chooses the identifiers can hand one leaf to two customers with equal balances. A leaf that
 * holds the commitment of an owner's secret (`owner`) is that owner's alone.
 *
 * @example
 * const opened = await openEpoch(await openSource('epoch'), { pins })
 * const { verdict, account, balances } = verifyInclusion(await readInclusion('inclusion.json'), opened)
 * if (verdict === 'included' && account === 'alice@example.com') console.log(balances)
 */
export function verifyInclusion(
  file: Inclusion,
  opened: OpenedEpoch,
  options: VerifyInclusionOptions = {},
): InclusionReport {
  const { report, epoch: verified } = opened
  const { venue, epoch, keyKind, notes } = report
  const found = verified && inclusionChecks(file, verified.manifest, verified.table, options)
  for (const check of found ?? []) options.onCheck?.(check)
  const verdict = verdictOf(found)
  return {
    verdict,
    epochValid: report.valid,
    venue,
    epoch,
    keyKind,
    account: file.account,
    balances: verified && verdict === 'included' ? balancesOf(file, verified.table) : [],
    notChecked: readersOwn(file, options),
    checks: [...report.checks, ...(found ?? [])],
    notes,
    exitCode: exitCodeOf(report, verdict),
  }
}

/** What only the reader can know of a file, or did not ask for: a sentence each. */
export function readersOwn(file: Inclusion, { account, owner, venue }: Asked): string[] {
  const signer = inclusionSigner(file)
  return [
    ...(account === undefined ? ['that the account is yours: compare its identifier with your own'] : []),
    ...(owner === undefined
      ? ['that no other customer was shown this leaf for theirs: name your owner file with --owner']
      : []),
    ...(signer === undefined || venue !== undefined
      ? []
      : [`that ${signer}, who signed the file, is the venue: name the venue's address with --venue`]),
    ...(venue === undefined || file.signed !== undefined
      ? []
      : ['that this file would count in a dispute: the venue has not signed it']),
  ]
}

/**
 * A report with the account's own liquidation, where the epoch has a proof of one or the file tells of it. An
 * account is counted or not, whatever became of it: the verdict stays, and the exit code is the worse one.
 *
 * @param epoch the one that the report is about: where it is read from, and the same, opened
 * @example
 * const source = await openSource('epoch')
 * const opened = await openEpoch(source, { pins })
 * const file = await readInclusion('inclusion.json')
 * const report = await withLiquidation(verifyInclusion(file, opened), file, { source, opened }, { pins })
 * console.log(report.verdict, report.liquidation?.words)
 */
export async function withLiquidation(
  report: InclusionReport,
  file: Inclusion,
  { source, opened: { read, epoch } }: { source: Source; opened: OpenedEpoch },
  trust: LiquidationTrust,
): Promise<InclusionReport> {
  if (report.verdict !== 'included' || epoch === undefined) return report
  const found = await ownLiquidation(file, source, { read, epoch }, trust)
  if (found === undefined) return report
  const { checks, exitCode, ...liquidation } = found
  return {
    ...report,
    liquidation,
    checks: [...report.checks, ...checks],
    exitCode: Math.max(report.exitCode, exitCode) as ExitCode,
  }
}

function verdictOf(found: readonly EpochCheck[] | undefined): InclusionVerdict {
  const failed = found?.filter(({ valid }) => !valid).map(({ id }) => id)
  if (failed === undefined) return 'cannot tell'
  // The file is of another epoch, or about somebody else.
  if (failed.includes('inclusion:epoch') || failed.includes('inclusion:account')) return 'cannot tell'
  if (failed.length === 0) return 'included'
  // The account is counted, but the file is not the one that was asked for.
  return failed.every((id) => id === 'inclusion:signature') ? 'cannot tell' : 'not included'
}

function exitCodeOf({ valid, checks, exitCode }: EpochReport, verdict: InclusionVerdict): ExitCode {
  if (verdict === 'included') return EXIT.ok
  if (verdict === 'not included') return EXIT.invalid
  // An epoch of another name, or a policy or an age that the reader has not said to accept: nothing is false,
  // something is to be named.
  const failed = checks.filter(({ valid, id }) => !valid && !id.startsWith('scenario:'))
  const unaccepted = failed.every(({ id, todo }) => ['policy', 'marks'].includes(id) && todo !== undefined)
  return valid || unaccepted ? EXIT.input : exitCode
}
