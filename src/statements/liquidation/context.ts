import { encodeAbiParameters, keccak256 } from 'viem/utils'

const NO_CONTRACT = `0x${'00'.repeat(20)}` as const

/** The purpose of a liquidation proof, so that it is of no use for another epoch or elsewhere. */
export interface LiquidationContext {
  venue: string
  epoch: string
  /** The chain and the contract that the proof is meant for; none for a proof that is published as a file. */
  chainId?: bigint
  contract?: `0x${string}`
}

/**
 * The context as a field element:
 * `keccak256(abi.encode("plimsoll/liquidation/1", venue, epoch, chainId, contract)) >> 8`. Eight bits are
 * shifted out so that it fits the field with no reduction.
 *
 * @example
 * const context = liquidationContext({ venue: 'Example Exchange', epoch: '2026-01-31' })
 */
export function liquidationContext({ venue, epoch, chainId, contract }: LiquidationContext): bigint {
  const encoded = encodeAbiParameters(
    [{ type: 'string' }, { type: 'string' }, { type: 'string' }, { type: 'uint256' }, { type: 'address' }],
    ['plimsoll/liquidation/1', venue, epoch, chainId ?? 0n, contract ?? NO_CONTRACT],
  )
  return BigInt(keccak256(encoded)) >> 8n
}
