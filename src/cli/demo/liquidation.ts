import { join } from 'node:path'
import { liquidationWords, openEpoch, verifyLiquidations } from '../../epoch/index.js'
import { PlimsollError, ProofError } from '../../errors/index.js'
import type { Inclusion } from '../../inclusion/index.js'
import { folderSource, readMoved } from '../../inputs/index.js'
import type { RiskTable } from '../../risk/index.js'
import { type ProveLiquidationOptions, proveLiquidation } from '../../venue/index.js'
import { pinsOf } from '../artifacts.js'
import type { Ui } from '../terminal/ui.js'
import type { ProofLog } from './proofs.js'

/** What was done to the trader who is short. */
export interface LiquidationDemo {
  nullifier: string
  instance: string
  /** What no proof was made of, and why. */
  refused: { what: string; why: string }[]
  /** What the proof shows, a sentence each. */
  shown: string[]
}

/**
 * The trader who is short of maintenance is liquidated in part, and anyone verifies it. The other trader is
 * not below, closing more than restores is not allowed, and one leaf has one proof.
 */
export async function demoLiquidation(
  ui: Ui,
  parts: {
    out: string
    folder: string
    privateFolder: string
    traders: readonly [meets: Inclusion, short: Inclusion]
    log: ProofLog
  },
): Promise<LiquidationDemo> {
  const { out, folder, privateFolder, log } = parts
  const [meets, short] = parts.traders
  const moved = (table: RiskTable) => readMoved(join(out, 'venue', 'moved-desk-2.json'), table)
  /** The same, with 20 perps closed in place of 12. */
  const tooMuch = async (table: RiskTable) =>
    (await moved(table)).map(({ instrument, quantity }) => ({
      instrument,
      quantity: quantity > 0n ? (quantity * 20n) / 12n : quantity,
    }))
  const attempt = (inclusion: Inclusion, changes: ProveLiquidationOptions['changes']) =>
    proveLiquidation({
      ...{ folder, privateFolder, inclusion, changes },
      ...{ artifacts: log.artifacts, prover: log.prover },
    })
  const refused: LiquidationDemo['refused'] = []
  const refuse = async (what: string, code: string, ...tried: Parameters<typeof attempt>) => {
    const error = await attempt(...tried).then(
      () => undefined,
      (found: unknown) => found,
    )
    if (!(error instanceof PlimsollError) || error.code !== code) {
      throw error ?? new ProofError('DEMO_INVALID', `${what}, and a proof was made`)
    }
    refused.push({ what, why: error.message.replace(/^.*: /, '') })
  }
  await ui.step('no proof for a trader who is not below, nor for closing more than restores', async () => {
    await refuse('the first trader', 'LIQUIDATION_REFUSED', meets, async () => [])
    await refuse('closing 20 of 25 perps', 'LIQUIDATION_REFUSED', short, tooMuch)
  })
  ui.say('the second trader is liquidated in part')
  const { proof } = await attempt(short, moved)
  await refuse('the same leaf again', 'LIQUIDATION_DONE', short, moved)
  const { keys: pins } = pinsOf([...log.used.values()])
  const found = await ui.step('verifying the liquidation, as anyone can', async () => {
    const source = folderSource(folder)
    const { read } = await openEpoch(source, { pins })
    return verifyLiquidations(source, read, { pins })
  })
  if (found?.exitCode !== 0) throw new ProofError('DEMO_INVALID', 'the liquidation does not verify')
  const { instance, signals } = proof.proof
  return { nullifier: signals.nullifier!, instance, refused, shown: liquidationWords(found.proofs.length) }
}
