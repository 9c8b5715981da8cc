import type { ChainEvent } from './events.js'

/** For how long an outflow counts at least, in seconds, as the breaker has it. */
const OUTFLOW_COUNTS = 3_600
const [GUARDIAN, OUTFLOW] = [0, 5]
const [RESTRICTED, HALTED] = [2, 3]

/** A level that a scope was at, from a second to a second. */
export interface LevelSpan {
  scope: string
  level: number
  from: number
  /** Absent where it lasts. */
  to?: number
}

/** What a cause does to a scope, as the breaker keeps it. */
interface Trip {
  floor: number
  peak: number
  since: number
}

/**
 * The levels of every scope over time, computed from what a breaker said, as the contract computes them: a
 * level falls by itself, which no event tells.
 *
 * @param until the last second to tell of
 */
export function levelsOver(
  events: readonly ChainEvent[],
  { coolDown, maxHalt }: { coolDown: number; maxHalt: number },
  until: number,
): LevelSpan[] {
  const scopes = new Map<string, { trips: Map<number, Trip>; spans: LevelSpan[] }>()
  const levelOf = ({ floor, peak, since }: Trip, at: number) =>
    Math.max(floor, peak - Math.floor(Math.max(0, at - since) / coolDown), 0)
  const highest = (trips: Map<number, Trip>, at: number) =>
    Math.max(0, ...[...trips.values()].map((trip) => levelOf(trip, at)))
  /** Adds the level at a time, where it is another one than before. */
  const mark = (scope: string, at: number) => {
    const { trips, spans } = scopes.get(scope)!
    const level = highest(trips, at)
    const last = spans.at(-1)
    if ((last?.level ?? 0) === level) return
    // Of two changes in one second, the later one counts.
    if (last !== undefined && last.from === at) {
      spans.pop()
      const before = spans.at(-1)
      if (before !== undefined && before.level === level) delete before.to
      else spans.push({ scope, level, from: at })
      return
    }
    if (last !== undefined) last.to = at
    spans.push({ scope, level, from: at })
  }
  /** Adds the falls up to a time, at which something else happens. */
  const fallUntil = (scope: string, at: number) => {
    const { trips } = scopes.get(scope)!
    const falls = [...trips.values()].flatMap(({ peak, since }) =>
      Array.from({ length: peak }, (_, i) => since + (i + 1) * coolDown),
    )
    const from = scopes.get(scope)!.spans.at(-1)?.from ?? 0
    for (const fall of falls.filter((fall) => fall > from && fall < at).toSorted((a, b) => a - b)) {
      mark(scope, fall)
    }
  }
  for (const { contract, name, args, at } of events) {
    if (contract !== 'circuitBreaker' || (name !== 'Tripped' && name !== 'Settled')) continue
    const scope = `${args.scope}`
    const known = scopes.get(scope) ?? { trips: new Map<number, Trip>(), spans: [] }
    scopes.set(scope, known)
    fallUntil(scope, at)
    const cause = Number(args.cause)
    const trip = known.trips.get(cause) ?? { floor: 0, peak: 0, since: 0 }
    known.trips.set(cause, trip)
    const held = levelOf(trip, at)
    if (name === 'Settled') {
      if (held === trip.floor || trip.since > at) Object.assign(trip, { peak: held, since: at })
      trip.floor = Number(args.floor)
    } else {
      const level = Number(args.level)
      const isTimed = cause === GUARDIAN || cause === OUTFLOW
      if (!isTimed) trip.floor = Math.min(level, RESTRICTED)
      const time =
        cause === OUTFLOW
          ? Math.max(coolDown, OUTFLOW_COUNTS)
          : cause === GUARDIAN || level === HALTED
            ? maxHalt
            : coolDown
      if (isTimed || level >= held) Object.assign(trip, { peak: level, since: at + time - coolDown })
    }
    mark(scope, at)
  }
  for (const scope of scopes.keys()) fallUntil(scope, until)
  return [...scopes.values()].flatMap(({ spans }) => spans)
}
