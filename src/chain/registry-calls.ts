import type { Address, Hex } from 'viem'
import type { EpochSignature, VerifiedEpoch } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { marketScenarios, packText } from '../risk/index.js'
import type { ChainConnection } from './connection.js'
import { venueId } from './margin-gate.js'
import { shownTable } from './shown-table.js'
import { proofWords } from './verifier-source.js'

const LAST_NUMBER = 2n ** 48n - 1n
/** What a registry has where there is no hash. */
export const NO_HASH: Hex = `0x${'0'.repeat(64)}`

/**
 * The number of an epoch that is meant for a registry: its name, in decimal digits.
 *
 * @throws {InputError} `REGISTRY_EPOCH` when it is meant for another one, or its name is no number
 */
export function numberAt(
  { manifest: { epoch, target } }: VerifiedEpoch,
  { chainId }: Pick<ChainConnection, 'chainId'>,
  address: Address,
): bigint {
  if (target?.chainId !== `${chainId}` || target.contract !== address.toLowerCase()) {
    const meant = target === null ? 'for no contract' : `for ${target.contract} on chain ${target.chainId}`
    throw new InputError('REGISTRY_EPOCH', `the epoch is meant ${meant}`, {
      where: `the registry is ${address} on chain ${chainId}`,
      hint: 'Make the epoch with this registry as its target: its proof of solvency is for it alone.',
    })
  }
  const number = /^[1-9][0-9]{0,14}$/.test(epoch) ? BigInt(epoch) : 0n
  if (number > 0n && number <= LAST_NUMBER) return number
  throw new InputError('REGISTRY_EPOCH', 'the name of an epoch at a registry is a number, such as 7', {
    where: epoch,
    hint: 'Make the epoch with a name that is a number above those of the epochs before it.',
  })
}

/** The proofs of batches, and the one of solvency behind them. */
export function proofsOf({ manifest, proofs }: VerifiedEpoch) {
  const at = proofs.findIndex(({ instance }) => instance === manifest.parts.solvency.instance)
  return { batches: proofs.slice(0, at), solvency: proofs[at]! }
}

/** The hash of the key that an instance of an epoch is proven with. */
export function keyOf({ manifest }: VerifiedEpoch, instance: string): Hex {
  return `0x${manifest.keys[instance]!.keyHash}`
}

/** The names of all scenarios that a proof of solvency covers, in the table's order. */
export function coveredScenarios({ table }: VerifiedEpoch): string[] {
  return marketScenarios(table).map(({ scenario }) => scenario.name)
}

/**
 * Arguments of `openEpoch`.
 *
 * @throws {InputError} `REGISTRY_EPOCH` for the signature of another manifest
 */
export function openingOf(epoch: VerifiedEpoch, number: bigint, signed: EpochSignature): readonly unknown[] {
  const { manifest, uri, deadline, signature } = signed
  if (manifest !== epoch.manifestSha256) {
    throw new InputError('REGISTRY_EPOCH', 'the signature is of another manifest', {
      hint: 'Sign the epoch again with `plimsoll epoch sign`.',
    })
  }
  const opening = {
    ...{ riskRoot: BigInt(epoch.manifest.riskRoot), manifest: `0x${manifest}` },
    ...{ uri, deadline: BigInt(deadline) },
  }
  return [venueId(epoch.manifest.venue), number, opening, signature]
}

/**
 * Arguments of `submitBatches`, for `count` batches from batch `from` on.
 *
 * @throws {InputError} `CALL_ARGUMENTS` for batches that the epoch does not have or that are of several keys
 */
export function batchesOf(epoch: VerifiedEpoch, from: number, count: number): readonly unknown[] {
  const own = proofsOf(epoch).batches.slice(from, from + count)
  const instance = own[0]?.instance
  if (own.length !== count || instance === undefined || own.some((one) => one.instance !== instance)) {
    throw new InputError('CALL_ARGUMENTS', 'the epoch has no such batches that are all of one instance', {
      hint: 'Name batches in a row by one instance, the first of the epoch as 0.',
    })
  }
  return [
    keyOf(epoch, instance),
    epoch.manifest.parts.ledger.firstState,
    from,
    own.map(({ proof }) => proofWords(proof)),
    own.map(({ publicSignals }) => publicSignals.at(-1)!),
  ]
}

/**
 * Arguments of `finalize`: the proof of solvency, and what it claims beside what the registry has itself.
 *
 * @param required the names of the scenarios that the venue has to cover
 */
export function finalityOf(
  epoch: VerifiedEpoch,
  number: bigint,
  required: readonly string[],
): readonly unknown[] {
  const { solvency } = proofsOf(epoch)
  const { venue, riskTable, previous, parts } = epoch.manifest
  const claim = {
    venue,
    firstState: parts.ledger.firstState,
    accountsRoot: parts.solvency.accountsRoot,
    reservesCommitment: parts.solvency.reservesCommitment,
    takenAt: epoch.table.timestamp,
    riskTable: `0x${riskTable}`,
    previous: previous === undefined ? NO_HASH : `0x${previous}`,
    table: shownTable(epoch),
    scenarios: required.map(packText),
  }
  return [number, keyOf(epoch, solvency.instance), proofWords(solvency.proof), claim]
}
