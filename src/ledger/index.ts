export type { Finding } from './findings.js'
export { type CheckLedgerOptions, checkLedger, type LedgerReport } from './inspect.js'
export type { Account, AccountOrder, Ledger, LedgerFormat, LedgerOptions } from './ledger.js'
export { readLedger } from './read.js'
