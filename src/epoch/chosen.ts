import * as z from 'zod'
import {
  assertPinnedCircuit,
  type Checks,
  type Found,
  fail,
  type KeyKind,
  type KeyPins,
  kindOfPin,
  pinOf,
  proofFileSchema,
  TAKE_PINS,
  verifyFiledProof,
} from '../bundle/index.js'
import { EXIT, InputError } from '../errors/index.js'
import { formatDecimal, parseDecimal, RATIO_BITS, TOTAL_BITS } from '../field/index.js'
import {
  assertSoundKey,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from '../groth16/index.js'
import { type RiskColumns, type RiskTable, rowsByKind, type TableSizes } from '../risk/index.js'
import { toldName } from '../schema/index.js'
import {
  disclosureContext,
  disclosureInstance,
  knownInstance,
  type Policy,
  type PolicyFile,
  padPolicy,
  resolvePolicy,
  type ShownFigures,
  type ShownReserves,
  type ShownTotals,
  shownDigest,
} from '../statements/index.js'
import type { Manifest } from './manifest-schema.js'

/** Decimals of a ratio that is shown: parts per million. */
const RATIO_DECIMALS = 6

const amounts = <K extends string>(names: readonly K[]) =>
  z
    .record(
      z.string(),
      z.strictObject(Object.fromEntries(names.map((n) => [n, z.string()])) as Record<K, z.ZodString>),
    )
    .refine((list) => Object.keys(list).length > 0, 'must not be empty')

/** What is proven of chosen instruments, or of all together, while every other number stays hidden. */
export const chosenSchema = z
  .strictObject({
    /**
     * Of chosen instruments, what all accounts hold and owe, over all rows: exact decimals of whole units.
     */
    totals: amounts(['long', 'short']).exactOptional(),
    /** Of chosen instruments, reserves, and what all layers of the waterfall together hold. */
    reserves: amounts(['reserves', 'insurance']).exactOptional(),
    /** Of chosen instruments, the least that is held per unit owed, loans as the policy counts them. */
    ratios: z
      .record(z.string(), z.string())
      .refine((list) => Object.keys(list).length > 0, 'must not be empty')
      .exactOptional(),
    /** The least that is held of all spot instruments per unit of value owed, at the marks of the table. */
    ratio: z.string().exactOptional(),
    /** The key that the proof is verified with; its hash is pinned. */
    key: verificationKeySchema,
    proof: proofFileSchema,
  })
  .refine(
    ({ totals, reserves, ratios, ratio }) =>
      [totals, reserves, ratios, ratio].some((part) => part !== undefined),
    'has to show something',
  )

/** What is proven of chosen instruments, as a file has it. */
type ChosenFile = z.infer<typeof chosenSchema>

/**
 * What is proven of chosen instruments, by row of the risk table; an instrument's amounts are over all its
 * rows.
 */
export interface DisclosedChosen {
  /** In smallest units. */
  totals: ReadonlyMap<number, ShownTotals>
  reserves: ReadonlyMap<number, ShownReserves>
  /** The least that is held per unit owed, in parts per million. */
  ratios: ReadonlyMap<number, bigint>
  /** The same of all spot instruments at mark. */
  ratio?: bigint
}

/** An epoch as far as a disclosure is compared with it. */
export interface DisclosedEpoch {
  manifest: Manifest
  /** Of the bytes of `manifest.json`, lower-case hex. */
  manifestSha256: string
  table: RiskTable
  /** The table at the epoch's sizes. */
  columns: RiskColumns
  /** Loans count in a ratio as it says. */
  policy?: PolicyFile
}

/** Whose keys count. */
export interface DisclosureTrust {
  pins: KeyPins
  /** Refuse development keys. */
  production?: boolean
}

/** Names of what a file shows of chosen instruments, in its order. */
export function chosenNames(chosen: Omit<ChosenFile, 'key' | 'proof'>): string[] {
  const of = (part: string, list: object = {}) => Object.keys(list).map((symbol) => `${part} of ${symbol}`)
  return [
    ...of('totals', chosen.totals),
    ...of('reserves', chosen.reserves),
    ...of('ratio', chosen.ratios),
    ...(chosen.ratio === undefined ? [] : ['ratio at mark']),
  ]
}

/** What is shown of chosen instruments, as a file has it. */
export function chosenAmounts(
  { instruments }: Pick<RiskTable, 'instruments'>,
  { totals, reserves, ratios, ratio }: DisclosedChosen,
): Omit<ChosenFile, 'key' | 'proof'> {
  const amount = (row: number, value: bigint) => formatDecimal(value, instruments[row]!.decimals)
  const bySymbol = <T, U>(list: ReadonlyMap<number, T>, of: (value: T, row: number) => U) =>
    Object.fromEntries(
      [...list].sort(([a], [b]) => a - b).map(([row, value]) => [instruments[row]!.symbol, of(value, row)]),
    )
  return {
    ...(totals.size > 0 && {
      totals: bySymbol(totals, ({ long, short }, row) => ({
        long: amount(row, long),
        short: amount(row, short),
      })),
    }),
    ...(reserves.size > 0 && {
      reserves: bySymbol(reserves, (held, row) => ({
        reserves: amount(row, held.reserves),
        insurance: amount(row, held.insurance),
      })),
    }),
    ...(ratios.size > 0 && { ratios: bySymbol(ratios, (value) => formatDecimal(value, RATIO_DECIMALS)) }),
    ...(ratio !== undefined && { ratio: formatDecimal(ratio, RATIO_DECIMALS) }),
  }
}

/**
 * What is shown of chosen instruments, as the statement has it: padded with what hides to the sizes of the
 * columns.
 */
export function shownFigures(
  chosen: DisclosedChosen,
  { table, columns }: Pick<DisclosedEpoch, 'table' | 'columns'>,
  policy: Policy,
): ShownFigures {
  const { spots, derivatives } = rowsByKind(table)
  const { sizes } = columns
  const listed = <T>(length: number, of: (i: number) => T) => Array.from({ length }, (_, i) => of(i))
  return {
    totals: [
      ...listed(sizes.spots, (i) => chosen.totals.get(spots[i] ?? -1)),
      ...listed(sizes.derivatives, (i) => chosen.totals.get(derivatives[i] ?? -1)),
    ],
    reserves: listed(sizes.spots, (i) => chosen.reserves.get(spots[i] ?? -1)),
    ratios: listed(sizes.spots, (i) => chosen.ratios.get(spots[i] ?? -1) ?? 0n),
    valueRatio: chosen.ratio ?? 0n,
    loanFactors: padPolicy(policy, sizes).instruments.map(({ loanFactor }) => loanFactor),
    marks: columns.marks.slice(0, sizes.spots),
  }
}

/** Whether what is shown is of the reserves as well, so that a proof has to open their commitment. */
export function needsReserves({ reserves, ratios, ratio }: DisclosedChosen): boolean {
  return reserves.size > 0 || ratios.size > 0 || ratio !== undefined
}

/** What is proven of chosen instruments, and the kind of the key that it is proven under. */
interface VerifiedChosen {
  chosen: DisclosedChosen
  keyKind: KeyKind
}

/** Checks what is proven of chosen instruments, against an epoch; `undefined` where any of it fails. */
export async function verifyChosen(
  checks: Checks,
  file: ChosenFile,
  epoch: DisclosedEpoch,
  trust: DisclosureTrust,
): Promise<VerifiedChosen | undefined> {
  const key = await checks.run('open-key', () => verifyKey(file, epoch.manifest.sizes, trust), EXIT.artifact)
  return checks.run('open-chosen', async () => {
    const { manifest, table, columns, policy } = epoch
    const { solvency, ledger } = manifest.parts
    if (!solvency) fail('solvency is not proven: nothing says that these are the amounts')
    const chosen = readChosen(file, table)
    if (!policy) fail('not checked: there is no policy to count loans by')
    if (!key) fail('not checked: its key is not one to check with')
    const figures = shownFigures(chosen, epoch, resolvePolicy(policy, table))
    if (
      chosen.ratio !== undefined &&
      columns.marks.slice(0, manifest.sizes.spots).every((mark) => mark === 0n)
    ) {
      fail('every mark is zero: no ratio of values says anything')
    }
    const { valid, detail } = await verifyFiledProof(file.proof, key.key, {
      firstState: BigInt(ledger.firstState),
      reservesCommitment: needsReserves(chosen) ? BigInt(solvency.reservesCommitment) : 0n,
      shown: shownDigest(figures),
      context: disclosureContext(epoch.manifestSha256),
    })
    if (!valid) fail(detail)
    return {
      found: { chosen, keyKind: key.keyKind },
      detail: `proven by ${file.proof.instance}: ${chosenNames(file).join(', ')}`,
    }
  })
}

/** The key of a disclosure, which has to be the pinned one of the instance for the epoch's sizes. */
async function verifyKey(
  { key, proof }: ChosenFile,
  sizes: TableSizes,
  { pins, production }: DisclosureTrust,
): Promise<Found<{ key: VerificationKey; keyKind: KeyKind }>> {
  const { instance: name, statement, keyHash } = proof
  const instance = knownInstance(name) ?? fail(`${toldName(name)} is not an instance that this version knows`)
  if (instance.statement !== 'disclosure' || statement !== 'disclosure' || proof.for !== undefined) {
    fail('it is not a proof of a disclosure')
  }
  const { SPOTS, DERIVATIVES, TIERS } = instance.params
  const own = { spots: SPOTS!, derivatives: DERIVATIVES!, tiers: TIERS! }
  if (disclosureInstance(own) !== disclosureInstance(sizes)) fail("its sizes are not the epoch's")
  const hash = verificationKeyHash(key)
  if (hash !== keyHash) fail('its key is not the one that the proof names')
  const pin = pinOf(pins, name) ?? fail(`${name} is not pinned; its hash is ${hash}`, { todo: TAKE_PINS })
  if (pin.keyHash !== hash) fail(`the key of ${name} is not the pinned one`, { todo: TAKE_PINS })
  assertPinnedCircuit(name, pin)
  await assertSoundKey(key)
  const kind = kindOfPin(pin)
  if (production && kind !== 'ceremony') fail('a development key: whoever made it can forge what is shown')
  return { found: { key, keyKind: kind }, detail: `${name}, pinned, a ${kind} key` }
}

/**
 * Amounts and ratios by symbol as numbers by row.
 *
 * @throws {InputError} `DISCLOSURE_ROW`, and the codes of `parseDecimal`
 */
function readChosen(file: ChosenFile, table: RiskTable): DisclosedChosen {
  const { instruments } = table
  const rowOf = new Map(instruments.map(({ symbol }, row) => [symbol, row]))
  const { spots, derivatives } = rowsByKind(table)
  const refuse = (message: string, where: string): never => {
    throw new InputError('DISCLOSURE_ROW', message, { where })
  }
  /** Numbers of a part by row; `among` has the rows that the part is of. */
  const read = <T, U>(
    part: string,
    list: Readonly<Record<string, T>> = {},
    among: readonly number[],
    of: (value: T, row: number, where: string) => U,
  ): Map<number, U> =>
    new Map(
      Object.entries(list).map(([symbol, value]) => {
        const where = `proven.${part}.${toldName(symbol)}`
        const row = rowOf.get(symbol) ?? refuse('not a row of the risk table', where)
        if (!among.includes(row)) refuse('has an amount that no epoch commits to', where)
        return [row, of(value, row, where)]
      }),
    )
  const units = (text: string, row: number, where: string) => {
    const value = parseDecimal(text, { decimals: instruments[row]!.decimals, where })
    return value >> BigInt(TOTAL_BITS) === 0n
      ? value
      : refuse(`does not stay below 2^${TOTAL_BITS} smallest units`, where)
  }
  const ratioOf = (text: string, where: string) => {
    const value = parseDecimal(text, { decimals: RATIO_DECIMALS, where })
    if (value === 0n) refuse('a ratio of zero says nothing', where)
    return value >> BigInt(RATIO_BITS) === 0n
      ? value
      : refuse(`is above ${formatDecimal((1n << BigInt(RATIO_BITS)) - 1n, RATIO_DECIMALS)}`, where)
  }
  return {
    totals: read('totals', file.totals, [...spots, ...derivatives], (pair, row, where) => {
      const long = units(pair.long, row, `${where}.long`)
      const short = units(pair.short, row, `${where}.short`)
      if (derivatives.includes(row) && long !== short)
        refuse('longs and shorts of a derivative are equal', where)
      return { long, short }
    }),
    reserves: read('reserves', file.reserves, spots, (held, row, where) => ({
      reserves: units(held.reserves, row, `${where}.reserves`),
      insurance: units(held.insurance, row, `${where}.insurance`),
    })),
    ratios: read('ratios', file.ratios, spots, (text, _, where) => ratioOf(text, where)),
    ...(file.ratio !== undefined && { ratio: ratioOf(file.ratio, 'proven.ratio') }),
  }
}
