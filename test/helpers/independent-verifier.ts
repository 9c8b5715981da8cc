/**
 * A verifier of epochs that shares no line with this project's own: written from docs/epoch-format.md alone,
 * on circomlibjs's Poseidon, snarkjs's Groth16, Node's SHA-256 and viem's Keccak. It takes epochs without
 * evidence: it says nothing of what addresses show.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { buildPoseidonReference } from 'circomlibjs'
import * as snarkjs from 'snarkjs'
import { encodeAbiParameters, encodePacked, keccak256 } from 'viem'
import { type Hashes, marginRoots, onceOver } from './independent-margin.js'

// biome-ignore lint/suspicious/noExplicitAny: what a stranger's file holds is checked where it is used
type Json = any

const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n
const TAG = {
  sponge: 1n,
  state: 7n,
  risk: 10n,
  values: 11n,
  row: 12n,
  policy: 14n,
  rows: 17n,
  terms: 33n,
} as const
const KINDS = ['spot', 'stablecoin', 'perp', 'future', 'option']
const SIGNALS = {
  ledger: ['stateBefore', 'stateAfter'],
  solvency: [
    ...['firstState', 'state', 'accountsRoot', 'riskRoot', 'reservesCommitment', 'policy', 'context'],
    ...['timestamp', 'point', 'tableAtPoint'],
  ],
  liquidation: ['accountsRoot', 'riskRoot', 'requirement', 'policy', 'movement', 'nullifier', 'context'],
}
/** The circuits that ship, by their instances' names. */
const CIRCUITS: Json = JSON.parse(
  readFileSync(new URL('../../circuits/instances.json', import.meta.url), 'utf8'),
)

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
const mod = (x: bigint): bigint => ((x % R) + R) % R

const reference = buildPoseidonReference()
let poseidon: (inputs: bigint[], tag?: bigint) => bigint

/** P(tag; count, e…), then P(1; h, e…), fifteen elements at a time. */
function sponge(tag: bigint, elements: bigint[]): bigint {
  let h = poseidon([BigInt(elements.length), ...elements.slice(0, 15)], tag)
  for (let i = 15; i < elements.length; i += 15) h = poseidon([h, ...elements.slice(i, i + 15)], TAG.sponge)
  return h
}

/** A decimal text times 10^decimals; it has to be whole. */
function scaled(text: string, decimals: number): bigint {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text)
  if (!match) throw new Error(`not a decimal: ${text}`)
  const [, sign, whole, fraction = ''] = match
  const padded = fraction.padEnd(Math.max(decimals, 0), '0')
  const digits = whole! + padded
  if (fraction.length > decimals && /[1-9]/.test(fraction.slice(Math.max(decimals, 0))))
    throw new Error('too fine')
  const value = BigInt(decimals < 0 ? 0 : digits.slice(0, whole!.length + decimals))
  return sign ? -value : value
}

const textElement = (text: string): bigint => BigInt(`0x${Buffer.from(text, 'utf8').toString('hex') || '0'}`)
const triples = (values: bigint[]): bigint[] =>
  Array.from({ length: Math.ceil(values.length / 3) }, (_, i) =>
    values.slice(3 * i, 3 * i + 3).reduce((sum, value, j) => sum + (value << BigInt(64 * j)), 0n),
  )

/** What a verifier takes from a risk table. */
interface Table {
  marks: bigint[]
  scenarios: { name: bigint; requirement: boolean; values: bigint[] }[]
  layout: bigint
  root: bigint
  spots: Json[]
  /** Numbers of its instruments, by symbol. */
  numbers: ReadonlyMap<string, number>
}

/** The table's values in the order of circuits, and its root. */
function tableOf(risk: Json, sizes: Json): Table {
  const { spots: S, derivatives: D, tiers: T, scenarios: K } = sizes
  const unit = (text: string, row: Json) => scaled(text, risk.valueDecimals - row.decimals)
  const kindOf = (row: Json) =>
    row.tier !== undefined ? 1 : row.kind === 'spot' || row.kind === 'stablecoin' ? 0 : 2
  const [spots, tiers, derivatives] = [0, 1, 2].map((kind) =>
    risk.instruments.filter((row: Json) => kindOf(row) === kind),
  ) as [Json[], Json[], Json[]]
  if (spots.length > S || tiers.length > T || derivatives.length > D || risk.scenarios.length > K)
    throw new Error('too many rows')
  const padded = (rows: Json[], length: number) => Array.from({ length }, (_, i) => rows[i])
  const all = [...padded(spots, S), ...padded(derivatives, D)]
  const marks = all.map((row) => (row ? unit(row.mark, row) : 0n))
  const scenarios = padded(risk.scenarios, K).map((scenario: Json) => ({
    name: textElement(scenario?.name ?? ''),
    requirement: scenario?.requirement === true || (tiers.length > 0 && scenario === risk.scenarios[0]),
    values: [...all, ...padded(tiers, T)].flatMap((row, i) => {
      const sides = (value: Json) => (typeof value === 'string' ? [value, value] : [value.long, value.short])
      const [long, short] =
        row && scenario ? sides(scenario.values[row.symbol]).map((v) => unit(v, row)) : [0n, 0n]
      return i < all.length ? [long!, short!] : [long!]
    }),
  }))
  /** A tier is of the nearest instrument above it that is none. */
  const ownerOf = (tier: Json) => {
    const above = risk.instruments.slice(0, risk.instruments.indexOf(tier))
    return BigInt(spots.indexOf(above.findLast((row: Json) => kindOf(row) !== 1)))
  }
  const flags = scenarios.reduce(
    (sum, { requirement }, s) => (requirement ? sum | (1n << BigInt(s)) : sum),
    0n,
  )
  const layout = BigInt(S) | (BigInt(D) << 16n) | (BigInt(T) << 32n) | (BigInt(K) << 48n) | (flags << 64n)
  const values = sponge(TAG.values, [
    ...[layout, ...triples(marks.slice(0, S)), ...marks.slice(S).map(mod)],
    ...scenarios.flatMap((scenario) => [scenario.name, ...scenario.values.map(mod)]),
    ...padded(tiers, T).flatMap((row) =>
      row ? [scaled(row.tier.width, row.decimals), ownerOf(row)] : [0n, 0n],
    ),
  ])
  const leaves = new Map<number, bigint>()
  const numbers = new Map<string, number>()
  const counts = [0, 16384, 32768]
  for (const row of risk.instruments) {
    const number = counts[kindOf(row)]!++
    numbers.set(row.symbol, number)
    const digest = sponge(TAG.row, [
      ...[BigInt(number), textElement(row.symbol), BigInt(KINDS.indexOf(row.kind))],
      ...[
        BigInt(row.decimals),
        mod(unit(row.mark, row)),
        textElement(risk.quote),
        BigInt(risk.valueDecimals),
      ],
      ...(row.tier === undefined ? [] : [textElement(row.tier.list)]),
    ])
    leaves.set(number, digest)
  }
  const margin = risk.margin === undefined ? [0n, 0n, 0n, 0n] : marginRoots(risk.margin, numbers, hashes())
  const rows = poseidon([rowsRoot(leaves), ...margin], TAG.rows)
  const root = poseidon([values, rows, BigInt(risk.timestamp)], TAG.risk)
  return { marks, scenarios, layout, spots, numbers, root }
}

const hashes = (): Hashes => ({ poseidon, sponge, scaled, mod, rowsRoot })

/** Root over what is said of each row of a table, by its number. */
function rowsRoot(rows: ReadonlyMap<number, bigint>): bigint {
  const leaves: bigint[] = []
  for (const [number, digest] of rows) {
    leaves[4 * (number % 16384) + 2 * ((number >> 14) & 1) + (number >> 15)] = digest
  }
  return treeRoot(leaves, 4)
}

/** Root of a tree of sixteen children; what is not there is an empty subtree. */
function treeRoot(leaves: bigint[], depth: number): bigint {
  let level = Array.from(leaves, (leaf) => leaf ?? 0n)
  let empty = 0n
  for (let d = 0; d < depth; d++) {
    level = Array.from({ length: Math.max(1, Math.ceil(level.length / 16)) }, (_, i) =>
      poseidon(Array.from({ length: 16 }, (_, j) => level[16 * i + j] ?? empty)),
    )
    empty = poseidon(new Array<bigint>(16).fill(empty))
  }
  return level[0]!
}

/** The digest of a policy; each promise has to be full reserves at least. */
function policyOf(policy: Json, risk: Json, sizes: Json, { spots, scenarios }: Table): bigint {
  const ratio = (text: string) => scaled(text, 6)
  const pairs = Array.from({ length: sizes.spots }, (_, i) => {
    const own = policy.instruments[spots[i]?.symbol] ?? {}
    const minimum = spots[i] ? ratio(own.minimumRatio ?? policy.minimumRatio) : 1_000_000n
    const loans = spots[i] ? ratio(own.loanFactor ?? policy.loanFactor) : 0n
    if (minimum < 1_000_000n || loans > 0n) throw new Error('promises less than full reserves')
    return minimum | (loans << 32n)
  })
  if (ratio(policy.valueRatio) < 1_000_000n) throw new Error('promises less than full reserves')
  const counts = BigInt(sizes.spots) | (BigInt(sizes.scenarios) << 16n)
  const limits = scenarios.flatMap(({ name, requirement }, s) => {
    const bound = policy.limits?.[risk.scenarios[s]?.name] ?? {}
    const lack = bound.shortfall === undefined ? 2n ** 144n - 1n : scaled(bound.shortfall, risk.valueDecimals)
    const accounts = bound.accounts === undefined ? 2n ** 32n - 1n : BigInt(bound.accounts)
    return [name, lack | (accounts << 144n) | (requirement ? 1n << 176n : 0n)]
  })
  return sponge(TAG.policy, [ratio(policy.valueRatio) | (counts << 32n), ...triples(pairs), ...limits])
}

function contextOf({ venue, epoch, target, riskTable, previous }: Json, policy: string): bigint {
  const types = ['string', 'string', 'string', 'uint256', 'address', 'bytes32', 'bytes32', 'bytes32']
  const encoded = encodeAbiParameters(
    types.map((type) => ({ type })),
    [
      ...['plimsoll/solvency/3', venue, epoch, BigInt(target?.chainId ?? 0)],
      ...[target?.contract ?? `0x${'0'.repeat(40)}`, `0x${policy}`, `0x${riskTable}`],
      `0x${previous ?? '0'.repeat(64)}`,
    ],
  )
  return BigInt(keccak256(encoded)) >> 8n
}

/** What a proof of a liquidation states of an epoch, but for `movement` and `nullifier`, which may be any. */
function liquidationOf(manifest: Json, gate: Json, risk: Json, policy: Json, table: Table): Json {
  const { requirement, cash, overshoot, ...shares } = policy.liquidation
  const target = gate ?? manifest.target
  const types = ['string', 'string', 'string', 'uint256', 'address']
  const purpose = encodeAbiParameters(
    types.map((type) => ({ type })),
    [
      ...['plimsoll/liquidation/1', manifest.venue, manifest.epoch, BigInt(target?.chainId ?? 0)],
      target?.contract ?? `0x${'0'.repeat(40)}`,
    ],
  )
  const terms = sponge(TAG.terms, [
    ...['trigger', 'target', 'backstop', 'penalty', 'takeoverPenalty'].map((name) => scaled(shares[name], 6)),
    ...[scaled(overshoot, risk.margin.valueDecimals), BigInt(table.numbers.get(cash)!)],
  ])
  return {
    accountsRoot: manifest.parts.solvency.accountsRoot,
    riskRoot: manifest.riskRoot,
    requirement: `${onceOver(risk.margin, requirement, table.numbers, hashes())}`,
    policy: `${terms}`,
    context: `${BigInt(keccak256(purpose)) >> 8n}`,
  }
}

/** Whether a proof file holds under a key, with the signals of its statement. */
async function holds(proof: Json, key: Json, statement: keyof typeof SIGNALS): Promise<boolean> {
  const names = SIGNALS[statement]
  if (proof.statement !== statement || Object.keys(proof.signals).length !== names.length) return false
  const signals = names.map((name) => proof.signals[name])
  if (!signals.every((s) => typeof s === 'string' && /^(0|[1-9][0-9]*)$/.test(s) && BigInt(s) < R))
    return false
  return snarkjsAccepts(key, signals, proof.proof)
}

/** Whether snarkjs takes a proof of public signals under a key, which are in their files' form. */
export async function snarkjsAccepts(key: Json, signals: readonly string[], proof: Json): Promise<boolean> {
  const g1 = ([x, y]: string[]) => [x, y, '1']
  const g2 = ([x, y]: string[][]) => [x, y, ['1', '0']]
  const vk = {
    ...{ protocol: 'groth16', curve: 'bn128', nPublic: signals.length },
    ...{ vk_alpha_1: g1(key.alpha), vk_beta_2: g2(key.beta), vk_gamma_2: g2(key.gamma) },
    ...{ vk_delta_2: g2(key.delta), IC: key.ic.map(g1) },
  }
  const { a, b, c } = proof
  const points = { pi_a: g1(a), pi_b: g2(b), pi_c: g1(c), protocol: 'groth16', curve: 'bn128' }
  return snarkjs.groth16.verify(vk, [...signals], points)
}

/** The root of a risk table's file at sizes. */
export async function rootIndependently(risk: Json, sizes: Json): Promise<string> {
  await loadPoseidon()
  return tableOf(risk, sizes).root.toString()
}

/** Hashes that were made: the reference is slow, and tampered copies differ in little. */
const hashed = new Map<string, bigint>()

async function loadPoseidon(): Promise<void> {
  const hash = await reference
  poseidon = (inputs, tag = 0n) => {
    const what = `${tag}: ${inputs}`
    const known = hashed.get(what) ?? hash.F.toObject(hash(inputs, tag))
    hashed.set(what, known)
    return known
  }
}

/** Verifies an epoch: the first thing that is wrong, or `undefined` when nothing is. */
export async function verifyIndependently(
  files: Readonly<Record<string, string>>,
  pins: Readonly<Record<string, { keyHash: string; circuitHash: string }>>,
): Promise<string | undefined> {
  await loadPoseidon()
  try {
    await verify(files, pins)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function verify(
  files: Readonly<Record<string, string>>,
  pins: Readonly<Record<string, Json>>,
): Promise<void> {
  const demand = (holds: boolean, what: string) => {
    if (!holds) throw new Error(what)
  }
  const manifest = JSON.parse(files['manifest.json']!)
  demand(manifest.schema === 'plimsoll/epoch/4', 'schema')
  const { ledger, solvency } = manifest.parts
  demand(Object.keys(manifest.parts).sort().join() === 'ledger,solvency', 'parts')
  const instances: string[] = ledger.batches.flatMap((run: Json) => new Array(run.count).fill(run.instance))
  const used = [...new Set([...instances, solvency.instance])]
  const pathOf = (i: number) =>
    `ledger/${`${Math.floor(i / 1000)}`.padStart(4, '0')}/${`${i}`.padStart(7, '0')}.json`
  demand(!Object.keys(files).some((path) => path.startsWith('settlement/')), 'settlement: not checked')
  const liquidations = Object.keys(files).filter((path) => path.startsWith('liquidations/'))
  const wanted = [
    ...['manifest.json', 'risk.json', 'policy.json', 'solvency.json'],
    ...[...used.map((name) => `keys/${name}.json`), ...instances.map((_, i) => pathOf(i))],
    ...liquidations,
  ]
  demand(
    wanted.sort().join() ===
      Object.keys(files)
        .filter((p) => p !== 'signature.json')
        .sort()
        .join(),
    'files',
  )

  const keys = new Map<string, Json>()
  const hashOf = ({ alpha, beta, gamma, delta, ic }: Json) =>
    sha256(JSON.stringify({ alpha, beta, gamma, delta, ic }))
  demand([...used].sort().join() === Object.keys(manifest.keys).sort().join(), 'keys')
  for (const name of used) {
    const key = JSON.parse(files[`keys/${name}.json`]!)
    const keyHash = hashOf(key)
    const named = manifest.keys[name]
    demand(keyHash === named.keyHash && keyHash === pins[name]?.keyHash, `key ${name}`)
    demand(named.circuitHash === pins[name].circuitHash, `circuit ${name}`)
    keys.set(name, key)
  }

  demand(sha256(files['risk.json']!) === manifest.riskTable, 'risk.json')
  const risk = JSON.parse(files['risk.json']!)
  const table = tableOf(risk, manifest.sizes)
  demand(table.root.toString() === manifest.riskRoot, 'riskRoot')

  const policyFile = JSON.parse(files['policy.json']!)
  for (const path of liquidations) {
    const { schema, venue, epoch, gate, proof, key, ...more } = JSON.parse(files[path]!)
    const same = venue === manifest.venue && epoch === manifest.epoch
    demand(schema === 'plimsoll/liquidation/1' && Object.keys(more).length === 0 && same, `${path}: of what`)
    const { instance, keyHash, signals } = proof
    demand(CIRCUITS[instance]?.statement === 'liquidation' && proof.for === undefined, `${path}: instance`)
    demand(hashOf(key) === keyHash && keyHash === pins[instance]?.keyHash, `${path}: key`)
    const stated = liquidationOf(manifest, gate, risk, policyFile, table)
    for (const [name, own] of Object.entries(stated)) demand(signals[name] === own, `${path}: ${name}`)
    const nullifier = BigInt(signals.nullifier).toString(16).padStart(64, '0')
    demand(path === `liquidations/${nullifier}.json`, `${path}: name`)
    demand(await holds(proof, key, 'liquidation'), `${path}: proof`)
  }

  let state: string = ledger.firstState
  for (const [i, instance] of instances.entries()) {
    const proof = JSON.parse(files[pathOf(i)]!)
    demand(proof.instance === instance && proof.keyHash === manifest.keys[instance].keyHash, `batch ${i}`)
    demand(proof.signals.stateBefore === state, `link ${i}`)
    demand(await holds(proof, keys.get(instance), 'ledger'), `proof ${i}`)
    state = proof.signals.stateAfter
  }
  demand(state === ledger.state, 'last state')

  const proof = JSON.parse(files['solvency.json']!)
  const policyHash = sha256(files['policy.json']!)
  const { venue, epoch, target, riskTable, previous } = manifest
  demand(previous !== '0'.repeat(64), 'previous')
  const made = { venue, epoch, target, policy: policyHash, riskTable, previous }
  for (const name of Object.keys({ ...made, ...proof.for })) {
    const [own, said] = [made[name as keyof typeof made], proof.for[name]].map((v) => JSON.stringify(v))
    demand(own === said, `made for another ${name}`)
  }
  const policy = policyOf(policyFile, risk, manifest.sizes, table)
  const coefficients = [table.layout, ...table.marks.map(mod), ...table.scenarios.map(({ name }) => name)]
  const words = [table.root, BigInt(risk.timestamp), ...coefficients]
  const point = BigInt(keccak256(encodePacked(['uint256[]'], [words]))) % R
  const expected: Record<string, string> = {
    firstState: ledger.firstState,
    state: ledger.state,
    accountsRoot: solvency.accountsRoot,
    riskRoot: manifest.riskRoot,
    reservesCommitment: solvency.reservesCommitment,
    policy: policy.toString(),
    context: contextOf(manifest, policyHash).toString(),
    timestamp: `${risk.timestamp}`,
    point: point.toString(),
    tableAtPoint: coefficients.reduce((sum, c) => (sum * point + c) % R, 0n).toString(),
  }
  demand(solvency.policy === expected.policy, 'policy')
  for (const name of SIGNALS.solvency) demand(proof.signals[name] === expected[name], `signal ${name}`)
  const { instance } = solvency
  demand(
    proof.instance === instance && proof.keyHash === manifest.keys[instance].keyHash,
    'instance of solvency',
  )
  demand(await holds(proof, keys.get(instance), 'solvency'), 'proof of solvency')
}
