import { basename } from 'node:path'
import { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import type { Artifacts, CacheEntry } from '../../proving/index.js'
import { forceOption } from '../output.js'
import { apart, type Text } from '../terminal/layout.js'
import { createUi, DEVELOPMENT_WARNING, table, type Ui } from '../terminal/ui.js'

interface SetupOptions {
  list?: boolean
  prune?: boolean
  pins?: string
  force?: boolean
  json?: boolean
}

export function setupCommand(): Command {
  return new Command('setup')
    .description('Compile circuits, and make or check their keys.')
    .argument('[instances...]', 'instances to set up; --list names them', ['ledger-small', 'solvency-small'])
    .option('--list', 'list every instance with its sizes and costs, and what the cache holds; set up none')
    .option('--prune', 'remove from the cache what is outdated, broken or unfinished; set up none')
    .option('--pins <file>', "add the keys' hashes to a file that others can verify with")
    .addOption(forceOption())
    .option('--json', 'one JSON value on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll setup --list\n  plimsoll setup --prune\n  plimsoll setup ledger-small-stress solvency-small-stress margin-4 --pins pins.json',
    )
    .action(async (names: string[], options: SetupOptions) => {
      const ui = createUi(options.json ?? false)
      const { findInstance } = await import('../../proving/index.js')
      const { addPins, artifactSource } = await import('../artifacts.js')
      if (options.list && options.prune) throw new InputError('USAGE', 'give --list or --prune, not both')
      if (options.list) return list(ui)
      if (options.prune) return prune(ui)
      for (const name of names) findInstance(name)
      const source = artifactSource(ui)
      const made: Artifacts[] = []
      for (const name of names) made.push(await source(name))
      if (options.pins) await addPins(options.pins, made, options.force)
      if (made.some((a) => a.keyKind === 'development')) ui.say(DEVELOPMENT_WARNING)
      ui.result(
        made.map((a) => ({
          name: a.instance.name,
          keyKind: a.keyKind,
          keyHash: a.keyHash,
          circuitHash: a.circuitHash,
          directory: a.directory,
        })),
        () => made.map((a) => `${a.keyKind} key of ${a.instance.name}: ${a.keyHash}`),
      )
    })
}

async function list(ui: Ui): Promise<void> {
  const { cacheFolder, describeInstance, cacheEntries, loadInstances } = await import(
    '../../proving/index.js'
  )
  const rows = loadInstances().map(({ name }) => {
    const { statement, params, public: publicSignals, constraints, domainSize, fill } = describeInstance(name)
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
  })
  const directory = cacheFolder()
  const entries = (await cacheEntries()).map(cacheRow)
  ui.result({ instances: rows, cache: { directory, entries } }, () =>
    apart([
      table(
        [
          'instance',
          'statement',
          'accounts',
          'slots',
          'instruments',
          'scenarios',
          'tiers',
          'constraints',
          'domain',
          'fill',
        ],
        rows.map((r) => [
          r.name,
          r.statement,
          r.sizes.accounts ?? '',
          r.sizes.slots ?? '',
          r.sizes.instruments ?? '',
          r.sizes.scenarios ?? '',
          r.tiers ? 'yes' : '',
          (r.constraints.nonLinear + r.constraints.linear).toLocaleString('en-US'),
          `2^${Math.log2(r.domain)}`,
          `${(100 * r.fill).toFixed(1)} %`,
        ]),
      ),
      entries.length === 0 ? `nothing is cached in ${directory}` : cacheTable(`in ${directory}`, entries),
    ]),
  )
}

async function prune(ui: Ui): Promise<void> {
  const { cacheFolder, pruneCache } = await import('../../proving/index.js')
  const directory = cacheFolder()
  const removed = (await pruneCache()).map(cacheRow)
  ui.result({ directory, removed }, () =>
    removed.length === 0
      ? `nothing was to be removed from ${directory}`
      : cacheTable(`removed from ${directory}`, removed),
  )
}

/** What is said of something in the cache. */
function cacheRow({ path, instance, state, bytes, modified, why }: CacheEntry) {
  return {
    name: basename(path),
    instance,
    state,
    bytes,
    modified: modified.toISOString(),
    ...(why === undefined ? {} : { why }),
  }
}

function cacheTable(title: string, rows: readonly ReturnType<typeof cacheRow>[]): Text {
  return table(
    [title, 'state', 'MiB', 'of'],
    rows.map(({ name, state, bytes, modified, why }) => [
      name,
      why === undefined ? state : `${state}: ${why}`,
      (bytes / 2 ** 20).toFixed(1),
      modified.slice(0, 16).replace('T', ' '),
    ]),
  )
}
