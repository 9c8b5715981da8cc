import * as z from 'zod'
import { parseJsonAs, symbolSchema } from '../schema/index.js'
import { addressesRoot } from './addresses-tree.js'
import { accountSchema, assetSchema, isCoin, parseAccount, parseAsset } from './caip.js'
import { HOLDS_FOR } from './message.js'
import { isRising } from './rising.js'

const SCHEMA = 'plimsoll/reserves-addresses/1'
/** Accounts of one venue, and assets of one account. */
const [MAX_ACCOUNTS, MAX_ASSETS] = [1_000_000, 256]
/** Values of a file: an account with a few assets has some twenty. */
const MAX_VALUES = 2 ** 24

/** The name of a form of control, as evidence has it. */
export const controlKindSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be the name of a form of control')

const entrySchema = z
  .strictObject({
    account: accountSchema,
    holdsFor: z.enum(HOLDS_FOR),
    /** How the account shows who controls it. */
    control: controlKindSchema,
    /** In rising order of the assets; each counts for one instrument of the risk table. */
    assets: z
      .array(
        z.strictObject({
          asset: assetSchema,
          instrument: symbolSchema,
          /** Of an asset that is neither its chain's own coin nor a token that is known. */
          decimals: z.int().min(0).max(77).exactOptional(),
        }),
      )
      .min(1)
      .max(MAX_ASSETS)
      .refine((all) => isRising(all.map(({ asset }) => asset)), 'must name each asset once, in rising order'),
    /** Whether reports leave out the account's name. */
    private: z.literal(true).exactOptional(),
  })
  .refine(
    ({ account, assets }) =>
      assets.every(({ asset }) => parseAsset(asset, '').chain.id === parseAccount(account, '').chain.id),
    "must name assets of the account's own chain",
  )

/** Which accounts a venue holds, for whom, and what of. */
export const addressesSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  /** In rising order. */
  accounts: z
    .array(entrySchema)
    .min(1)
    .max(MAX_ACCOUNTS)
    .refine(
      (all) => isRising(all.map(({ account }) => account)),
      'must name each account once, in rising order',
    )
    .refine(isOneToOne, 'must count an asset for one instrument, and name the coin of a chain in one way')
    .refine(hasOneUnit, 'must list an asset with one number of decimals'),
})

/** Whether each asset has the same decimals wherever they are given. */
function hasOneUnit(accounts: readonly z.infer<typeof entrySchema>[]): boolean {
  const units = new Map<string, number>()
  return accounts.every(({ assets }) =>
    assets.every(({ asset, decimals }) => {
      if (decimals === undefined) return true
      const known = units.get(asset) ?? decimals
      units.set(asset, known)
      return known === decimals
    }),
  )
}

/** Whether each asset counts for one instrument, and each chain's own coin has one name. */
function isOneToOne(accounts: readonly z.infer<typeof entrySchema>[]): boolean {
  const instruments = new Map<string, string>()
  const coins = new Map<string, string>()
  return accounts.every(({ assets }) =>
    assets.every(({ asset, instrument }) => {
      const known = instruments.get(asset)
      if (known !== undefined) return known === instrument
      instruments.set(asset, instrument)
      const parsed = parseAsset(asset, '')
      if (!isCoin(parsed)) return true
      const coin = coins.get(parsed.chain.id) ?? asset
      coins.set(parsed.chain.id, coin)
      return coin === asset
    }),
  )
}

/**
 * Which accounts a venue holds, for whom, and what of: fixed before it is known which block counts.
 *
 * @useDeclaredType
 */
export type Addresses = z.infer<typeof addressesSchema>

/** One account of the list. */
export type AddressEntry = Addresses['accounts'][number]

/** A list of addresses as it was read, and the root of its tree. */
export interface ReadAddresses {
  addresses: Addresses
  root: string
}

/**
 * The addresses that a file's text holds, with the root of their tree.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 */
export function parseAddresses(text: string, where: string): ReadAddresses {
  const addresses = parseJsonAs(text, addressesSchema, where, MAX_VALUES)
  return { addresses, root: addressesRoot(addresses.accounts) }
}
