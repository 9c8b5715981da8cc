import { anonymousCall, dimensions, type Piece, piecesOf, splitTop } from './circom-statements.js'

/**
 * One thing that a mutant leaves out.
 *
 * - `assertion`: `A === B` is not compared
 * - `definition`: the target of `T <== E` may be anything
 * - `input`: so may one argument of a call, or one entry of a list that is absorbed
 * - `call`: a call without output, such as `Range(8)(x);`, is not made
 */
export interface Mutant {
  id: string
  kind: 'assertion' | 'definition' | 'input' | 'call'
  file: string
  /** For a call, the name of its component as the compiler gives it. */
  component?: string
}

/** Where a witness may be bent: a mutant's own wire, or a hint, which is any prover's to choose. */
export interface Knob {
  number: number
  /** The mutant that it takes; none for a hint. */
  mutant?: Mutant
  /** The signal that a hint is for. */
  hint?: string
}

export interface Instrumented {
  sources: Record<string, string>
  mutants: Mutant[]
  knobs: Knob[]
}

const KNOBS = 'knobs.circom'
/**
 * Marks in the compiled code of the values that a knob is set by; far from any number that a circuit holds.
 */
const marks = (base: bigint) => (knob: number) => base + BigInt(knob) * 0x1000000000000000000000001n
export const WHEN = marks(0x1f6b3c8d5a7e9f20416283a4c5e60718293a4b5c6d7e8f9012345678n << 16n)
export const WHERE = marks(0x17a8c9e0b1d2f3546576879809badcfe13579bdf02468ace11223344n << 16n)
export const BY = marks(0x0b9d8e7f60515243342516070819aabbccddeeff0f1e2d3c4b5a6978n << 16n)

/**
 * Rewrites circuit files so that one compilation stands for every mutant of them. A `===` becomes a wire that
 * has to be zero; each target of `<==`, and each argument of a call, gets an offset that has to be zero. A
 * witness of the rewritten circuit always exists; it is one of the circuit as it is where all these wires are
 * zero, and one of a mutant where all but the mutant's are.
 *
 * @param files their texts by bare name
 * @param whole of which files everything is rewritten; of the others, comparisons alone
 */
export function instrument(files: ReadonlyMap<string, string>, whole: readonly string[]): Instrumented {
  const result: Instrumented = { sources: {}, mutants: [], knobs: [] }
  const templates: string[] = []
  const pieces = new Map([...files].map(([file, text]) => [file, piecesOf(text)]))
  const outputs = outputsOf([...pieces.values()].flat())
  for (const [file, own] of pieces) {
    const rewriter = new Rewriter(file, whole.includes(file), result, templates, outputs)
    for (const piece of own) {
      rewriter.piece(piece.text, piece.kind === 'statement', piece.template)
    }
    result.sources[file] = rewriter.text
  }
  result.sources[KNOBS] = `pragma circom 2.2.2;\n${templates.join('\n')}\n`
  return result
}

/** Of a template, its parameters, and the dimensions of each output in terms of these. */
interface Outputs {
  parameters: string[]
  dimensions: Map<string, string[]>
}

function outputsOf(pieces: readonly Piece[]): Map<string, Outputs> {
  const found = new Map<string, Outputs>()
  const constants = new Map<string, string>()
  for (const { text, template } of pieces) {
    const head = /^template (\w+)\((.*)\) \{$/.exec(text)
    if (head) {
      found.set(head[1]!, { parameters: splitTop(head[2]!, ','), dimensions: new Map() })
      constants.clear()
    }
    const constant = /^var ([A-Z_]+) = (.*);$/.exec(text)
    if (constant) constants.set(constant[1]!, replaced(constant[2]!, constants))
    const output = /^signal output (\w+)((?:\[.*\])?)(?: <== .*)?;$/.exec(text)
    if (!output || template === undefined) continue
    const sizes = dimensions(output[2]!).map((size) => replaced(size, constants))
    found.get(template)!.dimensions.set(output[1]!, sizes)
  }
  return found
}

/** An expression with values in place of names. */
function replaced(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\w+/g, (name) => (values.has(name) ? `(${values.get(name)})` : name))
}

class Rewriter {
  text = ''
  private template: string | undefined
  private declared = new Map<string, string[]>()
  /** Of the blocks around a statement, what each loop counts with. */
  private readonly blocks: (string | undefined)[] = []
  private readonly seen = new Map<string, number>()
  /** Dimensions of the outputs of this template's components, by `component.output`. */
  private given = new Map<string, string[]>()

  constructor(
    private readonly file: string,
    private readonly whole: boolean,
    private readonly result: Instrumented,
    private readonly templates: string[],
    private readonly outputs: ReadonlyMap<string, Outputs>,
  ) {}

  piece(text: string, statement: boolean, template: string | undefined): void {
    if (template !== this.template) {
      this.template = template
      this.declared = new Map()
      this.given = new Map()
    }
    this.emit(statement ? this.statement(text.slice(0, -1)) : text)
    if (text.endsWith('{')) this.blocks.push(/^for \(var (\w+)/.exec(text)?.[1])
    if (text.endsWith('}')) this.blocks.pop()
    if (text.startsWith('pragma')) this.emit(`include "${KNOBS}";`)
  }

  /** The replacement of a statement; `emit` has taken what goes before it. */
  private statement(text: string): string {
    const declaration = /^(?:signal (?:input |output )?|var )(\w+)((?:\[.*?\](?=\[|\s|$))*)/.exec(text)
    if (declaration) this.declared.set(declaration[1]!, dimensions(declaration[2]!))
    const component = /^component (\w+) = (\w+)\((.*)\)$/.exec(text)
    if (component) this.component(component[1]!, component[2]!, splitTop(component[3]!, ','))
    const [left, right] = splitTop(text, '===')
    if (right !== undefined) return this.assertion(text, left!, right)
    const call = anonymousCall(text)
    if (call) this.call(text, call.template)
    if (!this.whole) return `${text};`
    const [target, value] = splitTop(text, '<==')
    if (value !== undefined) return this.definition(text, target!, value)
    const [hinted, hint] = splitTop(text, '<--')
    if (hint !== undefined) return this.hint(hinted!, hint)
    const [list, entries] = splitTop(text, '=')
    if (!/^var head\[/.test(list!)) return `${text};`
    const names = splitTop(entries!.slice(1, -1), ',').map((entry) => this.loosened(text, entry, []))
    return `${list} = [${names.join(', ')}];`
  }

  private component(name: string, template: string, args: string[]): void {
    const { parameters = [], dimensions = new Map<string, string[]>() } = this.outputs.get(template) ?? {}
    const values = new Map(parameters.map((parameter, i) => [parameter, args[i]!]))
    for (const [output, sizes] of dimensions) {
      this.given.set(
        `${name}.${output}`,
        sizes.map((size) => replaced(size, values)),
      )
    }
  }

  private assertion(text: string, left: string, right: string): string {
    const k = this.knob(this.mutant('assertion', text))
    this.templates.push(
      `template Check_${k}() { signal input violation; signal square <== violation * violation; }`,
    )
    return `Check_${k}()((${left}) - (${right}));`
  }

  private definition(text: string, target: string, value: string): string {
    if (value.startsWith('[')) return this.entries(text, target, value)
    const call = anonymousCall(value)
    const inner = call ? this.withArguments(text, call) : value
    const shape = this.shapeOfTarget(target, value)
    return `${target} <== ${this.wrap(this.knob(this.mutant('definition', text)), shape)(inner)};`
  }

  /** A list that a component takes whole, of which each entry may be anything. */
  private entries(text: string, target: string, list: string): string {
    const entries = splitTop(list.slice(1, -1), ',').map((entry, i) => {
      const k = this.knob(this.mutant('input', text, entry))
      return `${target}[${i}] <== ${this.wrap(k, [])(entry)};`
    })
    return entries.join(' ')
  }

  /**
   * A call whose arguments may each be anything; those in a list become signals of their own, as the language
   * wants it.
   */
  private withArguments(text: string, call: NonNullable<ReturnType<typeof anonymousCall>>): string {
    const args = call.args.map((argument) => {
      if (argument.startsWith('[')) {
        const entries = splitTop(argument.slice(1, -1), ',').map((entry) => this.loosened(text, entry, []))
        return `[${entries.join(', ')}]`
      }
      const shape = this.shapeOf(argument) ?? []
      return this.wrap(this.knob(this.mutant('input', text, argument)), shape)(argument)
    })
    return `${call.template}(${call.parameters})(${args.join(', ')})`
  }

  private loosened(text: string, entry: string, shape: string[]): string {
    const k = this.knob(this.mutant('input', text, entry))
    this.emit(`signal loose_${k} <== ${this.wrap(k, shape)(entry)};`)
    return `loose_${k}`
  }

  private hint(target: string, value: string): string {
    const k = this.result.knobs.length
    const name = /(\w+)(\[.*)?$/.exec(target.replace(/\[.*$/, ''))![1]!
    this.result.knobs.push({ number: k, hint: name })
    this.templates.push(
      `function HINT_${k}(value) { return value == ${WHEN(k)} ? value + ${BY(k)} : value; }`,
    )
    const shape = this.shapeOfTarget(target, value)
    if (shape.length === 0) return `${target} <-- HINT_${k}(${value});`
    this.emit(`${target};`)
    const i = `i_${k}`
    return `for (var ${i} = 0; ${i} < ${shape[0]}; ${i}++) { ${name}[${i}] <-- HINT_${k}(${value}[${i}]); }`
  }

  /** The compiler names the component of such a call after its line and its place in the file. */
  private call(text: string, template: string): void {
    const line = this.text.split('\n').length
    this.mutant('call', text).component = `${template}_${line}_${this.text.length}`
  }

  private mutant(kind: Mutant['kind'], text: string, part?: string): Mutant {
    const label = `${this.file}: ${text}${part === undefined ? '' : ` ‹${part}›`}`
    const count = (this.seen.get(label) ?? 0) + 1
    this.seen.set(label, count)
    const mutant: Mutant = { id: count > 1 ? `${label} (${count})` : label, kind, file: this.file }
    this.result.mutants.push(mutant)
    return mutant
  }

  private knob(mutant: Mutant): number {
    return this.result.knobs.push({ number: this.result.knobs.length, mutant }) - 1
  }

  /** The call of a template that hands its input on, plus an offset. */
  private wrap(k: number, shape: string[]): (value: string) => string {
    this.templates.push(
      `template Loose_${k}() {
        signal input in;
        signal input place;
        signal output out;
        signal value <-- in;
        signal shown <-- place;
        signal kept <== value * shown;
        signal offset <-- value == ${WHEN(k)} || place == ${WHERE(k)} ? ${BY(k)} : 0;
        out <== in + offset;
      }`,
    )
    const outer = this.loops.reduce((sum, index) => `(${sum}) * 1000 + ${index}`, '1')
    if (shape.length === 0) return (value) => `Loose_${k}()(${value}, ${outer})`
    const sizes = shape.map((_, d) => `N${d}`)
    const brackets = sizes.map((size) => `[${size}]`).join('')
    const index = sizes.map((_, d) => `[i${d}]`).join('')
    const place = sizes.reduce((sum, size, d) => `(${sum}) * ${size} + i${d}`, 'outer')
    this.templates.push(
      `template Loosen_${k}(${sizes.join(', ')}) {
        signal input in${brackets};
        signal input outer;
        signal output out${brackets};
        ${sizes.map((size, d) => `for (var i${d} = 0; i${d} < ${size}; i${d}++) {`).join(' ')}
          out${index} <== Loose_${k}()(in${index}, ${place});
        ${'}'.repeat(sizes.length)}
      }`,
    )
    return (value) => `Loosen_${k}(${shape.join(', ')})(${value}, ${outer})`
  }

  /**
   * The dimensions that are left of a signal or variable of this template, or of an output of one of its
   * components.
   */
  private shapeOf(path: string): string[] | undefined {
    const match = /^(\w+(?:\.\w+)?)((?:\[.*\])?)$/.exec(path)
    const declared = match ? (this.declared.get(match[1]!) ?? this.given.get(match[1]!)) : undefined
    return declared?.slice(dimensions(match![2]!).length)
  }

  private shapeOfTarget(target: string, value: string): string[] {
    const name = target.replace(/^signal (input |output )?/, '')
    const declares = name !== target
    if (declares) return this.declared.get(/^\w+/.exec(name)![0]) ?? []
    return this.shapeOf(name) ?? this.shapeOf(value) ?? []
  }

  private get loops(): string[] {
    return this.blocks.filter((name) => name !== undefined)
  }

  private emit(text: string): void {
    this.text += `${text}\n`
  }
}
