import { InputError } from '../errors/index.js'
import type { Database } from './database.js'
import { type Fault, FindingList, stopsProof } from './findings.js'
import { assertAccountId, assertOwner, type ColumnNames } from './identifiers.js'
import type { Judge } from './judge.js'
import { lostRows } from './places.js'

/** A fault that no proof can be made with, and its line. */
export type Stop = Fault & { line: number }

/** One account while its rows go by. */
interface Account {
  /** Its first line. */
  first: bigint
  id: string
  /** As the first line has it. */
  owner: string
  held: Map<number, bigint>
  readable: boolean
  invalid: boolean
  unprovable: boolean
  underwater: boolean
  hasTwoOwners: boolean
  /** The last line that repeats what was given before. */
  repeated: bigint | undefined
}

/** In the order of the file an identifier, which may be long, comes with an account's first line alone. */
const ORDERS = {
  file: `
    SELECT CASE WHEN line = first THEN id END, line, key, quantity, owner
    FROM cells JOIN (SELECT id, min(line) AS first FROM cells GROUP BY id) USING (id)
    ORDER BY first, line, key`,
  any: 'SELECT id, line, key, quantity, owner FROM cells ORDER BY id, line, key',
}

/**
 * One walk over all accounts of the table `cells`: all that is wrong with any of them, and how many slots they have. Whoever checks a
 * ledger and whoever proves it walk this way.
 *
 * @throws {InputError} (by `run`) `LEDGER_EMPTY`
 */
export class AccountWalk {
  readonly findings: FindingList
  accounts = 0
  /** Accounts that no proof can be made of. */
  unprovable = 0
  /** Of all faults that stop a proof, the one on the lowest line. */
  stop: Stop | undefined
  /** Accounts that could be read by their number of slots. */
  private readonly slots = new Map<number, number>()
  invalid = 0
  unreadable = 0
  underwater = 0

  constructor(
    private readonly judge: Judge,
    private readonly names: ColumnNames,
    limit: number,
  ) {
    this.findings = new FindingList(limit)
  }

  /**
   * Takes all accounts, each one's rows together.
   *
   * @param order that of their first lines, or any, which takes less memory
   */
  async run(
    db: Database,
    where: string,
    order: 'file' | 'any',
    progress: (done: number, of: number) => void = () => {},
  ): Promise<void> {
    const cells = Number((await db.rows('SELECT count(*) FROM cells'))[0]![0])
    if (cells === 0) throw new InputError('LEDGER_EMPTY', 'no accounts', { where })
    let account: Account | undefined
    let seen = 0
    for await (const [ids, lines, keys, quantities, owners] of db.columns(ORDERS[order])) {
      for (let i = 0; i < ids!.length; i++) {
        const id = ids![i] as string | null
        const line = lines![i] as bigint
        const owner = owners![i] as string
        if (account === undefined || (id !== null && id !== account.id)) {
          if (account) this.finish(account)
          account = this.start(line, id!, owner)
        }
        this.cell(account, line, keys![i] as number | null, quantities![i] as string)
        if (owner !== account.owner) this.otherOwner(account, line)
      }
      seen += ids!.length
      progress(seen, cells)
    }
    if (account) this.finish(account)
    if (seen !== cells) throw lostRows(where)
  }

  /** Number of accounts by number of slots, fewest slots first. */
  get slotCounts(): Map<number, number> {
    return new Map([...this.slots].sort(([a], [b]) => a - b))
  }

  private start(first: bigint, id: string, owner: string): Account {
    this.accounts++
    const account: Account = {
      first,
      id,
      owner,
      held: new Map(),
      readable: true,
      invalid: false,
      unprovable: false,
      underwater: false,
      hasTwoOwners: false,
      repeated: undefined,
    }
    this.attempt(account, first, this.names.account, () => assertAccountId(id))
    if (owner !== '') this.attempt(account, first, 'owner', () => assertOwner(owner))
    return account
  }

  private cell(account: Account, line: bigint, key: number | null, text: string): void {
    if (key === null) {
      this.unusable(
        account,
        line,
        'LEDGER_INSTRUMENT',
        'not an instrument of the risk table',
        'instrument',
        'Write the symbol as the risk table does, upper and lower case included.',
      )
    } else if (account.held.has(key)) {
      if (account.repeated === line) return
      account.repeated = line
      this.unusable(account, line, 'LEDGER_DUPLICATE_ACCOUNT', 'given a second time', this.names.account)
    } else {
      const column = this.names.quantity(key)
      this.attempt(account, line, column, () => {
        const quantity = this.judge.read(key, text)
        account.held.set(key, quantity)
        const fault = this.judge.refuses(key, quantity)
        if (fault) this.note(account, { ...fault, column, line: Number(line) })
      })
    }
  }

  private otherOwner(account: Account, line: bigint): void {
    if (account.hasTwoOwners) return
    account.hasTwoOwners = true
    this.unusable(account, line, 'LEDGER_OWNER_CONFLICT', 'another owner than on its first line', 'owner')
  }

  private finish(account: Account): void {
    const note = (fault: Fault) => this.note(account, fault)
    if (account.readable) {
      const slots = this.judge.take(account.held, note, account.id)
      this.slots.set(slots, (this.slots.get(slots) ?? 0) + 1)
    } else this.unreadable++
    if (account.unprovable) this.unprovable++
    if (account.invalid) this.invalid++
    if (account.underwater) this.underwater++
  }

  private attempt(account: Account, line: bigint, column: string, use: () => void): void {
    try {
      use()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.unusable(account, line, error.code, error.message, column, error.hint)
    }
  }

  private unusable(
    account: Account,
    line: bigint,
    code: string,
    reason: string,
    column: string,
    hint?: string,
  ): void {
    account.readable = false
    const fault: Fault = { severity: 'error', code, reason, line: Number(line), column, amounts: {} }
    this.note(account, hint === undefined ? fault : { ...fault, hint })
  }

  private note(account: Account, fault: Fault): void {
    const { line = Number(account.first), hint: _, ...finding } = fault
    if (fault.severity === 'error') account.invalid = true
    else account.underwater = true
    if (stopsProof(fault)) {
      account.unprovable = true
      if (this.stop === undefined || line < this.stop.line) this.stop = { ...fault, line }
    }
    this.findings.add({ account: account.id, line, ...finding })
  }
}
