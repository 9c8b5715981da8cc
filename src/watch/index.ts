export { readWatchConfig, type WatchConfig } from './config.js'
export type { Clock, WatchContext, WatchPart, WatchSource } from './loop.js'
export {
  type LabelsOf,
  METRICS,
  type MetricKind,
  type MetricName,
  type Sample,
  sample,
  seriesKey,
} from './samples.js'
