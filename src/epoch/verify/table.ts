import { type Found, fail, type Published, passed, readPublishedTable } from '../../bundle/index.js'
import {
  COLLATERAL,
  describeCollateral,
  describeMoves,
  isTiered,
  marksAge,
  type RiskTable,
  riskDigests,
  tooOld,
} from '../../risk/index.js'
import { shippedInstances } from '../../statements/index.js'
import { holdsScenarios, isKnownSize, isTieredInstance } from '../instance-sizes.js'
import type { Manifest } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { usedInstances, type Verification, type VerifyEpochOptions } from './verification.js'

/** The risk table of an epoch, and a note when its marks are of the future or of long ago. */
export async function verifyTable({
  source,
  manifest,
  checks,
  options,
}: Verification): Promise<{ table: RiskTable | undefined; notes: string[] }> {
  // A table that cannot be the epoch's still serves to read the policy by.
  let table: RiskTable | undefined
  await checks.run('risk-table', async () => {
    const read = await readPublishedTable(source, EPOCH_PATHS.risk)
    table = read.value
    return verifyDigests(read, manifest)
  })
  const now = timeNow(options)
  const { maxAge } = options
  if (maxAge !== undefined) await checks.run('marks', () => verifyAge(table, now, maxAge))
  const age = table && marksAge(table.timestamp, now)
  return { table, notes: age === undefined ? [] : [age] }
}

function verifyDigests({ value: table, sha256 }: Published<RiskTable>, manifest: Manifest): Found<true> {
  const faults: string[] = []
  if (!isKnownSize(manifest)) {
    faults.push('no instance has as many instruments and scenarios as the manifest says')
  } else if (!holdsScenarios(manifest, table.scenarios.length)) {
    faults.push("it has another number of scenarios than the epoch's instances are for")
  } else if (table.instruments.length > manifest.instruments) {
    faults.push("it has more instruments than the epoch's instances are for")
  } else {
    const { riskRoot } = riskDigests(table, manifest.instruments, manifest.scenarios)
    if (riskRoot.toString() !== manifest.riskRoot) faults.push("its root is not the manifest's riskRoot")
  }
  const tiered = isTiered(table)
  const used = new Set(usedInstances(manifest))
  const other = shippedInstances().find((known) => used.has(known.name) && isTieredInstance(known) !== tiered)
  if (other !== undefined) {
    faults.push(`it has ${tiered ? '' : 'no '}tiers, and ${other.name} is for tables of the other kind`)
  }
  if (sha256 !== manifest.riskTable) faults.push("its SHA-256 is not the manifest's riskTable")
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

/**
 * Every scenario of the table: it holds when all else does, as shortfalls are summed along the chain and
 * solvency covers them.
 */
export async function verifyScenarios({ checks }: Verification, table: RiskTable | undefined): Promise<void> {
  const proven = checks.valid
  for (const scenario of table?.scenarios ?? []) {
    await checks.run(`scenario:${scenario.name}`, () => {
      if (!proven) fail('not proven: a check above fails')
      if (scenario.name === COLLATERAL && isTiered(table!)) return passed(describeCollateral(table!))
      return passed(`covered, no account's shortfall left out; ${describeMoves(table!, scenario)}`)
    })
  }
}
