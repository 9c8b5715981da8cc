import { type Command, Option } from 'commander'
import { type PowersOptions, powersOptions, verifyWith } from '../ceremony.js'
import { command } from '../command.js'
import { forceOption } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface VerifyOptions extends PowersOptions {
  pins?: string
  install?: boolean
  force?: boolean
  json?: boolean
}

export function ceremonyVerifyCommand(): Command {
  return command('verify', {
    description:
      'Verify a whole ceremony from its files, the powers of tau and the circuits, and pin its keys.',
    args: [['<folder>', "the ceremony's folder"]],
    options: [
      ...powersOptions(),
      new Option('--pins <file>', 'write the pins of its keys to this file, when it is valid'),
      new Option(
        '--install',
        "keep its keys in this machine's cache, when it is valid: proofs are made with them",
      ),
      forceOption(),
    ],
    notes: [
      'It shares no code with snarkjs, compiles the circuits from source, and never says VALID of what it did not check.',
    ],
    examples: ['plimsoll ceremony verify ceremony --ptau powers.ptau --pins pins.json --install'],
  }).action(async (folder: string, options: VerifyOptions) => {
    const { installCeremony } = await import('../../proving/index.js')
    const { reportView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    const verified = await verifyWith(ui, folder, options)
    const { exitCode, transcript: _, ...report } = verified
    if (report.pins !== undefined) {
      if (options.pins !== undefined) {
        const { formatJson } = await import('../../schema/index.js')
        const { writeResult } = await import('../write-result.js')
        const text = formatJson({ schema: 'plimsoll/pins/2', keys: report.pins })
        await writeResult(options.pins, text, options.force)
      }
      if (options.install) {
        await ui.step('keeping the keys', (update) =>
          installCeremony(folder, verified, { onProgress: update }),
        )
      }
    }
    ui.result(report, () => reportView(report))
    process.exitCode = exitCode
  })
}
