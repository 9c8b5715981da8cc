import type { Command } from 'commander'
import { type PowersOptions, powersOptions, verifyWith } from '../ceremony.js'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

export function ceremonyFinalizeCommand(): Command {
  return command('finalize', {
    description: 'Verify a ceremony that has ended, and write its transcript and its final keys.',
    args: [['<folder>', "the ceremony's folder"]],
    options: powersOptions(),
    notes: ['Publish the whole folder: anyone can verify it again, and nothing in it is secret.'],
    examples: ['plimsoll ceremony finalize ceremony --ptau powers.ptau'],
  }).action(async (folder: string, options: PowersOptions & { json?: boolean }) => {
    const { finalizeCeremony } = await import('../../proving/index.js')
    const { finalView, reportView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    const report = await verifyWith(ui, folder, options)
    const { exitCode, transcript: _, ...shown } = report
    if (!report.valid) {
      ui.result(shown, () => reportView(shown))
      process.exitCode = exitCode
      return
    }
    const keys = await ui.step('writing the final keys', () => finalizeCeremony(folder, report))
    ui.result({ ...shown, keys }, () => finalView(shown, keys))
  })
}
