import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EPOCH_PATHS, isLiquidationFile } from '../../epoch/index.js'
import { readJsonFile } from '../../files/index.js'
import { liquidationRecordSchema, type Moved } from '../../inclusion/index.js'
import { privateLayout } from '../folders.js'
import type { FoldedBooks } from './books.js'

/**
 * What moved in the liquidations that the epoch has proofs of, by account: a proof that was withdrawn is told
 * to nobody.
 *
 * @throws {InputError} what `readJsonFile` throws
 */
export async function readMovements({
  folder,
  privateFolder,
}: Pick<FoldedBooks, 'folder' | 'privateFolder'>): Promise<Map<string, Moved>> {
  const own = privateLayout(privateFolder).liquidations
  const names = existsSync(own) ? (await readdir(own)).filter(isLiquidationFile).sort() : []
  const moved = new Map<string, Moved>()
  for (const name of names) {
    if (!existsSync(join(folder, EPOCH_PATHS.liquidations, name))) continue
    const record = await readJsonFile(join(own, name), liquidationRecordSchema)
    moved.set(record.account, record.moved)
  }
  return moved
}

/** The text of a file, its last field what opens a liquidation of the account. */
export function withMovement(text: string, moved: Moved | undefined): string {
  return moved === undefined ? text : `${text.slice(0, -1)},"liquidation":${JSON.stringify(moved)}}`
}
