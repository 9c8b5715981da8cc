import type { Abi, Address, Hex } from 'viem'
import type { ChainConnection } from './connection.js'
import { EPOCH_SOURCE_ABI } from './generated/abi.js'
import { answered, readView } from './rpc.js'

/**
 * Why an account is not on record to meet a requirement: the gate has no such requirement (any more); there
 * is no record; its verifier is not trusted any more; another epoch counts now; no roots count at all; those
 * of the epoch are too old; the proof is.
 */
export type NoMargin =
  | 'no-requirement'
  | 'no-record'
  | 'verifier-withdrawn'
  | 'other-epoch'
  | 'roots-withdrawn'
  | 'roots-over'
  | 'proof-expired'

/** The epoch that counts at a gate. Times are seconds since 1970-01-01 UTC. */
export interface GateEpoch {
  /** 0 for none. */
  number: number
  accountsRoot: bigint
  riskRoot: bigint
  /** Its last second, which may be past; 0 while its roots are withdrawn. */
  end: number
}

/**
 * What a gate says of a handle and a requirement, all in one block. Times are seconds since 1970-01-01 UTC.
 */
export interface MarginStanding {
  /** Whether the account behind the handle is on record, now, to meet the requirement. */
  hasMargin: boolean
  /** Present where it is not. */
  why?: NoMargin
  /** Until when the record holds, which may be past; 0 where there is none that could. */
  until: number
  /** The time of the block. */
  now: number
  /** The last record, also one of an earlier epoch. */
  record?: { epoch: number; expiry: number }
  epoch: GateEpoch
  /** Who submitted the last proof of the handle in this epoch. */
  submitter?: Address
  /** To whom the handle is pledged now, until when. */
  pledge?: { lender: Address; until: number }
}

const NOBODY = '0x0000000000000000000000000000000000000000'

/** The epoch that a source names for a venue now. */
export async function epochAt(
  chain: ChainConnection,
  { source, venue }: { source: Address; venue: Hex },
  blockNumber?: bigint,
): Promise<GateEpoch> {
  const call = { address: source, abi: EPOCH_SOURCE_ABI, functionName: 'currentEpoch', args: [venue] }
  const [number, accountsRoot, riskRoot, end] = await readView<[number, bigint, bigint, bigint]>(chain, {
    ...call,
    ...(blockNumber === undefined ? {} : { blockNumber }),
  })
  return { number, accountsRoot, riskRoot, end: Number(end) }
}

/** Reads all that a gate says of a handle and a requirement in the last block. */
export async function standingAt(
  chain: ChainConnection,
  gate: { address: Address; abi: Abi; epochs: { source: Address; venue: Hex } },
  handle: bigint,
  id: Hex,
): Promise<MarginStanding> {
  const { number: blockNumber, timestamp } = await answered(chain.reader.getBlock())
  const { address, abi } = gate
  const view = <T>(functionName: string, args: readonly unknown[]) =>
    readView<T>(chain, { address, abi, functionName, args, blockNumber })
  const requirement = await view<bigint>('requirementOf', [id])
  const [recordEpoch, expiry, , trusted] = await view<[number, bigint, bigint, boolean]>('recordOf', [
    handle,
    id,
  ])
  const epoch = await epochAt(chain, gate.epochs, blockNumber)
  const hasMargin = await view<boolean>('hasMargin', [handle, id])
  const until = await view<bigint>('marginOf', [handle, id])
  const submitter = await view<Address>('submitterOf', [handle])
  const [lender, pledged] = await view<[Address, bigint]>('pledgeOf', [handle])

  const now = Number(timestamp)
  const reasons: [reason: NoMargin, holds: boolean][] = [
    ['no-requirement', requirement === 0n],
    ['no-record', expiry === 0n],
    ['verifier-withdrawn', !trusted],
    ['other-epoch', recordEpoch !== epoch.number],
    ['roots-withdrawn', epoch.end === 0],
    ['roots-over', epoch.end < now],
    ['proof-expired', Number(expiry) < now],
  ]
  const late = epoch.end < Number(expiry) ? 'roots-over' : 'proof-expired'
  // A node may call at a later second than its last block has.
  const why = reasons.find(([, holds]) => holds)?.[0] ?? (hasMargin ? undefined : late)
  return {
    hasMargin: why === undefined,
    ...(why === undefined ? {} : { why }),
    ...{ until: Number(until), now },
    ...(expiry === 0n ? {} : { record: { epoch: recordEpoch, expiry: Number(expiry) } }),
    epoch,
    ...(submitter === NOBODY ? {} : { submitter }),
    ...(lender === NOBODY ? {} : { pledge: { lender, until: Number(pledged) } }),
  }
}
