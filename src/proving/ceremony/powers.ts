import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Curve } from 'ffjavascript'
import { InputError } from '../../errors/index.js'
import { BASE_FIELD_ORDER, readLittleEndian } from '../../field/index.js'
import { fileError, statFile } from '../../files/index.js'
import type { GroupName } from '../fixed-base.js'
import { readBytes, readSections } from '../section-file.js'
import { POINT_BYTES, samePairing } from './curve-points.js'
import {
  bytesAt,
  freshWeights,
  isInGroup,
  type PointCheck,
  type PointCounter,
  type PointRun,
  partOf,
  WEIGHT_BYTES,
  weightedSum,
} from './points.js'

/**
 * A file of powers of tau in snarkjs's format, left on disk: its raw powers. Sections that were computed from
 * them are not looked at.
 */
export interface Powers {
  path: string
  /** The file serves circuits of up to 2^power rows. */
  power: number
  /** τ^i in G1, for i up to 2^(power + 1) − 2. */
  tau1: PointRun
  /** τ^i in G2, for i up to 2^power − 1. */
  tau2: PointRun
  /** α·τ^i and β·τ^i in G1. */
  alpha: PointRun
  beta: PointRun
  /** β in G2. */
  beta2: PointRun
  /** Whether the file also has the Lagrange bases that a key is made from. */
  prepared: boolean
}

const HEADER_BYTES = 4 + 32 + 4 + 4

/**
 * Opens a file of powers of tau, and holds its sections to their exact lengths.
 *
 * @throws {InputError} `POWERS_FORMAT`, `FILE_ACCESS`
 */
export function openPowers(path: string): Powers {
  let sections: ReturnType<typeof readSections>
  try {
    if (!statSync(path).isFile()) throw notPowers(path)
    sections = readSections(path, 'ptau')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw fileError(path, error)
    throw notPowers(path, error)
  }
  const head = sections.get(1)
  if (head?.length !== HEADER_BYTES) throw notPowers(path)
  const header = readBytes(path, head.at, HEADER_BYTES)
  const power = header.getUint32(36, true)
  const order = readLittleEndian(new Uint8Array(header.buffer), 4)
  if (header.getUint32(0, true) !== 32 || order !== BASE_FIELD_ORDER || power < 1 || power > 28) {
    throw notPowers(path)
  }
  const run = (id: number, group: GroupName, count: number): PointRun => {
    const section = sections.get(id)
    if (section?.length !== count * POINT_BYTES[group]) throw notPowers(path)
    return { path, at: section.at, count, group }
  }
  const size = 2 ** power
  return {
    path,
    power,
    tau1: run(2, 'g1', 2 * size - 1),
    tau2: run(3, 'g2', size),
    alpha: run(4, 'g1', size),
    beta: run(5, 'g1', size),
    beta2: run(6, 'g2', 1),
    prepared: [12, 13, 14, 15].every((id) => sections.has(id)),
  }
}

/**
 * Refuses a file with too few powers for a circuit.
 *
 * @param domains rows of every circuit, by instance
 * @throws {InputError} `POWERS_SMALL` naming all instances that need more
 */
export function assertEnoughPowers({ path, power }: Powers, domains: Readonly<Record<string, number>>): void {
  const larger = Object.entries(domains)
    .map(([name, domain]) => ({ name, needed: Math.log2(domain) }))
    .filter(({ needed }) => needed > power)
  if (larger.length === 0) return
  const wanting = larger.map(({ name, needed }) => `${name} has 2^${needed}`).join(', ')
  throw new InputError('POWERS_SMALL', `serves 2^${power} rows, and ${wanting}`, {
    where: path,
    hint: `Take a file of power ${Math.max(...larger.map(({ needed }) => needed))} or more.`,
  })
}

/** BLAKE2b-512 of a whole file, by which powers of tau are known. @throws {InputError} `FILE_ACCESS` */
export async function blake2bFile(path: string): Promise<string> {
  await statFile(path)
  const hash = createHash('blake2b512')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash).catch((error: unknown) => {
    throw fileError(path, error)
  })
  return hash.digest('hex')
}

/**
 * Why the powers that circuits of `domain` rows use are not those of one τ, α and β, or `undefined`.
 */
export async function powersFault(
  curve: Curve,
  points: PointCheck,
  powers: Powers,
  domain: number,
  count?: PointCounter,
): Promise<string | undefined> {
  const { tau1, tau2, alpha, beta, beta2 } = usedPowers(powers, domain)
  const { G1, G2 } = curve
  const rows = { 'τ in G1': tau1, 'τ in G2': tau2, α: alpha, β: beta, 'β in G2': beta2 }
  for (const [name, run] of Object.entries(rows)) {
    const off = points.firstOff(run)
    if (off !== undefined) return `point ${off} of the row of ${name} is none of the curve, or infinity`
  }
  if (!(await isInGroup(curve, tau2, count))) return 'a point of the row of τ in G2 is outside the group'
  if (!(await isInGroup(curve, beta2))) return 'β in G2 is outside the group'
  const [first1, tau] = [pointAt(tau1, 0), pointAt(tau1, 1)]
  const [first2, tauTwist] = [pointAt(tau2, 0), pointAt(tau2, 1)]
  if (!G1.eq(first1, G1.g) || !G2.eq(first2, G2.g)) return 'a row of τ does not begin with the generator'
  if (!(await samePairing(curve, [tau, G2.g], [G1.g, tauTwist]))) return 'τ in G1 is another than in G2'
  if (!(await samePairing(curve, [pointAt(beta, 0), G2.g], [G1.g, pointAt(beta2, 0)]))) {
    return 'β in G1 is another than in G2'
  }
  for (const [name, run] of Object.entries({ 'τ in G1': tau1, α: alpha, β: beta })) {
    const [low, high] = await shiftedSums(curve, run, count)
    if (!(await samePairing(curve, [low, tauTwist], [high, G2.g]))) return unequal(name)
  }
  const [low, high] = await shiftedSums(curve, tau2, count)
  return (await samePairing(curve, [tau, low], [G1.g, high])) ? undefined : unequal('τ in G2')
}

/** The rows of a file as far as circuits of `domain` rows use them. */
export function usedPowers(powers: Powers, domain: number): Powers {
  const { tau1, tau2, alpha, beta } = powers
  return {
    ...powers,
    // Of a file of exactly the circuit's power, the highest power is not there.
    tau1: partOf(tau1, 0, Math.min(2 * domain, tau1.count)),
    tau2: partOf(tau2, 0, domain),
    alpha: partOf(alpha, 0, domain),
    beta: partOf(beta, 0, domain),
  }
}

/** Σ ρ_i·P_i and Σ ρ_i·P_{i+1} over a run. */
async function shiftedSums(
  curve: Curve,
  run: PointRun,
  count?: PointCounter,
): Promise<[Uint8Array, Uint8Array]> {
  const weights = freshWeights(run.count - 1, WEIGHT_BYTES)
  return [
    await weightedSum(curve, partOf(run, 0, run.count - 1), weights, count),
    await weightedSum(curve, partOf(run, 1), weights, count),
  ]
}

/** One point of a run. */
export function pointAt(run: PointRun, i: number): Uint8Array {
  const { at } = partOf(run, i)
  return bytesAt(run.path, at, POINT_BYTES[run.group])
}

function unequal(name: string): string {
  return `a point of the row of ${name} is not τ times the one before it`
}

function notPowers(path: string, cause?: unknown): InputError {
  return new InputError('POWERS_FORMAT', 'cut short, or not a file of powers of tau over BN254', {
    where: path,
    cause,
    hint: 'Fetch the file again, and compare its BLAKE2b hash with the one that is published with it.',
  })
}
