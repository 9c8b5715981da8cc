/**
 * Writes docs/commands.md from the command line's own definitions: `npx tsx scripts/make-commands-page.ts`.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Argument, Command, Option } from 'commander'
import { helpOf } from '../src/cli/command.js'
import { commandLine } from '../src/cli/program.js'
import { shellLines } from '../src/cli/terminal/shell.js'
import { paragraph } from './paragraph.js'

/** Of a line in a block of code. */
const COLUMNS = 110

const HEAD = `# Commands

<!-- Made by scripts/make-commands-page.ts from the definitions in src/cli: do not edit. -->

Every command has \`--help\` with an example, and \`--json\`, which puts one JSON document on standard output and
progress on standard error.

| exit code | meaning |
|---|---|
| 0 | valid, or done |
| 1 | an invalid proof, or books that do not hold |
| 2 | bad input or usage |
| 3 | a broken or unpinned artifact |

Every error has a code: see [errors](errors.md).

**Nothing finished is overwritten** without \`--force\`, unless the result is the same.

**Every line fits the terminal.** Where the output is not a terminal, lines have 80 columns, or as many as
\`COLUMNS\` says.

**Nothing in a file can draw on the screen.** Control, bidirectional and invisible characters, letters that
are written from right to left and unusual spaces are shown as code points such as \`\\u{202e}\`, and every text
stays on its line. \`--json\` writes them as \`\\u\` escapes, so the value is the same. Code that prints a report
itself does so with \`printable\`.
`

/** The page as it has to be. */
export function commandsPage(): string {
  const actions = commandLine().commands.flatMap((noun) =>
    noun.commands.length === 0 ? [noun] : [...(helpOf(noun) ? [noun] : []), ...noun.commands],
  )
  const list = actions.map((command) => {
    const name = nameOf(command)
    return `| [\`plimsoll ${name}\`](#plimsoll-${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`
  })
  return `${[HEAD, '| command | what it does |', '|---|---|', ...list, '', ...actions.map(section)].join('\n').trimEnd()}\n`
}

function nameOf(command: Command): string {
  const parent = command.parent
  return parent === null || parent.parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`
}

function section(command: Command): string {
  const words = command.registeredArguments.map(written).join(' ')
  const required = command.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags)
  const usage = ['plimsoll', nameOf(command), words, ...required, '[options]'].filter((word) => word !== '')
  return [
    `## plimsoll ${nameOf(command)}`,
    '',
    paragraph(cell(command.description())),
    '',
    '```sh',
    usage.join(' '),
    '```',
    '',
    '| argument or option | what it is |',
    '|---|---|',
    ...command.registeredArguments.map((a) => row(written(a), a)),
    ...command.options.map((o) => row(o.flags, o)),
    '',
    ...example(command),
  ].join('\n')
}

function written(argument: Argument): string {
  const [open, close] = argument.required ? ['<', '>'] : ['[', ']']
  return `${open}${argument.name()}${argument.variadic ? '...' : ''}${close}`
}

function row(flags: string, of: Argument | Option): string {
  const choices = of.argChoices === undefined ? '' : `; one of ${of.argChoices.map(code).join(', ')}`
  const value = of.defaultValueDescription ?? of.defaultValue
  const preset =
    value === undefined
      ? ''
      : `; default ${[value]
          .flat()
          .map((v) => code(`${v}`))
          .join(', ')}`
  const asked = 'mandatory' in of && of.mandatory ? '; required' : ''
  return `| ${code(flags)} | ${cell(`${of.description}${choices}${preset}${asked}`)} |`
}

/** The part of a command's help behind its options: its examples, and notes if there are any. */
function example(command: Command): string[] {
  const { notes, examples } = helpOf(command)!
  return [
    '```sh',
    ...examples.flatMap((line) => shellLines(line, COLUMNS)).map((line) => line.replace(/^ {2}/, '')),
    '```',
    '',
    ...notes.flatMap((note) => [paragraph(cell(note)), '']),
  ]
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/commands.md', import.meta.url), commandsPage())
}
