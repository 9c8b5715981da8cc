import type { Manifest } from './manifest-schema.js'

/** Where two manifests differ beside their targets, by name; empty when both are of the same books. */
export function differentBooks(one: Manifest, other: Manifest): string[] {
  const [a, b] = [fieldsOf(one), fieldsOf(other)]
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name))
}

/** The fields of a manifest but its target as JSON, by their paths; those of keys and parts one by one. */
function fieldsOf({ target: _, keys, parts, ...rest }: Manifest): Map<string, string> {
  const inside = Object.entries({ keys, parts }).flatMap(([name, list]) =>
    Object.entries(list).flatMap(([own, fields]) =>
      Object.entries(fields).map(([field, value]) => [`${name}.${own}.${field}`, value] as const),
    ),
  )
  return new Map([...Object.entries(rest), ...inside].map(([name, value]) => [name, JSON.stringify(value)]))
}

/** What an epoch is made for, in words. */
export function targetWords({ target }: Pick<Manifest, 'target'>): string {
  return target === null ? 'no chain' : `${target.contract} on chain ${target.chainId}`
}
