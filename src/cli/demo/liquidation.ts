import { join } from 'node:path'
import type { Address } from 'viem'
import {
  type ChainConnection,
  deployLiquidationGate,
  deployVerifier,
  gateLiquidation,
  type LiquidationGate,
  openLiquidationGate,
  requirementId,
} from '../../chain/index.js'
import { type LiquidationProof, liquidationWords, openEpoch, verifyLiquidations } from '../../epoch/index.js'
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
  /** Of the gate that recorded it, where the epoch is at a registry. */
  gas?: number
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
    chain: ChainConnection
    /** Where a gate of liquidations reads which epoch counts. */
    registry?: Address
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
  const gate = parts.registry && (await gateAt(ui, parts.chain, parts.registry, meets.venue))
  const attempt = (inclusion: Inclusion, changes: ProveLiquidationOptions['changes']) =>
    proveLiquidation({
      ...{ folder, privateFolder, inclusion, changes },
      ...{ artifacts: log.artifacts, prover: log.prover },
      ...(gate && { gate: { chainId: `${parts.chain.chainId}`, contract: gate.address } }),
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
    const [why] = error.message.replace(/^.*: /, '').split('; ')
    refused.push({ what, why: why! })
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
  const gas = gate && (await recordAt(ui, { gate, chain: parts.chain, log }, proof))
  const { instance, signals } = proof.proof
  return {
    ...{ nullifier: signals.nullifier!, instance, refused, shown: liquidationWords(found.proofs.length) },
    ...(gas !== undefined && { gas }),
  }
}

/** A gate of a protocol that settles on liquidations of the venue. */
async function gateAt(
  ui: Ui,
  chain: ChainConnection,
  source: Address,
  venueName: string,
): Promise<LiquidationGate> {
  return ui.step('deploying a gate of liquidations', async () => {
    const { address } = await deployLiquidationGate(chain, { source, venueName })
    return openLiquidationGate(chain, address)
  })
}

/** Takes the proof that was verified to the gate, which takes it once. */
async function recordAt(
  ui: Ui,
  { gate, chain, log }: { gate: LiquidationGate; chain: ChainConnection; log: ProofLog },
  file: LiquidationProof,
): Promise<number> {
  const liquidation = gateLiquidation(file)
  const { requirement, policy, nullifier, movement } = liquidation.signals
  const id = requirementId('liquidation')
  return ui.step('the gate records the liquidation, and a second time refuses it', async () => {
    const verifier = await deployVerifier(chain, log.used.get(file.proof.instance)!)
    await gate.setVerifier(verifier.address, verifier)
    // As the epoch has them: with these the proof was verified.
    await gate.setTerms(id, { requirement, policy })
    await gate.setReporter(chain.writer!.account.address, true)
    const gas = await gate.submit(verifier.address, id, liquidation)
    const again = await gate.submit(verifier.address, id, liquidation).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(again instanceof ProofError && again.message.includes('AlreadyLiquidated'))) {
      throw again ?? new ProofError('DEMO_INVALID', 'a gate recorded one leaf twice')
    }
    if (!(await gate.isRecorded(nullifier, movement, id))) {
      throw new ProofError('DEMO_INVALID', 'the gate has no record of a liquidation that it took')
    }
    return Number(gas)
  })
}
