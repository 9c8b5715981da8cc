import { AllowList } from '../allow-list.js'
import { type Compiled, compile, type Source, sourceOf } from '../compiled.js'
import {
  countEach,
  judged,
  type SoundnessOptions,
  type SoundnessRow,
  type SoundnessSection,
} from '../report.js'
import { instancesFor, missingTemplates, templateOf, templatesFor } from '../subjects.js'
import { uniqueness } from './uniqueness.js'

/** Every template of the library and every instance: do its inputs determine its witness? */
export const uniquenessSection: SoundnessSection = { title: 'Unique witnesses', run }

async function* run(options: SoundnessOptions): AsyncIterable<SoundnessRow> {
  const allowed = new AllowList()
  const templates = new Set<string>()
  for (const [name, source] of subjects(options)) {
    options.progress(`unique witness: ${name}`)
    templates.add(templateOf(source.main))
    yield uniquenessRow(name, templateOf(source.main), await compile(source), allowed)
  }
  if (options.instances) return
  yield judged('unique.all', 'every template is looked at, and every exception is needed', {
    how: 'the files of circuits/lib, and the exceptions that were made',
    faults: [
      ...missingTemplates().map((name) => `${name} is not looked at`),
      ...allowed.stale(templates, ['hint', 'quotient']),
    ],
  })
}

function* subjects(options: SoundnessOptions): Iterable<[name: string, source: Source]> {
  for (const source of templatesFor(options)) yield [source.main, source]
  for (const instance of instancesFor(options)) yield [instance.name, sourceOf(instance)]
}

/** Whether the inputs determine every wire of a circuit, but for the exceptions. */
export function uniquenessRow(
  name: string,
  template: string,
  { system, signal, name: nameOf }: Compiled,
  allowed: AllowList,
): SoundnessRow {
  const { undetermined, assumed } = uniqueness(system, {
    hint: (wire) => allowed.allows(template, 'hint', signal(wire)),
    quotient: (wire) => allowed.allows(template, 'quotient', signal(wire)),
  })
  const given = countEach(assumed.map(signal))
  return judged(`unique.${name}`, 'the inputs determine every wire', {
    how: `${system.r1cs.constraints} constraints${given && `; but for ${given}, as the list of exceptions says`}`,
    faults: undetermined.map(nameOf),
  })
}
