import { Checks, type Found, fail, passed, placeOf, readJsonFrom, type Source } from '../../bundle/index.js'
import { InputError } from '../../errors/index.js'
import { MAX_TEXT_BYTES } from '../../schema/index.js'
import { batchCount } from '../batches.js'
import { evidencePaths } from '../evidence-source.js'
import type { Manifest } from '../manifest-schema.js'
import { batchFolders, EPOCH_PATHS, isClutter, isLiquidationFile } from '../paths.js'
import { settlementSchema } from '../settlement/file.js'
import { settlementFolders } from '../settlement/folders.js'
import { unknownParts, usedInstances, type Verification } from './verification.js'

/** What a folder must hold, and what it may. */
export interface Wanted {
  folder: string
  names: readonly string[]
  optional?: readonly string[]
}

/** Names that are missing or foreign before the rest is not looked for. */
const MOST_FAULTS = 1000

export const WHOLE_FOLDER = { todo: 'Take the whole folder as the venue published it.' }

/** The source must hold exactly what the manifest lists, beside what is of parts that are not known here. */
export async function verifyFiles({
  source,
  manifest,
}: Pick<Verification, 'source' | 'manifest'>): Promise<Found<true>> {
  const faults = keysAreThoseOf(manifest) ? [] : ['the manifest has keys that no proof uses, or lacks one']
  return compareFolders(source, wantedOf(manifest), { by: 'the manifest', faults })
}

/**
 * Compares what lies in folders with what has to, where a source can be listed.
 *
 * @param told.by what names the files, in words
 * @param told.faults what else is wrong with what names them
 */
export async function compareFolders(
  source: Source,
  wanted: Iterable<Wanted>,
  told: { by: string; faults: readonly string[] },
): Promise<Found<true>> {
  const [missing, foreign, ignored]: [string[], string[], string[]] = [[], [], []]
  let count = 0
  for (const { folder, names, optional = [] } of source.list ? wanted : []) {
    const prefix = folder === '' ? '' : `${folder}/`
    const entries =
      (await source.list!(folder).catch(() => undefined)) ?? fail(`${placeOf(source, folder)} cannot be read`)
    const there = new Map(entries.map((entry) => [entry.name, entry]))
    for (const name of names) if (!there.delete(name)) missing.push(prefix + name)
    for (const name of optional) there.delete(name)
    for (const [name, entry] of there) {
      const list = isClutter(name) && entry.isFile ? ignored : foreign
      list.push(prefix + name)
    }
    count += names.length
    if (missing.length + foreign.length > MOST_FAULTS) break
  }
  const faults = [
    ...(missing.length > 0 ? [`missing: ${some(missing)}`] : []),
    ...(foreign.length > 0 ? [`not of the epoch: ${some(foreign)}`] : []),
    ...told.faults,
  ]
  if (faults.length > 0) fail(faults.join('; '), WHOLE_FOLDER)
  if (source.list === undefined)
    return passed(`as ${told.by} names them; an address cannot say what else lies there`)
  const note = ignored.length > 0 ? `; ignored, as a desktop leaves them: ${some(ignored)}` : ''
  return passed(`${count} entries, all accounted for${note}`)
}

/**
 * Paths of all files of an epoch that this version knows the parts of.
 *
 * @throws {InputError} `EPOCH_FILES` when one is missing or foreign, or of a part that is not known
 */
export async function epochFiles(source: Source, manifest: Manifest): Promise<string[]> {
  const refuse: (message: string) => never = (message) => {
    throw new InputError('EPOCH_FILES', message, {
      where: source.name,
      hint: 'Take the epoch as it was proven, and nothing beside it.',
    })
  }
  const [other] = unknownParts(manifest)
  if (other !== undefined) refuse(`has the part ${other}, which this version does not know`)
  const checks = new Checks(undefined)
  await checks.run('files', () => verifyFiles({ source, manifest }))
  if (!checks.valid) refuse(checks.list[0]!.detail)
  const folders = new Set<string>()
  const paths = new Set<string>()
  for (const { folder, names } of wantedOf(manifest)) {
    folders.add(folder)
    for (const name of names) paths.add(folder === '' ? name : `${folder}/${name}`)
  }
  if (manifest.parts.backing !== undefined) {
    folders.add(EPOCH_PATHS.reserves)
    for (const path of await evidencePaths(source)) paths.add(`${EPOCH_PATHS.reserves}/${path}`)
  }
  const { liquidations } = EPOCH_PATHS
  for (const { name, isFile } of (await source.list?.(liquidations)) ?? []) {
    if (isFile && isClutter(name)) continue
    if (!isLiquidationFile(name)) refuse(`has in ${liquidations} what is not the proof of a liquidation`)
    paths.add(`${liquidations}/${name}`)
  }
  for (const path of await settlementPaths(source, refuse)) paths.add(path)
  const signed = await source.read(EPOCH_PATHS.signature, MAX_TEXT_BYTES)
  if (signed !== undefined) paths.add(EPOCH_PATHS.signature)
  return [...paths].filter((path) => !folders.has(path))
}

/** Paths of all files of a settlement; none where there is no settlement. */
async function settlementPaths(source: Source, refuse: (message: string) => never): Promise<string[]> {
  const { settlement: folder, settlementFile } = EPOCH_PATHS
  const there = (await source.list?.(folder)) ?? []
  if (there.every(({ name, isFile }) => isFile && isClutter(name))) return []
  const file = await readJsonFrom(source, settlementFile, settlementSchema)
  const checks = new Checks(undefined)
  const told = { by: settlementFile, faults: [] }
  await checks.run('settlement', () => compareFolders(source, settlementFolders(file), told))
  if (!checks.valid) refuse(checks.list[0]!.detail)
  const wanted = [...settlementFolders(file)]
  const folders = new Set(wanted.map((one) => one.folder))
  return wanted
    .flatMap((one) => one.names.map((name) => `${one.folder}/${name}`))
    .filter((path) => !folders.has(path))
}

function* wantedOf(manifest: Manifest): Generator<Wanted> {
  const { ledger, solvency, backing } = manifest.parts
  const proven = [
    ...(solvency ? [EPOCH_PATHS.policy, EPOCH_PATHS.solvency] : []),
    // What lies in the folder of the evidence, the check of the evidence compares.
    ...(backing ? [EPOCH_PATHS.backing, EPOCH_PATHS.reserves] : []),
  ]
  const others = unknownParts(manifest)
  const used = usedInstances(manifest)
  const batches = batchCount(ledger.batches)
  yield {
    folder: '',
    names: [EPOCH_PATHS.keys, EPOCH_PATHS.ledger, EPOCH_PATHS.manifest, EPOCH_PATHS.risk, ...proven],
    optional: [
      EPOCH_PATHS.signature,
      EPOCH_PATHS.liquidations,
      EPOCH_PATHS.settlement,
      ...others.flatMap((name) => [name, `${name}.json`]),
    ],
  }
  yield {
    folder: EPOCH_PATHS.keys,
    names: used.map(keyFile),
    // A key that no proof uses is of a part that is not known here: without one, the manifest names none.
    optional: Object.keys(manifest.keys).map(keyFile),
  }
  yield {
    folder: EPOCH_PATHS.ledger,
    names: Array.from(batchFolders(batches), ({ folder }) => folder.slice(EPOCH_PATHS.ledger.length + 1)),
  }
  for (const { folder, files } of batchFolders(batches)) yield { folder, names: files }
}

const keyFile = (instance: string): string => `${instance}.json`

/** Whether the manifest names the keys of all proofs, and others only beside parts not known here. */
function keysAreThoseOf(manifest: Manifest): boolean {
  const used = usedInstances(manifest)
  const named = Object.keys(manifest.keys)
  return (
    used.every((name) => named.includes(name)) &&
    (named.length === used.length || unknownParts(manifest).length > 0)
  )
}

/** The first few of many names. */
function some(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
}
