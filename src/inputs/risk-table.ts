import { readTextFile } from '../files/index.js'
import { parseRiskTable, type RiskTable } from '../risk/index.js'

/**
 * Reads a risk table file.
 *
 * @example
 * const table = await readRiskTable('risk.json')
 *
 * @throws {InputError} what `parseRiskTable` and `readJsonFile` throw
 */
export async function readRiskTable(path: string): Promise<RiskTable> {
  return parseRiskTable(await readTextFile(path), path)
}
