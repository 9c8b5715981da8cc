import { readPublishedPolicy, type Source } from '../bundle/index.js'
import { EPOCH_PATHS, type Manifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import type { Reserves } from '../reserves/index.js'
import type { RiskTable } from '../risk/index.js'
import {
  type HeldReserves,
  layersTogether,
  reservesCommitment,
  reservesForSizes,
  resolveWaterfall,
} from '../statements/index.js'
import { EpochSecret } from './epoch-secret.js'
import type { EpochPrivate } from './private-record.js'
import { provenSolvency } from './proven-solvency.js'

/** What opens the commitment to reserves of an epoch, by row of its risk table. Private. */
export interface CommittedReserves {
  reserves: readonly bigint[]
  /** All layers that the epoch's policy names, together. */
  insurance: readonly bigint[]
  blind: bigint
}

/**
 * The opening of an epoch's commitment, from the reserves that its solvency was proven with.
 *
 * @throws {InputError} `DISCLOSE_RESERVES` when they are others, `EPOCH_UNFINISHED` when solvency is not
 * proven yet, and what `readPublishedPolicy` throws
 */
export async function committedReserves(
  source: Source,
  epoch: { manifest: Manifest; record: Pick<EpochPrivate, 'seed'>; table: RiskTable },
  held: Reserves,
): Promise<CommittedReserves> {
  const { manifest, record, table } = epoch
  const solvency = provenSolvency(manifest, source.name)
  const { value: policy } = await readPublishedPolicy(source, EPOCH_PATHS.policy)
  const { reserves } = held
  const insurance = layersTogether(held, resolveWaterfall(policy, table))
  const blind = EpochSecret.fromHex(record.seed).reservesBlind([...reserves, ...insurance])
  const lists = reservesForSizes({ reserves, insurance }, table, manifest.sizes)
  const commitment = reservesCommitment(lists.reserves, lists.insurance, blind)
  if (commitment.toString() === solvency.reservesCommitment) return { reserves, insurance, blind }
  throw new InputError('DISCLOSE_RESERVES', 'these are not the reserves that solvency was proven with', {
    hint: 'Name the file that `plimsoll solvency prove` was given.',
  })
}

/** What opens the commitment, by spot instrument of the instance. */
export function heldBySpot(
  { table, manifest }: { table: RiskTable; manifest: Pick<Manifest, 'sizes'> },
  held: CommittedReserves,
): HeldReserves {
  const { reserves, insurance } = reservesForSizes(held, table, manifest.sizes)
  return { reserves, insurance: reserves.map((_, i) => insurance[i] ?? 0n), blind: held.blind }
}
