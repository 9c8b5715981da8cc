import { type Command, Option } from 'commander'
import type { EvidenceClass } from '../../reserves/index.js'
import { command } from '../command.js'
import {
  epochOption,
  forceOption,
  privateOption,
  provingOptions,
  readKeyPins,
  reservesOption,
} from '../options.js'
import { type KnownOptions, knownOptions, readKnown } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface ProveOptions extends KnownOptions {
  epoch: string
  reserves: string
  count: EvidenceClass
  private?: string
  force?: boolean
  prover: string
  pins?: string
  json?: boolean
}

/** The classes that count, by the weakest of them. */
const COUNTED: Readonly<Record<EvidenceClass, readonly EvidenceClass[]>> = {
  proven: ['proven'],
  observed: ['proven', 'observed'],
  attested: ['proven', 'observed', 'attested'],
}

export function reservesProveCommand(): Command {
  return command('prove', {
    description: "Prove that addresses show at least an epoch's reserves, which stay hidden.",
    options: [
      epochOption(),
      reservesOption(),
      new Option('--count <class>', 'the weakest class of evidence that counts')
        .choices(Object.keys(COUNTED))
        .default('proven'),
      privateOption(),
      ...provingOptions(),
      ...knownOptions(),
      forceOption(),
    ],
    notes: [
      'The evidence lies in the folder reserves of the epoch, and is published with it. Reserves are those that solvency was proven with.',
      'Sign the epoch again afterwards: its manifest names the evidence then.',
    ],
    examples: ['plimsoll reserves prove --epoch epoch --reserves examples/venue/reserves.json'],
  }).action(async (options: ProveOptions) => {
    const { backingProvenView } = await import('../views/proven.js')
    const { defaultPrivateFolder, proveBacking } = await import('../../venue/index.js')
    const { backingWords } = await import('../../epoch/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const ui = createUi(options)
    const pins = await readKeyPins(options.pins)
    const known = await readKnown(options)
    const { manifest, keyKind, backing } = await ui.step('proving what addresses show', () =>
      proveBacking({
        folder: options.epoch,
        privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
        reserves: (table) => readReserves(options.reserves, table),
        classes: COUNTED[options.count],
        known,
        artifacts: artifactSource(ui, pins),
        prover: chooseProver(options.prover),
        force: options.force ?? false,
      }),
    )
    ui.warnOfKeys(keyKind)
    const result = {
      ...{ epoch: options.epoch, keyKind, reserves: backingWords(backing) },
      ...manifest.parts.backing,
    }
    ui.result(result, () => backingProvenView(result))
  })
}
