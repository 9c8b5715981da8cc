import { readTextFile } from '../files/index.js'
import { parseReserves, type Reserves } from '../reserves/index.js'
import type { RiskTable } from '../risk/index.js'

/**
 * Reads a reserves file: what the venue holds of each instrument, an exact decimal by symbol; what the file
 * leaves out is 0n.
 *
 * @throws {InputError} what `parseReserves` and `readJsonFile` throw
 *
 * @example
 * const { reserves } = await readReserves('reserves.json', table)
 */
export async function readReserves(path: string, table: RiskTable): Promise<Reserves> {
  return parseReserves(await readTextFile(path), table, path)
}
