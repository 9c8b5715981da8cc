import { MAX_UNPACKED, placeOf, type Source } from '../bundle/index.js'
import { type EvidenceFolder, RESERVES_PATHS } from '../reserves/index.js'
import { EPOCH_PATHS, isClutter } from './paths.js'

/**
 * Evidence that lies in a source as it is, or in the epoch that the source is.
 *
 * @throws {InputError} what the source throws
 */
export async function evidenceIn(source: Source): Promise<EvidenceFolder> {
  const isItself = (await source.read(RESERVES_PATHS.challenge, MAX_UNPACKED)) !== undefined
  return evidenceOf(source, isItself ? '' : EPOCH_PATHS.reserves)
}

/** The evidence of an epoch, wherever the epoch comes from; or in another folder of the source. */
export function evidenceOf(source: Source, folder: string = EPOCH_PATHS.reserves): EvidenceFolder {
  return {
    name: folder === '' ? source.name : placeOf(source, folder),
    async open(path) {
      const place = folder === '' ? path : `${folder}/${path}`
      if (source.stream) return source.stream(place)
      const bytes = await source.read(place, MAX_UNPACKED)
      return bytes && whole(bytes)
    },
    // An address cannot say what else lies there.
    list: async () => (source.list ? evidencePaths(source, '', folder) : []),
  }
}

/** Paths of all files of the evidence below its folder, in rising order; what a desktop left is none. */
export async function evidencePaths(
  source: Pick<Source, 'list'>,
  inside = '',
  folder: string = EPOCH_PATHS.reserves,
): Promise<string[]> {
  const prefix = inside === '' ? '' : `${inside}/`
  const entries = (await source.list?.([folder, inside].filter((part) => part !== '').join('/'))) ?? []
  const paths = await Promise.all(
    entries
      .filter(({ name, isFile }) => !(isFile && isClutter(name)))
      .map(({ name, isFile }) => (isFile ? [prefix + name] : evidencePaths(source, prefix + name, folder))),
  )
  return paths.flat().sort()
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
