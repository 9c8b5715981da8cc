/** Things of one kind, all of which have to go into boxes. */
export interface Demand {
  count: number
  /** Which boxes take them; at least one. */
  boxes: readonly number[]
}

/** A box of which there may be any number. */
export interface Box {
  room: number
  cost: number
  /** What the first of its kind costs beside. */
  opening: number
}

/** How many of each box there are, and how many things of each demand go into each. */
export interface Cover {
  boxes: number[]
  /** By demand, by box. */
  placed: number[][]
}

/**
 * Boxes that take all demands at little cost: the best of each demand alone, then improved as long as leaving
 * one out, or taking one or two in place of one or two, costs less. The same demands give the same boxes.
 */
export function cheapCover(demands: readonly Demand[], boxes: readonly Box[]): Cover {
  let counts = new Array<number>(boxes.length).fill(0)
  for (const { count, boxes: own } of demands) coverAlone(count, own, boxes, counts)
  let cost = costOf(counts, boxes)
  for (;;) {
    let better: { counts: number[]; cost: number } | undefined
    for (const next of changes(counts, boxes)) {
      const its = costOf(next, boxes)
      if (its >= (better?.cost ?? cost) - TINY || place(demands, boxes, next) === undefined) continue
      better = { counts: next, cost: its }
    }
    if (better === undefined) break
    ;({ counts, cost } = better)
  }
  return { boxes: counts, placed: place(demands, boxes, counts)! }
}

/** Boxes of the largest size whose room is shared out at the least cost, whatever boxes that takes. */
const CHOSEN = 4

/** Less than any difference that counts. */
const TINY = 1e-9

function costOf(counts: readonly number[], boxes: readonly Box[]): number {
  return counts.reduce((sum, n, b) => (n === 0 ? sum : sum + n * boxes[b]!.cost + boxes[b]!.opening), 0)
}

/** Adds the cheapest boxes for one demand: all but the last few are those that cost least a place. */
function coverAlone(count: number, own: readonly number[], boxes: readonly Box[], counts: number[]): void {
  const a = (b: number) => boxes[b]!.cost / boxes[b]!.room
  const best = own.reduce((one, b) => (a(b) < a(one) ? b : one))
  const most = Math.max(...own.map((b) => boxes[b]!.room))
  const full = Math.max(0, Math.floor((count - CHOSEN * most) / boxes[best]!.room))
  counts[best]! += full
  const rest = count - full * boxes[best]!.room
  const least: { cost: number; box: number }[] = [{ cost: 0, box: -1 }]
  for (let n = 1; n <= rest; n++) {
    least.push(
      own
        .map((box) => ({ cost: boxes[box]!.cost + least[Math.max(0, n - boxes[box]!.room)]!.cost, box }))
        .reduce((one, other) => (other.cost < one.cost - TINY ? other : one)),
    )
  }
  for (let n = rest; n > 0; n -= boxes[least[n]!.box]!.room) counts[least[n]!.box]!++
}

/** One or two boxes left out, none to two in their place; and all of one kind replaced by another kind. */
function* changes(counts: readonly number[], boxes: readonly Box[]): Generator<number[]> {
  const change = (out: readonly number[], into: readonly number[]): number[] => {
    const next = [...counts]
    for (const b of out) next[b]!--
    for (const b of into) next[b]!++
    return next
  }
  const all = boxes.map((_, b) => b)
  const used = all.filter((b) => counts[b]! > 0)
  for (const j of used) {
    yield change([j], [])
    for (const i of all) {
      yield change([j], [i])
      for (const k of all) if (k >= i) yield change([j], [i, k])
      if (i !== j) {
        const next = [...counts]
        next[i]! += Math.ceil((counts[j]! * boxes[j]!.room) / boxes[i]!.room)
        next[j] = 0
        yield next
      }
    }
    for (const k of used) {
      if (k < j || (k === j && counts[j]! < 2)) continue
      for (const i of all) yield change([j, k], [i])
    }
  }
}

/** A way to place all demands into so many boxes, by maximum flow; `undefined` when there is none. */
function place(
  demands: readonly Demand[],
  boxes: readonly Box[],
  counts: readonly number[],
): number[][] | undefined {
  const free = boxes.map(({ room }, b) => room * counts[b]!)
  const placed = demands.map(() => new Array<number>(boxes.length).fill(0))
  for (const [d, { count }] of demands.entries()) {
    let left = count
    while (left > 0) {
      const way = shortestWay(demands, placed, free, d)
      if (way === undefined) return undefined
      const moved = way.reduce(
        (most, { from }) => (from === undefined ? most : Math.min(most, placed[from.demand]![from.box]!)),
        Math.min(left, free[way.at(-1)!.box]!),
      )
      for (const { demand, box, from } of way) {
        if (from !== undefined) placed[from.demand]![from.box]! -= moved
        placed[demand]![box]! += moved
      }
      free[way.at(-1)!.box]! -= moved
      left -= moved
    }
  }
  return placed
}

/** One step of a way: things of `demand` go into `box`, in the last steps out of another box. */
interface Step {
  demand: number
  box: number
  from?: { demand: number; box: number }
}

/** Steps by which things of a demand find room: each but the first moves things of a box that is full. */
function shortestWay(
  demands: readonly Demand[],
  placed: readonly number[][],
  free: readonly number[],
  demand: number,
): Step[] | undefined {
  const reached = new Map<number, Step[]>()
  const queue: number[] = []
  const reach = (box: number, way: Step[]) => {
    if (reached.has(box)) return
    reached.set(box, way)
    queue.push(box)
  }
  for (const box of demands[demand]!.boxes) reach(box, [{ demand, box }])
  for (let full = queue.shift(); full !== undefined; full = queue.shift()) {
    const way = reached.get(full)!
    if (free[full]! > 0) return way
    for (const [other, { boxes }] of demands.entries()) {
      if (placed[other]![full]! === 0) continue
      for (const box of boxes)
        reach(box, [...way, { demand: other, box, from: { demand: other, box: full } }])
    }
  }
  return undefined
}
