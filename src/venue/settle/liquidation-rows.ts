import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EPOCH_PATHS, isLiquidationFile, parseLiquidation } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import { readJsonFile, readTextFile } from '../../files/index.js'
import { accountIdDigest } from '../../hash/index.js'
import { liquidationRecordSchema, movementOf, packedSlots } from '../../inclusion/index.js'
import type { WeighedAccount } from '../../statements/index.js'
import { epochLayout, privateLayout } from '../folders.js'
import type { EpochFiles } from './epochs.js'

/** What moved in one liquidation of the earlier epoch: a leaf of the tree of liquidations. Private. */
export interface LiquidationRow extends WeighedAccount {
  nullifier: bigint
  /** The customer's own identifier. */
  id: string
  /** As the leaf has them, an instrument by its number; all of them. */
  slots: readonly Slot[]
}

/**
 * The movements of every liquidation that an epoch has a proof of, as its tree has them: by the slots of
 * their leaves, then by their nullifiers.
 *
 * @throws {InputError} `SETTLEMENT_LIQUIDATION` for a proof whose private record is missing or opens another
 * movement, and what reading the files throws
 */
export async function readLiquidationRows({
  folder,
  privateFolder,
}: Pick<EpochFiles, 'folder' | 'privateFolder'>): Promise<LiquidationRow[]> {
  const proofs = epochLayout(folder).liquidations
  const own = privateLayout(privateFolder).liquidations
  const names = existsSync(proofs) ? (await readdir(proofs)).filter(isLiquidationFile) : []
  const rows: LiquidationRow[] = []
  for (const name of names) {
    const [file, path] = [join(proofs, name), join(own, name)]
    const { proof } = parseLiquidation(await readTextFile(file), file)
    if (!existsSync(path)) throw recordError(file, 'its private record is missing')
    const record = await readJsonFile(path, liquidationRecordSchema)
    if (movementOf(record, record.moved)?.toString() !== proof.signals.movement) {
      throw recordError(file, 'its private record opens another movement')
    }
    rows.push({
      nullifier: BigInt(proof.signals.nullifier!),
      id: record.account,
      accountId: accountIdDigest(record.account),
      owner: BigInt(record.owner),
      salt: BigInt(record.moved.salt),
      slots: packedSlots(record.moved)!,
    })
  }
  return rows.sort((a, b) => a.slots.length - b.slots.length || (a.nullifier < b.nullifier ? -1 : 1))
}

function recordError(where: string, fault: string): InputError {
  return new InputError('SETTLEMENT_LIQUIDATION', fault, {
    where,
    hint: `What moved in a liquidation is in ${EPOCH_PATHS.liquidations} of the private folder, as \`plimsoll liquidation prove\` wrote it.`,
  })
}
