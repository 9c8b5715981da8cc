import type { Command } from 'commander'
import { inPlace } from '../../errors/index.js'
import { command } from '../command.js'
import {
  epochOption,
  forceOption,
  keyPinsOption,
  policyOption,
  privateOption,
  proverOption,
  readKeyPins,
  readPolicy,
  reservesOption,
} from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ProveOptions {
  epoch: string
  reserves: string
  policy?: string
  private?: string
  force?: boolean
  prover: string
  pins?: string
  json?: boolean
}

export function solvencyProveCommand(): Command {
  return command('prove', {
    description: 'Prove that reserves cover what the ledger owes, and complete the epoch.',
    options: [
      epochOption(),
      reservesOption(),
      policyOption(),
      privateOption(),
      keyPinsOption(),
      proverOption(),
      forceOption(),
    ],
    examples: ['plimsoll solvency prove --epoch epoch --reserves examples/venue/reserves.json'],
  }).action(async (options: ProveOptions) => {
    const { policyWords } = await import('../views/policy.js')
    const { solvencyProvenView } = await import('../views/proven.js')
    const { defaultPrivateFolder, proveSolvency } = await import('../../venue/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { backingWords } = await import('../../epoch/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { FULL_RESERVES } = await import('../../statements/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const ui = createUi(options)
    const prover = chooseProver(options.prover)
    const pins = await readKeyPins(options.pins)
    const policy = options.policy ? await readPolicy(options.policy) : FULL_RESERVES
    const { manifest, keyKind, scenarios, weak } = await ui.step('proving solvency', () =>
      inPlace(
        options.policy,
        () =>
          proveSolvency({
            folder: options.epoch,
            privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
            reserves: (table) => readReserves(options.reserves, table),
            policy,
            artifacts: artifactSource(ui, pins),
            prover,
            force: options.force ?? false,
          }),
        'POLICY_',
      ),
    )
    ui.warnOfKeys(keyKind)
    const words = policyWords(weak, options.policy)
    ui.notes(words.notes)
    const verdict = words.full ? 'solvent' : 'meets a policy below full reserves'
    const result = {
      ...{ verdict, epoch: options.epoch, keyKind, scenarios, reserves: backingWords(undefined) },
      ...manifest.parts.solvency,
    }
    ui.result(result, () => solvencyProvenView(result, words.check))
  })
}
