import { type LiquidationProof, parseLiquidation } from '../epoch/index.js'
import { readTextFile } from '../files/index.js'
import { type LiquidationRecord, parseLiquidationRecord } from '../inclusion/index.js'

/**
 * Reads the proof of a liquidation.
 *
 * @throws {InputError} what `parseLiquidation` and `readTextFile` throw
 * @example
 * const proof = await readLiquidation('liquidation.json')
 */
export async function readLiquidation(path: string): Promise<LiquidationProof> {
  return parseLiquidation(await readTextFile(path), path)
}

/**
 * Reads what a venue keeps of a liquidation. Private.
 *
 * @throws {InputError} what `parseLiquidationRecord` and `readTextFile` throw
 * @example
 * const { moved } = await readLiquidationRecord('record.json')
 */
export async function readLiquidationRecord(path: string): Promise<LiquidationRecord> {
  return parseLiquidationRecord(await readTextFile(path), path)
}
