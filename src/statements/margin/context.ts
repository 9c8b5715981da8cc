import type { Address, Hex } from 'viem'
import { encodeAbiParameters, keccak256 } from 'viem/utils'

/** The purpose of a margin proof, so that it is of no use to anyone else. */
export type MarginContext =
  /** A caller of a gate (`MarginGate.sol`). */
  | {
      chainId: bigint
      /** The gate. */
      contract: Address
      /** The address that will submit the proof to the gate. */
      caller: Address
      /** Any number that the caller has not used at this gate. */
      nonce: bigint
      /**
       * Seconds since 1970: the last one at which the gate takes the proof, and at which its record may hold.
       */
      expiry: bigint
    }
  /**
   * A reader who checks the proof with no contract: who it is, and what it is to show, such as a name and a
   * date.
   */
  | { text: string }

/** Where an account has one handle: the same for every proof in one domain, unlinkable across domains. */
export type MarginDomain =
  /** A gate, with the label that it was made with. */
  | { chainId: bigint; contract: Address; label: Hex }
  /** Readers who check proofs with no contract and compare handles by this name. */
  | { text: string }

/**
 * The context as a field element: a Keccak hash of a tag and the parts, as `MarginGate.contextOf` computes
 * it,
 * `keccak256(abi.encode("plimsoll/margin/gate-context/1", chainId, contract, caller, nonce, expiry)) >> 8`,
 * or `keccak256(abi.encode("plimsoll/margin/text-context/1", text)) >> 8`.
 * Eight bits are shifted out so that it fits the field with no reduction.
 *
 * @example
 * const context = marginContext({ text: 'Example Desk, credit line 7, 2026-01-31' })
 */
export function marginContext(context: MarginContext): bigint {
  if ('text' in context) return textHash('plimsoll/margin/text-context/1', context.text)
  const { chainId, contract, caller, nonce, expiry } = context
  return fieldHash(
    encodeAbiParameters(
      [
        { type: 'string' },
        { type: 'uint256' },
        { type: 'address' },
        { type: 'address' },
        { type: 'uint256' },
        { type: 'uint64' },
      ],
      ['plimsoll/margin/gate-context/1', chainId, contract, caller, nonce, expiry],
    ),
  )
}

/**
 * The domain as a field element, as `MarginGate.domain` computes it:
 * `keccak256(abi.encode("plimsoll/margin/gate-domain/1", chainId, contract, label)) >> 8`,
 * or `keccak256(abi.encode("plimsoll/margin/text-domain/1", text)) >> 8`.
 *
 * @example
 * const domain = marginDomain({ text: 'Example Desk' })
 */
export function marginDomain(domain: MarginDomain): bigint {
  if ('text' in domain) return textHash('plimsoll/margin/text-domain/1', domain.text)
  const { chainId, contract, label } = domain
  return fieldHash(
    encodeAbiParameters(
      [{ type: 'string' }, { type: 'uint256' }, { type: 'address' }, { type: 'bytes32' }],
      ['plimsoll/margin/gate-domain/1', chainId, contract, label],
    ),
  )
}

function textHash(tag: string, text: string): bigint {
  return fieldHash(encodeAbiParameters([{ type: 'string' }, { type: 'string' }], [tag, text]))
}

function fieldHash(encoded: Hex): bigint {
  return BigInt(keccak256(encoded)) >> 8n
}
