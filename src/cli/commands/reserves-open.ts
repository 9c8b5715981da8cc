import type { Command } from 'commander'
import { command } from '../command.js'
import { disclose } from '../disclose.js'
import { epochOption, forceOption, outOption, privateOption, reservesOption } from '../options.js'

export function reservesOpenCommand(): Command {
  return command('open', {
    description: 'Show the reserves of an epoch, all of them, and what opens their commitment.',
    options: [epochOption(), reservesOption(), privateOption(), outOption('what is shown'), forceOption()],
    notes: [
      'The same as `plimsoll solvency disclose --reserves`: of every instrument. With `reserves prove`, reserves stay hidden.',
      '`plimsoll audit --openings FILE` compares them with what was proven, and with what addresses show.',
    ],
    examples: [
      'plimsoll reserves open --epoch epoch --reserves examples/venue/reserves.json --out opening.json',
    ],
  }).action(disclose)
}
