import type { AuditReport, Outcome } from '../../audit/index.js'
import type { Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

const MARKS: Record<Outcome, string> = { passed: '✓', exception: '✗', remark: '?', omitted: '–' }

/** @param files where the report was written */
export function auditView(report: AuditReport, files: readonly string[]): Text {
  const { procedures, remarks, meaning, manifestSha256, state, valid } = report
  const todo = [...new Set(procedures.flatMap(({ todo }) => todo ?? []))]
  return [
    table(
      ['', 'no.', 'procedure', 'finding'],
      procedures.map(({ number, id, outcome, finding }) => [MARKS[outcome], `${number}`, id, finding]),
    ),
    ...todo,
    ...(remarks.length === 0 ? [] : ['To judge:', ...remarks.map((remark) => `  ${remark}`)]),
    `SHA-256 of the manifest ${manifestSha256}`,
    `last state ${state}`,
    ...files.map((file) => `report ${file}`),
    ...meaning,
    valid ? 'VALID' : 'NOT VALID',
  ]
}
