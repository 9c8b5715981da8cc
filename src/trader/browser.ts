export { parseOwner } from '../inclusion/index.js'
export { type ProveMarginOptions, proveMargin } from './prove-margin.js'
