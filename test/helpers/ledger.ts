import type { Slot } from '../../src/field/index.js'
import { holderCommitment } from '../../src/hash/index.js'
import {
  type LedgerAccount,
  LedgerFold,
  type LedgerSizes,
  type LedgerWitness,
} from '../../src/statements/index.js'

export const TINY: LedgerSizes = { accounts: 4, slots: 2, instruments: 4, scenarios: 0 }
export const TINY_MAIN = 'Ledger(4, 2, 4, 0)'
export const LEDGER_PUBLIC = ['stateBefore', 'stateAfter', 'riskRoot']
export const RISK_ROOT = 1234567890123456789n

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
export function secondBatch(accounts: LedgerAccount[] = ACCOUNTS, sizes = TINY): LedgerWitness {
  const fold = new LedgerFold(sizes, RISK_ROOT)
  fold.fold(sizes, accounts, 111n)
  return fold.fold(sizes, accounts, 222n)
}
