// biome-ignore lint/suspicious/noExplicitAny: walks files whose shape a test is there to break
type Json = any

/** A file with one of its values changed, or left out. */
export interface ChangedLeaf {
  path: string
  value: Json
}

/** Every way to change one value of a JSON file: another number, text or order, or the value left out. */
export function* changedLeaves(file: Json): Generator<ChangedLeaf> {
  for (const path of leavesOf(file)) {
    for (const [what, change] of Object.entries(CHANGES)) {
      const value = structuredClone(file)
      const holder = path.slice(0, -1).reduce((at: Json, key) => at[key], value)
      if (change(holder, path.at(-1)!)) yield { path: `${path.join('.')}: ${what}`, value }
    }
  }
}

const CHANGES: Record<string, (holder: Json, key: string) => boolean> = {
  another(holder, key) {
    holder[key] = other(holder[key])
    return true
  },
  'left out'(holder, key) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
    return true
  },
  'swapped with the next'(holder, key) {
    const next = `${Number(key) + 1}`
    if (!Array.isArray(holder) || !(next in holder)) return false
    const [a, b] = [holder[Number(key)], holder[Number(next)]]
    holder[Number(key)] = b
    holder[Number(next)] = a
    return JSON.stringify(a) !== JSON.stringify(b)
  },
}

/** Another value of the same kind: digits stay digits, hexadecimal stays so. */
function other(value: Json): Json {
  if (value === null) return { chainId: '1', contract: `0x${'11'.repeat(20)}` }
  if (typeof value === 'number') return value + 1
  if (/^[0-9]+$/.test(value)) return (BigInt(value) + 1n).toString()
  if (/^[0-9a-f]{64}$/.test(value)) return value.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))
  if (/^-?[0-9]+[.][0-9]+$/.test(value))
    return value.replace(/[0-9]$/, (d: string) => `${(Number(d) % 9) + 1}`)
  return `${value}x`
}

/** Where every single value of a file stands, empty lists and objects included. */
function leavesOf(value: Json, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [path]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}
