import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  epoch: string
  record?: string
  json?: boolean
}

export function liquidationVerifyCommand(): Command {
  return command('verify', {
    description:
      'Verify the proof of a liquidation against an epoch: its accounts, its risk table, its policy. Works offline.',
    args: [['<file>', 'the proof']],
    options: [
      required('--epoch <place>', 'the public epoch: a folder, a ZIP archive or an https address'),
      new Option('--record <file>', 'what opens the movement (private): shows what moved'),
      ...trustOptions(),
    ],
    notes: [
      'Whose account it is, the proof does not say. `plimsoll inclusion verify` tells customers of their own.',
    ],
    examples: ['plimsoll liquidation verify liquidation.json --epoch epoch --pins pins.json'],
  }).action(async (file: string, options: VerifyOptions) => {
    const { liquidationReportView } = await import('../views/liquidation.js')
    const { openEpoch } = await import('../../epoch/index.js')
    const { verifyLiquidationIn } = await import('../../inclusion/index.js')
    const { openSource, readLiquidation, readLiquidationRecord } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const trust = await readTrust(options)
    const { exitCode, ...report } = await ui.step('verifying the proof', async (update) => {
      const proof = await readLiquidation(file)
      const record = options.record === undefined ? undefined : await readLiquidationRecord(options.record)
      const onCheck = ({ id }: { id: string }) => update(id)
      const opened = await openEpoch(await openSource(options.epoch), { ...trust, onCheck })
      return verifyLiquidationIn(proof, opened, { ...trust, onCheck, ...(record && { record }) })
    })
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => liquidationReportView(report))
    process.exitCode = exitCode
  })
}
