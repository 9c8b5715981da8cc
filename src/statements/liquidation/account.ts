import type { Slot } from '../../field/index.js'
import type { MarginAccount } from '../margin/account.js'

/** One account of an epoch as its venue has it: the owner's commitment, not the secret. Private. */
export type LiquidationAccount = Omit<MarginAccount, 'ownerSecret'> & {
  /** The owner's commitment; 0 for none. */
  owner: bigint
}

/** What a venue did to an account. Private. */
export interface LiquidationMovement {
  /** Signed changes of quantities, the cash instrument's included; of each the number of its instrument. */
  changes: readonly Slot[]
  /** Hides what moved; 31 random bytes. */
  salt: bigint
  /** The whole account is closed, as it is below the backstop; else a part, as it is below the trigger. */
  takeover: boolean
}
