import type { AccountName } from '../caip.js'

/** A transaction's output that a proof of funds spends: whether the chain has it is for others to show. */
export interface SpentOutput {
  /** Transaction id as explorers show it, lower-case hex. */
  txid: string
  index: number
  /** Satoshis. */
  value: bigint
  /** The output's script, lower-case hex. */
  script: string
}

/** Locks that a signed transaction carries (BIP-322: valid at time T and age S). */
export interface Locks {
  /** `nLockTime`: a block height below 500,000,000, else Unix seconds; 0 for none. */
  time: number
  /** `nSequence` of the first input: how old the coins must be, as BIP-68 encodes it; 0 for none. */
  age: number
}

/** What else a control shows. */
export interface ControlFacts {
  /** Which of several forms the signature has, such as `simple` or `raw`. */
  form?: string
  locks?: Locks
  /** Outputs that a proof of funds spends, in its own order. */
  outputs?: SpentOutput[]
  /** How many keys signed, and how many must. */
  keys?: { signed: number; needed: number }
}

/**
 * What a control amounts to. Only `valid` is ever counted: `inconclusive` says that what was given does not
 * decide it, `stale` that it holds over a text that names no challenge.
 */
export interface ControlResult {
  status: 'valid' | 'inconclusive' | 'invalid' | 'stale'
  /** Whether it was checked from bytes alone, was answered by a node, or was said by somebody. */
  class: 'proven' | 'observed' | 'attested'
  /** Why it is not valid. */
  why?: string
  facts?: ControlFacts
}

/** Owners of a contract wallet, as storage proofs show them. */
export interface WalletFacts {
  /** How many owners must sign. */
  threshold: number
  /** Whether an address, lower case with 0x, is an owner. */
  owns(address: string): boolean
}

/** A transfer that a receipt or a transaction branch proves. */
export interface MovementFacts {
  class: 'proven' | 'observed'
  /** Account id (CAIP-10) that paid. */
  from: string
  /** Account id (CAIP-10) that was paid. */
  to: string
  /** Smallest units; missing where coins went back to the account in no amount that says anything. */
  amount?: bigint
  /** The bytes that it carries beside coins, in lower-case hex. */
  data?: string
  /** The block's Unix seconds. */
  time: number
}

/** What a control is checked against. */
export interface ControlContext {
  account: AccountName
  /** The text that this account has to sign: `reservesMessage` makes it. */
  text: string
  /** The evidence's moment, which time locks must have passed. */
  moment?: { time: number; height?: number }
  /** Age of the youngest coin that counts, at that moment: for locks on age. */
  age?: { blocks: number; seconds: number }
  /** Found by a storage proof: for `safe`. */
  wallet?: WalletFacts
  /** Found by a receipt or a transaction branch: for `movement`. */
  movement?: MovementFacts
  /** Unix seconds before which no amount says anything: when the challenge was made. */
  since?: number
}

export const valid = (facts?: ControlFacts): ControlResult => ({
  status: 'valid',
  class: 'proven',
  ...(facts && { facts }),
})

export const invalid = (why: string): ControlResult => ({ status: 'invalid', class: 'proven', why })

export const inconclusive = (why: string, facts?: ControlFacts): ControlResult => ({
  status: 'inconclusive',
  class: 'proven',
  why,
  ...(facts && { facts }),
})
