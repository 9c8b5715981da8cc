import * as z from 'zod'
import { textFault, textSchema } from '../../field/index.js'
import { METRICS, type MetricName } from '../samples.js'

export const SEVERITIES = ['info', 'warning', 'critical'] as const

const NAMES = Object.keys(METRICS).filter((name) => name !== 'plimsoll_alerts_firing') as [
  MetricName,
  ...MetricName[],
]
const words = textSchema((text) => textFault(text, 500))

/** A text that stands in no configuration: in a variable of the environment, or in a file. */
const hiddenSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must name a variable') }),
  z.strictObject({ file: z.string().min(1).max(4096) }),
])
export type Hidden = z.output<typeof hiddenSchema>

const ruleSchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'must be a word of letters and digits'),
    metric: z.enum(NAMES),
    labels: z.record(z.string(), z.string().max(256)).default({}).describe('What labels have to be'),
    is: z.enum(['above', 'atLeast', 'below', 'atMost']),
    than: z.number().describe('The threshold'),
    for: z
      .number()
      .min(0)
      .max(30 * 86_400)
      .default(0)
      .describe('Seconds for which it has to be so before it fires, and not be so before it is resolved'),
    severity: z.enum(SEVERITIES),
    summary: words.describe('What is wrong, for whoever is told'),
    runbook: z.url({ protocol: /^https?$/, error: 'must be an address of http or https' }),
  })
  .superRefine(({ metric, labels }, context) => {
    const known: readonly string[] = METRICS[metric]?.labels ?? []
    for (const label of Object.keys(labels)) {
      if (known.includes(label)) continue
      context.addIssue({ code: 'custom', path: ['labels', label], message: 'is no label of this metric' })
    }
  })
export type AlertRule = z.output<typeof ruleSchema>

/** The file with rules. */
export const alertRulesSchema = z.strictObject({
  schema: z.literal('plimsoll/alert-rules/1'),
  rules: z
    .array(ruleSchema)
    .min(1)
    .max(256)
    .superRefine((rules, context) => {
      const names = rules.map(({ name }) => name)
      const twice = names.findIndex((name, i) => names.indexOf(name) < i)
      if (twice === -1) return
      context.addIssue({ code: 'custom', path: [twice, 'name'], message: 'is the name of another rule' })
    }),
})

/** Rules of alerts, and who is told. */
export const alertsSchema = z.strictObject({
  rules: z.string().min(1).max(4096).describe('The file with rules; relative to the folder of this file'),
  state: z
    .string()
    .min(1)
    .max(4096)
    .describe('The file that remembers what fires and who was told; relative to the folder of this file'),
  webhook: z
    .strictObject({
      name: words.default('plimsoll').describe('What the receiver is called'),
      url: z.union([
        z.url({ protocol: /^https?$/, error: 'must be an address of http or https' }),
        hiddenSchema,
      ]),
      secret: hiddenSchema.describe('What messages are signed with: 24 bytes or more'),
      timeout: z.number().min(0.1).max(120).default(10).describe('Seconds for which an answer is awaited'),
    })
    .exactOptional()
    .describe('Who is told (default: nobody; alerts are metrics alone)'),
  queue: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(10_000)
    .describe('Alerts that may wait for the receiver; what comes beyond waits for room'),
})
export type AlertsConfig = z.output<typeof alertsSchema>
