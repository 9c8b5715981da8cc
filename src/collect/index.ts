export { type BitcoinCollectorOptions, bitcoinCollector, type Outpoint } from './bitcoin.js'
export type { ChainCollector, CollectedAccount, CollectedHolding, CollectTask } from './collector.js'
export { evidenceFolder } from './folder.js'
export { answerError, type JsonRpc, jsonRpc } from './json-rpc.js'
