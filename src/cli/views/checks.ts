import type { EpochCheck } from '../../bundle/index.js'
import type { Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

/**
 * Checks as a table, with the batch proofs that pass in one row, and below it what to do about those that
 * fail.
 */
export function checksView(checks: readonly EpochCheck[]): readonly Text[] {
  const isBatch = (id: string) => id.startsWith('batch:')
  const passed = checks.filter(({ id, valid }) => isBatch(id) && valid).length
  const rows = checks
    .filter(({ id, valid }) => !(isBatch(id) && valid))
    .map(({ valid, id, detail }) => [valid ? '✓' : '✗', id, detail])
  if (passed > 0) rows.push(['✓', 'batches', `${passed} proofs verify`])
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
