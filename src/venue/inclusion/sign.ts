import { createHash } from 'node:crypto'
import {
  DigestTree,
  type Inclusion,
  type InclusionStatement,
  inclusionSigned,
} from '../../inclusion/index.js'
import { provenSolvency } from '../proven-solvency.js'
import type { SigningKey } from '../signing-key.js'
import type { FoldedBooks } from './books.js'
import { type InclusionText, inclusionTexts, placeStarts } from './texts.js'

/** The signature over all inclusion files of an epoch. */
export interface SignedFiles {
  /** The text of a file with its signature. */
  finish(file: Pick<InclusionText, 'place' | 'text'>): string
}

/**
 * Signs all inclusion files of an epoch at once. A place that no account has gets a digest that nobody can
 * tell from one of a file, so that the tree does not say how many accounts there are.
 *
 * @throws {InputError} `EPOCH_UNFINISHED` when its solvency is not proven: where it cannot be, the epoch is
 * made anew under its name, and what was signed would contradict it
 */
export async function signFiles(books: FoldedBooks, key: SigningKey): Promise<SignedFiles> {
  provenSolvency(books.manifest)
  const places = placeStarts(books).at(-1)!
  const digests: Uint8Array[] = new Array(places)
  for await (const { place, text } of inclusionTexts(books)) {
    digests[place] = createHash('sha256').update(text).digest()
  }
  for (let place = 0; place < places; place++) digests[place] ??= books.secret.noFile(place)
  const tree = new DigestTree(digests)
  const { venue, epoch, riskRoot, parts } = books.manifest
  const statement: InclusionStatement = {
    ...{ venue, epoch, riskRoot },
    state: parts.ledger.state,
    accountsRoot: books.accountsRoot.toString(),
    files: tree.root,
  }
  const signature = await key.sign(inclusionSigned(statement))
  return {
    finish({ place, text }) {
      const signed: Inclusion['signed'] = { ...signature, ...tree.path(place) }
      return `${text.slice(0, -1)},"signed":${JSON.stringify(signed)}}`
    },
  }
}

/** What finishes a file: the signature where there is one, else nothing. */
export async function finisher(
  books: FoldedBooks,
  key: SigningKey | undefined,
): Promise<SignedFiles['finish']> {
  return key === undefined ? ({ text }) => text : (await signFiles(books, key)).finish
}
