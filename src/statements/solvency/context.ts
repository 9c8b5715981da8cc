import { encodeAbiParameters, keccak256 } from 'viem/utils'

const NO_CONTRACT = `0x${'00'.repeat(20)}` as const

/** What a solvency proof is made for, so that it is of no use elsewhere. */
export interface SolvencyContext {
  venue: string
  epoch: string
  /** The chain and the contract that the proof is meant for; none for a proof that is published as a file. */
  chainId?: bigint
  contract?: `0x${string}`
  /** The default waterfall that is published with the proof (see `waterfallText`): bound here, as no rule of the circuit is about it. */
  waterfall: string
}

/**
 * The context as a field element: `keccak256(abi.encode("plimsoll/solvency/1", venue, epoch, chainId, contract, waterfall)) >> 8`.
 * Eight bits are shifted out so that it fits the field with no reduction.
 */
export function solvencyContext(context: SolvencyContext): bigint {
  const encoded = encodeAbiParameters(
    [
      { type: 'string' },
      { type: 'string' },
      { type: 'string' },
      { type: 'uint256' },
      { type: 'address' },
      { type: 'string' },
    ],
    [
      'plimsoll/solvency/1',
      context.venue,
      context.epoch,
      context.chainId ?? 0n,
      context.contract ?? NO_CONTRACT,
      context.waterfall,
    ],
  )
  return BigInt(keccak256(encoded)) >> 8n
}
