import type { Slot } from '../../field/index.js'

/** Whose holdings or rows these are, and of which tree. */
export interface Holder {
  id: string
  slots: readonly Slot[]
}

/** One customer in all sources that have them, by the places of the sources. */
export interface MergedHolder {
  id: string
  found: { source: number; slots: readonly Slot[] }[]
}

/**
 * Goes over sources of one order, customer by customer: all that any of them has of one comes together.
 *
 * @param sources each ordered by the bytes of identifiers, with one customer as often as it likes
 */
export async function* merged(sources: readonly AsyncIterator<Holder>[]): AsyncGenerator<MergedHolder> {
  const heads = await Promise.all(sources.map(async (source) => (await source.next()).value))
  for (;;) {
    let id: string | undefined
    for (const head of heads) {
      if (head !== undefined && (id === undefined || compareUtf8(head.id, id) < 0)) id = head.id
    }
    if (id === undefined) return
    const found: MergedHolder['found'] = []
    for (let source = 0; source < sources.length; source++) {
      while (heads[source]?.id === id) {
        found.push({ source, slots: heads[source]!.slots })
        heads[source] = (await sources[source]!.next()).value
      }
    }
    yield { id, found }
  }
}

/** Orders texts by the bytes of their UTF-8, as the database does: JavaScript orders them by UTF-16. */
export function compareUtf8(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  for (let i = 0; i < most; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (one !== other) return rank(one) - rank(other)
  }
  return a.length - b.length
}

/** Surrogates, of which characters from U+10000 on consist, come behind all others. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
