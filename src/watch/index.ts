export { type KeeperEvent, openKeeper } from './act/index.js'
export { openAlerts } from './alerts/index.js'
export { systemClock } from './clock.js'
export { readWatchConfig, type WatchConfig, watchSchema } from './config.js'
export { readWatchLog, type WatchMoment } from './log.js'
export {
  type Clock,
  type Tick,
  type WatchContext,
  type WatchFault,
  WatchLoop,
  type WatchPart,
  type WatchSource,
} from './loop.js'
export { METRICS_TYPE, metricsText } from './metrics.js'
export { reasonsOf } from './reasons.js'
export { replayPage } from './replay-page.js'
export {
  type LabelsOf,
  METRICS,
  type MetricKind,
  type MetricName,
  type Sample,
  sample,
  seriesKey,
} from './samples.js'
export { isLoopback, WatchServer } from './server.js'
export { startWatch, type WatchOptions } from './watch.js'
