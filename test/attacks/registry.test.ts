import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Abi, encodeFunctionData, type Hex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Case,
  cancellingPair,
  malleated,
  wrongPoints,
  wrongSignals,
} from '../../scripts/contract-fixtures/mutations.js'
import { policyHash, purposeContext, solvencyPurpose } from '../../src/bundle/index.js'
import { proofWords } from '../../src/chain/index.js'
import { finalityOf, openingOf, proofsOf } from '../../src/chain/registry-calls.js'
import { REGISTRY_ABI } from '../../src/chain/registry-standing.js'
import { refusalOf, revertReason } from '../../src/chain/rpc.js'
import type { VerifiedEpoch } from '../../src/epoch/index.js'
import { InputError } from '../../src/errors/index.js'
import { type Proven, type VerificationKey, verifyProof } from '../../src/groth16/index.js'
import { terminateProving } from '../../src/proving/index.js'
import { ask, type RegistryFixture, registryFixture, VENUE } from '../helpers/registry.js'

const make = registryFixture()
let fixture: RegistryFixture
let epoch: VerifiedEpoch
let batches: readonly (Proven & { instance: string })[]
let solvency: Proven & { instance: string }
let clean: Hex

beforeAll(async () => {
  fixture = await make()
  epoch = fixture.epoch
  ;({ batches, solvency } = proofsOf(epoch))
})
beforeEach(async () => {
  clean = await ask(fixture, 'evm_snapshot')
})
afterEach(async () => {
  await ask(fixture, 'evm_revert', clean)
})
afterAll(async () => {
  await terminateProving()
  await fixture?.local.stop()
})

/** What the registry makes of a call in the state that it is in: nothing stays of it. */
async function tried(functionName: string, args: readonly unknown[], gas?: bigint): Promise<string> {
  const data = encodeFunctionData({ abi: REGISTRY_ABI as Abi, functionName, args })
  const { reader, writer } = fixture.chain
  try {
    const call = { to: fixture.registry.address, account: writer!.account, data }
    await reader.call({ ...call, ...(gas === undefined ? {} : { gas }) })
    return 'taken'
  } catch (error) {
    const { reverted, words } = refusalOf(error)
    return reverted === undefined ? words : (revertReason(REGISTRY_ABI as Abi, reverted).name ?? 'reverted')
  }
}

const hashOf = (instance: string) => `0x${epoch.manifest.keys[instance]!.keyHash}`
const keyOf = (instance: string): VerificationKey =>
  JSON.parse(readFileSync(join(fixture.folder, `keys/${instance}.json`), 'utf8'))

/** Proofs as one call for a run that begins where the first one does. */
function submission(proofs: readonly Pick<Case, 'proof' | 'signals'>[], instance: string) {
  const states = proofs.map(({ signals }) => signals[1]!)
  return [hashOf(instance), proofs[0]!.signals[0]!, 0, proofs.map(({ proof }) => proofWords(proof)), states]
}

/** What this package says of it: what cannot be read as a proof is none. */
async function isValid(key: VerificationKey, { proof, signals }: Case): Promise<boolean> {
  return verifyProof(key, signals, proof).catch((error: unknown) => {
    if (error instanceof InputError) return false
    throw error
  })
}

const asCase = ({ proof, publicSignals }: Proven, name = 'valid'): Case => ({
  name,
  proof,
  signals: publicSignals,
})

/** Everything that leads to the proof of solvency. */
async function folded(): Promise<void> {
  const { registry, signature } = fixture
  await registry.openEpoch(epoch, signature)
  await registry.submitBatches(epoch, 0, 4)
  await registry.submitBatches(epoch, 4, 1)
}

/** A claim with one thing changed, as arguments of `finalize`. */
function finality(changes: object = {}, { proof = solvency.proof, key = solvency.instance } = {}) {
  const [number, , , claim] = finalityOf(epoch, 7n, ['crash'])
  return [number, hashOf(key), proofWords(proof), { ...(claim as object), ...changes }]
}

describe('a registry takes a real proof as this package does (registry.13)', () => {
  test('V05, V09, V11: one verdict on 200 valid, malleated and mutated proofs', async () => {
    let seen = 0
    const taken = new Set<string>()
    for (const [index, proven] of [batches[0]!, batches[4]!].entries()) {
      const { instance } = proven
      const key = keyOf(instance)
      const cases = [
        asCase(proven),
        ...Array.from({ length: 8 }, (_, i) => malleated(proven, key, BigInt(3 * i + index + 2))).flat(),
        ...wrongSignals(proven),
        ...wrongPoints(proven, batches[1]!.proof),
      ]
      for (const item of cases) {
        const here = await isValid(key, item)
        const there = await tried('submitBatches', submission([item], instance))
        expect(there === 'taken', `${instance}, ${item.name}: ${there}`).toBe(here)
        if (here) taken.add(item.name)
        seen++
      }
    }
    await folded()
    const key = keyOf(solvency.instance)
    const cases = [
      asCase(solvency),
      ...Array.from({ length: 4 }, (_, i) => malleated(solvency, key, BigInt(i + 5))).flat(),
      ...wrongPoints(solvency, batches[0]!.proof),
    ]
    for (const item of cases) {
      const here = await isValid(key, item)
      const there = await tried('finalize', finality({}, { proof: item.proof }))
      expect(there === 'taken', `${item.name}: ${there}`).toBe(here)
      seen++
    }
    expect([...taken].sort()).toEqual(['negated', 'scaled', 'shifted', 'valid'])
    expect(seen).toBeGreaterThanOrEqual(200)
  })

  test('V06: a state too many or too few, or no proof at all, is no call', async () => {
    const [key, first, from, proofs, states] = submission([asCase(batches[0]!)], 'ledger-tiny')
    for (const [given, said] of [
      [[key, first, from, proofs, []], 'WrongStateCount'],
      [[key, first, from, proofs, [...(states as bigint[]), 0n]], 'WrongStateCount'],
      [[key, first, from, [], []], 'WrongBatch'],
    ] as const) {
      expect(await tried('submitBatches', given)).toBe(said)
    }
  })

  test('V07: a proof that was rewritten takes the run no further than the proof did', async () => {
    const [scaled] = malleated(batches[0]!, keyOf('ledger-tiny'), 9n)
    expect(await tried('submitBatches', submission([scaled!], 'ledger-tiny'))).toBe('taken')
    await fixture.registry.submitBatches(epoch, 0, 1)
    expect(await tried('submitBatches', submission([scaled!], 'ledger-tiny'))).toBe('WrongBatch')
  })

  test('V08: a proof of one statement or key is none of another', async () => {
    const [first, stress] = [asCase(batches[0]!), asCase(batches[4]!)]
    expect(await tried('submitBatches', submission([first], solvency.instance))).toBe('KeyNotActive')
    expect(await tried('submitBatches', submission([stress], 'ledger-tiny'))).toBe('ProofRejected')
    await folded()
    const { proof } = batches[0]!
    expect(await tried('finalize', finality({}, { proof }))).toBe('ProofRejected')
    expect(await tried('finalize', finality({}, { proof, key: 'ledger-tiny' }))).toBe('KeyNotActive')
  })

  test('V12: one bad proof in a call, at any position, and two whose errors cancel', async () => {
    const cases = batches.slice(0, 4).map((one) => asCase(one))
    expect(await tried('submitBatches', submission(cases, 'ledger-tiny'))).toBe('taken')
    for (const [at, item] of cases.entries()) {
      const { proof } = cases[(at + 1) % 4]!
      const bad = cases.with(at, { ...item, proof })
      expect(await tried('submitBatches', submission(bad, 'ledger-tiny')), `at ${at}`).toBe('ProofRejected')
      for (let other = at + 1; other < 4; other++) {
        const [one, two] = cancellingPair(batches[at]!, batches[other]!)
        const pair = cases.with(at, one).with(other, two)
        expect(await tried('submitBatches', submission(pair, 'ledger-tiny'))).toBe('ProofRejected')
      }
    }
  })
})

describe('real proofs in a wrong order, place or time (registry.14)', () => {
  test('S27: batches repeated, skipped or interleaved', async () => {
    const [a, b, c] = batches.map((one) => asCase(one))
    for (const [name, proofs] of Object.entries({
      repeated: [a!, a!],
      skipped: [a!, c!],
      turned: [b!, a!],
    })) {
      expect(await tried('submitBatches', submission(proofs, 'ledger-tiny')), name).toBe('ProofRejected')
    }
    // The second batch, as if it were the first of the run.
    const [key, , from, proofs, states] = submission([b!], 'ledger-tiny')
    expect(await tried('submitBatches', [key, a!.signals[0], from, proofs, states])).toBe('ProofRejected')
  })

  test('S26: a run that begins behind the first batch ends in the same state, and makes nothing final', async () => {
    const { registry, signature } = fixture
    await registry.openEpoch(epoch, signature)
    const [first] = batches
    const later = {
      ...epoch,
      proofs: epoch.proofs.slice(1),
      manifest: {
        ...epoch.manifest,
        parts: {
          ...epoch.manifest.parts,
          ledger: { ...epoch.manifest.parts.ledger, firstState: `${first!.publicSignals[1]}` },
        },
      },
    }
    await registry.submitBatches(later, 0, 3)
    await registry.submitBatches(later, 3, 1)
    expect(await tried('finalize', finality({ firstState: first!.publicSignals[1] }))).toBe('ProofRejected')
    expect(await tried('finalize', finality())).toBe('NothingFolded')
  })

  test('S28: a signature is of no use under another number, a second time, or in its upper form', async () => {
    const { registry, signature } = fixture
    const opening = openingOf(epoch, 7n, signature)
    const [venue, , about] = opening
    expect(await tried('openEpoch', [venue, 8n, about, signature.signature])).toBe('NotSigned')
    const [r, s, v] = [2, 66, 130].map((at) => signature.signature.slice(at, at + 64)) as [
      string,
      string,
      string,
    ]
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const upper = (order - BigInt(`0x${s}`)).toString(16).padStart(64, '0')
    const turned = `0x${r}${upper}${v === '1b' ? '1c' : '1b'}`
    expect(await tried('openEpoch', [venue, 7n, about, turned])).toBe('NotSigned')
    expect(await tried('openEpoch', opening)).toBe('taken')
    await registry.openEpoch(epoch, signature)
    expect(await tried('openEpoch', opening)).toBe('NumberUsed')
  })

  test('S31: a proof under another policy or waterfall', async () => {
    await folded()
    const digest = BigInt(epoch.manifest.parts.solvency.policy)
    expect(await tried('finalize', finality())).toBe('taken')
    await fixture.registry.setPolicy(VENUE, { digest, text: 'ab'.repeat(32) })
    expect(await tried('finalize', finality())).toBe('ProofRejected')
    await fixture.registry.setPolicy(VENUE, { digest: digest + 1n, text: policyHash(epoch.policy) })
    expect(await tried('finalize', finality())).toBe('ProofRejected')
    await fixture.registry.setPolicy(VENUE, { digest, text: policyHash(epoch.policy) })
    expect(await tried('finalize', finality())).toBe('taken')
  })

  test('S30: its development keys are registered on a test chain alone', async () => {
    const { address } = fixture.registry
    const { from, verifier } = await fixture.chain.reader.readContract({
      ...{ address, abi: REGISTRY_ABI, functionName: 'keyOf', args: [hashOf('ledger-tiny') as Hex] },
    })
    const forgery = { proof: proofWords(batches[0]!.proof), signals: [1n, 2n] }
    const registration = [verifier, 0, from, from + 1_000_000, forgery]
    expect(await tried('registerKey', registration)).toBe('KeyKnown')
    await ask(fixture, 'anvil_setChainId', 1)
    try {
      expect(await tried('registerKey', registration)).toBe('DevelopmentKey')
    } finally {
      await ask(fixture, 'anvil_setChainId', 31_337)
    }
  })

  test('S32: odd names of venues', async () => {
    const operator = `0x${'12'.repeat(20)}`
    const terms = { maxAge: 1, maxLag: 1 }
    for (const name of ['', ' x', 'x ', 'a\nb', 'é', 'x'.repeat(65), 'a\u202eb', '\u0000']) {
      expect(await tried('registerVenue', [name, operator, terms]), JSON.stringify(name)).toBe('UnfitName')
    }
    expect(await tried('registerVenue', ['x'.repeat(64), operator, terms])).toBe('taken')
  })

  test('S33: starved of gas, a forged proof makes nothing final and a real one all or nothing', async () => {
    await folded()
    const forged = finality({}, { proof: { ...solvency.proof, a: solvency.proof.c } })
    const outcomes: boolean[] = []
    for (let gas = 60_000n; gas <= 500_000n; gas += 20_000n) {
      expect(await tried('finalize', forged, gas), `${gas}`).not.toBe('taken')
      outcomes.push((await tried('finalize', finality(), gas)) === 'taken')
    }
    // Once it is enough, it stays enough.
    const enough = outcomes.indexOf(true)
    expect(enough).toBeGreaterThan(5)
    expect(outcomes.slice(enough)).toEqual(Array(outcomes.length - enough).fill(true))
  })
})

test('S16: contexts that the registry makes are those of proofs (registry.7)', async () => {
  const { address } = fixture.registry
  const { reader } = fixture.chain
  const [, , , claim] = finality()
  const policy = policyHash(epoch.policy)
  for (let i = 0; i < 20; i++) {
    const [riskTable, previous] = [3 * i + 1, 5 * i].map((seed) => seed.toString(16).padStart(64, '0')) as [
      string,
      string,
    ]
    const number = i === 0 ? 7 : 2 ** (2 * i) + i
    const context = await reader.readContract({
      ...{ address, abi: REGISTRY_ABI, functionName: 'contextOf' },
      args: [
        number,
        { ...(claim as object), riskTable: `0x${riskTable}`, previous: `0x${previous}` } as never,
      ],
    })
    const manifest = { ...epoch.manifest, epoch: `${number}`, riskTable }
    const about = i === 0 ? manifest : { ...manifest, previous }
    expect(context).toBe(purposeContext(solvencyPurpose(about, policy)))
  }
})
