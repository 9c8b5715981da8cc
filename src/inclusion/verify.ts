import type { EpochCheck } from '../bundle/index.js'
import {
  batchInstance,
  type EpochReport,
  type OpenedEpoch,
  type ProvenManifest,
  sameSizes,
} from '../epoch/index.js'
import { EXIT, type ExitCode, InputError } from '../errors/index.js'
import { encodeSlot, parseDecimal, type Slot } from '../field/index.js'
import { instrumentNumbers, leafSlots, type RiskTable } from '../risk/index.js'
import { knownInstance } from '../statements/index.js'
import { type Balance, balancesOf } from './balances.js'
import { type Inclusion, openLeaf } from './file.js'

/**
 * What a customer is told. `included`: the epoch is valid and counts this account with these balances.
 * `not included`: the epoch is valid and does not. `cannot tell`: it is not known whether it does, as
 * something that it takes to know is missing or wrong.
 */
export type InclusionVerdict = 'included' | 'not included' | 'cannot tell'

/** Report on an inclusion file. */
export type InclusionReport = Pick<EpochReport, 'venue' | 'epoch' | 'keyKind' | 'checks' | 'notes'> & {
  verdict: InclusionVerdict
  epochValid: boolean
  /** Whose leaf it is. That this is the reader's own identifier is for the reader to say. */
  account: string
  /** Balances in whole units without zeros; empty unless the account is included. */
  balances: Balance[]
  /** What was not checked, one sentence each. */
  notChecked: string[]
  /**
   * 0 included, 1 not included or an epoch that is false, 2 what cannot be read or is not accepted, 3 a key
   * that is unpinned or broken.
   */
  exitCode: ExitCode
}

export interface VerifyInclusionOptions {
  /** The commitment of the customer's own secret, which the leaf is to hold (see `createOwner`). */
  owner?: bigint
  onCheck?: (check: EpochCheck) => void
}

/**
 * Verifies a customer's inclusion file against an epoch that was opened: that the epoch is valid, and that
 * the file's leaf is under the `accountsRoot` that the epoch's solvency proof carries. Works offline.
 *
 * A venue that chooses the identifiers can hand one leaf to two customers with equal balances. A leaf that
 * holds the commitment of an owner's secret (`owner`) is that owner's alone.
 *
 * @example
 * const opened = await openEpoch(await openSource('epoch'), { pins })
 * const { verdict, account, balances } = verifyInclusion(await readInclusion('inclusion.json'), opened)
 * if (verdict === 'included' && account === 'alice@example.com') console.log(balances)
 */
export function verifyInclusion(
  file: Inclusion,
  opened: OpenedEpoch,
  options: VerifyInclusionOptions = {},
): InclusionReport {
  const { report, epoch: verified } = opened
  const { venue, epoch, keyKind, notes } = report
  const found = verified && inclusionChecks(file, verified.manifest, verified.table, options.owner)
  for (const check of found ?? []) options.onCheck?.(check)
  const verdict = verdictOf(found)
  return {
    verdict,
    epochValid: report.valid,
    venue,
    epoch,
    keyKind,
    account: file.account,
    balances: verified && verdict === 'included' ? balancesOf(file, verified.table) : [],
    notChecked: [
      'that the account is yours: compare its identifier with your own',
      ...(options.owner === undefined
        ? ['that no other customer was shown this leaf for theirs: name your owner file with --owner']
        : []),
    ],
    checks: [...report.checks, ...(found ?? [])],
    notes,
    exitCode: exitCodeOf(report, verdict),
  }
}

function verdictOf(found: readonly EpochCheck[] | undefined): InclusionVerdict {
  const failed = found?.filter(({ valid }) => !valid).map(({ id }) => id)
  if (failed === undefined || failed.includes('inclusion:epoch')) return 'cannot tell'
  return failed.length === 0 ? 'included' : 'not included'
}

function exitCodeOf({ valid, checks, exitCode }: EpochReport, verdict: InclusionVerdict): ExitCode {
  if (verdict === 'included') return EXIT.ok
  if (verdict === 'not included') return EXIT.invalid
  // An epoch of another name, or a policy or an age that the reader has not said to accept: nothing is false,
  // something is to be named.
  const failed = checks.filter(({ valid, id }) => !valid && !id.startsWith('scenario:'))
  const unaccepted = failed.every(({ id, todo }) => ['policy', 'marks'].includes(id) && todo !== undefined)
  return valid || unaccepted ? EXIT.input : exitCode
}

/**
 * Checks a file against a verified epoch. A wrong salt, a wrong quantity and an omitted account
 * cannot be told apart.
 *
 * @param owner the commitment that the leaf is to hold, where the reader has one
 */
export function inclusionChecks(
  file: Inclusion,
  manifest: ProvenManifest,
  table: Pick<RiskTable, 'instruments'>,
  owner?: bigint,
): EpochCheck[] {
  const named = (['venue', 'epoch'] as const).filter((field) => file[field] !== manifest[field])
  const { ledger, solvency } = manifest.parts
  const expected = {
    riskRoot: manifest.riskRoot,
    state: ledger.state,
    accountsRoot: solvency.accountsRoot,
    instance: batchInstance(ledger.batches, file.accountsPath.index),
  }
  const fields = Object.keys(expected) as (keyof typeof expected)[]
  const wrong: string[] = fields.filter((field) => file[field] !== expected[field])
  if (!sameSizes(file.sizes, manifest.sizes)) wrong.push('sizes')
  const slots = readSlots(file, table)
  const leaf =
    slots !== undefined &&
    openLeaf(file, leafSlots(slots, instrumentNumbers(table))).root.toString() === expected.accountsRoot
  const check = (id: string, valid: boolean, good: string, bad: string, todo?: string): EpochCheck => ({
    id: `inclusion:${id}`,
    valid,
    detail: valid ? good : bad,
    ...(valid || todo === undefined ? {} : { todo }),
  })
  return [
    check(
      'epoch',
      named.length === 0,
      `the file is for epoch ${manifest.epoch} of ${manifest.venue}`,
      `the file is for another ${named.join(' and ')} than epoch ${manifest.epoch} of ${manifest.venue}`,
      'Take the epoch that the file names, or ask the venue for your file of this one. If it gives you none, you are not counted.',
    ),
    check(
      'roots',
      wrong.length === 0,
      'its roots are those of the epoch',
      `not those of the epoch: ${wrong.join(', ')}`,
      'The venue may have published two epochs of this name: ask it, and others, which one they have.',
    ),
    check(
      'slots',
      slots !== undefined,
      'every slot is one of the risk table',
      'not slots of the instance and the risk table',
    ),
    check('leaf', leaf, 'the leaf is in the accounts tree', 'the leaf is not in the accounts tree'),
    ...(owner === undefined
      ? []
      : [
          check(
            'owner',
            file.owner === owner.toString(),
            'the leaf holds the commitment of your secret',
            'the leaf holds another commitment than that of your secret, or none: it may be shown to others as theirs',
            'Make sure that the venue has your commitment, and ask for an epoch that is made with it.',
          ),
        ]),
  ]
}

/**
 * The file's slots in smallest units, each with its row of the table, or `undefined` when the instance or the
 * risk table does not have such slots.
 */
export function readSlots(file: Inclusion, table: Pick<RiskTable, 'instruments'>): Slot[] | undefined {
  const instance = knownInstance(file.instance)
  // Slots are packed three to a hash input: without their number, empty slots could be added or dropped at
  // the end.
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
