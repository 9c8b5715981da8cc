/**
 * What a margin rule puts under the risk root, for the independent verifier: written from docs/epoch-format.md
 * alone, like the rest of it.
 */
import { createHash } from 'node:crypto'

// biome-ignore lint/suspicious/noExplicitAny: what a stranger's file holds is checked where it is used
type Json = any

/** The arithmetic that it shares with the rest of the verifier. */
export interface Hashes {
  poseidon(inputs: bigint[], tag: bigint): bigint
  sponge(tag: bigint, elements: bigint[]): bigint
  scaled(text: string, decimals: number): bigint
  mod(x: bigint): bigint
  /** Root of the tree over rows, by their numbers. */
  rowsRoot(leaves: ReadonlyMap<number, bigint>): bigint
}

const TAG = { row: 18n, lines: 19n, requirement: 20n, root: 22n, shape: 23n, multiple: 25n } as const
const REQUIREMENTS = 4
const SCENARIOS = 33
const SUMS = 6
const FACTOR_BITS = 40n

const at = (value: number | bigint, bit: number): bigint => BigInt(value) << BigInt(bit)
const packed = (factors: bigint[]): bigint[] =>
  Array.from({ length: Math.ceil(factors.length / 6) }, (_, i) =>
    factors.slice(6 * i, 6 * i + 6).reduce((sum, f, j) => sum + (f << (FACTOR_BITS * BigInt(j))), 0n),
  )
const repeated = (numbers: bigint[]): bigint[] =>
  Array.from({ length: SCENARIOS }, (_, s) => numbers[s] ?? numbers.at(-1) ?? 0n)

/** m₁ … m₄ of a table with a rule; `numbers` are those of its instruments, by symbol. */
export function marginRoots(rule: Json, numbers: ReadonlyMap<string, number>, hashes: Hashes): bigint[] {
  return Array.from({ length: REQUIREMENTS }, (_, r) =>
    rule.requirements[r] === undefined ? 0n : requirementOf(rule, r, numbers, hashes).root,
  )
}

/** What is asked where a requirement of a rule is asked once: its digest at a multiple of one. */
export function onceOver(
  rule: Json,
  name: string,
  numbers: ReadonlyMap<string, number>,
  hashes: Hashes,
): bigint {
  const index = rule.requirements.findIndex((requirement: Json) => requirement.name === name)
  return hashes.poseidon([requirementOf(rule, index, numbers, hashes).stated, 10n ** 9n], TAG.multiple)
}

function requirementOf(
  rule: Json,
  index: number,
  numbers: ReadonlyMap<string, number>,
  { poseidon, sponge, scaled, mod, rowsRoot }: Hashes,
): { root: bigint; stated: bigint } {
  const requirement = rule.requirements[index]
  const decimals = new Map<string, number>(rule.instruments.map((i: Json) => [i.symbol, i.decimals]))
  const unit = (symbol: string, text: string) => scaled(text, rule.valueDecimals - decimals.get(symbol)!)
  const whole = (text: string) => scaled(text, rule.valueDecimals)
  const factor = (text: string) => scaled(text, 9)
  const sums: string[] = [
    ...new Set<string>([
      ...(requirement.worst?.sums ?? []),
      ...requirement.charges.map((c: Json) => c.sum as string),
    ]),
  ]
  const scenarios: Json[] = rule.scan?.scenarios ?? []

  const groups = new Map<string, { key: bigint; members: Json[]; flat: Json[] }>()
  for (const [i, { name, sum, gain, loss, members, flat }] of (rule.scan?.groups ?? []).entries()) {
    // A group counts where the requirement names its sum, or where it has none and losses are netted.
    if (sum === undefined ? requirement.worst === undefined : !sums.includes(sum)) continue
    const place = sum === undefined ? 0 : sums.indexOf(sum) + 1
    const key = at(i + 1, 0) + at(place, 16) + at(factor(gain), 20) + at(factor(loss), 60)
    groups.set(name, { key, members, flat })
  }

  const lines = new Map<string, bigint[][]>(rule.instruments.map((i: Json) => [i.symbol, []]))
  const choices = new Map<string, number>()
  const exposures = new Map<string, number>()
  const add = (choice: string, code: number, group: bigint, list: Json[], cap: bigint) => {
    if (!choices.has(choice)) choices.set(choice, choices.size)
    const exposure = exposures.get(choice) ?? 0
    exposures.set(choice, exposure + 1)
    for (const [i, { constant, terms, branch }] of list.entries()) {
      const key =
        at(i, 0) +
        at(exposure, 8) +
        at(choices.get(choice)!, 16) +
        at(branch === 0 ? 1 : 0, 32) +
        at(branch === 1 ? 1 : 0, 33) +
        at(code, 34) +
        at(BigInt.asUintN(20, group), 38) +
        at(cap - whole(constant), 58)
      for (const { symbol, long, short } of terms) {
        const sides = [unit(symbol, long), unit(symbol, short)]
        if (sides.some((side) => side !== 0n)) lines.get(symbol)!.push([key, ...sides.map(mod)])
      }
    }
  }
  for (const { name, choice, adds, lines: list } of rule.exposures) {
    const named = groups.get(adds.raises ?? adds.bounds)
    const code = adds.sum !== undefined ? sums.indexOf(adds.sum) : adds.raises !== undefined ? 7 : 8
    if (adds.sum !== undefined ? code < 0 : named === undefined) continue
    add(choice === undefined ? `exposure ${name}` : `choice ${choice}`, code, named?.key ?? 0n, list, 0n)
  }
  for (const { name, cap, lines: list } of rule.limits) add(`limit ${name}`, 6, 0n, list, whole(cap))

  const rows = rule.instruments.map(({ symbol, value }: Json): [number, bigint] => {
    const of = (kind: 'members' | 'flat') =>
      [...groups.values()].find((group) => group[kind].some((m) => m.symbol === symbol))
    const entry = (kind: 'members' | 'flat') => of(kind)?.[kind].find((m) => m.symbol === symbol)
    const changes = (entry('members')?.changes ?? []).map((text: string) => unit(symbol, text))
    const flat = entry('flat') === undefined ? 0n : unit(symbol, entry('flat').change)
    const own = lines.get(symbol)!
    let chain = 0n
    for (let i = 0; i < own.length; i += 4) {
      const link = [0, 1, 2, 3].flatMap((j) => own[i + j] ?? [0n, 0n, 0n])
      chain = poseidon([chain, ...link], TAG.lines)
    }
    const digest = sponge(TAG.row, [
      ...[unit(symbol, value.long), unit(symbol, value.short)].map(mod),
      ...[of('members')?.key ?? 0n, of('flat')?.key ?? 0n],
      ...[flat, ...repeated(changes)].map(mod),
      chain,
    ])
    return [numbers.get(symbol)!, digest]
  })

  const name = (text: string): bigint => {
    const bytes = Buffer.from(text, 'utf8')
    const pieces = Array.from({ length: Math.ceil(bytes.length / 31) }, (_, i) =>
      BigInt(`0x${bytes.subarray(31 * i, 31 * i + 31).toString('hex')}`),
    )
    return sponge(TAG.shape, [BigInt(bytes.length), ...pieces])
  }
  const names = (list: string[]) => [BigInt(list.length), ...list.map(name)]
  const shape = sponge(TAG.shape, [
    ...[rule.model, requirement.name, rule.quote].map(name),
    BigInt(rule.valueDecimals),
    ...names(sums),
    ...names(scenarios.map((s) => s.name)),
  ])
  const charge = (sum: string) =>
    requirement.charges
      .filter((c: Json) => c.sum === sum)
      .reduce((total: bigint, c: Json) => total + factor(c.factor), 0n)
  const stated = sponge(TAG.requirement, [
    ...[BigInt(index), shape, mod(whole(requirement.threshold))],
    requirement.worst === undefined ? 0n : factor(requirement.worst.factor),
    sums.reduce((bits, sum, k) => bits + at(requirement.worst?.sums.includes(sum) ? 1 : 0, k), 0n),
    ...Array.from({ length: SUMS }, (_, k) => (sums[k] === undefined ? 0n : charge(sums[k]))),
    ...packed(repeated(scenarios.map((s) => factor(s.gain)))),
    ...packed(repeated(scenarios.map((s) => factor(s.loss)))),
  ])
  const text = createHash('sha256')
    .update(`${JSON.stringify(rule, null, 1)}\n`, 'utf8')
    .digest('hex')
  return { root: poseidon([rowsRoot(new Map(rows)), stated, BigInt(`0x${text}`) >> 8n], TAG.root), stated }
}
