import { spawn } from 'node:child_process'
import { endOnExit } from './process.js'

/** Standard error that is kept: its last characters. */
const KEPT = 16_384

/** How a process ended, and what it wrote. */
export interface ProcessResult {
  /** Its exit code; `null` when a signal ended it. */
  code: number | null
  stdout: string
  /** The last 16 KiB. */
  stderr: string
}

export interface ProcessOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string
  timeout?: number
}

/**
 * Runs Node in a child process, which ends with this one, and waits for its end.
 *
 * @param options.input for its standard input
 * @param options.env its whole environment (default: that of this process)
 * @param options.timeout milliseconds after which it is ended by a signal (default: never)
 * @throws {Error} when it cannot be started
 */
export function runNode(args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  return runProgram(process.execPath, args, options)
}

/**
 * Runs a program in a child process, as `runNode` does, and without a shell.
 *
 * @throws {Error} when it cannot be started
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const { input = '', ...settings } = options
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      killSignal: 'SIGKILL',
      ...settings,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    endOnExit(child)
    const stdout: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-KEPT)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr }))
    // A process that has died shows in `close`; the broken pipe adds nothing.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
