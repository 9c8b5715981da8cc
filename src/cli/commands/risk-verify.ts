import { type Command, Option } from 'commander'
import { EXIT, InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { historyOption, historySource } from '../history-options.js'
import { readAddress, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface VerifyOptions {
  by: string
  bounds: string
  history?: string[]
  stress?: string
  json?: boolean
}

export function riskVerifyCommand(): Command {
  return command('verify', {
    description:
      'Verify a signed proposal: whose signature it has, whether it lies within the bounds, and with the histories every value anew. Exit code 1 where something does not hold.',
    args: [['<proposal>', 'the proposal; its signature lies beside it']],
    options: [
      required('--by <address>', 'address of the key that must have signed it, from elsewhere'),
      required('--bounds <file>', "the steward's bounds"),
      historyOption(),
      new Option('--stress <file>', 'with --history: the stress request with the values in force before'),
    ],
    examples: [
      'plimsoll risk verify proposal.json --by 0x70997970c51812dc3a010c7d01b50e0d17dc79c8 --bounds examples/venue/bounds.json --history examples/stress/prices.csv --stress examples/venue/stress.json',
    ],
  }).action(async (file: string, options: VerifyOptions) => {
    const { proposalVerdictView } = await import('../views/proposal.js')
    const models = await import('../../models/index.js')
    const ui = createUi(options)
    const { history, stress } = options
    if ((history === undefined) !== (stress === undefined)) {
      throw new InputError('USAGE', 'give --history and --stress, both of them or neither')
    }
    const signer = await readAddress(options.by, '--by')
    const checks = await ui.step('verifying the proposal', async () =>
      models.verifyProposal(file, {
        signer,
        bounds: await models.readRiskBounds(options.bounds),
        ...(history !== undefined && stress !== undefined
          ? { sources: history.map(historySource), inForce: await models.readInForce(stress) }
          : {}),
      }),
    )
    const valid = checks.every(({ ok }) => ok)
    const result = { proposal: file, valid, checks }
    ui.result(result, () => proposalVerdictView(result))
    process.exitCode = valid ? EXIT.ok : EXIT.invalid
  })
}
