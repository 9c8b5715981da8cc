import fc from 'fast-check'

/** A file that somebody has changed in one or two places. */
export interface Mutant {
  /** The change, for a message. */
  how: string
  bytes: Buffer
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Path = (string | number)[]

/** Values of every kind that a reader could trip over, or take for another. */
export const STRANGE: Json[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 32, Number.MAX_SAFE_INTEGER, 1e21],
  ...['', ' ', 'x', '0', '-0', '-1', '00', '1.0', '1e3', '0x1f', '+1', '.5', '5.', '٤٢', '1_000', '1,000'],
  ...['9'.repeat(77), '9'.repeat(400), '-'.repeat(70), `0.${'1'.repeat(80)}`],
  // The order of the scalar field and of the base field of BN254, and the number before each.
  '21888242871839275222246405745257275088548364400416034343698204186575808495616',
  '21888242871839275222246405745257275088548364400416034343698204186575808495617',
  '21888242871839275222246405745257275088696311157297823662689037894645226208582',
  '21888242871839275222246405745257275088696311157297823662689037894645226208583',
  ...[
    '\u0000',
    '\u001b[2J\u001b[HVALID',
    '\u009b31m',
    '\u202eDILAV',
    'a\u200bb',
    '\ufeff',
    '\ud800',
    'e\u0301',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    'ledger-tiny',
    'margin-4',
  ],
  ...[[], [[]], {}, { '': '' }, { length: 1 }, { constructor: {} }],
]

/** Bytes that mean something to a parser of text. */
const BYTES = [0x00, 0x0a, 0x0d, 0x1b, 0x22, 0x2c, 0x2d, 0x30, 0x5c, 0x5d, 0x7b, 0x80, 0xc0, 0xe2, 0xef, 0xff]

/** A file in which some of its bytes are others, gone, twice or in another place. */
export function byteMutants(original: Buffer): fc.Arbitrary<Mutant> {
  const size = original.length
  return fc
    .record({
      kind: fc.constantFrom('flip', 'set', 'insert', 'remove', 'repeat', 'cut', 'move'),
      at: fc.nat(Math.max(size - 1, 0)),
      length: fc.oneof(
        fc.constant(1),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: size || 1 }),
      ),
      bit: fc.nat(7),
      byte: fc.constantFrom(...BYTES),
      to: fc.nat(size),
    })
    .map(({ kind, at, length, bit, byte, to }) => {
      const [before, part, after] = [
        original.subarray(0, at),
        original.subarray(at, at + length),
        original.subarray(at + length),
      ]
      const own = original[at] ?? 0
      const rest = original.subarray(at + 1)
      const bytes = {
        flip: () => [before, Buffer.of(own ^ (1 << bit)), rest],
        set: () => [before, Buffer.of(byte), rest],
        insert: () => [before, Buffer.of(byte), part, after],
        remove: () => [before, after],
        repeat: () => [before, part, part, after],
        cut: () => [before],
        move: () => {
          const without = Buffer.concat([before, after])
          return [without.subarray(0, to), part, without.subarray(to)]
        },
      }[kind]()
      return { how: `${kind} at byte ${at}`, bytes: Buffer.concat(bytes) }
    })
}

/** A JSON file in which one value, or two, are others, gone, twice or in another place. */
export function jsonMutants(original: Buffer): fc.Arbitrary<Mutant> {
  const value = JSON.parse(original.toString()) as Json
  const paths = pathsIn(value)
  const change = fc.record({
    kind: fc.constantFrom(
      ...(['strange', 'strange', 'near', 'near', 'near', 'remove', 'repeat', 'rename', 'add'] as const),
      ...(['swap', 'copy', 'wrap', 'reverse', 'deep'] as const),
    ),
    at: fc.nat(paths.length - 1),
    other: fc.nat(paths.length - 1),
    strange: fc.constantFrom(...STRANGE),
    near: fc.nat(NEAR.length - 1),
    position: fc.nat(1000),
  })
  return fc.array(change, { minLength: 1, maxLength: 2, size: 'max' }).map((changes) => {
    let mutant = structuredClone(value)
    const how: string[] = []
    for (const { kind, at, other, strange, near, position } of changes) {
      const path = paths[at]!
      const here = get(mutant, path)
      if (here === undefined) continue
      how.push(`${kind} ${path.join('.')}`)
      if (kind === 'strange') mutant = set(mutant, path, structuredClone(strange))
      else if (kind === 'near') mutant = set(mutant, path, nearTo(here, near, position))
      else if (kind === 'remove') mutant = remove(mutant, path)
      else if (kind === 'copy')
        mutant = set(mutant, path, structuredClone(get(mutant, paths[other]!) ?? null))
      else if (kind === 'wrap') mutant = set(mutant, path, [here])
      else if (kind === 'deep') mutant = set(mutant, path, nested(here, 80))
      else if (kind === 'reverse' && Array.isArray(here)) mutant = set(mutant, path, here.toReversed())
      else if (kind === 'repeat' && Array.isArray(here))
        mutant = set(mutant, path, [...here, ...here.slice(-1)])
      else if (kind === 'swap') {
        const there = get(mutant, paths[other]!)
        if (there !== undefined && !within(path, paths[other]!)) {
          mutant = set(set(mutant, path, structuredClone(there)), paths[other]!, structuredClone(here))
        }
      } else if (typeof here === 'object' && here !== null && !Array.isArray(here)) {
        if (kind === 'add') mutant = set(mutant, path, { ...here, [String(strange)]: strange })
        const [first, ...others] = Object.entries(here)
        if (kind === 'rename' && first) {
          mutant = set(mutant, path, Object.fromEntries([[`${first[0]}x`, first[1]], ...others]))
        }
      }
    }
    return { how: how.join(', '), bytes: Buffer.from(JSON.stringify(mutant)) }
  })
}

/** Each text leaf of a JSON file, for a reader of a private file to keep silent about. */
export function textsIn(bytes: Buffer): string[] {
  try {
    const value = JSON.parse(bytes.toString()) as Json
    return pathsIn(value)
      .map((path) => get(value, path))
      .filter((leaf) => typeof leaf === 'string')
  } catch {
    return []
  }
}

/** Near misses: one more, another digit, another case, the same number modulo the field's order. */
const NEAR: ((text: string, position: number) => Json)[] = [
  (text, at) => replaced(text, at, (char) => (char === '7' ? '8' : '7')),
  (text) => (/^\d+$/.test(text) ? String(BigInt(text) + 1n) : `${text}1`),
  (text) => (/^\d+$/.test(text) ? String(BigInt(text) + FIELD) : `${text} `),
  (text) => (/^\d+$/.test(text) && BigInt(text) > 0n ? String(BigInt(text) - 1n) : text.slice(0, -1)),
  (text) => `-${text}`,
  (text) => `0${text}`,
  (text) => (text.includes('.') ? `${text}0` : `${text}.0`),
  (text) => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()),
  (text) => text.slice(1),
  (text) => text + text,
  (text) => Number(text),
]
const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n

function nearTo(value: Json, near: number, position: number): Json {
  if (typeof value === 'string') return NEAR[near]!(value, position)
  if (typeof value === 'number') return [value + 1, value - 1, -value, String(value), value * 1000][near % 5]!
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value)) return value.slice(near % 2, value.length - (1 - (near % 2)))
  if (value === null) return {}
  const entries = Object.entries(value)
  return Object.fromEntries(entries.slice(0, -1))
}

function replaced(text: string, position: number, by: (char: string) => string): string {
  if (text === '') return '7'
  const at = position % text.length
  return text.slice(0, at) + by(text[at]!) + text.slice(at + 1)
}

function nested(value: Json, depth: number): Json {
  return depth === 0 ? value : [nested(value, depth - 1)]
}

/** Every place in a value, its own root first. */
function pathsIn(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value) ? value.entries() : Object.entries(value)
  return [path, ...[...inner].flatMap(([key, each]) => pathsIn(each, [...path, key]))]
}

function get(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string | number, Json>)[key]
        : undefined,
    value,
  )
}

function set(value: Json, path: Path, to: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return to
  if (typeof value !== 'object' || value === null) return value
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, Json>
  if (Object.hasOwn(copy, key)) copy[key] = set(copy[key]!, rest, to)
  return copy as Json
}

function remove(value: Json, path: Path): Json {
  const parent = path.slice(0, -1)
  const key = path.at(-1)
  const holder = key === undefined ? undefined : get(value, parent)
  if (Array.isArray(holder)) return set(value, parent, holder.toSpliced(Number(key), 1))
  if (typeof holder !== 'object' || holder === null) return value
  return set(value, parent, Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key)))
}

/** Whether one place lies in the other. */
function within(a: Path, b: Path): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.every((key, i) => long[i] === key)
}
