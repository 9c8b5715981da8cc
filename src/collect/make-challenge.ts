import { join } from 'node:path'
import { roundRandomness, roundTime } from '../beacon/index.js'
import { InputError } from '../errors/index.js'
import { writeFileAtomic, writeNewFolder } from '../files/index.js'
import {
  type Addresses,
  addressesRoot,
  type Challenge,
  challengeSchema,
  DEFAULT_TOLERANCE,
  type DrandRound,
  parseAccount,
  parseChain,
  parseChallenge,
  RESERVES_PATHS,
  type ReadChallenge,
} from '../reserves/index.js'
import { bySchema, formatJson } from '../schema/index.js'

/** Seconds from the moment to the end of a challenge, unless another is asked for: two weeks. */
const TERM = 14 * 86_400

/** What a challenge asks for. */
export interface ChallengeOptions {
  venue: string
  epoch: string
  /**
   * Root of the ledger's accounts, decimal; without one, nothing in the challenge was unknown before its day.
   */
  accountsRoot?: string
  /**
   * The moment in seconds since 1970-01-01 UTC; or a period, and the round of drand that picks moments in it.
   */
  moment: number | { from: number; to: number; round: number; count: number }
  addresses: Addresses
  /** Seconds by chain that a block may lie from the moment. */
  tolerances?: ReadonlyMap<string, number>
  /** A round of drand that has passed: the challenge is no older. */
  drand?: DrandRound
  /** Seconds since 1970-01-01 UTC (default: two weeks after the moment). */
  expires?: number
}

/**
 * Writes a challenge and its list of addresses into a new folder: what the accounts sign, and what evidence
 * is collected for.
 *
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`, `BEACON_SIGNATURE`, `CHALLENGE` where its parts do not
 * fit
 * @example
 * const addresses = await readAccountsCsv('reserve-accounts.csv')
 * const moment = Date.UTC(2026, 8, 30) / 1000
 * await makeChallenge('challenge', { venue: 'Example', epoch: '2026-09', moment, addresses })
 */
export async function makeChallenge(folder: string, options: ChallengeOptions): Promise<ReadChallenge> {
  const { venue, epoch, accountsRoot, moment, addresses, tolerances, drand, expires } = options
  if (drand !== undefined) await roundRandomness(drand.round, drand.signature)
  if (typeof moment === 'object' && roundTime(moment.round) < moment.to) {
    throw new InputError('CHALLENGE', 'the round that picks the moments is known before the last of them', {
      where: '--round',
      hint: 'Name one that drand signs after the period: then money has to be there all the time.',
    })
  }
  const list = formatJson(addresses)
  const chains = new Set(addresses.accounts.map(({ account }) => parseAccount(account, '').chain.id))
  const made: Challenge = {
    schema: 'plimsoll/reserves-challenge/1',
    venue,
    epoch,
    ...(accountsRoot !== undefined && { accountsRoot }),
    ...(typeof moment === 'object' && { addressesRoot: addressesRoot(addresses.accounts) }),
    moment: typeof moment === 'object' ? { kind: 'random', ...moment } : { kind: 'fixed', timestamp: moment },
    chains: [...chains].sort().map((chain) => ({
      chain,
      tolerance: tolerances?.get(chain) ?? DEFAULT_TOLERANCE[parseChain(chain, '').namespace],
    })),
    ...(drand !== undefined && { drand }),
    expires: expires ?? (typeof moment === 'object' ? moment.to : moment) + TERM,
  }
  const read = bySchema(challengeSchema, made)
  if (read.fault !== undefined) {
    const { field, message } = read.fault
    throw new InputError('CHALLENGE', field === '' ? `the challenge ${message}` : `${field} ${message}`, {
      hint: 'Give another value: `plimsoll reserves challenge --help` lists the options.',
    })
  }
  const text = formatJson(read.data)
  await writeNewFolder(folder, async (into) => {
    await writeFileAtomic(join(into, RESERVES_PATHS.challenge), text)
    await writeFileAtomic(join(into, RESERVES_PATHS.addresses), list)
  })
  return parseChallenge(text, folder)
}
