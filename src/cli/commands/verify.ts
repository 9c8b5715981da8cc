import { stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { readTrust, type TrustOptions, trustOptions } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface VerifyOptions extends TrustOptions {
  json?: boolean
}

export function verifyCommand(): Command {
  return command('verify', {
    description: 'Verify a whole epoch, or one of its proof files alone, against pinned keys.',
    args: [['<path>', 'the folder of an epoch, or a proof file in it']],
    options: trustOptions(),
    notes: ['Add --production when real money depends on the answer: development keys prove nothing.'],
    examples: ['plimsoll verify epoch --pins pins.json'],
  }).action(async (path: string, options: VerifyOptions) => {
    const { epochView, proofView } = await import('../views/epoch.js')
    const { verifyEpoch, verifyProofFile } = await import('../../epoch/index.js')
    const ui = createUi(options)
    const entry = await stat(path).catch(() => {
      throw new InputError('FILE_ACCESS', 'cannot be read', { where: path })
    })
    const settings = await readTrust(options)
    if (!entry.isDirectory()) {
      const { exitCode, ...report } = await verifyProofFile(path, settings)
      ui.warnOfKeys(report.keyKind)
      ui.result(report, () => proofView(report))
      process.exitCode = exitCode
      return
    }
    const { exitCode, verified, ...report } = await ui.step('verifying the epoch', (update) =>
      verifyEpoch(path, { ...settings, onCheck: ({ id }) => update(id) }),
    )
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => epochView(report))
    process.exitCode = exitCode
  })
}
