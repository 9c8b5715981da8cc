import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { InputError } from '../../errors/index.js'
import { readJsonFile, sha256File } from '../../files/index.js'
import {
  type Attestation,
  attestationSchema,
  beaconSchema,
  type CeremonyFile,
  type Closing,
  ceremonyPaths,
  ceremonySchema,
  closingSchema,
} from './files.js'
import { type KeyParts, openKey, openTurn, type WholeKey } from './key-parts.js'

/** What the files of a ceremony's folder say, not yet checked against each other. */
export interface CeremonyState {
  folder: string
  file: CeremonyFile
  /** SHA-256 of `ceremony.json`. */
  hash: string
  instances: readonly string[]
  /** In order. */
  attestations: readonly Attestation[]
  closing: Closing | undefined
  beacon: { round: number; signature: string } | undefined
}

/**
 * Reads the small files of a ceremony.
 *
 * @throws {InputError} `CEREMONY_FOLDER` when it is none, or files are missing in between; what
 * `readJsonFile` throws
 */
export async function readCeremony(folder: string): Promise<CeremonyState> {
  const paths = ceremonyPaths(folder)
  if (!existsSync(paths.ceremony)) {
    throw new InputError('CEREMONY_FOLDER', 'has no ceremony.json', {
      where: folder,
      hint: 'Name the folder of a ceremony, which `plimsoll ceremony init` makes.',
    })
  }
  const file = await readJsonFile(paths.ceremony, ceremonySchema)
  const attestations: Attestation[] = []
  for (let number = 1; existsSync(paths.attestation(number)); number++) {
    attestations.push(await readJsonFile(paths.attestation(number), attestationSchema))
  }
  const state: CeremonyState = {
    folder,
    file,
    hash: await sha256File(paths.ceremony),
    instances: Object.keys(file.instances).sort(),
    attestations,
    closing: existsSync(paths.closing) ? await readJsonFile(paths.closing, closingSchema) : undefined,
    beacon: existsSync(paths.beacon) ? await readJsonFile(paths.beacon, beaconSchema) : undefined,
  }
  assertNothingElse(state)
  return state
}

/** Turns of an instance: one for each attestation, and the beacon's. */
export function turnCount({ attestations, beacon }: CeremonyState): number {
  return attestations.length + (beacon === undefined ? 0 : 1)
}

/** The initial key of an instance, and all its turns in order. */
export function openTurns(state: CeremonyState, instance: string): { initial: WholeKey; turns: KeyParts[] } {
  const paths = ceremonyPaths(state.folder)
  return {
    initial: openKey(paths.initial(instance)),
    turns: Array.from({ length: turnCount(state) }, (_, i) => openTurn(paths.turn(instance, i + 1))),
  }
}

/** The initial key of an instance, and its latest turn, which at first is the initial key itself. */
export function openLatest(state: CeremonyState, instance: string): { initial: WholeKey; latest: KeyParts } {
  const paths = ceremonyPaths(state.folder)
  const initial = openKey(paths.initial(instance))
  const count = turnCount(state)
  return { initial, latest: count === 0 ? initial : openTurn(paths.turn(instance, count)) }
}

/** Refuses turns and attestations that the others do not lead to: one in between was taken away. */
function assertNothingElse(state: CeremonyState): void {
  const { folder, attestations, instances } = state
  const paths = ceremonyPaths(folder)
  const known = new Set([
    ...attestations.map((_, i) => paths.attestation(i + 1)),
    ...instances.flatMap((name) =>
      Array.from({ length: turnCount(state) }, (_, i) => paths.turn(name, i + 1)),
    ),
  ])
  const places = [dirname(paths.attestation(1)), ...instances.map((name) => dirname(paths.turn(name, 1)))]
  for (const place of places) {
    for (const name of existsSync(place) ? readdirSync(place) : []) {
      if (!/^[0-9]+\.(turn|json)$/.test(name) || known.has(`${place}/${name}`)) continue
      throw new InputError('CEREMONY_FOLDER', 'belongs to no contribution that the folder records', {
        where: `${place}/${name}`,
        hint: 'Contributions are numbered without a gap, each with its attestation. Fetch the missing files, or the folder again.',
      })
    }
  }
}
