import { ProofError } from '../errors/index.js'
import { decodeText, joinBytes, MAX_TEXT_BYTES, tooLarge } from '../schema/index.js'
import type { EvidenceFolder } from './folder.js'

/** Name of a file of evidence in messages. */
export function placeIn({ name }: Pick<EvidenceFolder, 'name'>, path: string): string {
  return name === '' ? path : `${name.replace(/\/+$/, '')}/${path}`
}

/**
 * The bytes of a file of evidence, or `undefined` when there is none.
 *
 * @throws {InputError} `JSON_SIZE` for more bytes than are allowed, before they are kept; `FILE_ACCESS`
 */
export async function bytesIn(
  folder: EvidenceFolder,
  path: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const pieces = await folder.open(path)
  if (pieces === undefined) return undefined
  const parts: Uint8Array[] = []
  let length = 0
  for await (const piece of pieces) {
    length += piece.length
    if (length > maxBytes) throw tooLarge(maxBytes, placeIn(folder, path))
    parts.push(piece)
  }
  return joinBytes(parts)
}

/** The text of a file of evidence, or `undefined` when there is none. */
export async function textIn(folder: EvidenceFolder, path: string): Promise<string | undefined> {
  const bytes = await bytesIn(folder, path, MAX_TEXT_BYTES)
  return bytes && decodeText(bytes, placeIn(folder, path))
}

/**
 * The same for a file that has to be there.
 *
 * @throws {ProofError} `RESERVES_MISSING`
 */
export async function neededText(folder: EvidenceFolder, path: string): Promise<string> {
  const text = await textIn(folder, path)
  if (text !== undefined) return text
  throw missingFile(folder, path)
}

/** The error for a file that has to be there. */
export function missingFile(folder: EvidenceFolder, path: string): ProofError {
  return new ProofError('RESERVES_MISSING', 'evidence without this file shows nothing', {
    where: placeIn(folder, path),
    hint: 'Collect the evidence again.',
  })
}
