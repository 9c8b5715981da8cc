import { type Command, Option } from 'commander'
import type { Disclosure, DisclosureTrust, OpenedEpoch } from '../../epoch/index.js'
import { type ExitCode, InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  openings?: string
  json?: boolean
}

export function verifyCommand(): Command {
  return command('verify', {
    description: 'Verify a whole epoch, or one of its proof files alone, against pinned keys.',
    args: [['<path>', 'an epoch: a folder, a ZIP archive or an https address; or a proof file in a folder']],
    options: [
      new Option('--openings <file>', 'what the venue discloses of the epoch (JSON): compared with it'),
      ...trustOptions(),
    ],
    notes: ['Add --production when real money depends on the answer: development keys prove nothing.'],
    examples: ['plimsoll verify epoch --pins pins.json'],
  }).action(async (path: string, options: VerifyOptions) => {
    const { epochView, proofView } = await import('../views/epoch.js')
    const { openEpoch, verifyProofFile } = await import('../../epoch/index.js')
    const { isPlainFile, openSource, placeInEpoch, readDisclosure } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const isFile = await isPlainFile(path)
    const settings = await readTrust(options)
    const { openings } = options
    if (isFile) {
      if (openings !== undefined) throw new InputError('USAGE', '--openings are of a whole epoch')
      const place = placeInEpoch(path)
      const { exitCode, ...report } = await verifyProofFile(place.source, place.path, settings)
      ui.warnOfKeys(report.keyKind)
      ui.result(report, () => proofView(report))
      process.exitCode = exitCode
      return
    }
    const disclosure = openings === undefined ? undefined : (await readDisclosure(openings)).value
    const { exitCode, ...report } = await ui.step('verifying the epoch', async (update) => {
      const opened = await openEpoch(await openSource(path), {
        ...settings,
        onCheck: ({ id }) => update(id),
      })
      return disclosure ? withDisclosure(opened, disclosure, settings) : opened.report
    })
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => epochView(report))
    process.exitCode = exitCode
  })
}

/** The report on an epoch and on what its venue discloses of it: valid when both hold. */
async function withDisclosure(
  { report, read }: OpenedEpoch,
  disclosure: Disclosure,
  trust: DisclosureTrust,
): Promise<OpenedEpoch['report'] & { shown: readonly string[] }> {
  const { disclosureWords, verifyDisclosure } = await import('../../epoch/index.js')
  const { checks, disclosed, keyKind, exitCode } = await verifyDisclosure(disclosure, read, trust)
  const valid = report.valid && checks.every((check) => check.valid)
  return {
    ...report,
    valid,
    // What is shown is worth no more than the weakest key that it rests on.
    keyKind: keyKind === 'development' ? keyKind : report.keyKind,
    checks: [...report.checks, ...checks],
    shown: valid && read.table ? disclosureWords(read.table, disclosed) : [],
    exitCode: Math.max(report.exitCode, exitCode) as ExitCode,
  }
}
