import { expect, test } from 'vitest'
import { METRICS, type MetricName, metricsText, type Sample, sample } from '../../../src/watch/index.js'
import { parseExposition } from '../../helpers/exposition.js'

test('metrics parse strictly, whatever symbols say (watch.2)', async () => {
  const instrument = 'BTC"} 1\nplimsoll_epoch_valid{venue="x\\'
  const text = await metricsText([
    sample('plimsoll_feed_price', { feed: 'a', instrument }, 1e-7, 10),
    sample('plimsoll_epoch_valid', { venue: 'Größe "A", \\n' }, 0, 10),
    sample('plimsoll_feed_price', { feed: 'b', instrument: 'ETH' }, 1e21, 10),
    sample('plimsoll_feed_price', { feed: 'a', instrument }, -2.5, 11),
  ])
  expect(parseExposition(text)).toMatchObject([
    {
      name: 'plimsoll_feed_price',
      type: 'gauge',
      series: [
        { labels: { feed: 'a', instrument }, value: -2.5 },
        { labels: { feed: 'b', instrument: 'ETH' }, value: 1e21 },
      ],
    },
    { name: 'plimsoll_epoch_valid', series: [{ labels: { venue: 'Größe "A", \\n' }, value: 0 }] },
  ])
})

test('every metric that there is parses, with a help, and labels that name no account (watch.2, privacy.1)', async () => {
  const names = Object.keys(METRICS) as MetricName[]
  const samples = names.map(
    (name): Sample => ({
      name,
      labels: Object.fromEntries(METRICS[name].labels.map((label) => [label, 'a'])),
      value: 1,
      at: 0,
    }),
  )
  const families = parseExposition(await metricsText(samples))
  expect(families.map(({ name }) => name)).toEqual(names)
  for (const { name, type, help } of families) {
    expect(help, name).toMatch(/^[A-Z].{20,}\.$/)
    expect(type === 'counter', name).toBe(name.endsWith('_total'))
  }
  const labels = new Set(names.flatMap((name) => [...METRICS[name].labels]))
  for (const label of labels) expect(label).not.toMatch(/account|owner|user|handle|^id$|address|holder/)
})

test('no series hides another, and no label shows that its metric does not have (watch.2)', async () => {
  const series = [
    { feed: 'x,instrument:y', instrument: 'z' },
    { feed: 'x', instrument: 'y,instrument:z' },
  ]
  const samples = series.map((labels, i) => sample('plimsoll_feed_price', labels, i + 1, 10))
  const more: Sample = {
    name: 'plimsoll_feed_price',
    labels: { feed: 'a', instrument: 'b', account: 'c' },
    value: 3,
    at: 10,
  }
  const [family] = parseExposition(await metricsText([...samples, more]))
  expect(family!.series.map(({ labels }) => labels)).toEqual([...series, { feed: 'a', instrument: 'b' }])
})

test('what is no number is no sample (watch.2)', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => sample('plimsoll_watch_ticks_total', {}, value, 0)).toThrow(RangeError)
  }
})

test.each([
  ['a sample without a family', 'a 1\n'],
  ['no end', '# HELP a A\n# TYPE a gauge\na 1'],
  ['a series twice', '# HELP a A\n# TYPE a gauge\na 1\na 2\n'],
  ['a label twice', '# HELP a A\n# TYPE a gauge\na{b="1",b="2"} 1\n'],
  ['an odd escape', '# HELP a A\n# TYPE a gauge\na{b="\\t"} 1\n'],
  ['an empty line within a family', '# HELP a A\n# TYPE a gauge\n\na 1\n'],
  ['an empty line at the end', '# HELP a A\n# TYPE a gauge\na 1\n\n'],
  ['no number', '# HELP a A\n# TYPE a gauge\na NaN\n'],
])('the parser of these tests is strict: %s (watch.2)', (_, text) => {
  expect(() => parseExposition(text)).toThrow()
})
