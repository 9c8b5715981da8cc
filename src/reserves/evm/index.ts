export { decodeEvmHeaders, type EvmHeader } from './header.js'
export { MAX_NODES_BYTES, TrieNodes } from './nodes.js'
export { type EvmAccount, EvmState } from './state.js'
export { EMPTY_ROOT, walkTrie } from './trie.js'
