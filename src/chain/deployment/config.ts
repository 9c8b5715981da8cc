import * as z from 'zod'
import { addressSchema, chainIdSchema } from '../../bundle/index.js'
import { labelFault, scenarioNameFault, textSchema } from '../../field/index.js'
import { fieldElementSchema, sha256Schema, timestampSchema } from '../../schema/index.js'
import { DEFAULT_DELAYS } from '../governance/index.js'

const HOUR = 3_600
const DAY = 24 * HOUR

const span = (what: string) => z.int().positive().max(0xffff_ffff).describe(`${what}, in seconds`)
const ppm = (what: string) => z.int().positive().max(999_999).describe(`${what}, in millionths`)
const accounts = (what: string) => z.array(addressSchema).max(16).describe(what)

export const instrumentSchema = z.strictObject({
  instrument: z
    .int()
    .nonnegative()
    .max(0xffff)
    .describe('Its number in the tables; derivatives from 32768 on'),
  decimals: z.int().nonnegative().max(36).describe('Decimals of its amounts in the tables'),
  sources: z
    .array(z.strictObject({ feed: addressSchema, maxAge: span('How old its answer may be') }))
    .min(2)
    .max(5)
    .describe("Price feeds in Chainlink's shape"),
  bounds: z.strictObject({
    proposePpm: ppm('How far from the price a proposed mark may be'),
    suspendPpm: ppm('How far a mark has to be from the price to be reported'),
    spreadPpm: ppm('How far the feeds may be apart'),
    quorum: z.int().min(2).max(5).describe('How many feeds have to count'),
    window: z
      .int()
      .nonnegative()
      .describe('The mean over so many seconds has to deviate as well; 0 for none'),
    maxGap: span('The longest time between observations that count as one row'),
  }),
})

export const windowsSchema = z.strictObject({
  veto: span('How long a table can be vetoed before it is usable'),
  lifetime: span('How long it is usable'),
  maxLag: span('How old it may be when it is proposed'),
})

const riskRegisterSchema = z.strictObject({
  sequencer: addressSchema
    .nullable()
    .default(null)
    .describe("On a rollup: the feed of its sequencer's uptime"),
  valueDecimals: z.int().nonnegative().max(36).default(8).describe('Decimals of values in the tables'),
  windows: windowsSchema.default({ veto: 600, lifetime: 7 * DAY, maxLag: DAY }),
  instruments: z.array(instrumentSchema).max(64).default([]),
})

export const bandsSchema = z.strictObject({
  caution: ppm('Deviation of level 1'),
  restricted: ppm('Deviation of level 2'),
  halted: ppm('Deviation of level 3'),
})

const circuitBreakerSchema = z.strictObject({
  coolDown: span('How long a level lasts after its cause is over').default(HOUR),
  maxHalt: span('How long a halt lasts without new evidence').default(DAY),
  bands: bandsSchema.default({ caution: 70_000, restricted: 130_000, halted: 200_000 }),
})

const insuranceFundSchema = z.strictObject({
  delay: span('How long a withdrawal waits').default(7 * DAY),
})

const keySchema = z.strictObject({
  instance: z.string().describe('The instance; this machine has to have its key'),
  from: timestampSchema.exactOptional().describe('The first second of its use (default: the start)'),
  until: timestampSchema.exactOptional().describe('The last second of its use (default: a year later)'),
})

const venueSchema = z.strictObject({
  name: textSchema(labelFault).describe('Name of the venue, as in its epochs'),
  operator: addressSchema.describe('The address whose key signs its epochs'),
  terms: z
    .strictObject({
      maxAge: span('How long an epoch counts from when its books were taken'),
      maxLag: span('How old its books may be when it becomes final'),
    })
    .describe('How long epochs count'),
  policy: z
    .strictObject({
      digest: fieldElementSchema.describe('The signal `policy` of its proofs of solvency, in decimal digits'),
      text: sha256Schema.describe("SHA-256 of the policy's text, as `plimsoll verify` shows it"),
    })
    .exactOptional()
    .describe('The policy that its epochs have to meet; without it, none can be final before one is set'),
  scenarios: z
    .array(textSchema(scenarioNameFault))
    .max(256)
    .default([])
    .describe("Names of scenarios that its reserves have to cover, in its tables' order"),
  guards: z
    .array(z.enum(['tables', 'levels', 'backing']))
    .default([])
    .describe('What its epochs depend on besides proofs: accepted tables, the breaker, proofs of backing'),
})

/** The file that says what `plimsoll chain deploy` deploys, and how it sets it up. */
export const chainConfigSchema = z.strictObject({
  schema: z.literal('plimsoll/chain-config/1'),
  chainId: chainIdSchema
    .exactOptional()
    .describe('The chain that it is for, as a number in quotes; --chain-id names it as well'),
  admin: addressSchema
    .exactOptional()
    .describe('Who may change roles and delays: a multisig. --admin names it as well'),
  governors: accounts('Who registers keys and venues (default: the administrator)').exactOptional(),
  riskOperators: accounts('Who proposes risk tables').default([]),
  guardians: accounts('Who stops keys, vetoes tables and pauses, at once').default([]),
  delays: z
    .strictObject({
      admin: span("Of the administrator's calls"),
      governor: span("Of the governors' calls"),
      grant: span('From when a role is given to when it is of use'),
    })
    .default(DEFAULT_DELAYS),
  riskRegister: riskRegisterSchema.nullable().prefault({}).describe('null for none'),
  circuitBreaker: circuitBreakerSchema.nullable().prefault({}).describe('null for none'),
  insuranceFund: insuranceFundSchema.nullable().prefault({}).describe('null for none'),
  keys: z.array(keySchema).max(128).default([]).describe('Keys to register before the rights are given away'),
  venues: z.array(venueSchema).max(64).default([]).describe('Venues to register, likewise'),
})

/**
 * What a deployment is to be: its roles, delays, feeds, keys and venues.
 *
 * @useDeclaredType
 */
export type ChainConfig = z.output<typeof chainConfigSchema>
