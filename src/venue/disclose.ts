import {
  type DisclosedReserves,
  type DisclosedTotals,
  type Disclosure,
  disclosureOf,
  readManifest,
} from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { sha256File } from '../files/index.js'
import { folderSource } from '../inputs/index.js'
import type { Reserves } from '../reserves/index.js'
import type { RiskTable } from '../risk/index.js'
import { totalsByRow, weightedTotalsDigest } from '../statements/index.js'
import { committedReserves } from './committed-reserves.js'
import { epochLayout } from './folders.js'
import { assertPrivate, readPrivate } from './private-record.js'
import { readOwnTable } from './prove-solvency.js'
import { provenSolvency } from './proven-solvency.js'
import { openLastState } from './state-opening.js'

export interface DiscloseOptions {
  folder: string
  privateFolder: string
  /** Whether to show the totals of every instrument. */
  totals?: boolean
  /** Shows these reserves, which have to be the committed ones. */
  reserves?: (table: RiskTable) => Promise<Reserves>
}

/**
 * Opens the totals or the reserves of an epoch, or both, for a disclosure: neither opens the other, and none
 * opens an account, a weighted total or a shortfall.
 *
 * @throws {InputError} `DISCLOSE_NOTHING` when nothing is to be shown, `EPOCH_UNFINISHED` when solvency is
 * not proven yet, `DISCLOSE_RESERVES` when the reserves are not the committed ones, and what
 * `proveSolvency` throws of folders
 * @example
 * import { writeFile } from 'node:fs/promises'
 *
 * const disclosure = await discloseSolvency({ folder: 'epoch', privateFolder: 'private', totals: true })
 * await writeFile('disclosure.json', JSON.stringify(disclosure))
 */
export async function discloseSolvency(options: DiscloseOptions): Promise<Disclosure> {
  const { folder, privateFolder } = options
  if (!options.totals && !options.reserves) {
    throw new InputError('DISCLOSE_NOTHING', 'there is nothing to show', {
      hint: 'Say --totals, --reserves or both.',
    })
  }
  assertPrivate(privateFolder)
  const record = await readPrivate(privateFolder)
  const source = folderSource(folder)
  const manifest = await readManifest(source)
  provenSolvency(manifest, folder)
  const ledger = openLastState(manifest, record, folder)
  const table = await readOwnTable(folder, manifest)
  const { sizes } = manifest
  const byRow = totalsByRow(ledger.totals, table, sizes)
  const totals = {
    blind: ledger.totalsBlind,
    weightedTotalsDigest: weightedTotalsDigest(ledger.weightedTotals, sizes, ledger.weightedTotalsBlind),
    rows: table.instruments.map(
      (_, row): DisclosedTotals => ({ long: byRow[2 * row]!, short: byRow[2 * row + 1]! }),
    ),
  }
  const reserves = options.reserves && (await openReserves(options.reserves))
  return disclosureOf(manifest, await sha256File(epochLayout(folder).manifest), table, {
    ...(options.totals && { totals }),
    ...(reserves && { reserves }),
  })

  async function openReserves(read: (table: RiskTable) => Promise<Reserves>) {
    const opening = await committedReserves(source, { manifest, record, table }, await read(table))
    const rows = table.instruments.map(
      (_, row): DisclosedReserves => ({
        reserves: opening.reserves[row]!,
        insurance: sizes.scenarios > 0 ? opening.insurance[row]! : 0n,
      }),
    )
    return { blind: opening.blind, rows }
  }
}
