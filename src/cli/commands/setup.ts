import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { Artifacts } from '../../proving/index.js'
import type { Instance } from '../../statements/index.js'
import { command } from '../command.js'
import { forceOption, ownInstancesOption, readOwn } from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'

interface SetupOptions {
  ownInstances?: string
  list?: boolean
  prune?: boolean
  pins?: string
  force?: boolean
  json?: boolean
}

export function setupCommand(): Command {
  return command('setup', {
    description: 'Compile circuits, and make or check their keys.',
    args: [['[instances...]', 'instances to set up; --list names them', ['ledger-4-16', 'solvency-16']]],
    options: [
      new Option(
        '--list',
        'list every instance with its sizes and costs, and the contents of the cache; set up nothing',
      ),
      new Option(
        '--prune',
        'remove from the cache what is outdated, copied, broken or unfinished; set up nothing',
      ),
      new Option('--pins <file>', "add the keys' hashes to a file that others can verify with"),
      ownInstancesOption(),
      forceOption(),
    ],
    examples: [
      'plimsoll setup --list',
      'plimsoll setup --prune',
      'plimsoll setup ledger-4-16-s4 solvency-16-s4 margin-4 --pins pins.json',
    ],
  }).action(async (names: string[], options: SetupOptions) => {
    const { setUpView } = await import('../views/instances.js')
    const ui = createUi(options)
    const { findInstance } = await import('../../proving/index.js')
    const { addPins, artifactSource } = await import('../artifacts.js')
    if (options.list && options.prune) throw new InputError('USAGE', 'give --list or --prune, not both')
    if (options.list) return list(ui, await readOwn(options.ownInstances))
    if (options.prune) return prune(ui)
    for (const name of names) findInstance(name)
    const source = artifactSource(ui)
    const made: Artifacts[] = []
    for (const name of names) made.push(await source(name))
    if (options.pins) await addPins(options.pins, made, options.force)
    if (made.some(({ keyKind }) => keyKind === 'development')) ui.warnOfKeys('development')
    const result = made.map(({ instance, keyKind, keyHash, circuitHash, directory }) => ({
      name: instance.name,
      keyKind,
      keyHash,
      circuitHash,
      directory,
    }))
    ui.result(result, () => setUpView(made))
  })
}

async function list(ui: Ui, own: readonly Instance[]): Promise<void> {
  const { cacheFolder, describeInstance, cacheEntries, loadInstances } = await import(
    '../../proving/index.js'
  )
  const { cacheRow, instanceRow, instancesView } = await import('../views/instances.js')
  const instances = [...loadInstances(), ...own].map(({ name }) => instanceRow(name, describeInstance(name)))
  const entries = await ui.step('looking at the cache', () => cacheEntries())
  const cache = { directory: cacheFolder(), entries: entries.map(cacheRow) }
  ui.result({ instances, cache }, () => instancesView(instances, cache))
}

async function prune(ui: Ui): Promise<void> {
  const { cacheFolder, pruneCache } = await import('../../proving/index.js')
  const { cacheRow, prunedView } = await import('../views/instances.js')
  const directory = cacheFolder()
  const removed = (await ui.step('looking at the cache', () => pruneCache())).map(cacheRow)
  ui.result({ directory, removed }, () => prunedView(directory, removed))
}
