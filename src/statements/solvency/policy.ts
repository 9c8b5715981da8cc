import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { formatDecimal, parseDecimal, RATIO_BITS, RATIO_ONE } from '../../field/index.js'
import { sponge } from '../../hash/index.js'
import type { RiskTable } from '../../risk/index.js'
import { isDerivative } from '../../rules/index.js'
import { waterfallSchema } from './waterfall-policy.js'

/** Decimals of a ratio: it is kept in parts per million. */
const RATIO_DECIMALS = 6

const thresholds = {
  /** Reserves needed for one unit owed, e.g. "1" or "1.05". */
  minimumRatio: z.string(),
  /** How much of one unit lent to customers counts as held, "0" to "1". */
  loanFactor: z.string(),
}

/**
 * A policy file: the thresholds that a venue promises to meet.
 *
 * @example
 * const policy = policySchema.parse({ ...FULL_RESERVES, loanFactor: '0.5' })
 */
export const policySchema = z.strictObject({
  schema: z.literal('plimsoll/policy/1'),
  /** Value of all reserves needed for one unit of value owed, at mark. */
  valueRatio: z.string(),
  ...thresholds,
  /** Exceptions, by symbol; they hold for all tiers of an instrument. */
  instruments: z.record(z.string(), z.strictObject(thresholds).partial()),
  /**
   * Who absorbs shortfalls; default: the insurance fund alone. Not one of the thresholds that the proof
   * shows.
   */
  waterfall: waterfallSchema.exactOptional(),
})

/**
 * What a venue promises: ratios of reserves, how loans count, and who absorbs shortfalls.
 *
 * @useDeclaredType
 */
export type PolicyFile = z.infer<typeof policySchema>

/** A policy over a risk table, in parts per million, one entry an instrument. */
export interface Policy {
  valueRatio: bigint
  instruments: readonly { derivative: boolean; minimumRatio: bigint; loanFactor: bigint }[]
}

/**
 * The policy of a venue that promises full reserves, instrument by instrument, and counts no loan as held.
 *
 * @example
 * const policy = { ...FULL_RESERVES, minimumRatio: '1.05' }
 */
export const FULL_RESERVES: PolicyFile = {
  schema: 'plimsoll/policy/1',
  valueRatio: '1',
  minimumRatio: '1',
  loanFactor: '0',
  instruments: {},
}

/**
 * The canonical text of a policy's file: what is published, and bound by its hash into the proof's context.
 */
export function formatPolicy(file: PolicyFile): string {
  return `${JSON.stringify(policySchema.parse(file), null, 2)}\n`
}

/**
 * Reads a policy against the risk table that it is about.
 *
 * @throws {InputError} `POLICY_INSTRUMENT` for a symbol that is not in the table or is a tier, `POLICY_RATIO`
 * for a ratio out of range.
 */
export function resolvePolicy(file: PolicyFile, table: RiskTable): Policy {
  const rows = new Map(table.instruments.map((row) => [row.symbol, row]))
  for (const symbol of Object.keys(file.instruments)) {
    const row = rows.get(symbol)
    const where = { where: `policy: ${symbol}` }
    if (row === undefined) throw new InputError('POLICY_INSTRUMENT', 'is not in the risk table', where)
    if (row.tier !== undefined) {
      const hint = 'Name the instrument: its reserves stand behind all its tiers.'
      throw new InputError('POLICY_INSTRUMENT', 'is a tier', { ...where, hint })
    }
  }
  let symbol = ''
  return {
    valueRatio: ratio(file.valueRatio, 'policy: valueRatio'),
    instruments: table.instruments.map(({ symbol: name, kind, tier }) => {
      if (tier === undefined) symbol = name
      const own = Object.hasOwn(file.instruments, symbol) ? file.instruments[symbol]! : {}
      const loanFactor = ratio(own.loanFactor ?? file.loanFactor, `policy: ${symbol}.loanFactor`)
      if (loanFactor > RATIO_ONE) {
        throw new InputError('POLICY_RATIO', 'a loan cannot count for more than itself', {
          where: `policy: ${symbol}.loanFactor`,
          hint: 'Write a factor between 0 and 1.',
        })
      }
      return {
        derivative: isDerivative(kind),
        minimumRatio: ratio(own.minimumRatio ?? file.minimumRatio, `policy: ${symbol}.minimumRatio`),
        loanFactor,
      }
    }),
  }
}

/**
 * Where a policy promises less than another, in words; empty when it is at least as strong everywhere. Both
 * are over the same risk table.
 */
export function weakerThan(policy: Policy, accepted: Policy, table: RiskTable): string[] {
  const show = (value: bigint) => formatDecimal(value, RATIO_DECIMALS)
  const weak: string[] = []
  if (policy.valueRatio < accepted.valueRatio) weak.push(`valueRatio ${show(policy.valueRatio)}`)
  for (const [i, own] of policy.instruments.entries()) {
    const least = accepted.instruments[i]!
    const { symbol, tier } = table.instruments[i]!
    if (own.derivative || tier !== undefined) continue
    if (own.minimumRatio < least.minimumRatio) weak.push(`${symbol} minimumRatio ${show(own.minimumRatio)}`)
    if (own.loanFactor > least.loanFactor) weak.push(`${symbol} loanFactor ${show(own.loanFactor)}`)
  }
  return weak
}

/**
 * Where a policy promises less than full reserves, which is what whoever verifies an epoch accepts when they
 * name no other; in words.
 */
export function belowFullReserves(policy: Policy, table: RiskTable): string[] {
  return weakerThan(policy, resolvePolicy(FULL_RESERVES, table), table)
}

function ratio(text: string, where: string): bigint {
  const value = parseDecimal(text, { decimals: RATIO_DECIMALS, where })
  if (value >> BigInt(RATIO_BITS)) {
    throw new InputError(
      'POLICY_RATIO',
      `the ratio is above ${formatDecimal((1n << BigInt(RATIO_BITS)) - 1n, 6)}`,
      {
        where,
      },
    )
  }
  return value
}

/**
 * Every threshold for `instruments` instruments. Those beyond the table count as derivatives: no reserve may
 * stand behind them, and their longs and shorts must net to zero, so that without scenarios nobody can hold
 * any, and with scenarios, where they are worth nothing, nobody is owed any.
 */
export function padPolicy(policy: Policy, instruments: number): Policy {
  const rest = Math.max(0, instruments - policy.instruments.length)
  const padding = { derivative: true, minimumRatio: RATIO_ONE, loanFactor: 0n }
  return { ...policy, instruments: [...policy.instruments, ...new Array<typeof padding>(rest).fill(padding)] }
}

/** `sponge(policy: valueRatio, then derivative, minimumRatio, loanFactor of every instrument)` */
export function policyDigest(policy: Policy): bigint {
  return sponge('policy', [
    policy.valueRatio,
    ...policy.instruments.flatMap((i) => [i.derivative ? 1n : 0n, i.minimumRatio, i.loanFactor]),
  ])
}
