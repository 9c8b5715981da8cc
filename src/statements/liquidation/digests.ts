import type { Slot } from '../../field/index.js'
import { holderCommitment, leafHash, poseidon, ROLES, sponge } from '../../hash/index.js'
import { instrumentNumbers, type RiskTable } from '../../risk/index.js'
import type { LiquidationAccount } from './account.js'
import type { LiquidationPolicy } from './policy.js'

/**
 * What a liquidation proof says of the policy: `sponge(liquidationPolicy, [trigger, target, backstop,
 * penalty, takeoverPenalty, overshoot, number of the cash instrument])`. The requirement is a signal of its
 * own.
 *
 * @example
 * const digest = liquidationPolicyDigest(resolveLiquidation(file, table), table)
 */
export function liquidationPolicyDigest(
  policy: LiquidationPolicy,
  table: Pick<RiskTable, 'instruments'>,
): bigint {
  const { trigger, target, backstop, penalty, takeoverPenalty, overshoot } = policy
  const cash = BigInt(cashNumber(policy, table))
  return sponge('liquidationPolicy', [trigger, target, backstop, penalty, takeoverPenalty, overshoot, cash])
}

/** The number of the instrument that is paid and received. */
export function cashNumber({ cash }: LiquidationPolicy, table: Pick<RiskTable, 'instruments'>): number {
  return instrumentNumbers(table)[table.instruments.findIndex(({ symbol }) => symbol === cash)]!
}

/**
 * The leaf of what moved: of the account's identifier and owner under a salt of the movement's own, over
 * signed changes of quantities, one slot an instrument, in the encoding of an account's leaf.
 *
 * @param slots all slots of the leaf, empty ones included
 */
export function movementLeaf(
  { accountId, owner }: Pick<LiquidationAccount, 'accountId' | 'owner'>,
  salt: bigint,
  slots: readonly Slot[],
): bigint {
  return leafHash(holderCommitment({ accountId, owner, salt }), slots)
}

/**
 * One number for each leaf, by which a second liquidation of it shows: `P(liquidated; salt, accountId)`. It
 * says nothing of the account, as the salt is an epoch's own.
 */
export function liquidationNullifier({
  salt,
  accountId,
}: Pick<LiquidationAccount, 'salt' | 'accountId'>): bigint {
  return poseidon([salt, accountId], ROLES.liquidated.tag)
}
