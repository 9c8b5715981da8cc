import { FIELD_ORDER, invertField } from '../../src/field/index.js'

export type Terms = readonly (readonly [wire: number, coefficient: bigint])[]
type Row = Map<number, bigint>

/**
 * Linear equations in wires, whose right sides are determined, in reduced row echelon form: a wire is
 * determined by them exactly when it is a pivot that stands alone in its row. Only the unknowns matter, so no
 * right side is kept.
 */
export class Elimination {
  private readonly rows = new Map<number, Row>()
  /** By wire that is no pivot, the pivots of the rows that it stands in. */
  private readonly columns = new Map<number, Set<number>>()

  /** @param uses how often a wire is used elsewhere: one that is not used is the pivot that costs least */
  constructor(private readonly uses: (wire: number) => number) {}

  get rank(): number {
    return this.rows.size
  }

  /**
   * Takes an equation in unknown wires. Returns wires that are determined now, each to be told by `know` in
   * its turn.
   */
  add(terms: Terms): number[] {
    const row: Row = new Map()
    for (const [wire, c] of terms) addTo(row, wire, c)
    for (const wire of [...row.keys()]) {
      const pivotRow = this.rows.get(wire)
      if (pivotRow) subtract(row, pivotRow, row.get(wire)!)
    }
    return this.insert(row)
  }

  /** A wire became known. Returns others that this determines. */
  know(wire: number): number[] {
    const own = this.rows.get(wire)
    if (own) {
      this.remove(wire, own)
      own.delete(wire)
      return this.insert(own)
    }
    const alone: number[] = []
    for (const pivot of this.columns.get(wire) ?? []) {
      const row = this.rows.get(pivot)!
      row.delete(wire)
      if (row.size === 1) alone.push(pivot)
    }
    this.columns.delete(wire)
    return alone
  }

  /** A row whose wires are no pivots: it takes one of them as its own, and out of all other rows. */
  private insert(row: Row): number[] {
    if (row.size === 0) return []
    let pivot = -1
    for (const wire of row.keys()) if (pivot < 0 || this.uses(wire) < this.uses(pivot)) pivot = wire
    const scale = invertField(row.get(pivot)!)
    for (const [wire, c] of row) row.set(wire, (c * scale) % FIELD_ORDER)
    const alone: number[] = row.size === 1 ? [pivot] : []
    for (const other of this.columns.get(pivot) ?? []) {
      const target = this.rows.get(other)!
      const factor = target.get(pivot)!
      for (const [wire, c] of row) {
        const value = subtractFrom(target, wire, factor * c)
        if (value === 0n) this.columns.get(wire)?.delete(other)
        else this.column(wire).add(other)
      }
      if (target.size === 1) alone.push(other)
    }
    this.columns.delete(pivot)
    this.rows.set(pivot, row)
    for (const wire of row.keys()) if (wire !== pivot) this.column(wire).add(pivot)
    return alone
  }

  private remove(pivot: number, row: Row): void {
    this.rows.delete(pivot)
    for (const wire of row.keys()) this.columns.get(wire)?.delete(pivot)
  }

  private column(wire: number): Set<number> {
    const known = this.columns.get(wire)
    if (known) return known
    const made = new Set<number>()
    this.columns.set(wire, made)
    return made
  }
}

function subtract(from: Row, what: Row, factor: bigint): void {
  for (const [wire, c] of what) subtractFrom(from, wire, factor * c)
}

function subtractFrom(row: Row, wire: number, product: bigint): bigint {
  const value = ((row.get(wire) ?? 0n) - product) % FIELD_ORDER
  return store(row, wire, value < 0n ? value + FIELD_ORDER : value)
}

function addTo(row: Row, wire: number, c: bigint): void {
  store(row, wire, ((row.get(wire) ?? 0n) + c) % FIELD_ORDER)
}

function store(row: Row, wire: number, value: bigint): bigint {
  if (value === 0n) row.delete(wire)
  else row.set(wire, value)
  return value
}
