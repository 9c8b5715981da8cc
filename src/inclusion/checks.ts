import type { EpochCheck } from '../bundle/index.js'
import { batchInstance, type Manifest, type ProvenManifest, sameSizes } from '../epoch/index.js'
import type { Slot } from '../field/index.js'
import { instrumentNumbers, leafSlots, type RiskTable } from '../risk/index.js'
import { knownInstance } from '../statements/index.js'
import { type Inclusion, openLeaf } from './file.js'
import { inclusionSigner } from './signature.js'
import { areRowsOf, packedSlots, slotsOf } from './slots.js'

/** What a reader asks of a file beside that it is counted. */
export interface Asked {
  /** The customer's own identifier: a file of another account says nothing about them. */
  account?: string
  /** The commitment of the customer's own secret, which the leaf is to hold (see `createOwner`). */
  owner?: bigint
  /** The venue's address, in lower case: who else signed the file is not the venue. */
  venue?: string
}

/**
 * Checks a file against a verified epoch. A wrong salt, a wrong quantity and an omitted account
 * cannot be told apart.
 */
export function inclusionChecks(
  file: Inclusion,
  manifest: ProvenManifest,
  table: Pick<RiskTable, 'instruments'>,
  asked: Asked = {},
): EpochCheck[] {
  const slots = readSlots(file, table)
  return [
    ...manifestChecks(file, manifest),
    check(
      'slots',
      slots !== undefined,
      'every slot is one of the risk table',
      'not slots of the instance and the risk table',
    ),
    leafCheck(
      file,
      slots && leafSlots(slots, instrumentNumbers(table)),
      manifest.parts.solvency.accountsRoot,
    ),
    ...askedChecks(file, asked),
  ]
}

/** That a file is of the epoch that a manifest describes. */
export function manifestChecks(file: Inclusion, manifest: Manifest): EpochCheck[] {
  const named = (['venue', 'epoch'] as const).filter((field) => file[field] !== manifest[field])
  const { ledger, solvency } = manifest.parts
  const expected = {
    riskRoot: manifest.riskRoot,
    state: ledger.state,
    accountsRoot: solvency?.accountsRoot,
    instance: batchInstance(ledger.batches, file.accountsPath.index),
  }
  const fields = Object.keys(expected) as (keyof typeof expected)[]
  const wrong: string[] = fields.filter((field) => file[field] !== expected[field])
  if (!sameSizes(file.sizes, manifest.sizes)) wrong.push('sizes')
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
  ]
}

/** That this version knows the instance of a file: without it no leaf can be opened. */
export function instanceCheck({ instance }: Inclusion): EpochCheck {
  return check(
    'instance',
    knownInstance(instance) !== undefined,
    `${instance} is known`,
    `${instance} is not an instance that this version knows`,
    'Use the version of Plimsoll that the epoch was made with, or a later one.',
  )
}

/**
 * That a file's slots, by its own word, are as many as its instance has, and are quantities that a leaf
 * holds.
 */
export function ownSlotsCheck(file: Inclusion): { check: EpochCheck; slots: Slot[] | undefined } {
  const slots = hasItsSlots(file) ? packedSlots(file) : undefined
  const good = 'as many slots as its instance has, each with a quantity that a leaf holds'
  const bad = 'not the slots of its instance, or not quantities that a leaf holds'
  return { slots, check: check('slots', slots !== undefined, good, bad) }
}

/** That a file's leaf is under a root. */
export function leafCheck(
  file: Inclusion,
  slots: readonly Slot[] | undefined,
  root: string | bigint,
): EpochCheck {
  const valid = slots !== undefined && openLeaf(file, slots).root.toString() === root.toString()
  return check('leaf', valid, 'the leaf is in the accounts tree', 'the leaf is not in the accounts tree')
}

/** What a reader asks for beside. A file that is not signed is counted all the same. */
export function askedChecks(file: Inclusion, { account, owner, venue }: Asked): EpochCheck[] {
  return [
    ...(account === undefined ? [] : [accountCheck(file, account)]),
    ...(owner === undefined ? [] : [ownerCheck(file, owner)]),
    ...(venue === undefined || file.signed === undefined ? [] : [signatureCheck(file, venue)]),
  ]
}

function accountCheck(file: Inclusion, account: string): EpochCheck {
  return check(
    'account',
    file.account === account,
    'the file is of your identifier',
    'the file is of another identifier than yours: it says nothing about you',
    'Compare your identifier letter by letter with the one that the venue knows you by, or ask it for your own file.',
  )
}

function ownerCheck(file: Inclusion, owner: bigint): EpochCheck {
  return check(
    'owner',
    file.owner === owner.toString(),
    'the leaf holds the commitment of your secret',
    'the leaf holds another commitment than that of your secret, or none: it may be shown to others as theirs',
    'Make sure that the venue has your commitment, and ask for an epoch that is made with it.',
  )
}

/** That an address signed a file. */
export function signatureCheck(file: Inclusion, venue: string): EpochCheck {
  const signer = inclusionSigner(file)
  const bad =
    file.signed === undefined
      ? 'the file is not signed'
      : 'not by this address: another made the signature, or the file was changed after it'
  return check(
    'signature',
    signer === venue,
    `signed by ${venue}, in the name of ${file.venue}`,
    bad,
    'Ask the venue for your file as it signed it, and for its address at a place that you trust.',
  )
}

/** A check of an inclusion file. */
export function check(id: string, valid: boolean, good: string, bad: string, todo?: string): EpochCheck {
  const detail = valid ? good : bad
  return { id: `inclusion:${id}`, valid, detail, ...(valid || todo === undefined ? {} : { todo }) }
}

/**
 * The file's slots in smallest units, each with its row of the table, or `undefined` when the instance or the
 * risk table does not have such slots.
 */
export function readSlots(file: Inclusion, table: Pick<RiskTable, 'instruments'>): Slot[] | undefined {
  return areRowsOf(file, table) && hasItsSlots(file) ? slotsOf(file) : undefined
}

/**
 * Whether a file has as many slots as its instance. Slots are packed three to a hash input: without their
 * number, empty slots could be added or dropped at the end.
 */
function hasItsSlots({ instance, slots }: Inclusion): boolean {
  return slots.length === knownInstance(instance)?.params.SLOTS
}
