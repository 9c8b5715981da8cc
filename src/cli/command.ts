import { Command, type Option } from 'commander'
import { jsonOption } from './options.js'
import { columnsOf, layOut, paragraph } from './terminal/layout.js'
import { shellLines } from './terminal/shell.js'

/** The part of a command's help below its options. */
export interface CommandHelp {
  /** Paragraphs. */
  notes: readonly string[]
  /** Command lines of one line each, as a shell takes them. */
  examples: readonly string[]
}

const HELP = new WeakMap<Command, CommandHelp>()

/** The notes and examples of a command; nothing for a group of commands. */
export function helpOf(command: Command): CommandHelp | undefined {
  return HELP.get(command)
}

/**
 * A command that does something. Each has `--json`, and examples below its help.
 *
 * @param parts.args arguments in the notation of commander, each with its description and a default
 */
export function command(
  name: string,
  parts: {
    description: string
    args?: readonly (readonly [notation: string, description: string, value?: unknown])[]
    options?: readonly Option[]
    notes?: readonly string[]
    examples: readonly string[]
  },
): Command {
  const { description, args = [], options = [], notes = [], examples } = parts
  const made = new Command(name).description(description)
  for (const [notation, about, value] of args) made.argument(notation, about, value)
  for (const option of [...options, jsonOption()]) made.addOption(option)
  HELP.set(made, { notes, examples })
  return made.addHelpText('after', () => helpText({ notes, examples }))
}

/** A noun, with the commands that are its verbs. */
export function group(name: string, description: string, commands: readonly Command[]): Command {
  const made = new Command(name).description(description)
  for (const each of commands) made.addCommand(each)
  return made
}

function helpText({ notes, examples }: CommandHelp): string {
  const columns = columnsOf(process.stdout)
  const paragraphs = notes.map((note) => `\n${layOut(paragraph(note), columns)}`)
  const lines = examples.flatMap((line) => shellLines(line, columns))
  return `${paragraphs.join('')}\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`
}
