import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { textWidth } from '../../src/cli/terminal/width.js'
import { formatDecimal, parseDecimal } from '../../src/field/index.js'
import { start, TEST_CACHE, temporaryFolder, until } from '../helpers/cli.js'
import { COMMANDS, EXAMPLES } from '../helpers/commands.js'
import { runHere } from '../helpers/run-here.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The commands in an order in which each finds what it reads: the files of the repository, and what those
 * before it wrote.
 */
const STORY = [
  ...[
    'init',
    'epoch',
    'setup',
    'risk table',
    'ledger check',
    'plan',
    'solvency check',
    'owner new',
    'owner show',
    'worker',
  ],
  ...[
    'risk build',
    'risk scenarios',
    'risk stress',
    'risk tiers',
    'risk calibrate',
    'risk draft',
    'risk propose',
    'risk verify',
    'risk accrue',
    'margin explain',
  ],
  'liquidation explain',
  'liquidation plan',
  ...[
    'ledger prove',
    'reserves challenge',
    'reserves message',
    'solvency prove',
    'solvency disclose',
    'reserves open',
    'verify',
    'audit',
    'watch',
  ],
  ...['inclusion export', 'inclusion publish', 'inclusion open', 'inclusion verify'],
  ...['inclusion dispute', 'epoch sign', 'epoch pack', 'margin prove', 'margin verify'],
  ...['web build', 'contract export', 'ceremony page', 'reserves import', 'watch replay'],
  ...['incident open', 'incident note', 'incident close', 'incident verify', 'incident report'],
]
/** Examples that another test runs, word by word. */
const ELSEWHERE = new Map([
  ...['init', 'contribute', 'accept', 'close', 'beacon', 'verify', 'finalize'].map(
    (verb) =>
      [`ceremony ${verb}`, 'test/e2e/ceremony.test.ts runs it in a ceremony of a tiny circuit'] as const,
  ),
  ...['collect', 'check', 'commit'].map(
    (verb) => [`reserves ${verb}`, 'test/e2e/reserves.test.ts runs it, with a chain of its own'] as const,
  ),
  ...['deploy', 'accept', 'submit', 'status', 'pledge', 'release'].map(
    (verb) => [`gate ${verb}`, 'test/e2e/gate.test.ts runs it, with a chain of its own'] as const,
  ),
  ...['publish', 'publish status'].map(
    (name) => [name, 'test/src/chain/publish.test.ts runs it, with a chain of its own'] as const,
  ),
  ['epoch retarget', 'test/src/chain/targets.test.ts runs it, and publishes what it makes'],
  ['reserves prove', 'test/e2e/backing.test.ts runs it, over evidence that it makes up'],
  ...['deploy', 'status'].map(
    (verb) => [`chain ${verb}`, 'test/e2e/chain.test.ts runs it, with a chain of its own'] as const,
  ),
  ...['prove', 'verify'].map(
    (verb) =>
      [
        `liquidation ${verb}`,
        'test/e2e/liquidation.test.ts runs it, over books with a short account',
      ] as const,
  ),
  ...['check', 'prove'].map(
    (verb) =>
      [
        `settlement ${verb}`,
        'test/src/venue/settle runs it, over two epochs that follow one another',
      ] as const,
  ),
  [
    'settlement verify',
    'test/e2e/settlement-verify.test.ts runs it, over two epochs that follow one another',
  ],
  ['demo', 'test/e2e/demo.test.ts runs both: the demo takes minutes, and once is enough'],
])
/** Pruning has a cache of its own, since other tests use the common one at the same time. */
const OWN_CACHE = /^setup --prune/
/** What can take more than two seconds. */
const SHOWS_PROGRESS = [
  ...[
    'epoch',
    'setup',
    'ledger check',
    'plan',
    'solvency check',
    'risk calibrate',
    'ledger prove',
    'solvency prove',
    'verify',
    'audit',
    'watch',
    'web build',
  ],
  ...['inclusion export', 'inclusion publish', 'inclusion open', 'inclusion verify', 'margin prove'],
  ...['margin verify', 'contract export', 'reserves import'],
]

/** Commands that start threads: each has a process of its own, which ends by itself. */
const THREADS = new Set([
  'epoch',
  'setup',
  'ledger prove',
  'solvency prove',
  'margin prove',
  'verify',
  'worker',
])
/** What keeps a process besides requests to files, which end, and the time that a test may take. */
const openHandles = () =>
  process.getActiveResourcesInfo().filter((kind) => kind.endsWith('Wrap') || kind === 'MessagePort').length

const DECIMALS = { decimals: 8, signed: true }
const USDC_OF_COUNTERPARTY = 200_000

/**
 * The repository's examples with fewer accounts: one batch, so that proving is quick. Derivatives net to zero
 * over all accounts, so a counterparty takes the other side of each that does not.
 */
function examplesIn(folder: string): void {
  cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true })
  const accounts = join(folder, 'examples/venue/accounts.csv')
  const [head, ...lines] = readFileSync(accounts, 'utf8').trimEnd().split('\n')
  const rows = lines.map((line) => line.split(',') as [id: string, instrument: string, quantity: string])
  const kept = new Set(['desk-000001', ...rows.map(([id]) => id).slice(0, 30)])
  const open = new Map<string, bigint>()
  for (const [id, instrument, quantity] of rows) {
    if (!kept.has(id) || !instrument.includes('-')) continue
    open.set(instrument, (open.get(instrument) ?? 0n) + parseDecimal(quantity, DECIMALS))
  }
  const others = [...open].flatMap(([instrument, quantity]) => [
    [`other-${instrument}`, instrument, formatDecimal(-quantity, DECIMALS.decimals), ''],
    [`other-${instrument}`, 'USDC', USDC_OF_COUNTERPARTY, ''],
  ])
  const text = [...rows.filter(([id]) => kept.has(id)), ...others].map((row) => row.join())
  writeFileSync(accounts, `${[head, ...text].join('\n')}\n`)
}

describe('the examples of every --help run as they are shown, one after the other (cli.11, cli.18)', () => {
  const folder = temporaryFolder()
  examplesIn(folder)
  mkdirSync(join(folder, 'cache'))
  const silent = new Set<string>()
  const story = EXAMPLES.filter(({ shownBy }) => !ELSEWHERE.has(shownBy)).toSorted(
    (a, b) => STORY.indexOf(a.calls) - STORY.indexOf(b.calls),
  )

  test('every command is in the story, or another test runs its example', () => {
    expect([...STORY, ...ELSEWHERE.keys()].toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted())
    expect(story.length).toBeGreaterThanOrEqual(STORY.length)
  })

  test.each(story.map(({ calls, words }) => [words.slice(1).join(' '), calls, words.slice(1)] as const))(
    '%s',
    async (line, calls, words) => {
      const cache = OWN_CACHE.test(line) ? join(folder, 'cache') : TEST_CACHE
      const env = { COLUMNS: '80', PLIMSOLL_CACHE: cache }
      const before = openHandles()
      const { code, stdout, stderr } = THREADS.has(calls)
        ? await start([...words], env, { cwd: folder }).ended
        : await runHere({ args: words, env, cwd: folder })
      // A process that has something open does not end by itself.
      await until(() => openHandles() <= before)
      expect(code, stdout + stderr).toBe(0)
      expect(stdout).not.toBe('')
      if (words.includes('--json')) JSON.parse(stdout)
      const text = words.includes('--json') ? stderr : stdout + stderr
      const wide = text.split('\n').filter((part) => textWidth(part) > 80)
      expect(wide, 'lines over 80 columns').toEqual([])
      if (!/^✓ /m.test(stderr)) silent.add(calls)
    },
  )

  test('what takes more than two seconds on large inputs shows its progress (cli.27)', () => {
    expect(SHOWS_PROGRESS.filter((name) => silent.has(name))).toEqual([])
  })
})
