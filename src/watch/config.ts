import { dirname, resolve } from 'node:path'
import * as z from 'zod'
import { addressSchema, chainIdSchema, labelSchema } from '../bundle/index.js'
import { readJsonFile } from '../files/index.js'
import { decimalSchema, editable, fieldElementSchema, symbolSchema } from '../schema/index.js'
import { actSchema } from './act/config.js'
import { alertsSchema } from './alerts/config.js'
import { detectorsSchema } from './detectors/config.js'

const path = (what: string) =>
  z.string().min(1).max(4096).describe(`${what}; relative to the folder of this file`)
const place = (what: string) =>
  z
    .string()
    .min(1)
    .max(4096)
    .refine(isSoundPlace, 'must be a path, or an address of http or https without a name and a password')
    .describe(`${what}: a path, relative to the folder of this file, or an address of http or https`)
const every = (seconds: number) =>
  z.number().min(0.1).max(86_400).default(seconds).describe('Seconds from one reading to the next')
/** What people call something: it becomes a label, and stands for no account. */
const name = labelSchema.refine(
  (text) => !/^(0x)?[0-9a-f]{16,}$/i.test(text),
  'must be a name that you give, not a key or an identifier',
)
const ratio = decimalSchema({ whole: 1, fraction: 9 }).refine(
  (text) => Number(text) > 0 && Number(text) < 1,
  'must be between 0 and 1',
)

const epochsSchema = z.strictObject({
  venue: labelSchema.describe('Name of the venue: an epoch of another one is not valid here'),
  from: z
    .array(
      place(
        'An epoch, or a folder of epochs and archives; in an address, {date} stands for a day and {number} for a number',
      ),
    )
    .min(1)
    .max(16)
    .describe('Where its epochs are published; all places are read and compared'),
  pins: path('The keys to trust, from elsewhere than the epochs'),
  signer: addressSchema.exactOptional().describe("Address of the venue's key or contract"),
  policy: path('The weakest policy to accept (JSON; default: full reserves)').exactOptional(),
  production: z.boolean().default(false).describe('Refuse development keys'),
  firstNumber: z.int().min(1).default(1).describe('Where {number} begins'),
  recheck: z
    .int()
    .min(1)
    .max(2_592_000)
    .default(3600)
    .describe('Seconds after which files of a verified epoch are read again, and verified if one differs'),
  every: every(60),
})

const gateSchema = z.strictObject({
  name: name.describe('The label of the gate'),
  address: addressSchema,
  records: z
    .array(
      z.strictObject({
        name: name.describe('The label of the record: no identifier of an account'),
        handle: fieldElementSchema,
        requirement: z.string().min(1).max(64).describe('The name of the requirement'),
      }),
    )
    .min(1)
    .max(256),
})

const tokenSchema = z.strictObject({
  name: name.describe('The label of the token'),
  address: z
    .union([addressSchema, z.literal('native')])
    .describe('Its contract, or "native" for the currency of the chain'),
  decimals: z.int().min(0).max(36),
})

const chainSchema = z.strictObject({
  name: name.describe('The label of the chain'),
  rpc: z.string().min(1).max(4096).describe('Address of a node; @FILE reads it from a file'),
  chainId: chainIdSchema.describe('The chain that it has to be'),
  finality: z
    .union([z.literal('finalized'), z.int().min(0).max(10_000)])
    .default('finalized')
    .describe('"finalized", or how many blocks behind the last one are read'),
  venues: z
    .array(labelSchema)
    .max(64)
    .default([])
    .describe('Venues that the registry and the breaker are asked of'),
  scopes: z
    .array(
      z.strictObject({
        name,
        id: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 hexadecimal digits'),
      }),
    )
    .max(64)
    .default([])
    .describe('Further scopes of the breaker'),
  registry: addressSchema.exactOptional(),
  riskRegister: addressSchema.exactOptional(),
  breaker: addressSchema.exactOptional(),
  fund: z
    .strictObject({
      address: addressSchema,
      tokens: z.array(tokenSchema).min(1).max(64),
      beneficiaries: z
        .array(
          z.strictObject({
            name,
            id: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 hexadecimal digits'),
          }),
        )
        .max(64)
        .default([]),
    })
    .exactOptional(),
  gates: z.array(gateSchema).max(64).default([]),
  every: every(12),
})

const step = z.union([z.string().min(1).max(256), z.int().min(0).max(1_000_000)])

const feedSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('json').describe('A file or an address that answers with JSON'),
    name,
    instrument: symbolSchema,
    from: place('Where the price is'),
    price: z.array(step).max(16).describe('The fields, and numbers of entries, that lead to the price'),
    time: z.array(step).max(16).exactOptional().describe('Those that lead to its time'),
    unit: z.enum(['seconds', 'milliseconds']).default('seconds').describe('The unit of that time'),
    every: every(5),
  }),
  z.strictObject({
    kind: z.literal('csv').describe('A file of prices: the last row of the asset counts'),
    name,
    instrument: symbolSchema,
    from: path('Columns time and price, and asset where there are several'),
    asset: symbolSchema.exactOptional(),
    every: every(5),
  }),
  z.strictObject({
    kind: z.literal('chainlink').describe("A contract in the shape of Chainlink's feeds"),
    name,
    instrument: symbolSchema,
    chain: name.describe('One of the chains below'),
    address: addressSchema,
    every: every(12),
  }),
  z.strictObject({
    kind: z.literal('register').describe('The median that the RiskRegister of a chain keeps'),
    name,
    instrument: symbolSchema,
    chain: name.describe('One of the chains below'),
    number: z.int().min(0).max(65_535).describe('Number of the instrument in the register'),
    every: every(12),
  }),
])

const depthSchema = z.strictObject({
  name: name.describe('The label of the source'),
  venue: labelSchema.describe("One of the venues above: its newest epoch's table says what the symbols are"),
  from: path('Order books (CSV): symbol,side,level,price,size'),
  within: z.array(ratio).min(1).max(16).default(['0.01', '0.05']).describe('Shares of the mid price'),
  every: every(60),
})

const ledgerSchema = z.strictObject({
  risk: path('Risk table (JSON)'),
  reserves: path('Reserves, and the layers that absorb shortfalls (JSON)'),
  policy: path('Thresholds and waterfall (JSON; default: full reserves)').exactOptional(),
  every: every(600),
})

/** The file that says what is watched. */
export const watchSchema = z
  .strictObject({
    schema: z.literal('plimsoll/watch/1'),
    interval: z.number().min(0.1).max(3600).default(1).describe('Seconds from one tick to the next'),
    listen: z
      .strictObject({
        host: z.string().min(1).max(255).default('127.0.0.1'),
        port: z.int().min(0).max(65_535).default(9464),
      })
      .prefault({})
      .describe('Where metrics and page are served: this machine alone unless a host is named'),
    hosts: z
      .array(
        z.string().regex(/^[a-z0-9.-]+(:[0-9]+)?$/, 'must be a host, as api.example or api.example:8443'),
      )
      .max(256)
      .default([])
      .describe('Hosts that may be redirected to, beside those of the addresses in this file'),
    epochs: z.array(epochsSchema).max(64).default([]),
    chains: z.array(chainSchema).max(16).default([]),
    feeds: z.array(feedSchema).max(1024).default([]),
    depth: z.array(depthSchema).max(256).default([]),
    ledger: ledgerSchema.exactOptional().describe('What --ledger needs beside the accounts'),
    detectors: detectorsSchema.exactOptional(),
    alerts: alertsSchema.exactOptional(),
    act: actSchema.exactOptional(),
  })
  .superRefine(({ epochs, chains, feeds, depth }, context) => {
    const once = (field: string, names: readonly string[]) => {
      const twice = names.findIndex((each, i) => names.indexOf(each) < i)
      if (twice === -1) return
      context.addIssue({
        code: 'custom',
        path: [field, twice],
        message: 'has the name of another one before it',
      })
    }
    once(
      'epochs',
      epochs.map(({ venue }) => venue),
    )
    once(
      'chains',
      chains.map((chain) => chain.name),
    )
    once(
      'feeds',
      feeds.map((feed) => feed.name),
    )
    once(
      'depth',
      depth.map((each) => each.name),
    )
    for (const [at, { venue }] of depth.entries()) {
      if (epochs.some((each) => each.venue === venue)) continue
      context.addIssue({ code: 'custom', path: ['depth', at, 'venue'], message: 'is not one of the venues' })
    }
    for (const [at, feed] of feeds.entries()) {
      if (!('chain' in feed)) continue
      const chain = chains.find(({ name }) => name === feed.chain)
      const message =
        chain === undefined
          ? 'is not one of the chains'
          : feed.kind === 'register' && chain.riskRegister === undefined
            ? 'is a chain without a riskRegister'
            : undefined
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['feeds', at, 'chain'], message })
    }
  })

type WatchFile = z.output<typeof watchSchema>

/** What is watched; `at` makes a path of the file absolute. */
export interface WatchConfig extends WatchFile {
  /** The configuration's own path. */
  file: string
  /** A path of the configuration as an absolute one, and an address as it is. */
  at(given: string): string
}

/** The hosts that may be asked: those of the addresses in the configuration, and those that it adds. */
export function hostsOf({ hosts, epochs, feeds }: WatchConfig): ReadonlySet<string> {
  const places = [
    ...epochs.flatMap(({ from }) => from),
    ...feeds.flatMap((feed) => ('from' in feed ? feed.from : [])),
  ]
  return new Set([...hosts, ...places.filter(isAddress).map((place) => new URL(place).host)])
}

/**
 * Reads the file that says what is watched.
 *
 * @throws {InputError} what `readJsonFile` throws
 * @example
 * const config = await readWatchConfig('watch.json')
 * console.log(config.epochs.map(({ venue }) => venue))
 */
export async function readWatchConfig(file: string): Promise<WatchConfig> {
  const read = await readJsonFile(file, editable(watchSchema))
  const at = (given: string) => (isAddress(given) ? given : resolve(dirname(file), given))
  return { ...read, file, at }
}

/** A path, or an address that can be asked. */
function isSoundPlace(place: string): boolean {
  if (!isAddress(place)) return !/^[a-z][a-z0-9+.-]*:\/\//i.test(place)
  if (!URL.canParse(place)) return false
  const { username, password } = new URL(place)
  return username === '' && password === ''
}

/** Whether a place is an address, not a path. */
export function isAddress(place: string): boolean {
  return /^https?:\/\//i.test(place)
}
