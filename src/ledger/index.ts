export type { Account, AccountOrder, Ledger, LedgerFormat, LedgerOptions } from './ledger.js'
export { readLedger } from './read.js'
