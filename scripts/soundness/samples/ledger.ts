import type { CircuitInput, CircuitInputs, Slot } from '../../../src/field/index.js'
import {
  ACCOUNTS_DEPTH,
  holderCommitment,
  leafHash,
  poseidon,
  ROLES,
  sponge,
  WideTree,
} from '../../../src/hash/index.js'
import { riskRootOf } from '../../../src/risk/index.js'
import {
  type LedgerAccount,
  LedgerFold,
  type LedgerSizes,
  type LedgerTable,
  type LedgerWitness,
} from '../../../src/statements/index.js'

export const TINY: LedgerSizes = { accounts: 4, slots: 2, instruments: 4, scenarios: 0 }
export const TINY_MAIN = 'Ledger(4, 2, 4, 0, 0)'
export const LEDGER_PUBLIC = ['stateBefore', 'stateAfter', 'riskRoot']

/** A ledger without scenarios reads nothing of the table but its root. */
export const TABLE: LedgerTable = {
  riskRoot: 1234567890123456789n,
  columns: { marks: [], scenarios: [] },
  rowsDigest: 0n,
  timestamp: 0n,
}

export const TINY_STRESS: LedgerSizes = { accounts: 4, slots: 2, instruments: 4, scenarios: 2 }
export const TINY_STRESS_MAIN = 'Ledger(4, 2, 4, 2, 0)'

/** A table of the values of every key in every scenario; with widths, one with tiers. */
export function stressTable(values: bigint[][], widths?: bigint[]): LedgerTable {
  const opening = {
    columns: {
      marks: Array.from({ length: values[0]!.length / 2 }, (_, i) => [100n, 2n, 97n, 1n][i] ?? 1n),
      scenarios: values.map((column, s) => ({ name: BigInt(s + 1), values: column })),
      ...(widths === undefined ? {} : { widths }),
    },
    rowsDigest: 98765n,
    timestamp: 1_767_225_600n,
  }
  return { ...opening, riskRoot: riskRootOf(opening) }
}

/** Two scenarios over spot, a stablecoin, a perp and one more spot: prices halve, and prices double. */
export const STRESS_TABLE = stressTable([
  [40n, 55n, 2n, 2n, -50n, -45n, 0n, 1n],
  [180n, 210n, 1n, 2n, 95n, 105n, 2n, 3n],
])

export const TINY_TIERS: LedgerSizes = { accounts: 4, slots: 4, instruments: 8, scenarios: 2 }
export const TINY_TIERS_MAIN = 'Ledger(4, 4, 8, 2, 1)'

/**
 * A coin with two tiers that count 90 and 50 for collateral up to 1,000 and 4,000 units, cash with one tier,
 * and two more rows. First the collateral column, then a scenario in which the coin halves.
 */
export const TIER_WIDTHS = [0n, 1_000n, 4_000n, 0n, 70_000n, 0n, 0n, 0n]
export const TIER_VALUES = [
  [0n, 100n, 90n, 100n, 50n, 100n, 0n, 1n, 1n, 1n, 0n, 30n, 0n, 0n, 0n, 0n],
  [50n, 55n, 50n, 55n, 50n, 55n, 1n, 1n, 1n, 1n, 20n, 30n, 0n, 0n, 0n, 0n],
]
export const TIER_TABLE = stressTable(TIER_VALUES, TIER_WIDTHS)

/**
 * Both tiers of the coin full and more of it unpledged; a tier in part; a debt and a long of one row;
 * nothing.
 */
export const TIERED: LedgerAccount[] = [
  account(1, [0, 77n], [1, 1_000n], [2, 4_000n], [3, -250_000n]),
  account(2, [1, 10n], [3, -900n]),
  account(3, [0, -3n], [3, 6n], [3, -5n], [4, 70_000n]),
  account(4),
]

/** One account above water in both scenarios, one below in each, and one that holds nothing. */
export const STRESSED: LedgerAccount[] = [
  account(1, [0, 500n], [1, -7n]),
  account(2, [0, -10n], [1, 900n]),
  account(3, [2, 30n], [1, 20n]),
  account(4),
]

export function account(id: number, ...slots: [instrument: number, quantity: bigint][]): LedgerAccount {
  return {
    holder: holderCommitment({ accountId: BigInt(1000 + id), owner: 0n, salt: BigInt(id) ** 7n + 99n }),
    slots: slots.map(([instrument, quantity]): Slot => ({ instrument, quantity })),
  }
}

export const ACCOUNTS: LedgerAccount[] = [
  account(1, [0, 500n], [1, 7n]),
  account(2, [1, (1n << 64n) - 1n]),
  account(3, [3, 1n], [0, 0n]),
  account(4),
]

/** The witness of the second of two honest batches. */
export function secondBatch(
  accounts: LedgerAccount[] = ACCOUNTS,
  sizes = TINY,
  table = TABLE,
): LedgerWitness {
  const fold = new LedgerFold(sizes, table)
  fold.fold(sizes, accounts, 111n)
  return fold.fold(sizes, accounts, 222n)
}

/** Sets one element of the inputs, by its path. */
export function tamper(inputs: CircuitInputs, name: string, path: number[], value: bigint): CircuitInputs {
  const set = (input: CircuitInput, [i, ...rest]: number[]): CircuitInput =>
    i === undefined ? value : (input as CircuitInput[]).with(i, set((input as CircuitInput[])[i]!, rest))
  return { ...inputs, [name]: set(inputs[name]!, path) }
}

export function batchRootOf({ slots, holders }: Pick<LedgerWitness, 'slots' | 'holders'>): bigint {
  return new WideTree(
    3,
    slots.map((s, u) => leafHash(holders[u]!, s)),
  ).root
}

/**
 * Opens the state after the second batch again after its parts were changed, so that only the rule under
 * attack is broken.
 */
export function reopen(
  witness: LedgerWitness,
  change: Partial<LedgerWitness>,
  index?: bigint,
): LedgerWitness {
  const changed = { ...witness, ...change }
  const tree = new WideTree(ACCOUNTS_DEPTH, [changed.children[0]![0]!, batchRootOf(changed)])
  const digests = [sponge('totals', changed.totalsAfter), sponge('shortfalls', changed.shortfallsAfter)]
  const stateAfter = poseidon(
    [index ?? BigInt(changed.batchIndex + 1), tree.root, ...digests, changed.blindAfter],
    ROLES.state.tag,
  )
  return { ...changed, signals: { ...changed.signals, stateAfter } }
}
