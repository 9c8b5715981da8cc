import { ArtifactError, InputError, StatementError } from '../errors/index.js'
import {
  type CircuitInputs,
  ELEMENT_BYTES,
  FIELD_ORDER,
  isFieldElement,
  readLittleEndian,
  writeLittleEndian,
} from '../field/index.js'
import type { InputShape } from './symbols.js'

const WORDS = ELEMENT_BYTES / 4
/**
 * Before the elements in a `wtns` file: its start, section 1 with the field and the count, section 2's head.
 */
const WTNS_HEAD = 12 + (12 + 4 + ELEMENT_BYTES + 4) + 12

/**
 * The full witness of a circuit in iden3's `wtns` format, version 2. It holds every private value: nothing
 * writes it to disk, and the caller drops it when the proof is made. What calculated it is wiped.
 *
 * @param code what circom made of the circuit
 * @throws {InputError} `WITNESS_INPUTS` when a signal is missing, unknown, of another shape, or not in the
 * field.
 * @throws {StatementError} `WITNESS_REJECTED` when the inputs do not satisfy the circuit.
 */
export function witnessOf(
  code: WebAssembly.Module,
  shapes: readonly InputShape[],
  inputs: CircuitInputs,
): Uint8Array {
  const flat = flattenInputs(shapes, inputs)
  const trace: string[] = []
  const { call, memory } = calculator(code, trace)
  try {
    call.init(0)
    for (const [name, values] of flat) {
      const [high, low] = nameHash(name)
      for (const [i, value] of values.entries()) {
        for (let word = 0; word < WORDS; word++) {
          call.writeSharedRWMemory(word, Number(BigInt.asUintN(32, value >> BigInt(32 * word))))
        }
        call.setInputSignal(high, low, i)
      }
    }
    return writeWitness(call)
  } catch (error) {
    if (error instanceof CircuitFault) throw error.reason(trace)
    throw error
  } finally {
    new Uint8Array(memory.buffer).fill(0)
  }
}

/** The elements' bytes in a witness, wire 0 first: a view of it. */
export function witnessBytes(wtns: Uint8Array): Uint8Array {
  return wtns.subarray(WTNS_HEAD)
}

/**
 * Refuses a file that is no witness in the `wtns` format over BN254, version 2.
 *
 * @throws {InputError} `WITNESS_FORMAT`
 */
export function assertWitness(wtns: Uint8Array): void {
  const wires = (wtns.length - WTNS_HEAD) / ELEMENT_BYTES
  const fits = Number.isInteger(wires) && wires > 0 && witnessHead(wires).every((byte, i) => wtns[i] === byte)
  if (!fits) {
    throw new InputError('WITNESS_FORMAT', 'not a witness in the wtns format over BN254', {
      hint: 'Give the file that the witness calculator of this circuit wrote.',
    })
  }
}

/** The witness's field elements, wire 0 first. */
export function witnessElements(wtns: Uint8Array): bigint[] {
  const count = (wtns.length - WTNS_HEAD) / ELEMENT_BYTES
  return Array.from({ length: count }, (_, wire) => readLittleEndian(wtns, WTNS_HEAD + wire * ELEMENT_BYTES))
}

/** Every input in the circuit's order, checked and flat. No message says a value. */
export function flattenInputs(shapes: readonly InputShape[], inputs: CircuitInputs): [string, bigint[]][] {
  const unknown = Object.keys(inputs).find((name) => !shapes.some((shape) => shape.name === name))
  if (unknown !== undefined) throw inputError(unknown, 'is not an input of the circuit')
  return shapes.map(({ name, shape }) => {
    if (!Object.hasOwn(inputs, name)) throw inputError(name, 'is missing')
    const values: bigint[] = []
    const collect = (input: unknown, depth: number): void => {
      const length = shape[depth]
      if (length === undefined) {
        if (typeof input !== 'bigint') throw inputError(name, shapeMessage(shape))
        if (!isFieldElement(input)) throw inputError(name, 'has a value outside [0, field order)')
        values.push(input)
      } else {
        if (!Array.isArray(input) || input.length !== length) throw inputError(name, shapeMessage(shape))
        for (const element of input) collect(element, depth + 1)
      }
    }
    collect(inputs[name], 0)
    return [name, values]
  })
}

function shapeMessage(shape: readonly number[]): string {
  return shape.length ? `must be an array of ${shape.join(' × ')} bigints` : 'must be one bigint'
}

function inputError(name: string, why: string): InputError {
  return new InputError('WITNESS_INPUTS', `the signal "${name}" ${why}`)
}

/** Error numbers of circom's generated code. */
const FAULTS: Record<number, string> = {
  1: 'signal not found',
  2: 'too many signals set',
  3: 'signal set twice',
  4: 'assert failed',
  5: 'not enough memory',
  6: 'array index out of range',
}
const ASSERT_FAILED = 4

class CircuitFault extends Error {
  constructor(readonly fault: number) {
    super(FAULTS[fault] ?? 'unknown fault')
  }

  /** `trace` are circom's lines such as `Error in template Leaf_3 line: 12`, the innermost first. */
  reason(trace: readonly string[]): Error {
    const places = trace.flatMap((line) => {
      const match = /template (\w+?)(?:_\d+)? line: (\d+)/.exec(line)
      return match ? [`${match[1]} (line ${match[2]})`] : []
    })
    const where = places.length ? ` in ${places.join(', in ')}` : ''
    if (this.fault !== ASSERT_FAILED) return new ArtifactError('WITNESS_FAULT', `${this.message}${where}`)
    return new StatementError('WITNESS_REJECTED', `the inputs do not satisfy the circuit${where}`)
  }
}

/** An instance of a circuit's code, and the memory that it has for itself. */
interface Calculator {
  call: Record<
    | 'init'
    | 'setInputSignal'
    | 'readSharedRWMemory'
    | 'writeSharedRWMemory'
    | 'getWitnessSize'
    | 'getWitness'
    | 'getMessageChar',
    (...values: number[]) => number
  >
  memory: WebAssembly.Memory
}

function calculator(module: WebAssembly.Module, trace: string[]): Calculator {
  const message = () => {
    let text = ''
    for (let char = call.getMessageChar(); char !== 0; char = call.getMessageChar())
      text += String.fromCharCode(char)
    return text
  }
  const instance = new WebAssembly.Instance(module, {
    runtime: {
      exceptionHandler: (fault: number) => {
        throw new CircuitFault(fault)
      },
      printErrorMessage: () => trace.push(message()),
      // Log output of a circuit may be private: it is read, as circom expects, and dropped.
      writeBufferMessage: message,
      showSharedRWMemory: () => undefined,
    },
  })
  const call = instance.exports as unknown as Calculator['call']
  const { memory } = instance.exports as unknown as Pick<Calculator, 'memory'>
  return { call, memory }
}

function writeWitness(call: Calculator['call']) {
  const wires = call.getWitnessSize()
  const bytes = new Uint8Array(WTNS_HEAD + wires * ELEMENT_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(witnessHead(wires))
  for (let wire = 0; wire < wires; wire++) {
    call.getWitness(wire)
    for (let word = 0; word < WORDS; word++) {
      view.setUint32(WTNS_HEAD + wire * ELEMENT_BYTES + 4 * word, call.readSharedRWMemory(word), true)
    }
  }
  return bytes
}

/** What stands before the elements of a witness. */
function witnessHead(wires: number): Uint8Array {
  const bytes = new Uint8Array(WTNS_HEAD)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('wtns'))
  view.setUint32(4, 2, true)
  view.setUint32(8, 2, true)
  view.setUint32(12, 1, true)
  view.setBigUint64(16, BigInt(4 + ELEMENT_BYTES + 4), true)
  view.setUint32(24, ELEMENT_BYTES, true)
  writeLittleEndian(FIELD_ORDER, bytes, 28)
  view.setUint32(60, wires, true)
  view.setUint32(64, 2, true)
  view.setBigUint64(68, BigInt(wires * ELEMENT_BYTES), true)
  return bytes
}

/** FNV-1a of a signal's name, as circom's generated code looks it up: high and low word. */
function nameHash(name: string): [number, number] {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(name)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return [Number(hash >> 32n), Number(BigInt.asUintN(32, hash))]
}
