import type { ChosenOptions } from '../venue/index.js'
import { readKeyPins } from './options.js'
import { createUi, type Ui } from './terminal/ui.js'
import { writeResult } from './write-result.js'

/** What commands take that show amounts of an epoch with what opens or proves them. */
export interface DiscloseCommandOptions {
  epoch: string
  private?: string
  totals?: boolean
  reserves?: string
  instruments?: readonly string[]
  ratio?: string
  step?: string
  pins?: string
  prover?: string
  out: string
  force?: boolean
  json?: boolean
}

/** Writes what is shown, for its owner alone to read, and says what that is. */
export async function disclose(options: DiscloseCommandOptions): Promise<void> {
  const { defaultPrivateFolder, discloseSolvency } = await import('../venue/index.js')
  const { readReserves } = await import('../inputs/index.js')
  const { formatJson } = await import('../schema/index.js')
  const ui = createUi(options)
  const { reserves } = options
  let keyKind: string | undefined
  const chosen = await chosenOf(options, ui, (kind) => {
    keyKind = kind
  })
  const make = () =>
    discloseSolvency({
      folder: options.epoch,
      privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
      totals: options.totals ?? false,
      ...(reserves !== undefined && { reserves: (table) => readReserves(reserves, table) }),
      ...(chosen && { chosen }),
    })
  const disclosure = await (chosen ? ui.step('proving what is shown', make) : make())
  await writeResult(options.out, formatJson(disclosure), options.force, 0o600)
  ui.warnOfKeys(keyKind)
  const { venue, epoch, shown, hidden } = disclosure
  ui.result({ venue, epoch, shown, hidden, out: options.out }, () => [
    `shown: ${shown.join(', ')}`,
    `hidden: ${hidden.join(', ')}`,
    `${options.out}: whoever gets it sees the amounts; until then it is yours alone to read`,
  ])
}

/** What is proven instead of opened, and with what; `undefined` where all that is shown is opened whole. */
async function chosenOf(
  { instruments, ratio, step, pins, prover }: DiscloseCommandOptions,
  ui: Ui,
  onKeys: (kind: string) => void,
): Promise<ChosenOptions | undefined> {
  if (instruments === undefined && ratio === undefined) return undefined
  const { readReserves } = await import('../inputs/index.js')
  const { chooseProver } = await import('../proving/index.js')
  const { artifactSource } = await import('./artifacts.js')
  const artifacts = artifactSource(ui, await readKeyPins(pins))
  return {
    ...(instruments && { instruments }),
    ...(ratio !== undefined && { ratio: (table) => readReserves(ratio, table) }),
    ...(step !== undefined && { step }),
    artifacts: async (name) => {
      const made = await artifacts(name)
      onKeys(made.keyKind)
      return made
    },
    prover: chooseProver(prover ?? 'wasm'),
  }
}
