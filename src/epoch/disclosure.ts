import * as z from 'zod'
import { Checks, type EpochCheck, fail, type KeyKind, labelSchema, passed } from '../bundle/index.js'
import { type ExitCode, InputError } from '../errors/index.js'
import { formatDecimal, parseDecimal, TOTAL_BITS } from '../field/index.js'
import { type RiskTable, rowsByKind } from '../risk/index.js'
import { fieldElementSchema, parseJsonAs, sha256Schema, toldName } from '../schema/index.js'
import {
  firstStateOf,
  reservesCommitment,
  reservesForSizes,
  type ShownReserves,
  type ShownTotals,
  totalsForSizes,
} from '../statements/index.js'
import {
  chosenAmounts,
  chosenNames,
  chosenSchema,
  type DisclosedChosen,
  type DisclosureTrust,
  verifyChosen,
} from './chosen.js'
import type { Manifest } from './manifest-schema.js'
import type { ReadEpoch } from './open.js'

/** What a venue can show whole of an epoch by opening a commitment, each without the other. */
const DISCLOSABLE = ['totals', 'reserves'] as const
/** What no opening shows: whoever wants it asks for a proof of it. */
const NEVER_SHOWN = ['accounts', 'shortfalls'] as const

const amounts = <K extends string>(names: readonly [K, ...K[]]) =>
  z.record(
    z.string(),
    z.strictObject(Object.fromEntries(names.map((n) => [n, z.string()])) as Record<K, z.ZodString>),
  )

/**
 * A file in which a venue shows totals or reserves of an epoch, and what opens their commitments; or proves
 * those of chosen instruments, or ratios, and opens nothing. It opens no account.
 */
export const disclosureSchema = z
  .strictObject({
    schema: z.literal('plimsoll/disclosure/1'),
    venue: labelSchema,
    epoch: labelSchema,
    /** SHA-256 of the epoch's `manifest.json`. */
    manifest: sha256Schema,
    /** `totals`, `reserves`, then what is proven of chosen instruments: `totals of BTC`, `ratio at mark`. */
    shown: z.array(z.string()),
    /** What is not shown whole. */
    hidden: z.array(z.enum([...DISCLOSABLE, ...NEVER_SHOWN])),
    totals: z
      .strictObject({
        blind: fieldElementSchema,
        /** Opaque: it stays shut. */
        weightedTotalsDigest: fieldElementSchema,
        /** What all accounts hold and owe, by symbol, exact decimals of whole units; left out: nothing. */
        amounts: amounts(['long', 'short']),
      })
      .exactOptional(),
    reserves: z
      .strictObject({
        blind: fieldElementSchema,
        /** Reserves, and what all layers of the waterfall together hold. */
        amounts: amounts(['reserves', 'insurance']),
      })
      .exactOptional(),
    proven: chosenSchema.exactOptional(),
  })
  .refine((file) => [...file.shown].sort().join('\n') === namesOf(file).sort().join('\n'), {
    path: ['shown'],
    message: 'has to name what the file shows, each once, and nothing else',
  })
  .refine(({ shown, hidden }) => [...hidden].sort().join() === hiddenBeside(shown).sort().join(), {
    path: ['hidden'],
    message: 'has to name everything that is not shown, and nothing that is',
  })

/** Names of what a file shows. */
function namesOf(
  file: { [part in (typeof DISCLOSABLE)[number]]?: unknown } & {
    proven?: Parameters<typeof chosenNames>[0]
  },
): string[] {
  return [
    ...DISCLOSABLE.filter((part) => file[part] !== undefined),
    ...(file.proven ? chosenNames(file.proven) : []),
  ]
}

/** What stays hidden, at least in part, beside what is shown. */
function hiddenBeside(
  shown: readonly string[],
): ((typeof DISCLOSABLE)[number] | (typeof NEVER_SHOWN)[number])[] {
  return [...DISCLOSABLE.filter((part) => !shown.includes(part)), ...NEVER_SHOWN]
}

/**
 * A file in which a venue shows totals or reserves of an epoch, and what opens their commitments; or proves
 * those of chosen instruments, or ratios, and opens nothing.
 *
 * @useDeclaredType
 */
export type Disclosure = z.infer<typeof disclosureSchema>

/** What a disclosure shows, row by row of the risk table, as far as it opens what the epoch commits to. */
export interface Disclosed {
  totals?: ShownTotals[]
  reserves?: ShownReserves[]
  /** What is proven of chosen instruments. */
  chosen?: DisclosedChosen
}

/**
 * The disclosure that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const disclosure = parseDisclosure(await readFile('disclosure.json', 'utf8'), 'disclosure.json')
 */
export function parseDisclosure(text: string, where: string): Disclosure {
  return parseJsonAs(text, disclosureSchema, where)
}

/** The disclosure of these openings, and of what is proven beside them. */
export function disclosureOf(
  { venue, epoch }: Pick<Manifest, 'venue' | 'epoch'>,
  manifest: string,
  table: RiskTable,
  parts: {
    totals?: { blind: bigint; weightedTotalsDigest: bigint; rows: readonly ShownTotals[] }
    reserves?: { blind: bigint; rows: readonly ShownReserves[] }
    chosen?: Pick<NonNullable<Disclosure['proven']>, 'key' | 'proof'> & { shown: DisclosedChosen }
  },
): Disclosure {
  const { totals, reserves, chosen } = parts
  const proven = chosen && {
    ...chosenAmounts(table, chosen.shown),
    ...{ key: chosen.key, proof: chosen.proof },
  }
  const shown = namesOf({ totals, reserves, ...(proven && { proven }) })
  const hidden = hiddenBeside(shown)
  return {
    schema: 'plimsoll/disclosure/1',
    ...{ venue, epoch, manifest, shown, hidden },
    ...(totals && {
      totals: {
        blind: totals.blind.toString(),
        weightedTotalsDigest: totals.weightedTotalsDigest.toString(),
        amounts: amountsOf(table, totals.rows, ['long', 'short']),
      },
    }),
    ...(reserves && {
      reserves: {
        blind: reserves.blind.toString(),
        amounts: amountsOf(table, reserves.rows, ['reserves', 'insurance']),
      },
    }),
    ...(proven && { proven }),
  }
}

function amountsOf<K extends string>(
  { instruments }: RiskTable,
  rows: readonly Record<K, bigint>[],
  names: readonly K[],
): Record<string, Record<K, string>> {
  return Object.fromEntries(
    instruments.flatMap(({ symbol, decimals }, row) => {
      const held = names.map((name) => [name, formatDecimal(rows[row]![name], decimals)] as const)
      return held.every(([, text]) => text === '0')
        ? []
        : [[symbol, Object.fromEntries(held) as Record<K, string>]]
    }),
  )
}

/**
 * Compares a disclosure with the commitments of an epoch. It counts for a valid epoch alone: its proofs show
 * that what was committed to is so.
 *
 * @param read what was read of the epoch
 * @param trust whose keys count for what is proven of chosen instruments
 * @param onCheck is told each check as it is made
 * @returns with `keyKind`, of the key that chosen instruments are proven under; missing where nothing is
 */
export async function verifyDisclosure(
  disclosure: Disclosure,
  read: Pick<ReadEpoch, 'manifest' | 'manifestSha256' | 'table' | 'digests' | 'policy'>,
  trust: DisclosureTrust,
  onCheck?: (check: EpochCheck) => void,
): Promise<{ checks: EpochCheck[]; disclosed: Disclosed; keyKind?: KeyKind; exitCode: ExitCode }> {
  const { manifest, table, digests } = read
  const checks = new Checks(onCheck)
  const told = () => ({ checks: checks.list, disclosed, exitCode: checks.exitCode })
  const disclosed: Disclosed = {}
  const { solvency, ledger } = manifest.parts
  await checks.run('open-epoch', () => {
    const { venue, epoch: name } = disclosure
    if (!table || !digests) fail('not compared: the risk table could not be read at the sizes of the epoch')
    if (disclosure.manifest !== read.manifestSha256) fail('it is of an epoch with another manifest')
    if (venue !== manifest.venue || name !== manifest.epoch) fail('it names another venue or epoch')
    return passed(
      `${venue}, epoch ${name}; shown: ${disclosure.shown.map(toldName).join(', ')}; hidden: ${disclosure.hidden.join(', ')}`,
    )
  })
  if (!table || !digests) return told()
  const { totals, reserves, proven } = disclosure
  if (totals !== undefined) {
    const rows = await checks.run('open-totals', () => {
      const rows = readRows(totals.amounts, table, ['long', 'short'], 'totals')
      if (!solvency) fail('solvency is not proven: nothing says that these are the totals')
      const state = firstStateOf({
        accountsRoot: BigInt(solvency.accountsRoot),
        riskRoot: BigInt(manifest.riskRoot),
        columns: digests.columns,
        totals: totalsForSizes(flat(rows), table, digests.columns.sizes),
        totalsBlind: BigInt(totals.blind),
        weightedTotalsDigest: BigInt(totals.weightedTotalsDigest),
      })
      if (state.toString() !== ledger.firstState) fail('they do not open firstState')
      return { found: rows, detail: `${Object.keys(totals.amounts).length} rows open firstState` }
    })
    if (rows !== undefined) disclosed.totals = rows
  }
  if (reserves !== undefined) {
    const rows = await checks.run('open-reserves', () => {
      const rows = readRows(reserves.amounts, table, ['reserves', 'insurance'], 'reserves')
      if (!solvency) fail('solvency is not proven: nothing commits to reserves')
      if (digests.columns.sizes.scenarios === 0 && rows.some((row) => row.insurance !== 0n)) {
        fail('nothing commits to an insurance fund where there is no scenario')
      }
      const held = {
        reserves: rows.map((row) => row.reserves),
        insurance: rows.map((row) => row.insurance),
      }
      const lists = reservesForSizes(held, table, digests.columns.sizes)
      const commitment = reservesCommitment(lists.reserves, lists.insurance, BigInt(reserves.blind))
      if (commitment.toString() !== solvency.reservesCommitment) fail('they do not open reservesCommitment')
      return { found: rows, detail: `${Object.keys(reserves.amounts).length} rows open reservesCommitment` }
    })
    if (rows !== undefined) disclosed.reserves = rows
  }
  if (proven !== undefined) {
    const found = await verifyChosen(checks, proven, { ...read, table, columns: digests.columns }, trust)
    if (found !== undefined) {
      disclosed.chosen = found.chosen
      return { ...told(), keyKind: found.keyKind }
    }
  }
  return told()
}

/** Totals by row as long, short in turn. */
function flat(rows: readonly ShownTotals[]): bigint[] {
  return rows.flatMap(({ long, short }) => [long, short])
}

/**
 * Amounts by symbol as smallest units by row.
 *
 * @throws {InputError} `DISCLOSURE_ROW`, and the codes of `parseDecimal`
 */
function readRows<K extends 'long' | 'short' | 'reserves' | 'insurance'>(
  amounts: Record<string, Record<K, string>>,
  table: RiskTable,
  names: readonly K[],
  part: string,
): Record<K, bigint>[] {
  const { instruments } = table
  const rowOf = new Map(instruments.map(({ symbol }, row) => [symbol, row]))
  const rows = instruments.map(() => Object.fromEntries(names.map((name) => [name, 0n])) as Record<K, bigint>)
  const { spots, tiers } = rowsByKind(table)
  for (const [symbol, held] of Object.entries(amounts)) {
    const where = `${part}.amounts.${toldName(symbol)}`
    const row = rowOf.get(symbol)
    if (row === undefined) throw new InputError('DISCLOSURE_ROW', 'not a row of the risk table', { where })
    for (const name of names) {
      const value = parseDecimal(held[name], {
        decimals: instruments[row]!.decimals,
        where: `${where}.${name}`,
      })
      if (value >> BigInt(TOTAL_BITS)) {
        throw new InputError('DISCLOSURE_ROW', `does not stay below 2^${TOTAL_BITS} smallest units`, {
          where,
        })
      }
      rows[row]![name] = value
    }
    if (part === 'reserves' ? !spots.includes(row) : tiers.includes(row) && held[names[1]!] !== '0') {
      throw new InputError('DISCLOSURE_ROW', 'has an amount that no epoch commits to', {
        where,
        hint: 'Reserves are of spot instruments, and nothing is owed in a tier.',
      })
    }
  }
  if (part === 'totals') {
    for (const row of rowsByKind(table).derivatives) {
      const { long, short } = rows[row] as unknown as ShownTotals
      if (long === short) continue
      throw new InputError('DISCLOSURE_ROW', 'longs and shorts of a derivative are equal', {
        where: `${part}.amounts.${instruments[row]!.symbol}`,
      })
    }
  }
  return rows
}
