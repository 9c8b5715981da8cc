import { METRICS, type MetricName, reasonsOf, type Sample, seriesKey } from '../../watch/browser.js'
import { Series } from './series.js'

interface Told {
  now: number
  samples: Sample[]
}

/** Milliseconds without an event after which what is shown is called old. */
const SILENCE = 30_000

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T
const all = new Map<string, Series>()
const sections = new Map<MetricName, HTMLTableSectionElement>()
let heardAt = Date.now()

function show({ now, samples }: Told): void {
  heardAt = Date.now()
  at('fault').textContent = ''
  at('status').textContent = `As of ${new Date(1000 * now).toISOString().slice(0, 19).replace('T', ' ')} UTC.`
  const current = new Set<string>()
  for (const sample of samples) {
    const key = seriesKey(sample)
    current.add(key)
    const series = all.get(key) ?? added(key, sample)
    series.add(now, sample.value)
  }
  for (const [key, series] of all) {
    if (current.has(key)) continue
    series.row.remove()
    all.delete(key)
  }
  showVerdict(samples)
}

function showVerdict(samples: readonly Sample[]): void {
  const reasons = reasonsOf(samples)
  const verdict = at('verdict')
  verdict.hidden = false
  verdict.className = `verdict ${reasons.length === 0 ? 'good' : 'bad'}`
  at('verdict-title').textContent = reasons.length === 0 ? 'Quiet' : 'Trouble'
  const items = reasons.map((reason) => {
    const item = document.createElement('li')
    item.textContent = reason
    return item
  })
  at('reasons').replaceChildren(...items)
}

function added(key: string, sample: Sample): Series {
  const series = new Series(METRICS[sample.name].labels.map((label) => sample.labels[label] ?? ''))
  all.set(key, series)
  bodyOf(sample.name).append(series.row)
  return series
}

/** The table of a metric, made when it first has a sample. */
function bodyOf(name: MetricName): HTMLTableSectionElement {
  const known = sections.get(name)
  if (known !== undefined) return known
  const { help, labels } = METRICS[name]
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, text: string) => {
    const element = document.createElement(tag)
    element.textContent = text
    return element
  }
  const about = make('p', help)
  about.className = 'quiet'
  const table = document.createElement('table')
  const head = table.createTHead().insertRow()
  for (const title of [...labels, 'value', 'last ten minutes']) head.append(make('th', title))
  const body = table.createTBody()
  const scroll = document.createElement('div')
  scroll.className = 'scroll'
  scroll.tabIndex = 0
  scroll.role = 'region'
  scroll.ariaLabel = name
  scroll.append(table)
  const section = document.createElement('section')
  section.append(make('h2', name), about, scroll)
  at('metrics').append(section)
  sections.set(name, body)
  return body
}

const events = new EventSource('/events')
events.addEventListener('message', ({ data }: MessageEvent<string>) => show(JSON.parse(data) as Told))
events.addEventListener('error', () => {
  at('fault').textContent = 'The watch does not answer: what is shown is old.'
})
setInterval(() => {
  if (Date.now() - heardAt < SILENCE) return
  at('fault').textContent = 'Nothing was heard of the watch for half a minute: what is shown is old.'
}, 1000)
