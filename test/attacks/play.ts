import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutClaims } from '../helpers/claims.js'
import type { Place } from './attack.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** A title that names an attack. */
const NAMED = '(^|[^A-Za-z0-9])[CVSFPN][0-9][0-9]($|[^A-Za-z0-9])'

/** What came of one test: its titles from the outermost inwards, or the name of its function. */
export interface Played {
  titles: readonly string[]
  passed: boolean
}

/** Runs every test of these places, in processes of their own: what came of them, by file. */
export async function playAll(
  places: readonly Place[],
  progress: (line: string) => void,
): Promise<Map<string, readonly Played[]>> {
  const files = [...new Set(places.map(({ file }) => file))]
  const contracts = await runForge(
    files.filter((file) => file.endsWith('.sol')),
    progress,
  )
  const scripts = await runVitest(
    files.filter((file) => file.endsWith('.ts')),
    progress,
  )
  return new Map([...contracts, ...scripts])
}

/** Why an attack was not repelled at a place, or `undefined` when it was. */
export function faultAt(
  { file, test }: Place,
  played: ReadonlyMap<string, readonly Played[]>,
): string | undefined {
  const pattern = new RegExp(
    `^${test
      .split(/%\w|\$\{[^}]*\}|\$\w+/)
      .map(escaped)
      .join('.*')}$`,
    's',
  )
  const tests = (played.get(file) ?? []).filter(({ titles }) =>
    titles.some((title) => pattern.test(withoutClaims(title))),
  )
  if (tests.length === 0) return `“${test}” of ${file} was not played`
  const failed = tests.find(({ passed }) => !passed)
  return failed && `“${failed.titles.join(' › ')}” of ${file} fails`
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

async function runVitest(
  files: readonly string[],
  progress: (line: string) => void,
): Promise<Map<string, Played[]>> {
  progress(`attacks: playing those of ${files.length} files of tests`)
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-attacks-'))
  try {
    const report = join(folder, 'report.json')
    await run('npm', ['run', 'build'])
    await run('npx', [
      ...['vitest', 'run', '--reporter=json', `--outputFile=${report}`],
      ...['--testNamePattern', NAMED, ...files],
    ])
    const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
      testResults: {
        name: string
        assertionResults: { ancestorTitles: string[]; title: string; status: string }[]
      }[]
    }
    return new Map(
      testResults.map(({ name, assertionResults }) => [
        name.slice(ROOT.length),
        assertionResults
          .filter(({ status }) => status === 'passed' || status === 'failed')
          .map(({ ancestorTitles, title, status }) => ({
            titles: [...ancestorTitles, title],
            passed: status === 'passed',
          })),
      ]),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runForge(
  files: readonly string[],
  progress: (line: string) => void,
): Promise<Map<string, Played[]>> {
  progress(`attacks: playing those of ${files.length} files of contracts`)
  if (!existsSync(join(ROOT, 'test/contracts/generated/fixtures.json'))) {
    await run(process.execPath, ['--import', 'tsx', 'scripts/make-contract-fixtures.ts'])
  }
  const said = await run(process.execPath, [
    ...['scripts/bin/forge', 'test', '--json'],
    ...['--match-path', `{${files.join()}}`],
  ])
  const suites = JSON.parse(said.slice(said.indexOf('{"'))) as Record<
    string,
    { test_results: Record<string, { status: string }> }
  >
  const played = new Map<string, Played[]>()
  for (const [suite, { test_results: results }] of Object.entries(suites)) {
    const file = suite.split(':')[0]!
    const tests = Object.entries(results).map(([signature, { status }]) => ({
      titles: [signature.replace(/\(.*$/, '')],
      passed: status === 'Success',
    }))
    played.set(file, [...(played.get(file) ?? []), ...tests])
  }
  return played
}

/** What a command wrote, whether or not it succeeded: a failing test makes it fail. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, PLIMSOLL_SWEEP: '1' }, // random cases in full
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
    })
    child.on('error', reject)
    child.on('close', () => resolve(said))
  })
}
