import type { Address, Hex } from 'viem'
import type { VerifiedEpoch } from '../epoch/index.js'
import type { ChainConnection } from './connection.js'
import { GROTH16_VERIFIER_ABI, SOLVENCY_REGISTRY_ABI } from './generated/abi.js'
import { venueId } from './margin-gate.js'
import { numberAt, proofsOf } from './registry-calls.js'
import { type Moment, readView } from './rpc.js'

/** What the registry says, and what a verifier says through it. */
export const REGISTRY_ABI = [
  ...SOLVENCY_REGISTRY_ABI,
  ...GROTH16_VERIFIER_ABI.filter(({ type }) => type === 'error'),
] as const

/** How far an epoch has come at a registry. */
export interface EpochStanding {
  /**
   * `unused` number, `open`, or `final`; `burned` when the number stands for another epoch, was abandoned, or
   * a later one is final; `astray` when other batches than its own were verified from its first state on.
   */
  state: 'unused' | 'open' | 'final' | 'burned' | 'astray'
  /** How many of its batches were verified; all of them once it is final. */
  batches: number
}

/** How far an epoch has come at a registry in the state that a block left. */
export async function standingAt(
  chain: ChainConnection,
  address: Address,
  epoch: VerifiedEpoch,
  moment: Moment = {},
): Promise<EpochStanding> {
  const view = <T>(functionName: string, args: readonly unknown[]) =>
    readView<T>(chain, { address, abi: REGISTRY_ABI, functionName, args, ...moment })
  const { venue, parts } = epoch.manifest
  const [id, number] = [venueId(venue), numberAt(epoch, chain, address)]
  const { batches } = proofsOf(epoch)
  const [known, run, [, last], opened] = await Promise.all([
    view<{ accountsRoot: bigint; manifest: Hex; provenAt: number }>('epochOf', [id, number]),
    view<{ state: bigint; batches: bigint }>('runOf', [parts.ledger.firstState]),
    view<[number, number, number, number]>('status', [id]),
    view<number>('lastOpened', [id]),
  ])
  const isOurs = known.manifest === `0x${epoch.manifestSha256}`
  if (isOurs && known.provenAt !== 0) {
    const isSame = known.accountsRoot === BigInt(parts.solvency.accountsRoot)
    return isSame ? { state: 'final', batches: batches.length } : { state: 'burned', batches: 0 }
  }
  const done = Number(run.batches)
  const isBurned = isOurs ? BigInt(last) > number : BigInt(opened) >= number
  if (isBurned) return { state: 'burned', batches: done }
  const isOwn = done === 0 || batches[done - 1]?.publicSignals.at(-1) === run.state
  if (!isOwn) return { state: 'astray', batches: done }
  return { state: isOurs ? 'open' : 'unused', batches: done }
}
