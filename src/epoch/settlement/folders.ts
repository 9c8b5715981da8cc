import { batchCount } from '../batches.js'
import { batchFolders, EPOCH_PATHS } from '../paths.js'
import type { Wanted } from '../verify/files.js'
import type { Settlement } from './file.js'

/** Every instance that a proof of a settlement names, once. */
export function settlementInstances({ chunks, instance, interest }: Settlement): string[] {
  const all = [...chunks.map((run) => run.instance), instance, ...(interest === undefined ? [] : [interest])]
  return [...new Set(all)].sort()
}

/** What the folder of a settlement has to hold, folder by folder. */
export function* settlementFolders(settlement: Settlement): Generator<Wanted> {
  const below = (path: string, folder: string) => path.slice(folder.length + 1)
  const {
    settlement: folder,
    settlementFile,
    settlementProof,
    settlementInterest,
    settlementKeys,
  } = EPOCH_PATHS
  const chunks = batchCount(settlement.chunks)
  const thousands = Array.from(batchFolders(chunks, EPOCH_PATHS.chunks), (one) => one.folder)
  const weighed = 'weigh'
  yield {
    folder,
    names: [
      below(settlementFile, folder),
      below(settlementProof, folder),
      ...(settlement.interest === undefined ? [] : [below(settlementInterest, folder)]),
      below(settlementKeys, folder),
      weighed,
    ],
  }
  yield {
    folder: settlementKeys,
    names: settlementInstances(settlement).map((name) =>
      below(EPOCH_PATHS.settlementKey(name), settlementKeys),
    ),
  }
  yield {
    folder: `${folder}/${weighed}`,
    names: thousands.map((path) => below(path, `${folder}/${weighed}`)),
  }
  for (const { folder: of, files } of batchFolders(chunks, EPOCH_PATHS.chunks))
    yield { folder: of, names: files }
}
