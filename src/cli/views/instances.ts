import { basename } from 'node:path'
import type { Artifacts, CacheEntry, InstanceDescription } from '../../proving/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

/** An instance with its sizes and costs, as `--json` prints it. */
export function instanceRow(name: string, description: InstanceDescription) {
  const { statement, params, public: publicSignals, constraints, counted, domainSize, fill } = description
  return {
    name,
    statement,
    sizes: {
      accounts: params.ACCOUNTS ?? params.LEAVES ?? null,
      slots: params.SLOTS ?? null,
      pledged: params.PLEDGED ?? null,
      spots: params.SPOTS ?? null,
      derivatives: params.DERIVATIVES ?? null,
      tiers: params.TIERS ?? null,
      scenarios: params.SCENARIOS ?? null,
    },
    publicSignals,
    constraints,
    counted,
    domain: domainSize,
    fill: Number(fill.toFixed(4)),
  }
}

/** An entry of the cache, as `--json` prints it. */
export function cacheRow({ path, instance, state, bytes, modified, why }: CacheEntry) {
  return {
    name: basename(path),
    instance,
    state,
    bytes,
    modified: modified.toISOString(),
    ...(why === undefined ? {} : { why }),
  }
}

type InstanceRow = ReturnType<typeof instanceRow>
type CacheRow = ReturnType<typeof cacheRow>

/** Sizes of each statement, in the order of their columns. */
const COLUMNS = {
  ledger: ['accounts', 'slots', 'scenarios'],
  solvency: ['spots', 'derivatives', 'tiers', 'scenarios'],
  margin: ['slots', 'scenarios'],
  backing: ['spots'],
  disclosure: ['spots', 'derivatives', 'tiers'],
  weigh: ['accounts', 'slots'],
  settlement: ['spots'],
} as const

export function instancesView(
  instances: readonly InstanceRow[],
  { directory, entries }: { directory: string; entries: readonly CacheRow[] },
): Text {
  const statements = [...new Set(instances.map(({ statement }) => statement))]
  return apart([
    ...statements.map((statement) => {
      const sizes = COLUMNS[statement as keyof typeof COLUMNS] ?? []
      return table(
        [statement, ...sizes, 'constraints', 'fill'],
        instances
          .filter((row) => row.statement === statement)
          .map((r) => [
            r.name,
            ...sizes.map((size) => sizeText(r, size)),
            `${r.counted ? '' : '≈ '}${(r.constraints.nonLinear + r.constraints.linear).toLocaleString('en-US')}`,
            `${(100 * r.fill).toFixed(1)} % of 2^${Math.log2(r.domain)}`,
          ]),
      )
    }),
    entries.length === 0 ? `nothing is cached in ${directory}` : cacheTable(`in ${directory}`, entries),
  ])
}

function sizeText({ sizes }: InstanceRow, size: keyof InstanceRow['sizes']): string {
  const pledged = size === 'slots' && sizes.pledged ? `, ${sizes.pledged} pledged` : ''
  return `${sizes[size] ?? ''}${pledged}`
}

export function prunedView(directory: string, removed: readonly CacheRow[]): Text {
  return removed.length === 0
    ? `nothing to remove from ${directory}`
    : cacheTable(`removed from ${directory}`, removed)
}

export function setUpView(made: readonly Artifacts[]): Text {
  return made.map(({ keyKind, instance, keyHash }) => `${keyKind} key of ${instance.name}: ${keyHash}`)
}

function cacheTable(title: string, rows: readonly CacheRow[]): Text {
  return table(
    [title, 'state', 'MiB', 'modified'],
    rows.map(({ name, state, bytes, modified, why }) => [
      name,
      why === undefined ? state : `${state}: ${why}`,
      (bytes / 2 ** 20).toFixed(1),
      modified.slice(0, 16).replace('T', ' '),
    ]),
  )
}
