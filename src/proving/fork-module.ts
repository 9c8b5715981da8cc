import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { endOnExit } from '../files/index.js'

/**
 * Starts a process with the module at `url`, which is named without its extension; it ends with this one.
 * Compiled, it is a file of JavaScript; from source, `tsx` is loaded before it.
 */
export function forkModule(url: URL, args: readonly string[], options: ForkOptions): ChildProcess {
  const fromSource = import.meta.url.endsWith('.ts')
  const script = fileURLToPath(new URL(`${url.href}.${fromSource ? 'ts' : 'js'}`))
  const child = fork(script, args, { execArgv: fromSource ? ['--import', loader()] : [], ...options })
  endOnExit(child)
  return child
}

/** The loader of TypeScript. */
function loader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
}
