import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { type CompiledCircuit, type CompileOptions, compileBy, mainOf } from '../../../src/proving/compile.js'
import { ensureArtifacts, loadInstances } from '../../../src/proving/index.js'
import { circomCompiler, gatherSources } from '../../../src/proving/sources.js'
import { TEST_CACHE } from './cache.js'
import { inLastingProcess } from './compiler.js'

const CIRCUITS = join(TEST_CACHE, 'circuits')
/** How the compiler is called: the file that says it stands for it. */
const CALL = readFileSync(fileURLToPath(new URL('../../../src/proving/compile.ts', import.meta.url)), 'utf8')
const KEPT_FOR = 2 * 24 * 3_600_000

/**
 * `compileCircuit`, whose answer is kept between test files and test runs under the hash of all that decides
 * it: the sources that the includes reach, the main component, its public signals, and the compiler with the
 * way it is called. What fails to compile is compiled each time. An instance that end-to-end tests prove with
 * is taken from its artifacts.
 */
export async function compileCached(
  options: Pick<CompileOptions, 'include' | 'main' | 'publicSignals' | 'sources'>,
): Promise<CompiledCircuit> {
  const { include, main, publicSignals, sources: overrides = {} } = options
  const own = Object.keys(overrides).length === 0 ? tinyInstance({ include, main, publicSignals }) : undefined
  if (own !== undefined) return ensureArtifacts(own, { cacheDir: TEST_CACHE })
  const sources = [...gatherSources(include, { overrides })].sort(([a], [b]) => (a < b ? -1 : 1))
  const what = JSON.stringify([circomCompiler().version, CALL, include, main, publicSignals, sources])
  const folder = join(CIRCUITS, createHash('sha256').update(what).digest('hex').slice(0, 32))
  if (existsSync(folder)) utimesSync(folder, new Date(), new Date())
  // The very texts that were hashed, should a file change meanwhile.
  else await compileInto(folder, { ...options, sources: Object.fromEntries(sources) })
  return {
    r1cs: join(folder, 'circuit.r1cs'),
    wasm: join(folder, 'circuit.wasm'),
    symbols: join(folder, 'circuit.sym'),
  }
}

/** The name of the instance that is compiled so, if it is one of those that are there for tests. */
function tinyInstance(circuit: ReturnType<typeof mainOf>): string | undefined {
  return loadInstances().find(
    (instance) => instance.name.includes('tiny') && isDeepStrictEqual(mainOf(instance), circuit),
  )?.name
}

/**
 * Compiles beside `folder` and moves what came out there at once, so that another process sees all of it or
 * nothing.
 */
async function compileInto(folder: string, options: CompileOptions): Promise<void> {
  await mkdir(CIRCUITS, { recursive: true })
  const box = await mkdtemp(`${folder}.`)
  try {
    await compileBy(inLastingProcess, box, options)
    await rename(box, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(box, { recursive: true, force: true })
  }
  for (const name of readdirSync(CIRCUITS)) {
    const path = join(CIRCUITS, name)
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - used > KEPT_FOR) await rm(path, { recursive: true, force: true })
  }
}
