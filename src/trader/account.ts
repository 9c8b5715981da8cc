import { fileKind } from '../bundle/index.js'
import { readTextFile } from '../files/index.js'
import { type Inclusion, inclusionSchema } from '../inclusion/index.js'
import { type MarginRule, type Portfolio, parsePortfolio, positionsOf } from '../rules/index.js'
import { parseJsonAs } from '../schema/index.js'

/**
 * Portfolio of an inclusion file's account: its slots by symbol without padding, and no cash, as a
 * ledger holds money as an instrument.
 *
 * @param where the file's name, for messages, which count positions and never name or show one
 * @throws {InputError} what `positionsOf` throws
 */
export function inclusionPortfolio({ slots }: Inclusion, rule: MarginRule, where: string): Portfolio {
  const held = slots.filter(({ quantity }) => quantity !== '0')
  const entries = held.map(({ symbol, quantity }) => [symbol, quantity] as const)
  return { cash: 0n, positions: positionsOf(entries, rule, where) }
}

/**
 * Reads the positions of one account, from a portfolio file or an inclusion file.
 *
 * @example
 * const figures = marginFigures(rule, await readAccount('inclusion.json', rule))
 *
 * @throws {InputError} what `readPortfolio`, `readJsonFile` and `inclusionPortfolio` throw
 */
export async function readAccount(path: string, rule: MarginRule): Promise<Portfolio> {
  const text = await readTextFile(path)
  // Unreadable content is left to `parsePortfolio`, whose messages repeat nothing of a private file.
  if (fileKind(text) !== 'inclusion') return parsePortfolio(text, rule, path)
  return inclusionPortfolio(parseJsonAs(text, inclusionSchema, path), rule, path)
}
