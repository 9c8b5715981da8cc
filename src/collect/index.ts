export { evidenceFolder } from './folder.js'
export { answerError, type JsonRpc, jsonRpc } from './json-rpc.js'
