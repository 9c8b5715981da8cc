import type { EpochCheck } from '../../bundle/index.js'
import type { Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

/** Proofs of which there can be many, by what stands before the colon in the names of their checks. */
const MANY = { batch: 'batches', liquidation: 'liquidation', chunk: 'chunks' }

/**
 * Checks as a table, with the proofs of one kind that pass in one row, and below it what to do about those
 * that fail.
 */
export function checksView(checks: readonly EpochCheck[]): readonly Text[] {
  const isOf = (kind: string, { id, valid }: EpochCheck) => valid && id.startsWith(`${kind}:`)
  const rows = checks
    .filter((check) => !Object.keys(MANY).some((kind) => isOf(kind, check)))
    .map(({ valid, id, detail }) => [valid ? '✓' : '✗', id, detail])
  for (const [kind, name] of Object.entries(MANY)) {
    const passed = checks.filter((check) => isOf(kind, check)).length
    if (passed > 0) rows.push(['✓', name, `${passed} proofs verify`])
  }
  return [table(['', 'check', 'detail'], rows), ...todos(checks)]
}

/** The remedies for failed checks, each once. */
export function todos(checks: readonly EpochCheck[]): string[] {
  return [...new Set(checks.flatMap(({ todo }) => (todo === undefined ? [] : [todo])))]
}

/** A list of what a verdict does not say. */
export function notCheckedView(notChecked: readonly string[]): readonly Text[] {
  return ['Not checked:', ...notChecked.map((what) => `  ${what}`)]
}
