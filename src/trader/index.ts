export { parseOwner } from '../inclusion/index.js'
export { inclusionPortfolio, portfolioSlots, readAccount, readAccountAndLeaf } from './account.js'
export { createOwner, readOwner } from './owner.js'
export { type ProveMarginOptions, proveMargin } from './prove-margin.js'
