import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { TEST_CACHE } from '../../scripts/soundness/bench/cache.js'
import { afterFile } from './after-file.js'
import { type Run, runHere } from './run-here.js'

export { type Run, TEST_CACHE }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(ROOT, 'dist/cli/main.js')
/** What all of them find: the artifacts of tests, and a terminal so wide that nothing they say is broken. */
const ENV = { PLIMSOLL_CACHE: TEST_CACHE, COLUMNS: '1000' }

/**
 * Starts the built command line.
 *
 * @param before what a shell does first, such as setting a limit
 */
export function start(
  args: string[],
  env: Record<string, string> = {},
  { cwd, before = ':', stdin = 'ignore' }: { cwd?: string; before?: string; stdin?: 'ignore' | 'pipe' } = {},
): { child: ChildProcess; ended: Promise<Run> } {
  const child = spawn('sh', ['-c', `${before}; exec "$@"`, 'sh', process.execPath, MAIN, ...args], {
    env: { ...process.env, ...ENV, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr!.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<Run>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
  return { child, ended }
}

/** Starts the command line so that it sends itself a signal right after it has finished a file. */
export function startInterrupted(
  args: string[],
  signal: NodeJS.Signals,
  after: string,
  env: Record<string, string> = {},
) {
  const preload = new URL('preload-signal.mjs', import.meta.url).href
  return start(args, { NODE_OPTIONS: `--import ${preload}`, TEST_AFTER: after, TEST_SIGNAL: signal, ...env })
}

/** Waits until something is so. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(20)
}

/**
 * Runs the built command line to its end, in this process, which has loaded it and made its threads once. What
 * a process is for (signals, limits, another environment, ending by itself) is tested with `start`.
 */
export function plimsoll(...args: string[]): Promise<Run> {
  return plimsollIn(process.cwd(), ...args)
}

/** Runs it in a folder, in this process. */
export function plimsollIn(cwd: string, ...args: string[]): Promise<Run> {
  return runHere({ args, env: ENV, cwd })
}

/** Runs one command after another in a process of their own, which ends with the test file. */
export function startRunner(env: Record<string, string>): (...args: string[]) => Promise<Run> {
  const child = fork(fileURLToPath(new URL('cli-process.ts', import.meta.url)), [], {
    execArgv: ['--import', 'tsx'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('the process that runs commands has ended')
  })
  ended.catch(() => {})
  afterFile(() => child.disconnect())
  return async (...args) => {
    child.send({ args, env: { ...ENV, ...env }, cwd: process.cwd() })
    const [run] = await Promise.race([once(child, 'message'), ended])
    return run as Run
  }
}

/** A folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'))
  afterFile(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
