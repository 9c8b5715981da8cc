import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { removeOnExit } from '../../files/index.js'
import type { DemoOptions } from '../demo/run.js'
import { createUi } from '../terminal/ui.js'

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'The whole main job on the example venue: its ledger, its solvency under stress and the margin of a trader are proven, and checked in public and on a local chain.',
    )
    .option(
      '--out <folder>',
      'leave the epoch and all other files here (default: a temporary folder, removed)',
    )
    .option('--stress', 'show the scenarios with what only the venue sees, and a venue that fails one')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  plimsoll demo --stress --out demo && plimsoll verify demo/epoch')
    .action(async (options: DemoOptions) => {
      const ui = createUi(options.json ?? false)
      const { demo } = await import('../demo/run.js')
      if (options.out !== undefined) return demo(ui, resolve(options.out), options)
      const out = await mkdtemp(join(tmpdir(), 'plimsoll-demo-'))
      await demo(ui, out, options).finally(removeOnExit(out))
    })
}
