/**
 * Writes schemas/*.schema.json, by which editors check the files that a venue writes, and other programs the
 * evidence of reserves: `npx tsx scripts/make-schemas.ts`.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { chainConfigSchema, deploymentSchema } from '../src/chain/index.js'
import { configSchema } from '../src/inputs/index.js'
import { ratesSchema, stressRequestSchema } from '../src/models/index.js'
import {
  addressesSchema,
  challengeSchema,
  evidenceLineSchema,
  reservesFile,
  summarySchema,
  tokensSchema,
} from '../src/reserves/index.js'
import { riskTableFile } from '../src/risk/index.js'
import { formatJson } from '../src/schema/index.js'
import { policySchema } from '../src/statements/index.js'
import { watchSchema } from '../src/watch/index.js'

/** Files that people write: each may name its schema. */
const EDITED: Record<string, [title: string, schema: z.ZodType]> = {
  chain: ['What is deployed on a chain, and set up: chain.json', chainConfigSchema],
  config: ['How a venue makes its epochs: plimsoll.json', configSchema],
  policy: ['What a venue promises: policy.json', policySchema],
  reserves: ['What a venue holds: reserves.json', reservesFile],
  'risk-table': ['Instruments, marks and scenarios: risk.json', riskTableFile],
  rates: ['What loans cost: rates.json', ratesSchema],
  stress: ['Which scenarios a risk table is to have: stress.json', stressRequestSchema],
  watch: ['What is watched: watch.json', watchSchema],
}

/** Files that programs write: records of deployments, and evidence of reserves. */
const WRITTEN: Record<string, [title: string, schema: z.ZodType]> = {
  deployment: ['What a deployment left on a chain: deployment.json', deploymentSchema],
  'reserves-addresses': ['Accounts that hold reserves: addresses.json', addressesSchema],
  'reserves-challenge': ['What each account signs: challenge.json', challengeSchema],
  'reserves-evidence-line': ['One holding: a line of evidence.jsonl', evidenceLineSchema],
  'reserves-summary': ['What evidence shows, in short: summary.json', summarySchema],
  'reserves-tokens': ['Where tokens keep balances: tokens.json', tokensSchema],
}

/** The text of each schema by its file's name. */
export function jsonSchemas(): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...EDITED, ...WRITTEN }).map(([name, [title, schema]]) => {
      const { $schema, properties, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
      const named = name in EDITED ? { $schema: { type: 'string' }, ...properties } : properties
      return [`${name}.schema.json`, formatJson({ $schema, title, properties: named, ...rest })]
    }),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(jsonSchemas())) {
    writeFileSync(new URL(`../schemas/${name}`, import.meta.url), text)
  }
}
