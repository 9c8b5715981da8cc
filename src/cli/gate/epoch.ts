import { openEpoch, type VerifiedEpoch, type VerifyEpochOptions } from '../../epoch/index.js'
import { ProofError } from '../../errors/index.js'
import { openSource } from '../../inputs/index.js'
import type { Ui } from '../terminal/ui.js'

/**
 * An epoch that a lender relies on, once it has been verified as `plimsoll verify` does it.
 *
 * @throws {ProofError} `GATE_EPOCH` when it is not valid
 */
export async function verifiedEpoch(
  ui: Ui,
  place: string,
  trust: VerifyEpochOptions,
): Promise<VerifiedEpoch> {
  const { report, epoch } = await ui.step('verifying the epoch', async (update) =>
    openEpoch(await openSource(place), { ...trust, onCheck: ({ id }) => update(id) }),
  )
  ui.notes(report.notes)
  if (epoch !== undefined) return epoch
  const failed = report.checks.filter(({ valid }) => !valid)
  throw new ProofError('GATE_EPOCH', `the epoch is not valid: ${failed.map(({ id }) => id).join(', ')}`, {
    where: place,
    hint: failed[0]?.todo ?? '`plimsoll verify` says what is wrong with it.',
  })
}
