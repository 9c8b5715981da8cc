import { Command } from 'commander'
import { inPlace } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import { policyWords } from '../policy-words.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../terminal/ui.js'
import { solvencyCheckCommand } from './solvency-check.js'

interface ProveOptions {
  epoch: string
  reserves: string
  policy?: string
  private?: string
  force?: boolean
  json?: boolean
}

export function solvencyCommand(): Command {
  const prove = new Command('prove')
    .description('Prove that reserves cover what the ledger owes, and complete the epoch.')
    .requiredOption('--epoch <folder>', 'an epoch whose ledger is proven')
    .requiredOption('--reserves <file>', 'reserves (JSON)')
    .option('--policy <file>', 'thresholds (JSON; default: full reserves in every instrument)')
    .option('--private <folder>', 'the private folder of the epoch (default: <epoch>.private)')
    .option('--force', 'overwrite the proof of solvency that the epoch has already')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll solvency prove --epoch epoch --reserves examples/venue/reserves.json',
    )
    .action(async (options: ProveOptions) => {
      const { defaultPrivateFolder, proveSolvency } = await import('../../venue/index.js')
      const { snarkjsProver } = await import('../../proving/index.js')
      const { readReserves } = await import('../../inputs/index.js')
      const { FULL_RESERVES, policySchema } = await import('../../statements/index.js')
      const { artifactSource } = await import('../artifacts.js')
      const ui = createUi(options.json ?? false)
      const policy = options.policy ? await readJsonFile(options.policy, policySchema) : FULL_RESERVES
      const { manifest, keyKind, scenarios, weak } = await ui.step('proving solvency', () =>
        inPlace(
          options.policy,
          () =>
            proveSolvency({
              folder: options.epoch,
              privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
              reserves: (riskTable) => readReserves(options.reserves, riskTable),
              policy,
              artifacts: artifactSource(ui),
              prover: snarkjsProver,
              force: options.force ?? false,
            }),
          'POLICY_',
        ),
      )
      if (keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
      const words = policyWords(weak, options.policy)
      const verdict = words.full ? 'solvent' : 'meets a policy below full reserves'
      for (const note of words.notes) ui.say(`note: ${note}`)
      const { solvency } = manifest
      ui.result({ verdict, epoch: options.epoch, keyKind, scenarios, ...solvency }, () =>
        table(
          ['what', 'how it came out'],
          [
            ['verdict', verdict],
            ...(scenarios.length > 0 ? [['holds in the scenarios', scenarios.join(', ')]] : []),
            ['public epoch', options.epoch],
            ['check it', `plimsoll verify ${options.epoch}${words.check}`],
          ],
        ),
      )
    })
  return new Command('solvency')
    .description('What stands behind the ledger.')
    .addCommand(solvencyCheckCommand())
    .addCommand(prove)
}
