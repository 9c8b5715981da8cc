import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { commandLine } from '../../../src/cli/program.js'

/** Every command that does something, as the words that name it. */
function doing(of: Command, words: readonly string[] = []): string[][] {
  const own = of.options.some(({ long }) => long === '--json') ? [[...words]] : []
  return [...own, ...of.commands.flatMap((each) => doing(each, [...words, each.name()]))]
}

const find = (program: Command, words: readonly string[]): Command =>
  words.reduce((parent, word) => parent.commands.find((each) => each.name() === word)!, program)

const COMMANDS = doing(commandLine())

test('every option reaches the command behind whose name it stands, also where a noun does something (cli.35)', async () => {
  expect(COMMANDS.map((words) => words.join(' '))).toEqual(
    expect.arrayContaining(['epoch', 'epoch sign', 'epoch pack', 'inclusion verify']),
  )
  for (const words of COMMANDS) {
    const flags = find(commandLine(), words).options.filter((option) => option.isBoolean() && !option.negate)
    for (const flag of flags) {
      const program = commandLine()
      const command = find(program, words)
      // What has to be given gets a word; all the rest is left out.
      const args = command.registeredArguments.map(({ argChoices }) => argChoices?.[0] ?? 'word')
      const required = command.options.filter(({ mandatory }) => mandatory)
      const given = required.flatMap(({ long, argChoices }) => [long!, argChoices?.[0] ?? '1'])
      let reached: unknown
      command.action(() => {
        reached = command.opts()[flag.attributeName()]
      })
      await program.parseAsync([...words, ...args, ...given, flag.long!], { from: 'user' })
      expect(reached, [...words, flag.long].join(' ')).toBe(true)
    }
  }
})
