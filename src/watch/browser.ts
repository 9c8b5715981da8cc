export { reasonsOf } from './reasons.js'
export { METRICS, type MetricName, type Sample, seriesKey } from './samples.js'
