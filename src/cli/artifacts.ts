import { existsSync } from 'node:fs'
import type * as z from 'zod'
import { type KeyPins, pinsSchema } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import { readJsonFile, writeJson } from '../files/index.js'
import { readPins } from '../inputs/index.js'
import { type Artifacts, cachedKeys, ensureArtifacts } from '../proving/index.js'
import type { Ui } from './terminal/ui.js'

/**
 * Artifacts by instance, each made or checked once in a run, with progress.
 *
 * @param pins keys to take, and no others
 */
export function artifactSource(ui: Ui, pins?: KeyPins): (instance: string) => Promise<Artifacts> {
  const made = new Map<string, Promise<Artifacts>>()
  return (name) => {
    const known = made.get(name)
    if (known) return known
    const making = ui.step(`artifacts of ${name}`, (update) =>
      ensureArtifacts(name, { ...(pins && { pins }), onProgress: update }),
    )
    made.set(name, making)
    return making
  }
}

/**
 * The keys that proofs are checked against: a pins file, or else the keys that this machine made itself. In
 * production only a file counts: a cache shows what lies in it, and not that anyone verified it.
 *
 * @throws {InputError} `PACKAGE_MISSING` without a pins file where the circuits' packages are not installed;
 * `PINS_MISSING` without one in production
 */
export async function resolvePins(file: string | undefined, production = false): Promise<KeyPins> {
  if (file !== undefined) return readPins(file)
  if (production) {
    throw new InputError('PINS_MISSING', 'in production, only pins say which keys count', {
      where: '--pins',
      hint: 'Name a file with --pins: the one that `plimsoll ceremony verify` wrote for you, or one of somebody whom you trust.',
    })
  }
  return cachedKeys().catch((error: unknown) => {
    if (!(error instanceof InputError) || error.code !== 'PACKAGE_MISSING') throw error
    throw new InputError(error.code, error.message, { cause: error, hint: NAME_PINS })
  })
}

/** Who only verifies has no compiler, and so no keys of this machine to check with. */
const NAME_PINS =
  'Name the keys that you trust with --pins. Without it, the keys of this machine are used, which takes the compiler.'

/** The entries of a pins file for some artifacts. */
export function pinsOf(artifacts: readonly Artifacts[]): z.infer<typeof pinsSchema> {
  return {
    schema: 'plimsoll/pins/2',
    keys: Object.fromEntries(
      artifacts.map(({ instance, keyHash, circuitHash, keyKind, ceremony }) => [
        instance.name,
        { keyHash, circuitHash, keyKind, ...(ceremony && { ceremony }) },
      ]),
    ),
  }
}

/**
 * Adds the pins of some artifacts to a file, beside those of other instances that it has.
 *
 * @throws {InputError} `FILE_EXISTS` when the file pins another key of one of them, and `force` is not given
 */
export async function addPins(file: string, artifacts: readonly Artifacts[], force = false): Promise<void> {
  const before = existsSync(file) ? (await readJsonFile(file, pinsSchema)).keys : {}
  const { schema, keys } = pinsOf(artifacts)
  const changed = Object.keys(keys).filter(
    (name) => before[name] !== undefined && before[name].keyHash !== keys[name]!.keyHash,
  )
  if (changed.length > 0 && !force) {
    throw new InputError('FILE_EXISTS', `pins other keys of ${changed.join(', ')}`, {
      where: file,
      hint: 'Name another file, or overwrite these pins with --force: proofs under the keys before will be refused.',
    })
  }
  await writeJson(file, { schema, keys: { ...before, ...keys } })
}
