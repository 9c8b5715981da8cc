import { type Side, signOf } from '../detect/side.js'

/** What an alarm has to foretell. */
export interface EventRule {
  /** Share of the price: how far it moves. */
  move: number
  /** Periods within which it does. */
  horizon: number
}

/** The places of a series that are looked at. */
export interface Range {
  /** The first one. */
  start: number
  /** The one behind the last: each has a whole horizon after it. */
  end: number
}

/** How many alarms a move came after, against how many it would come after anyway. */
export interface AlarmCount {
  /** Alarms; those within a horizon of one before it are part of that. */
  alarms: number
  /** Of them, those after which the price moved so far within the horizon. */
  followed: number
  /** Share of all periods after which it did. */
  baseRate: number
  /** Probability of as many by chance: of a binomial distribution with that share. */
  chance: number
}

/** What the alarms of one detector were worth in one direction. */
export interface AlarmJudgement extends AlarmCount {
  /** Places of the alarms. */
  places: number[]
  /** Periods from an alarm to the move, of those that it followed; in increasing order. */
  leads: number[]
  /** The same in the first and in the second half of the range. */
  halves: [AlarmCount, AlarmCount]
  /**
   * Whether it is better than chance at the level of 0.05 in each half, and over all that are judged together
   * (Bonferroni: four detectors, two directions).
   */
  isCarried: boolean
}

const JUDGED_TOGETHER = 8

/** The level at which alarms count as better than chance, and coverage as other than it says. */
export const LEVEL = 0.05

/**
 * Judges alarms by what the price did after each, from where it was at the alarm: a detector that only tells
 * of a fall that has happened gains nothing by it.
 *
 * @param alarms whether there is one at the end of each period
 */
export function judgeAlarms(
  closes: readonly number[],
  alarms: readonly boolean[],
  { side, rule, range }: { side: Side; rule: EventRule; range: Range },
): AlarmJudgement {
  const middle = Math.floor((range.start + range.end) / 2)
  const leadAt = (at: number) => leadOf(closes, at, side, rule)
  const count = (start: number, end: number): AlarmCount & { leads: number[]; places: number[] } => {
    let moves = 0
    let last = -Infinity
    const leads: number[] = []
    const places: number[] = []
    for (let at = start; at < end; at++) {
      const lead = leadAt(at)
      if (lead !== undefined) moves++
      if (!alarms[at] || at - last <= rule.horizon) continue
      last = at
      places.push(at)
      if (lead !== undefined) leads.push(lead)
    }
    const baseRate = end > start ? moves / (end - start) : 0
    return {
      alarms: places.length,
      followed: leads.length,
      baseRate,
      chance: binomialTail(leads.length, places.length, baseRate),
      leads,
      places,
    }
  }
  const halves = [count(range.start, middle), count(middle, range.end)].map(
    ({ leads: _leads, places: _places, ...half }) => half,
  )
  const whole = count(range.start, range.end)
  return {
    ...whole,
    leads: whole.leads.toSorted((a, b) => a - b),
    halves: halves as [AlarmCount, AlarmCount],
    isCarried: whole.chance < LEVEL / JUDGED_TOGETHER && halves.every(({ chance }) => chance < LEVEL),
  }
}

/** Periods until a price is so far from where it is at a place, where that is within the horizon. */
function leadOf(
  closes: readonly number[],
  at: number,
  side: Side,
  { move, horizon }: EventRule,
): number | undefined {
  for (let i = 1; i <= horizon; i++) {
    if (signOf(side) * (closes[at + i]! / closes[at]! - 1) >= move) return i
  }
  return undefined
}

/**
 * Where a price first is so far from its best within a horizon before it, and was not for a horizon: the
 * large moves of a series, each once.
 */
export function largeMoves(
  closes: readonly number[],
  { side, rule, range }: { side: Side; rule: EventRule; range: Range },
): number[] {
  const sign = signOf(side)
  const found: number[] = []
  let last = -Infinity
  for (let at = Math.max(range.start, rule.horizon); at < range.end; at++) {
    const before = closes.slice(at - rule.horizon, at)
    const best = side === 'down' ? Math.max(...before) : Math.min(...before)
    if (sign * (closes[at]! / best - 1) < rule.move) continue
    if (at - last > rule.horizon) found.push(at)
    last = at
  }
  return found
}

/** Periods from the first alarm within a horizon before a place to that place; none without an alarm. */
export function warningBefore(alarms: readonly boolean[], at: number, horizon: number): number | undefined {
  for (let lead = horizon; lead >= 1; lead--) if (alarms[at - lead]) return lead
  return undefined
}

/** The probability of at least `hits` in `n` trials with the probability `p` each. */
export function binomialTail(hits: number, n: number, p: number): number {
  if (hits === 0) return 1
  if (p <= 0) return 0
  if (p >= 1) return 1
  let sum = 0
  let logChoices = 0
  for (let k = 0; k <= n; k++) {
    if (k > 0) logChoices += Math.log((n - k + 1) / k)
    if (k >= hits) sum += Math.exp(logChoices + k * Math.log(p) + (n - k) * Math.log1p(-p))
  }
  return Math.min(1, sum)
}
