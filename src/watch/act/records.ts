import * as z from 'zod'
import { momentSchema } from '../journal.js'

const hex = z.string().regex(/^0x[0-9a-f]*$/, 'must be 0x and hexadecimal digits')
const wei = z.string().regex(/^(0|[1-9][0-9]*)$/, 'must be a whole number without a sign')

/** A line of the journal of a keeper. */
export const recordSchema = z.discriminatedUnion('kind', [
  /** Signed, and written down before it was sent. */
  z.strictObject({
    kind: z.literal('signed'),
    at: momentSchema,
    chainId: z.int(),
    from: hex,
    nonce: z.int().nonnegative(),
    title: z.string(),
    to: hex,
    data: hex,
    gas: wei,
    maxFeePerGas: wei,
    maxPriorityFeePerGas: wei,
    hash: hex,
    raw: hex,
  }),
  /** A block has one of the number. Without a hash it was none of this journal. */
  z.strictObject({
    kind: z.literal('mined'),
    at: momentSchema,
    nonce: z.int().nonnegative(),
    title: z.string(),
    hash: hex.exactOptional(),
    block: z.int().nonnegative().exactOptional(),
    succeeded: z.boolean().exactOptional(),
    cost: wei,
  }),
])
export type KeeperRecord = z.output<typeof recordSchema>
export type Signed = Extract<KeeperRecord, { kind: 'signed' }>
export type Mined = Extract<KeeperRecord, { kind: 'mined' }>

/** What a number of the account was used for: attempts, of which a chain takes one, and that one. */
export interface Flight {
  attempts: Signed[]
  mined?: Mined
}

/** What the records of a journal come to, by number. */
export function flightsOf(records: readonly KeeperRecord[]): Map<number, Flight> {
  const flights = new Map<number, Flight>()
  for (const record of records) takeRecord(flights, record)
  return flights
}

export function takeRecord(flights: Map<number, Flight>, record: KeeperRecord): void {
  const flight = flights.get(record.nonce) ?? { attempts: [] }
  flights.set(record.nonce, flight)
  if (record.kind === 'mined') {
    flight.mined = record
    return
  }
  // The block that had it is gone, and its number is free again: one of both is ever taken.
  delete flight.mined
  flight.attempts.push(record)
}

/** The longest time of a limit, in seconds. */
const LONGEST = 366 * 86_400

/** The records that still count: of the longest time that a limit can have, and what is under way. */
export function recent(records: readonly KeeperRecord[]): KeeperRecord[] {
  const since = Math.max(0, ...records.map(({ at }) => at)) - LONGEST
  const flights = flightsOf(records)
  return records.filter(({ nonce, at }) => at >= since || flights.get(nonce)!.mined === undefined)
}

/** What was spent since a time, in wei: what is in no block yet counts with the most that it can cost. */
export function spentSince(flights: ReadonlyMap<number, Flight>, since: number): bigint {
  let sum = 0n
  for (const { attempts, mined } of flights.values()) {
    if (mined === undefined) sum += mostOf(attempts)
    else if (mined.at >= since) sum += BigInt(mined.cost)
  }
  return sum
}

/** The most that attempts of one number can cost: a chain takes one of them, and any. */
export function mostOf(attempts: readonly Pick<Signed, 'gas' | 'maxFeePerGas'>[]): bigint {
  let most = 0n
  for (const { gas, maxFeePerGas } of attempts) {
    const cost = BigInt(gas) * BigInt(maxFeePerGas)
    if (cost > most) most = cost
  }
  return most
}
