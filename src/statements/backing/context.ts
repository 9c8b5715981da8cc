import { encodeAbiParameters, keccak256 } from 'viem/utils'

/** What a backing proof stands beside, so that it is of no use beside another epoch or other evidence. */
export interface BackingContext {
  /** The context of the epoch's solvency proof: venue, epoch, target, policy, table and the epoch before. */
  solvency: bigint
  /** Root over all accounts of the epoch. */
  accountsRoot: bigint
  /** SHA-256, lower-case hex, that names all files of the evidence: other files may come to the same sums. */
  evidenceHash: string
}

/**
 * The context as a field element:
 * `keccak256(abi.encode("plimsoll/backing/1", solvency, accountsRoot, bytes32(evidenceHash))) >> 8`. Eight
 * bits are shifted out so that it fits the field with no reduction. Both numbers are signals of the solvency
 * proof, so that whoever has that proof needs the hash alone.
 *
 * @example
 * const { context: solvency, accountsRoot } = epoch.solvency.signals
 * const context = backingContext({ solvency, accountsRoot, evidenceHash: 'ab'.repeat(32) })
 */
export function backingContext({ solvency, accountsRoot, evidenceHash }: BackingContext): bigint {
  const encoded = encodeAbiParameters(
    [{ type: 'string' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes32' }],
    ['plimsoll/backing/1', solvency, accountsRoot, `0x${evidenceHash}`],
  )
  return BigInt(keccak256(encoded)) >> 8n
}
