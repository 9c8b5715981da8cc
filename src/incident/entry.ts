import * as z from 'zod'
import { type SignedData, signatureSchema } from '../bundle/index.js'
import { textSchema } from '../field/index.js'
import { sha256Schema, sha256Text, timestampSchema } from '../schema/index.js'
import { publicTextFault } from './public-text.js'

const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

const text = textSchema(publicTextFault)
const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'has to be 1 to 48 of a-z, 0-9 and - inside')

/** What is known besides the words: each is public, and each can be looked up. */
const aboutSchema = {
  /** The label of an epoch. */
  epoch: text.exactOptional(),
  /** A transaction of some chain. */
  transaction: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/, 'must be a hash: 0x and 64 hexadecimal digits')
    .exactOptional(),
  /** A file that is kept as evidence, by its name and SHA-256. */
  file: z.strictObject({ name: text, sha256: sha256Schema }).exactOptional(),
}

/** What every entry has: number, time by the clock of who wrote it, and the hash of the line before. */
const placeSchema = { number: z.int().nonnegative(), at: timestampSchema, previous: sha256Schema }

/** The first line: it tells this log from every other. */
const beginSchema = z.strictObject({
  kind: z.literal('begin'),
  schema: z.literal('plimsoll/incident-log/1'),
  number: z.literal(0),
  at: timestampSchema,
  /** 16 random bytes. */
  log: z.string().regex(/^[0-9a-f]{32}$/, 'has to be 32 hexadecimal digits'),
})
const openSchema = z.strictObject({
  kind: z.literal('open'),
  ...placeSchema,
  incident: name,
  severity: z.enum(SEVERITIES),
  text,
  ...aboutSchema,
})
const noteSchema = z.strictObject({
  kind: z.literal('note'),
  ...placeSchema,
  incident: name,
  text,
  ...aboutSchema,
})
const closeSchema = noteSchema.extend({ kind: z.literal('close') })

/** An entry of a log, without its signature. */
const entrySchema = z.discriminatedUnion('kind', [beginSchema, openSchema, noteSchema, closeSchema])

/** One line of a log. */
export const lineSchema = z.strictObject({ entry: entrySchema, signature: signatureSchema.exactOptional() })

export type IncidentEntry = z.output<typeof openSchema> | z.output<typeof noteSchema | typeof closeSchema>
export type LogEntry = z.output<typeof entrySchema>
export type LogLine = z.output<typeof lineSchema>

/** A line as it stands in the file, without its end: there is one text of it. */
export function lineText(line: LogLine): string {
  return JSON.stringify(line)
}

/** What the next line names in `previous`: the hash of this one, its signature included. */
export function lineHash(text: string): string {
  return sha256Text(text)
}

/**
 * What is signed of an entry: `IncidentEntry(string log,uint256 number,bytes32 entry)`, for no contract. The
 * entry's hash covers the hash of the line before, and so everything before it.
 */
export function entrySigned(log: string, entry: LogEntry): SignedData {
  return {
    target: null,
    type: 'IncidentEntry',
    fields: [
      { name: 'log', type: 'string' },
      { name: 'number', type: 'uint256' },
      { name: 'entry', type: 'bytes32' },
    ],
    values: { log, number: `${entry.number}`, entry: `0x${sha256Text(JSON.stringify(entry))}` },
  }
}
