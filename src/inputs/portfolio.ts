import { readTextFile } from '../files/index.js'
import { type MarginRule, type Portfolio, parsePortfolio } from '../rules/index.js'

/**
 * Reads the private file of one account's cash and positions. Messages count positions and never name or show
 * one.
 *
 * @throws {InputError} what `parsePortfolio` and `readJsonFile` throw
 * @example
 * const figures = marginFigures(rule, await readPortfolio('portfolio.json', rule))
 */
export async function readPortfolio(path: string, rule: MarginRule): Promise<Portfolio> {
  return parsePortfolio(await readTextFile(path), rule, path)
}
