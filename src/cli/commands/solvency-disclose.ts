import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { disclose } from '../disclose.js'
import { epochOption, forceOption, outOption, privateOption } from '../options.js'

export function solvencyDiscloseCommand(): Command {
  return command('disclose', {
    description:
      'Show the totals or the reserves of an epoch, and what opens their commitments, to whoever gets the file.',
    options: [
      epochOption(),
      privateOption(),
      new Option('--totals', 'show what all accounts together hold and owe, by instrument'),
      new Option('--reserves <file>', 'show these reserves, which solvency was proven with (JSON)'),
      outOption('what is shown'),
      forceOption(),
    ],
    notes: [
      'Totals and reserves are shown for every instrument or not at all, each without the other. No account is opened.',
      'The file is private until you give it away, and nobody else on this machine may read it.',
      '`plimsoll audit --openings FILE` compares the file with what the proofs are about.',
    ],
    examples: ['plimsoll solvency disclose --epoch epoch --totals --out disclosure.json'],
  }).action(disclose)
}
