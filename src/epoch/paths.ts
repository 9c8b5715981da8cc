import { join } from 'node:path'

/** Where everything of an epoch lies. Public: the folder itself. Private: a folder beside it. */
export function epochLayout(folder: string) {
  return {
    folder,
    manifest: join(folder, 'manifest.json'),
    risk: join(folder, 'risk.json'),
    policy: join(folder, 'policy.json'),
    solvency: join(folder, 'solvency.json'),
    ledger: join(folder, 'ledger'),
    batch: (index: number) => join(folder, 'ledger', batchFile(index)),
    keys: join(folder, 'keys'),
    key: (instance: string) => join(folder, 'keys', `${instance}.json`),
  }
}

/** What desktops leave in any folder that they show. No reader takes it for a part of an epoch. */
const CLUTTER = /^(?:\.DS_Store|\._.+|\.directory|Thumbs\.db|ehthumbs\.db|desktop\.ini)$/i

/** Whether a name is that of a file which a desktop left: it may lie in an epoch and means nothing. */
export function isClutter(name: string): boolean {
  return CLUTTER.test(name)
}

/** Name of the proof of batch `index`. */
export function batchFile(index: number): string {
  return `${index.toString().padStart(5, '0')}.json`
}
