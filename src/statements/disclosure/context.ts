import { encodeAbiParameters, keccak256 } from 'viem/utils'

/**
 * What a disclosure stands beside, as a field element:
 * `keccak256(abi.encode("plimsoll/disclosure/1", bytes32(manifestSha256))) >> 8`. Eight bits are shifted out
 * so that it fits the field with no reduction. The manifest fixes venue, epoch, table, policy and proofs.
 *
 * @param manifestSha256 SHA-256 of the epoch's `manifest.json`, lower-case hex
 * @example
 * const context = disclosureContext('ab'.repeat(32))
 */
export function disclosureContext(manifestSha256: string): bigint {
  const encoded = encodeAbiParameters(
    [{ type: 'string' }, { type: 'bytes32' }],
    ['plimsoll/disclosure/1', `0x${manifestSha256}`],
  )
  return BigInt(keccak256(encoded)) >> 8n
}
