import {
  type Found,
  fail,
  MAX_UNPACKED,
  passed,
  placeOf,
  readTextIfThere,
  type Source,
} from '../bundle/index.js'
import {
  batchFolders,
  differentBooks,
  EPOCH_PATHS,
  isClutter,
  type LiquidationProof,
  type Manifest,
  openEpoch,
  parseLiquidation,
  parseSettlement,
  readManifest,
  targetWords,
  type VerifyEpochOptions,
  verifyLiquidations,
} from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { someOf } from '../risk/index.js'
import { MAX_TEXT_BYTES } from '../schema/index.js'
import { REASONS } from '../statements/index.js'

/** Files of a source that can be listed, below a folder. */
async function filesIn(source: Source, folder = '', depth = 0): Promise<string[]> {
  const entries = (await source.list!(folder)) ?? []
  const files: string[] = []
  for (const { name, isFile } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? name : `${folder}/${name}`
    if (!isFile && depth < MAX_DEPTH) files.push(...(await filesIn(source, path, depth + 1)))
    else if (!isClutter(name)) files.push(path)
  }
  return files
}

/** An epoch has files two folders deep. */
const MAX_DEPTH = 4

const KEY_NAME = /^[A-Za-z0-9-]+$/

/** Files that a manifest names, for a source that cannot be listed. */
function filesOf({ parts, keys }: Manifest): string[] {
  const batches = parts.ledger.batches.reduce((sum, { count }) => sum + count, 0)
  return [
    ...[EPOCH_PATHS.manifest, EPOCH_PATHS.risk, EPOCH_PATHS.signature, EPOCH_PATHS.settlementFile],
    ...(parts.solvency ? [EPOCH_PATHS.policy] : []),
    ...Object.keys(parts).flatMap((name) => (name === 'ledger' ? [] : [`${name}.json`])),
    // A name in a manifest can be any text, and leads to no other file here.
    ...Object.keys(keys).flatMap((name) => (KEY_NAME.test(name) ? [EPOCH_PATHS.key(name)] : [])),
    ...Array.from(batchFolders(batches), ({ folder, files }) =>
      files.map((file) => `${folder}/${file}`),
    ).flat(),
  ]
}

/**
 * Compares what was audited with another copy, and fails with the first difference: the manifest's, then by
 * path. A copy for another target differs in its manifest by that alone, and in what is made for the target:
 * it is verified as well, since nothing here is its proof of solvency, nor of its liquidations. Rows of its
 * settlement are the same.
 */
export async function compareCopies(
  one: Source,
  manifest: Manifest,
  { copy, trust }: { copy: Source; trust: VerifyEpochOptions },
): Promise<Found<true>> {
  const other = await readManifest(copy).catch((error: unknown) => {
    // Its bytes are compared all the same.
    if (error instanceof InputError) return undefined
    throw error
  })
  if (other === undefined || targetWords(other) === targetWords(manifest)) {
    return passed(await filesAlike(one, copy, manifest))
  }
  const fields = differentBooks(manifest, other)
  if (fields.length > 0) {
    fail(
      `manifest.json: the copy is for ${targetWords(other)}, and not of the same books: ${someOf(fields)}`,
      { todo: TWO_COPIES },
    )
  }
  const alike = await filesAlike(one, copy, manifest, (path) => PER_TARGET.includes(path) || comesLater(path))
  const { report, read } = await openEpoch(copy, trust)
  const liquidations = await verifyLiquidations(copy, read, trust)
  const later = liquidations?.checks ?? []
  const failed = [...report.checks, ...later]
    .filter(({ valid }) => !valid)
    .map(({ id, detail }) => `${id}: ${detail}`)
  if (!report.valid || later.some(({ valid }) => !valid)) {
    fail(`the copy, for ${targetWords(other)}, is not valid: ${someOf(failed)}`)
  }
  await assertMovedAlike(one, liquidations?.proofs ?? [])
  await assertSettledAlike(one, copy)
  return passed(
    `the same books for two targets: ${targetWords(manifest)} here, ${targetWords(other)} there, where all of it verifies, too; ${alike}`,
  )
}

/** A leaf is liquidated once: where it has a proof for each target, both are of one movement. */
export async function assertMovedAlike(one: Source, proofs: readonly LiquidationProof[]): Promise<void> {
  for (const { proof } of proofs) {
    const path = EPOCH_PATHS.liquidation(BigInt(proof.signals.nullifier!))
    const text = await readTextIfThere(one, path)
    if (text === undefined) continue
    const own = parseLiquidation(text, placeOf(one, path)).proof.signals
    if (own.movement !== proof.signals.movement) {
      fail(`${path}: the copy commits to another movement of the same account`, { todo: TWO_COPIES })
    }
  }
}

/** Rows of a customer are the same for every target: each is shown rows under one root for each reason. */
export async function assertSettledAlike(one: Source, copy: Source): Promise<void> {
  const path = EPOCH_PATHS.settlementFile
  const [own, other] = await Promise.all(
    [one, copy].map(async (source) => {
      const text = await readTextIfThere(source, path)
      return text === undefined ? undefined : parseSettlement(text, placeOf(source, path))
    }),
  )
  if (!own || !other) return
  const differ = REASONS.filter((reason) => own.roots[reason] !== other.roots[reason])
  if (differ.length > 0)
    fail(`${path}: the copy has other rows of ${differ.join(', ')}`, { todo: TWO_COPIES })
}

/** Files that the manifest does not name, and that one copy can have before another. */
const comesLater = (path: string): boolean =>
  [EPOCH_PATHS.liquidations, EPOCH_PATHS.settlement].some((folder) => path.startsWith(`${folder}/`))

/** Files that are made for one target. */
const PER_TARGET: readonly string[] = [
  EPOCH_PATHS.manifest,
  EPOCH_PATHS.solvency,
  EPOCH_PATHS.backing,
  EPOCH_PATHS.signature,
]

/**
 * Compares the files of two copies byte by byte.
 *
 * @param isOwn which files each copy has its own of
 * @returns how many are alike, in words
 */
async function filesAlike(
  one: Source,
  other: Source,
  manifest: Manifest,
  isOwn: (path: string) => boolean = () => false,
): Promise<string> {
  const lists = await Promise.all(
    [one, other].map((source) => (source.list ? filesIn(source) : filesOf(manifest))),
  )
  let later = 0
  const paths = [...new Set([EPOCH_PATHS.manifest, ...lists.flat().sort()])].filter((path) => !isOwn(path))
  for (const path of paths) {
    const most = path.startsWith(`${EPOCH_PATHS.reserves}/`) ? MAX_UNPACKED : MAX_TEXT_BYTES
    const [a, b] = await Promise.all([one.read(path, most), other.read(path, most)])
    if (a === undefined && b === undefined) continue
    // Proofs of liquidations come one after the other, and a settlement after all: the later copy has more.
    if (comesLater(path) && (a === undefined || b === undefined)) {
      later++
      continue
    }
    if (a === undefined || b === undefined)
      fail(`${path}: only ${b === undefined ? 'this one has it' : 'the copy has it'}`)
    const at = firstDifference(a, b)
    if (at !== undefined) fail(`${path}: ${placeIn(a.length < b.length ? b : a, at)}`, { todo: TWO_COPIES })
  }
  const all = one.list && other.list ? '' : '; an address cannot say what else lies there'
  const more = later === 0 ? '' : `; of liquidations and settlement, ${later} in one copy alone`
  return `${paths.length - later} files, all of them alike${more}${all}`
}

const TWO_COPIES =
  'A venue that shows two epochs under one name contradicts itself: keep both copies, and ask who else has which.'

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i
  return a.length === b.length ? undefined : length
}

function placeIn(bytes: Uint8Array, at: number): string {
  let line = 1
  let start = 0
  for (let i = 0; i < at; i++) {
    if (bytes[i] !== 0x0a) continue
    line++
    start = i + 1
  }
  return `the first difference is in line ${line}, byte ${at - start + 1} of it`
}
