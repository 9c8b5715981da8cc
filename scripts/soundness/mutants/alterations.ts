import { elementsOf, tampered } from '../bench/tamper.js'
import type { Case } from './search.js'

/** Of each signal, how many elements are changed. */
const ELEMENTS = 4

/** Some of a list: its first, its last, and what is between. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list]
  const step = (list.length - 1) / (count - 1)
  return Array.from({ length: count }, (_, i) => list[Math.round(i * step)]!)
}

/** Inputs with one element changed, or two that stand side by side; of each signal, some of its elements. */
export function* alterations({ label, inputs }: Case): Iterable<Case> {
  const bySignal = new Map<string, [string, bigint][]>()
  for (const element of elementsOf(inputs)) {
    const signal = element[0].replace(/\[.*$/, '')
    bySignal.set(signal, [...(bySignal.get(signal) ?? []), element])
  }
  for (const elements of bySignal.values()) {
    for (const at of spread(
      elements.map((_, i) => i),
      ELEMENTS,
    )) {
      const [path, value] = elements[at]!
      const changes: [string, Record<string, bigint>][] = [
        ['one more', { [path]: value + 1n }],
        ['one less', { [path]: value - 1n }],
        ['two', { [path]: 2n }],
        ['nothing', { [path]: 0n }],
        ['minus one', { [path]: -1n }],
        ['2^64', { [path]: 1n << 64n }],
        ['2^96', { [path]: 1n << 96n }],
        ['2^128 less', { [path]: value - (1n << 128n) }],
        ['another number', { [path]: (value + 3n) ** 11n }],
      ]
      const next = elements[at + 1]
      if (next) {
        changes.push(
          ['exchanged with the next', { [path]: next[1], [next[0]]: value }],
          ['two more, and the next one less', { [path]: value + 2n, [next[0]]: next[1] - 1n }],
          ['one more, and the next one less', { [path]: value + 1n, [next[0]]: next[1] - 1n }],
        )
      }
      for (const [how, change] of changes) {
        yield { label: `${label}, ${path}: ${how}`, inputs: tampered(inputs, change) }
      }
    }
  }
}
