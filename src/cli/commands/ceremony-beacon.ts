import type { Command } from 'commander'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

export function ceremonyBeaconCommand(): Command {
  return command('beacon', {
    description: 'End a closed ceremony with the announced round of drand.',
    args: [['<folder>', "the ceremony's folder"]],
    options: [required('--answer <file>', "drand's answer for the round: JSON with its signature")],
    notes: ['The signature is verified, so it does not matter where the answer comes from.'],
    examples: ['plimsoll ceremony beacon ceremony --answer round.drand'],
  }).action(async (folder: string, options: { answer: string; json?: boolean }) => {
    const z = await import('zod')
    const { readJsonFile } = await import('../../files/index.js')
    const { applyBeacon } = await import('../../proving/index.js')
    const { beaconView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    // What the network's servers answer; they may add to it.
    const answerSchema = z.looseObject({ signature: z.string() })
    const { signature } = await readJsonFile(options.answer, answerSchema, { maxBytes: 4_096 })
    const round = await ui.step('applying the beacon', (update) => applyBeacon(folder, signature, update))
    ui.result({ folder, round }, () => beaconView(folder, round))
  })
}
