import { html, type Markup, pageOf } from '../../audit/index.js'
import { printable } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import { shownAmount } from './amounts.js'
import {
  depthLines,
  misfitWords,
  percent,
  type SizedPlan,
  shownPenalty,
  verdict,
} from './liquidation-plan.js'

const WIDTH = 760
const ROW = 30
const LABEL = 210
const RIGHT = 230
const TOP = 8
/** Characters of a name that fit beside a plot. */
const SHOWN = 26

/** A bar beside its name. */
interface Bar {
  name: string
  /** Its length as a share of the longest, 0 to 1: a drawing, on which nothing depends. */
  length: number
  isGood: boolean
  text: string
}

/** A plan as one page with plots, for a venue to keep: it names no account. */
export function planPage(sized: SizedPlan, version: string): string {
  const { plan, books } = sized
  const { table, scenario, policy, fund, impact } = books
  const amount = (value: bigint) => shownAmount(formatDecimal(value, table.valueDecimals))
  const shown = shownPenalty(sized)
  const { cascade } = shown
  const mostClosed = most(plan.penalties.map((each) => each.cascade.closed))
  const mostRound = most(cascade.rounds.map(({ closed }) => closed))
  const penalties = plan.penalties.map(({ penalty, misfits, cascade: each }) => ({
    name: `${percent(penalty)}${penalty === policy.penalty ? ' (policy)' : ''}`,
    length: ratio(each.closed, mostClosed),
    isGood: misfits.length === 0,
    text: misfits.length === 0 ? 'fits' : misfits.map((misfit) => misfitWords(misfit, sized)).join(', '),
  }))
  const rounds = cascade.rounds.map(({ accounts, closed }, i) => ({
    name: `round ${i + 1}`,
    length: ratio(closed, mostRound),
    isGood: true,
    text: `${amount(closed)}, accounts: ${accounts}`,
  }))
  const sides = depthLines(cascade.instruments, books).map((line) => ({
    name: `${line.symbol} ${line.side}`,
    length: Number(line.share) / 1e6,
    isGood: !line.isBeyond,
    text: `${percent(line.share)} of the side, last price ${percent(line.move)}`,
  }))
  const { accounts, belowTrigger, belowBackstop, withinReach, unjudged } = plan.counts
  const facts: [string, string][] = [
    ['accounts', `${accounts}`],
    ['below the trigger', `${belowTrigger}`],
    ['of them below the backstop', `${belowBackstop}`],
    ['that can fall at most', `${withinReach}`],
    ['not judged by the rule', `${unjudged}`],
    [`insurance fund, ${table.quote}`, amount(fund)],
    ['impact that stays in the mark', percent(impact)],
    ['least incentive', percent(sized.incentive)],
  ]
  return pageOf({
    title: `Liquidations: ${scenario ?? 'at marks'}`,
    heading: `Liquidations of a ledger: ${scenario ?? 'at marks'}`,
    sub: `Private: counts and sums of a venue's books · plimsoll ${version}`,
    main: [
      html`<section class="verdict ${plan.fitting === undefined ? 'invalid' : 'valid'}"><strong>${verdict(sized)}</strong></section>`,
      html`<section><h2>The ledger</h2><table>${facts.map(([name, value]) => html`<tr><td>${name}</td><td class="number">${value}</td></tr>`)}</table></section>`,
      section(`What is closed under each penalty, ${table.quote}`, penalties),
      section(`Round by round, at ${percent(shown.penalty)}`, rounds),
      section(`How far books are taken, at ${percent(shown.penalty)}`, sides),
    ],
  })
}

function section(title: string, bars: readonly Bar[]): Markup {
  return html`<section><h2>${title}</h2>${bars.length === 0 ? html`<p>Nothing is closed.</p>` : plot(title, bars)}</section>`
}

function plot(title: string, bars: readonly Bar[]): Markup {
  const height = TOP + ROW * bars.length + 6
  const scale = WIDTH - LABEL - RIGHT
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<line class="axis" x1="${LABEL}" x2="${LABEL}" y1="0" y2="${height}"/>
${bars.map(({ name, length, isGood, text }, i) => {
  const y = TOP + i * ROW
  const width = Math.max(0.5, Math.round(length * scale * 100) / 100)
  return html`<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${cut(name)}</text>
<rect class="${isGood ? 'bar' : 'short'}" x="${LABEL}" y="${y + 4}" width="${width}" height="16"/>
<text class="soft" x="${LABEL + width + 8}" y="${y + 16}">${text}</text>
`
})}</svg>`
}

const cut = (text: string): string => {
  const safe = printable(text)
  return safe.length > SHOWN ? `${safe.slice(0, SHOWN - 1)}…` : safe
}

function most(values: readonly bigint[]): bigint {
  let best = 0n
  for (const value of values) if (value > best) best = value
  return best
}

function ratio(value: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((value * 10_000n) / whole) / 10_000
}
