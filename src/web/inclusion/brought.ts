import type { Named, Place } from './messages.js'

/** What the reader has brought, and what came with the page. */
export interface Brought {
  file?: Named
  sealed?: Place
  epoch?: Place
  /** For the statement of account; named after all of them. */
  before?: { name: string; places: readonly Place[] }
  pins?: Named
  owner?: Named
  policy?: Named
  openings?: Named
}

/** What files are that were brought together. */
export interface Recognized {
  more: Brought
  /** Names of files that are not used, as another of them is of the same kind. */
  aside: string[]
}

/** What a page calls each of them. */
export const ROLES: Readonly<Record<keyof Brought, string>> = {
  file: 'Your file',
  sealed: 'Archive with your file in it',
  epoch: 'Epoch',
  before: 'Epochs before',
  pins: 'Keys to trust',
  owner: 'Your owner file',
  policy: 'Weakest policy to accept',
  openings: 'What the venue shows',
}
