import { InputError } from '../errors/index.js'
import type { RiskTable, TierTable } from '../risk/index.js'
import { type ColumnNames, checkAccountId, checkOwner, columnNames } from './check.js'
import type { Database } from './database.js'
import { type Fault, type Finding, FindingList } from './findings.js'
import type { InstrumentTotals, Judge, ScenarioFigures } from './judge.js'
import { tableJudge } from './judge-table.js'
import { checkTierLayout, tierJudge } from './judge-tiers.js'
import { assetsOfTierTable, instrumentsOf } from './layout.js'
import type { LedgerFormat, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'

/** Findings of each severity that a report lists, when nothing else is said. */
const LIMIT = 100_000
/** Largest shortfalls of each scenario that a report names, when nothing else is said. */
const LARGEST = 2
/** Between two words on how far it is. */
const SILENCE_MS = 2000

export interface InspectOptions extends Pick<LedgerOptions, 'memoryLimit' | 'threads'> {
  /** How many findings of each severity the report lists (100,000); all are counted. */
  limit?: number
  /** How many of the largest shortfalls of each scenario the report names (2). */
  largest?: number
  /** Gets a few words on how far it is, every two seconds. They name no account and no amount. */
  progress?: (what: string) => void
}

/** What a check of a whole ledger finds. Private: findings name accounts and amounts, and totals are the venue's. */
export interface LedgerReport {
  format: LedgerFormat
  /** SHA-256 of the file of accounts, lower-case hex. */
  sha256: string
  /** The currency that values are in. */
  quote: string
  accounts: number
  valid: number
  /** Accounts with a finding of severity `error`. */
  invalid: number
  /** Invalid accounts with a cell that cannot be used: they are not valued, and not in the totals. */
  unreadable: number
  /** Accounts that some scenario leaves below zero, valid or not. */
  underwater: number
  /** By symbol. */
  totals: Record<string, InstrumentTotals>
  scenarios: ScenarioFigures[]
  /** In the order in which accounts first appear in the file. */
  findings: Finding[]
  /** Findings that are counted and not listed. */
  omitted: { errors: number; warnings: number }
  notes: string[]
}

/**
 * Checks a venue's accounts against a risk table or a tier table, with no proving, and finds everything that `readLedger`
 * stops at in any row's cells, and every account that is not covered. The file is read as a stream: it may be larger than the
 * memory.
 *
 * @example
 * const report = await inspectLedger('accounts.csv', await readRiskTable('risk.json'))
 * if (report.invalid > 0) for (const { line, reason } of report.findings) console.error(line, reason)
 *
 * @throws {InputError} when the rows themselves cannot be told: the codes of `openLedger`
 */
export async function inspectLedger(
  path: string,
  risk: RiskTable | TierTable,
  options: InspectOptions = {},
): Promise<LedgerReport> {
  const isTierTable = !('scenarios' in risk)
  const progress = seldom(options.progress)
  const list = isTierTable ? assetsOfTierTable(risk) : instrumentsOf(risk)
  const { db, layout, sha256 } = await openLedger(path, list, {
    ...options,
    progress,
    accept: (found) => {
      if (isTierTable) checkTierLayout(found, risk, path)
    },
  })
  try {
    const judge = isTierTable ? tierJudge(risk, layout) : tableJudge(risk, layout, options.largest ?? LARGEST)
    const inspection = new Inspection(judge, columnNames(layout), options.limit ?? LIMIT)
    await db.run(
      'CREATE TABLE accounts AS SELECT id, min(line) AS first, arg_min(owner, line) AS owner FROM cells GROUP BY id',
    )
    const accounts = Number((await db.rows('SELECT count(*) FROM accounts'))[0]![0])
    await inspection.run(db, (done) => progress(`${done} of ${accounts} accounts`))
    const { findings, invalid, unreadable, underwater } = inspection
    return {
      format: layout.format,
      sha256,
      quote: risk.quote,
      accounts,
      valid: accounts - invalid,
      invalid,
      unreadable,
      underwater,
      totals: judge.totals(),
      scenarios: judge.scenarios(),
      findings: findings.kept,
      omitted: findings.omitted,
      notes: judge.notes(),
    }
  } finally {
    await db.close()
  }
}

interface AccountHead {
  /** Its first line. */
  first: bigint
  id: string
  /** As the first line has it. */
  owner: string
}

/** One account while its rows go by. */
interface Account extends Omit<AccountHead, 'owner'> {
  held: Map<number, bigint>
  readable: boolean
  invalid: boolean
  underwater: boolean
  hasTwoOwners: boolean
  /** The last line that repeats what was given before. */
  repeated: bigint | undefined
}

class Inspection {
  readonly findings: FindingList
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

  /** Takes all accounts, each one's rows together, in the order of their first lines. */
  async run(db: Database, progress: (done: number) => void): Promise<void> {
    const inOrder = `
      SELECT first, line, key, quantity, cells.owner <> accounts.owner
      FROM cells JOIN accounts USING (id) ORDER BY first, line, key`
    const heads = accountHeads(db)
    let account: Account | undefined
    let done = 0
    for await (const [firsts, lines, keys, quantities, others] of db.columns(inOrder)) {
      for (let i = 0; i < firsts!.length; i++) {
        if (account === undefined || account.first !== firsts![i]) {
          if (account) this.finish(account)
          done++
          account = this.start((await heads.next()).value!)
        }
        const line = lines![i] as bigint
        this.cell(account, line, keys![i] as number | null, quantities![i] as string)
        if (others![i]) this.otherOwner(account, line)
      }
      progress(done)
    }
    if (account) this.finish(account)
    await heads.return(undefined)
  }

  private start({ first, id, owner }: AccountHead): Account {
    const account: Account = {
      first,
      id,
      held: new Map(),
      readable: true,
      invalid: false,
      underwater: false,
      hasTwoOwners: false,
      repeated: undefined,
    }
    this.attempt(account, first, this.names.account, () => checkAccountId(id))
    if (owner !== '') this.attempt(account, first, 'owner', () => checkOwner(owner))
    return account
  }

  private cell(account: Account, line: bigint, key: number | null, text: string): void {
    if (key === null) {
      this.unusable(account, line, 'LEDGER_INSTRUMENT', 'not an instrument of the risk table', 'instrument')
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
    if (account.readable) this.judge.take(account.held, note, account.id)
    else this.unreadable++
    if (account.invalid) this.invalid++
    if (account.underwater) this.underwater++
  }

  private attempt(account: Account, line: bigint, column: string, use: () => void): void {
    try {
      use()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.unusable(account, line, error.code, error.message, column)
    }
  }

  private unusable(account: Account, line: bigint, code: string, reason: string, column: string): void {
    account.readable = false
    this.note(account, { severity: 'error', code, reason, line: Number(line), column, amounts: {} })
  }

  private note(account: Account, { line, ...fault }: Fault): void {
    if (fault.severity === 'error') account.invalid = true
    else account.underwater = true
    this.findings.add({ account: account.id, line: line ?? Number(account.first), ...fault })
  }
}

/** Every account, in the order of their first lines. */
async function* accountHeads(db: Database): AsyncGenerator<AccountHead, undefined, undefined> {
  for await (const [firsts, ids, owners] of db.columns(
    'SELECT first, id, owner FROM accounts ORDER BY first',
  )) {
    for (const [i, id] of ids!.entries()) {
      yield { first: firsts![i] as bigint, id: id as string, owner: owners![i] as string }
    }
  }
}

/** Passes words on when two seconds have gone by since the last. */
function seldom(say: (what: string) => void = () => {}): (what: string) => void {
  let last = performance.now()
  return (what) => {
    const now = performance.now()
    if (now - last < SILENCE_MS) return
    last = now
    say(what)
  }
}
