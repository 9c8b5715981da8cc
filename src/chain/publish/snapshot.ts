import { type Address, type Hex, zeroAddress } from 'viem'
import type { VerifiedEpoch } from '../../epoch/index.js'
import type { ChainConnection } from '../connection.js'
import { venueId } from '../margin-gate.js'
import { finalityOf, numberAt } from '../registry-calls.js'
import { type EpochStanding, REGISTRY_ABI, standingAt } from '../registry-standing.js'
import { answered, readView } from '../rpc.js'
import { BACKING_ABI } from './backing.js'
import type { Guards } from './ready.js'

/**
 * What a chain says in one block of an epoch and of who sends it: as many transactions of the sender as
 * `nonce` are counted in `standing`, and not one more.
 */
export interface Snapshot {
  block: bigint
  /** Of the block, seconds since 1970-01-01 UTC. */
  now: number
  nonce: number
  /** The same with what is in no block yet, as far as the node knows. */
  pending: number
  standing: EpochStanding
  /** Where a proof of backing is still to be brought; absent where none is, or none is asked for. */
  unbacked: Address | undefined
}

/** Reads the last block. */
export async function takeSnapshot(
  chain: ChainConnection,
  { registry, epoch, account }: { registry: Address; epoch: VerifiedEpoch; account?: Address },
): Promise<Snapshot> {
  const { number: blockNumber, timestamp } = await answered(chain.reader.getBlock({ blockTag: 'latest' }))
  const count = (at: { blockNumber: bigint } | { blockTag: 'pending' }) =>
    account === undefined ? 0 : answered(chain.reader.getTransactionCount({ address: account, ...at }))
  const [standing, unbacked, nonce, pending] = await Promise.all([
    standingAt(chain, registry, epoch, { blockNumber }),
    unbackedAt(chain, registry, epoch, blockNumber),
    count({ blockNumber }),
    count({ blockTag: 'pending' }),
  ])
  return { block: blockNumber, now: Number(timestamp), nonce, pending, standing, unbacked }
}

async function unbackedAt(
  chain: ChainConnection,
  registry: Address,
  epoch: VerifiedEpoch,
  blockNumber: bigint,
): Promise<Address | undefined> {
  const id = venueId(epoch.manifest.venue)
  const view = <T>(functionName: string, args: readonly unknown[]) =>
    readView<T>(chain, { address: registry, abi: REGISTRY_ABI, functionName, args, blockNumber })
  const { backing } = await view<Guards>('guardsOf', [id])
  if (backing === zeroAddress) return undefined
  const { accountsRoot, reservesCommitment } = epoch.manifest.parts.solvency
  const [number, , , claim] = finalityOf(epoch, numberAt(epoch, chain, registry), [])
  const context = await view<bigint>('contextOf', [number, claim])
  const args = [context, BigInt(accountsRoot), BigInt(reservesCommitment)]
  const hash = await readView<Hex>(chain, {
    ...{ address: backing, abi: BACKING_ABI, functionName: 'backedUnder', args, blockNumber },
  })
  const [key, stopped] = await Promise.all([
    view<{ verifier: Address; place: number }>('keyOf', [hash]),
    view<bigint>('stoppedKeys', []),
  ])
  const counts = key.verifier !== zeroAddress && ((stopped >> BigInt(key.place)) & 1n) === 0n
  return counts ? undefined : backing
}
