import { formatDecimal, parseDecimal } from '../../field/index.js'
import { listFault } from './cells.js'
import { judgeRow } from './judge.js'
import {
  type DeclaredTotal,
  type ListedRow,
  type ListReader,
  ROW_STATUSES,
  type RowJudgement,
  type RowStatus,
} from './row.js'
import { DECIMALS } from './table.js'

/** Most rows of a list. */
const MAX_ROWS = 2_000_000
/** Judgements that are kept for rows with the same signatures: one address stands in rows of many coins. */
const KEPT = 10_000
/** Different texts, and rows with a fault, that a report names. */
const NAMED = 20

/** Rows and what they add up to, in whole coins. */
export interface RowSum {
  rows: number
  amount: string
}

/** One coin of a list. */
export interface ListedCoin extends RowSum {
  coin: string
  /** Which part of the amount is under a signature that holds for its address; absent where all is 0. */
  signed?: string
  /** Rows, amount and share of the coin's amount by status; the share is absent where all is 0. */
  by: Partial<Record<RowStatus, RowSum & { share?: string }>>
}

/**
 * What the signatures of a published list cover. It is no verdict: nothing here says that a balance is there,
 * nor that who signed still has the key.
 */
export interface ListReport {
  format: string
  rows: number
  /** Rows that say the same balance again, and are left out of all sums. */
  repeated: number
  by: Partial<Record<RowStatus, number>>
  coins: ListedCoin[]
  /** How many rows are signed in which form. */
  forms: { form: string; rows: number }[]
  /** Texts that were signed, and how often. */
  texts: { text: string; rows: number }[]
  /** What the list itself says to hold, and what its rows of that name add up to. */
  declared: (DeclaredTotal & { listed?: string })[]
  /** What the list says of itself. */
  about: Record<string, string>
  /** The first rows whose signature does not hold, or holds for another key than the address's. */
  faults: { line: number; coin: string; address: string; status: RowStatus; why: string }[]
}

/** One row with its judgement, as it is handed on. */
export interface JudgedRow extends RowJudgement {
  line: number
  coin: string
  network?: string
  address: string
  amount?: string
}

interface Sum {
  rows: number
  amount: bigint
}

/** Judges rows of a list as they come, and adds them up. */
export class ListTally {
  private readonly coins = new Map<string, Map<RowStatus, Sum>>()
  private readonly seen = new Set<string>()
  private readonly forms = new Map<string, number>()
  private readonly texts = new Map<string, number>()
  private readonly kept = new Map<string, RowJudgement>()
  private readonly faults: ListReport['faults'] = []
  private rows = 0
  private repeated = 0

  constructor(
    private readonly format: string,
    private readonly where: string,
  ) {}

  /** Judges a row; nothing comes back for a balance that stood in the list before. */
  add(row: ListedRow): JudgedRow | undefined {
    if (++this.rows > MAX_ROWS) throw listFault(this.where, row.line, `more than ${MAX_ROWS} rows`)
    const { line, coin, network, address, amount } = row
    const name = JSON.stringify([coin, network ?? '', row.part ?? '', address])
    if (this.seen.has(name)) {
      this.repeated++
      return undefined
    }
    this.seen.add(name)
    const judgement = this.judge(row)
    const { status, form, why } = judgement
    const statuses = this.coins.get(coin) ?? new Map<RowStatus, Sum>()
    this.coins.set(coin, statuses)
    const sum = statuses.get(status) ?? { rows: 0, amount: 0n }
    statuses.set(status, sum)
    sum.rows++
    sum.amount += amount === undefined ? 0n : parseDecimal(amount, { decimals: DECIMALS })
    if (form !== undefined) count(this.forms, form)
    if (row.message !== undefined && row.signatures.length > 0) count(this.texts, row.message)
    if ((status === 'invalid' || status === 'inconclusive') && this.faults.length < NAMED) {
      this.faults.push({ line, coin, address, status, why: why! })
    }
    return {
      line,
      coin,
      ...(network !== undefined && { network }),
      address,
      ...(amount !== undefined && { amount }),
      ...judgement,
    }
  }

  /** The report of all rows that were added. */
  report({ declared, about }: Pick<ListReader, 'declared' | 'about'>): ListReport {
    const coins = [...this.coins].map(([coin, statuses]) => coinOf(coin, statuses))
    const listed = new Map(coins.map(({ coin, amount }) => [coin, amount]))
    const by = ROW_STATUSES.flatMap((status) => {
      const rows = coins.reduce((sum, coin) => sum + (coin.by[status]?.rows ?? 0), 0)
      return rows === 0 ? [] : [[status, rows] as const]
    })
    return {
      format: this.format,
      rows: this.rows,
      repeated: this.repeated,
      by: Object.fromEntries(by),
      coins,
      forms: counted(this.forms).map(([form, rows]) => ({ form, rows })),
      texts: counted(this.texts)
        .slice(0, NAMED)
        .map(([text, rows]) => ({ text, rows })),
      declared: declared.map((total) => {
        const sum = listed.get(total.coin)
        return { ...total, ...(sum !== undefined && { listed: sum }) }
      }),
      about,
      faults: this.faults,
    }
  }

  private judge(row: ListedRow): RowJudgement {
    const key = JSON.stringify([
      row.address,
      row.network ?? row.coin,
      row.message,
      row.signatures,
      row.key,
      row.kind,
    ])
    const known = this.kept.get(key)
    if (known !== undefined) return known
    const judgement = judgeRow(row)
    if (this.kept.size >= KEPT) this.kept.clear()
    this.kept.set(key, judgement)
    return judgement
  }
}

function coinOf(coin: string, statuses: ReadonlyMap<RowStatus, Sum>): ListedCoin {
  const all = [...statuses.values()].reduce(
    (sum, { rows, amount }) => ({ rows: sum.rows + rows, amount: sum.amount + amount }),
    { rows: 0, amount: 0n },
  )
  const signed = (statuses.get('current')?.amount ?? 0n) + (statuses.get('stale')?.amount ?? 0n)
  const by = ROW_STATUSES.flatMap((status) => {
    const sum = statuses.get(status)
    return sum === undefined ? [] : [[status, { ...shown(sum), ...shareOf(sum.amount, all) }] as const]
  })
  return {
    coin,
    ...shown(all),
    ...(all.amount > 0n && { signed: formatDecimal((signed * 10_000n) / all.amount, 4) }),
    by: Object.fromEntries(by),
  }
}

/** A part of an amount, in parts of 1 that are cut off behind the fourth decimal. */
function shareOf(part: bigint, { amount }: Sum): { share?: string } {
  return amount > 0n ? { share: formatDecimal((part * 10_000n) / amount, 4) } : {}
}

const shown = ({ rows, amount }: Sum): RowSum => ({ rows, amount: formatDecimal(amount, DECIMALS) })

/** Counts one more of a name; names beyond what a report may hold are not told apart. */
function count(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < 1000 ? name : 'others'
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const counted = (counts: ReadonlyMap<string, number>) => [...counts].sort(([, a], [, b]) => b - a)
