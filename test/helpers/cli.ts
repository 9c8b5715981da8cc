import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { TEST_CACHE } from '../../scripts/soundness/bench/cache.js'

export { TEST_CACHE }

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(ROOT, 'dist/cli/main.js')

export interface Run {
  code: number | null
  stdout: string
  stderr: string
}

/**
 * Starts the built command line, in a terminal so wide that nothing it says is broken.
 *
 * @param before what a shell does first, such as setting a limit
 */
export function start(
  args: string[],
  env: Record<string, string> = {},
  { cwd, before = ':', stdin = 'ignore' }: { cwd?: string; before?: string; stdin?: 'ignore' | 'pipe' } = {},
): { child: ChildProcess; ended: Promise<Run> } {
  const child = spawn('sh', ['-c', `${before}; exec "$@"`, 'sh', process.execPath, MAIN, ...args], {
    env: { ...process.env, PLIMSOLL_CACHE: TEST_CACHE, COLUMNS: '1000', ...env },
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

/** Runs the built command line to its end. */
export function plimsoll(...args: string[]): Promise<Run> {
  return start(args).ended
}

/** Runs it in a folder. */
export function plimsollIn(folder: string, ...args: string[]): Promise<Run> {
  return start(args, {}, { cwd: folder }).ended
}

/** The folders of this test file. The hook is the file's only when it is made while the file is read. */
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'))
  folders.push(folder)
  return folder
}
