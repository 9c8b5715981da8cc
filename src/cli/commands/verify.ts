import type { Command } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  json?: boolean
}

export function verifyCommand(): Command {
  return command('verify', {
    description: 'Verify a whole epoch, or one of its proof files alone, against pinned keys.',
    args: [['<path>', 'an epoch: a folder, a ZIP archive or an https address; or a proof file in a folder']],
    options: trustOptions(),
    notes: ['Add --production when real money depends on the answer: development keys prove nothing.'],
    examples: ['plimsoll verify epoch --pins pins.json'],
  }).action(async (path: string, options: VerifyOptions) => {
    const { epochView, proofView } = await import('../views/epoch.js')
    const { verifyEpoch, verifyProofFile } = await import('../../epoch/index.js')
    const { isPlainFile, openSource, placeInEpoch } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const isFile = await isPlainFile(path)
    const settings = await readTrust(options)
    if (isFile) {
      const place = placeInEpoch(path)
      const { exitCode, ...report } = await verifyProofFile(place.source, place.path, settings)
      ui.warnOfKeys(report.keyKind)
      ui.result(report, () => proofView(report))
      process.exitCode = exitCode
      return
    }
    const { exitCode, ...report } = await ui.step('verifying the epoch', async (update) =>
      verifyEpoch(await openSource(path), { ...settings, onCheck: ({ id }) => update(id) }),
    )
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => epochView(report))
    process.exitCode = exitCode
  })
}
