export { inclusionPortfolio, portfolioSlots, readAccount, readAccountAndLeaf } from './account.js'
export { createOwner, readOwner } from './owner.js'
export { parseOwner } from './owner-file.js'
export { type ProveMarginOptions, proveMargin } from './prove-margin.js'
