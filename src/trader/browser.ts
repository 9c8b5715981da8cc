export { parseOwner } from './owner-file.js'
export { type ProveMarginOptions, proveMargin } from './prove-margin.js'
