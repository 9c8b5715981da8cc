import * as z from 'zod'
import { Checks, type EpochCheck, fail, labelSchema } from '../../bundle/index.js'
import { type ExitCode, InputError } from '../../errors/index.js'
import { formatDecimal, magnitudeOf, parseDecimal, TOTAL_BITS } from '../../field/index.js'
import { joinedInstruments, type RiskTable, rowsByKind } from '../../risk/index.js'
import { fieldElementSchema, parseJsonAs, sha256Schema, toldName } from '../../schema/index.js'
import { type ExternalFlows, externalCommitment } from '../../statements/index.js'
import type { ReadEpoch } from '../open.js'
import type { Settlement } from './file.js'

/** What flowed between a venue and its customers, in one instrument; exact decimals of whole units. */
const AMOUNTS = ['deposits', 'withdrawals', 'fees'] as const

/**
 * A file in which a venue shows what its customers brought, took away and paid between two epochs, and what
 * opens the commitment to it. It opens no account.
 */
export const externalSchema = z.strictObject({
  schema: z.literal('plimsoll/external/1'),
  venue: labelSchema,
  epoch: labelSchema,
  /** SHA-256 of `manifest.json` of both epochs. */
  manifest: sha256Schema,
  previous: sha256Schema,
  blind: fieldElementSchema,
  /**
   * By symbol of a spot instrument; left out: nothing. Fees are what accounts paid less what they were paid,
   * below zero where rebates exceed them.
   */
  amounts: z.record(
    z.string(),
    z.strictObject({ deposits: z.string(), withdrawals: z.string(), fees: z.string() }),
  ),
})

/**
 * What a venue shows of deposits, withdrawals and fees between two epochs.
 *
 * @useDeclaredType
 */
export type External = z.infer<typeof externalSchema>

/**
 * The file that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const { amounts } = parseExternal(await readFile('external.json', 'utf8'), 'external.json')
 */
export function parseExternal(text: string, where: string): External {
  return parseJsonAs(text, externalSchema, where)
}

/**
 * Compares what a venue shows of deposits, withdrawals and fees with what a settlement commits to. It counts
 * for a settlement alone of which everything holds.
 *
 * @param now what was read of the later epoch
 * @param before what was read of the earlier one: an instrument that it alone has can be withdrawn
 * @param onCheck is told each check as it is made
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const { read: now } = await openEpoch(await openSource('epoch'), { pins })
 * const { read: before } = await openEpoch(await openSource('epoch-before'), { pins })
 * const path = 'epoch/settlement/settlement.json'
 * const settlement = parseSettlement(await readFile(path, 'utf8'), path)
 * const { value: external } = await readExternalFile('external.json')
 * const { flows } = await verifyExternal(external, settlement, now, before)
 * console.log(flows?.in)
 */
export async function verifyExternal(
  external: External,
  settlement: Settlement,
  now: Pick<ReadEpoch, 'manifest' | 'table'>,
  before: Pick<ReadEpoch, 'table'>,
  onCheck?: (check: EpochCheck) => void,
): Promise<{ checks: EpochCheck[]; flows?: ExternalFlows; exitCode: ExitCode }> {
  const checks = new Checks(onCheck)
  const flows = await checks.run('settlement-external', () => {
    if (external.manifest !== settlement.manifest || external.previous !== settlement.previous.manifest) {
      fail('it is of other epochs')
    }
    if (external.venue !== settlement.venue || external.epoch !== settlement.epoch) {
      fail('it names another venue or epoch')
    }
    if (!now.table || !before.table) fail('not compared: a risk table could not be read')
    const instruments = joinedInstruments(before.table, now.table)
    const flows = readExternal(external, { instruments }, now.manifest.sizes.spots)
    if (externalCommitment(flows, BigInt(external.blind)).toString() !== settlement.external) {
      fail('it does not open what the settlement commits to')
    }
    return {
      found: flows,
      detail: `deposits, withdrawals and fees of ${Object.keys(external.amounts).length} instruments`,
    }
  })
  return { checks: checks.list, ...(flows && { flows }), exitCode: checks.exitCode }
}

/**
 * The file that opens these flows.
 *
 * @param table the instruments of both epochs: see `joinedInstruments`
 */
export function externalOf(
  { venue, epoch, manifest, previous }: Pick<Settlement, 'venue' | 'epoch' | 'manifest' | 'previous'>,
  table: Pick<RiskTable, 'instruments'>,
  flows: ExternalFlows,
  blind: bigint,
): External {
  return {
    schema: 'plimsoll/external/1',
    ...{ venue, epoch, manifest, previous: previous.manifest, blind: blind.toString() },
    amounts: externalAmounts(table, flows),
  }
}

/**
 * Flows as exact decimals by symbol; nothing of an instrument that did not flow.
 *
 * @param table the instruments of both epochs
 */
export function externalAmounts(
  table: Pick<RiskTable, 'instruments'>,
  flows: ExternalFlows,
): External['amounts'] {
  return Object.fromEntries(
    rowsByKind(table).spots.flatMap((row, i) => {
      const { symbol, decimals } = table.instruments[row]!
      const [deposits, withdrawals, fees] = [flows.in[i]!, flows.out[i]!, -flows.fees[i]!].map((amount) =>
        formatDecimal(amount, decimals),
      ) as [string, string, string]
      const all = { deposits, withdrawals, fees }
      return Object.values(all).every((text) => text === '0') ? [] : [[symbol, all]]
    }),
  )
}

/**
 * Flows in smallest units, by place of a spot instrument.
 *
 * @param table the instruments of both epochs
 * @param spots places of the instance: those beyond the table's rows are 0
 * @throws {InputError} `EXTERNAL_ROW`, and the codes of `parseDecimal`
 */
export function readExternal(
  { amounts }: Pick<External, 'amounts'>,
  table: Pick<RiskTable, 'instruments'>,
  spots: number,
): ExternalFlows {
  const rows = rowsByKind(table).spots
  const none = () => new Array<bigint>(spots).fill(0n)
  const flows = { in: none(), out: none(), fees: none() }
  for (const [symbol, held] of Object.entries(amounts)) {
    const where = `amounts.${toldName(symbol)}`
    const place = rows.findIndex((row) => table.instruments[row]!.symbol === symbol)
    if (place < 0) {
      throw new InputError('EXTERNAL_ROW', 'is no instrument that can be deposited', {
        where,
        hint: 'Only spot instruments of the risk tables flow between a venue and its customers.',
      })
    }
    const { decimals } = table.instruments[rows[place]!]!
    const [deposits, withdrawals, fees] = AMOUNTS.map((name) => {
      const value = parseDecimal(held[name], { decimals, signed: name === 'fees', where: `${where}.${name}` })
      if (magnitudeOf(value) >> BigInt(TOTAL_BITS) === 0n) return value
      throw new InputError('EXTERNAL_ROW', `does not stay below 2^${TOTAL_BITS} smallest units`, {
        where: `${where}.${name}`,
      })
    }) as [bigint, bigint, bigint]
    flows.in[place] = deposits
    flows.out[place] = withdrawals
    flows.fees[place] = -fees
  }
  return flows
}
