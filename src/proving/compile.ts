import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ArtifactError } from '../errors/index.js'
import { type ProcessResult, removeOnExit, runNode, sha256File } from '../files/index.js'
import type { Instance, InstanceSnapshot } from '../statements/index.js'
import { type CircuitsLocation, findInstance } from './instances.js'
import { countR1cs, openR1cs } from './r1cs.js'
import { circomCompiler, gatherSources, sourceHash } from './sources.js'

/** Told what is under way, in a few words. */
export type Progress = (message: string) => void

export interface CompileOptions extends CircuitsLocation {
  /** Files that the main component needs, by bare name. */
  include: readonly string[]
  /** The main component, such as `Ledger(4, 2, 4, 0)`. */
  main: string
  publicSignals: readonly string[]
  /** Files that are nowhere on disk, or that stand in for one that is. */
  sources?: Record<string, string>
  onProgress?: Progress
}

export interface CompiledCircuit {
  r1cs: string
  wasm: string
  symbols: string
}

/**
 * Compiles a main component into `directory`: `circuit.r1cs`, `circuit.wasm` and `circuit.sym`.
 *
 * @throws {InputError} `PACKAGE_MISSING`
 * @throws {ArtifactError} `COMPILE_FAILED` with what the compiler said.
 * @example
 * await compileCircuit(dir, { include: ['leaf.circom'], main: 'LeafHash(4)', publicSignals: ['leaf'] })
 */
export function compileCircuit(directory: string, options: CompileOptions): Promise<CompiledCircuit> {
  return compileBy(inOwnProcess, directory, options)
}

/** Runs the compiler with arguments in a folder. */
export type CompilerRun = (cwd: string, args: readonly string[]) => Promise<ProcessResult>

/** The same by a compiler that somebody else runs. */
export async function compileBy(
  run: CompilerRun,
  directory: string,
  options: CompileOptions,
): Promise<CompiledCircuit> {
  const { include, main, publicSignals, sources: overrides, onProgress, ...location } = options
  const sources = gatherSources(include, overrides ? { ...location, overrides } : location)
  const box = await mkdtemp(join(directory, '.compile-'))
  try {
    for (const [name, text] of sources) await writeFile(join(box, name), text)
    await writeFile(
      join(box, 'circuit.circom'),
      [
        'pragma circom 2.2.2;',
        ...include.map((name) => `include "${name}";`),
        `component main ${publicSignals.length ? `{public [${publicSignals.join(', ')}]} ` : ''}= ${main};`,
      ].join('\n'),
    )
    onProgress?.(`compiling ${main}`)
    await runCircom(run, box, main)
    const compiled = {
      r1cs: join(directory, 'circuit.r1cs'),
      wasm: join(directory, 'circuit.wasm'),
      symbols: join(directory, 'circuit.sym'),
    }
    await rename(join(box, 'circuit.r1cs'), compiled.r1cs)
    await rename(join(box, 'circuit.sym'), compiled.symbols)
    await rename(join(box, 'circuit_js', 'circuit.wasm'), compiled.wasm)
    return compiled
  } finally {
    await rm(box, { recursive: true, force: true })
  }
}

/** Compiles an instance into `directory`. */
export function compileInstance(
  directory: string,
  instance: Instance,
  options: CircuitsLocation & { onProgress?: Progress } = {},
): Promise<CompiledCircuit> {
  return compileCircuit(directory, { ...options, ...mainOf(instance) })
}

/** The main component of an instance. */
export function mainOf(instance: Instance): Pick<CompileOptions, 'include' | 'main' | 'publicSignals'> {
  return {
    include: [instance.file],
    main: `${instance.template}(${Object.values(instance.params).join(', ')})`,
    publicSignals: instance.public,
  }
}

/**
 * Compiles an instance, counts what came out and hashes it: a line of `circuits/constraints.json`.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN`
 * @throws {ArtifactError} `COMPILE_FAILED`
 */
export async function takeSnapshot(
  name: string,
  options: CircuitsLocation & { onProgress?: Progress } = {},
): Promise<InstanceSnapshot> {
  const directory = await mkdtemp(join(tmpdir(), 'plimsoll-count-'))
  const remove = removeOnExit(directory)
  try {
    const instance = findInstance(name, options)
    return await snapshotOf(instance, await compileInstance(directory, instance, options), options)
  } finally {
    remove()
  }
}

/** Entry of `circuits/constraints.json` for a compiled instance. */
export async function snapshotOf(
  instance: Instance,
  { r1cs, wasm, symbols }: CompiledCircuit,
  location: CircuitsLocation = {},
): Promise<InstanceSnapshot> {
  return {
    ...countR1cs(openR1cs(r1cs)),
    sha256: {
      sources: sourceHash(instance, gatherSources([instance.file], location)),
      r1cs: await sha256File(r1cs),
      wasm: await sha256File(wasm),
      symbols: await sha256File(symbols),
    },
  }
}

/** The most characters of the compiler's output that an error repeats: the last ones. */
const MESSAGE_LENGTH = 16_384

/**
 * A function of `require`, of the arguments and of what ends it, which runs the compiler. WebAssembly hands
 * addresses over as signed numbers, which the package's WASI layer takes as they are: they are made unsigned
 * on the way, or a circuit that needs more than 2 GiB would fail.
 */
export const COMPILER = `(require, [runner, wasm, ...args], exit) => {
  const fs = require('node:fs')
  const { CircomRunner, bindings } = require(runner)
  const circom = new CircomRunner({ args, env: {}, bindings: { ...bindings, fs, exit } })
  const calls = circom.wasi.wasiImport
  for (const [name, call] of Object.entries(calls)) {
    calls[name] = (...values) => call(...values.map((value) => (typeof value === 'number' ? value >>> 0 : value)))
  }
  return circom.execute(fs.readFileSync(wasm))
}`

const PROCESS = `(${COMPILER})(require, process.argv.slice(1), (code) => process.exit(code))`

const inOwnProcess: CompilerRun = (cwd, args) => runNode(['--eval', PROCESS, '--', ...args], { cwd, env: {} })

async function runCircom(run: CompilerRun, cwd: string, main: string): Promise<void> {
  const { runner, wasm, flags } = circomCompiler()
  const failed = (output: string, cause?: unknown) => {
    const why = stripVTControlCharacters(output).trim()
    return new ArtifactError(
      'COMPILE_FAILED',
      why || 'the compiler ended without a word, perhaps out of memory',
      {
        cause,
        where: main,
      },
    )
  }
  const args = [runner, wasm, 'circuit.circom', ...flags]
  const { code, stdout, stderr } = await run(cwd, args).catch((cause: unknown) => {
    throw failed('', cause)
  })
  if (code !== 0) throw failed(`${stdout}${stderr}`.slice(-MESSAGE_LENGTH))
}
