import * as z from 'zod'
import { inPlace } from '../../errors/index.js'
import { Rational } from '../../field/index.js'
import { readJsonFile } from '../../files/index.js'
import { editable, symbolSchema } from '../../schema/index.js'
import { optionSchema } from '../portfolio/option-terms.js'
import { decimal, fraction, positive } from '../portfolio/params.js'
import { correlationBreak, parallelShock, singleFailure } from './generate.js'
import { historicalScenario } from './library.js'
import type { RequirementScenario } from './requirement.js'
import { moveSchema, type StressScenario, stressScenarioSchema } from './scenario.js'

/** The asset behind an instrument of a risk table. Nothing is guessed from its symbol. */
const instrumentSchema = z.strictObject({
  /** The asset that its price follows. */
  asset: symbolSchema,
  /**
   * Which fallback it takes in a scenario that does not name its asset. When left out: that of stablecoins if
   * an instrument of kind stablecoin stands for the asset, else that of assets. A currency such as EUR wants
   * `stablecoin`.
   */
  fallback: z.enum(['asset', 'stablecoin']).optional(),
  /** Share of the price taken off a long unit, "0" to "1". */
  haircut: fraction.default(Rational.ZERO),
  /** Share of the price put on a short unit. */
  markup: decimal.default(Rational.ZERO),
  /** For an option, and only for one. Its forward moves like the asset. */
  option: optionSchema.optional(),
  /** Units of the asset in one option. */
  contractSize: positive.default(Rational.ONE),
})

const shock = { name: symbolSchema, volatility: moveSchema }

const scenarioRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('event'), name: z.string() }),
  z.strictObject({ type: z.literal('parallel'), price: moveSchema, stablecoin: moveSchema, ...shock }),
  z.strictObject({
    type: z.literal('correlation-break'),
    name: symbolSchema,
    event: z.string(),
    against: z.tuple([symbolSchema], symbolSchema),
  }),
  z.strictObject({
    type: z.literal('failure'),
    of: z.union([z.strictObject({ asset: symbolSchema }), z.strictObject({ instrument: symbolSchema })]),
    move: moveSchema,
    contagion: z.strictObject({ asset: moveSchema, stablecoin: moveSchema }),
    ...shock,
  }),
  z.strictObject({ type: z.literal('own'), scenario: stressScenarioSchema }),
  z.strictObject({ type: z.literal('requirement'), name: symbolSchema, requirement: z.string() }),
])

/** The file of a stress request. */
export const stressRequestSchema = z.strictObject({
  schema: z.literal('plimsoll/stress/1'),
  /** By symbol; every instrument of the risk table. */
  instruments: z.record(symbolSchema, instrumentSchema),
  scenarios: z.array(scenarioRequest).min(1),
})

/**
 * How a price of the scenarios moves an instrument.
 *
 * @useDeclaredType
 */
export type StressInstrument = z.output<typeof instrumentSchema>

/** The scenarios that a risk table is to have, and what its instruments stand for. */
export interface StressRequest {
  instruments: Readonly<Record<string, StressInstrument>>
  /** Prices that move, and requirements of the table's margin rule. */
  scenarios: readonly (StressScenario | RequirementScenario)[]
}

/**
 * Reads a stress request, a file of schema `plimsoll/stress/1`.
 *
 * @throws {InputError} `SCENARIO_UNKNOWN`, `SCENARIO_SCHEMA`, and what `readJsonFile` throws
 * @example
 * const { scenarios } = await readStressRequest('stress.json')
 */
export async function readStressRequest(path: string): Promise<StressRequest> {
  const { instruments, scenarios } = await readJsonFile(path, editable(stressRequestSchema))
  const resolved = scenarios.map((scenario, i) =>
    inPlace(`${path}: scenarios[${i}]`, () => resolve(scenario)),
  )
  return { instruments, scenarios: await Promise.all(resolved) }
}

function resolve(request: z.output<typeof scenarioRequest>): StressScenario | RequirementScenario {
  switch (request.type) {
    case 'event':
      return historicalScenario(request.name)
    case 'parallel':
      return parallelShock(request)
    case 'correlation-break':
      return correlationBreak({ ...request, of: historicalScenario(request.event) })
    case 'failure':
      return singleFailure(request)
    case 'own':
      return request.scenario
    case 'requirement':
      return { name: request.name, requirement: request.requirement }
  }
}
