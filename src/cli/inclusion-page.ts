import { assertReplaceable, readTextFile, writeFileAtomic } from '../files/index.js'
import { fillPage } from '../inclusion/index.js'
import { sha256Text } from '../schema/index.js'
import { pageText } from './page.js'

/** Largest archive that is put into the page itself, in bytes: it grows by a third there. */
const MAX_EMBEDDED = 24 * 1024 * 1024

export interface InclusionPageOptions {
  /** The page to write. */
  out: string
  archive: Uint8Array
  /** Name of the archive, which lies beside the page. */
  name: string
  /** Files of the pins that the page is to carry, and of what the venue shows. */
  pins?: string
  openings?: string
  /** Whether another page may be replaced. */
  force?: boolean
}

/** A page that was written. */
export interface InclusionPage {
  page: string
  /** Of its bytes. */
  sha256: string
  /** Whether the epoch is in it, so that it needs no file beside it. */
  carriesEpoch: boolean
}

/**
 * Writes the page with which the customers of an epoch check that they are counted. The same epoch, pins and
 * disclosure give the same bytes.
 *
 * @throws {InputError} `FILE_EXISTS`
 */
export async function writeInclusionPage(options: InclusionPageOptions): Promise<InclusionPage> {
  const { out, archive, name, pins, openings, force = false } = options
  const carriesEpoch = archive.length <= MAX_EMBEDDED
  const epoch = { name, base64: Buffer.from(archive).toString('base64') }
  const text = fillPage(await pageText('inclusion'), {
    ...(carriesEpoch ? { epoch } : { beside: name }),
    ...(pins === undefined ? {} : { pins: { name: 'pins.json', text: await readTextFile(pins) } }),
    ...(openings === undefined
      ? {}
      : { openings: { name: 'openings.json', text: await readTextFile(openings) } }),
  })
  if (!force) await assertReplaceable(out, text)
  await writeFileAtomic(out, text)
  return { page: out, sha256: sha256Text(text), carriesEpoch }
}
