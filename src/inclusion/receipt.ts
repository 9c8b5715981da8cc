import type { EpochCheck } from '../bundle/index.js'
import type { SignedManifest } from '../epoch/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import {
  type Asked,
  askedChecks,
  check,
  instanceCheck,
  leafCheck,
  manifestChecks,
  ownSlotsCheck,
  signatureCheck,
} from './checks.js'
import type { Inclusion } from './file.js'
import { readersOwn } from './verify.js'

/**
 * What a customer is told of a file that was held against a published root alone. `in this tree`: the account
 * stands under that root with these balances. `not in this tree`: it does not. `cannot tell`: the root is of
 * another epoch than the file, the manifest has none, the file's instance is not known, or the venue did not
 * sign what it was to have signed.
 */
export type ReceiptVerdict = 'in this tree' | 'not in this tree' | 'cannot tell'

/** Report on an inclusion file that was held against a published root alone. */
export interface ReceiptReport {
  verdict: ReceiptVerdict
  /** By the file's own word, unless a manifest was given. */
  venue: string
  epoch: string
  accountsRoot: string
  /** Whose leaf it is. That this is the reader's own identifier is for the reader to say. */
  account: string
  /** In whole units without zeros, by the file's own word; empty unless the account is in the tree. */
  balances: { instrument: string; quantity: string }[]
  checks: EpochCheck[]
  /** What was not checked here, and on whom it rests: one sentence each. */
  restsOn: string[]
  /** 0 in this tree, 1 not in this tree, 2 cannot tell. */
  exitCode: ExitCode
}

export interface VerifyReceiptOptions extends Asked {
  onCheck?: (check: EpochCheck) => void
}

/**
 * Holds an inclusion file against a published root, with no proof: that the file's leaf is under it. That the
 * root is of a valid epoch then rests on others, and the report says on whom.
 *
 * @param published the root as a chain or another publication has it, or the manifest of the epoch; with
 * `venue`, the manifest has to be signed, or where there is none, the file
 * @example
 * const inclusion = await readInclusion('inclusion.json')
 * const { verdict, restsOn } = verifyReceipt(inclusion, 1234n)
 * console.log(verdict, restsOn)
 */
export function verifyReceipt(
  file: Inclusion,
  published: bigint | SignedManifest,
  options: VerifyReceiptOptions = {},
): ReceiptReport {
  const { manifest, signer } = typeof published === 'bigint' ? {} : published
  const root =
    typeof published === 'bigint' ? `${published}` : published.manifest.parts.solvency?.accountsRoot
  const { venue: address } = options
  const own = ownSlotsCheck(file)
  const checks = [
    ...(manifest === undefined ? [rootCheck(file, root!)] : manifestChecks(file, manifest)),
    ...(root === undefined ? [noRootCheck()] : []),
    instanceCheck(file),
    own.check,
    leafCheck(file, own.slots, root ?? ''),
    ...askedChecks(file, options),
    ...signedChecks(file, manifest && { signer }, address),
  ]
  for (const each of checks) options.onCheck?.(each)
  const verdict = verdictOf(checks)
  const { venue, epoch } = manifest ?? file
  return {
    verdict,
    ...{ venue, epoch },
    accountsRoot: root ?? '',
    account: file.account,
    balances:
      verdict === 'in this tree'
        ? file.slots
            .filter(({ quantity }) => quantity !== '0')
            .map(({ symbol, quantity }) => ({ instrument: symbol, quantity }))
        : [],
    checks,
    restsOn: [
      manifest === undefined
        ? `that this root is the accountsRoot of epoch ${epoch} of ${venue}: on whoever you have it from`
        : address !== undefined
          ? `that ${address}, who signed the manifest, is the venue: on whoever you have the address from`
          : "that the manifest is the venue's: on whoever you have it from",
      'that the epoch is valid, every account counted once and covered: on the venue, and on those who verified every proof, as `plimsoll verify` does',
      "what the symbols stand for, and their decimals: on the file, as the epoch's risk table was not read",
      ...(file.settlements === undefined
        ? []
        : ['that the statement of account adds up: on the file, as no settlement was verified']),
      ...readersOwn(file, options),
    ],
    exitCode: { 'in this tree': EXIT.ok, 'not in this tree': EXIT.invalid, 'cannot tell': EXIT.input }[
      verdict
    ],
  }
}

/** That the venue signed the manifest, or the file where there is no manifest. */
function signedChecks(
  file: Inclusion,
  manifest: { signer: string | undefined } | undefined,
  address: string | undefined,
): EpochCheck[] {
  if (address === undefined) return []
  // A file that is signed is looked at in any case.
  if (manifest === undefined) return file.signed === undefined ? [signatureCheck(file, address)] : []
  return [
    check(
      'manifest',
      manifest.signer === address,
      `the manifest is signed by ${address}`,
      'the manifest is not signed by this address',
      'Take the manifest with its signature.json from the venue, and its address from elsewhere.',
    ),
  ]
}

/** What a manifest without a proof of solvency gets. */
function noRootCheck(): EpochCheck {
  return check(
    'solvency',
    false,
    '',
    'the manifest has no accountsRoot: its solvency is not proven',
    'Take the epoch once the venue has finished it.',
  )
}

function rootCheck(file: Inclusion, root: string): EpochCheck {
  return check(
    'root',
    file.accountsRoot === root,
    'the file names this root',
    'the file names another root',
    `Make sure that the root is the one of epoch ${file.epoch} of ${file.venue}.`,
  )
}

function verdictOf(checks: readonly EpochCheck[]): ReceiptVerdict {
  const failed = checks.filter(({ valid }) => !valid).map(({ id }) => id)
  if (failed.length === 0) return 'in this tree'
  // There is no root to hold the file against, it is not the one that was asked for, no leaf can be opened,
  // or the file is about somebody else.
  const without = ['epoch', 'solvency', 'instance', 'manifest', 'account'].map((id) => `inclusion:${id}`)
  if (failed.some((id) => without.includes(id))) return 'cannot tell'
  return failed.every((id) => id === 'inclusion:signature') ? 'cannot tell' : 'not in this tree'
}
