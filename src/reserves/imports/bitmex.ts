import { parse } from 'yaml'
import * as z from 'zod'
import { formatDecimal } from '../../field/index.js'
import { listFault } from './cells.js'
import type { DeclaredTotal, ListedRow, ListReader } from './row.js'

/** Decimals of Bitcoin, in whose smallest units the list counts. */
const DECIMALS = 8
/** Most lines of one entry, and of all that stands before the first list. */
const MAX_LINES = 10_000

const satoshis = z.string().regex(/^[0-9]{1,19}$/, 'must be a whole number of satoshis')
const entrySchema = z.object({
  addr: z.string().max(128),
  addr_type: z.string().max(64).exactOptional(),
  balance: satoshis,
  script: z.string().max(4096).exactOptional(),
})
const headSchema = z.object({
  height: z.string().max(12).exactOptional(),
  blockhash: z.string().max(64).exactOptional(),
  chain: z.string().max(16).exactOptional(),
  claim: z.object({ m: z.string().max(2), n: z.string().max(2) }).exactOptional(),
  total: satoshis.exactOptional(),
})

/**
 * Reads BitMEX's list: YAML with what it says of itself at its top, and a list of addresses with their
 * scripts, entry by entry, so that a list of any length fits in memory. All values stay texts: a script of
 * digits alone is no number.
 */
export class BitmexReader implements ListReader {
  readonly declared: DeclaredTotal[] = []
  readonly about: Record<string, string> = {}
  private list: string | undefined
  private entry: string[] = []
  private entryLine = 0
  private head: string[] = []
  private entries = 0

  constructor(private readonly where: string) {}

  line(text: string, number: number): ListedRow[] {
    if (text.trim() === '' || text.startsWith('#') || text === '---') return []
    const key = /^([A-Za-z_]+):(.*)$/.exec(text)
    const isEntry = /^ *- /.test(text) && this.list !== undefined
    const rows = key || isEntry ? this.flush() : []
    if (key) {
      this.list = /^(?:address|custodial)$/.test(key[1]!) && key[2]!.trim() === '' ? key[1] : undefined
      if (this.list === undefined) this.keep(this.head, text, number)
    } else if (this.list !== undefined) {
      if (isEntry) this.entryLine = number
      this.keep(this.entry, text, number)
    } else {
      this.keep(this.head, text, number)
    }
    return rows
  }

  end(): ListedRow[] {
    const rows = this.flush()
    if (this.entries === 0) throw listFault(this.where, 1, 'no list of addresses in this form')
    const { claim, total, ...rest } = this.read(this.head, headSchema, 1)
    Object.assign(this.about, rest, claim && { claim: `${claim.m} of ${claim.n} keys` })
    if (total !== undefined)
      this.declared.push({ coin: 'BTC', amount: formatDecimal(BigInt(total), DECIMALS) })
    return rows
  }

  private keep(lines: string[], text: string, number: number): void {
    if (lines.length >= MAX_LINES) throw listFault(this.where, number, `an entry of over ${MAX_LINES} lines`)
    lines.push(text)
  }

  private flush(): ListedRow[] {
    if (this.entry.length === 0) return []
    const [entry] = this.read(this.entry, z.tuple([entrySchema]), this.entryLine)
    this.entry = []
    this.entries++
    const { addr, addr_type: type, balance, script } = entry
    const isScript = script !== undefined && /^(?:[0-9a-f]{2})+$/.test(script)
    return [
      {
        line: this.entryLine,
        coin: 'BTC',
        address: addr,
        amount: formatDecimal(BigInt(balance), DECIMALS),
        signatures: [],
        ...(isScript && { key: script }),
        part: this.list === 'custodial' ? 'custodial' : (type ?? ''),
      },
    ]
  }

  private read<T>(lines: readonly string[], schema: z.ZodType<T>, line: number): T {
    let value: unknown
    try {
      value = parse(lines.join('\n'), { schema: 'failsafe', maxAliasCount: 0 })
    } catch {
      throw listFault(this.where, line, 'not YAML')
    }
    const result = schema.safeParse(value ?? {})
    if (result.success) return result.data
    const [issue] = result.error.issues
    throw listFault(this.where, line, `${issue!.path.join('.') || 'entry'}: ${issue!.message}`)
  }
}
