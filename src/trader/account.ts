import { fileKind } from '../bundle/index.js'
import type { Slot } from '../field/index.js'
import { readTextFile } from '../files/index.js'
import { type Inclusion, inclusionSchema } from '../inclusion/index.js'
import { instrumentNumbers, type RiskTable } from '../risk/index.js'
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
  return (await readAccountAndLeaf(path, rule)).portfolio
}

/**
 * Reads the positions of one account, and how many slots its leaf has, where the file is of a leaf.
 *
 * @throws {InputError} what `readAccount` throws
 */
export async function readAccountAndLeaf(
  path: string,
  rule: MarginRule,
): Promise<{ portfolio: Portfolio; leafSlots?: number }> {
  const text = await readTextFile(path)
  // Unreadable content is left to `parsePortfolio`, whose messages repeat nothing of a private file.
  if (fileKind(text) !== 'inclusion') return { portfolio: parsePortfolio(text, rule, path) }
  const file = parseJsonAs(text, inclusionSchema, path)
  return { portfolio: inclusionPortfolio(file, rule, path), leafSlots: file.slots.length }
}

/**
 * The slots that a ledger has for a portfolio: what is long and what is short of each instrument, cash among
 * them, with the numbers of the table.
 */
export function portfolioSlots({ cash, positions }: Portfolio, table: RiskTable): Slot[] {
  const numbers = instrumentNumbers(table)
  const slots = new Map<string, Slot>()
  const own = table.margin?.cash
  const all = [...positions, ...(own === undefined ? [] : [{ symbol: own, quantity: cash }])]
  for (const { symbol, quantity } of all) {
    if (quantity === 0n) continue
    const instrument = numbers[table.instruments.findIndex((row) => row.symbol === symbol)]
    if (instrument === undefined)
      throw new RangeError('a position is in an instrument that the table has not')
    const key = `${instrument} ${quantity < 0n ? 'short' : 'long'}`
    slots.set(key, { instrument, quantity: (slots.get(key)?.quantity ?? 0n) + quantity })
  }
  return [...slots.values()]
}
