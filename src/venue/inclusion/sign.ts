import { createHash } from 'node:crypto'
import { Spool } from '../../files/index.js'
import {
  DigestTree,
  type Inclusion,
  type InclusionStatement,
  inclusionSigned,
} from '../../inclusion/index.js'
import { provenSolvency } from '../proven-solvency.js'
import type { SigningKey } from '../signing-key.js'
import type { BooksOfEpoch, FoldedBooks } from './books.js'
import { readMovements, withMovement } from './movements.js'
import { AccountSteps, withSteps } from './steps.js'
import { type InclusionText, inclusionTexts, placeStarts } from './texts.js'

const DIGEST_BYTES = 32

/** An inclusion file as its customer gets it. Private. */
export interface FinishedFile {
  /** The account's identifier. */
  account: string
  text: string
}

/** The text of a file with its signature. */
type Sign = (place: number, text: string) => string

/** What a file is finished with. */
export type Finish = Pick<BooksOfEpoch, 'key' | 'before'>

/**
 * The inclusion files of all accounts, signed where there is a key, with what opens a liquidation where the
 * epoch has its proof, and with the statement of account where epochs before are given. Each is made once:
 * those that wait for the signature lie in the private folder, under no name.
 *
 * @throws {InputError} what `signFiles` and `AccountSteps.open` throw
 */
export async function* finishedFiles(
  books: FoldedBooks,
  { key, before }: Finish,
): AsyncGenerator<FinishedFile, void, undefined> {
  const moved = await readMovements(books)
  const steps = before && (await AccountSteps.open(books, before))
  try {
    for await (const { account, text } of signedFiles(books, key)) {
      yield { account, text: withSteps(withMovement(text, moved.get(account)), steps?.of(account)) }
    }
  } finally {
    steps?.close()
  }
}

async function* signedFiles(
  books: FoldedBooks,
  key: SigningKey | undefined,
): AsyncGenerator<FinishedFile, void, undefined> {
  if (key === undefined) {
    for await (const { account, text } of inclusionTexts(books)) yield { account: account.id, text }
    return
  }
  const spool = Spool.open(books.privateFolder)
  try {
    const sign = await signFiles(books, key, ({ account, place }, text) => {
      spool.add(Buffer.from(JSON.stringify([place, account.id])))
      spool.add(text)
    })
    let of: [place: number, account: string] | undefined
    for (const record of spool.records()) {
      const text = Buffer.from(record.buffer, record.byteOffset, record.length).toString()
      if (of === undefined) {
        of = JSON.parse(text)
        continue
      }
      const [place, account] = of
      of = undefined
      yield { account, text: sign(place, text) }
    }
  } finally {
    spool.close()
  }
}

/** The inclusion file of one account, as `finishedFiles` makes it; `undefined` for none of the ledger. */
export async function finishedFile(
  books: FoldedBooks,
  { key, before }: Finish,
  account: string,
): Promise<string | undefined> {
  for await (const { place, text } of inclusionTexts(books, account)) {
    const signed = key === undefined ? text : (await signFiles(books, key))(place, text)
    const moved = withMovement(signed, (await readMovements(books)).get(account))
    if (before === undefined) return moved
    const steps = await AccountSteps.open(books, before, account)
    try {
      return withSteps(moved, steps.of(account))
    } finally {
      steps.close()
    }
  }
  return undefined
}

/**
 * Signs all inclusion files of an epoch at once. A place that no account has gets a digest that nobody can
 * tell from one of a file, so that the tree does not say how many accounts there are.
 *
 * @param each gets every file, and its text as bytes
 * @throws {InputError} `EPOCH_UNFINISHED` when its solvency is not proven: where it cannot be, the epoch is
 * made anew under its name, and what was signed would contradict it
 */
async function signFiles(
  books: FoldedBooks,
  key: SigningKey,
  each: (file: InclusionText, text: Uint8Array) => void = () => {},
): Promise<Sign> {
  provenSolvency(books.manifest)
  const places = placeStarts(books).at(-1)!
  const digests = new Uint8Array(DIGEST_BYTES * places)
  const taken = new Uint8Array(places)
  for await (const file of inclusionTexts(books)) {
    const text = Buffer.from(file.text)
    digests.set(createHash('sha256').update(text).digest(), DIGEST_BYTES * file.place)
    taken[file.place] = 1
    each(file, text)
  }
  for (const [place, isTaken] of taken.entries()) {
    if (isTaken === 0) digests.set(books.secret.noFile(place), DIGEST_BYTES * place)
  }
  const tree = new DigestTree(digests)
  const { venue, epoch, riskRoot, parts } = books.manifest
  const statement: InclusionStatement = {
    ...{ venue, epoch, riskRoot },
    state: parts.ledger.state,
    accountsRoot: books.accountsRoot.toString(),
    files: tree.root,
  }
  const signature = await key.sign(inclusionSigned(statement))
  return (place, text) => {
    const signed: Inclusion['signed'] = { ...signature, ...tree.path(place) }
    return `${text.slice(0, -1)},"signed":${JSON.stringify(signed)}}`
  }
}
