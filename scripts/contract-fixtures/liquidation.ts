import { type Address, getContractAddress, keccak256, toHex } from 'viem'
import { proofWords } from '../../src/chain/index.js'
import type { Proven } from '../../src/groth16/index.js'
import {
  LIQUIDATION_SIGNALS,
  type LiquidationContext,
  type LiquidationSignals,
  liquidationContext,
  marginContext,
} from '../../src/statements/index.js'

/** The subject of one liquidation proof. */
interface LiquidationCase {
  name: string
  leaf: number
  epoch: number
  movement: number
  policy: string
  requirement: string
  /** What differs from the context of the gate of the tests. */
  context: Partial<LiquidationContext>
}

const VENUE = 'Example Exchange'
const CHAIN = 31_337n
/** The gates of the tests are the first and the second contract of this account. */
const DEPLOYER: Address = `0x${keccak256(toHex('deployer of gates of liquidations')).slice(26)}`
const GATE = getContractAddress({ from: DEPLOYER, nonce: 0n })
const OTHER_GATE = getContractAddress({ from: DEPLOYER, nonce: 1n })

function liquidationCase(name: string, change: Partial<LiquidationCase> = {}): LiquidationCase {
  const usual = { leaf: 0, epoch: 0, movement: 0, policy: 'policy', requirement: 'maintenance', context: {} }
  return { name, ...usual, ...change }
}

const CASES: LiquidationCase[] = [
  liquidationCase('first'),
  liquidationCase('same leaf, other movement', { movement: 1 }),
  liquidationCase('other leaf', { leaf: 1, movement: 2 }),
  liquidationCase('next epoch', { leaf: 2, epoch: 1, movement: 3 }),
  liquidationCase('other policy', { policy: 'other policy' }),
  liquidationCase('other requirement', { requirement: 'initial' }),
  liquidationCase('for another chain', { context: { chainId: CHAIN + 1n } }),
  liquidationCase('for another gate', { context: { contract: OTHER_GATE } }),
  liquidationCase('of another venue', { context: { venue: 'Another Exchange' } }),
  liquidationCase('of another label', { context: { epoch: '2' } }),
]

const epochOf = ({ epoch }: LiquidationCase) => `${epoch + 1}`

/** Numbers in place of roots and digests, that are the same for the same leaf, epoch, terms and movement. */
function signalsOf(each: LiquidationCase): bigint[] {
  const number = (what: string) => marginContext({ text: what })
  const purpose = { venue: VENUE, epoch: epochOf(each), chainId: CHAIN, contract: GATE, ...each.context }
  const signals: LiquidationSignals = {
    accountsRoot: number(`accounts of epoch ${each.epoch}`),
    riskRoot: number(`risk of epoch ${each.epoch}`),
    requirement: number(`requirement ${each.requirement}`),
    policy: number(each.policy),
    movement: number(`movement ${each.movement}`),
    nullifier: number(`leaf ${each.leaf}`),
    context: liquidationContext(purpose),
  }
  return LIQUIDATION_SIGNALS.map((name) => signals[name])
}

/**
 * What the tests of the gate of liquidations read: real proofs with the signals of `liquidation`.
 *
 * @param prove makes a proof with these public signals
 */
export async function liquidationFixtures(prove: (signals: readonly bigint[]) => Promise<Proven>) {
  const proven: Proven[] = []
  for (const each of CASES) proven.push(await prove(signalsOf(each)))
  return {
    first: proven[0]!,
    liquidation: {
      deployer: DEPLOYER,
      chainId: `${CHAIN}`,
      venue: VENUE,
      cases: {
        names: CASES.map(({ name }) => name),
        proofs: proven.map(({ proof }) => proofWords(proof).map(String)),
        signals: proven.map(({ publicSignals }) => publicSignals.map(String)),
        epochs: CASES.map((each) => each.context.epoch ?? epochOf(each)),
      },
    },
  }
}
