import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../../src/cli/program.js'
import { plimsollIn, start, temporaryFolder } from '../helpers/cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What does something, with the words that call it. */
const commands = commandLine().commands.flatMap((noun) =>
  noun.commands.length === 0
    ? [{ name: noun.name(), command: noun }]
    : noun.commands.map((verb) => ({ name: `${noun.name()} ${verb.name()}`, command: verb })),
)

/** The examples of each command, as the words of a shell. */
const examples = commands.flatMap(({ name, command }) => {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp()
  const [, shown = ''] = text.split(/^Examples?:\n/m)
  return shown
    .replaceAll('\\\n', ' ')
    .split(/\n|&&/)
    .filter((line) => line.trim() !== '')
    .map((line) => ({
      name,
      command,
      words: [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!),
    }))
})

describe('the help of every command (cli.2)', () => {
  test('every command has --json, and an example of itself', () => {
    for (const { name, command } of commands) {
      expect(
        command.options.map(({ long }) => long),
        name,
      ).toContain('--json')
      const own = examples.filter((example) => example.words.slice(1).join(' ').startsWith(name))
      expect(own.length, name).toBeGreaterThan(0)
    }
  })

  test('an option that takes one value is refused when it is given twice, whatever the command', () => {
    let tried = 0
    for (const { name, command } of commands) {
      for (const { long, variadic, argChoices, required, optional } of command.options) {
        if (!(required || optional) || variadic || long === '--history') continue
        const value = argChoices?.[0] ?? 'x'
        const words = [...name.split(' '), long!, value, long!, value]
        expect(() => commandLine(words).parse(words, { from: 'user' }), words.join(' ')).toThrow(
          expect.objectContaining({ code: 'USAGE', where: long }),
        )
        tried++
      }
    }
    expect(tried).toBeGreaterThan(60)
  })

  test('an example uses options that there are, and gives all that are asked for', () => {
    for (const { words } of examples) {
      expect(words[0]).toBe('plimsoll')
      const { command } = commands.find(({ name }) => words.slice(1).join(' ').startsWith(name))!
      const given = words.filter((word) => word.startsWith('--'))
      const known = command.options.map(({ long }) => long!)
      expect(
        given.filter((option) => !known.includes(option)),
        words.join(' '),
      ).toEqual([])
      const asked = command.options.filter(({ mandatory }) => mandatory).map(({ long }) => long!)
      expect(
        asked.filter((option) => !given.includes(option)),
        words.join(' '),
      ).toEqual([])
    }
  })

  test('a file that an example names is in the repository, or another example makes it', () => {
    const made = examples.flatMap(({ words }) =>
      words.filter((_, i) => words[i - 1] === '--out' || (words[1] === 'setup' && words[i - 1] === '--pins')),
    )
    const named = examples.flatMap(({ words }) =>
      words.filter((word) => /\/|\.(json|csv|parquet)$/.test(word)),
    )
    expect(named.length).toBeGreaterThan(20)
    const missing = named.filter(
      (path) =>
        !existsSync(join(ROOT, path)) && !made.some((out) => path === out || path.startsWith(`${out}/`)),
    )
    expect(missing).toEqual([])
    for (const word of ['epoch']) expect(made).toContain(word)
  })

  test('the examples that make no proof do what they say, one after the other (cli.11)', async () => {
    const folder = temporaryFolder()
    symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'))
    const cheap = [
      /^risk build/,
      /^margin explain/,
      /^ledger check/,
      /^solvency check/,
      /^owner/,
      /^risk/,
      /^setup --list/,
    ]
    const order = (words: string[]) => cheap.findIndex((start) => start.test(words.slice(1).join(' ')))
    const run = examples
      .filter(({ words }) => order(words) >= 0)
      .toSorted((a, b) => order(a.words) - order(b.words))
    expect(run.length).toBeGreaterThanOrEqual(11)
    for (const { words } of run) {
      const { code, stderr } = await plimsollIn(folder, ...words.slice(1))
      expect(code, `${words.join(' ')}\n${stderr}`).toBe(0)
    }
  }, 600_000)
})

test('what an earlier run made is not overwritten without --force, and the same result is no matter (cli.19)', async () => {
  const folder = temporaryFolder()
  const build = (model: string, ...args: string[]) =>
    plimsollIn(
      folder,
      'risk',
      'build',
      '--model',
      model,
      '--params',
      join(ROOT, `examples/margin/${model}.json`),
      '--out',
      'rule.json',
      ...args,
    )
  const rule = () => readFileSync(join(folder, 'rule.json'), 'utf8')
  expect((await build('cross')).code).toBe(0)
  const before = rule()
  expect((await build('cross')).code, 'the same again').toBe(0)
  const refused = await build('lending', '--json')
  expect(refused.code).toBe(2)
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'FILE_EXISTS', where: 'rule.json' })
  expect(JSON.parse(refused.stdout).error.hint).toContain('--force')
  expect(rule()).toBe(before)
  expect((await build('lending', '--force')).code).toBe(0)
  expect(rule()).not.toBe(before)
  // What takes long is refused before it is begun.
  writeFileSync(join(folder, 'proof.json'), '{}')
  const early = await plimsollIn(
    folder,
    ...['margin', 'prove', '--account', 'none', '--owner', 'none', '--risk', 'none', '--requirement', 'x'],
    ...['--for', 'none', '--out', 'proof.json', '--json'],
  )
  expect(JSON.parse(early.stdout).error).toMatchObject({ code: 'FILE_EXISTS', where: 'proof.json' })
}, 600_000)

test('every command that writes where --out says has --force, but those that never overwrite (cli.19)', () => {
  const never = ['owner new', 'inclusion export']
  const without = commands.filter(
    ({ command }) =>
      command.options.some(({ long }) => long === '--out') &&
      !command.options.some(({ long }) => long === '--force'),
  )
  // An epoch goes on where it stopped; a demo has a folder of its own.
  expect(without.map(({ name }) => name).sort()).toEqual(['demo', ...never, 'ledger prove'].sort())
})

test('a reader that stops reading takes nothing from the exit code: silence is no success (cli.1)', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'accounts.csv'), 'account_id,instrument,quantity\na,NONE,1\n')
  const outcome = async (...args: string[]) => {
    const { child, ended } = start(args, {}, { cwd: folder })
    child.stdout!.destroy()
    child.stderr!.destroy()
    return (await ended).code
  }
  const risk = join(ROOT, 'examples/venue/risk.json')
  expect(await outcome('risk', 'scenarios')).toBe(0)
  expect(await outcome('ledger', 'check', '--accounts', 'accounts.csv', '--risk', risk)).toBe(1)
  expect(await outcome('ledger', 'check', '--accounts', 'none.csv', '--risk', risk)).toBe(2)
}, 600_000)
