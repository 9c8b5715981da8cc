import { MAX_UNPACKED, placeOf, type Source } from '../bundle/index.js'
import type { EvidenceFolder } from '../reserves/index.js'
import { EPOCH_PATHS, isClutter } from './paths.js'

/** The evidence of an epoch, wherever the epoch comes from. */
export function evidenceOf(source: Source): EvidenceFolder {
  return {
    name: placeOf(source, EPOCH_PATHS.reserves),
    async open(path) {
      const place = `${EPOCH_PATHS.reserves}/${path}`
      if (source.stream) return source.stream(place)
      const bytes = await source.read(place, MAX_UNPACKED)
      return bytes && whole(bytes)
    },
    // An address cannot say what else lies there.
    list: async () => (source.list ? evidencePaths(source) : []),
  }
}

/** Paths of all files of the evidence below its folder, in rising order; what a desktop left is none. */
export async function evidencePaths(source: Pick<Source, 'list'>, inside = ''): Promise<string[]> {
  const prefix = inside === '' ? '' : `${inside}/`
  const entries = (await source.list?.(`${EPOCH_PATHS.reserves}/${inside}`.replace(/\/$/, ''))) ?? []
  const paths = await Promise.all(
    entries
      .filter(({ name, isFile }) => !(isFile && isClutter(name)))
      .map(({ name, isFile }) => (isFile ? [prefix + name] : evidencePaths(source, prefix + name))),
  )
  return paths.flat().sort()
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
