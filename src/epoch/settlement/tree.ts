import { fail } from '../../bundle/index.js'
import { ACCOUNTS_DEPTH, BATCH_DEPTH, WideTree } from '../../hash/index.js'
import type { LiquidationProof } from '../liquidation-file.js'

/**
 * The root over rows of liquidations: what moved in each, batch by batch in the order of their leaves; 0
 * where there is none.
 */
export function liquidationsRoot(batches: readonly (readonly bigint[])[]): bigint {
  if (batches.length === 0) return 0n
  return new WideTree(
    ACCOUNTS_DEPTH,
    batches.map((movements) => new WideTree(BATCH_DEPTH, movements).root),
  ).root
}

/**
 * What moved in the liquidations that a settlement names, each by the proof that it has: every proof is named
 * once, and nothing else is.
 *
 * @param named nullifiers, batch by batch
 * @param proofs all that hold of the earlier epoch
 */
export function movementsOf(
  named: readonly (readonly string[])[],
  proofs: readonly LiquidationProof[],
): bigint[][] {
  const moved = new Map(
    proofs.map(({ proof: { signals } }) => [signals.nullifier!, BigInt(signals.movement!)] as const),
  )
  const movements = named.map((batch) =>
    batch.map((nullifier) => {
      const movement =
        moved.get(nullifier) ?? fail('it has a row for a liquidation that has no proof, or a second')
      moved.delete(nullifier)
      return movement
    }),
  )
  if (moved.size > 0) fail(`it has no row for ${moved.size} of the liquidations that are proven`)
  return movements
}
