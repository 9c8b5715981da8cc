import { type Found, fail, type Published, passed, readPublishedTable } from '../../bundle/index.js'
import { marksAge, type RiskDigests, type RiskTable, riskDigests, tooOld } from '../../risk/index.js'
import { isKnownSize, tableMisfit } from '../instance-sizes.js'
import type { Manifest } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import type { Verification, VerifyEpochOptions } from './verification.js'

/** The risk table of an epoch, as far as it was read. */
export interface EpochTable {
  /** A table that cannot be the epoch's still serves to read the policy by. */
  table?: RiskTable
  /** At the epoch's sizes, when it is for such. */
  digests?: RiskDigests
  /** When its marks are of the future or of long ago, in words. */
  age?: string
}

/** The risk table of an epoch. */
export async function verifyTable({ source, manifest, checks, options }: Verification): Promise<EpochTable> {
  const found: EpochTable = {}
  await checks.run('risk-table', async () => {
    const read = await readPublishedTable(source, EPOCH_PATHS.risk)
    found.table = read.value
    return verifyDigests(read, manifest, found)
  })
  const { table } = found
  const now = timeNow(options)
  const { maxAge } = options
  if (maxAge !== undefined) await checks.run('marks', () => verifyAge(table, now, maxAge))
  const age = table && marksAge(table.timestamp, now)
  return age === undefined ? found : { ...found, age }
}

function verifyDigests(
  { value: table, sha256 }: Published<RiskTable>,
  { sizes, riskRoot, riskTable }: Manifest,
  found: EpochTable,
): Found<true> {
  const faults: string[] = []
  const misfit = isKnownSize(sizes)
    ? tableMisfit(table, sizes)
    : 'no instance has as many rows and scenarios as the manifest says'
  if (misfit !== undefined) {
    faults.push(misfit)
  } else {
    found.digests = riskDigests(table, sizes)
    if (found.digests.riskRoot.toString() !== riskRoot) faults.push("its root is not the manifest's riskRoot")
  }
  if (sha256 !== riskTable) faults.push("its SHA-256 is not the manifest's riskTable")
  if (faults.length > 0) fail(faults.join('; '))
  const moment = new Date(1000 * table.timestamp).toISOString()
  return passed(
    `${table.instruments.length} instruments, ${table.scenarios.length} scenarios, marks of ${moment}`,
  )
}

/** The time that marks are judged by: seconds since 1970-01-01 UTC. */
export function timeNow({ now }: Pick<VerifyEpochOptions, 'now'>): number {
  return now ?? Math.floor(Date.now() / 1000)
}

/** Marks of the last `maxAge` seconds, and none of the future. */
export function verifyAge(table: RiskTable | undefined, now: number, maxAge: number): Found<true> {
  if (table === undefined) fail('not checked: there is no risk table to read the time from')
  const reason = tooOld(table.timestamp, now, maxAge)
  if (reason === undefined) return passed('recent enough')
  return fail(reason, {
    todo: 'Ask for an epoch of now, or say with --max-age what is recent enough for you.',
  })
}
