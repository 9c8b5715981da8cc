import { METRICS, type MetricName, type Sample, seriesKey } from './samples.js'

/** The media type of Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Samples in Prometheus' text format: each metric that has some, with its help and kind, and of two samples
 * of one series the last.
 */
export function metricsText(samples: readonly Sample[]): string {
  const series = new Map<MetricName, Map<string, Sample>>()
  for (const sample of samples) {
    const known = series.get(sample.name) ?? new Map<string, Sample>()
    series.set(sample.name, known.set(seriesKey(sample), sample))
  }
  const lines: string[] = []
  for (const [name, all] of series) {
    const { help, kind, labels } = METRICS[name]
    lines.push(`# HELP ${name} ${help.replaceAll('\\', '\\\\')}`, `# TYPE ${name} ${kind}`)
    for (const { labels: given, value } of all.values()) {
      const pairs = labels.map((label) => `${label}="${escaped(given[label]!)}"`)
      lines.push(`${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`)
    }
  }
  return `${lines.join('\n')}\n`
}

/** The value of a label: what would end it is escaped. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
