import { rename } from 'node:fs/promises'
import { ArtifactError } from '../../errors/index.js'
import { removeOnExit, writeJson } from '../../files/index.js'
import { type ArtifactOptions, type Artifacts, installCeremonyKey } from '../artifacts.js'
import { writePieces } from './contribute.js'
import { ceremonyPaths } from './files.js'
import { keyBytes } from './key-parts.js'
import { openLatest, readCeremony } from './read.js'
import type { CeremonyReport } from './verify.js'

/**
 * Writes what a ceremony that was verified came to: its transcript, and the final key of each instance.
 *
 * @param report of `verifyCeremony` on this folder
 * @returns the paths of the final keys, by instance
 * @throws {ArtifactError} `CEREMONY_INVALID`
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
    const { initial, latest } = openLatest(state, name)
    const path = paths.final(name)
    const temporary = `${path}.${process.pid}.tmp`
    const discard = removeOnExit(temporary)
    try {
      writePieces(temporary, keyBytes(initial, latest))
      await rename(temporary, path)
    } finally {
      discard()
    }
    keys[name] = path
  }
  await writeJson(paths.transcript, transcript)
  return keys
}

/**
 * Keeps the final keys of a ceremony that was verified in this machine's cache, compiled circuits with them:
 * proofs are made with them from now on.
 *
 * @throws {ArtifactError} `CEREMONY_INVALID`, what `installCeremonyKey` throws
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
    const { initial, latest } = openLatest(state, name)
    const temporary = `${ceremonyPaths(folder).final(name)}.${process.pid}.tmp`
    const discard = removeOnExit(temporary)
    try {
      options.onProgress?.(`compiling ${name}`)
      writePieces(temporary, keyBytes(initial, latest))
      const { ceremony } = pins[name]!
      installed.push(await installCeremonyKey(name, temporary, { transcript, ceremony: ceremony! }, options))
    } finally {
      discard()
    }
  }
  return installed
}

function assertValid(
  folder: string,
  { valid, transcript, pins }: CeremonyReport,
): Required<Pick<CeremonyReport, 'transcript' | 'pins'>> {
  if (valid && transcript !== undefined && pins !== undefined) return { transcript, pins }
  throw new ArtifactError('CEREMONY_INVALID', 'was not verified: its keys may not be used', { where: folder })
}
