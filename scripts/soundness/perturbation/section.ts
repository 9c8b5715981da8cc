import type { CircuitInputs } from '../../../src/field/index.js'
import type { Instance } from '../../../src/statements/index.js'
import { AllowList } from '../allow-list.js'
import { type Compiled, compile, sourceOf } from '../compiled.js'
import {
  countEach,
  judged,
  type SoundnessOptions,
  type SoundnessRow,
  type SoundnessSection,
} from '../report.js'
import { instancesFor } from '../subjects.js'
import { alternatives, valuesOf } from './alternatives.js'
import { backingWitnesses } from './backing-witnesses.js'
import { disclosureWitnesses } from './disclosure-witnesses.js'
import { kernel } from './jacobian.js'
import { ledgerWitnesses } from './ledger-witnesses.js'
import { liquidationWitnesses } from './liquidation-witnesses.js'
import { marginWitnesses } from './margin-witnesses.js'
import { settlementWitnesses } from './settlement-witnesses.js'
import { solvencyWitnesses } from './solvency-witnesses.js'
import { weighWitnesses } from './weigh-witnesses.js'

const WITNESSES: Record<string, (params: Record<string, number>) => Map<string, CircuitInputs>> = {
  ledger: ledgerWitnesses,
  solvency: solvencyWitnesses,
  margin: marginWitnesses,
  backing: backingWitnesses,
  disclosure: disclosureWitnesses,
  liquidation: liquidationWitnesses,
  weigh: weighWitnesses,
  settlement: settlementWitnesses,
}

/**
 * Of a larger circuit, or in a small run, the derivative is looked at where the most is zero: at the first
 * witness.
 */
const LARGE = 70_000

/** Honest witnesses at the edges of each instance: can anything in them change? */
export const perturbationSection: SoundnessSection = { title: 'Changed witnesses', run }

async function* run(options: SoundnessOptions): AsyncIterable<SoundnessRow> {
  const allowed = new AllowList()
  const templates = new Set<string>()
  for (const instance of instancesFor(options)) {
    templates.add(instance.template)
    yield* perturbationRows(instance, await compile(sourceOf(instance)), allowed, options)
  }
  if (options.instances) return
  yield judged('changed.all', 'every exception is needed', {
    how: 'the exceptions that were made',
    faults: allowed.stale(templates, ['alternative']),
  })
}

export async function* perturbationRows(
  { name, statement, template, params }: Instance,
  { system, signal, name: nameOf, witness }: Compiled,
  allowed: AllowList,
  { small, progress }: SoundnessOptions,
): AsyncIterable<SoundnessRow> {
  const [loose, free, excused, held]: [string[], string[], string[], Set<string>] = [[], [], [], new Set()]
  const edges = WITNESSES[statement]!(params)
  let eliminations = 0
  for (const [edge, inputs] of edges) {
    progress(`changed witness: ${name}, ${edge}`)
    const made = await witness(inputs)
    const values = valuesOf(system, made)
    for (const { wire, by } of alternatives(system, values)) {
      const change = { value: made[wire]!, by }
      if (allowed.allows(template, 'alternative', signal(wire), change)) excused.push(signal(wire))
      else loose.push(`${nameOf(wire)} by ${by} (${edge})`)
    }
    if ((small || system.r1cs.constraints > LARGE) && eliminations > 0) continue
    eliminations++
    const found = kernel(system, values, (wire) => allowed.allows(template, 'hint', signal(wire)))
    for (const wire of found.held) held.add(signal(wire))
    if (found.dimension > 0) {
      free.push(`dimension ${found.dimension} (${edge}): ${found.wires.slice(0, 20).map(nameOf).join(', ')}`)
    }
  }
  const but = countEach(excused)
  yield judged(`alone.${name}`, 'no wire of a witness, input or not, can change alone', {
    how: `solved for each wire's other values at ${edges.size} witnesses: ${[...edges.keys()].join('; ')}${
      but && `; but for ${but}, as the list of exceptions says`
    }`,
    faults: loose,
  })
  yield judged(`together.${name}`, 'wires cannot change together beside the inputs, to first order', {
    how: `kernel of the constraints' derivative at ${eliminations} of these witnesses${
      held.size === 0 ? '' : `, with ${[...held].join(', ')} held fast`
    }`,
    faults: free,
  })
}
