import type { EpochReport, ProofReport } from '../../epoch/index.js'
import type { Text } from '../terminal/layout.js'
import { checksView, notCheckedView } from './checks.js'

export function epochView(report: Pick<EpochReport, 'checks' | 'manifestSha256' | 'state' | 'valid'>): Text {
  const { checks, manifestSha256, state, valid } = report
  const identity = [`SHA-256 of the manifest ${manifestSha256}`, `last state ${state}`]
  return [...checksView(checks), ...(valid ? [...identity, 'VALID'] : ['INVALID'])]
}

/**
 * What one proof shows and what it does not, for the terminal: its verdict is never that of a whole epoch.
 */
export function proofView(report: Omit<ProofReport, 'exitCode'>): Text {
  const { checks, proofHolds, statement, for: purpose, notChecked } = report
  if (!proofHolds) return [...checksView(checks), 'PROOF DOES NOT HOLD']
  const about = purpose === undefined ? '' : `, made for epoch ${purpose.epoch} of ${purpose.venue}`
  return [
    ...checksView(checks),
    `PROOF HOLDS: one proof of ${statement}${about}, and nothing else.`,
    ...notCheckedView(notChecked),
    'To verify the whole epoch, name its folder.',
  ]
}
