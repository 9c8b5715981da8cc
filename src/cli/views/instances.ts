import { basename } from 'node:path'
import type { Artifacts, CacheEntry, InstanceDescription } from '../../proving/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'

/** An instance with its sizes and costs, as `--json` prints it. */
export function instanceRow(name: string, description: InstanceDescription) {
  const { statement, params, public: publicSignals, constraints, domainSize, fill } = description
  return {
    name,
    statement,
    sizes: {
      accounts: params.ACCOUNTS ?? null,
      slots: params.SLOTS ?? null,
      instruments: params.INSTRUMENTS ?? null,
      scenarios: params.SCENARIOS ?? null,
    },
    tiers: params.TIERED === 1,
    publicSignals,
    constraints,
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

export function instancesView(
  instances: readonly InstanceRow[],
  { directory, entries }: { directory: string; entries: readonly CacheRow[] },
): Text {
  const sizes = ['accounts', 'slots', 'instruments', 'scenarios'] as const
  return apart([
    table(
      ['instance', 'statement', ...sizes, 'tiers', 'constraints', 'domain', 'fill'],
      instances.map((r) => [
        r.name,
        r.statement,
        ...sizes.map((size) => r.sizes[size] ?? ''),
        r.tiers ? 'yes' : '',
        (r.constraints.nonLinear + r.constraints.linear).toLocaleString('en-US'),
        `2^${Math.log2(r.domain)}`,
        `${(100 * r.fill).toFixed(1)} %`,
      ]),
    ),
    entries.length === 0 ? `nothing is cached in ${directory}` : cacheTable(`in ${directory}`, entries),
  ])
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
