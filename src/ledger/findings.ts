/**
 * One thing that is wrong with one account, or could become so. Private: it names the account and its
 * amounts.
 */
export interface Finding {
  /**
   * `error`: the account cannot be proven, or is not covered now; `warning`: a scenario would leave it below
   * zero.
   */
  severity: 'error' | 'warning'
  account: string
  /** Line of the file (of a Parquet file the row) that is at fault, or where the account first appears. */
  line: number
  /** Stable name of what is wrong. */
  code: string
  reason: string
  /** The column at fault. */
  column?: string
  /** Symbol of the instrument that it is about. */
  instrument?: string
  scenario?: string
  /** Exact decimals: of the instrument if one is named, else of the quote currency. */
  amounts: Record<string, string>
}

/** A finding before its account is known. `line` is set when it differs from the account's first line. */
export type Fault = Omit<Finding, 'account' | 'line'> & { line?: number; hint?: string }

/** A fault whose line is known. */
export type PlacedFault = Fault & { line: number }

/**
 * Whether no proof can be made with a fault: with all errors but an equity below zero at mark, which
 * scenarios judge.
 */
export function stopsProof({ severity, code }: Pick<Fault, 'severity' | 'code'>): boolean {
  return severity === 'error' && code !== 'EQUITY_BELOW_ZERO'
}

/** Counts all findings, and keeps the first ones of each severity. */
export class FindingList<Found extends Pick<Finding, 'severity'>> {
  readonly kept: Found[] = []
  private readonly counts = { error: 0, warning: 0 }

  /** @param limit how many of each severity are kept; 100,000 when nothing else is said */
  constructor(private readonly limit = 100_000) {}

  add(finding: Found): void {
    if (this.counts[finding.severity]++ < this.limit) this.kept.push(finding)
  }

  /** How many errors there are, kept or not. */
  get errors(): number {
    return this.counts.error
  }

  /** How many were not kept. */
  get omitted(): { errors: number; warnings: number } {
    const beyond = (count: number) => Math.max(0, count - this.limit)
    return { errors: beyond(this.counts.error), warnings: beyond(this.counts.warning) }
  }
}
