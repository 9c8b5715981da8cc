import type { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

export function ceremonyCloseCommand(): Command {
  return command('close', {
    description: 'Close a ceremony, and announce the round of drand that will end it.',
    args: [['<folder>', "the ceremony's folder"]],
    options: [
      required(
        '--beacon-round <number>',
        'a round of drand quicknet that is at least an hour away',
      ).argParser(readRound),
    ],
    notes: ['Publish closing.json before the round: it has to be provable that nobody knew the beacon.'],
    examples: ['plimsoll ceremony close ceremony --beacon-round 90000000'],
  }).action(async (folder: string, options: { beaconRound: number; json?: boolean }) => {
    const [{ closeCeremony }, { roundTime }] = await Promise.all([
      import('../../proving/index.js'),
      import('../../beacon/index.js'),
    ])
    const { closedView } = await import('../views/ceremony.js')
    const ui = createUi(options)
    const closing = await closeCeremony(folder, options.beaconRound)
    const time = new Date(roundTime(closing.round) * 1000).toISOString()
    ui.result({ ...closing, roundTime: time }, () => closedView(closing, time))
  })
}

function readRound(text: string): number {
  if (/^[1-9][0-9]{0,11}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not the number of a round', {
    where: '--beacon-round',
    hint: 'Write a whole number. Rounds of drand quicknet come every 3 seconds.',
  })
}
