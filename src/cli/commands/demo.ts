import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { command } from '../command.js'
import type { DemoOptions } from '../demo/run.js'
import { proverOption } from '../options.js'
import { createUi } from '../terminal/ui.js'

export function demoCommand(): Command {
  return command('demo', {
    description:
      'Run everything on the example venue: prove its ledger, its solvency under stress and the margin of a trader, and verify all of it in public and on a local chain.',
    options: [
      new Option(
        '--out <folder>',
        'keep the epoch and all other files here (default: a temporary folder, removed at the end)',
      ),
      new Option('--stress', 'also show what only the venue sees, and a venue that fails a scenario'),
      new Option(
        '--chain',
        'also take the epoch to a registry on the local chain, and show what becomes of venue and margin when a breaker trips and time passes',
      ),
      new Option(
        '--settle',
        'also settle two days of another small venue: prove that the second follows from the first, customer by customer, and add up the statement of one',
      ),
      proverOption(),
    ],
    examples: [
      'plimsoll demo --stress --chain --settle --out demo',
      'plimsoll verify demo/epoch --pins demo/pins.json',
      'plimsoll inclusion verify demo/settlement/inclusion-alice.json --epoch demo/settlement/after --previous demo/settlement/before --pins demo/settlement/pins.json',
    ],
  }).action(async (options: DemoOptions) => {
    const { removeOnExit } = await import('../../files/index.js')
    const { demo } = await import('../demo/run.js')
    const ui = createUi(options)
    if (options.out !== undefined) return demo(ui, resolve(options.out), options)
    const out = await mkdtemp(join(tmpdir(), 'plimsoll-demo-'))
    await demo(ui, out, options).finally(removeOnExit(out))
  })
}
