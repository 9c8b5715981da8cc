import type { VerifiedEpoch } from '../epoch/index.js'
import { toField } from '../field/index.js'
import { riskColumns, tableLayout } from '../risk/index.js'

/** What contracts are shown of an epoch's risk table: its layout, marks and names of scenarios. */
export function shownTable({ manifest, table }: Pick<VerifiedEpoch, 'manifest' | 'table'>) {
  const columns = riskColumns(table, manifest.sizes)
  return {
    sizes: tableLayout(columns),
    marks: columns.marks.map(toField),
    names: columns.scenarios.map(({ name }) => name),
  }
}
