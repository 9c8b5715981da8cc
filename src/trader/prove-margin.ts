import { proofFile, riskTableHash } from '../bundle/index.js'
import { InputError, StatementError } from '../errors/index.js'
import { parseDecimal } from '../field/index.js'
import { accountIdDigest, ownerCommitment } from '../hash/index.js'
import { type Inclusion, openLeaf, readSlots } from '../inclusion/index.js'
import type { MarginProofFile } from '../margin/index.js'
import { type MarginPurpose, parsePurpose, purposeFile, purposeSignals } from '../margin/index.js'
import { type Prover, proveSignals } from '../proving/browser.js'
import type { Artifacts, DescribedArtifacts } from '../proving/index.js'
import { instrumentNumbers, leafSlots, type RiskTable } from '../risk/index.js'
import { FACTOR_DECIMALS } from '../rules/index.js'
import {
  cheapestMarginInstance,
  describeMarginNeeds,
  type Instance,
  type MarginAccount,
  type MarginNeeds,
  marginInputs,
  marginNeeds,
  marginSizes,
  marginWitness,
  namedInstance,
} from '../statements/index.js'

/** @typeParam A artifacts that the prover takes */
export interface ProveMarginOptions<A extends DescribedArtifacts = Artifacts> {
  /** The account's inclusion file, as its venue exported it. */
  inclusion: Inclusion
  /** The secret whose commitment the venue has for the account. */
  ownerSecret: bigint
  /** A risk table with a margin rule: the epoch's own, or a lender's over the same instruments. */
  table: RiskTable
  /** A requirement of the rule, and a multiple of it as a decimal number (default: `1`). */
  requirement: string
  times?: string
  purpose: MarginPurpose
  /** The instance to use (default: the cheapest that fits). */
  instance?: string
  /** Instances of own sizes to choose among, beside those of this version: see `readOwnInstances`. */
  own?: readonly Instance[]
  artifacts: (instance: string) => Promise<A>
  prover: Prover<A>
}

/**
 * Proves that an account meets a requirement without revealing its positions, its equity, or which account it
 * is.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 *
 * const proof = await proveMargin({
 *   inclusion: await readInclusion('inclusion.json'),
 *   ownerSecret: await readOwner('owner.json'),
 *   table: await readRiskTable('risk.json'),
 *   requirement: 'maintenance',
 *   times: '1.5',
 *   purpose: { schema: 'plimsoll/margin-purpose/1', reader: { name: 'Example Desk', purpose: 'line 7' } },
 *   instance: 'margin-tiny', // the cheapest that fits when left out
 *   artifacts: ensureArtifacts,
 *   prover: wasmProver,
 * })
 * await writeFile('proof.json', JSON.stringify(proof))
 *
 * @throws {StatementError} `MARGIN_SHORT` when the account does not meet it: no amount is said
 * @throws {InputError} `MARGIN_ACCOUNT` when the file, the owner's secret and the table do not open one leaf,
 * `MARGIN_SIZE` when no instance is large enough, and what `marginWitness` throws
 */
export async function proveMargin<A extends DescribedArtifacts = Artifacts>(
  options: ProveMarginOptions<A>,
): Promise<MarginProofFile> {
  const { inclusion, table, requirement, times = '1' } = options
  const purpose = parsePurpose(options.purpose)
  const riskTable = riskTableHash(table)
  const account = openAccount(inclusion, options.ownerSecret, table)
  const multiple = parseDecimal(times, { decimals: FACTOR_DECIMALS })
  const instance = chooseInstance(options, () =>
    marginNeeds(table, requirement, account.slots, account.slots.length),
  )
  const witness = marginWitness({
    sizes: marginSizes(instance),
    tableSizes: inclusion.sizes,
    table,
    requirement,
    times: multiple,
    account,
    ...purposeSignals(purpose, riskTable),
  })
  if (!witness.met) {
    throw new StatementError('MARGIN_SHORT', `the account does not meet ${times} × ${requirement}`, {
      hint: 'No proof was made. `plimsoll margin explain` says by how much and why.',
    })
  }
  const artifacts = await options.artifacts(instance.name)
  const proof = await proveSignals(options.prover, artifacts, marginInputs(witness), witness.signals)
  return {
    schema: 'plimsoll/margin-proof/3',
    requirement,
    times,
    riskTable,
    sizes: inclusion.sizes,
    for: purposeFile(purpose),
    proof: proofFile(artifacts, proof),
    key: artifacts.verificationKey,
  }
}

function notOpened(message: string): InputError {
  return new InputError('MARGIN_ACCOUNT', `the inclusion file does not open: ${message}`, {
    hint: "Use the venue's file as it came, the owner file whose commitment the venue has, and a table over the epoch's instruments.",
  })
}

/** The account of an inclusion file, in smallest units. */
function openAccount(file: Inclusion, ownerSecret: bigint, table: RiskTable): MarginAccount {
  if (ownerCommitment(ownerSecret) !== BigInt(file.owner)) {
    throw notOpened('its owner is another than that of the secret')
  }
  const slots = readSlots(file, table)
  if (slots === undefined) throw notOpened('its slots are not instruments of the risk table')
  const held = leafSlots(slots, instrumentNumbers(table))
  const { root, ...paths } = openLeaf(file, held)
  if (root !== BigInt(file.accountsRoot))
    throw notOpened('it does not lead to the accountsRoot that it names')
  return {
    slots: held,
    accountId: accountIdDigest(file.account),
    ownerSecret,
    salt: BigInt(file.salt),
    ...paths,
  }
}

/** The instance that is asked for, or the cheapest that the account fits. */
function chooseInstance(
  { instance: name, own }: { instance?: string; own?: readonly Instance[] },
  needed: () => MarginNeeds,
): Instance {
  if (name !== undefined) {
    const named = namedInstance(name)
    if (named.statement === 'margin') return named
    throw new InputError('MARGIN_INSTANCE', `${name} does not prove margin`)
  }
  const needs = needed()
  const instance = cheapestMarginInstance(needs, own)
  if (instance !== undefined) return instance
  throw new InputError(
    'MARGIN_SIZE',
    `no margin instance has room for the account: it needs ${describeMarginNeeds(needs)}`,
    { hint: '`plimsoll margin explain` judges it all the same. Split it, or prove it under a smaller rule.' },
  )
}
