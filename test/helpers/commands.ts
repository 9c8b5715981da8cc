import type { Command } from 'commander'
import { helpOf } from '../../src/cli/command.js'
import { commandLine } from '../../src/cli/program.js'

/** Every command that does something, with the words that call it. */
export const COMMANDS: readonly { name: string; command: Command }[] = commandLine().commands.flatMap(
  (noun) =>
    noun.commands.length === 0
      ? [{ name: noun.name(), command: noun }]
      : [
          ...noun.commands.map((verb) => ({ name: `${noun.name()} ${verb.name()}`, command: verb })),
          ...(helpOf(noun) === undefined ? [] : [{ name: noun.name(), command: noun }]),
        ],
)

/** A command line of the help. */
export interface Example {
  /** The command whose help shows it. */
  shownBy: string
  /** The command that it calls. */
  calls: string
  /** What a shell makes of it, from `plimsoll` on. */
  words: readonly string[]
}

/** Every example of every `--help`. */
export const EXAMPLES: readonly Example[] = COMMANDS.flatMap(({ name, command }) =>
  helpOf(command)!.examples.map((line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
    const said = `${words.slice(1).join(' ')} `
    const called = COMMANDS.find((other) => said.startsWith(`${other.name} `))
    if (called === undefined) throw new Error(`not a command: ${line}`)
    return { shownBy: name, calls: called.name, words }
  }),
)
