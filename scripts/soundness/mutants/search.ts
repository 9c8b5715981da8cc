import { type CircuitInput, type CircuitInputs, invertField, toField } from '../../../src/field/index.js'
import type { CircuitSource } from '../bench/circuit.js'
import { elementsOf, tampered } from '../bench/tamper.js'
import { alterations, spread } from './alterations.js'
import type { Generator, Outcome, Setting } from './generator.js'
import type { Knob, Mutant } from './instrument.js'

/** Inputs that are tried. */
export interface Case {
  label: string
  inputs: CircuitInputs
  /** Whether a forgery is of an opening alone, which stating the openings undoes. */
  openable?: boolean
}

/** A circuit whose mutants are hunted. */
export interface Subject {
  name: string
  source: CircuitSource
  /** Files of which everything is left out in turn; of the others it reaches, comparisons alone. */
  whole: readonly string[]
  /** Files that are taken as they are. */
  untouched?: readonly string[]
  /** Inputs that the circuit accepts; the first is also bent wire by wire. */
  honest: readonly Case[]
  /** Inputs that the circuit refuses. */
  forged?: readonly Case[]
  /**
   * Inputs that a prover may state at will, and the wires that each has to be equal to; public ones first.
   */
  openings?: readonly (readonly [input: string, wire: string])[]
  /** Inputs of the statement that a part of it takes under another name: the part's name, and the input's. */
  renamed?: Readonly<Record<string, string>>
  /**
   * Whether a mutant that is left is compared with the circuit by the constraints' derivative: for small
   * ones.
   */
  derivative?: true
  /** The challenges of a transcript for honest inputs, according to its model. */
  challenges?: (inputs: Case) => Readonly<Record<string, bigint>>
}

/**
 * - `forgery`: inputs that the circuit refuses, and the mutant takes
 * - `freedom`: inputs that both take, with a wire that may be another in the mutant alone
 * - `transcript`: the same, and a challenge is not the transcript's
 */
export type Means = 'forgery' | 'freedom' | 'transcript'

export interface Kill {
  means: Means
  subject: string
  label: string
  setting?: Setting
  inputs: CircuitInputs
}

/** The values that a transcript absorbs, and those squeezed from it. */
const ABSORBED = /absorbed|transcript|again|head\[|Challenge/
const ROUNDS = 5
/** How many values of a wire and places of it (fewer of a statement), and broken comparisons are tried. */
const VALUES = 7
const FEWER = 4
const TARGETS = 6
/** How many mutants a line of progress names. */
const FEW = 20

type Differences = ReadonlyMap<number, bigint>

/** Looks for a witness of each mutant that the circuit itself refuses. */
export class Search {
  readonly kills = new Map<Mutant, Kill>()
  runs = 0
  private readonly points = new Map<string, number>()
  /** The knobs for the first of the honest inputs. */
  private honestValues: ReadonlyMap<number, bigint> = new Map()
  /** What knobs are handed, and where they stand, of the case that was run last as it is. */
  private known: { of: Case; values: ReadonlyMap<number, bigint> | undefined } | undefined
  /** Mutants of the subject's own files that are in the circuit at all. */
  readonly there: readonly Mutant[]

  /** @param idle ids of mutants that nothing is run for: told from the circuit elsewhere, or explained */
  constructor(
    readonly generator: Generator,
    readonly subject: Subject,
    private readonly idle: ReadonlySet<string> = new Set(),
  ) {
    const there = new Set([...generator.zeros.values()].flatMap((mutants) => [...mutants]))
    this.there = [...there].filter(({ file }) => subject.whole.includes(file))
  }

  /**
   * @throws {Error} when an honest case is refused, a forged one accepted, also with its public inputs stated
   * as what they open to, or
   *   a challenge is not the model's
   */
  run(progress: (line: string) => void): void {
    const { honest, forged = [] } = this.subject
    for (const one of honest) {
      const outcome = this.generator.run(one.inputs)
      const broken = outcome?.broken.flatMap((wire) => [...this.generator.zeros.get(wire)!])
      if (broken === undefined || broken.length > 0) {
        throw new Error(`${this.subject.name} refuses ${one.label}: ${broken?.[0]?.id ?? 'no witness'}`)
      }
      this.findPoints(one, outcome!)
      if (one !== honest[0]) continue
      this.honestValues = this.plain(one)!
    }
    for (const one of forged) {
      this.reopened(one.inputs, undefined, (stated, inputs) => {
        if (stated.broken.length === 0 && (inputs === one.inputs || !one.openable)) {
          const how = inputs === one.inputs ? '' : ', stated as what it opens to'
          throw new Error(`${this.subject.name} accepts ${one.label}${how}`)
        }
        this.judge(one, stated, inputs)
      })
    }
    for (const [input] of this.subject.openings ?? []) {
      this.try({ label: `another ${input}`, inputs: tampered(honest[0]!.inputs, { [input]: 5n }) })
    }
    this.report(progress, 'forged inputs')
    const [first] = honest as [Case]
    for (const knob of this.generator.knobs) this.divide(first, knob)
    this.report(progress, 'divided inputs')
    for (const one of honest) {
      for (const knob of this.generator.knobs) this.bend(one, knob, [1n, -1n])
      this.report(progress, `wires of ${one.label} bent by one`)
    }
    for (const one of forged) this.restore(one)
    this.report(progress, 'restored wires')
    for (const one of forged) {
      if (this.left.length === 0) return
      for (const knob of this.generator.knobs) this.bend(one, knob)
      this.report(progress, `wires bent of ${one.label}`)
    }
    for (const one of alterations(first)) {
      if (this.left.length === 0) return
      this.try(one)
    }
    this.report(progress, 'altered inputs')
    for (const one of honest) {
      for (const knob of this.generator.knobs) this.bend(one, knob)
      this.report(progress, `wires bent of ${one.label}`)
    }
  }

  /** Mutants of this subject that are there and not idle, and nothing has told from the circuit. */
  get left(): Mutant[] {
    return this.there.filter((mutant) => !this.kills.has(mutant) && !this.idle.has(mutant.id))
  }

  /** The wires of the challenges: those that are what the model says. */
  private findPoints(one: Case, outcome: Outcome): void {
    for (const [name, value] of Object.entries(this.subject.challenges?.(one) ?? {})) {
      const known = this.points.get(name)
      const wires = known === undefined ? [...this.generator.wires.values()] : [known]
      const wire = wires.find((candidate) => outcome.value(candidate) === value)
      if (wire === undefined) throw new Error(`${this.subject.name}: no wire is the ${name} of ${one.label}`)
      this.points.set(name, wire)
    }
  }

  private report(progress: (line: string) => void, done: string): void {
    const few = this.left.length <= FEW ? `: ${this.left.map(({ id }) => id).join('; ')}` : ''
    progress(`${this.subject.name}: ${done}: ${this.left.length} left after ${this.runs} runs${few}`)
  }

  /**
   * Where an input is handed on as it is, states one number where it is stated, and hands on another: the two
   * are one in the circuit alone.
   */
  private divide(one: Case, knob: Knob): void {
    const said = /(?:<== |‹)(\w+)(?:\[.*\])?›?$/.exec(knob.mutant?.id ?? '')?.[1]
    const name = this.subject.renamed?.[said ?? ''] ?? said
    if (name === undefined || !this.left.includes(knob.mutant!) || ABSORBED.test(knob.mutant!.id)) return
    const elements = elementsOf(one.inputs).filter(([path]) => path.replace(/\[.*$/, '') === name)
    const plain = this.plain(one)!
    const places = (this.generator.places.get(knob) ?? []).map((wire) => plain.get(wire)!)
    if (places.length !== elements.length) return
    for (const at of spread(
      places.map((_, i) => i),
      VALUES,
    )) {
      const [path, value] = elements[at]!
      const inputs = tampered(one.inputs, { [path]: value + 1n })
      this.try(
        { label: `${one.label}, ${path} stated as one more`, inputs },
        { knob, place: places[at]!, by: -1n },
      )
      if (!this.left.includes(knob.mutant!)) return
    }
  }

  /**
   * Sets one knob in every way that is worth it: to fixed values, and so that a broken comparison holds; or
   * in some alone.
   */
  private bend(one: Case, knob: Knob, only?: readonly bigint[]): void {
    // Whole statements are not attacked by their hints: what these are for is told by the templates alone.
    const hinted = () => this.subject.openings === undefined && this.left.some(isComparison)
    const wanted = () => (knob.mutant ? this.left.includes(knob.mutant) : hinted())
    if (!wanted()) return
    const wires = this.generator.values.get(knob) ?? []
    const plain = this.plain(one)
    if (!plain || wires.length === 0) return
    const count = this.subject.openings ? FEWER : VALUES
    const read = (list: readonly number[]) =>
      spread([...new Set(list.map((wire) => plain.get(wire)!))], count)
    const values = read(wires)
    const places = read(this.generator.places.get(knob) ?? [])
    for (const at of [
      ...values.map((when) => ({ when })),
      ...(places.length > 1 ? places.map((place) => ({ place })) : []),
    ]) {
      const found = only ? { balanced: only } : this.probe(one, { knob, ...at })
      if (!found) continue
      const others = 'when' in at ? [0n, 3n, ...values].map((value) => value - at.when) : []
      const steps = only ?? [1n, ...found.balanced, -1n, ...others, 1n << 40n, 1n << 200n]
      for (const by of new Set(steps.map(toField))) {
        if (by === 0n) continue
        this.try(one, { knob, ...at, by })
        if (!wanted()) return
      }
    }
  }

  /** Of a forgery, makes single wires what they are for the first of the honest inputs. */
  private restore(one: Case): void {
    if (this.left.length === 0) return
    const plain = this.plain(one)
    if (!plain) return
    const settings: Setting[] = []
    for (const knob of this.generator.knobs) {
      const [wires = [], places = []] = [this.generator.values.get(knob), this.generator.places.get(knob)]
      if (!knob.mutant || !this.left.includes(knob.mutant)) continue
      const off = wires.flatMap((wire, i): Setting[] => {
        const by = toField(this.honestValues.get(wire)! - plain.get(wire)!)
        return by === 0n ? [] : [{ knob, place: plain.get(places[i]!)!, by }]
      })
      settings.push(...spread(off, 2))
    }
    for (const setting of settings) {
      if (this.left.includes(setting.knob.mutant!)) this.try(one, setting)
    }
  }

  /**
   * Offsets at which one of the comparisons holds that are broken without, or with one; `undefined` where it
   * is of no use: a forgery of which nothing that is broken changes.
   */
  private probe(one: Case, setting: Omit<Setting, 'by'>): { balanced: bigint[] } | undefined {
    const [zero, more] = [0n, 1n].map((by) => this.differences(one, { ...setting, by })) as [
      Differences[],
      Differences[],
    ]
    const unchanged = zero.every((values, i) => [...values].every(([w, value]) => more[i]?.get(w) === value))
    if (!this.subject.honest.includes(one) && unchanged) return undefined
    const balanced: bigint[] = []
    for (const [i, without] of zero.entries()) {
      const by = more[i] ?? new Map<number, bigint>()
      for (const wire of new Set([...without.keys(), ...by.keys()].slice(0, TARGETS))) {
        const [a, b] = [without.get(wire) ?? 0n, by.get(wire) ?? 0n]
        if (a !== b && a !== 0n) balanced.push(toField(a * invertField(toField(a - b))))
      }
    }
    return { balanced }
  }

  /** Wires of all knobs for a case as it is; `undefined` where it has no witness. */
  private plain(one: Case): ReadonlyMap<number, bigint> | undefined {
    if (this.known?.of !== one) {
      const outcome = this.generator.run(one.inputs)
      const wires = [...this.generator.values.values(), ...this.generator.places.values()].flat()
      const values = outcome && new Map(wires.map((wire) => [wire, outcome.value(wire)]))
      this.known = { of: one, values }
    }
    return this.known!.values
  }

  /** By how much comparisons are off: as a case is, and as its public inputs are stated in the end. */
  private differences(one: Case, setting: Setting): Differences[] {
    const rounds: Differences[] = []
    this.reopened(one.inputs, setting, (outcome) => {
      const broken = outcome.broken.flatMap((zero) => this.generator.differences.get(zero) ?? [])
      rounds.push(new Map(broken.map((wire) => [wire, outcome.value(wire)])))
    })
    return rounds.length > 1 ? [rounds[0]!, rounds.at(-1)!] : rounds
  }

  /** Runs a case as it is, and again with its public inputs stated as they have to be. */
  private try(one: Case, setting?: Setting): void {
    this.reopened(one.inputs, setting, (outcome, inputs) => this.judge(one, outcome, inputs, setting))
  }

  private reopened(
    inputs: CircuitInputs,
    setting?: Setting,
    visit: (outcome: Outcome, inputs: CircuitInputs) => void = () => undefined,
  ): Outcome | undefined {
    let current = inputs
    for (let round = 0; ; round++) {
      const outcome = this.execute(current, setting)
      if (!outcome) return undefined
      visit(outcome, current)
      const stated: Record<string, bigint> = {}
      for (const [input, wire] of this.subject.openings ?? []) {
        // Elements of lists are private: they are stated when all that is public is.
        if (input.endsWith(']') && Object.keys(stated).length > 0) break
        const value = outcome.value(this.generator.wire(wire))
        if (elementAt(current, input) !== value) stated[input] = value
      }
      if (round === ROUNDS || Object.keys(stated).length === 0) return outcome
      current = tampered(current, stated)
    }
  }

  private execute(inputs: CircuitInputs, setting?: Setting): Outcome | undefined {
    this.runs++
    return this.generator.run(inputs, setting)
  }

  /** The mutants that leave out everything that is broken accept what the circuit refuses. */
  private judge(one: Case, outcome: Outcome, inputs: CircuitInputs, setting?: Setting): void {
    const [first, ...rest] = outcome.broken.map((wire) => this.generator.zeros.get(wire)!)
    if (!first) return
    for (const mutant of first) {
      if (this.kills.has(mutant) || !rest.every((others) => others.has(mutant))) continue
      const means = this.means(one, outcome, mutant, setting)
      this.kills.set(mutant, {
        ...{ means, subject: this.subject.name, label: one.label, inputs },
        ...(setting ? { setting } : {}),
      })
    }
  }

  private means(one: Case, outcome: Outcome, mutant: Mutant, setting?: Setting): Means {
    if (!setting || !this.subject.honest.includes(one)) return 'forgery'
    if (!ABSORBED.test(mutant.id)) return 'freedom'
    const expected = Object.entries(this.subject.challenges?.(one) ?? {})
    const other = expected.some(([name, value]) => outcome.value(this.points.get(name)!) !== value)
    return other ? 'transcript' : 'freedom'
  }
}

function elementAt(inputs: CircuitInputs, path: string): CircuitInput {
  const [name, ...indices] = path.replaceAll(']', '').split('[')
  return indices.reduce((input, i) => (input as CircuitInput[])[Number(i)]!, inputs[name!]!)
}

const isComparison = ({ kind }: Mutant) => kind === 'assertion' || kind === 'call'
