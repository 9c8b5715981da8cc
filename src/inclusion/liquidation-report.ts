import { Checks, type EpochCheck, fail, type KeyKind, passed } from '../bundle/index.js'
import {
  type LiquidationProof,
  type LiquidationTrust,
  liquidationWords,
  type OpenedEpoch,
  verifyLiquidation,
} from '../epoch/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import { type LiquidationRecord, movementOf } from './moved.js'
import { areRowsOf } from './slots.js'

/** Report on one proof of a liquidation. */
export interface LiquidationReport {
  /** Whether the epoch is valid, the proof holds for it, and a record that was given opens it. */
  valid: boolean
  venue: string
  epoch: string
  /** What is shown, a sentence each. */
  shown: string[]
  /** What moved, in whole units; missing without a record that opens it. */
  moved?: { instrument: string; moved: string }[]
  signals: Record<string, string>
  keyKind: KeyKind
  checks: EpochCheck[]
  /** Remarks that fail no check, such as old marks. */
  notes: string[]
  exitCode: ExitCode
}

/**
 * Verifies one proof of a liquidation against an epoch that was opened, and what moved where a record opens
 * it. Works offline.
 *
 * @example
 * const opened = await openEpoch(await openSource('epoch'), { pins })
 * const report = await verifyLiquidationIn(await readLiquidation('liquidation.json'), opened, { pins })
 * if (report.valid) console.log(report.shown)
 */
export async function verifyLiquidationIn(
  file: LiquidationProof,
  { report, read, epoch }: OpenedEpoch,
  { record, ...trust }: LiquidationTrust & { record?: LiquidationRecord },
): Promise<LiquidationReport> {
  const checks = new Checks(trust.onCheck)
  const failed = report.checks.filter(({ valid }) => !valid)
  checks.add(
    {
      id: 'epoch',
      valid: epoch !== undefined,
      detail: epoch
        ? `${report.venue}, epoch ${report.epoch}`
        : `not valid: ${failed.map(({ id }) => id).join(', ') || 'solvency is not proven'}`,
      ...(epoch ? {} : { todo: failed[0]?.todo ?? '`plimsoll verify` says what is wrong with it.' }),
    },
    epoch ? EXIT.ok : report.exitCode,
  )
  const found = await verifyLiquidation(file, read, trust)
  for (const check of found.checks) checks.add(check, check.valid ? EXIT.ok : found.exitCode)
  const opens =
    record &&
    (await checks.run('liquidation-moved', () => {
      if (found.proofs.length === 0) fail('not compared: the proof does not hold')
      const { nullifier, movement } = file.proof.signals
      if (record.nullifier !== nullifier) fail('the record is of another liquidation')
      if (!read.table || !areRowsOf(record.moved, read.table)) {
        fail('what moved is not in rows of the risk table')
      }
      if (movementOf(record, record.moved)?.toString() !== movement) {
        fail('what the record says that moved is not what the proof commits to')
      }
      return passed('what moved is what the proof commits to')
    }))
  const { valid } = checks
  const moved = record?.moved.slots.filter(({ quantity }) => quantity !== '0') ?? []
  return {
    valid,
    venue: file.venue,
    epoch: file.epoch,
    shown: valid ? liquidationWords(1) : [],
    ...(valid &&
      opens && { moved: moved.map(({ symbol, quantity }) => ({ instrument: symbol, moved: quantity })) }),
    signals: file.proof.signals,
    keyKind: [report.keyKind, found.keyKind].includes('development') ? 'development' : 'ceremony',
    checks: checks.list,
    notes: report.notes,
    exitCode: checks.exitCode,
  }
}
