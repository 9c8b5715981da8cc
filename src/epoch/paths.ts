/** Batches, or chunks, whose proofs lie in one folder. */
const BATCHES_OF_A_FOLDER = 1000

/** Where everything of an epoch lies, by paths below its folder. */
export const EPOCH_PATHS = {
  manifest: 'manifest.json',
  /** The venue's signature over the manifest, if there is one. */
  signature: 'signature.json',
  risk: 'risk.json',
  policy: 'policy.json',
  solvency: 'solvency.json',
  /** The proof of what addresses show, and the folder of the evidence that it is about. */
  backing: 'backing.json',
  reserves: 'reserves',
  /**
   * The folder of proofs of liquidations, one file a proof. They may come after the manifest, which does not
   * name them; each is named after its nullifier.
   */
  liquidations: 'liquidations',
  liquidation: (nullifier: bigint): string => `liquidations/${liquidationFile(nullifier)}`,
  /**
   * The folder of the proof that this epoch follows from the one before. It may come after the manifest,
   * which does not name it.
   */
  settlement: 'settlement',
  settlementFile: 'settlement/settlement.json',
  settlementProof: 'settlement/proof.json',
  /** The proof that indices pay no more interest than they charge, where they pay some. */
  settlementInterest: 'settlement/interest.json',
  /** The folder of chunks from 1,000 · `thousand` on. */
  chunks: (thousand: number) => `settlement/weigh/${thousand.toString().padStart(4, '0')}`,
  chunk: (index: number): string =>
    `${EPOCH_PATHS.chunks(Math.floor(index / BATCHES_OF_A_FOLDER))}/${batchFile(index)}`,
  settlementKeys: 'settlement/keys',
  settlementKey: (instance: string) => `settlement/keys/${instance}.json`,
  ledger: 'ledger',
  /** The folder of batches from 1,000 · `thousand` on. */
  batches: (thousand: number) => `ledger/${thousand.toString().padStart(4, '0')}`,
  batch: (index: number): string =>
    `${EPOCH_PATHS.batches(Math.floor(index / BATCHES_OF_A_FOLDER))}/${batchFile(index)}`,
  keys: 'keys',
  key: (instance: string) => `keys/${instance}.json`,
} as const

/** Files that desktops leave in folders. They are never part of an epoch. */
const CLUTTER = /^(?:\.DS_Store|\._.+|\.directory|Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i

/** Whether a name is that of a file which a desktop left: it may lie in an epoch and means nothing. */
export function isClutter(name: string): boolean {
  return CLUTTER.test(name)
}

/** Name of the proof of batch or chunk `index` in its folder. */
export function batchFile(index: number): string {
  return `${index.toString().padStart(7, '0')}.json`
}

/** Name of the proof of a liquidation: its nullifier, in hex. */
export function liquidationFile(nullifier: bigint): string {
  return `${nullifier.toString(16).padStart(64, '0')}.json`
}

/** Whether a name is one that the proof of a liquidation has. */
export function isLiquidationFile(name: string): boolean {
  return /^[0-9a-f]{64}\.json$/.test(name)
}

/**
 * Folders of proofs of so many batches, and the names of the files in each.
 *
 * @param folderOf the folder of each thousand: those of a ledger's batches, unless chunks are meant
 */
export function* batchFolders(
  batches: number,
  folderOf: (thousand: number) => string = EPOCH_PATHS.batches,
): Generator<{ folder: string; files: string[] }> {
  for (let start = 0; start < batches; start += BATCHES_OF_A_FOLDER) {
    const count = Math.min(BATCHES_OF_A_FOLDER, batches - start)
    const files = Array.from({ length: count }, (_, i) => batchFile(start + i))
    yield { folder: folderOf(start / BATCHES_OF_A_FOLDER), files }
  }
}
