import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { formatDecimal, parseDecimal } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import { CONSTANT_BITS, isDerivative } from '../../rules/index.js'

/** Decimals of a multiple and of a penalty: they are kept in parts per million. */
const PPM_DECIMALS = 6
/** One, in parts per million. */
export const PPM_ONE = 1_000_000n
/** A multiple stays below 2^21 parts per million, about 2.09. */
const MULTIPLE_BITS = 21

/**
 * What a venue lets its liquidations do, in a policy file. Every number is an exact decimal: multiples of one
 * requirement, shares of what is closed at mark, and an amount of the quote currency.
 *
 * @example
 * const file = liquidationSchema.parse({
 *   requirement: 'maintenance',
 *   cash: 'USDC',
 *   trigger: '1',
 *   target: '1.1',
 *   backstop: '0.666667',
 *   penalty: '0.025',
 *   takeoverPenalty: '0.05',
 *   overshoot: '100',
 * })
 */
export const liquidationSchema = z.strictObject({
  /** The requirement of the margin rule that is multiplied. */
  requirement: z.string(),
  /** The instrument that is paid and received for what is closed. */
  cash: z.string(),
  /** An account with less equity than this multiple may be closed in part; above 0, at most 1. */
  trigger: z.string(),
  /** Closing may restore the equity to this multiple; at least the trigger. */
  target: z.string(),
  /** An account with less equity than this multiple may be closed whole; at most the trigger. */
  backstop: z.string(),
  /** The most that the account loses, as a share of what is closed in part; 0 to 1. */
  penalty: z.string(),
  /** The same where the whole account is closed. */
  takeoverPenalty: z.string(),
  /** How far closing may go beyond the target, in the quote currency: what one lot may take. */
  overshoot: z.string(),
})

export type LiquidationFile = z.infer<typeof liquidationSchema>

/** What liquidations may do, over a risk table. Multiples and penalties in parts per million. */
export interface LiquidationPolicy {
  requirement: string
  /** Symbol of the instrument that is paid and received. */
  cash: string
  trigger: bigint
  target: bigint
  backstop: bigint
  penalty: bigint
  takeoverPenalty: bigint
  /** 10^-valueDecimals of the margin rule. */
  overshoot: bigint
}

/**
 * Reads what a policy says of liquidations against the risk table that it is about.
 *
 * @throws {InputError} `POLICY_LIQUIDATION` for a table without a margin rule or without the requirement, a
 * cash instrument that is none, or numbers out of range or order, and the codes of `parseDecimal`
 */
export function resolveLiquidation(file: LiquidationFile, table: RiskTable): LiquidationPolicy {
  const fail = (field: string, message: string, hint: string): never => {
    throw new InputError('POLICY_LIQUIDATION', message, { where: `policy: liquidation.${field}`, hint })
  }
  const { margin } = table
  if (margin === undefined) {
    return fail(
      'requirement',
      'the risk table has no margin rule',
      'Build one in with `plimsoll risk build --table`, or leave liquidation out.',
    )
  }
  if (!margin.requirements.some(({ name }) => name === file.requirement)) {
    const names = margin.requirements.map(({ name }) => name).join(', ')
    fail('requirement', 'the margin rule has no such requirement', `It has ${names}.`)
  }
  const cash = table.instruments.find(({ symbol }) => symbol === file.cash)
  const isRuled = margin.instruments.some(({ symbol }) => symbol === file.cash)
  if (cash === undefined || !isRuled || isDerivative(cash.kind) || cash.mark <= 0n) {
    return fail(
      'cash',
      'is not an instrument with a price that can be held, in risk table and margin rule',
      'Name the stablecoin or the asset that positions are closed against.',
    )
  }
  const ppm = (field: 'trigger' | 'target' | 'backstop' | 'penalty' | 'takeoverPenalty'): bigint => {
    const value = parseDecimal(file[field], { decimals: PPM_DECIMALS, where: `policy: liquidation.${field}` })
    if (value >> BigInt(MULTIPLE_BITS) === 0n) return value
    const most = formatDecimal((1n << BigInt(MULTIPLE_BITS)) - 1n, PPM_DECIMALS)
    return fail(field, `is above ${most}`, 'Write a multiple or a share, such as 1.1 or 0.025.')
  }
  const policy = {
    requirement: file.requirement,
    cash: file.cash,
    trigger: ppm('trigger'),
    target: ppm('target'),
    backstop: ppm('backstop'),
    penalty: ppm('penalty'),
    takeoverPenalty: ppm('takeoverPenalty'),
    overshoot: parseDecimal(file.overshoot, {
      decimals: margin.valueDecimals,
      where: 'policy: liquidation.overshoot',
    }),
  }
  if (policy.trigger === 0n || policy.trigger > PPM_ONE) {
    const hint = 'Whoever meets the requirement once can prove it, and is not liquidated.'
    fail('trigger', 'is not above 0 and at most 1', hint)
  }
  if (policy.target < policy.trigger) {
    fail('target', 'is below the trigger', 'What is restored to it would be liquidated again.')
  }
  if (policy.backstop > policy.trigger) {
    fail('backstop', 'is above the trigger', 'A whole account is taken later than a part of it.')
  }
  for (const field of ['penalty', 'takeoverPenalty'] as const) {
    if (policy[field] > PPM_ONE) fail(field, 'is above 1', 'No more is lost than all that is closed.')
  }
  if (policy.overshoot >> BigInt(CONSTANT_BITS)) {
    fail('overshoot', 'is beyond what an account can hold', 'Write what one lot of a position is worth.')
  }
  return policy
}
