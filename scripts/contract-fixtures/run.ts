import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GENERATED } from './statements.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

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

/** Makes the keys, proofs and verifiers that the tests of the contracts read. */
export async function makeFixtures(): Promise<void> {
  const { code, said } = await run(process.execPath, ['--import', 'tsx', 'scripts/make-contract-fixtures.ts'])
  if (code !== 0) throw new Error(`the fixtures were not made:\n${said}`)
}

/** The same, unless they are there. */
export async function needFixtures(): Promise<void> {
  if (!existsSync(join(GENERATED, 'fixtures.json'))) await makeFixtures()
}
