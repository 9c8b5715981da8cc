import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveSignals, testKey } from '../../../scripts/contract-fixtures/statements.js'
import { TEST_CACHE } from '../../../scripts/soundness/bench/cache.js'
import { slotsOf, venueAccount } from '../../../scripts/soundness/samples/liquidation.js'
import { LIQUIDATION_GATE_ABI } from '../../../src/abi.js'
import {
  type ChainConnection,
  connectChain,
  type DeployedVerifier,
  deployLiquidationGate,
  deployOwnedEpochs,
  deployVerifier,
  type GateLiquidation,
  type LiquidationGate,
  type LocalChain,
  openLiquidationGate,
  openOwnedEpochs,
  proofWords,
  requirementId,
  startLocalChain,
  venueId,
} from '../../../src/chain/index.js'
import { verifyProof } from '../../../src/groth16/index.js'
import { type Artifacts, ensureArtifacts, terminateProving, wasmProver } from '../../../src/proving/index.js'
import { tableSizes } from '../../../src/risk/index.js'
import {
  LIQUIDATION_SIGNALS,
  type LiquidationSignals,
  liquidationContext,
  liquidationInputs,
  liquidationPolicyDigest,
  liquidationWitness,
  marginSizes,
} from '../../../src/statements/index.js'
import { snarkjsAccepts } from '../../helpers/independent-verifier.js'
import { dollars, policy, table } from '../../helpers/sizing.js'

const VENUE = 'Example Exchange'
const ID = requirementId('maintenance')
const TERMS = { requirement: 13n, policy: 15n }

describe('a gate of liquidations, from TypeScript (gate.21)', () => {
  let local: LocalChain
  let chain: ChainConnection
  let gate: LiquidationGate
  let other: LiquidationGate
  let key: Artifacts
  let verifier: DeployedVerifier

  beforeAll(async () => {
    local = await startLocalChain()
    chain = await connectChain(local.rpcUrl)
    const epochs = await openOwnedEpochs(chain, (await deployOwnedEpochs(chain)).address)
    const at = { source: epochs.address, venueName: VENUE }
    gate = await openLiquidationGate(chain, (await deployLiquidationGate(chain, at)).address)
    other = await openLiquidationGate(chain, (await deployLiquidationGate(chain, at)).address)
    key = await testKey('fifths-7')
    verifier = await deployVerifier(chain, key)
    const { timestamp } = await chain.reader.getBlock()
    await epochs.setRoots(venueId(VENUE), { accountsRoot: 11n, riskRoot: 12n }, Number(timestamp) + 3_600)
    for (const each of [gate, other]) {
      await each.setVerifier(verifier.address, verifier)
      await each.setTerms(ID, TERMS)
    }
    await other.setReporter(chain.writer!.account.address, true)
  })
  afterAll(async () => {
    await local?.stop()
    await terminateProving()
  })

  /** A real proof of these signals, for the gate unless something else is said. */
  async function proven(changed: Partial<LiquidationSignals> = {}): Promise<GateLiquidation> {
    const purpose = { venue: VENUE, epoch: '1', chainId: BigInt(chain.chainId), contract: gate.address }
    const signals = {
      ...{ accountsRoot: 11n, riskRoot: 12n, ...TERMS, movement: 16n, nullifier: 17n },
      context: liquidationContext(purpose),
      ...changed,
    }
    const ordered = LIQUIDATION_SIGNALS.map((name) => signals[name])
    const { proof } = await proveSignals(key, ordered)
    return { epoch: '1', keyHash: key.keyHash, signals, proof }
  }

  test('a liquidation is recorded once, and read back', async () => {
    expect(await gate.liquidationOf(17n)).toBeUndefined()
    expect(await gate.isRecorded(17n, 16n, ID)).toBe(false)
    const liquidation = await proven()
    // A customer can prove what suits of the own leaf: a valid proof is not enough.
    const { address: account } = chain.writer!.account
    expect(await gate.isReporter(account)).toBe(false)
    await expect(gate.submit(verifier.address, ID, liquidation)).rejects.toMatchObject({
      ...{ code: 'GATE_REFUSED', message: expect.stringContaining('UntrustedReporter') },
      hint: expect.stringContaining('setReporter'),
    })
    await gate.setReporter(account, true)
    expect(await gate.isReporter(account)).toBe(true)
    expect(await gate.submit(verifier.address, ID, liquidation)).toBeGreaterThan(200_000n)
    expect(await gate.isRecorded(17n, 16n, ID)).toBe(true)
    expect(await gate.liquidationOf(17n)).toMatchObject({
      ...{ movement: 16n, terms: TERMS, verifier: expect.stringMatching(/^0x/), epoch: 1 },
    })
    const again = { code: 'GATE_REFUSED', message: expect.stringContaining('AlreadyLiquidated') }
    await expect(gate.submit(verifier.address, ID, liquidation)).rejects.toMatchObject(again)
    await expect(gate.submit(verifier.address, ID, await proven({ movement: 18n }))).rejects.toMatchObject(
      again,
    )
    expect((await gate.liquidationOf(17n))!.movement).toBe(16n)
  })

  test('what the gate would refuse without a word is named before anything is sent', async () => {
    const liquidation = await proven({ nullifier: 19n })
    const named = (where: string) => ({ code: 'GATE_PURPOSE', where })
    await expect(other.submit(verifier.address, ID, liquidation)).rejects.toMatchObject(
      named('signals.context'),
    )
    await expect(gate.submit(verifier.address, ID, { ...liquidation, epoch: '2' })).rejects.toMatchObject(
      named('signals.context'),
    )
    await expect(
      gate.submit(verifier.address, ID, await proven({ policy: 14n, nullifier: 19n })),
    ).rejects.toMatchObject(named('signals.policy'))
    await expect(gate.submit(verifier.address, requirementId('none'), liquidation)).rejects.toMatchObject({
      ...{ code: 'GATE_REFUSED', message: expect.stringContaining('UnknownTerms') },
    })
    const roots = await proven({ accountsRoot: 10n, nullifier: 19n })
    await expect(gate.submit(verifier.address, ID, roots)).rejects.toMatchObject({
      ...{ code: 'GATE_REFUSED', message: expect.stringContaining('RootsNotAccepted') },
    })
    const forged = { ...liquidation, signals: { ...liquidation.signals, nullifier: 20n } }
    await expect(gate.submit(verifier.address, ID, forged)).rejects.toMatchObject({
      ...{ code: 'GATE_REFUSED', message: expect.stringContaining('ProofRejected') },
    })
    expect(await gate.liquidationOf(19n)).toBeUndefined()
    expect(await gate.submit(verifier.address, ID, liquidation), 'control').toBeGreaterThan(0n)
  })

  test('a real proof of a liquidation is taken once, and at no other gate or chain (gate.18, gate.19)', async () => {
    const tiny = await ensureArtifacts('liquidation-tiny', { cacheDir: TEST_CACHE })
    // 100 contracts at 100 dollars, of which 1,000 are required, and 900: 42 are closed, and 5 % of them lost.
    const account = venueAccount(slotsOf(table, [dollars(900), 100n, 0n]))
    const real = async (context: bigint, salt = 3n): Promise<GateLiquidation> => {
      const changes = slotsOf(table, [dollars(-210), -42n, 0n])
      const witness = liquidationWitness({
        ...{ table, tableSizes: tableSizes(table), policy, account, context },
        movement: { changes, salt, takeover: false },
        sizes: marginSizes(tiny.instance),
      })
      expect(witness.verdict).toEqual({ valid: true })
      const { proof } = await wasmProver.prove(tiny, liquidationInputs(witness))
      return { epoch: '2', keyHash: tiny.keyHash, signals: witness.signals, proof }
    }
    const purpose = { venue: VENUE, epoch: '2', chainId: BigInt(chain.chainId), contract: gate.address }
    const first = await real(liquidationContext(purpose))
    const { accountsRoot, riskRoot, requirement, nullifier, movement } = first.signals
    const stated = LIQUIDATION_SIGNALS.map((name) => first.signals[name])
    const others = stated.with(4, movement + 1n)
    for (const [signals, holds] of [
      [stated, true],
      [others, false],
    ] as const) {
      expect(await verifyProof(tiny.verificationKey, signals, first.proof)).toBe(holds)
      expect(await snarkjsAccepts(tiny.verificationKey, signals.map(String), first.proof)).toBe(holds)
    }
    const id = requirementId('real')
    const { address } = await deployVerifier(chain, tiny)
    const { timestamp } = await chain.reader.getBlock()
    const epochs = await openOwnedEpochs(chain, gate.source)
    await epochs.setRoots(venueId(VENUE), { accountsRoot, riskRoot }, Number(timestamp) + 3_600)
    for (const each of [gate, other]) {
      await each.setVerifier(address, tiny)
      await each.setTerms(id, { requirement, policy: liquidationPolicyDigest(policy, table) })
    }
    /** What a gate itself says of a proof, with nothing asked before. */
    const said = async (at: LiquidationGate, { epoch, signals, proof }: GateLiquidation) => {
      const claim = { ...signals, epoch, termsId: id }
      const call = { address: at.address, abi: LIQUIDATION_GATE_ABI, functionName: 'submit' } as const
      const { account } = chain.writer!
      return chain.reader
        .simulateContract({ ...call, account, args: [address, proofWords(proof), claim] })
        .then(
          () => 'taken',
          (error: Error) => /Error: (\w+)\(/.exec(error.message)?.[1] ?? error.message,
        )
    }
    expect(await said(other, first), 'another gate').toBe('ProofRejected')
    const elsewhere = await real(liquidationContext({ ...purpose, chainId: purpose.chainId + 1n }))
    expect(await said(gate, elsewhere), 'another chain').toBe('ProofRejected')
    expect(await said(gate, { ...first, epoch: '3' }), 'another epoch').toBe('ProofRejected')
    expect(await said(gate, first), 'control').toBe('taken')

    const gas = await gate.submit(address, id, first)
    expect(gas).toBeGreaterThan(250_000n)
    expect(gas).toBeLessThan(450_000n)
    expect(await gate.isRecorded(nullifier, movement, id)).toBe(true)
    expect(await said(gate, first), 'the same again').toBe('AlreadyLiquidated')
    const again = await real(liquidationContext(purpose), 4n)
    expect(again.signals.movement).not.toBe(movement)
    expect(again.signals.nullifier).toBe(nullifier)
    expect(await said(gate, again), 'the same leaf under another salt').toBe('AlreadyLiquidated')
  })

  test('what is no gate, and no verifier of the key, is refused by name', async () => {
    await expect(openLiquidationGate(chain, gate.source)).rejects.toMatchObject({ code: 'NOT_THE_CONTRACT' })
    await expect(openLiquidationGate(chain, '0x12')).rejects.toMatchObject({ code: 'ADDRESS' })
    const squares = await deployVerifier(chain, await testKey('squares-1'))
    await expect(gate.submit(squares.address, ID, await proven())).rejects.toMatchObject({
      code: 'WRONG_VERIFIER',
    })
    await gate.setVerifier(verifier.address, false)
    expect(await gate.isTrusted(verifier.address)).toBe(false)
    expect(await gate.isRecorded(17n, 16n, ID)).toBe(false)
  })
})
