import { encodeAbiParameters, keccak256 } from 'viem/utils'

/**
 * The two epochs that a settlement stands between, as a field element:
 * `keccak256(abi.encode("plimsoll/settlement/1", bytes32(previous), bytes32(manifest))) >> 8`. Eight bits are
 * shifted out so that it fits the field with no reduction. A manifest fixes venue, epoch, table, policy and
 * proofs, and names the manifest before it.
 *
 * @param previousManifestSha256 SHA-256 of the earlier epoch's `manifest.json`, lower-case hex
 * @param manifestSha256 that of the later epoch
 * @example
 * const context = settlementContext('ab'.repeat(32), 'cd'.repeat(32))
 */
export function settlementContext(previousManifestSha256: string, manifestSha256: string): bigint {
  const encoded = encodeAbiParameters(
    [{ type: 'string' }, { type: 'bytes32' }, { type: 'bytes32' }],
    ['plimsoll/settlement/1', `0x${previousManifestSha256}`, `0x${manifestSha256}`],
  )
  return BigInt(keccak256(encoded)) >> 8n
}
