import { html, type Markup, pageOf } from '../audit/index.js'
import { copyWords } from './copy-words.js'
import type { IncidentReport, Moment } from './report.js'

const SOURCES: Record<Moment['source'], string> = {
  log: 'log of incidents',
  chain: 'chain',
  alert: 'alert',
  keeper: 'keeper',
}

/**
 * A report of incidents as one page, without a script and without a reference to anything outside it.
 *
 * @example
 * const log = await verifyLog(await readLogText('incidents.jsonl'), 'incidents.jsonl')
 * const page = incidentPage(incidentReport({ log })) // '<!doctype html>…'
 */
export function incidentPage(report: IncidentReport): string {
  const { log, incidents, levels, epochs, paid, timeline, notChecked } = report
  const names = incidents.map(({ incident }) => incident).join(', ')
  return pageOf({
    title: `Incidents: ${names}`,
    heading: incidents.length === 1 ? `Incident ${names}` : 'Incidents',
    sub: `Log ${log.name}, head ${log.head}`,
    main: [
      html`<section class="verdict ${log.valid ? 'valid' : 'invalid'}"><strong>${log.valid ? 'THE LOG VERIFIES' : 'THE LOG DOES NOT VERIFY'}</strong>
<p>${log.boundTo === undefined ? 'No head from elsewhere and no signer was given: that it was not written anew is not shown.' : `Bound up to entry ${log.boundTo}.`}</p></section>`,
      tableOf(
        'Incidents',
        ['Incident', 'Severity', 'Opened', 'Closed', 'Lasted'],
        incidents.map(({ incident, severity, openedAt, closedAt }) => [
          ...[incident, severity, time(openedAt), closedAt === undefined ? 'open' : time(closedAt)],
          lasted(openedAt, closedAt),
        ]),
      ),
      tableOf(
        'Levels of the breaker',
        ['Scope', 'Level', 'From', 'To', 'Lasted'],
        levels.map(({ scope, level, from, to }) => [
          ...[scope, `${level}`, time(from), to === undefined ? 'lasts' : time(to)],
          lasted(from, to),
        ]),
      ),
      tableOf(
        'Epochs that were relied on',
        ['Venue', 'Epoch', 'From', 'To', 'SHA-256 of the manifest', 'Verified for this report'],
        epochs.map(({ venue, epoch, from, to, manifest, copy }) => [
          ...[venue, epoch, time(from), to === undefined ? 'still' : time(to), manifest ?? 'not told'],
          copyWords(copy),
        ]),
      ),
      tableOf(
        'Paid from the fund',
        ['At', 'For', 'Epoch', 'Token', 'Amount', 'From the floor', 'To'],
        paid.map(({ at, beneficiary, epoch, token, amount, drawn, to }) => [
          ...[time(at), beneficiary, epoch, token, amount, drawn, to],
        ]),
      ),
      tableOf(
        'Timeline',
        ['At', 'From', 'What', 'Block', 'Transaction'],
        timeline.map(({ at, source, what, block, transaction }) => [
          ...[time(at), SOURCES[source], what, block === undefined ? '' : `${block}`, transaction ?? ''],
        ]),
      ),
      html`<section><h2>What this does not show</h2><ul>${notChecked.map((what) => html`<li>${what}</li>`)}</ul></section>`,
    ],
  })
}

function tableOf(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  if (rows.length === 0) return html`<section><h2>${title}</h2><p class="soft">None.</p></section>`
  return html`<section><h2>${title}</h2>
<div class="scroll"><table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
</tbody></table></div></section>`
}

function time(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}

function lasted(from: number, to: number | undefined): string {
  return to === undefined ? '' : `${Math.round(to - from)} s`
}
