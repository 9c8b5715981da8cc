import { type Address, type Hex, isAddress } from 'viem'
import type { LiquidationProof } from '../epoch/index.js'
import { ArtifactError, InputError } from '../errors/index.js'
import type { Groth16Proof, VerificationKey } from '../groth16/index.js'
import { LIQUIDATION_SIGNALS, type LiquidationSignals, liquidationContext } from '../statements/index.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract } from './deploy.js'
import { refusalsOf } from './gate-refusals.js'
import { LIQUIDATION_GATE_ABI } from './generated/abi.js'
import { readView } from './rpc.js'
import { writerOf, writesTo } from './transaction.js'
import { proofWords } from './verifier-source.js'
import { assertUnforgeable, assertVerifier } from './verify-on-chain.js'

/** What accounts are held to at a gate of liquidations, under one id. */
export interface LiquidationTerms {
  /** The digest of the requirement, as `margin` has it at times one; 0 for none. */
  requirement: bigint
  /** `liquidationPolicyDigest` of the policy. */
  policy: bigint
}

/** A proof of `liquidation` that was made for a gate. */
export interface GateLiquidation {
  /** The label of its epoch. */
  epoch: string
  /** The hash of the key that it was made under. */
  keyHash: string
  signals: LiquidationSignals
  proof: Groth16Proof
}

/**
 * The proof of a liquidation in a file, as a gate takes it.
 *
 * @throws {InputError} `GATE_PURPOSE` when its signals are not those of a liquidation
 * @example
 * const liquidation = gateLiquidation(await readLiquidation('liquidation.json'))
 * console.log(liquidation.epoch, liquidation.signals.nullifier)
 */
export function gateLiquidation({ epoch, proof }: LiquidationProof): GateLiquidation {
  const read = LIQUIDATION_SIGNALS.map((name) => {
    const value = proof.signals[name]
    if (value !== undefined) return [name, BigInt(value)]
    throw new InputError('GATE_PURPOSE', 'the signals are not those of a liquidation', {
      where: `proof.signals.${name}`,
    })
  })
  const signals: LiquidationSignals = Object.fromEntries(read)
  return { epoch, keyHash: proof.keyHash, signals, proof: proof.proof }
}

/** What a gate has on record for one leaf. */
export interface RecordedLiquidation {
  movement: bigint
  terms: LiquidationTerms
  verifier: Address
  /** The number of its epoch at the source. */
  epoch: number
  /** Seconds since 1970-01-01 UTC. */
  time: number
}

/**
 * Compiles `LiquidationGate.sol` and deploys it, owned by the connection's account.
 *
 * @param epochs for good: where it reads which epoch counts, and the venue's name as its proofs have it
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address: source } = await deployOwnedEpochs(chain)
 * const { address } = await deployLiquidationGate(chain, { source, venueName: 'Example Exchange' })
 */
export async function deployLiquidationGate(
  chain: ChainConnection,
  { source, venueName }: { source: Address; venueName: string },
): Promise<DeployedContract> {
  return deployContract(chain, {
    ...(await contractNamed('LiquidationGate')),
    args: [writerOf(chain).account.address, source, venueName],
  })
}

/**
 * A deployed gate of liquidations, as its owner, a venue and who settles use it. Writes go out from the
 * connection's account.
 */
export interface LiquidationGate {
  address: Address
  source: Address
  venueName: string
  /**
   * For the owner: trusts a verifier, which has to be of this key and is probed with a forgery, or no longer
   * does.
   */
  setVerifier(verifier: Address, trusted: { verificationKey: VerificationKey } | false): Promise<bigint>
  /** For the owner: lets an account of the venue bring proofs, or no longer does. */
  setReporter(account: Address, trusted: boolean): Promise<bigint>
  /** For the owner: which requirement and policy stand under which id; zeros withdraw them. */
  setTerms(id: Hex, terms: LiquidationTerms): Promise<bigint>
  /** What stands under an id; zeros for nothing. */
  termsOf(id: Hex): Promise<LiquidationTerms>
  /** Whether the owner trusts a verifier. */
  isTrusted(verifier: Address): Promise<boolean>
  /** Whether the owner lets an account bring proofs. */
  isReporter(account: Address): Promise<boolean>
  /**
   * For reporters: brings a proof that was made for this gate, once for each leaf. Customers can prove what
   * they like of the own leaf, and so are none.
   */
  submit(verifier: Address, termsId: Hex, liquidation: GateLiquidation): Promise<bigint>
  /** Whether this very movement is on record for a leaf, and all that it rests on is kept. */
  isRecorded(nullifier: bigint, movement: bigint, termsId: Hex): Promise<boolean>
  /** What is on record for a leaf. */
  liquidationOf(nullifier: bigint): Promise<RecordedLiquidation | undefined>
}

/**
 * The gate of liquidations at an address, once it has said that it is one, there and on this chain. Who made
 * a contract decides what it says, so a gate is taken from somebody whom you trust.
 *
 * Every write resolves to the gas of its transaction, once a block has it and it has not reverted there.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when there is no gate, or a verifier's address holds no
 * verifier; `WRONG_VERIFIER` from writes that name a verifier of another key; `VERIFIER_FORGEABLE` from
 * `setVerifier`
 * @throws {ProofError} `GATE_REFUSED`, from any call that the gate reverts, also in a block
 * @throws {InputError} `ADDRESS`; `CALL_ARGUMENTS`, `NO_ACCOUNT`, `TRANSACTION_PENDING` from writes;
 * `GATE_PURPOSE` for a proof that is not made for this gate, chain and epoch, or for other terms;
 * `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const gate = await openLiquidationGate(chain, '0x5fbdb2315678afecb367f032d93f642f64180aa3')
 * if ((await gate.liquidationOf(26n)) === undefined) console.log('not on record')
 */
export async function openLiquidationGate(
  chain: ChainConnection,
  address: Address,
): Promise<LiquidationGate> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of a gate')
  const gate = { address, abi: LIQUIDATION_GATE_ABI } as const
  const venueName = await readView<string>(chain, { ...gate, functionName: 'venueName' })
  const contextOf = (epoch: string) =>
    liquidationContext({ venue: venueName, epoch, chainId: BigInt(chain.chainId), contract: address })
  // The context of no epoch in particular: it tells this contract, chain and statement from others.
  const context = await readView<bigint>(chain, { ...gate, functionName: 'contextOf', args: [''] })
  if (context !== contextOf('')) {
    throw new ArtifactError('NOT_THE_CONTRACT', 'the contract has the context of another gate or chain', {
      where: `${address} on chain ${chain.chainId}`,
    })
  }
  const write = writesTo(chain, gate, refusalsOf(address))
  const termsOf = (id: Hex) =>
    readView<LiquidationTerms>(chain, { ...gate, functionName: 'termsOf', args: [id] })
  return {
    address,
    source: await readView<Address>(chain, { ...gate, functionName: 'source' }),
    venueName,
    async setVerifier(verifier, trusted) {
      if (trusted) await assertUnforgeable(chain, verifier, trusted.verificationKey)
      return write('setVerifier', [verifier, trusted !== false])
    },
    setReporter: (account, trusted) => write('setReporter', [account, trusted]),
    setTerms: (id, terms) => write('setTerms', [id, terms]),
    termsOf,
    isReporter: (account) => readView(chain, { ...gate, functionName: 'isReporter', args: [account] }),
    isTrusted: (verifier) => readView(chain, { ...gate, functionName: 'isTrusted', args: [verifier] }),
    async submit(verifier, termsId, { epoch, keyHash, signals, proof }) {
      await assertVerifier(chain, { address: verifier, keyHash })
      const terms = await termsOf(termsId)
      // Terms of 0 are for the gate to name.
      const asked = terms.requirement === 0n ? {} : terms
      assertSignals(signals, { context: contextOf(epoch), ...asked })
      const { accountsRoot, riskRoot, movement, nullifier } = signals
      const claim = { accountsRoot, riskRoot, epoch, termsId, movement, nullifier }
      return write('submit', [verifier, proofWords(proof), claim])
    },
    isRecorded: (nullifier, movement, termsId) =>
      readView(chain, { ...gate, functionName: 'isRecorded', args: [nullifier, movement, termsId] }),
    async liquidationOf(nullifier) {
      const found = await readView<RecordedLiquidation>(chain, {
        ...{ ...gate, functionName: 'liquidationOf', args: [nullifier] },
      })
      return found.time === 0 ? undefined : found
    },
  }
}

/** Refuses a proof that the gate would reject without a word, as it was made for something else. */
function assertSignals(signals: LiquidationSignals, expected: Partial<LiquidationSignals>): void {
  for (const [name, value] of Object.entries(expected) as [keyof LiquidationSignals, bigint][]) {
    if (signals[name] === value) continue
    const what = name === 'context' ? 'gate, chain or epoch' : `${name} than the gate asks under this name`
    throw new InputError('GATE_PURPOSE', `the proof is made for another ${what}`, {
      where: `signals.${name}`,
    })
  }
}
