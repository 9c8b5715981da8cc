import { isDeepStrictEqual } from 'node:util'
import type { Manifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { type SolvencyLedger, stateCommitment } from '../statements/index.js'
import { type EpochPrivate, targetsOf } from './private-record.js'

type Opening = NonNullable<EpochPrivate['opening']>

/** What opens the last state, as the private record keeps it. */
export function stateOpening({ state, last, ...rest }: SolvencyLedger): Opening {
  const { count, shortfalls } = state
  return {
    state: {
      count,
      blind: state.blind.toString(),
      keySum: state.keySum.toString(),
      equitySum: state.equitySum.toString(),
      shortfalls: shortfalls.map(({ sum, accounts }) => ({
        sum: sum.toString(),
        accounts: accounts.toString(),
      })),
    },
    last: {
      place: last.place,
      root: last.root.toString(),
      children: last.children.map((level) => level.map(String)),
    },
    accountsRoot: rest.accountsRoot.toString(),
    totals: rest.totals.map(String),
    totalsBlind: rest.totalsBlind.toString(),
    totalsDigest: rest.totalsDigest.toString(),
    weightedTotals: rest.weightedTotals.map(String),
    weightedTotalsBlind: rest.weightedTotalsBlind.toString(),
    second: rest.second.toString(),
  }
}

function readOpening({ state, last, ...rest }: Opening): SolvencyLedger {
  return {
    state: {
      count: state.count,
      blind: BigInt(state.blind),
      keySum: BigInt(state.keySum),
      equitySum: BigInt(state.equitySum),
      shortfalls: state.shortfalls.map(({ sum, accounts }) => ({
        sum: BigInt(sum),
        accounts: BigInt(accounts),
      })),
    },
    last: {
      place: last.place,
      root: BigInt(last.root),
      children: last.children.map((level) => level.map(BigInt)),
    },
    accountsRoot: BigInt(rest.accountsRoot),
    totals: rest.totals.map(BigInt),
    totalsBlind: BigInt(rest.totalsBlind),
    totalsDigest: BigInt(rest.totalsDigest),
    weightedTotals: rest.weightedTotals.map(BigInt),
    weightedTotalsBlind: BigInt(rest.weightedTotalsBlind),
    second: BigInt(rest.second),
  }
}

/**
 * Opens the last state, and makes sure that the epoch is the one that the private record was begun with.
 *
 * @throws {InputError} `EPOCH_UNFINISHED`, `EPOCH_OTHER_RUN`
 */
export function openLastState(manifest: Manifest, record: EpochPrivate, folder: string): SolvencyLedger {
  if (!record.opening) {
    throw new InputError('EPOCH_UNFINISHED', 'the ledger of this epoch is not proven to its end', {
      where: folder,
      hint: 'Run `plimsoll ledger prove` again: it goes on where it stopped.',
    })
  }
  const ledger = readOpening(record.opening)
  const same =
    stateCommitment(ledger.second, ledger.state).toString() === manifest.parts.ledger.state &&
    (['venue', 'epoch', 'previous', 'riskTable', 'riskRoot'] as const).every(
      (field) => manifest[field] === record[field],
    ) &&
    targetsOf(record).some((target) => isDeepStrictEqual(target, manifest.target))
  if (!same) {
    throw new InputError('EPOCH_OTHER_RUN', 'the manifest is not what the private folder was begun with', {
      where: folder,
      hint: 'Take the epoch as `plimsoll ledger prove` left it.',
    })
  }
  return ledger
}
