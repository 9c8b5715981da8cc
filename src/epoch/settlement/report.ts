import type { EpochCheck, KeyKind } from '../../bundle/index.js'
import type { ExitCode } from '../../errors/index.js'
import { joinedInstruments } from '../../risk/index.js'
import type { LiquidationTrust } from '../liquidations.js'
import type { OpenedPlace } from '../open.js'
import { type External, externalAmounts, verifyExternal } from './external.js'
import { verifySettlement } from './verify.js'

/** Report on a settlement between two epochs. */
export interface SettlementReport {
  /** Whether both epochs are valid, everything of the settlement holds, and what is shown of it opens. */
  valid: boolean
  venue: string
  epoch: string
  /** The name of the epoch before. */
  previous: string
  /** SHA-256 of `settlement.json`, lower-case hex; missing where it cannot be read. */
  settlementSha256?: string
  /** What is shown, a sentence each. */
  shown: readonly string[]
  /** Deposits, withdrawals and fees by symbol, exact decimals; only where a file opens them. */
  flows?: External['amounts']
  keyKind: KeyKind
  checks: EpochCheck[]
  /** Remarks that fail no check, such as old marks. */
  notes: readonly string[]
  exitCode: ExitCode
}

/**
 * Report of `verifySettlement`, and of what a venue shows of deposits, withdrawals and fees; `undefined`
 * where the epoch has no settlement.
 *
 * @example
 * const [now, before] = await Promise.all(
 *   ['epoch', 'epoch-before'].map(async (path) => {
 *     const source = await openSource(path)
 *     return { source, opened: await openEpoch(source, { pins }) }
 *   }),
 * )
 * const report = await settlementReport(now, before, { pins })
 * if (report?.valid) for (const sentence of report.shown) console.log(sentence)
 */
export async function settlementReport(
  now: OpenedPlace,
  before: OpenedPlace,
  trust: LiquidationTrust,
  external?: External,
): Promise<SettlementReport | undefined> {
  const found = await verifySettlement(now, before, trust)
  if (found === undefined) return undefined
  const { settlement, file, sha256 } = found
  const { read, report } = now.opened
  const old = before.opened.read
  const opened = external && file && (await verifyExternal(external, file, read, old, trust.onCheck))
  const checks = [...found.checks, ...(opened?.checks ?? [])]
  const valid = settlement !== undefined && checks.every((check) => check.valid)
  const earlier = before.opened.report
  return {
    valid,
    venue: report.venue,
    epoch: report.epoch,
    previous: earlier.epoch,
    ...(sha256 !== undefined && { settlementSha256: sha256 }),
    shown: valid ? settlement.words : [],
    ...(valid &&
      opened?.flows &&
      read.table &&
      old.table && {
        flows: externalAmounts({ instruments: joinedInstruments(old.table, read.table) }, opened.flows),
      }),
    keyKind: found.keyKind,
    checks,
    notes: [...report.notes, ...earlier.notes.map((note) => `epoch ${earlier.epoch}: ${note}`)],
    exitCode: Math.max(found.exitCode, opened?.exitCode ?? 0) as ExitCode,
  }
}
