import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Ran {
  code: number | null
  /** Standard output, and that with standard error. */
  out: string
  said: string
}

/** Runs a command to its end, whatever comes of it; by default in the root of the repository. */
export function run(
  command: string,
  args: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [out, said] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk
      said += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, said }))
  })
}
