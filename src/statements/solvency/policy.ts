import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import {
  ACCOUNT_COUNT_BITS,
  formatDecimal,
  packCounts,
  packTriples,
  parseDecimal,
  RATIO_BITS,
  RATIO_ONE,
  SHORTFALL_BITS,
} from '../../field/index.js'
import { sponge } from '../../hash/index.js'
import { type RiskColumns, type RiskTable, rowsByKind, type TableSizes } from '../../risk/index.js'
import { isDerivative } from '../../rules/index.js'
import { toldName } from '../../schema/index.js'
import { liquidationSchema, resolveLiquidation } from '../liquidation/policy.js'
import { resolveDust, settlementPolicySchema } from './settlement-policy.js'
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
   * How many accounts may be below zero in a scenario, by its name, and how much they may lack in all, an
   * exact decimal of the quote currency; what is left out has no bound.
   */
  limits: z
    .record(
      z.string(),
      z.strictObject({
        accounts: z.int().nonnegative().exactOptional(),
        shortfall: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  /**
   * Who absorbs shortfalls; default: the insurance fund alone. Not one of the thresholds that the proof
   * shows.
   */
  waterfall: waterfallSchema.exactOptional(),
  /** What liquidations may do to an account. Not one of the thresholds that the proof shows. */
  liquidation: liquidationSchema.exactOptional(),
  /**
   * When customers may bear a loss: what the layers may still be worth then (default: nothing). Not one of
   * the thresholds that the proof shows.
   */
  settlement: settlementPolicySchema.exactOptional(),
})

/**
 * What a venue promises: ratios of reserves, how loans count, who absorbs shortfalls, what liquidations may
 * do, and when customers may bear a loss.
 *
 * @useDeclaredType
 */
export type PolicyFile = z.infer<typeof policySchema>

/** A policy over a risk table. */
export interface Policy {
  /** Parts per million, as all ratios. */
  valueRatio: bigint
  /** Of every spot instrument, in the table's order. */
  instruments: readonly { minimumRatio: bigint; loanFactor: bigint }[]
  /** Of every scenario: the most that accounts may lack, and the most accounts below zero. */
  scenarios: readonly ScenarioLimit[]
}

/** The bounds of a policy in one scenario. */
export interface ScenarioLimit {
  /** 10^-valueDecimals of the quote currency. */
  mostShortfall: bigint
  mostAccounts: bigint
}

/** The bounds of a scenario that a policy does not bound. */
export const NO_LIMIT: ScenarioLimit = {
  mostShortfall: (1n << BigInt(SHORTFALL_BITS)) - 1n,
  mostAccounts: (1n << BigInt(ACCOUNT_COUNT_BITS)) - 1n,
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
 * @throws {InputError} `POLICY_INSTRUMENT` for a symbol that is not in the table, is a tier or a derivative,
 * `POLICY_RATIO` for a ratio out of range, `POLICY_LIMIT` for a bound of a scenario that the table does not
 * have, or out of range, and what `resolveLiquidation` and `resolveDust` throw.
 */
export function resolvePolicy(file: PolicyFile, table: RiskTable): Policy {
  if (file.liquidation !== undefined) resolveLiquidation(file.liquidation, table)
  resolveDust(file, table)
  const rows = new Map(table.instruments.map((row) => [row.symbol, row]))
  for (const symbol of Object.keys(file.instruments)) {
    const row = rows.get(symbol)
    const where = { where: `policy: ${toldName(symbol)}` }
    if (row === undefined) throw new InputError('POLICY_INSTRUMENT', 'is not in the risk table', where)
    if (row.tier !== undefined) {
      const hint = 'Name the instrument: its reserves stand behind all its tiers.'
      throw new InputError('POLICY_INSTRUMENT', 'is a tier', { ...where, hint })
    }
    if (isDerivative(row.kind)) {
      const hint = 'Leave it out: nothing is held in reserve for a derivative, whatever a policy says.'
      throw new InputError('POLICY_INSTRUMENT', 'is a derivative', { ...where, hint })
    }
  }
  return {
    valueRatio: ratio(file.valueRatio, 'policy: valueRatio'),
    instruments: rowsByKind(table).spots.map((row) => {
      const { symbol } = table.instruments[row]!
      const own = Object.hasOwn(file.instruments, symbol) ? file.instruments[symbol]! : {}
      const loanFactor = ratio(own.loanFactor ?? file.loanFactor, `policy: ${symbol}.loanFactor`)
      if (loanFactor > RATIO_ONE) {
        throw new InputError('POLICY_RATIO', 'a loan cannot count for more than itself', {
          where: `policy: ${symbol}.loanFactor`,
          hint: 'Write a factor between 0 and 1.',
        })
      }
      return {
        minimumRatio: ratio(own.minimumRatio ?? file.minimumRatio, `policy: ${symbol}.minimumRatio`),
        loanFactor,
      }
    }),
    scenarios: limitsOf(file, table),
  }
}

function limitsOf({ limits = {} }: PolicyFile, table: RiskTable): ScenarioLimit[] {
  for (const name of Object.keys(limits)) {
    if (table.scenarios.some((scenario) => scenario.name === name)) continue
    throw new InputError('POLICY_LIMIT', 'the risk table has no such scenario', {
      where: `policy: limits.${toldName(name)}`,
      hint: 'Name a scenario as the risk table does.',
    })
  }
  return table.scenarios.map(({ name }) => {
    if (!Object.hasOwn(limits, name)) return NO_LIMIT
    const { accounts, shortfall } = limits[name]!
    const where = `policy: limits.${toldName(name)}`
    const most = {
      mostAccounts: accounts === undefined ? NO_LIMIT.mostAccounts : BigInt(accounts),
      mostShortfall:
        shortfall === undefined
          ? NO_LIMIT.mostShortfall
          : parseDecimal(shortfall, { decimals: table.valueDecimals, where: `${where}.shortfall` }),
    }
    if (most.mostAccounts > NO_LIMIT.mostAccounts || most.mostShortfall > NO_LIMIT.mostShortfall) {
      throw new InputError('POLICY_LIMIT', 'the bound is beyond what a ledger can hold', {
        where,
        hint: 'Leave it out: there is no bound then.',
      })
    }
    return most
  })
}

/**
 * Where a policy promises less than another, in words; empty when it is at least as strong everywhere. Both
 * are over the same risk table.
 */
export function weakerThan(policy: Policy, accepted: Policy, table: RiskTable): string[] {
  const show = (value: bigint) => formatDecimal(value, RATIO_DECIMALS)
  const weak: string[] = []
  if (policy.valueRatio < accepted.valueRatio) weak.push(`valueRatio ${show(policy.valueRatio)}`)
  for (const [i, row] of rowsByKind(table).spots.entries()) {
    const [own, least] = [policy.instruments[i]!, accepted.instruments[i]!]
    const { symbol } = table.instruments[row]!
    if (own.minimumRatio < least.minimumRatio) weak.push(`${symbol} minimumRatio ${show(own.minimumRatio)}`)
    if (own.loanFactor > least.loanFactor) weak.push(`${symbol} loanFactor ${show(own.loanFactor)}`)
  }
  for (const [s, { name }] of table.scenarios.entries()) {
    const [own, least] = [policy.scenarios[s]!, accepted.scenarios[s]!]
    if (own.mostAccounts > least.mostAccounts) weak.push(`${name} ${limitText(own.mostAccounts, 'accounts')}`)
    if (own.mostShortfall > least.mostShortfall) {
      weak.push(`${name} ${limitText(own.mostShortfall, 'shortfall', table.valueDecimals)}`)
    }
  }
  return weak
}

function limitText(bound: bigint, what: 'accounts' | 'shortfall', decimals = 0): string {
  const none = what === 'accounts' ? NO_LIMIT.mostAccounts : NO_LIMIT.mostShortfall
  return bound === none ? `any ${what}` : `${what} ${formatDecimal(bound, decimals)}`
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
 * Every threshold at the sizes of an instance. What is beyond the table is worth nothing at mark and in every
 * scenario; it has full reserves, and no bound.
 */
export function padPolicy(policy: Policy, sizes: Pick<TableSizes, 'spots' | 'scenarios'>): Policy {
  const rest = { minimumRatio: RATIO_ONE, loanFactor: 0n }
  return {
    valueRatio: policy.valueRatio,
    instruments: Array.from({ length: sizes.spots }, (_, i) => policy.instruments[i] ?? rest),
    scenarios: Array.from({ length: sizes.scenarios }, (_, s) => policy.scenarios[s] ?? NO_LIMIT),
  }
}

/**
 * `sponge(policy: valueRatio + 2^32 · spots + 2^48 · scenarios, then ratios and factors of three instruments
 * in each element, 32 bits each, then for each scenario its name, and in one element its bounds and whether
 * it is a requirement)`
 */
export function policyDigest(policy: Policy, scenarios: RiskColumns['scenarios']): bigint {
  const pairs = policy.instruments.map((i) => i.minimumRatio | (i.loanFactor << BigInt(RATIO_BITS)))
  const counts = packCounts([policy.instruments.length, policy.scenarios.length])
  return sponge('policy', [
    policy.valueRatio | (counts << BigInt(RATIO_BITS)),
    ...packTriples(pairs),
    ...policy.scenarios.flatMap(({ mostShortfall, mostAccounts }, s) => [
      scenarios[s]!.name,
      mostShortfall |
        (mostAccounts << BigInt(SHORTFALL_BITS)) |
        (scenarios[s]!.requirement ? 1n << BigInt(SHORTFALL_BITS + ACCOUNT_COUNT_BITS) : 0n),
    ]),
  ])
}
