import { fileURLToPath } from 'node:url'

/** The built command line, without what makes it a process. */
const PROGRAM = fileURLToPath(new URL('../../dist/cli/program.js', import.meta.url))

export interface Run {
  code: number | null
  stdout: string
  stderr: string
}

export interface Words {
  args: readonly string[]
  env: Readonly<Record<string, string>>
  cwd: string
}

/** One after the other: they share what a process has once. */
let last: Promise<unknown> = Promise.resolve()

/** Runs the built command line to its end, in this process. */
export function runHere(words: Words): Promise<Run> {
  const run = last.then(() => runAlone(words))
  last = run.catch(() => {})
  return run
}

async function runAlone({ args, env, cwd }: Words): Promise<Run> {
  const { run } = (await import(/* @vite-ignore */ PROGRAM)) as typeof import('../../src/cli/program.js')
  const before = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode }
  const streams = [process.stdout, process.stderr]
  const writes = streams.map((stream) => stream.write)
  const said: [string, string] = ['', '']
  for (const [i, stream] of streams.entries()) {
    stream.write = (chunk: string | Uint8Array) => {
      said[i] += Buffer.from(chunk as string).toString()
      return true
    }
  }
  Object.assign(process.env, env)
  process.exitCode = undefined
  process.chdir(cwd)
  try {
    const code = await run(args)
    return { code, stdout: said[0], stderr: said[1] }
  } finally {
    process.chdir(before.cwd)
    process.exitCode = before.exitCode
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name]
    Object.assign(process.env, before.env)
    for (const [i, stream] of streams.entries()) stream.write = writes[i]!
  }
}
