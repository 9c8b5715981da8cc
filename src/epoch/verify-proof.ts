import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ArtifactError, EXIT, type ExitCode } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import { assertSoundKey, findInstance, verificationKeyHash, verificationKeySchema } from '../proving/index.js'
import { checkProofFile } from './proof-file.js'
import { proofFileSchema } from './schema.js'
import { type EpochCheck, type EpochReport, pinOf, type VerifyEpochOptions } from './verify.js'

/** What a verification of one proof file found. */
export type ProofReport = Pick<EpochReport, 'valid' | 'keyKind' | 'checks' | 'exitCode'> & {
  statement: string
  instance: string
  /** What the proof is about, in decimal. Whether these are the right values is for the reader to say. */
  signals: Record<string, string>
}

/**
 * Checks one proof of an epoch by itself, against its pinned key. That it is a link of a chain is for `verifyEpoch`.
 *
 * @throws {InputError} when the file is not a proof file.
 * @throws {ArtifactError} `KEY_UNPINNED`, `KEY_MISSING`, `KEY_UNSOUND`, `KEY_DEVELOPMENT`
 */
export async function verifyProofFile(
  path: string,
  options: Pick<VerifyEpochOptions, 'pins' | 'production'>,
): Promise<ProofReport> {
  const file = await readJsonFile(path, proofFileSchema)
  const pin = pinOf(options.pins, file.instance)
  if (pin === undefined) {
    throw new ArtifactError('KEY_UNPINNED', `the key of ${file.instance} is not pinned`, {
      hint: "Take the venue's pins from a source that you trust and pass them with --pins.",
    })
  }
  if (options.production && pin.keyKind !== 'ceremony') {
    throw new ArtifactError('KEY_DEVELOPMENT', 'made with a development key, which its maker can forge with')
  }
  const key = await readJsonFile(keyBeside(path, file.instance), verificationKeySchema)
  if (verificationKeyHash(key) !== pin.keyHash || file.keyHash !== pin.keyHash) {
    throw new ArtifactError('KEY_UNPINNED', `the key of ${file.instance} is not the pinned one`)
  }
  await assertSoundKey(key)
  const right = findInstance(file.instance).statement === file.statement
  const { ok, detail } = right
    ? await checkProofFile(file, key)
    : { ok: false, detail: `${file.instance} does not prove ${file.statement}` }
  const checks: EpochCheck[] = [{ id: 'proof', ok, detail }]
  return {
    valid: ok,
    statement: file.statement,
    instance: file.instance,
    signals: file.signals,
    keyKind: pin.keyKind,
    checks,
    exitCode: (ok ? EXIT.ok : EXIT.invalid) satisfies ExitCode,
  }
}

/** The epoch's own copy of the key: in `keys/` beside the proof, or one folder up. */
function keyBeside(path: string, instance: string): string {
  const places = ['keys', '../keys'].map((folder) => join(dirname(path), folder, `${instance}.json`))
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new ArtifactError('KEY_MISSING', `no key of ${instance} lies beside the proof`, {
    hint: 'Check the proof inside its epoch folder.',
  })
}
