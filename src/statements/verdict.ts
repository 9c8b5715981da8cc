/** The verdict of a model: valid, or every broken rule, in words that name no private value. */
export type Verdict = { valid: true } | { valid: false; reasons: string[] }

export function verdict(reasons: string[]): Verdict {
  return reasons.length === 0 ? { valid: true } : { valid: false, reasons }
}
