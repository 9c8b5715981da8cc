import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { disclose } from '../disclose.js'
import { epochOption, forceOption, outOption, privateOption, provingOptions } from '../options.js'

export function solvencyDiscloseCommand(): Command {
  return command('disclose', {
    description:
      'Show totals, reserves or ratios of an epoch, and what opens or proves them, to whoever gets the file.',
    options: [
      epochOption(),
      privateOption(),
      new Option('--totals', 'show what all accounts together hold and owe, by instrument'),
      new Option('--reserves <file>', 'show these reserves, which solvency was proven with (JSON)'),
      new Option(
        '--ratio <file>',
        'prove how much of these reserves is held per unit owed, all together at mark (JSON)',
      ),
      new Option(
        '--instruments <symbols>',
        'prove all of this of these instruments alone (BTC,ETH), each for itself',
      ).argParser((text) => text.split(',')),
      new Option('--step <share>', 'round ratios down to a multiple of this (default: 0.01)'),
      ...provingOptions(),
      outOption('what is shown'),
      forceOption(),
    ],
    notes: [
      'Without --instruments, totals and reserves are opened for every instrument, each without the other. With it, or with --ratio, a proof shows what is asked for, and every other number stays hidden. No account is opened.',
      'The file is private until you give it away, and nobody else on this machine may read it. Several files of one epoch show more together than each alone.',
      '`plimsoll verify EPOCH --openings FILE` and `plimsoll audit --openings FILE` compare the file with what the proofs are about.',
    ],
    examples: [
      'plimsoll solvency disclose --epoch epoch --totals --out disclosure.json',
      'plimsoll solvency disclose --epoch epoch --ratio examples/venue/reserves.json --out ratio.json',
    ],
  }).action(disclose)
}
