import { type Command, Option } from 'commander'
import type { EpochCheck } from '../../bundle/index.js'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  previous: string
  external?: string
  json?: boolean
}

export function settlementVerifyCommand(): Command {
  return command('verify', {
    description:
      'Verify that an epoch follows from the one before it, customer by customer: both epochs, and all proofs between them. Works offline.',
    args: [['<epoch>', 'the later epoch: a folder, a ZIP archive or an https address']],
    options: [
      required('--previous <place>', 'the epoch before it, which its manifest names'),
      new Option('--external <file>', 'what the venue shows of deposits, withdrawals and fees (JSON)'),
      ...trustOptions(),
    ],
    notes: [
      'What each row of an account is for, its customer alone can tell: `plimsoll inclusion verify` prints them.',
    ],
    examples: ['plimsoll settlement verify epoch-2 --previous epoch --pins pins.json'],
  }).action(async (place: string, options: VerifyOptions) => {
    const { settlementView } = await import('../views/settlement.js')
    const { openPlace, pastTrust, settlementReport } = await import('../../epoch/index.js')
    const { openSource, readExternalFile } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const settings = await readTrust(options)
    const { external: file } = options
    const external = file === undefined ? undefined : (await readExternalFile(file)).value
    const { exitCode, ...report } = await ui.step('verifying the settlement', async (update) => {
      const trust = { ...settings, onCheck: ({ id }: EpochCheck) => update(id) }
      const now = await openPlace(await openSource(place), trust)
      const before = await openPlace(await openSource(options.previous), pastTrust(trust))
      const report = await settlementReport(now, before, trust, external)
      if (report !== undefined) return report
      throw new InputError('SETTLEMENT_MISSING', 'the epoch has no settlement', {
        where: place,
        hint: 'Its venue makes one with `plimsoll settlement prove`; without it, nothing says how the epochs follow.',
      })
    })
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => settlementView(report))
    process.exitCode = exitCode
  })
}
