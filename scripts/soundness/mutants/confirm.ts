import { gatherSources } from '../../../src/proving/sources.js'
import { Circuit } from '../bench/circuit.js'
import { ConstraintSystem } from '../bench/constraint-system.js'
import { valuesOf } from '../perturbation/alternatives.js'
import { kernel } from '../perturbation/jacobian.js'
import type { Mutant } from './instrument.js'
import type { Kill, Subject } from './search.js'

/**
 * Makes a mutant by editing the circuit's own file, compiles it, and plays the attack on it and on the
 * circuit as it is.
 *
 * @returns what goes against the search's verdict, or `stands`; `undefined` where the mutant cannot be
 * written down as one edit
 */
export async function refute(subject: Subject, mutant: Mutant, kill: Kill): Promise<string | undefined> {
  const sources = mutated(subject, mutant, kill)
  if (sources === undefined) return undefined
  const edit = await Circuit.compile({ ...subject.source, sources })
  if (!(await edit.accepts(kill.inputs))) {
    return `${mutant.id}: the edited circuit refuses it: ${kill.label}`
  }
  const whole = await Circuit.compile(subject.source)
  if (kill.means === 'forgery' && (await whole.accepts(kill.inputs))) {
    return `${mutant.id}: the circuit accepts it: ${kill.label}`
  }
  return 'stands'
}

/**
 * Whether, without one comparison, wires beside the inputs can change together to first order, which none of
 * the circuit's can.
 */
export async function loosened(subject: Subject, mutant: Mutant): Promise<boolean> {
  const sources = edited(subject, mutant.file, statementOf(mutant), '')
  if (sources === undefined) return false
  const inputs = subject.honest[0]!.inputs
  const dimension = async (circuit: Circuit) => {
    const system = new ConstraintSystem(circuit.r1cs, circuit.inputWires)
    return kernel(system, valuesOf(system, await circuit.witness(inputs))).dimension
  }
  const [whole, edit] = [
    await Circuit.compile(subject.source),
    await Circuit.compile({ ...subject.source, sources }),
  ]
  return (await dimension(whole)) === 0 && (await dimension(edit)) > 0
}

const statementOf = (mutant: Mutant) => mutant.id.slice(mutant.id.indexOf(': ') + 2)

function mutated(subject: Subject, mutant: Mutant, { setting }: Kill): Record<string, string> | undefined {
  const statement = statementOf(mutant)
  if (setting === undefined) {
    return mutant.kind === 'assertion' || mutant.kind === 'call'
      ? edited(subject, mutant.file, statement, '')
      : undefined
  }
  const [target, value] = statement.split(' <== ')
  if (setting.knob.mutant !== mutant || mutant.kind !== 'definition' || setting.when === undefined)
    return undefined
  // Not a call, an array, nor a choice, which cannot stand in another.
  if (value === undefined || !/^[^?]* [*+-] [^?]*$/.test(value) || value.includes(')(')) return undefined
  const bent = `(${value}) == ${setting.when} ? (${value}) + ${setting.by} : (${value})`
  return edited(subject, mutant.file, statement, `${target} <-- ${bent};`)
}

/** The subject's sources with a statement in place of another, where that stands once. */
function edited(
  { source }: Subject,
  file: string,
  statement: string,
  by: string,
): Record<string, string> | undefined {
  const files = gatherSources([source.include], source.sources ? { overrides: source.sources } : {})
  const words = statement.split(' ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(`${words.join('\\s+')};`, 'g')
  const text = files.get(file)!
  if (text.match(pattern)?.length !== 1) return undefined
  return { ...source.sources, [file]: text.replace(pattern, () => by) }
}
