/** A signature of a list, and whose it is said to be where that is not the address itself. */
export interface ListedSignature {
  signature: string
  owner?: string
}

/** One balance of a list that another venue published, as it stands there. */
export interface ListedRow {
  line: number
  coin: string
  network?: string
  address: string
  /** A plain decimal, in whole coins. */
  amount?: string
  message?: string
  signatures: ListedSignature[]
  /** Public key or script, hexadecimal. */
  key?: string
  /** Form of control in a list of our own, empty for none; the address is an account's name then. */
  kind?: string
  /** What sets a row apart from another of the same coin and address, such as a kind of stake. */
  part?: string
}

/**
 * What stands behind a balance of a list, as far as its signatures say. `current` and `stale` hold for the
 * address: over a text that names account and challenge, and over one that anybody may have kept for years.
 * `inconclusive` ones are of a key that nothing here ties to the address. The scheme of `unread` ones is
 * not read here.
 */
export type RowStatus = 'current' | 'stale' | 'inconclusive' | 'invalid' | 'unsigned' | 'unread'

/** In the order of reports. */
export const ROW_STATUSES: readonly RowStatus[] = [
  'current',
  'stale',
  'inconclusive',
  'invalid',
  'unsigned',
  'unread',
]

/** What was found of a row. */
export interface RowJudgement {
  status: RowStatus
  /** Which hash or text the signature holds over. */
  form?: string
  why?: string
}

/** What a list says that it holds of a coin, apart from its rows. */
export interface DeclaredTotal {
  coin: string
  amount: string
}

/** Reads a list line by line. */
export interface ListReader {
  /** Takes one line, without its end, and gives the rows that it completes. */
  line(text: string, number: number): ListedRow[]
  /** Gives the rows that the last lines complete. */
  end(): ListedRow[]
  declared: DeclaredTotal[]
  /** What the list says of itself: block, chain, claim. */
  about: Record<string, string>
}
