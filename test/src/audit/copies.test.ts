import { expect, test } from 'vitest'
import { assertMovedAlike } from '../../../src/audit/copies.js'
import { bytesSource } from '../../../src/bundle/index.js'
import { EPOCH_PATHS, type LiquidationProof, parseLiquidation } from '../../../src/epoch/index.js'
import { formatJson } from '../../../src/schema/index.js'

const G1 = ['1', '2']
const G2 = [G1, G1]

/** The proof of a liquidation of the leaf with nullifier 5, as it lies in an epoch. */
function proofOf(signals: Record<string, string>): LiquidationProof {
  const file = {
    ...{ schema: 'plimsoll/liquidation/1', venue: 'Example Exchange', epoch: '1' },
    proof: {
      ...{ schema: 'plimsoll/proof/3', statement: 'liquidation', instance: 'liquidation-tiny' },
      ...{ keyHash: 'ab'.repeat(32), signals: { nullifier: '5', ...signals } },
      proof: { a: G1, b: G2, c: G1 },
    },
    key: { alpha: G1, beta: G2, gamma: G2, delta: G2, ic: [G1, G1] },
  }
  return parseLiquidation(formatJson(file), 'liquidation.json')
}

test('of one leaf, copies for two targets have proofs of one movement (liquidation.12)', async () => {
  const own = (movement: string) =>
    bytesSource({ [EPOCH_PATHS.liquidation(5n)]: formatJson(proofOf({ movement, context: '1' })) })
  const there = [proofOf({ movement: '7', context: '2' })]
  await expect(assertMovedAlike(own('7'), there)).resolves.toBeUndefined()
  await expect(assertMovedAlike(bytesSource({}), there), 'only there').resolves.toBeUndefined()
  await expect(assertMovedAlike(own('8'), there)).rejects.toThrow(
    `liquidations/${'0'.repeat(63)}5.json: the copy commits to another movement of the same account`,
  )
})
