import { Counter, Gauge, Registry } from 'prom-client'
import { METRICS, type MetricName, type Sample, seriesKey } from './samples.js'

/** The media type of Prometheus' text format. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/**
 * Samples in Prometheus' text format: each metric that has some, with its help and kind, and of two samples
 * of one series the last. No label is shown but those of its metric.
 *
 * @example
 * const loop = startWatch(await readWatchConfig('watch.json'), { clock: systemClock })
 * const { samples } = await loop.once()
 * await loop.close()
 * console.log(await metricsText(samples))
 */
export async function metricsText(samples: readonly Sample[]): Promise<string> {
  const series = new Map<MetricName, Map<string, Sample>>()
  for (const sample of samples) {
    const known = series.get(sample.name) ?? new Map<string, Sample>()
    series.set(sample.name, known.set(seriesKey(sample), sample))
  }
  const registry = new Registry()
  for (const [name, all] of series) {
    const { help, kind, labels } = METRICS[name]
    const terms = { name, help, labelNames: labels, registers: [registry] }
    const metric: Gauge | Counter = kind === 'counter' ? new Counter(terms) : new Gauge(terms)
    const values = [...all.values()].map(({ labels: given, value }) => ({
      labels: Object.fromEntries(labels.map((label) => [label, given[label]!])),
      value,
    }))
    const shown = { ...(await metric.get()), values }
    // Its own table holds two series for one where the text of a label reads like another label.
    metric.get = async () => shown
  }
  return registry.metrics()
}
