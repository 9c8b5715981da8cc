import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { formatDecimal, parseDecimal, SHORTFALL_BITS } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'

/** What a policy file says of losses that customers bear. */
export const settlementPolicySchema = z.strictObject({
  /**
   * The most that all layers of the waterfall together may be worth at mark when customers bear a loss, an
   * exact decimal of the quote currency.
   */
  dust: z.string(),
})

export type SettlementPolicyFile = z.infer<typeof settlementPolicySchema>

/**
 * The most that all layers together may be worth when customers bear a loss, in 10^-valueDecimals of the
 * quote currency; nothing where the policy does not say.
 *
 * @throws {InputError} `POLICY_SETTLEMENT` for more than a table can have, and the codes of `parseDecimal`
 */
export function resolveDust(
  { settlement }: { settlement?: SettlementPolicyFile },
  { valueDecimals }: Pick<RiskTable, 'valueDecimals'>,
): bigint {
  if (settlement === undefined) return 0n
  const where = 'policy: settlement.dust'
  const dust = parseDecimal(settlement.dust, { decimals: valueDecimals, where })
  if (dust >> BigInt(SHORTFALL_BITS) === 0n) return dust
  throw new InputError('POLICY_SETTLEMENT', 'is beyond what all layers can be worth', {
    where,
    hint: 'Write what is too little to be paid out, such as 100.',
  })
}

/**
 * Where a policy lets customers bear a loss while layers are worth more than another lets them, in words;
 * empty where it does not. Both are over the same risk table.
 */
export function weakerLoss(
  policy: { settlement?: SettlementPolicyFile },
  accepted: { settlement?: SettlementPolicyFile },
  table: Pick<RiskTable, 'quote' | 'valueDecimals'>,
): string[] {
  const dust = resolveDust(policy, table)
  if (dust <= resolveDust(accepted, table)) return []
  return [
    `losses that customers bear: layers may be worth ${formatDecimal(dust, table.valueDecimals)} ${table.quote} then`,
  ]
}
