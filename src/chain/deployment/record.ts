import * as z from 'zod'
import { addressSchema } from '../../bundle/index.js'
import { fieldElementSchema, sha256Schema, timestampSchema } from '../../schema/index.js'
import { bandsSchema, instrumentSchema, windowsSchema } from './config.js'

const hash = z.string().regex(/^0x[0-9a-f]{64}$/, 'must be a hash: 0x and 64 hexadecimal digits')

const deployedSchema = z.strictObject({
  address: addressSchema,
  transaction: hash.describe('The transaction that made it'),
})

const delay = z.int().positive().describe('Seconds')

/** The contracts of a deployment by their names in records; the first two are in each. */
export const CONTRACT_NAMES = {
  accessManager: 'AccessManager',
  solvencyRegistry: 'SolvencyRegistry',
  riskRegister: 'RiskRegister',
  circuitBreaker: 'CircuitBreaker',
  insuranceFund: 'InsuranceFund',
  backingRegister: 'BackingRegister',
} as const
export type RecordedContract = keyof typeof CONTRACT_NAMES

/** What a deployment left on a chain, and what it was meant to be. */
export const deploymentSchema = z.strictObject({
  schema: z.literal('plimsoll/deployment/1'),
  chainId: z.string().regex(/^[1-9][0-9]{0,18}$/, 'must be the number of a chain, in decimal digits'),
  deployedAt: z.int().nonnegative().describe('A block before the first transaction'),
  deployer: addressSchema.describe('The account that deployed, and has no right left'),
  contracts: z.strictObject({
    accessManager: deployedSchema,
    solvencyRegistry: deployedSchema,
    riskRegister: deployedSchema.exactOptional(),
    circuitBreaker: deployedSchema.exactOptional(),
    insuranceFund: deployedSchema.exactOptional(),
    backingRegister: deployedSchema.exactOptional(),
  }),
  /** What constructors were given, and what governors can change of it. */
  settings: z.strictObject({
    riskRegister: z
      .strictObject({
        sequencer: addressSchema.nullable(),
        valueDecimals: z.int().nonnegative(),
        windows: windowsSchema,
        instruments: z.array(instrumentSchema),
      })
      .exactOptional(),
    circuitBreaker: z
      .strictObject({
        coolDown: z.int().positive(),
        maxHalt: z.int().positive(),
        bands: bandsSchema,
      })
      .exactOptional(),
    insuranceFund: z.strictObject({ delay: z.int().positive() }).exactOptional(),
  }),
  governance: z.strictObject({
    admin: addressSchema,
    governor: z.array(addressSchema),
    riskOperator: z.array(addressSchema),
    guardian: z.array(addressSchema),
    delays: z.strictObject({ admin: delay, governor: delay, grant: delay }),
  }),
  keys: z.array(
    deployedSchema.extend({
      instance: z.string(),
      keyHash: sha256Schema,
      statement: z.enum(['ledger', 'solvency', 'backing']),
      from: timestampSchema,
      until: timestampSchema,
    }),
  ),
  venues: z.array(
    z.strictObject({
      name: z.string(),
      operator: addressSchema,
      maxAge: z.int().positive(),
      maxLag: z.int().positive(),
      policy: z.strictObject({ digest: fieldElementSchema, text: sha256Schema }).exactOptional(),
      scenarios: z.array(z.string()),
      guards: z.array(z.enum(['tables', 'levels', 'backing'])),
    }),
  ),
})

/**
 * What stands on a chain: contracts with their addresses, roles, delays and what is watched.
 *
 * @useDeclaredType
 */
export type Deployment = z.output<typeof deploymentSchema>

/** How far a deployment that is not done has come: written before each transaction, and after it. */
export const journalSchema = z.strictObject({
  schema: z.literal('plimsoll/deployment-journal/1'),
  chainId: z.string(),
  sender: addressSchema,
  /** The last block before it began, and its time. */
  block: z.int().nonnegative(),
  time: timestampSchema,
  steps: z.record(
    z.string(),
    z.strictObject({
      nonce: z.int().nonnegative(),
      /** Absent between deciding to send it and having sent it. */
      transaction: hash.exactOptional(),
    }),
  ),
})
export type Journal = z.output<typeof journalSchema>
