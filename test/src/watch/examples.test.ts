import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { METRICS, type MetricName, readWatchConfig } from '../../../src/watch/index.js'

const folder = new URL('../../../examples/watch/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const page = readFileSync(new URL('../../../docs/watch.md', import.meta.url), 'utf8')

interface Rule {
  alert: string
  expr: string
  annotations: { summary: string }
}
interface Panel {
  title: string
  targets: { expr: string; legendFormat: string }[]
}

/** What is wrong with an expression over metrics, and with the labels that its text shows. */
function faultsOf(expr: string, shown: string): string[] {
  const names = expr.match(/plimsoll_[a-z_]+/g) ?? []
  const unknown = names.filter((name) => !Object.hasOwn(METRICS, name))
  const labels = names.flatMap((name) => [...(METRICS[name as MetricName]?.labels ?? [])]) as string[]
  const used = [
    ...[...expr.matchAll(/(?:by|ignoring|on) \(([a-z, ]*)\)/g)].flatMap(([, list]) => list!.split(', ')),
    ...[...expr.matchAll(/[{,]([a-z]+)=/g)].map(([, label]) => label!),
    ...[...shown.matchAll(/\{\{ ?(?:\$labels\.)?([a-z]+) ?\}\}/g)].map(([, label]) => label!),
  ]
  return [
    ...(names.length === 0 ? ['no metric'] : []),
    ...unknown,
    ...used.filter((label) => !labels.includes(label)),
  ]
}

test('every metric and label that the example of alert rules names exists (watch.2)', () => {
  const { groups } = parse(read('alerts.yaml')) as { groups: { rules: Rule[] }[] }
  const rules = groups.flatMap((group) => group.rules)
  expect(rules.length).toBeGreaterThan(10)
  for (const { alert, expr, annotations } of rules)
    expect(faultsOf(expr, annotations.summary), alert).toEqual([])
})

test('every metric and label that the example of a dashboard names exists (watch.2)', () => {
  const { panels } = JSON.parse(read('dashboard.json')) as { panels: Panel[] }
  expect(panels.length).toBeGreaterThan(10)
  for (const { title, targets } of panels) {
    for (const { expr, legendFormat } of targets) {
      expect(faultsOf(expr, ['down'].includes(legendFormat) ? '' : legendFormat), title).toEqual([])
    }
  }
})

test('the check of these examples finds what is not there (watch.2)', () => {
  expect(faultsOf('plimsoll_epoch_valld == 0', '')).toEqual(['plimsoll_epoch_valld'])
  expect(faultsOf('plimsoll_epoch_valid{vendor="a"}', '{{ $labels.feed }}')).toEqual(['vendor', 'feed'])
})

test('every configuration among the examples is one (watch.1)', async () => {
  const configs = readdirSync(folder).filter((name) => /watch.*\.json$/.test(name))
  expect(configs).toContain('watch-chain.json')
  for (const name of configs) await readWatchConfig(fileURLToPath(new URL(name, folder)))
})

test('the page of the watch lists every metric with its labels, as the metric says of itself (watch.2)', () => {
  const rows = [...page.matchAll(/^\| `(plimsoll_[a-z_]+)(?:\{([a-z, ]+)\})?` \| (.+) \|$/gm)]
  const listed = rows.map(([, name, labels = '', help]) => [name, labels, help])
  const known = Object.entries(METRICS).map(([name, { labels, help }]) => [name, labels.join(', '), help])
  expect(listed).toEqual(known)
})
