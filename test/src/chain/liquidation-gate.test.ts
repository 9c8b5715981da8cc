import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proveSignals, testKey } from '../../../scripts/contract-fixtures/statements.js'
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
  requirementId,
  startLocalChain,
  venueId,
} from '../../../src/chain/index.js'
import { type Artifacts, terminateProving } from '../../../src/proving/index.js'
import {
  LIQUIDATION_SIGNALS,
  type LiquidationSignals,
  liquidationContext,
} from '../../../src/statements/index.js'

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
