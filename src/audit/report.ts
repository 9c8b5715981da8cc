import type { KeyKind } from '../bundle/index.js'
import type { ExitCode } from '../errors/index.js'
import type { AttestationField } from './attestation.js'
import type { Coverage, Figure, ScenarioFigure } from './figures.js'
import type { Procedure } from './procedure.js'
import type { KeyProvenance } from './provenance.js'
import type { InputHash } from './recording-source.js'
import type { ReservesShown } from './reserves-shown.js'
import type { SettlementShown } from './settlement-shown.js'
import type { Words } from './words.js'

/** Everything that an audit of an epoch found. */
export interface AuditReport {
  schema: 'plimsoll/audit/1'
  /** Whether no procedure found an exception. */
  valid: boolean
  /** What the verdict means, a sentence each. */
  meaning: readonly string[]
  venue: string
  epoch: string
  /** Chain and contract that the proof of solvency is meant for; `null` for none. */
  target: { chainId: string; contract: string } | null
  keyKind: KeyKind
  batches: number
  /** The last state of the ledger, in decimal. */
  state: string
  /** SHA-256 of `manifest.json`, lower-case hex. */
  manifestSha256: string
  procedures: readonly Procedure[]
  /** Sentences about what a reader has to judge. */
  remarks: readonly string[]
  figures: readonly Figure[]
  /** What stands behind the reserves; missing where no evidence holds. */
  reserves?: ReservesShown
  /** How the epoch follows from the one before; missing where no settlement of it holds. */
  settlement?: SettlementShown
  coverage: readonly Coverage[]
  scenarios: readonly ScenarioFigure[]
  /** Currency of all values. */
  quote?: string
  policy: readonly string[]
  keys: readonly KeyProvenance[]
  attestation: readonly AttestationField[]
  /** Tables in the venue's words. */
  claimed: Pick<Words, 'chains' | 'holdings'>
  limits: readonly string[]
  inputs: readonly InputHash[]
  tool: { name: 'plimsoll'; version: string }
  /** When the audit ran, ISO 8601. */
  auditedAt: string
  exitCode: ExitCode
}
