import { type Command, Option } from 'commander'
import type { EpochCheck } from '../../bundle/index.js'
import { PlimsollError } from '../../errors/index.js'
import type { InclusionReport } from '../../inclusion/index.js'
import { command } from '../command.js'
import { publicEpochOption, readTrust, type TrustOptions, trustOptions } from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'

interface VerifyOptions extends TrustOptions {
  epoch: string
  owner?: string
  json?: boolean
}

export function inclusionVerifyCommand(): Command {
  return command('verify', {
    description: 'Verify that an epoch is valid and counts your exact balances. Works offline.',
    args: [['<file>', 'the inclusion file that the venue gave you']],
    options: [
      publicEpochOption().makeOptionMandatory(),
      new Option(
        '--owner <file>',
        'your owner file: the leaf must hold its commitment, so that no other customer can be shown it',
      ),
      ...trustOptions(),
    ],
    examples: ['plimsoll inclusion verify inclusion.json --epoch epoch --pins pins.json'],
  }).action(async (file: string, options: VerifyOptions) => {
    const { cannotTellView, inclusionView } = await import('../views/inclusion.js')
    const ui = createUi(options)
    try {
      const { exitCode, ...report } = await verify(ui, file, options)
      ui.warnOfKeys(report.keyKind)
      ui.notes(report.notes)
      ui.result(report, () => inclusionView(report))
      process.exitCode = exitCode
    } catch (error) {
      // A customer gets one of three answers, also when something cannot be read.
      if (!(error instanceof PlimsollError)) throw error
      ui.result({ verdict: 'cannot tell', error: error.toJSON() }, () => cannotTellView(error))
      process.exitCode = error.exitCode
    }
  })
}

async function verify(ui: Ui, file: string, options: VerifyOptions): Promise<InclusionReport> {
  const { readOwner } = await import('../../trader/index.js')
  const { verifyInclusion } = await import('../../inclusion/index.js')
  const { ownerCommitment } = await import('../../hash/index.js')
  const { openEpoch } = await import('../../epoch/index.js')
  const { openSource, readInclusion } = await import('../../inputs/index.js')
  const trust = await readTrust(options)
  const owner = options.owner ? { owner: ownerCommitment(await readOwner(options.owner)) } : {}
  return ui.step('verifying the epoch and the file', async (update) => {
    const inclusion = await readInclusion(file)
    const onCheck = ({ id }: EpochCheck) => update(id)
    const opened = await openEpoch(await openSource(options.epoch), { ...trust, onCheck })
    return verifyInclusion(inclusion, opened, { ...owner, onCheck })
  })
}
