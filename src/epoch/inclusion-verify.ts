import { EXIT, type ExitCode, InputError } from '../errors/index.js'
import { encodeSlot, parseDecimal, type Slot } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import { loadInstances } from '../proving/index.js'
import { type RiskTable, readRiskTable } from '../risk/index.js'
import { type Balance, balancesOf } from './inclusion-balances.js'
import { type Inclusion, inclusionSchema, openLeaf } from './inclusion-file.js'
import { epochLayout } from './layout.js'
import { type Manifest, manifestSchema } from './schema.js'
import { type EpochCheck, type EpochReport, type VerifyEpochOptions, verifyEpoch } from './verify.js'

/** What a verification of an inclusion file found. */
export type InclusionReport = Pick<EpochReport, 'venue' | 'epoch' | 'keyKind' | 'checks' | 'exitCode'> & {
  /** Whether the epoch is valid and counts this account with these balances. */
  included: boolean
  epochValid: boolean
  /** Whose leaf it is. That this is the reader's own identifier is for the reader to say. */
  account: string
  /** What is counted, in whole units, zeros left out; empty unless it is included. */
  balances: Balance[]
}

/**
 * Checks a customer's inclusion file: the whole epoch first (see `verifyEpoch`), then that the file's leaf is under the
 * `accountsRoot` that the epoch's solvency proof carries. Works offline.
 *
 * @example
 * const report = await verifyInclusion('inclusion.json', 'epoch', { pins })
 * if (report.included && report.account === myAccountId) console.log(report.balances)
 *
 * @throws {InputError} when the file is malformed, or there is no manifest to read.
 */
export async function verifyInclusion(
  path: string,
  epochFolder: string,
  options: VerifyEpochOptions,
): Promise<InclusionReport> {
  const file = await readJsonFile(path, inclusionSchema)
  const report = await verifyEpoch(epochFolder, options)
  const checks = [...report.checks]
  let balances: Balance[] = []
  if (report.valid) {
    const at = epochLayout(epochFolder)
    const manifest = await readJsonFile(at.manifest, manifestSchema)
    const table = await readRiskTable(at.risk)
    for (const check of checkInclusion(file, manifest, table)) {
      checks.push(check)
      options.onCheck?.(check)
    }
    balances = balancesOf(file, table)
  }
  const included = checks.every(({ ok }) => ok)
  return {
    included,
    epochValid: report.valid,
    venue: report.venue,
    epoch: report.epoch,
    keyKind: report.keyKind,
    account: file.account,
    balances: included ? balances : [],
    checks,
    exitCode: (report.valid && !included ? EXIT.invalid : report.exitCode) satisfies ExitCode,
  }
}

/**
 * Checks a file against an epoch that has been verified. A wrong salt, a wrong quantity and an account that was left out
 * cannot be told apart.
 */
export function checkInclusion(
  file: Inclusion,
  manifest: Manifest,
  table: Pick<RiskTable, 'instruments'>,
): EpochCheck[] {
  const expected = {
    venue: manifest.venue,
    epoch: manifest.epoch,
    riskRoot: manifest.riskRoot,
    state: manifest.states.at(-1),
    accountsRoot: manifest.solvency?.accountsRoot,
    instance: manifest.batches[file.accountsPath.index],
  }
  const fields = Object.keys(expected) as (keyof typeof expected)[]
  const wrong = fields.filter((field) => file[field] !== expected[field])
  const slots = readSlots(file, table)
  const found = slots !== undefined && openLeaf(file, slots).root.toString() === expected.accountsRoot
  return [
    {
      id: 'inclusion:epoch',
      ok: wrong.length === 0,
      detail:
        wrong.length === 0 ? 'the file is for this epoch' : `not those of the epoch: ${wrong.join(', ')}`,
    },
    {
      id: 'inclusion:slots',
      ok: slots !== undefined,
      detail: slots ? 'every slot is one of the risk table' : 'not slots of the instance and the risk table',
    },
    {
      id: 'inclusion:leaf',
      ok: found,
      detail: found ? 'the leaf is in the accounts tree' : 'the leaf is not in the accounts tree',
    },
  ]
}

/** The leaf's slots in smallest units, or `undefined` when the instance or the risk table does not have such slots. */
export function readSlots(file: Inclusion, table: Pick<RiskTable, 'instruments'>): Slot[] | undefined {
  const instance = loadInstances().find(({ name }) => name === file.instance)
  // Slots are packed three to a hash input: without their number, empty ones could be added or left out at the end.
  if (file.slots.length !== instance?.params.SLOTS) return undefined
  const slots = file.slots.map(({ instrument, symbol, quantity }) => {
    const row = table.instruments[instrument]
    if (row?.symbol !== symbol) return undefined
    try {
      const slot = { instrument, quantity: parseDecimal(quantity, { decimals: row.decimals, signed: true }) }
      encodeSlot(slot)
      return slot
    } catch (error) {
      if (error instanceof InputError) return undefined
      throw error
    }
  })
  return slots.every((slot) => slot !== undefined) ? slots : undefined
}
