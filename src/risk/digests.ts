import { InputError } from '../errors/index.js'
import { packBytes } from '../field/index.js'
import { poseidon, ROLES, sponge, WideTree } from '../hash/index.js'
import { kindCode } from './kinds.js'
import type { Instrument, RiskTable } from './table.js'

/** Levels of the tree of rows: up to 65,536 instruments. */
export const ROWS_DEPTH = 4

export interface RiskDigests {
  valuesDigest: bigint
  rowsRoot: bigint
  riskRoot: bigint
}

/**
 * The commitments to a risk table, for an instance with room for `instruments` instruments.
 *
 * - `valuesDigest = sponge(values, marks ‖ for each scenario in turn: value of every key)`. Marks are padded with
 *   zeros to `instruments`, and so is each scenario to `2 · instruments` keys; key `2 · instrument` is a long unit,
 *   `2 · instrument + 1` a short one.
 * - `rowsRoot`: the root of a 16-ary tree of depth 4 whose leaf i is
 *   `sponge(row, [i, symbol, kind, decimals, mark, quote, valueDecimals])`: what the instrument is, and in what unit its
 *   mark is. Symbols are ASCII bytes packed into one element; a kind is its code. Only real instruments are leaves, so
 *   that it does not depend on the instance, and their number is bound in.
 * - `riskRoot = P(risk, valuesDigest, rowsRoot, timestamp)`.
 *
 * @throws {InputError} `RISK_TOO_MANY_INSTRUMENTS`
 */
export function riskDigests(table: RiskTable, instruments: number): RiskDigests {
  if (table.instruments.length > instruments) {
    throw new InputError(
      'RISK_TOO_MANY_INSTRUMENTS',
      `the risk table has ${table.instruments.length} instruments, the instance has room for ${instruments}`,
      { hint: 'Use an instance with more instruments, or remove those that no account holds.' },
    )
  }
  const values = table.instruments.map(({ mark }) => mark)
  const padding = instruments - table.instruments.length
  values.push(...new Array<bigint>(padding).fill(0n))
  for (const scenario of table.scenarios) {
    for (const { long, short } of scenario.values) values.push(long, short)
    values.push(...new Array<bigint>(2 * padding).fill(0n))
  }
  const valuesDigest = sponge('values', values)
  const rowsRoot = new WideTree(
    ROWS_DEPTH,
    table.instruments.map((row, i) => rowHash(table, row, i)),
  ).root
  const riskRoot = poseidon([ROLES.risk.tag, valuesDigest, rowsRoot, BigInt(table.timestamp)])
  return { valuesDigest, rowsRoot, riskRoot }
}

function rowHash(table: RiskTable, { symbol, kind, decimals, mark }: Instrument, index: number): bigint {
  return sponge('row', [
    BigInt(index),
    packSymbol(symbol),
    kindCode(kind),
    BigInt(decimals),
    mark,
    packSymbol(table.quote),
    BigInt(table.valueDecimals),
  ])
}

/** At most 31 ASCII bytes, which is one element. */
function packSymbol(symbol: string): bigint {
  const [element = 0n] = packBytes(new TextEncoder().encode(symbol))
  return element
}
