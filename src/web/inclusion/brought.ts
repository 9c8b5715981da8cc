import type { Named, Place } from './messages.js'

/** What the reader has brought, and what came with the page. */
export interface Brought {
  file?: Named
  sealed?: Place
  epoch?: Place
  pins?: Named
  owner?: Named
  policy?: Named
  openings?: Named
}

/** What a page calls each of them. */
export const ROLES: Readonly<Record<keyof Brought, string>> = {
  file: 'Your file',
  sealed: 'Archive with your file in it',
  epoch: 'Epoch',
  pins: 'Keys to trust',
  owner: 'Your owner file',
  policy: 'Weakest policy to accept',
  openings: 'What the venue shows',
}
