/**
 * What a hash costs beside circomlibjs, in turn, in CPU seconds of one thread:
 * `tsx scripts/bench-poseidon.ts [HASHES] [ROUNDS] [--json]`. Per number of inputs: circomlibjs from bigints
 * to bigints, ours alike, and ours in bulk, from bytes to bytes. Each figure is the median of the rounds,
 * and `ratio` that of circomlibjs to ours.
 */
import { buildPoseidon } from 'circomlibjs'
import { FIELD_ORDER, writeLittleEndian } from '../src/field/index.js'
import { poseidon, poseidonMany } from '../src/hash/index.js'
import { benchWords, cpuSecondsSince, median, reportFigures } from './bench-report.js'

const ARITIES = [1, 2, 3, 4, 6, 16]
const [count = 500, rounds = 9] = benchWords.map(Number)
const circomlib = await buildPoseidon()

function seconds(hash: () => void): number {
  const start = process.cpuUsage()
  hash()
  return cpuSecondsSince(start)
}

function measure(arity: number): Record<string, number> {
  const lists = Array.from({ length: count }, (_, i) =>
    Array.from({ length: arity }, (_, k) => BigInt(17 * i + k + 1) ** 40n % FIELD_ORDER),
  )
  const bytes = new Uint8Array(32 * arity * count)
  for (const [i, value] of lists.flat().entries()) writeLittleEndian(value, bytes, 32 * i)
  const theirs = () => lists.map((list) => circomlib.F.toObject(circomlib(list)))
  const ours = () => lists.map((list) => poseidon(list))
  const bulk = () => poseidonMany(arity, bytes)
  const hashes = ours()
  const expected = new Uint8Array(32 * count)
  const reference = theirs()
  for (const [i, value] of reference.entries()) writeLittleEndian(value, expected, 32 * i)
  if (hashes.some((hash, i) => hash !== reference[i]) || bulk().some((byte, i) => byte !== expected[i])) {
    throw new Error('a hash is not that of circomlibjs')
  }
  const took = { theirs: [] as number[], ours: [] as number[], bulk: [] as number[] }
  for (let round = -1; round < rounds; round++) {
    const one = [seconds(theirs), seconds(ours), seconds(bulk)] as const
    // The first round warms up.
    if (round < 0) continue
    took.theirs.push(one[0])
    took.ours.push(one[1])
    took.bulk.push(one[2])
  }
  const each = (values: readonly number[]) => (1e6 * median(values)) / count
  return {
    circomlibjsMicroseconds: each(took.theirs),
    oursMicroseconds: each(took.ours),
    bulkMicroseconds: each(took.bulk),
    ratioOurs: median(took.theirs) / median(took.ours),
    ratio: median(took.theirs) / median(took.bulk),
  }
}

reportFigures({
  hashes: count,
  ...Object.fromEntries(ARITIES.map((arity) => [`inputs${arity}`, measure(arity)])),
})
