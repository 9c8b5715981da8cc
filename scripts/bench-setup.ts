/**
 * The cost of a development key: `tsx scripts/bench-setup.ts [CONSTRAINTS] [TERMS] [CHECKOUT] [--json]`.
 * The circuit is a chain of squarings, each with TERMS earlier values on its C side. It is written as
 * constraints, not compiled: A and B are as full as they can be, so a real circuit of the same size takes
 * less. With the path of another checkout of this repository, its code makes the same key in turn, and
 * `ratio` is what it costs against this one, the medians of three rounds.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { FIELD_ORDER } from '../src/field/index.js'
import { ELEMENT_BYTES, writeLittleEndian } from '../src/field/little-endian.js'
import { assertSoundKey } from '../src/groth16/index.js'
import { readVerificationKey, writeDevelopmentKey } from '../src/proving/index.js'
import { SectionWriter } from '../src/proving/section-file.js'
import { benchWords, cpuSecondsSince, median, reportFigures } from './bench-report.js'

const ROUNDS = 3
const [constraints, terms] = [Number(benchWords[0] ?? 50_000), Number(benchWords[1] ?? 20)]
const other = benchWords[2]

/** wire[i + 1]² = wire[i + 2] − 123456789·(wire[i + 1] + wire[i] + …), the last wire public. */
function writeChain(path: string): void {
  const element = (value: bigint) => {
    const bytes = new Uint8Array(ELEMENT_BYTES)
    writeLittleEndian(value, bytes)
    return bytes
  }
  const [one, factor] = [element(1n), element(FIELD_ORDER - 123_456_789n)]
  const file = new SectionWriter(path, 'r1cs', 1, 2)
  file.begin(1)
  file.writeUint32(ELEMENT_BYTES)
  file.write(element(FIELD_ORDER))
  // Wires, outputs, public inputs, private inputs, labels (two words), constraints.
  for (const word of [constraints + 2, 1, 0, 1, 0, 0, constraints]) file.writeUint32(word)
  file.end()
  file.begin(2)
  const term = (wire: number, coefficient: Uint8Array) => {
    file.writeUint32(wire)
    file.write(coefficient)
  }
  const wireOf = (value: number) => (value === constraints ? 1 : value + 2)
  for (let i = 0; i < constraints; i++) {
    for (let side = 0; side < 2; side++) {
      file.writeUint32(1)
      term(wireOf(i), one)
    }
    const earlier = Math.min(terms, i + 1)
    file.writeUint32(earlier + 1)
    term(wireOf(i + 1), one)
    for (let j = 0; j < earlier; j++) term(wireOf(i - j), factor)
  }
  file.end()
  file.close()
}

/** Seconds of a key. */
interface Cost {
  cpu: number
  wall: number
}

async function costOf(make: typeof writeDevelopmentKey, r1cs: string, zkey: string): Promise<Cost> {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await make(r1cs, zkey)
  const cost = { cpu: cpuSecondsSince(cpu), wall: (performance.now() - start) / 1000 }
  await assertSoundKey(await readVerificationKey(zkey))
  return cost
}

const medianOf = (costs: readonly Cost[]) => ({
  cpuSeconds: median(costs.map(({ cpu }) => cpu)),
  wallSeconds: median(costs.map(({ wall }) => wall)),
})

const comparison = (key: ReturnType<typeof medianOf>, before: ReturnType<typeof medianOf>) => ({
  other: before,
  cpuRatio: before.cpuSeconds / key.cpuSeconds,
  wallRatio: before.wallSeconds / key.wallSeconds,
})

const directory = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
try {
  const r1cs = join(directory, 'circuit.r1cs')
  writeChain(r1cs)
  const ours: Cost[] = []
  const others: Cost[] = []
  for (let round = 0; round < (other === undefined ? 1 : ROUNDS); round++) {
    const [zkey, theirs] = [`ours-${round}`, `others-${round}`].map((name) => join(directory, `${name}.zkey`))
    ours.push(await costOf(writeDevelopmentKey, r1cs, zkey!))
    if (other === undefined) continue
    const { writeDevelopmentKey: make } = await import(resolve(other, 'src/proving/index.ts'))
    others.push(await costOf(make, r1cs, theirs!))
  }
  const key = medianOf(ours)
  reportFigures({
    constraints,
    terms,
    circuitMiB: (await stat(r1cs)).size / 2 ** 20,
    keyMiB: (await stat(join(directory, 'ours-0.zkey'))).size / 2 ** 20,
    ...key,
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
    ...(other === undefined ? {} : comparison(key, medianOf(others))),
  })
} finally {
  await rm(directory, { recursive: true })
}
