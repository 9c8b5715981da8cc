import { encodeAbiParameters, keccak256 } from 'viem/utils'

const NO_CONTRACT = `0x${'00'.repeat(20)}` as const
const NO_EPOCH = '00'.repeat(32)

/** The purpose of a solvency proof, so that it is of no use elsewhere and beside no other files. */
export interface SolvencyContext {
  venue: string
  epoch: string
  /** The chain and the contract that the proof is meant for; none for a proof that is published as a file. */
  chainId?: bigint
  contract?: `0x${string}`
  /**
   * SHA-256, lower-case hex, of the policy's text (`formatPolicy`): no rule of the circuit is about its
   * waterfall.
   */
  policy: string
  /**
   * SHA-256, lower-case hex, of the risk table's text (`formatRiskTable`): all of it, what is a mere label
   * and under no root included.
   */
  riskTable: string
  /** SHA-256, lower-case hex, of the manifest of the epoch before; none for the first of a history. */
  previous?: string
}

/**
 * The context as a field element:
 * `keccak256(abi.encode("plimsoll/solvency/3", venue, epoch, chainId, contract, bytes32(policy),
 * bytes32(riskTable), bytes32(previous))) >> 8`. Eight bits are shifted out so that it fits the field with no
 * reduction.
 */
export function solvencyContext(context: SolvencyContext): bigint {
  const encoded = encodeAbiParameters(
    [
      { type: 'string' },
      { type: 'string' },
      { type: 'string' },
      { type: 'uint256' },
      { type: 'address' },
      { type: 'bytes32' },
      { type: 'bytes32' },
      { type: 'bytes32' },
    ],
    [
      'plimsoll/solvency/3',
      context.venue,
      context.epoch,
      context.chainId ?? 0n,
      context.contract ?? NO_CONTRACT,
      `0x${context.policy}`,
      `0x${context.riskTable}`,
      `0x${context.previous ?? NO_EPOCH}`,
    ],
  )
  return BigInt(keccak256(encoded)) >> 8n
}
