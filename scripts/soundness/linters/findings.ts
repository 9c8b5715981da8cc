/** A remark of a linter. */
export interface Finding {
  file: string
  line: number
  /** The linter's name of the rule. */
  code: string
  /** The source line or statement, or what else names the place and stays when lines move. */
  at: string
  message: string
}

/** Findings that were looked at and are no fault: each place by itself, with the reason. */
export interface Allowed {
  file: string
  code: string
  at: readonly string[]
  why: string
}

export interface Verdict {
  /** Findings that nothing allows. */
  unexplained: string[]
  /** Entries that are allowed and no longer found. */
  stale: string[]
}

/** How many places it comes to: a linter may remark on one many times. */
export function countPlaces(findings: readonly Finding[]): number {
  return new Set(findings.map(({ file, code, at }) => key(file, code, at))).size
}

const key = (file: string, code: string, at: string): string => JSON.stringify([file, code, at])

/**
 * Holds findings against what is allowed. Both sides have to agree: an entry without a finding is a fault
 * too.
 */
export function judge(findings: readonly Finding[], allowed: readonly Allowed[]): Verdict {
  const entries = allowed.flatMap(({ file, code, at }) => at.map((place) => key(file, code, place)))
  const found = new Set(findings.map(({ file, code, at }) => key(file, code, at)))
  return {
    unexplained: [
      ...new Set(
        findings
          .filter(({ file, code, at }) => !entries.includes(key(file, code, at)))
          .map(({ file, line, code, at, message }) => `${file}:${line} ${code} "${at}": ${message}`),
      ),
    ],
    stale: entries.filter((entry) => !found.has(entry)),
  }
}
