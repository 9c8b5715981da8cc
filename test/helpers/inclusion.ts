import { ACCOUNTS_DEPTH, BATCH_DEPTH, TREE_ARITY } from '../../src/hash/index.js'
import type { Inclusion } from '../../src/inclusion/index.js'

/** An inclusion file of the right form that opens nothing: whole units by symbol, then padding. */
export function inclusionFile(slots: (readonly [symbol: string, quantity: string])[]): Inclusion {
  const path = (depth: number) => ({
    index: 0,
    siblings: Array.from({ length: depth }, () => new Array<string>(TREE_ARITY - 1).fill('0')),
  })
  return {
    schema: 'plimsoll/inclusion/3',
    venue: 'venue',
    epoch: 'epoch',
    riskRoot: '1',
    sizes: { spots: 4, derivatives: 0, tiers: 0, scenarios: 0 },
    state: '2',
    accountsRoot: '3',
    account: 'alice',
    owner: '0',
    salt: '4',
    instance: 'ledger-4',
    slots: [...slots, ['PADDING', '0'] as const].map(([symbol, quantity], instrument) => ({
      instrument,
      number: instrument,
      symbol,
      decimals: 8,
      quantity,
    })),
    batchPath: path(BATCH_DEPTH),
    accountsPath: path(ACCOUNTS_DEPTH),
  }
}
