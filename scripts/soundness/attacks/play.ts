import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { needFixtures } from '../../contract-fixtures/need.js'
import { run } from '../../run.js'
import type { Place } from './attack.js'
import { withoutClaims } from './claims.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** Random cases in full. */
const SWEEP = { PLIMSOLL_SWEEP: '1' }
/** A title that names an attack. */
const NAMED = '(^|[^A-Za-z0-9])[CVSFPNR][0-9][0-9]($|[^A-Za-z0-9])'

/** The result of one test: its titles from the outermost inwards, or the name of its function. */
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
    const reported = ['--reporter=json', `--outputFile=${report}`]
    await run('npx', ['vitest', 'run', ...reported, '--testNamePattern', NAMED, ...files], { env: SWEEP })
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
  await needFixtures()
  const { out } = await run(
    process.execPath,
    ['scripts/bin/forge', 'test', '--json', '--match-path', `{${files.join()}}`],
    { env: SWEEP },
  )
  const suites = JSON.parse(out.slice(out.indexOf('{"'))) as Record<
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
