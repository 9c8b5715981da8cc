import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { helpOf } from '../../src/cli/command.js'
import { ManyOption } from '../../src/cli/options.js'
import { commandLine } from '../../src/cli/program.js'
import { textWidth } from '../../src/cli/terminal/width.js'
import { plimsollIn, start, temporaryFolder } from '../helpers/cli.js'
import { COMMANDS, EXAMPLES } from '../helpers/commands.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the help of every command (cli.2)', () => {
  test('every command has --json, and an example of itself', () => {
    for (const { name, command } of COMMANDS) {
      expect(
        command.options.map(({ long }) => long),
        name,
      ).toContain('--json')
      const own = EXAMPLES.filter(({ shownBy, calls }) => shownBy === name && calls === name)
      expect(own.length, name).toBeGreaterThan(0)
    }
  })

  test('an option that takes one value is refused when it is given twice, whatever the command', () => {
    let tried = 0
    for (const { name, command } of COMMANDS) {
      for (const option of command.options) {
        const { long, variadic, argChoices, required, optional } = option
        if (!(required || optional) || variadic || option instanceof ManyOption) continue
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
    for (const { words, calls } of EXAMPLES) {
      expect(words[0]).toBe('plimsoll')
      const { command } = COMMANDS.find(({ name }) => name === calls)!
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
    const made = EXAMPLES.flatMap(({ words }) =>
      words.filter(
        (_, i) =>
          ['--out', '--new-key', '--stress-out', '--typed-data'].includes(words[i - 1]!) ||
          (words[1] === 'setup' && words[i - 1] === '--pins'),
      ),
    )
    const named = EXAMPLES.flatMap(({ words }) =>
      words.filter((word) => /\/|\.(json|csv|parquet)$/.test(word) && !word.includes('://')),
    )
    expect(named.length).toBeGreaterThan(20)
    const missing = named.filter(
      (path) =>
        !existsSync(join(ROOT, path)) && !made.some((out) => path === out || path.startsWith(`${out}/`)),
    )
    expect(missing).toEqual([])
    for (const word of ['epoch']) expect(made).toContain(word)
  })

  test('no line of it is wider than the terminal, and no word of an example is lost when it is broken (cli.18)', () => {
    const all = [commandLine(), ...commandLine().commands.flatMap((noun) => [noun, ...noun.commands])]
    expect(all.length).toBeGreaterThan(20)
    for (const columns of ['80', '60', '120']) {
      vi.stubEnv('COLUMNS', columns)
      for (const command of all) {
        let text = ''
        command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp()
        for (const line of text.split('\n'))
          expect(textWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(Number(columns))
        for (const example of helpOf(command)?.examples ?? []) {
          expect(text.replaceAll('\\\n', ' ').replaceAll(/ +/g, ' ')).toContain(example)
        }
      }
    }
    vi.unstubAllEnvs()
  })
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
})

test('every command that writes where --out says has --force, but those that never overwrite (cli.19)', () => {
  const inclusion = ['inclusion export', 'inclusion open', 'inclusion publish']
  const reserves = ['reserves challenge', 'reserves collect', 'reserves message']
  const never = ['ceremony contribute', 'ceremony init', 'init', 'owner new', ...inclusion, ...reserves]
  const without = COMMANDS.filter(
    ({ command }) =>
      command.options.some(({ long }) => long === '--out') &&
      !command.options.some(({ long }) => long === '--force'),
  )
  // An epoch and a gate go on where they stopped; a demo has a folder of its own.
  expect(without.map(({ name }) => name).sort()).toEqual(
    ['demo', ...never, 'gate deploy', 'ledger prove'].sort(),
  )
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
})
