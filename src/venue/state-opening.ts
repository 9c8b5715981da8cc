import type { Manifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { type LedgerState, stateCommitment } from '../statements/index.js'
import type { EpochPrivate } from './private-record.js'

/** A state as the private record keeps it. */
export function stateOpening(state: LedgerState): NonNullable<EpochPrivate['opening']> {
  return {
    batchIndex: state.batchIndex,
    accountsRoot: state.accountsRoot.toString(),
    totals: state.totals.map(String),
    shortfalls: state.shortfalls.map(String),
    blind: state.blind.toString(),
  }
}

/**
 * Opens the last state, and makes sure that the epoch is the one that the private record was begun with.
 *
 * @throws {InputError} `EPOCH_UNFINISHED`, `EPOCH_OTHER_RUN`
 */
export function openLastState(manifest: Manifest, record: EpochPrivate, folder: string): LedgerState {
  const { opening } = record
  if (!opening) {
    throw new InputError('EPOCH_UNFINISHED', 'the ledger of this epoch is not proven to its end', {
      where: folder,
      hint: 'Run `plimsoll ledger prove` again: it goes on where it stopped.',
    })
  }
  const state = {
    batchIndex: opening.batchIndex,
    accountsRoot: BigInt(opening.accountsRoot),
    totals: opening.totals.map(BigInt),
    shortfalls: opening.shortfalls.map(BigInt),
    blind: BigInt(opening.blind),
  }
  const same =
    stateCommitment(state).toString() === manifest.states.at(-1) &&
    (['venue', 'epoch', 'riskTable', 'riskRoot'] as const).every(
      (field) => manifest[field] === record[field],
    ) &&
    JSON.stringify(manifest.target) === JSON.stringify(record.target)
  if (!same) {
    throw new InputError('EPOCH_OTHER_RUN', 'the manifest is not what the private folder was begun with', {
      where: folder,
      hint: 'Take the epoch as `plimsoll ledger prove` left it.',
    })
  }
  return state
}
