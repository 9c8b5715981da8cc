import type { Instance, LedgerSizes } from '../statements/index.js'
import { shippedInstances } from '../statements/index.js'

/** Whether an instance is for tables with tiers. */
export function isTieredInstance({ params }: Pick<Instance, 'params'>): boolean {
  return params.TIERED === 1
}

/** Whether instances of this size may prove a table of `scenarios` scenarios; what is left over is padded. */
export function holdsScenarios(sizes: Pick<LedgerSizes, 'scenarios'>, scenarios: number): boolean {
  return scenarios === 0 ? sizes.scenarios === 0 : sizes.scenarios >= scenarios
}

/**
 * Whether there is a ledger instance of these sizes: no root is computed for others, which could be of any
 * cost.
 */
export function isKnownSize(sizes: { instruments: number; scenarios: number }): boolean {
  return shippedInstances().some(
    ({ statement, params }) =>
      statement === 'ledger' &&
      params.INSTRUMENTS === sizes.instruments &&
      params.SCENARIOS === sizes.scenarios,
  )
}
