import type { Command } from 'commander'
import { command } from '../command.js'
import { forceOption, outOption } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface PackOptions {
  out: string
  force?: boolean
  json?: boolean
}

export function epochPackCommand(): Command {
  return command('pack', {
    description:
      'Pack a finished epoch into one ZIP archive, the same bytes wherever and whenever, and print its SHA-256.',
    args: [['<epoch>', 'the public folder of the epoch']],
    options: [outOption('the archive'), forceOption()],
    notes: ['Every command that reads an epoch takes the archive in the place of the folder.'],
    examples: ['plimsoll epoch pack epoch --out epoch.zip'],
  }).action(async (folder: string, options: PackOptions) => {
    const { packedView } = await import('../views/epoch.js')
    const { packEpoch } = await import('../../venue/index.js')
    const { out, force = false } = options
    const ui = createUi(options)
    const packed = await ui.step('packing the epoch', () => packEpoch({ folder, out, force }))
    const result = { archive: out, ...packed }
    ui.result(result, () => packedView(result))
  })
}
