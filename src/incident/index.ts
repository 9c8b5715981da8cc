export { appendIncident, type IncidentWords, readLogText } from './append.js'
export { copyWords } from './copy-words.js'
export type { Severity } from './entry.js'
export { incidentPage } from './page.js'
export { type IncidentReport, incidentReport } from './report.js'
export {
  formatHead,
  type LogReport,
  type LogTrust,
  parseHead,
  type VerifiedLog,
  verifyLog,
} from './verify.js'
