import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loosened, refute } from './confirm.js'
import { Generator } from './generator.js'
import { instrument, type Mutant } from './instrument.js'
import { type Kill, type Means, Search, type Subject } from './search.js'
import { SURVIVORS } from './survivors.js'

const CIRCUITS = fileURLToPath(new URL('../../../circuits', import.meta.url))

/** The results for one subject. */
export interface Hunt {
  subject: string
  mutants: number
  /** How many fell to what. */
  means: Readonly<Record<Means | 'derivative', number>>
  left: readonly string[]
  runs: number
  /** Verdicts that did not hold when an edit of the file made the mutant. */
  refuted: readonly string[]
  confirmed: number
}

/** Mutants over several subjects: one that falls anywhere is dead. */
export class Tally {
  readonly reached = new Set<string>()
  /** For each dead mutant, what killed it first. */
  readonly dead = new Map<string, Means | 'derivative'>()

  /** @param confirm how many of the mutants that fall are made by an edit of the file as well */
  async hunt(subject: Subject, confirm: number, progress: (line: string) => void): Promise<Hunt> {
    progress(`mutants: ${subject.name}: compiling`)
    const generator = await Generator.compile(subject.source, subject.whole, subject.untouched ?? [])
    const search = new Search(generator, subject, new Set([...this.dead.keys(), ...Object.keys(SURVIVORS)]))
    search.run((line) => progress(`mutants: ${line}`))
    const means = { forgery: 0, freedom: 0, transcript: 0, derivative: 0 }
    const own = (mutant: Mutant) => subject.whole.includes(mutant.file)
    for (const [mutant, kill] of search.kills) {
      if (!this.dead.has(mutant.id)) this.dead.set(mutant.id, kill.means)
      if (own(mutant)) means[kill.means]++
    }
    const left: string[] = []
    for (const mutant of search.left) {
      if (mutant.kind === 'assertion' && subject.derivative && (await loosened(subject, mutant))) {
        this.dead.set(mutant.id, 'derivative')
        means.derivative++
      } else left.push(mutant.id)
    }
    for (const { id } of search.there) this.reached.add(id)
    const { refuted, confirmed } = await this.confirm(subject, search.kills, confirm, progress)
    const mutants = search.there.length
    return { subject: subject.name, mutants, means, left, runs: search.runs, refuted, confirmed }
  }

  private async confirm(
    subject: Subject,
    kills: ReadonlyMap<Mutant, Kill>,
    count: number,
    progress: (line: string) => void,
  ): Promise<{ refuted: string[]; confirmed: number }> {
    const refuted: string[] = []
    let confirmed = 0
    for (const [mutant, kill] of kills) {
      if (confirmed === count) break
      if (!subject.whole.includes(mutant.file)) continue
      const verdict = await refute(subject, mutant, kill)
      if (verdict === undefined) continue
      progress(`mutants: ${subject.name}: edited by hand: ${mutant.id}`)
      confirmed++
      if (verdict !== 'stands') refuted.push(verdict)
    }
    return { refuted, confirmed }
  }
}

/** Every mutant of every circuit file. */
export function everyMutant(): string[] {
  const files = new Map<string, string>()
  for (const folder of [CIRCUITS, join(CIRCUITS, 'lib')]) {
    for (const file of readdirSync(folder)) {
      if (file.endsWith('.circom')) files.set(file, readFileSync(join(folder, file), 'utf8'))
    }
  }
  return instrument(files, [...files.keys()]).mutants.map(({ id }) => id)
}
