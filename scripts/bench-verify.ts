/**
 * What it costs to verify many proofs together and one by one, in turn, in CPU seconds:
 * `tsx scripts/bench-verify.ts [PROOFS] [ROUNDS] [--json]`. The proofs have as many public signals as those
 * of batches of a ledger. Each figure is the median of the rounds, and `ratio` that of one by one to
 * together.
 */
import { randomBytes } from 'node:crypto'
import { toField } from '../src/field/index.js'
import { verifyProof, verifyProofs } from '../src/groth16/index.js'
import { LEDGER_SIGNALS } from '../src/statements/index.js'
import { benchWords, cpuSecondsSince, median, reportFigures } from './bench-report.js'
import { simulatedKey } from './simulated-proofs.js'

const [count = 32, rounds = 9] = benchWords.map(Number)
const draw = () => toField(BigInt(`0x${randomBytes(32).toString('hex')}`))
const { verificationKey: key, prove } = simulatedKey([draw(), ...LEDGER_SIGNALS.map(draw)], draw)
const proven = Array.from({ length: count }, () => prove(LEDGER_SIGNALS.map(draw)))

async function seconds(verify: () => Promise<readonly boolean[]>): Promise<number> {
  const start = process.cpuUsage()
  const verdicts = await verify()
  const took = cpuSecondsSince(start)
  if (verdicts.length !== count || verdicts.includes(false)) throw new Error('a valid proof is refused')
  return took
}

async function oneByOne(): Promise<boolean[]> {
  const verdicts: boolean[] = []
  for (const { publicSignals, proof } of proven) verdicts.push(await verifyProof(key, publicSignals, proof))
  return verdicts
}

const [together, apart]: [number[], number[]] = [[], []]
for (let round = -1; round < rounds; round++) {
  const took = [await seconds(oneByOne), await seconds(() => verifyProofs(key, proven))] as const
  // The first round warms up.
  if (round < 0) continue
  apart.push(took[0])
  together.push(took[1])
}
reportFigures({
  proofs: count,
  oneByOne: { cpuSeconds: median(apart), cpuMillisecondsEach: (1000 * median(apart)) / count },
  together: { cpuSeconds: median(together), cpuMillisecondsEach: (1000 * median(together)) / count },
  ratio: median(apart) / median(together),
})
