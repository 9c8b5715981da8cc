import { openEpoch, type VerifiedEpoch } from '../epoch/index.js'
import { openSource } from '../inputs/index.js'
import type { Ui } from './terminal/ui.js'
import type { readProofTrust } from './trust-options.js'
import { epochView } from './views/epoch.js'

/**
 * An epoch that verifies, before anything of it goes to a chain; of one that does not, the verdict is the
 * command's result.
 */
export async function epochToSend(
  ui: Ui,
  place: string,
  trust: Awaited<ReturnType<typeof readProofTrust>>,
): Promise<VerifiedEpoch | undefined> {
  const { report, epoch } = await ui.step('verifying the epoch', async (update) =>
    openEpoch(await openSource(place), { ...trust, onCheck: ({ id }) => update(id) }),
  )
  const { exitCode, ...verdict } = report
  ui.warnOfKeys(report.keyKind)
  ui.notes(report.notes)
  if (epoch !== undefined) return epoch
  ui.result(verdict, () => [epochView(verdict), 'Nothing was sent.'])
  process.exitCode = exitCode
  return undefined
}
