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
export { metricsText } from './metrics.js'
export { reasonsOf } from './reasons.js'
export { replayPage } from './replay-page.js'
export {
  METRICS,
  type MetricName,
  type Sample,
  sample,
} from './samples.js'
export { WatchServer } from './server.js'
export { startWatch, type WatchOptions } from './watch.js'
