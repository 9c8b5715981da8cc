import { printable } from '../../errors/index.js'
import type { Coverage, ScenarioFigure } from '../figures.js'
import type { FlowShown } from '../settlement-shown.js'
import { html, type Markup } from './markup.js'

const WIDTH = 760
const ROW = 30
const LABEL = 150
const RIGHT = 150
const TOP = 26
/** Characters of a label that fit beside the plot. */
const SHOWN = 18

const plain = (text: string): string => {
  const safe = printable(text)
  return safe.length > SHOWN ? `${safe.slice(0, SHOWN - 1)}…` : safe
}
/** A ratio in percent, cut off: what is not covered in full never looks as if it were. */
const percentOf = (ratio: string): number => Math.floor(Number(ratio) * 10_000 + 1e-6) / 100
const round = (value: number): number => Math.round(value * 100) / 100

/**
 * What is held of each instrument per unit owed, against the threshold of the policy. A ratio that is not
 * disclosed is drawn as what is proven: at least the threshold, or what a disclosure proves above it.
 */
export function coveragePlot(lines: readonly Coverage[]): Markup {
  const most = Math.max(
    1.2,
    ...lines.flatMap(({ threshold, ratio, atLeast }) => [
      Number(threshold),
      Math.min(Number(ratio ?? atLeast ?? 0), 3),
    ]),
  )
  const scale = (WIDTH - LABEL - RIGHT) / most
  const height = TOP + ROW * lines.length + 6
  const ticks = [0, 0.5, 1, 1.5, 2, 2.5, 3].filter((tick) => tick <= most)
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Coverage by instrument">
${ticks.map((tick) => {
  const x = round(LABEL + tick * scale)
  return html`<line class="axis" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${height}"/><text class="soft" x="${x}" y="14" text-anchor="middle">${tick * 100} %</text>`
})}
${lines.map((line, i) => coverageRow(line, TOP + i * ROW, scale))}
</svg>`
}

function coverageRow(line: Coverage, y: number, scale: number): Markup {
  const { symbol, threshold, ratio, atLeast, grade } = line
  const proven = atLeast !== undefined && Number(atLeast) > Number(threshold) ? atLeast : threshold
  const at = round(LABEL + Number(threshold) * scale)
  const known = ratio !== undefined
  const width = round(Math.min(Number(known ? ratio : proven), 3) * scale)
  const isShort = known && Number(ratio) < Number(threshold)
  const words = known
    ? `${percentOf(ratio)} %`
    : grade === 'proven'
      ? `at least ${percentOf(proven)} %`
      : 'not proven'
  const end = Math.max(LABEL + width, at) + 8
  return html`<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${plain(symbol)}</text>
<rect class="${known ? (isShort ? 'short' : 'bar') : 'least'}" x="${LABEL}" y="${y + 4}" width="${Math.max(width, 0.5)}" height="16"/>
<line class="mark" x1="${at}" x2="${at}" y1="${y + 1}" y2="${y + 23}"/>
<text x="${end}" y="${y + 16}">${words}</text>`
}

/** From the lowest to the highest change of a spot instrument in each scenario. */
export function movesPlot(lines: readonly ScenarioFigure[]): Markup {
  const ends = lines.flatMap(({ lowest, highest }) => [
    Number(lowest?.percent ?? 0),
    Number(highest?.percent ?? 0),
  ])
  const [low, high] = [Math.max(-100, Math.min(-10, ...ends)), Math.min(100, Math.max(10, ...ends))]
  const scale = (WIDTH - LABEL - RIGHT) / (high - low)
  const xOf = (percent: number) => round(LABEL + (Math.min(high, Math.max(low, percent)) - low) * scale)
  const height = TOP + ROW * lines.length + 6
  const ticks = [-100, -75, -50, -25, 0, 25, 50, 75, 100].filter((tick) => tick >= low && tick <= high)
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="What scenarios do to prices">
${ticks.map((tick) => html`<line class="${tick === 0 ? 'mark' : 'axis'}" x1="${xOf(tick)}" x2="${xOf(tick)}" y1="${TOP - 6}" y2="${height}"/><text class="soft" x="${xOf(tick)}" y="14" text-anchor="middle">${tick} %</text>`)}
${lines.map(({ name, lowest, highest, kind }, i) => {
  const y = TOP + i * ROW
  const [from, to] = [xOf(Number(lowest?.percent ?? 0)), xOf(Number(highest?.percent ?? 0))]
  return html`<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${plain(name)}</text>
<rect class="${kind === 'covered' ? 'bar' : 'least'}" x="${from}" y="${y + 4}" width="${Math.max(2, round(to - from))}" height="16"/>
<text class="soft" x="${WIDTH - RIGHT + 8}" y="${y + 16}">${lowest ? `${plain(lowest.symbol)} ${round(Number(lowest.percent))} %` : 'no price'}</text>`
})}
</svg>`
}

/** What is left in each scenario before shortfalls, as a share of what is owed: the threshold is zero. */
export function marginPlot(lines: readonly ScenarioFigure[]): Markup | undefined {
  const known = lines.filter(({ marginShare }) => marginShare !== undefined)
  if (known.length === 0) return undefined
  const shares = known.map(({ marginShare }) => Number(marginShare))
  const [low, high] = [Math.max(-100, Math.min(0, ...shares)), Math.min(200, Math.max(10, ...shares))]
  const scale = (WIDTH - LABEL - RIGHT) / (high - low)
  const xOf = (percent: number) => round(LABEL + (Math.min(high, Math.max(low, percent)) - low) * scale)
  const height = TOP + ROW * known.length + 6
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Margin of each scenario to its threshold">
<text class="soft" x="${xOf(0)}" y="14" text-anchor="middle">0: the threshold</text>
${known.map(({ name, marginShare }, i) => {
  const y = TOP + i * ROW
  const share = Number(marginShare)
  const [from, to] = [xOf(Math.min(0, share)), xOf(Math.max(0, share))]
  return html`<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${plain(name)}</text>
<rect class="${share < 0 ? 'short' : 'bar'}" x="${from}" y="${y + 4}" width="${Math.max(1, round(to - from))}" height="16"/>
<text x="${Math.max(to, xOf(0)) + 8}" y="${y + 16}">${round(share)} % of what is owed</text>`
})}
<line class="mark" x1="${xOf(0)}" x2="${xOf(0)}" y1="${TOP - 4}" y2="${height}"/>
</svg>`
}

/** Deposits and withdrawals of each instrument at mark, on either side of one line. */
export function flowsPlot(lines: readonly Required<FlowShown>[]): Markup {
  const ends = lines.flatMap(({ value }) => [Number(value.deposits), Number(value.withdrawals)])
  const half = (WIDTH - LABEL - RIGHT) / 2
  const scale = half / Math.max(...ends, Number.MIN_VALUE)
  const middle = LABEL + half
  const height = TOP + ROW * lines.length + 6
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Deposits and withdrawals by instrument">
<text class="soft" x="${middle - 8}" y="14" text-anchor="end">withdrawals</text><text class="soft" x="${middle + 8}" y="14">deposits</text>
${lines.map(({ symbol, deposits, withdrawals, value }, i) => {
  const y = TOP + i * ROW
  const [out, into] = [round(Number(value.withdrawals) * scale), round(Number(value.deposits) * scale)]
  return html`<text x="${LABEL - 8}" y="${y + 16}" text-anchor="end">${plain(symbol)}</text>
<rect class="least" x="${round(middle - out)}" y="${y + 4}" width="${out}" height="16"/>
<rect class="bar" x="${middle}" y="${y + 4}" width="${into}" height="16"/>
<text class="soft" x="${WIDTH - RIGHT + 8}" y="${y + 16}">${plain(`−${withdrawals} +${deposits}`)}</text>`
})}
<line class="mark" x1="${middle}" x2="${middle}" y1="${TOP - 4}" y2="${height}"/>
</svg>`
}
