import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ArtifactError } from '../errors/index.js'
import { resolveOptional } from '../files/index.js'
import type { Instance } from '../statements/index.js'
import { type CircuitsLocation, PACKAGE_CIRCUITS } from './instances.js'

/** Circom's compiler as WebAssembly, in its npm package, and how it is called. */
export interface Compiler {
  runner: string
  wasm: string
  version: string
  flags: readonly string[]
}

/**
 * The installed compiler.
 *
 * @throws {InputError} `PACKAGE_MISSING`
 */
export function circomCompiler(): Compiler {
  const { version } = JSON.parse(readFileSync(resolveOptional('circom2', 'circom2/package.json'), 'utf8'))
  return {
    runner: resolveOptional('circom2', 'circom2'),
    wasm: resolveOptional('circom2', 'circom2/circom.wasm'),
    version: `circom2 ${version}`,
    flags: ['--r1cs', '--wasm', '--sym', '--O1'],
  }
}

/** Of what this room writes: raised when a cached artifact of an older version may no longer be used. */
const FORMAT = 2

/** Circuit files by their bare names. */
export type Sources = Map<string, string>

/**
 * Every file that `entries` reach through their includes, each found by its bare name: in `overrides`, then
 * in the circuits' folder, its `lib/`, and circomlib.
 *
 * @throws {InputError} `PACKAGE_MISSING`
 * @throws {ArtifactError} `CIRCUIT_SOURCE` when a file is nowhere.
 */
export function gatherSources(
  entries: readonly string[],
  {
    circuitsDir = PACKAGE_CIRCUITS,
    overrides = {},
  }: CircuitsLocation & { overrides?: Record<string, string> } = {},
): Sources {
  const sources: Sources = new Map()
  const wanted = [...entries]
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (sources.has(name)) continue
    const text = overrides[name] ?? readSource(name, circuitsDir)
    sources.set(name, text)
    wanted.push(...includesOf(text))
  }
  return sources
}

function readSource(name: string, circuitsDir: string): string {
  const circomlib = join(dirname(resolveOptional('circomlib', 'circomlib/package.json')), 'circuits')
  const path = [circuitsDir, join(circuitsDir, 'lib'), circomlib]
    .map((dir) => join(dir, name))
    .find(existsSync)
  if (path === undefined || /[/\\]/.test(name)) {
    throw new ArtifactError('CIRCUIT_SOURCE', `the circuit file "${name}" was not found`, {
      hint: 'Includes are by bare name, from circuits/, circuits/lib/ or circomlib.',
    })
  }
  // A checkout with other line ends has the same circuits, and the same lines.
  return readFileSync(path, 'utf8').replace(/\r\n?/g, '\n')
}

function includesOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  return [...code.matchAll(/\binclude\s+"([^"]+)"\s*;/g)].map((match) => match[1]!)
}

/**
 * The address of an instance's artifacts: SHA-256 of all that decides what the compiler makes of it, its own
 * bytes and how it is called included. It says where to look, not what the circuit is: another comment is
 * another address.
 */
export function sourceHash(instance: Instance, sources: Sources): string {
  const files = [...sources].sort(([a], [b]) => (a < b ? -1 : 1))
  const { wasm, version, flags } = circomCompiler()
  compilerHash ??= createHash('sha256').update(readFileSync(wasm)).digest('hex')
  const what = [
    FORMAT,
    version,
    compilerHash,
    flags,
    instance.template,
    Object.entries(instance.params),
    instance.public,
    files,
  ]
  // By the platform: a megabyte for each of all instances takes the portable implementation seconds.
  return createHash('sha256').update(JSON.stringify(what)).digest('hex')
}

let compilerHash: string | undefined
