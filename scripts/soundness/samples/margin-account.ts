import type { Slot } from '../../../src/field/index.js'
import {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  holderCommitment,
  leafHash,
  ownerCommitment,
  WideTree,
} from '../../../src/hash/index.js'
import { type RiskTable, tableSizes } from '../../../src/risk/index.js'
import type { MarginRule } from '../../../src/rules/index.js'
import {
  type MarginAccount,
  type MarginSizes,
  type MarginWitness,
  marginWitness,
} from '../../../src/statements/index.js'

export const MARGIN_PUBLIC = ['accountsRoot', 'riskRoot', 'requirement', 'domain', 'handle', 'context']
/** The sizes of `margin-tiny`. */
export const TINY_MARGIN: MarginSizes = { slots: 3, scenarios: 2, groups: 2, lines: 5, links: 1, levels: 1 }
export const TINY_MARGIN_MAIN = 'Margin(3, 2, 2, 5, 1, 1)'

/** An account among others, in a tree that is otherwise made up. */
export function accountWith(
  slots: readonly Slot[],
  leafSlots = 4,
  parts: { accountId?: bigint; ownerSecret?: bigint; salt?: bigint } = {},
): MarginAccount {
  const padded = Array.from({ length: leafSlots }, (_, i) => slots[i] ?? { instrument: 0, quantity: 0n })
  const { accountId = 777n, ownerSecret = 123_456_789n, salt = 987_654_321n } = parts
  const holder = holderCommitment({ accountId, owner: ownerCommitment(ownerSecret), salt })
  const batch = new WideTree(BATCH_DEPTH, [11n, 12n, leafHash(holder, padded), 14n])
  const leafPath = batch.path(2)
  const accounts = new WideTree(ACCOUNTS_DEPTH, [21n, batch.root, 23n])
  return { slots: padded, accountId, ownerSecret, salt, leafPath, batchPath: accounts.path(1) }
}

/** A table whose instruments are those of a rule, in the rule's order: as spot, so that rows are numbers. */
export function tableOf(rule: MarginRule): RiskTable {
  return {
    timestamp: rule.timestamp,
    quote: rule.quote,
    valueDecimals: rule.valueDecimals,
    instruments: rule.instruments.map(({ symbol, decimals }) => ({
      symbol,
      kind: 'spot',
      decimals,
      mark: 1n,
    })),
    scenarios: [],
    margin: rule,
  }
}

export function witnessOf(
  rule: MarginRule,
  slots: readonly Slot[],
  parts: {
    requirement?: string
    times?: bigint
    leafSlots?: number
    sizes?: MarginSizes
  } = {},
): MarginWitness {
  const table = tableOf(rule)
  return marginWitness({
    sizes: parts.sizes ?? TINY_MARGIN,
    tableSizes: tableSizes(table),
    table,
    requirement: parts.requirement ?? rule.requirements[0]!.name,
    ...(parts.times === undefined ? {} : { times: parts.times }),
    account: accountWith(slots, parts.leafSlots),
    domain: 55n,
    context: 66n,
  })
}
