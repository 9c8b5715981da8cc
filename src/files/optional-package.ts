import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { InputError } from '../errors/index.js'

/**
 * The packages that an installation may leave out (`npm install --omit=optional`), and what needs each of
 * them.
 */
const NEEDED_FOR = {
  '@duckdb/node-api': 'reading accounts',
  '@foundry-rs/anvil': 'a local chain',
  circom2: 'compiling circuits',
  circomlib: 'compiling circuits',
  'pg-boss': 'a queue of jobs for many machines',
  snarkjs: 'making proofs',
  solc: 'compiling contracts',
} as const
type OptionalPackage = keyof typeof NEEDED_FOR

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
  const { optionalDependencies, peerDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  const versions = { ...optionalDependencies, ...peerDependencies }
  const together = Object.keys(NEEDED_FOR).filter(
    (other) => NEEDED_FOR[other as OptionalPackage] === NEEDED_FOR[name],
  )
  const packages = together.map((other) => `${other}@${versions[other]}`).join(' ')
  return new InputError(
    'PACKAGE_MISSING',
    `the package ${name} is not installed, which ${NEEDED_FOR[name]} needs`,
    { hint: `Install it: \`npm install ${packages}\`.`, cause: error },
  )
}
