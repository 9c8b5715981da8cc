/** Where everything of an epoch lies, by paths below its folder. */
export const EPOCH_PATHS = {
  manifest: 'manifest.json',
  risk: 'risk.json',
  policy: 'policy.json',
  solvency: 'solvency.json',
  ledger: 'ledger',
  batch: (index: number) => `ledger/${batchFile(index)}`,
  keys: 'keys',
  key: (instance: string) => `keys/${instance}.json`,
} as const

/** Files that desktops leave in folders. They are never part of an epoch. */
const CLUTTER = /^(?:\.DS_Store|\._.+|\.directory|Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i

/** Whether a name is that of a file which a desktop left: it may lie in an epoch and means nothing. */
export function isClutter(name: string): boolean {
  return CLUTTER.test(name)
}

/** Name of the proof of batch `index`. */
export function batchFile(index: number): string {
  return `${index.toString().padStart(5, '0')}.json`
}
