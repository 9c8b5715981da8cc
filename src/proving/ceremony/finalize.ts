import { rename } from 'node:fs/promises'
import { ArtifactError } from '../../errors/index.js'
import { removeOnExit, sha256File, writeJson } from '../../files/index.js'
import { type ArtifactOptions, type Artifacts, installCeremonyKey } from '../artifacts.js'
import { writePieces } from './contribute.js'
import { ceremonyPaths, type Transcript } from './files.js'
import { keyBytes } from './key-parts.js'
import { type CeremonyState, openLatest, readCeremony } from './read.js'
import type { CeremonyReport } from './verify.js'

/**
 * Writes what a ceremony that was verified came to: its transcript, and the final key of each instance.
 *
 * @param report of `verifyCeremony` on this folder
 * @returns the paths of the final keys, by instance
 * @throws {ArtifactError} `CEREMONY_INVALID`, `CEREMONY_CHANGED`
 * @throws {InputError} `FILE_ACCESS`
 */
export async function finalizeCeremony(
  folder: string,
  report: CeremonyReport,
): Promise<Record<string, string>> {
  const { transcript } = assertValid(folder, report)
  const state = await readCeremony(folder)
  const paths = ceremonyPaths(folder)
  const keys: Record<string, string> = {}
  for (const name of state.instances) {
    const path = paths.final(name)
    await withFinalKey(state, name, transcript, (temporary) => rename(temporary, path))
    keys[name] = path
  }
  await writeJson(paths.transcript, transcript)
  return keys
}

/**
 * Keeps the final keys of a ceremony that was verified in this machine's cache, compiled circuits with them:
 * proofs are made with them from now on.
 *
 * @throws {ArtifactError} `CEREMONY_INVALID`, `CEREMONY_CHANGED`, what `installCeremonyKey` throws
 */
export async function installCeremony(
  folder: string,
  report: CeremonyReport,
  options: ArtifactOptions = {},
): Promise<Artifacts[]> {
  const { transcript, pins } = assertValid(folder, report)
  const state = await readCeremony(folder)
  const installed: Artifacts[] = []
  for (const name of state.instances) {
    const ceremony = pins[name]!.ceremony!
    await withFinalKey(state, name, transcript, async (temporary) => {
      options.onProgress?.(`compiling ${name}`)
      installed.push(await installCeremonyKey(name, temporary, { transcript, ceremony }, options))
    })
  }
  return installed
}

/**
 * Puts an instance's final key together in a file, which is gone after some work with it.
 *
 * @throws {ArtifactError} `CEREMONY_CHANGED` when it is not the one that was verified
 */
async function withFinalKey(
  state: CeremonyState,
  name: string,
  { keys }: Transcript,
  work: (temporary: string) => Promise<void>,
): Promise<void> {
  const { initial, latest } = openLatest(state, name)
  const path = ceremonyPaths(state.folder).final(name)
  const temporary = `${path}.${process.pid}.tmp`
  const discard = removeOnExit(temporary)
  try {
    writePieces(temporary, keyBytes(initial, latest))
    if ((await sha256File(temporary)) !== keys[name]?.provingKey) {
      throw new ArtifactError('CEREMONY_CHANGED', 'changed since it was verified', {
        where: state.folder,
        hint: 'Verify the folder again, while nothing writes to it.',
      })
    }
    await work(temporary)
  } finally {
    discard()
  }
}

function assertValid(
  folder: string,
  { valid, transcript, pins }: CeremonyReport,
): Required<Pick<CeremonyReport, 'transcript' | 'pins'>> {
  if (valid && transcript !== undefined && pins !== undefined) return { transcript, pins }
  throw new ArtifactError('CEREMONY_INVALID', 'was not verified: its keys may not be used', { where: folder })
}
