/**
 * The cost of a development key: `tsx scripts/bench-setup.ts [CONSTRAINTS] [TERMS]`.
 * The circuit is a chain of squarings, each with TERMS earlier values on its C side. It is written as
 * constraints, not compiled: A and B are as full as they can be, so a real circuit of the same size takes
 * less.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FIELD_ORDER } from '../src/field/index.js'
import { ELEMENT_BYTES, writeLittleEndian } from '../src/field/little-endian.js'
import { assertSoundKey } from '../src/groth16/index.js'
import { readVerificationKey, writeDevelopmentKey } from '../src/proving/index.js'
import { SectionWriter } from '../src/proving/section-file.js'

const constraints = Number(process.argv[2] ?? 50_000)
const terms = Number(process.argv[3] ?? 20)

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

const directory = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
try {
  const [r1cs, zkey] = [join(directory, 'circuit.r1cs'), join(directory, 'proving.zkey')]
  writeChain(r1cs)
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await writeDevelopmentKey(r1cs, zkey)
  const { user, system } = process.cpuUsage(cpu)
  await assertSoundKey(await readVerificationKey(zkey))
  console.log(
    JSON.stringify({
      constraints,
      terms,
      circuitMiB: Math.round((await stat(r1cs)).size / 2 ** 20),
      keyMiB: Math.round((await stat(zkey)).size / 2 ** 20),
      cpuSeconds: Math.round((user + system) / 1e5) / 10,
      wallSeconds: Math.round((performance.now() - start) / 100) / 10,
      peakGiB: Math.round((process.resourceUsage().maxRSS / 2 ** 20) * 100) / 100,
    }),
  )
} finally {
  await rm(directory, { recursive: true })
}
