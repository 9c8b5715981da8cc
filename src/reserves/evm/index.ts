export { evmExclusion } from './exclusions.js'
export { decodeEvmHeader, decodeEvmHeaders, type EvmHeader } from './header.js'
export { type TokenLayout, tokenSlot } from './layout.js'
export { MAX_NODE_BYTES, type NodeSource, TrieNodes } from './nodes.js'
export { readSafe } from './safe.js'
export { accountIn, type EvmReader, EvmState, slotIn } from './state.js'
export {
  type EvmToken,
  holderSlots,
  openToken,
  PROXY_SLOTS,
  type TokenBalance,
  type TokenList,
  tokenList,
  tokensSchema,
} from './tokens.js'
export { readEvmTransaction, transactionIn } from './transaction.js'
export { EMPTY_ROOT, walkTrie } from './trie.js'
