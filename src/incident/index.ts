export { type AppendOptions, appendIncident, type IncidentWords, readLogText } from './append.js'
export { type IncidentEntry, SEVERITIES, type Severity } from './entry.js'
export { incidentPage } from './page.js'
export {
  type IncidentReport,
  incidentReport,
  type Moment,
  type Paid,
  type ReliedOn,
  type ReportSources,
} from './report.js'
export type { Incident } from './story.js'
export {
  formatHead,
  type LogHead,
  type LogReport,
  type LogTrust,
  parseHead,
  type VerifiedLog,
  verifyLog,
} from './verify.js'
