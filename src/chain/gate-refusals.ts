import type { Address } from 'viem'
import { ProofError } from '../errors/index.js'
import { of } from './deploy.js'
import type { Failure } from './transaction.js'

/** What to do about a refusal of a gate, or of epochs that somebody accepts, by the contract's error. */
const REMEDIES: Readonly<Record<string, string>> = {
  NotOwner: 'Only the owner of the contract can do this: send from the account that deployed it.',
  UnfitVerifier:
    'Deploy the verifier of an instance of the statement that the gate takes, and name its address.',
  UntrustedVerifier:
    'The gate trusts no verifier of this instance now. Prove with an instance that its record names.',
  UntrustedReporter:
    'The gate takes proofs of liquidations from accounts that its owner names. Let the owner call setReporter.',
  RootsNotAccepted:
    'The gate takes proofs of the one epoch that its source names, while it counts. Prove with the inclusion file of that epoch, or wait until it is accepted.',
  UnknownRequirement: 'The gate has no such requirement now. Prove one that its record names.',
  TimeTooLate: 'Write seconds since 1970-01-01 UTC, not milliseconds.',
  ProofExpired: 'Make a proof with an expiry to come, and submit it before then.',
  NonceUsed: 'Make a proof with a nonce that this account has not used at this gate.',
  WouldShorten: 'The record that is there lasts longer. Make a proof with a later expiry, if you need one.',
  ProofRejected: 'The proof is not valid for this gate, chain and caller, or for what the gate asks now.',
  NotSubmitter: 'Only the account that submitted the last proof of this handle in this epoch can pledge it.',
  InvalidPledge: 'A pledge needs a lender, an end to come, and an epoch that counts now.',
  AlreadyPledged:
    'The handle is pledged until then. Its lender can release it; to the same lender it can be pledged for longer.',
  UnfitTerms: 'Give the digests of a requirement and of a policy, or zeros for both.',
  UnknownTerms: 'The gate has no such requirement and policy now. Name an id that its owner has set.',
  AlreadyLiquidated:
    'The leaf of this account was liquidated in this epoch. Liquidate it again in a later one.',
  NotLender: 'Only the lender to whom a handle is pledged now can release it.',
}

/** What to do about an error of the contract, if it is a known one. */
export function remedyOf(errorName: string | undefined): string | undefined {
  return errorName === undefined ? undefined : REMEDIES[errorName]
}

/** The errors of calls that the gate at an address refuses. */
export function refusalsOf(address: Address): (failure: Failure) => ProofError {
  return ({ why, errorName, hint = remedyOf(errorName), transaction }) =>
    new ProofError('GATE_REFUSED', `the gate refused the call: ${why}${of(transaction)}`, {
      where: address,
      ...(hint === undefined ? {} : { hint }),
    })
}
