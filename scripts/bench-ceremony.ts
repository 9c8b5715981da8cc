/**
 * The cost of a ceremony, beside snarkjs's: `tsx scripts/bench-ceremony.ts [INSTANCE] [--json]`, after
 * `npm run build`. It makes powers of tau whose secret everyone knows, begins a ceremony of the instance with
 * them, contributes, accepts and verifies; then snarkjs does the same on the same files. Each step is a
 * process of its own: `cpu` counts what it started, too, such as the compiler; `peakGiB` is the most memory
 * of it, and `othersGiB` of the largest process that it started.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateKeyToAccount } from 'viem/accounts'
import { blake2bFile } from '../src/proving/ceremony/powers.js'
import { compileInstance } from '../src/proving/compile.js'
import { describeInstance } from '../src/proving/index.js'
import { findInstance } from '../src/proving/instances.js'
import { benchWords, reportFigures } from './bench-report.js'
import { writePowers } from './known-powers.js'

const instance = benchWords[0] ?? 'ledger-16-18'
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const SNARKJS = join(dirname(createRequire(import.meta.url).resolve('snarkjs')), 'cli.cjs')
const signer = privateKeyToAccount(`0x${'11'.repeat(32)}`)

/** Clock ticks of a second, as Linux tells a process's time. */
const TICKS = 100
/** Milliseconds from one look at a process's memory to the next. */
const LOOK = 200

/** CPU seconds of all processes that this one has started and that have ended. */
function childSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS
}

/** The most memory, in GiB, that a process has had so far, and the largest of those that it started. */
function peaksOf(pid: number): { own: number; others: number } {
  try {
    const own = /VmHWM:\s+([0-9]+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    const peaks = children.map((child) => peaksOf(Number(child)))
    return {
      own: Number(own ?? 0) / 2 ** 20,
      others: Math.max(0, ...peaks.flatMap(({ own, others }) => [own, others])),
    }
  } catch {
    // It has ended.
    return { own: 0, others: 0 }
  }
}

const figures: Record<string, unknown> = {}

/** Runs a step to its end, and keeps what it took. @param ends the exit codes that it may end with */
async function step(name: string, args: readonly string[], ends: readonly number[] = [0]): Promise<void> {
  const [start, before] = [performance.now(), childSeconds()]
  let [own, others, said] = [0, 0, '']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const look = setInterval(() => {
    const peaks = peaksOf(child.pid!)
    own = Math.max(own, peaks.own)
    others = Math.max(others, peaks.others)
  }, LOOK)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(look)
  if (code === null || !ends.includes(code)) throw new Error(`${name} ended with ${code}: ${said}`)
  const wall = (performance.now() - start) / 1000
  figures[name] = { cpu: childSeconds() - before, wall, peakGiB: own, othersGiB: others }
  console.error(name, figures[name])
}

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
const at = (...parts: string[]) => join(folder, ...parts)
try {
  const { domainSize } = describeInstance(instance)
  const power = Math.log2(domainSize)
  await writePowers(at('known.ptau'), power)
  const powers = ['--ptau', at('known.ptau'), '--trust-ptau', await blake2bFile(at('known.ptau'))]
  await writeFile(at('dice.txt'), '4 2 6 1')
  const plimsoll = (name: string, args: readonly string[], ends?: readonly number[]) =>
    step(name, [MAIN, 'ceremony', name, ...args], ends)
  await plimsoll('init', [instance, ...powers, '--name', 'x', '--coordinator', 'x', '--out', at('ceremony')])
  const who = ['--name', 'x', '--signer', signer.address, '--entropy-file', at('dice.txt')]
  await plimsoll('contribute', [at('ceremony'), ...who, '--out', at('turn')])
  const message = readFileSync(at('turn/attestation.txt'), 'utf8')
  await writeFile(at('turn/attestation.txt.sig'), await signer.signMessage({ message }))
  await plimsoll('accept', [at('ceremony'), at('turn')])
  // Nobody closed it: what is still to come fails, and all that takes long is checked.
  await plimsoll('verify', [at('ceremony'), ...powers], [3])

  // From the circuit, as ours does; snarkjs leaves out its powers of tau.
  const circuit = at('circuit')
  await mkdir(circuit)
  const { r1cs } = await compileInstance(circuit, findInstance(instance))
  const [initial, next] = [at('ceremony', instance, '0000.zkey'), at('next.zkey')]
  const snarkjs = (name: string, ...args: string[]) => step(`snarkjs ${name}`, [SNARKJS, ...args])
  await snarkjs('contribute', 'zkey', 'contribute', initial, next, '--name=x', '-e=dice')
  await snarkjs('verify', 'zkey', 'verify', r1cs, at('known.ptau'), next)
  reportFigures({ instance, power, ...figures })
} finally {
  await rm(folder, { recursive: true })
}
