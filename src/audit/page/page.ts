import { someOf } from '../../risk/index.js'
import type { Author } from '../attestation.js'
import type { Coverage, Grade } from '../figures.js'
import type { Outcome } from '../procedure.js'
import type { AuditReport } from '../report.js'
import type { FlowShown } from '../settlement-shown.js'
import { pageOf } from './frame.js'
import { html, type Markup, paragraphs } from './markup.js'
import { coveragePlot, flowsPlot, marginPlot, movesPlot } from './plots.js'

const GRADES: Record<Grade, string> = {
  recomputed: 'recomputed here',
  proven: 'proven',
  claimed: 'the venue’s word',
  withheld: 'withheld',
}
const AUTHORS: Record<Author, string> = {
  'found here': 'here',
  'the venue’s word': 'word',
  'the auditor’s word': 'word',
  'not stated': 'none',
}

/**
 * The report of an audit as one HTML page: without a script and without a reference to anything outside it,
 * in the reader's light or dark theme, and for paper.
 *
 * @example
 * const report = await audit(await openSource('epoch'), { pins, development: true, version: '0.1.0' })
 * const page = auditPage(report) // '<!doctype html>…'
 */
export function auditPage(report: AuditReport): string {
  const { venue, epoch, valid } = report
  const sections = [
    exceptions(report),
    procedureList(report),
    remarkList(report),
    figureList(report),
    reservesSection(report),
    settlementSection(report),
    coverageSection(report),
    scenarioSection(report),
    policySection(report),
    keySection(report),
    attestationSection(report),
    limitSection(report),
    handSection(report),
    inputSection(report),
  ]
  return pageOf({
    title: `Audit of ${venue}, epoch ${epoch}: ${valid ? 'no exception' : 'exceptions'}`,
    heading: `${venue}, epoch ${epoch}`,
    sub: `Audit of a proof of solvency · ${report.auditedAt} · plimsoll ${report.tool.version}`,
    main: [html`${verdict(report)}\n${sections}`],
  })
}

const tag = (kind: string, text: string): Markup => html`<span class="tag ${kind}">${text}</span>`
const grade = (of: Grade): Markup => tag(of, GRADES[of])

function verdict({ valid, meaning, procedures, manifestSha256, state }: AuditReport): Markup {
  const count = (outcome: Outcome) => procedures.filter((each) => each.outcome === outcome).length
  return html`<section class="verdict ${valid ? 'valid' : 'invalid'}">
<strong>${valid ? 'VALID' : 'NOT VALID'}</strong>
${meaning.map((sentence) => html`<p>${sentence}</p>`)}
<div class="counts"><span>${count('passed')} passed</span><span>${count('exception')} with an exception</span><span>${count('remark')} to judge</span><span>${count('omitted')} not carried out</span></div>
<p class="soft">Manifest (SHA-256) <code>${manifestSha256}</code><br>Last state <code>${state}</code></p>
</section>`
}

function exceptions({ procedures }: AuditReport): Markup | undefined {
  const found = procedures.filter(({ outcome }) => outcome === 'exception')
  if (found.length === 0) return undefined
  return html`<section><h2>Exceptions</h2><ul>${found.map(
    ({ number, what, finding, todo }) =>
      html`<li><b>${number}. ${what}:</b> ${finding}${todo === undefined ? undefined : html` <span class="soft">${todo}</span>`}</li>`,
  )}</ul></section>`
}

function procedureList({ procedures }: AuditReport): Markup {
  return html`<section><h2>Procedures and findings</h2>
<div class="scroll"><table><thead><tr><th class="number">No.</th><th>Procedure</th><th>Outcome</th><th>Finding</th></tr></thead><tbody>
${procedures.map(
  ({ number, id, what, outcome, finding }) =>
    html`<tr><td class="number">${number}</td><td>${what}<br><code class="soft">${id}</code></td><td>${tag(outcome, OUTCOMES[outcome])}</td><td>${finding}</td></tr>`,
)}
</tbody></table></div></section>`
}

const OUTCOMES: Record<Outcome, string> = {
  passed: 'no exception',
  exception: 'exception',
  remark: 'to judge',
  omitted: 'not carried out',
}

function remarkList({ remarks }: AuditReport): Markup | undefined {
  if (remarks.length === 0) return undefined
  return html`<section><h2>For the reader to judge</h2><ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul></section>`
}

function figureList({ figures }: AuditReport): Markup {
  return html`<section><h2>Figures, and how each is known</h2>
<div class="scroll"><table><thead><tr><th>Figure</th><th>Value</th><th>Known</th><th>Basis</th></tr></thead><tbody>
${figures.map(({ name, value, grade: of, basis }) => html`<tr><td>${name}</td><td class="mono">${value}</td><td>${grade(of)}</td><td>${basis}</td></tr>`)}
</tbody></table></div></section>`
}

function reservesSection({ reserves }: AuditReport): Markup | undefined {
  if (reserves === undefined) return undefined
  const { classes, verdict, accounts, blocks, shown, words, compared } = reserves
  return html`<section><h2>Reserves, and what addresses show</h2>
<p class="soft">What counts for the proof: ${classes.join(', ')}. Amounts of different classes stand apart. ${accounts.counted} of ${accounts.listed} addresses show something, ${verdict}.</p>
<div class="scroll"><table><thead><tr><th>Instrument</th><th>For</th><th class="number">Proven</th><th class="number">Observed</th><th class="number">Attested</th></tr></thead><tbody>
${shown.map(({ instrument, holdsFor, proven, observed, attested }) => html`<tr><td>${instrument}</td><td>${holdsFor}</td><td class="number">${proven}</td><td class="number">${observed}</td><td class="number">${attested}</td></tr>`)}
</tbody></table></div>
${blocks.length === 0 ? undefined : html`<div class="scroll"><table><thead><tr><th>Chain</th><th class="number">Block</th><th>Known by</th></tr></thead><tbody>${blocks.map(({ chain, height, hash, vouchedBy }) => html`<tr><td>${chain}</td><td class="number">${height}<br><code class="soft">${hash}</code></td><td>${VOUCHERS[vouchedBy]}</td></tr>`)}</tbody></table></div>`}
${words.length === 0 ? undefined : html`<h3>On the word of the venue</h3><ul>${words.map((word) => html`<li>${word}</li>`)}</ul>`}
${compared && html`<h3>Compared with the reserves that the venue shows</h3><div class="scroll"><table><thead><tr><th>Instrument</th><th class="number">Reserves</th><th class="number">Layers</th><th>Addresses show</th></tr></thead><tbody>${compared.map(({ symbol, reserves: held, layers, enough }) => html`<tr><td>${symbol}</td><td class="number">${held}</td><td class="number">${layers}</td><td>${enough ? tag('recomputed', 'at least as much') : tag('exception', 'less')}</td></tr>`)}</tbody></table></div>`}
</section>`
}

function settlementSection({ settlement, quote }: AuditReport): Markup | undefined {
  if (settlement === undefined) return undefined
  const { from, to, sha256, reasons, loss, flows } = settlement
  const marked = (flows ?? []).filter((flow): flow is Required<FlowShown> => flow.value !== undefined)
  const unmarked = (flows ?? []).filter(({ value }) => value === undefined).map(({ symbol }) => symbol)
  return html`<section><h2>What moved between ${from} and ${to}</h2>
<p class="soft">What the accounts of an identifier have at ${to} is what they had at ${from}, and their rows. ${loss ? 'Customers bear a loss.' : 'No row allocates a loss to customers, and no index falls.'} A customer who is shown another settlement than <code>${sha256}</code> is shown another history.</p>
<div class="scroll"><table><thead><tr><th>Reason</th><th>Rows</th><th>Proven over all accounts</th></tr></thead><tbody>
${reasons.map(({ reason, rows, proven }) => html`<tr><td>${reason}</td><td>${rows ? 'some' : 'none'}</td><td>${rows ? proven : '–'}</td></tr>`)}
</tbody></table></div>
${
  flows === undefined
    ? html`<p class="soft">Deposits, withdrawals and fees are committed to and hidden.</p>`
    : html`<h3>Deposits, withdrawals and fees, as the venue shows them and the settlement commits to</h3>
<p class="soft">Right of the line deposits, left of it withdrawals, at mark in ${quote ?? ''}. That they crossed an address of the venue is not proven.${unmarked.length === 0 ? '' : ` There is no mark of ${someOf(unmarked)} at ${to}, and no bar.`}</p>
${marked.length === 0 ? undefined : flowsPlot(marked.slice(0, PLOTTED))}
<div class="scroll"><table><thead><tr><th>Instrument</th><th class="number">Deposits</th><th class="number">Withdrawals</th><th class="number">Fees</th></tr></thead><tbody>
${flows.map(({ symbol, deposits, withdrawals, fees }) => html`<tr><td>${symbol}</td><td class="number">${deposits}</td><td class="number">${withdrawals}</td><td class="number">${fees}</td></tr>`)}
</tbody></table></div>`
}
</section>`
}

const VOUCHERS = {
  pin: 'a hash that the reader pinned',
  nodes: 'nodes of the reader',
  work: 'its work',
  venue: 'the venue’s word',
} as const

/** Rows of a plot; what is beyond stands in the table. */
const PLOTTED = 60

function coverageSection({ coverage }: AuditReport): Markup | undefined {
  if (coverage.length === 0) return undefined
  return html`<section><h2>Coverage by instrument</h2>
<p class="soft">The line is the threshold of the policy. ${coverageWords(coverage)}</p>
${coveragePlot(coverage.slice(0, PLOTTED))}
<div class="scroll"><table><thead><tr><th>Instrument</th><th class="number">Threshold</th><th class="number">Ratio</th><th class="number">Owed</th><th class="number">Held</th><th>Known</th></tr></thead><tbody>
${coverage.map((line) => html`<tr><td>${line.symbol}</td><td class="number">${line.threshold}</td><td class="number">${ratioWords(line)}</td><td class="number">${line.owed ?? 'hidden'}</td><td class="number">${line.held ?? 'hidden'}</td><td>${grade(line.grade)}</td></tr>`)}
</tbody></table></div></section>`
}

/** A ratio that is recomputed, or what is proven of one. */
function ratioWords({ ratio, atLeast, owed, held }: Coverage): string {
  if (ratio !== undefined) return ratio
  if (atLeast !== undefined) return `at least ${atLeast}`
  return owed === undefined || held === undefined ? 'hidden' : 'nothing owed'
}

function coverageWords(coverage: readonly Coverage[]): string {
  if (coverage.some(({ grade }) => grade === 'claimed')) return 'Nothing of it is proven.'
  const shown = coverage.filter(({ ratio }) => ratio !== undefined).length
  return [
    ...(shown > 0 ? ['Filled bars are recomputed from amounts that are disclosed.'] : []),
    ...(shown < coverage.length ? ['Dashed: at least this much is proven, and how much is hidden.'] : []),
    'Loans to customers count as the policy says.',
  ].join(' ')
}

function scenarioSection({ scenarios, quote }: AuditReport): Markup | undefined {
  if (scenarios.length === 0) return undefined
  const margins = marginPlot(scenarios)
  const isProven = scenarios.every(({ kind, grade }) => kind !== 'covered' || grade !== 'claimed')
  return html`<section><h2>Scenarios</h2>
<p class="soft">From the lowest to the highest change of a price in each scenario, with the instrument that falls most. Filled: it could happen, and what is held has to cover it. Dashed: a requirement, which nothing has to cover.</p>
${movesPlot(scenarios)}
${margins === undefined ? html`<p class="soft">How far what is held is above the threshold is hidden: it takes totals and reserves of every instrument.${isProven ? ' That it is not below is proven.' : undefined}</p>` : html`<h3>Margin to the threshold</h3><p class="soft">What is held over what is owed, before what accounts lack. What they lack is hidden${isProven ? ', and proven to be no more than this' : undefined}.</p>${margins}`}
<div class="scroll"><table><thead><tr><th>Scenario</th><th>Kind</th><th>Falls most</th><th class="number">Margin</th><th>Bounds</th><th>Known</th></tr></thead><tbody>
${scenarios.map((line) => {
  const { name, kind, lowest, margin, mostAccounts, mostShortfall } = line
  const bounds = [
    ...(mostAccounts === undefined ? [] : [`at most ${mostAccounts} accounts below zero`]),
    ...(mostShortfall === undefined ? [] : [`they lack at most ${mostShortfall} ${quote ?? ''}`]),
  ]
  return html`<tr><td>${name}</td><td>${kind === 'covered' ? 'could happen' : kind}</td><td>${lowest ? `${lowest.symbol} ${lowest.percent} %` : '–'}</td><td class="number">${margin === undefined ? 'hidden' : `${cutTo(margin, 2)} ${quote ?? ''}`}</td><td>${bounds.length === 0 ? 'none' : bounds.join('; ')}</td><td>${grade(line.grade)}</td></tr>`
})}
</tbody></table></div></section>`
}

/** An exact decimal cut off for people to read. */
function cutTo(text: string, decimals: number): string {
  const [whole, fraction = ''] = text.split('.')
  return fraction.length <= decimals ? text : `${whole}.${fraction.slice(0, decimals)}…`
}

function policySection({ policy }: AuditReport): Markup | undefined {
  if (policy.length === 0) return undefined
  return html`<section><h2>Policy and waterfall</h2><ul>${policy.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`
}

function keySection({ keys }: AuditReport): Markup {
  return html`<section><h2>Keys</h2>
<p class="soft">Whoever made a development key can forge every proof under it. Of a ceremony, all contributors would have had to.</p>
<div class="scroll"><table><thead><tr><th>Instance</th><th>Kind</th><th>Hashes and ceremony</th></tr></thead><tbody>
${keys.map(
  ({ instance, statement, kind, keyHash, circuitHash, circuit, pinned, ceremony }) =>
    html`<tr><td>${instance}<br><span class="soft">${statement}</span></td><td>${tag(kind === 'ceremony' ? 'proven' : 'exception', kind)}<br>${pinned ? tag('recomputed', 'as pinned') : tag('exception', 'not as pinned')}</td><td><p>key <code>${keyHash}</code></p><p>circuit <code>${circuitHash}</code> <span class="soft">${CIRCUITS[circuit]}</span></p>${ceremony && html`<p>contributors: ${ceremony.contributors.join(', ')}; drand round ${ceremony.beaconRound}</p><p>transcript <code>${ceremony.transcript}</code></p>`}</td></tr>`,
)}
</tbody></table></div></section>`
}

const CIRCUITS = {
  shipped: 'this version’s',
  vouched: 'the word of whoever made the pins',
  another: 'not this version’s',
} as const

function attestationSection({ attestation, claimed }: AuditReport): Markup {
  const { chains, holdings } = claimed
  return html`<section><h2>Fields of an attestation</h2>
<p class="soft">Words of venue and auditor come from a file beside the epoch. Nothing in them is checked.</p>
<div class="scroll"><table><thead><tr><th class="number">No.</th><th>Field</th><th>Content</th></tr></thead><tbody>
${attestation.map(
  ({ number, name, entries }) =>
    html`<tr><td class="number">${number}</td><td>${name}</td><td>${entries.map(({ text, by }) =>
      by === 'not stated' ? tag('none', by) : html`<div>${tag(AUTHORS[by], by)} ${paragraphs(text)}</div>`,
    )}</td></tr>`,
)}
</tbody></table></div>
${chains && html`<h3>Blocks that reserves were read at ${tag('word', 'the venue’s word')}</h3><div class="scroll"><table><thead><tr><th>Chain</th><th>Block</th><th>Time</th></tr></thead><tbody>${chains.map(({ chain, block, time }) => html`<tr><td>${chain}</td><td>${block}</td><td>${time}</td></tr>`)}</tbody></table></div>`}
${holdings && html`<h3>Reserves by asset and class ${tag('word', 'the venue’s word')}</h3><div class="scroll"><table><thead><tr><th>Asset</th><th>Class</th><th>Place</th><th>Evidence</th><th>Encumbrance</th></tr></thead><tbody>${holdings.map(({ asset, class: kind, place, evidence, encumbrance }) => html`<tr><td>${asset}</td><td>${kind}</td><td>${place}</td><td>${evidence}</td><td>${encumbrance ?? 'not stated'}</td></tr>`)}</tbody></table></div>`}
</section>`
}

function limitSection({ limits }: AuditReport): Markup {
  return html`<section><h2>What this does not say</h2><ul>${limits.map((limit) => html`<li>${limit}</li>`)}</ul></section>`
}

function handSection({ procedures }: AuditReport): Markup {
  const rows = procedures.filter(({ byHand }) => byHand !== undefined)
  return html`<section><h2>How to repeat it by hand</h2>
<p class="soft">In the folder of the epoch, with any tools. docs/epoch-format.md of the project has every byte.</p>
<div class="scroll"><table><thead><tr><th class="number">No.</th><th>Check</th><th>By hand</th></tr></thead><tbody>
${rows.map(({ number, id, byHand }) => html`<tr><td class="number">${number}</td><td><code>${id}</code></td><td class="mono hand">${byHand}</td></tr>`)}
</tbody></table></div></section>`
}

function inputSection({ inputs, tool }: AuditReport): Markup {
  return html`<section><h2>Inputs and tool</h2>
<p>${tool.name} ${tool.version}. SHA-256 of everything that was read:</p>
<div class="scroll"><table><thead><tr><th>File</th><th>SHA-256</th></tr></thead><tbody>
${inputs.map(({ name, sha256 }) => html`<tr><td>${name}</td><td class="mono">${sha256}</td></tr>`)}
</tbody></table></div></section>`
}
