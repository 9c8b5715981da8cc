import type { Command } from 'commander'
import { inPlace } from '../../errors/index.js'
import { command } from '../command.js'
import {
  epochOption,
  forceOption,
  policyOption,
  privateOption,
  provingOptions,
  readKeyPins,
  readPolicy,
  reservesOption,
} from '../options.js'
import { type KnownOptions, knownOptions, readKnown } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface ProveOptions extends KnownOptions {
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
    notes: [
      'Reserves are numbers of a file: nothing stands behind them. Evidence in the folder reserves of the epoch is checked, and what it proves has to be at least what the file says.',
    ],
    options: [
      epochOption(),
      reservesOption(),
      policyOption(),
      privateOption(),
      ...provingOptions(),
      ...knownOptions(),
      forceOption(),
    ],
    examples: ['plimsoll solvency prove --epoch epoch --reserves examples/venue/reserves.json'],
  }).action(async (options: ProveOptions) => {
    const { policyWords } = await import('../views/policy.js')
    const { solvencyProvenView } = await import('../views/proven.js')
    const { defaultPrivateFolder, proveBacking, proveSolvency } = await import('../../venue/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { existsSync } = await import('node:fs')
    const { join } = await import('node:path')
    const { backingWords, EPOCH_PATHS } = await import('../../epoch/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { FULL_RESERVES } = await import('../../statements/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const ui = createUi(options)
    const prover = chooseProver(options.prover)
    const pins = await readKeyPins(options.pins)
    const known = await readKnown(options)
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
    // Evidence that lies in the epoch already is published with it, or it is none of the epoch.
    const backed = existsSync(join(options.epoch, EPOCH_PATHS.reserves))
      ? await ui.step('proving what addresses show', () =>
          proveBacking({
            folder: options.epoch,
            privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
            reserves: (table) => readReserves(options.reserves, table),
            artifacts: artifactSource(ui, pins),
            prover,
            known,
          }),
        )
      : undefined
    ui.warnOfKeys(keyKind)
    const words = policyWords(weak, options.policy)
    ui.notes(words.notes)
    const verdict = words.full ? 'solvent' : 'meets a policy below full reserves'
    const result = {
      ...{ verdict, epoch: options.epoch, keyKind, scenarios, reserves: backingWords(backed?.backing) },
      ...manifest.parts.solvency,
    }
    ui.result(result, () => solvencyProvenView(result, words.check))
  })
}
