import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { InputError } from '../errors/index.js'

/**
 * The packages that an installation may leave out (`npm install --omit=optional`), and what each of them
 * does.
 */
const DOES = {
  '@duckdb/node-api': 'reads accounts files',
  '@foundry-rs/anvil': 'runs a local chain',
  circom2: 'compiles circuits',
  circomlib: 'has circuits that ours include',
  snarkjs: 'makes proofs',
  solc: 'compiles contracts',
} as const
export type OptionalPackage = keyof typeof DOES

/**
 * Loads an optional package.
 *
 * @param load imports it; a part of it that is not there counts as the package
 * @throws {InputError} `PACKAGE_MISSING`, with the command that installs it
 */
export async function loadOptional<T>(name: OptionalPackage, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw orMissing(name, error)
  }
}

/**
 * Finds a file of an optional package.
 *
 * @param file as it is imported, such as `circom2/circom.wasm`
 * @throws {InputError} `PACKAGE_MISSING`, with the command that installs it
 */
export function resolveOptional(name: OptionalPackage, file: string): string {
  try {
    return createRequire(import.meta.url).resolve(file)
  } catch (error) {
    throw orMissing(name, error)
  }
}

function orMissing(name: OptionalPackage, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return error
  const file = new URL('../../package.json', import.meta.url)
  const { optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  return new InputError('PACKAGE_MISSING', `the package ${name}, which ${DOES[name]}, is not installed`, {
    hint: `Install it: \`npm install ${name}@${optionalDependencies[name]}\`.`,
    cause: error,
  })
}
