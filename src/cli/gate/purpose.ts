import { randomBytes } from 'node:crypto'
import { readJsonFile } from '../../files/index.js'
import type { MarginPurpose } from '../../margin/index.js'
import { gateRecordSchema } from './record.js'

const DAY = 86_400

/**
 * A purpose for the gate of a record, with a random nonce, so that no two proofs of a caller have the same.
 */
export async function gatePurpose(
  file: string,
  caller: string,
  expiry = Math.floor(Date.now() / 1000) + DAY,
): Promise<MarginPurpose> {
  const { chainId, contract, label } = await readJsonFile(file, gateRecordSchema)
  const nonce = randomBytes(8).readBigUInt64BE() >> 1n
  const gate = { chainId: BigInt(chainId), contract, label, caller, nonce, expiry }
  return { schema: 'plimsoll/margin-purpose/1', gate }
}
