import { html, type Markup, pageOf } from '../audit/index.js'
import type { AssetReplay, DetectorResult, RequirementResult } from '../models/index.js'

const WIDTH = 760
const HEIGHT = 240
const LEFT = 56
const BOTTOM = 22
const LINE = 'stroke-dasharray:none'

/**
 * A replay as one HTML page with plots: without a script and without a reference to anything outside it.
 *
 * @param about what was replayed: version and files
 */
export function replayPage(
  assets: readonly AssetReplay[],
  about: { version: string; histories: readonly { name: string; sha256: string }[] },
): string {
  const names = assets.map(({ asset }) => asset).join(', ')
  return pageOf({
    title: `Replay of ${names}`,
    heading: `Replay of ${names}`,
    sub: `Detectors and requirements over a price history · plimsoll ${about.version}`,
    main: [
      ...assets.flatMap(assetSections),
      html`<section><h2>Histories</h2>
<div class="scroll"><table><thead><tr><th>File</th><th>SHA-256</th></tr></thead><tbody>
${about.histories.map(({ name, sha256 }) => html`<tr><td>${name}</td><td class="mono">${sha256}</td></tr>`)}
</tbody></table></div></section>`,
    ],
  })
}

function assetSections(replay: AssetReplay): Markup[] {
  const { asset, from, to, periods } = replay
  const carried = replay.detectors.filter(({ isCarried }) => isCarried)
  return [
    html`<section><h2>${asset}</h2>
<p class="soft">${periods} periods, ${from} to ${to}. Marks below the price: alarms of detectors that this history carries (${carried.length === 0 ? 'none' : [...new Set(carried.map(({ detector }) => detector))].join(', ')}).</p>
${pricePlot(replay, carried)}
<h3>Moves, and what is required for them</h3>
<p class="soft">Line: the proposed requirement at the highest confidence, for longs below and for shorts above. Red: moves beyond it.</p>
${movesPlot(replay)}</section>`,
    html`<section><h3>Requirements of ${asset}</h3>
<div class="scroll"><table><thead><tr><th>Side</th><th class="number">Confidence</th><th>Method</th><th class="number">Exceeded</th><th class="number">Expected</th><th class="number">Kupiec p</th><th class="number">Independence p</th><th class="number">Both p</th><th>Verdict</th><th class="number">Mean</th><th class="number">Steepest rise</th></tr></thead><tbody>
${replay.requirements.map(requirementRow)}
</tbody></table></div></section>`,
    html`<section><h3>Detectors of ${asset}</h3>
<div class="scroll"><table><thead><tr><th>Detector</th><th>Foretells</th><th class="number">Alarms</th><th class="number">Followed</th><th class="number">By chance</th><th class="number">p</th><th class="number">Lead</th><th class="number">Warned of</th><th class="number">False in 30 days</th><th>Carried</th></tr></thead><tbody>
${replay.detectors.map(detectorRow)}
</tbody></table></div></section>`,
  ]
}

function requirementRow(row: RequirementResult): Markup {
  const { side, confidence, method, breaches, expected, verdict, isClustered, mean, steepestRise } = row
  return html`<tr><td>${side === 'down' ? 'long' : 'short'}</td><td class="number">${confidence}</td><td>${method}</td><td class="number">${breaches}</td><td class="number">${expected.toFixed(1)}</td><td class="number">${row.frequency.probability.toFixed(4)}</td><td class="number">${row.independence.probability.toFixed(4)}</td><td class="number">${row.conditional.probability.toFixed(4)}</td><td>${verdict}${isClustered ? ', in clusters' : ''}</td><td class="number">${percent(mean)}</td><td class="number">${steepestRise.toFixed(2)}</td></tr>`
}

function detectorRow(row: DetectorResult): Markup {
  const { detector, side, alarms, followed, baseRate, chance, leads, warned, moves, isCarried } = row
  return html`<tr><td>${detector}</td><td>${side === 'down' ? 'falls' : 'rises'}</td><td class="number">${alarms}</td><td class="number">${followed}</td><td class="number">${percent(baseRate)}</td><td class="number">${chance.toPrecision(2)}</td><td class="number">${leads.length === 0 ? '–' : leads[leads.length >> 1]!}</td><td class="number">${warned.length} of ${moves}</td><td class="number">${row.falsePer30Days.toFixed(2)}</td><td>${isCarried ? 'yes' : 'no'}</td></tr>`
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
const round = (value: number): number => Math.round(value * 100) / 100

/** Prices on a logarithmic scale, with a mark below for each alarm. */
function pricePlot({ asset, prices }: AssetReplay, carried: readonly DetectorResult[]): Markup {
  const { at, closes } = prices
  const logs = closes.map(Math.log)
  const [low, high] = [least(logs), most(logs)]
  const x = xScale(at.length)
  const y = (log: number) =>
    round(HEIGHT - BOTTOM - 14 - ((log - low) / (high - low || 1)) * (HEIGHT - BOTTOM - 24))
  const places = new Map(at.map((date, i) => [date, i]))
  const rang = carried.flatMap((row) => row.rang.flatMap((date) => places.get(date) ?? []))
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Prices of ${asset} and alarms">
${[low, high].map((log) => html`<text class="soft" x="${LEFT - 6}" y="${y(log) + 4}" text-anchor="end">${Math.exp(log).toPrecision(4)}</text>`)}
${dateLabels(at)}
<polyline class="least" style="${LINE}" points="${sampled(logs.length)
    .map((i) => `${x(i)},${y(logs[i]!)}`)
    .join(' ')}"/>
${[...new Set(rang)].map((i) => html`<line class="mark" x1="${x(i)}" x2="${x(i)}" y1="${HEIGHT - BOTTOM - 8}" y2="${HEIGHT - BOTTOM}"/>`)}
</svg>`
}

/** The move of every period, as the extremes of each column, and the requirement against it. */
function movesPlot({ asset, prices, proposed }: AssetReplay): Markup {
  const { at, closes } = prices
  const moves = closes.map((close, i) => (i === 0 ? 0 : close / closes[i - 1]! - 1))
  const reach = Math.max(most(proposed.down), most(proposed.up), most(moves), -least(moves))
  const x = xScale(at.length)
  const middle = (HEIGHT - BOTTOM) / 2
  const y = (share: number) => round(middle - (share / reach) * (middle - 8))
  const line = (list: readonly number[], sign: 1 | -1) =>
    sampled(list.length)
      .map((i) => `${x(i)},${y(sign * list[i]!)}`)
      .join(' ')
  const beyond = moves.flatMap((move, i) => (move > proposed.up[i]! || -move > proposed.down[i]! ? [i] : []))
  const columns = sampled(moves.length)
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Moves of ${asset} and requirements">
${[reach, 0, -reach].map((share) => html`<line class="axis" x1="${LEFT}" x2="${WIDTH}" y1="${y(share)}" y2="${y(share)}"/><text class="soft" x="${LEFT - 6}" y="${y(share) + 4}" text-anchor="end">${(100 * share).toFixed(1)} %</text>`)}
${dateLabels(at)}
${columns.map((i, column) => {
  const part = moves.slice(i, columns[column + 1])
  return html`<line class="axis" x1="${x(i)}" x2="${x(i)}" y1="${y(most([...part, 0]))}" y2="${y(least([...part, 0]))}"/>`
})}
<polyline class="least" style="${LINE}" points="${line(proposed.up, 1)}"/>
<polyline class="least" style="${LINE}" points="${line(proposed.down, -1)}"/>
${beyond.map((i) => html`<line class="mark" x1="${x(i)}" x2="${x(i)}" y1="${y(0)}" y2="${y(moves[i]!)}"/>`)}
</svg>`
}

const xScale = (length: number) => (i: number) =>
  round(LEFT + (i / Math.max(1, length - 1)) * (WIDTH - LEFT - 4))

function dateLabels(at: readonly string[]): Markup[] {
  const x = xScale(at.length)
  const [first, last] = [0, at.length - 1]
  return [first, last >> 1, last].map((i, place) => {
    const anchor = ['start', 'middle', 'end'][place]!
    return html`<text class="soft" x="${x(i)}" y="${HEIGHT - 6}" text-anchor="${anchor}">${at[i]!.slice(0, 10)}</text>`
  })
}

/** Places of a list, as many as a plot has columns. */
function sampled(length: number): number[] {
  const step = Math.max(1, Math.ceil(length / (WIDTH - LEFT)))
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step)
}

function most(list: readonly number[]): number {
  return list.reduce((a, b) => Math.max(a, b), -Infinity)
}

function least(list: readonly number[]): number {
  return list.reduce((a, b) => Math.min(a, b), Infinity)
}
