import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../../src/cli/program.js'
import { temporaryFolder } from '../../helpers/cli.js'

const ENTER = '\r'
const [CTRL_C, CTRL_D] = ['\u0003', '\u0004']

/** What the process has once, put back behind each test. */
let before: { stdin: PropertyDescriptor; isTTY: boolean; write: typeof process.stderr.write }
let input: PassThrough
let said: string
let answers: string[]
beforeEach(() => {
  const { stderr } = process
  before = {
    stdin: Object.getOwnPropertyDescriptor(process, 'stdin')!,
    isTTY: stderr.isTTY,
    write: stderr.write,
  }
  input = Object.assign(new PassThrough(), { isTTY: true })
  said = ''
  Object.defineProperty(process, 'stdin', { value: input, configurable: true })
  stderr.isTTY = true
  stderr.write = ((chunk: string | Uint8Array) => {
    const text = Buffer.from(chunk as string).toString()
    said += text
    // Someone types as soon as something is asked.
    if (text.includes('?') && answers.length > 0) setImmediate(() => input.write(answers.shift()!))
    return true
  }) as typeof stderr.write
})
afterEach(() => {
  Object.defineProperty(process, 'stdin', before.stdin)
  process.stderr.isTTY = before.isTTY
  process.stderr.write = before.write
  process.exitCode = undefined
})

/** Runs `init` in a new folder for someone who types these. */
async function init(typed: readonly string[], ...args: string[]) {
  const folder = temporaryFolder()
  answers = [...typed]
  const { write } = process.stdout
  process.stdout.write = (() => true) as typeof write
  try {
    const code = await run(['init', '--out', folder, ...args])
    return { code, files: readdirSync(folder), config: () => configIn(folder), unasked: answers.length }
  } finally {
    process.stdout.write = write
  }
}

const configIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'plimsoll.json'), 'utf8'))

describe('what `init` asks on a terminal (cli.36)', () => {
  test('goes into the configuration', async () => {
    const typed = ['Harbour & Sons', 'number', 'books/all.csv', 'yes'].map((answer) => answer + ENTER)
    const { code, config, unasked } = await init(typed)
    expect([code, unasked], said).toEqual([0, 0])
    expect(config()).toMatchObject({
      venue: 'Harbour & Sons',
      naming: 'number',
      files: { accounts: 'books/all.csv' },
      plan: { allStressed: true },
    })
  })

  test('has a preset for all but the name, and is not asked where an option says it', async () => {
    const presets = await init(['Harbour', '', '', ''].map((answer) => answer + ENTER))
    expect(presets.code, said).toBe(0)
    expect(presets.config()).toMatchObject({ naming: 'date', files: { accounts: 'accounts.csv' } })
    expect(presets.config().plan).not.toHaveProperty('allStressed')
    said = ''
    const options = ['--venue', 'Harbour', '--naming', 'number', '--accounts', 'a.csv']
    const { code, config } = await init([`no${ENTER}`], ...options)
    expect([code, config().naming], said).toEqual([0, 'number'])
    expect(said.match(/\?/g)).toHaveLength(1)
  })

  test.each([
    ['no name', [ENTER], 'a venue needs a name'],
    ['another naming', [`Harbour${ENTER}`, `weekly${ENTER}`], 'neither date nor number'],
    ['a name that none can have', [`a\u200bb${ENTER}`, ENTER, ENTER, ENTER], '--venue'],
    ['Ctrl-C at the first question', [CTRL_C], 'left without an answer'],
    ['Ctrl-C in the middle of an answer', [`Harbour${ENTER}`, `numb${CTRL_C}`], 'left without an answer'],
    ['Ctrl-C at the last question', [`Harbour${ENTER}`, ENTER, ENTER, CTRL_C], 'left without an answer'],
    ['the end of the input', [`Harbour${ENTER}`, CTRL_D], 'left without an answer'],
  ])('that gets %s ends with a word, and nothing is written', async (_, typed, why) => {
    const { code, files, unasked } = await init(typed)
    expect([code, files, unasked], said).toEqual([2, [], 0])
    expect(said).toContain(why)
  })
})
