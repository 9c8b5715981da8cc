import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Curve } from 'ffjavascript'
import { type Checks, type Found, fail, passed } from '../../bundle/index.js'
import { EXIT } from '../../errors/index.js'
import { removeOnExit, sha256File } from '../../files/index.js'
import { assertSoundKey, forgeryOf, verificationKeyHash, verifyProof } from '../../groth16/index.js'
import { domainSizeOf } from '../../statements/index.js'
import { compileInstance } from '../compile.js'
import { type CircuitsLocation, findInstance, shippedHashes } from '../instances.js'
import { openR1cs, type R1cs } from '../r1cs.js'
import { sameBytes } from './bytes.js'
import { circuitHashOf } from './circuit-hash.js'
import { type ExpectedSums, expectedSums, firstOtherCoefficient } from './combination.js'
import {
  type Contribution,
  contributionFault,
  contributionsBytes,
  parseContributions,
} from './contributions.js'
import { hasGroupOrder, isPoint, productIsOne, samePairing } from './curve-points.js'
import {
  assertSameCircuit,
  type KeyParts,
  provingKeyHash,
  verificationKeyOf,
  type WholeKey,
} from './key-parts.js'
import {
  freshWeights,
  isInGroup,
  type PointCheck,
  type PointCounter,
  type PointRun,
  WEIGHT_BYTES,
  weightedSum,
} from './points.js'
import { type Powers, pointAt } from './powers.js'
import { type CeremonyState, openTurns } from './read.js'
import { type TurnSums, type TurnWeights, turnPointsFault, turnSums } from './turn.js'

/** What the checks of all instances share. */
export interface VerificationContext extends CircuitsLocation {
  state: CeremonyState
  checks: Checks
  curve: Curve
  points: PointCheck
  powers: Powers | undefined
  count: PointCounter
}

/** An instance as its checks found it; parts are missing that failed. */
export interface VerifiedInstance {
  name: string
  /** The records of the last turn. */
  records: readonly Contribution[]
  /** SHA-256 of the turns, in order. */
  turnHashes: readonly string[]
  keyHash: string
  provingKey: string
}

/** The words of the checks of one instance, by which all of them are known to have run. */
export const INSTANCE_CHECKS = [
  ...['1-files', '2-circuit', '3-coefficients', '4-points', '5-gamma', '6-delta', '8-alpha-beta', '9-a'],
  ...['10-b1', '11-b2', '12-k', '13-h', '14-chain', '15-last-delta', '18-circuit-hash', '19-initial'],
  ...['21-key', '22-forgery'],
] as const

/** Runs the checks of one instance. Each runs, whatever became of those before it. */
export async function verifyInstance(
  context: VerificationContext,
  name: string,
): Promise<VerifiedInstance | undefined> {
  const { state, checks, curve, powers } = context
  const { G1, G2 } = curve
  const described = state.file.instances[name]!
  const run = <T>(id: (typeof INSTANCE_CHECKS)[number], work: () => Promise<Found<T>> | Found<T>) =>
    checks.run(`${id}:${name}`, work, EXIT.artifact)

  const files = await run('1-files', async () => {
    const { initial, turns } = openTurns(state, name)
    for (const turn of turns) assertSameCircuit(initial, turn)
    const turnHashes: string[] = []
    for (const turn of turns) turnHashes.push(await sha256File(turn.path))
    const detail = `the initial key and ${turns.length} turns, every section once and of its exact length`
    return { found: { initial, turns, turnHashes }, detail }
  })
  const directory = await mkdtemp(join(tmpdir(), 'plimsoll-ceremony-'))
  const remove = removeOnExit(directory)
  try {
    const r1cs = await run('2-circuit', () => compiledCircuit(context, name, directory, files?.initial))
    await run('3-coefficients', async () => {
      const other = await firstOtherCoefficient(need(files).initial, need(r1cs))
      if (other !== undefined) fail(`coefficient ${other} is not the circuit's`)
      return passed("every coefficient is the circuit's, and each public wire has its row")
    })
    const latest = files && latestOf(files)
    await run('4-points', () => verifyPoints(context, need(files)))
    await run('5-gamma', () => {
      const { gamma2, delta1, delta2 } = need(latest).points
      if (!G2.eq(gamma2, G2.g)) fail('γ is not the generator')
      if ([G2.g, G2.neg(G2.g)].some((point) => G2.eq(point, delta2))) fail('δ is γ: nobody contributed')
      if ([G1.g, G1.neg(G1.g)].some((point) => G1.eq(point, delta1))) fail('δ is the generator')
      return passed('γ is the generator, and δ is another point')
    })
    await run('6-delta', async () => {
      const { delta1, delta2 } = need(latest).points
      if (!(await samePairing(curve, [delta1, G2.g], [G1.g, delta2]))) fail('δ in G1 is another than in G2')
      return passed('δ is the same in both groups')
    })
    await run('8-alpha-beta', () => {
      const { alpha, beta, beta2 } = need(powers)
      const { alpha1, beta1, beta2: twist } = need(files).initial.points
      const same =
        G1.eq(alpha1, pointAt(alpha, 0)) && G1.eq(beta1, pointAt(beta, 0)) && G2.eq(twist, pointAt(beta2, 0))
      if (!same) fail('α or β is not that of the powers of tau')
      return passed('α and β are those of the powers of tau')
    })
    const sums = await verifySums(context, run, files, r1cs)
    const records = await run('14-chain', () => verifyChain(context, need(files), need(sums)))
    await run('15-last-delta', () => {
      if (!G1.eq(need(records).at(-1)!.deltaAfter, need(latest).points.delta1)) {
        fail('δ of the key is not that of the last contribution')
      }
      return passed('δ is that of the last contribution')
    })
    await run('18-circuit-hash', async () => {
      const { initial, turns } = need(files)
      const hash = await circuitHashOf(initial, need(powers))
      const expected = Buffer.from(hash).toString('hex')
      if (described.circuitHash !== expected) fail('ceremony.json names another hash of the initial key')
      for (const key of [initial, ...turns]) {
        if (!sameBytes(parseContributions(key.contributions, key.path).circuitHash, hash)) {
          fail(`${key.path} names another circuit`)
        }
      }
      return passed('every file names the circuit by the hash of this initial key')
    })
    await run('19-initial', async () => {
      const { initial } = need(files)
      if ((await sha256File(initial.path)) !== described.initialKey) {
        fail('the initial key is not the one that ceremony.json names')
      }
      const { delta1, delta2 } = initial.points
      if (!G1.eq(delta1, G1.g) || !G2.eq(delta2, G2.g)) fail('δ of the initial key is not one')
      const { expected, initial: own, ic } = need(sums)
      if (!G1.eq(G1.add(ic, own.k), expected.k)) fail('K of the initial key is not that of the circuit')
      if (!G1.eq(own.h, expected.h)) fail('H of the initial key is not that of the powers of tau')
      return passed('the initial key is that of the circuit and the powers of tau, with δ = 1')
    })
    const key = await run('21-key', async () => {
      const { initial } = need(files)
      const verificationKey = verificationKeyOf(curve, initial, need(latest))
      await assertSoundKey(verificationKey)
      const provingKey = provingKeyHash(initial, need(latest))
      const keyHash = verificationKeyHash(verificationKey)
      return { found: { verificationKey, keyHash, provingKey }, detail: `the key is ${keyHash}` }
    })
    await run('22-forgery', async () => {
      const { verificationKey } = need(key)
      const { publicSignals, proof } = await forgeryOf(verificationKey)
      if (await verifyProof(verificationKey, publicSignals, proof))
        fail('a proof that anyone can make of the key alone verifies')
      return passed(
        'the forgery that an unfinished set-up accepts does not verify; that honest proofs do follows from 3, 6 and 9 to 13',
      )
    })
    if (files === undefined || records === undefined || key === undefined) return undefined
    const { keyHash, provingKey } = key
    return { name, records, turnHashes: files.turnHashes, keyHash, provingKey }
  } finally {
    remove()
  }
}

/** What an earlier check found. */
function need<T>(found: T | undefined): T {
  return found ?? fail('not checked: a check that it rests on failed')
}

interface Files {
  initial: WholeKey
  turns: KeyParts[]
}

/** The last turn; before the first one, the initial key. */
function latestOf({ initial, turns }: Files): KeyParts {
  return turns.at(-1) ?? initial
}

async function compiledCircuit(
  { state, circuitsDir }: VerificationContext,
  name: string,
  directory: string,
  initial: WholeKey | undefined,
): Promise<Found<R1cs>> {
  const location = circuitsDir === undefined ? {} : { circuitsDir }
  const described = state.file.instances[name]!
  const compiled = await compileInstance(directory, findInstance(name, location), location)
  const hash = await sha256File(compiled.r1cs)
  if (hash !== described.r1csHash) {
    fail(`is another circuit than this version's, whose constraints have the hash ${hash}`, {
      todo: 'Verify with the version of Plimsoll that ceremony.json names.',
    })
  }
  const shipped = shippedHashes(name, location)?.r1cs
  if (shipped !== undefined && shipped !== hash) {
    fail(
      `the sources here are not those of this version's circuit, whose constraints have the hash ${shipped}`,
      {
        todo: 'Install the package again: a circuit file was changed.',
      },
    )
  }
  const r1cs = openR1cs(compiled.r1cs)
  const { wires, publicSignals, domain } = need(initial)
  const sizes = [r1cs.wires, r1cs.publicSignals, domainSizeOf(r1cs.constraints, r1cs.publicSignals)]
  for (const found of [
    [wires, publicSignals, domain],
    [described.wires, described.publicSignals, described.domain],
  ]) {
    if (found.join() !== sizes.join()) fail('the key has other sizes than the circuit')
  }
  return { found: r1cs, detail: `compiled from source: ${r1cs.constraints} constraints, ${hash}` }
}

/** Every point of the initial key and of the last turn. */
async function verifyPoints(
  { curve, points, count }: VerificationContext,
  { initial, turns }: Files,
): Promise<Found<true>> {
  const { alpha1, beta1, beta2, gamma2, delta1, delta2 } = latestOf({ initial, turns }).points
  for (const [name, point] of Object.entries({ alpha1, beta1, delta1 })) {
    if (!isPoint(curve.G1, point)) fail(`${name} is none of the curve, or infinity`)
  }
  for (const [name, point] of Object.entries({ beta2, gamma2, delta2 })) {
    if (!isPoint(curve.G2, point) || !hasGroupOrder(curve, point)) fail(`${name} is outside the group`)
  }
  const runs: [string, PointRun, boolean][] = [
    ['IC', initial.ic, false],
    ['A', initial.a, true],
    ['B1', initial.b1, true],
    ['B2', initial.b2, true],
    ['K', initial.k, true],
    ['H', initial.h, true],
  ]
  for (const [name, run, infinity] of runs) {
    const off = points.firstOff(run, { infinity })
    if (off !== undefined) fail(`point ${off} of ${name} is none of the curve`)
  }
  if (!(await isInGroup(curve, initial.b2, count))) fail('a point of B2 is outside the group')
  return passed('every point is on its curve, and those of the twist are of the right order')
}

interface Sums {
  expected: ExpectedSums
  initial: TurnSums
  ic: Uint8Array
  /** Those of K and H: every turn is held to them. */
  weights: TurnWeights
}

/** Checks 9 to 13: random combinations of the sections against the circuit and the powers of tau. */
async function verifySums(
  context: VerificationContext,
  run: <T>(
    id: '9-a' | '10-b1' | '11-b2' | '12-k' | '13-h',
    work: () => Promise<Found<T>> | Found<T>,
  ) => Promise<T | undefined>,
  files: Files | undefined,
  r1cs: R1cs | undefined,
): Promise<Sums | undefined> {
  const { curve, count } = context
  const { G1, G2 } = curve
  const start = await startOf(context, files, r1cs)
  await run('9-a', async () => {
    const sum = await weightedSum(curve, need(files).initial.a, need(start).weights, count)
    if (!G1.eq(sum, need(start).expected.a)) fail('A is not that of the circuit and the powers of tau')
    return passed(combined('A'))
  })
  await run('10-b1', async () => {
    const sum = await weightedSum(curve, need(files).initial.b1, need(start).weights, count)
    if (!G1.eq(sum, need(start).expected.b1)) fail('B1 is not that of the circuit and the powers of tau')
    return passed(combined('B1'))
  })
  await run('11-b2', async () => {
    const sum = await weightedSum(curve, need(files).initial.b2, need(start).weights, count)
    if (!G2.eq(sum, need(start).expected.b2)) fail('B2 is not that of the circuit and the powers of tau')
    return passed(combined('B2'))
  })
  const latest = files && latestOf(files)
  const ic = await run('12-k', async () => {
    const { initial } = need(files)
    const { weights, expected } = need(start)
    const publicBytes = (initial.publicSignals + 1) * WEIGHT_BYTES
    const sum = await weightedSum(curve, initial.ic, weights.subarray(0, publicBytes), count)
    const k = await weightedSum(curve, need(latest).k, weights.subarray(publicBytes), count)
    const rest = G1.add(sum, G1.neg(expected.k))
    if (
      !(await productIsOne(curve, [
        [rest, G2.g],
        [k, need(latest).points.delta2],
      ]))
    ) {
      fail('IC or K is not that of the circuit, the powers of tau and δ')
    }
    return { found: sum, detail: combined('IC and K') }
  })
  await run('13-h', async () => {
    const { hWeights, expected } = need(start)
    const sum = await weightedSum(curve, need(latest).h, hWeights, count)
    if (!(await samePairing(curve, [sum, need(latest).points.delta2], [expected.h, G2.g]))) {
      fail('H is not that of the powers of tau and δ')
    }
    return passed(combined('H'))
  })
  if (start === undefined || files === undefined || ic === undefined) return undefined
  const { initial } = files
  const publicBytes = (initial.publicSignals + 1) * WEIGHT_BYTES
  const weights = { k: start.weights.subarray(publicBytes), h: start.hWeights }
  return { expected: start.expected, ic, weights, initial: await turnSums(curve, initial, weights, count) }
}

/** Fresh weights, and what they make of the circuit; nothing when the parts for it are missing. */
async function startOf(
  { curve, powers, count }: VerificationContext,
  files: Files | undefined,
  r1cs: R1cs | undefined,
): Promise<{ weights: Uint8Array; hWeights: Uint8Array; expected: ExpectedSums } | undefined> {
  if (files === undefined || r1cs === undefined || powers === undefined) return undefined
  const { wires, domain } = files.initial
  const weights = { weights: freshWeights(wires), hWeights: freshWeights(domain) }
  return { ...weights, expected: await expectedSums(curve, r1cs, powers, domain, weights, count) }
}

/** Check 14: every contribution follows from the one before it, in the records and in the points. */
async function verifyChain(
  { curve, points, count }: VerificationContext,
  { initial, turns }: Files,
  sums: Sums,
): Promise<Found<Contribution[]>> {
  const { G1, G2 } = curve
  let before = parseContributions(initial.contributions, initial.path)
  if (before.records.length > 0) fail('the initial key has contributions already')
  if (turns.length === 0) fail('nobody contributed')
  let delta = initial.points.delta1
  for (const [i, turn] of turns.entries()) {
    const which = `contribution ${i + 1}`
    const now = parseContributions(turn.contributions, turn.path)
    const record = now.records[i]
    const prefix = contributionsBytes({ ...now, records: now.records.slice(0, i) })
    if (
      record === undefined ||
      now.records.length !== i + 1 ||
      !sameBytes(prefix, contributionsBytes(before))
    ) {
      fail(`${which} does not go on from the one before it`)
    }
    const fault =
      (await contributionFault(curve, before, delta, record)) ??
      (G1.eq(record.deltaAfter, turn.points.delta1) ? undefined : 'δ of its turn is another') ??
      (await turnPointsFault(curve, points, turn))
    if (fault) fail(`${which}: ${fault}`)
    const { k, h } = await turnSums(curve, turn, sums.weights, count)
    for (const [name, now, then] of [
      ['K', k, sums.initial.k],
      ['H', h, sums.initial.h],
    ] as const) {
      if (!(await samePairing(curve, [now, turn.points.delta2], [then, G2.g]))) {
        fail(`${which}: ${name} of its turn is not that of the initial key, over δ`)
      }
    }
    before = now
    delta = record.deltaAfter
  }
  const found = [...before.records]
  return { found, detail: `${found.length} contributions, each proven and built on the one before it` }
}

function combined(name: string): string {
  return `${name} is that of the circuit and the powers of tau, by a random combination`
}
