import type { Spool } from '../../files/index.js'

/** Bytes before each text, which say where the one before it of the same account is. */
const HEAD_BYTES = 8
const NONE = -1

/**
 * Texts by account, on the disk: what is known of each account from several passes over ledgers in orders of
 * their own. Memory holds one number for each account.
 */
export class AccountTexts {
  private readonly last = new Map<string, number>()

  /** @param spool an empty one */
  constructor(private readonly spool: Spool) {}

  add(account: string, text: string): void {
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeDoubleLE(this.last.get(account) ?? NONE)
    this.last.set(account, this.spool.add(Buffer.concat([head, Buffer.from(text)])))
  }

  /** The texts of an account, the last one first. */
  *of(account: string): Generator<string, void, undefined> {
    for (let place = this.last.get(account) ?? NONE; place !== NONE; ) {
      const record = Buffer.from(this.spool.at(place))
      place = record.readDoubleLE()
      yield record.toString('utf8', HEAD_BYTES)
    }
  }
}
