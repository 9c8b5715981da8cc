import { createHash } from 'node:crypto'
import { cpSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Case, malleated, wrongPoints, wrongSignals } from '../../scripts/contract-fixtures/mutations.js'
import { ACCOUNTS, secondBatch } from '../../scripts/soundness/samples/ledger.js'
import { books } from '../../scripts/soundness/samples/solvency.js'
import { contractSources, VERIFIER_IMPORTS } from '../../src/chain/contracts.js'
import {
  assertUnforgeable,
  type ChainConnection,
  compileSolidity,
  connectChain,
  deployMarginGate,
  deployOwnedEpochs,
  deployVerifier,
  type LocalChain,
  openMarginGate,
  requirementId,
  startLocalChain,
  type VerifierAt,
  type VerifierKey,
  verifierSource,
  verifyOnChain,
} from '../../src/chain/index.js'
import { FIELD_ORDER } from '../../src/field/index.js'
import { type Groth16Proof, type Proven, type VerificationKey, verifyProof } from '../../src/groth16/index.js'
import {
  type Artifacts,
  ensureArtifacts,
  loadArtifacts,
  readVerificationKey,
  snarkjsProver,
  terminateProving,
  wasmProver,
  writeDevelopmentKey,
} from '../../src/proving/index.js'
import { ledgerInputs, solvencyInputs } from '../../src/statements/index.js'
import { TEST_CACHE, temporaryFolder } from '../helpers/cli.js'
import { PROVERS } from '../helpers/provers.js'
import { cacheWith, constantsOf, deployByHand, forgery, snarkjsVerifies } from './proofs-forged-keys.js'

let local: LocalChain
let chain: ChainConnection
let ledger: Artifacts
let ledgerVerifier: VerifierAt
let wide: Artifacts
let solvency: Artifacts
let batch: Proven
let other: Proven
/** A proving key of the ledger as it is before anyone contributes: delta is the generator, where gamma is. */
let uncontributed: string
let covered: Proven
let coveredToo: Proven
const setUp = (name: string) => ensureArtifacts(name, { cacheDir: TEST_CACHE })

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  ledger = await setUp('ledger-tiny')
  ledgerVerifier = await deployVerifier(chain, ledger)
  wide = await setUp('ledger-tiny-wide')
  solvency = await setUp('solvency-tiny')
  uncontributed = join(temporaryFolder(), 'uncontributed.zkey')
  const trapdoor = { tau: 5n, alpha: 7n, beta: 11n, delta: 1n }
  await writeDevelopmentKey(ledger.r1cs, uncontributed, { trapdoor })
  const [first, ...rest] = ACCOUNTS
  batch = await wasmProver.prove(ledger, ledgerInputs(secondBatch()))
  other = await snarkjsProver.prove(ledger, ledgerInputs(secondBatch([...rest, first!])))
  covered = await wasmProver.prove(solvency, solvencyInputs(books()))
  coveredToo = await snarkjsProver.prove(
    solvency,
    solvencyInputs(books({ reserves: [5_001n, 69_500n, 0n, 0n] })),
  )
})
afterAll(async () => {
  await local?.stop()
  await terminateProving()
})

/** The verdict of a contract. */
const onChain = async (verifier: VerifierAt, proven: Proven | Proven[]) =>
  (await verifyOnChain(chain, verifier, proven)).valid

/** What is no proof at all is no valid one either. */
async function verdict(key: VerificationKey, { proof, signals }: Case): Promise<boolean> {
  try {
    return await verifyProof(key, signals, proof)
  } catch (error) {
    expect(error).toMatchObject({ code: 'PROOF_SHAPE', exitCode: 2 })
    return false
  }
}

describe('V01: a proof made of nothing but the points of its key (key.4)', () => {
  const lie = [1n, 2n]
  let key: VerificationKey
  let forged: Groth16Proof
  beforeAll(async () => {
    key = await readVerificationKey(uncontributed)
    forged = forgery(key, lie)
  })

  test('is accepted by a verifier that does not look at its key, in JavaScript and in Solidity', async () => {
    expect(key.delta).toEqual(key.gamma)
    expect(await snarkjsVerifies(key, lie, forged)).toBe(true)
    expect(await snarkjsVerifies(ledger.verificationKey, lie, forgery(ledger.verificationKey, lie))).toBe(
      false,
    )
    const verifier = await deployByHand(chain, ledger, key)
    expect(await onChain(verifier, { proof: forged, publicSignals: lie })).toBe(true)
    expect(await onChain(verifier, { proof: forged, publicSignals: [1n, 3n] })).toBe(false)
  })

  test('V39: a deployed verifier with the constants of an unfinished set-up is refused by its probe, and no gate trusts it (key.14)', async () => {
    const weak = { ...ledger.verificationKey, delta: ledger.verificationKey.gamma }
    const verifier = await deployByHand(chain, ledger, weak)
    const proven = { proof: forgery(weak, lie), publicSignals: lie }
    expect(await onChain(verifier, proven), 'the control').toBe(true)
    const epochs = { source: (await deployOwnedEpochs(chain)).address, venue: requirementId('a venue') }
    const { address } = await deployMarginGate(chain, requirementId('a gate'), epochs)
    const gate = await openMarginGate(chain, address)
    const refused = { code: 'VERIFIER_FORGEABLE', exitCode: 3 }
    await expect(assertUnforgeable(chain, verifier.address, ledger.verificationKey)).rejects.toMatchObject(
      refused,
    )
    await expect(gate.setVerifier(verifier.address, ledger)).rejects.toMatchObject(refused)
    const sound = await deployVerifier(chain, ledger)
    await assertUnforgeable(chain, sound.address, ledger.verificationKey)
  })

  test('is refused with its key: nothing is verified, exported, deployed or proven with it', async () => {
    const unsound = { code: 'KEY_UNSOUND', exitCode: 3 }
    const dressed: VerifierKey = { ...ledger, verificationKey: key }
    await expect(verifyProof(key, lie, forged)).rejects.toMatchObject(unsound)
    await expect(verifierSource(dressed)).rejects.toMatchObject(unsound)
    await expect(deployVerifier(chain, dressed)).rejects.toMatchObject(unsound)
    const options = await cacheWith(ledger, uncontributed, key)
    await expect(loadArtifacts('ledger-tiny', options)).rejects.toMatchObject(unsound)
    await expect(ensureArtifacts('ledger-tiny', options)).rejects.toMatchObject(unsound)
  })
})

describe('V04: the proving key of another circuit, or of another set-up, in its place (key.1)', () => {
  test.each([
    ['another circuit', () => wide.zkey],
    ['another set-up', () => uncontributed],
  ])('of %s', async (_, zkey) => {
    const { cacheDir } = await cacheWith(ledger, ledger.zkey, ledger.verificationKey)
    cpSync(zkey(), join(cacheDir, basename(ledger.directory), 'proving.zkey'))
    await expect(loadArtifacts('ledger-tiny', { cacheDir })).rejects.toMatchObject({
      code: 'ARTIFACT_BROKEN',
      exitCode: 3,
    })
    // With a manifest that speaks of it, it is refused for its own sake, and makes no proof that the
    // verification key takes.
    const dressed = await cacheWith(ledger, zkey(), ledger.verificationKey)
    const mismatch = { code: 'KEY_MISMATCH', exitCode: 3 }
    await expect(loadArtifacts('ledger-tiny', dressed)).rejects.toMatchObject(mismatch)
    for (const [name, prover] of PROVERS) {
      const attempt = prover.prove({ ...ledger, zkey: zkey() }, ledgerInputs(secondBatch()))
      await expect(attempt, name).rejects.toMatchObject(mismatch)
    }
  })
})

describe('what is accepted here is accepted there, and nothing else (proof.2, proof.3, proof.6)', () => {
  test.each([
    { instance: 'ledger-tiny', proofs: async () => [ledgerVerifier, ledger, batch, other] as const },
    {
      instance: 'solvency-tiny',
      proofs: async () => [await deployVerifier(chain, solvency), solvency, covered, coveredToo] as const,
    },
  ])(
    'V05, V09, V11: every verifier gives one verdict on every valid, malleated and mutated proof of $instance',
    async ({ proofs }) => {
      const [verifier, key, honest, beside] = await proofs()
      const cases: Case[] = [
        { name: 'valid', proof: honest.proof, signals: honest.publicSignals },
        ...malleated(honest, key.verificationKey, 3n),
        ...wrongSignals(honest),
        ...wrongPoints(honest, beside.proof),
      ]
      const accepted: string[] = []
      for (const item of cases) {
        const here = await verdict(key.verificationKey, item)
        const changed: Proven = { proof: item.proof, publicSignals: item.signals }
        const there = [changed, [changed], [beside, changed], [changed, beside]].map((call) =>
          onChain(verifier, call),
        )
        expect(await Promise.all(there), item.name).toEqual([here, here, here, here])
        if (here) accepted.push(item.name)
      }
      expect(accepted).toEqual(['valid', 'scaled', 'negated', 'shifted'])
      expect(cases.length).toBeGreaterThan(50)
    },
  )
})

test('V07: a rewritten proof verifies for the same signals and for no others (proof.5)', async () => {
  for (const { name, proof, signals } of malleated(batch, ledger.verificationKey, 5n)) {
    expect(proof, name).not.toEqual(batch.proof)
    expect(await verifyProof(ledger.verificationKey, signals, proof), name).toBe(true)
    expect(await verifyProof(ledger.verificationKey, other.publicSignals, proof), name).toBe(false)
  }
})

describe('what was made for something else (proof.3, proof.4)', () => {
  test('V08: a proof under the key of every other circuit', async () => {
    const made = [
      [ledger, batch],
      [solvency, covered],
    ] as const
    for (const [own, { proof, publicSignals }] of made) {
      for (const key of [ledger, wide, solvency].filter((key) => key !== own)) {
        const count = key.publicSignals.length
        const signals = [...publicSignals, 0n, 0n, 0n].slice(0, count)
        const under = `${own.instance.name} under ${key.instance.name}`
        expect(await verifyProof(key.verificationKey, signals, proof), under).toBe(false)
        expect(await snarkjsVerifies(key.verificationKey, signals, proof), under).toBe(false)
        if (publicSignals.length !== count)
          expect(await verifyProof(key.verificationKey, publicSignals, proof), under).toBe(false)
      }
    }
  })

  const point = ['1', '2', '1']
  const twist = [
    ['1', '2'],
    ['3', '4'],
    ['1', '0'],
  ]
  test.each([
    ['Groth16 of snarkjs', { pi_a: point, pi_b: twist, pi_c: point, protocol: 'groth16', curve: 'bn128' }],
    [
      'PLONK',
      { A: point, B: point, C: point, Z: point, T1: point, Wxi: point, eval_a: '1', protocol: 'plonk' },
    ],
    [
      'FFLONK',
      { polynomials: { C1: point, C2: point, W1: point }, evaluations: { ql: '1' }, protocol: 'fflonk' },
    ],
    ['the words of calldata', ['1', '2', '3', '4', '5', '6', '7', '8']],
    ['hex', '0x01'],
  ])('V08: a proof of another proof system, or in another format, is no proof: %s', async (_, proof) => {
    await expect(
      verifyProof(ledger.verificationKey, batch.publicSignals, proof as never),
    ).rejects.toMatchObject({
      code: 'PROOF_SHAPE',
      exitCode: 2,
    })
  })
})

test.each(PROVERS)(
  'V13: two proofs of one ledger witness differ in every point, with %s (proof.5)',
  async (_, prover) => {
    const again = await prover.prove(ledger, ledgerInputs(secondBatch()))
    expect(again.publicSignals).toEqual(batch.publicSignals)
    for (const part of ['a', 'b', 'c'] as const)
      expect(again.proof[part], part).not.toEqual(batch.proof[part])
  },
)

describe('a verifier (proof.2, proof.9)', () => {
  /**
   * Of the code of a verifier of two signals whose every constant is zero; a change of the Solidity is
   * agreed to here.
   */
  const TEMPLATE = '4388452f4625b290c338ea53fb79fb8940ee635b5eb65fc653bb29b6c3c34fa4'

  test('V14: the template of a verifier is the agreed one, and its constants are the key', async () => {
    const source = await verifierSource(ledger)
    const words = [...source.matchAll(/hex"([0-9a-f]{64})"/g)].map(([, hex]) => BigInt(`0x${hex}`))
    expect(words).toEqual(constantsOf(ledger.verificationKey))

    const template = source.replace(/(hex"|0x)[0-9a-f]{64}/g, (_, start) => `${start}${'0'.repeat(64)}`)
    const sources = { ...(await contractSources(VERIFIER_IMPORTS)), 'LedgerTinyVerifier.sol': template }
    const { bytecode } = await compileSolidity(sources, 'LedgerTinyVerifier.sol', 'LedgerTinyVerifier')
    expect(createHash('sha256').update(bytecode).digest('hex')).toBe(TEMPLATE)
  })

  test('V14: a verifier that does not compare signals with the order takes an aliased one', async () => {
    const compare = 'yes := and(yes, lt(calldataload(signal), R))'
    const weak = await deployByHand(chain, ledger, ledger.verificationKey, (library) => {
      expect(library.split(compare)).toHaveLength(2)
      return library.replace(compare, '')
    })
    for (const i of batch.publicSignals.keys()) {
      const alias = {
        ...batch,
        publicSignals: batch.publicSignals.with(i, batch.publicSignals[i]! + FIELD_ORDER),
      }
      expect(await onChain(weak, alias), 'the attack itself').toBe(true)
      expect(await onChain(ledgerVerifier, alias)).toBe(false)
      expect(await verifyProof(ledger.verificationKey, alias.publicSignals, alias.proof)).toBe(false)
    }
  })
})
