import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { RISK, ROWS, writeVenue } from '../../../scripts/soundness/samples/venue.js'
import { run } from '../../../src/cli/program.js'
import { textWidth } from '../../../src/cli/terminal/width.js'
import { printable } from '../../../src/errors/index.js'
import { plimsoll, temporaryFolder } from '../../helpers/cli.js'
import { COMMANDS } from '../../helpers/commands.js'
import { ALL_HOSTILE, HOSTILE, hostileCopies } from '../../helpers/hostile.js'

const folder = temporaryFolder()
/** A folder with a name that would draw on the screen. */
const at = join(folder, ALL_HOSTILE.replaceAll('/', ''))
mkdirSync(at)
const place = (name: string, text: string) => {
  const path = join(at, name)
  writeFileSync(path, text)
  return path
}
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

// As where there is no terminal, whatever the one of this run is.
vi.stubEnv('COLUMNS', '')
const exitCode = process.exitCode
afterAll(() => {
  vi.unstubAllEnvs()
  process.exitCode = exitCode
})

/** Runs a command in this process, and gives what it writes to the terminal. */
async function said(...args: string[]): Promise<{ text: string; stdout: string; code: number }> {
  const written = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((part: unknown) => {
      written[name] += String(part)
      return true
    }),
  )
  process.exitCode = 0
  const code = await run(args)
  for (const spy of spies) spy.mockRestore()
  return { text: written.stdout + written.stderr, stdout: written.stdout, code }
}

/** Lines that hold what a terminal would act on, or that begin with what only a file says. */
function drawn(text: string): string[] {
  return text.split('\n').filter((line) => printable(line) !== line || line.startsWith('FORGED'))
}

/**
 * Says nothing that draws or is wider than 80 columns, as text and as JSON, and says that something is wrong.
 */
async function expectQuiet(...args: string[]): Promise<void> {
  for (const form of [[], ['--json']]) {
    const { text, stdout, code } = await said(...args, ...form)
    expect(drawn(text), args.join(' ')).toEqual([])
    expect(code, `${args.join(' ')}\n${text}`).toBeGreaterThan(0)
    if (form.length > 0) expect(() => JSON.parse(stdout), stdout).not.toThrow()
    else expect(text.split('\n').filter((line) => textWidth(line) > 80)).toEqual([])
  }
}

describe('nothing from a file or an argument draws on the screen (cli.17)', () => {
  test('the control: these texts would draw, every one of them', () => {
    for (const [what, text] of Object.entries(HOSTILE)) expect(drawn(text), what).not.toEqual([])
  })

  test.each(COMMANDS.map(({ name, command }) => [name, command] as const))(
    'F13: %s, called with hostile names and values',
    async (name, command) => {
      const words = name.split(' ')
      const options = command.options.filter(({ required }) => required)
      const values = (value: string) => [
        ...command.registeredArguments.map(() => value),
        ...options.flatMap(({ long }) => [long!, value]),
      ]
      const nowhere = join(at, 'none', ALL_HOSTILE.replaceAll('/', ''))
      await expectQuiet(...words, `--${ALL_HOSTILE}`)
      // It would make the folder, and run.
      if (words[0] === 'demo') return
      if (command.registeredArguments.length + options.length > 0)
        await expectQuiet(...words, ...values(nowhere))
      for (const { long } of options) {
        const rest = options.filter((option) => option.long !== long)
        const given = [
          ...command.registeredArguments.map(() => 'none'),
          ...rest.flatMap((option) => [option.long!, join(at, 'none/none')]),
        ]
        await expectQuiet(...words, ...given, long!, nowhere)
      }
    },
  )

  test('what is no command', async () => {
    await expectQuiet(ALL_HOSTILE)
    await expectQuiet('ledger', ALL_HOSTILE)
  })

  const venue = writeVenue(folder)
  const risk = ['--risk', venue.risk]
  const accounts = ['--accounts', venue.accounts]
  const rule = join(folder, 'rule.json')
  const portfolio = 'examples/margin/account.json'
  const reserves = (file: string) => ['solvency', 'check', ...accounts, ...risk, '--reserves', file]
  const build = (model: string) => (file: string) => [
    'risk',
    'build',
    '--model',
    model,
    '--params',
    file,
    '--out',
    join(at, 'none/none'),
  ]
  const prove = (files: Record<'account' | 'owner' | 'for', string>) => [
    ...['margin', 'prove', '--requirement', 'maintenance', '--out', join(at, 'none/none')],
    ...Object.entries(files).flatMap(([option, file]) => [`--${option}`, file]),
    ...['--risk', 'examples/venue/risk.json'],
  ]
  const pins = ['--pins', join(folder, 'pins.json')]
  writeFileSync(pins[1]!, '{"schema":"plimsoll/pins/2","keys":{}}')
  const own = 'examples/venue/owner-desk-1.json'
  /** By kind of file: one that is well, the commands that read it, and how many copies of it are tried. */
  const KINDS: [kind: string, good: () => unknown, command: (file: string) => string[], most: number][] = [
    ['a risk table', () => RISK, (file) => ['ledger', 'check', ...accounts, '--risk', file], 16],
    ['reserves', () => read(venue.reserves), reserves, 8],
    [
      'a policy',
      () => ({ schema: 'plimsoll/policy/1', instruments: {} }),
      (file) => [...reserves(venue.reserves), '--policy', file],
      8,
    ],
    [
      'a stress request',
      () => read('examples/venue/stress.json'),
      (file) => [
        'risk',
        'stress',
        '--risk',
        'examples/venue/risk.json',
        '--stress',
        file,
        '--out',
        join(at, 'none/none'),
      ],
      24,
    ],
    ...['cross', 'derive-pmrm', 'derive-standard', 'lending', 'span16'].map(
      (model): (typeof KINDS)[number] => [
        `parameters of ${model}`,
        () => read(`examples/margin/${model}.json`),
        build(model),
        16,
      ],
    ),
    ['parameters of matrix', () => read('examples/venue/margin.json'), build('matrix'), 16],
    [
      'a portfolio',
      () => read(portfolio),
      (file) => ['margin', 'explain', '--account', file, '--risk', rule],
      8,
    ],
    [
      'a margin rule',
      () => read(rule),
      (file) => ['margin', 'explain', '--account', portfolio, '--risk', file],
      24,
    ],
    [
      'a purpose',
      () => read('examples/margin/for-desk.json'),
      (file) => prove({ account: own, owner: own, for: file }),
      8,
    ],
    [
      'an owner',
      () => read(own),
      (file) => prove({ account: own, owner: file, for: 'examples/margin/for-desk.json' }),
      8,
    ],
    [
      'pins',
      () => ({ schema: 'plimsoll/pins/2', keys: {} }),
      (file) => ['verify', folder, '--pins', file],
      8,
    ],
    [
      'a proof',
      () => ({ schema: 'plimsoll/proof/1', instance: 'x' }),
      (file) => ['verify', file, ...pins],
      8,
    ],
    [
      'a margin proof',
      () => ({ schema: 'plimsoll/margin-proof/1' }),
      (file) => ['margin', 'verify', file, '--accounts-root', '1', ...risk, ...pins],
      8,
    ],
    [
      'an inclusion file',
      () => ({ schema: 'plimsoll/inclusion/1' }),
      (file) => ['inclusion', 'verify', file, '--epoch', folder, ...pins],
      8,
    ],
    [
      'a calibration',
      () => ({ schema: 'plimsoll/calibration/1' }),
      (file) => [
        'risk',
        'calibrate',
        '--history',
        'examples/stress/prices.csv',
        '--previous',
        file,
        '--out',
        join(at, 'none/none'),
      ],
      8,
    ],
  ]

  test.each(KINDS)('F13: %s with hostile texts and keys', async (kind, good, command, most) => {
    if (kind === 'a portfolio') {
      const made = await said(
        'risk',
        'build',
        '--model',
        'cross',
        '--params',
        'examples/margin/cross.json',
        '--out',
        rule,
      )
      expect(made.code, made.text).toBe(0)
    }
    for (const [i, copy] of hostileCopies(good(), most).entries()) {
      const file = place(`${i}.json`, JSON.stringify(copy))
      const { text } = await said(...command(file))
      expect(drawn(text)).toEqual([])
      const json = await said(...command(file), '--json')
      expect(drawn(json.text)).toEqual([])
    }
  })

  test('F13: accounts, tiers and prices with hostile cells and columns', async () => {
    const quoted = `"${ALL_HOSTILE.replaceAll('"', '""')}"`
    const lines = ['account_id,instrument,quantity', ...ROWS.map((row) => row.join())]
    for (const text of [
      [lines[0], `${quoted},BTC,1`].join('\n'),
      [lines[0], `a,${quoted},1`].join('\n'),
      [lines[0], `a,BTC,${quoted}`].join('\n'),
      [`account_id,instrument,${quoted}`, 'a,BTC,1'].join('\n'),
      [...lines, `a,BTC,${quoted}`].join('\n'),
    ]) {
      const file = place('accounts.csv', text)
      await expectQuiet('ledger', 'check', '--accounts', file, ...risk)
      await expectQuiet('solvency', 'check', '--accounts', file, ...risk, '--reserves', venue.reserves)
    }
    const prices = readFileSync('examples/stress/prices.csv', 'utf8')
    const tiers = readFileSync('examples/exchange/tiers.csv', 'utf8')
    const instruments = readFileSync('examples/exchange/instruments.csv', 'utf8')
    const priced = readFileSync('examples/exchange/accounts-priced.csv', 'utf8')
    for (const change of [
      (text: string) => text.replace(/^[^,]+/, quoted),
      (text: string) => text.replace(/(\n[^,]*,)[^,\n]+/, `$1${quoted}`),
    ]) {
      const history = place('prices.csv', change(prices))
      await expectQuiet('risk', 'calibrate', '--history', history, '--out', join(at, 'none/none'))
      const time = ['--timestamp', '1767225600', '--out', join(at, 'none/none')]
      const table = place('tiers.csv', change(tiers))
      await expectQuiet('risk', 'tiers', '--tiers', table, ...time)
      const list = place('instruments.csv', change(instruments))
      await expectQuiet('risk', 'table', '--from', list, ...time)
      await expectQuiet('ledger', 'check', '--accounts', place('priced.csv', change(priced)), ...risk)
    }
  })

  test('symbols that are allowed but would turn a row around are shown by their code points, and are whole in JSON', async () => {
    const symbol = '\u05e9\u05e7\u05dc'
    const table = place('turning.json', JSON.stringify(RISK).replaceAll('USDT', symbol))
    const file = place('turning.csv', `account_id,instrument,quantity\na,${symbol},7\nb,BTC,-1\n`)
    const args = ['ledger', 'check', '--accounts', file, '--risk', table]
    const shown = await said(...args)
    expect(drawn(shown.text)).toEqual([])
    expect(shown.text).toContain('\\u{5e9}\\u{5e7}\\u{5dc}')
    const json = await said(...args, '--json')
    expect(drawn(json.text)).toEqual([])
    expect(JSON.parse(json.stdout).totals[symbol]).toMatchObject({
      long: '7',
    })
  })

  test('the built command line says no more', async () => {
    for (const args of [['verify', at, ...pins], [ALL_HOSTILE], ['verify', `--${ALL_HOSTILE}`, '--json']]) {
      const { stdout, stderr, code } = await plimsoll(...args)
      expect(drawn(stdout + stderr)).toEqual([])
      expect(code).toBe(2)
    }
  })
})
