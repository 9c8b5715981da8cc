import { InputError } from '../../errors/index.js'
import { parseDecimal } from '../../field/index.js'
import { parseAccount } from '../caip.js'
import { listFault, splitCells } from './cells.js'
import type { DeclaredTotal, ListedRow, ListReader } from './row.js'

/** More decimals than any coin has. */
export const DECIMALS = 36

/** What a column of a list holds. */
type Field =
  | 'coin'
  | 'part'
  | 'network'
  | 'height'
  | 'address'
  | 'amount'
  | 'message'
  | 'first'
  | 'second'
  | 'key'
  | 'owner'
  | 'secondOwner'
  | 'kind'

/** A form of list: how its cells are separated, and what its columns are called, in lower case. */
export interface TableForm {
  separator: string
  columns: Readonly<Record<string, Field>>
  /** Fields without which a section is no list of addresses. */
  needed: readonly Field[]
  /** Whether rows without an amount are owners of the address above. */
  ownersBelow?: boolean
  /** Whether addresses are CAIP-10 names, and line ends of a text are the two characters `\n`. */
  isOwn?: boolean
}

const OKX_COLUMNS = {
  coin: 'coin',
  type: 'part',
  network: 'network',
  'snapshot height': 'height',
  address: 'address',
  amount: 'amount',
  message: 'message',
  signature1: 'first',
  signature2: 'second',
  'redeem script/public key': 'key',
  eoa1: 'owner',
  eoa2: 'secondOwner',
  // The form of the audit of 2025, which has no amounts.
  digitalasset: 'coin',
  signedmessage: 'first',
  signedmessage2: 'second',
  publickey: 'key',
  owner1: 'owner',
  owner2: 'secondOwner',
} as const

/** The forms that are tables. */
export const TABLES = {
  okx: { separator: ',', columns: OKX_COLUMNS, needed: ['coin', 'address', 'message', 'first'] },
  htx: {
    separator: ',',
    columns: {
      coin: 'coin',
      address: 'address',
      'snapshot height': 'height',
      balance: 'amount',
      message: 'message',
      signature: 'first',
    },
    needed: ['coin', 'address', 'amount', 'message', 'first'],
    ownersBelow: true,
  },
  summa: {
    separator: ';',
    columns: { chain: 'network', address: 'address', signature: 'first', message: 'message' },
    needed: ['network', 'address', 'first', 'message'],
  },
  csv: {
    separator: ',',
    columns: {
      account: 'address',
      coin: 'coin',
      amount: 'amount',
      control: 'kind',
      message: 'message',
      signature: 'first',
      'second signature': 'second',
      script: 'key',
    },
    needed: ['address', 'coin', 'amount'],
    isOwn: true,
  },
} as const satisfies Record<string, TableForm>

/** What lists write where there is nothing. */
const NOTHING = new Set(['', '-', 'null', '\\N'])

/** Reads a list that is a table, or two: totals of coins first, addresses below a blank line. */
export class TableReader implements ListReader {
  readonly declared: DeclaredTotal[] = []
  readonly about = {}
  private fields: (Field | undefined)[] | undefined
  private above: ListedRow | undefined
  private sections = 0

  constructor(
    private readonly form: TableForm,
    private readonly where: string,
  ) {}

  line(text: string, number: number): ListedRow[] {
    if (text.trim() === '') {
      this.fields = undefined
      return []
    }
    const cells = splitCells(text, this.form.separator, this.where, number)
    if (this.fields === undefined) {
      this.readHeader(cells, number)
      return []
    }
    const extra = cells.findIndex((cell, i) => i >= this.fields!.length && cell !== '')
    if (extra >= 0) throw listFault(this.where, number, `cell ${extra + 1} is behind the last column`)
    const found = new Map<Field, string>()
    for (const [i, field] of this.fields.entries()) {
      if (field !== undefined && !NOTHING.has(cells[i] ?? '')) found.set(field, cells[i]!)
    }
    return this.fields.includes('address') ? this.address(found, number) : this.total(found, number)
  }

  end(): ListedRow[] {
    if (this.sections === 0) throw listFault(this.where, 1, 'no list of addresses in this form')
    return this.flush()
  }

  private readHeader(cells: readonly string[], line: number): void {
    const columns: Readonly<Record<string, Field>> = this.form.columns
    const names = cells.map((cell) => cell.toLowerCase().replace(/ *\/ */g, '/'))
    const fields = names.map((name) => (Object.hasOwn(columns, name) ? columns[name] : undefined))
    const twice = fields.findIndex((field, i) => field !== undefined && fields.indexOf(field) < i)
    if (twice >= 0) throw listFault(this.where, line, `column ${twice + 1} is a second one of its kind`)
    const isTotals = !fields.includes('address')
    const needed: readonly Field[] = isTotals ? ['coin', 'amount'] : this.form.needed
    const missing = needed.filter((field) => !fields.includes(field))
    if (missing.length > 0) {
      const heads = Object.entries(columns).filter(([, field]) => missing.includes(field))
      throw listFault(this.where, line, `no header of this form: no column ${heads[0]?.[0] ?? missing[0]}`)
    }
    if (!isTotals) this.sections++
    this.fields = fields
  }

  private total(found: ReadonlyMap<Field, string>, line: number): ListedRow[] {
    const [coin, amount] = [found.get('coin'), found.get('amount')]
    if (coin === undefined || amount === undefined) throw listFault(this.where, line, 'no coin or no amount')
    this.declared.push({ coin, amount: this.decimal(amount, line) })
    return []
  }

  private address(found: ReadonlyMap<Field, string>, line: number): ListedRow[] {
    const address = found.get('address')
    if (address === undefined) throw listFault(this.where, line, 'no address')
    const amount = found.get('amount')
    const first = found.get('first')
    if (this.form.ownersBelow && amount === undefined) {
      if (this.above === undefined) throw listFault(this.where, line, 'an owner without an address above')
      if (first !== undefined) this.above.signatures.push({ signature: first, owner: address })
      this.above.message ??= found.get('message') ?? ''
      return []
    }
    const done = this.flush()
    this.above = this.row(found, address, line)
    return this.form.ownersBelow ? done : [...done, ...this.flush()]
  }

  private row(found: ReadonlyMap<Field, string>, address: string, line: number): ListedRow {
    const [network, amount, key, kind, part] = (['network', 'amount', 'key', 'kind', 'part'] as const).map(
      (field) => found.get(field),
    )
    const message = this.form.isOwn ? found.get('message')?.replaceAll('\\n', '\n') : found.get('message')
    const signatures = (
      [
        ['first', 'owner'],
        ['second', 'secondOwner'],
      ] as const
    ).flatMap(([at, by]) => {
      const [signature, owner] = [found.get(at), found.get(by)]
      return signature === undefined ? [] : [{ signature, ...(owner !== undefined && { owner }) }]
    })
    return {
      line,
      coin: found.get('coin') ?? network ?? '',
      address: this.form.isOwn ? parseAccount(address, `${this.where}:${line}`).id : address,
      signatures,
      ...(amount !== undefined && { amount: this.decimal(amount, line) }),
      ...(network !== undefined && { network }),
      ...(message !== undefined && { message }),
      ...(key !== undefined && { key }),
      ...((kind !== undefined || this.form.isOwn) && { kind: kind ?? '' }),
      ...(part !== undefined && { part }),
    }
  }

  private decimal(text: string, line: number): string {
    try {
      parseDecimal(text, { decimals: DECIMALS })
      return text
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      throw listFault(this.where, line, `the amount is ${error.what}`)
    }
  }

  private flush(): ListedRow[] {
    const rows = this.above === undefined ? [] : [this.above]
    this.above = undefined
    return rows
  }
}
