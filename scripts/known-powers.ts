import {
  BASE_FIELD_ORDER,
  ELEMENT_BYTES,
  FIELD_ORDER,
  invertAll,
  invertField,
  powField,
  toField,
  writeLittleEndian,
} from '../src/field/index.js'
import { FixedBase, type GroupName } from '../src/proving/fixed-base.js'
import { fixedBaseMemory } from '../src/proving/fixed-base-memory.js'
import { FixedBasePool } from '../src/proving/fixed-base-pool.js'
import { SectionWriter } from '../src/proving/section-file.js'

/** Powers of tau whose secrets everyone knows: for tests alone. */
export const KNOWN = { tau: 1_234_567_890_123n, alpha: 987_654_321_987n, beta: 555_444_333_222_111n }

/** Files of a power from this one on are made on all cores: for smaller ones threads take longer to start. */
const THREADED_POWER = 12

/**
 * Writes a prepared file of powers of tau, as snarkjs would from these secrets.
 *
 * @param options.prepared whether it has the Lagrange bases (default: yes)
 */
export async function writePowers(
  path: string,
  power: number,
  { tau, alpha, beta, prepared = true }: Partial<typeof KNOWN> & { prepared?: boolean } = {},
): Promise<void> {
  const secrets = { tau: tau ?? KNOWN.tau, alpha: alpha ?? KNOWN.alpha, beta: beta ?? KNOWN.beta }
  const size = 2 ** power
  const base = await generatorMultiples({ g1: 12 * size, g2: 3 * size }, power >= THREADED_POWER)
  const powers = [1n]
  for (let i = 1; i < 2 * size; i++) powers.push((powers[i - 1]! * secrets.tau) % FIELD_ORDER)
  const file = new SectionWriter(path, 'ptau', 1, prepared ? 11 : 7)
  const write = async (id: number, group: GroupName, values: readonly bigint[]) => {
    file.begin(id)
    for (const points of await base.multiply(group, elements(values))) file.write(points)
    file.end()
  }
  file.begin(1)
  file.writeUint32(ELEMENT_BYTES)
  file.write(elements([BASE_FIELD_ORDER]))
  file.writeUint32(power)
  file.writeUint32(power)
  file.end()
  const low = powers.slice(0, size)
  const times = (factor: bigint, values: readonly bigint[]) => values.map((v) => (v * factor) % FIELD_ORDER)
  await write(2, 'g1', powers.slice(0, 2 * size - 1))
  await write(3, 'g2', low)
  await write(4, 'g1', times(secrets.alpha, low))
  await write(5, 'g1', times(secrets.beta, low))
  await write(6, 'g2', [secrets.beta])
  file.begin(7)
  file.writeUint32(0)
  file.end()
  if (prepared) {
    const levels = Array.from({ length: power + 1 }, (_, level) => lagrange(secrets.tau, 2 ** level)).flat()
    // The highest power of the double domain is not in the file: snarkjs takes it for zero.
    const n = 2 * size
    const root = powField(5n, (FIELD_ORDER - 1n) / BigInt(n))
    let top = (powers[n - 1]! * invertField(BigInt(n))) % FIELD_ORDER
    const last = lagrange(secrets.tau, n).map((value) => {
      const without = toField(value - top)
      top = (top * root) % FIELD_ORDER
      return without
    })
    await write(12, 'g1', [...levels, ...last])
    await write(13, 'g2', levels)
    await write(14, 'g1', times(secrets.alpha, levels))
    await write(15, 'g1', times(secrets.beta, levels))
  }
  file.close()
  await base.close()
}

/** Multiples of the generators, on this thread or on all cores. */
async function generatorMultiples(
  counts: Record<GroupName, number>,
  threaded: boolean,
): Promise<Pick<FixedBasePool, 'multiply' | 'close'>> {
  if (threaded) return FixedBasePool.start(counts)
  const memory = await fixedBaseMemory(counts, 1)
  const base = new FixedBase(memory, 0)
  for (const group of ['g1', 'g2'] as const) {
    base.fillBases(group)
    for (let window = 0; window < memory.groups[group].windows; window++) base.fillWindow(group, window)
  }
  return { multiply: async (group, scalars) => [base.multiply(group, scalars)], close: async () => {} }
}

/** Lagrange's basis of the n-th roots of unity, at τ. */
function lagrange(tau: bigint, n: number): bigint[] {
  const root = powField(5n, (FIELD_ORDER - 1n) / BigInt(n))
  const factor = ((powField(tau, BigInt(n)) - 1n) * invertField(BigInt(n))) % FIELD_ORDER
  const points = [1n]
  for (let i = 1; i < n; i++) points.push((points[i - 1]! * root) % FIELD_ORDER)
  const inverses = invertAll(points.map((point) => tau - point))
  return points.map((point, i) => toField(((factor * point) % FIELD_ORDER) * inverses[i]!))
}

function elements(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * ELEMENT_BYTES)
  for (const [i, value] of values.entries()) writeLittleEndian(value, bytes, i * ELEMENT_BYTES)
  return bytes
}
