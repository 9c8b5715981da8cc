import { type Address, type Hex, isAddress, isAddressEqual, keccak256, toBytes } from 'viem'
import { orderedSignals, verifyFiledProof } from '../bundle/index.js'
import { ArtifactError, InputError, ProofError } from '../errors/index.js'
import { type VerificationKey, verificationKeyHash } from '../groth16/index.js'
import { type MarginProof, type MarginProofFile, marginProofSchema, purposeSignals } from '../margin/index.js'
import { bySchema } from '../schema/index.js'
import { MARGIN_SIGNALS, marginDomain } from '../statements/index.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract } from './deploy.js'
import { refusalsOf } from './gate-refusals.js'
import { type MarginStanding, standingAt } from './gate-standing.js'
import { MARGIN_GATE_ABI } from './generated/abi.js'
import { readView } from './rpc.js'
import { writerOf, writesTo } from './transaction.js'
import { proofWords } from './verifier-source.js'
import { assertUnforgeable, assertVerifier } from './verify-on-chain.js'

/**
 * The id of a requirement at a gate: the hash of a name that its owner chose.
 *
 * @example
 * const id = requirementId('1.5 maintenance')
 */
export function requirementId(name: string): Hex {
  return keccak256(toBytes(name))
}

/**
 * The id of a venue on a chain: the hash of its name.
 *
 * @example
 * const id = venueId('Example Exchange')
 */
export function venueId(name: string): Hex {
  return keccak256(toBytes(name))
}

/** Where a gate reads which epoch counts, and of which venue. */
export interface GateEpochs {
  /** A registry, or epochs that somebody accepts (`deployOwnedEpochs`). */
  source: Address
  /** `venueId` of the venue's name. */
  venue: Hex
}

/**
 * Compiles `MarginGate.sol` and deploys it, owned by the connection's account.
 *
 * @param label 32 bytes: with chain and address, what handles at this gate are made from
 * @param epochs for good: a gate of other epochs is another gate
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address: source } = await deployOwnedEpochs(chain)
 * const epochs = { source, venue: venueId('Example Exchange') }
 * const { address } = await deployMarginGate(chain, requirementId('Example Desk'), epochs)
 */
export async function deployMarginGate(
  chain: ChainConnection,
  label: Hex,
  { source, venue }: GateEpochs,
): Promise<DeployedContract> {
  return deployContract(chain, {
    ...(await contractNamed('MarginGate')),
    args: [writerOf(chain).account.address, label, source, venue],
  })
}

/**
 * A deployed gate, as its owner, a trader and a lender use it. Writes go out from the connection's account.
 */
export interface MarginGate {
  address: Address
  /** Its constructor arguments. */
  label: Hex
  epochs: GateEpochs
  /**
   * For the owner: trusts a verifier, which has to be of this key and is probed with a forgery, or no longer
   * does.
   */
  setVerifier(verifier: Address, trusted: { verificationKey: VerificationKey } | false): Promise<bigint>
  /** For the owner: which requirement stands under which id. */
  setRequirement(id: Hex, requirement: bigint): Promise<bigint>
  /** The digest of the requirement that stands under an id; 0 for none. */
  requirementOf(id: Hex): Promise<bigint>
  /** Whether the owner trusts a verifier. */
  isTrusted(verifier: Address): Promise<boolean>
  /**
   * Brings a proof that was made for this gate and for the connection's account. It is verified here before
   * anything is sent, for what the gate asks under the id.
   */
  submit(verifier: Address, id: Hex, proof: MarginProofFile): Promise<bigint>
  /**
   * Whether the account behind a handle is on record, now, to meet the requirement. It is false, and no
   * error, for whatever is missing, over or withdrawn: the record, the roots, the requirement, the verifier.
   */
  hasMargin(handle: bigint, id: Hex): Promise<boolean>
  /** The same with all that it rests on, why there is no margin, and the pledge, from one block. */
  standing(handle: bigint, id: Hex): Promise<MarginStanding>
  /** For the submitter of a handle: pledges it to a lender until a time (seconds since 1970-01-01 UTC). */
  pledge(handle: bigint, lender: Address, until: number): Promise<bigint>
  /** For the lender of a handle: gives the pledge back. */
  release(handle: bigint): Promise<bigint>
}

/**
 * The gate at an address, once it has said that it is one, there and on this chain. That catches a wrong
 * address or chain; who made a contract decides what it says, so a gate is taken from somebody whom you
 * trust.
 *
 * Every write resolves to the gas of its transaction, once a block has it and it has not reverted there.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when there is no gate, or a verifier's address holds no
 * verifier; `WRONG_VERIFIER` from writes that name a verifier of another key; `VERIFIER_FORGEABLE` from
 * `setVerifier`
 * @throws {ProofError} `GATE_REFUSED`, from any call that the gate reverts, also in a block: it names the
 * gate's own error and the transaction, if there was one
 * @throws {InputError} `ADDRESS`; `CALL_ARGUMENTS`, `NO_ACCOUNT`, `TRANSACTION_PENDING` from writes;
 * `MARGIN_PROOF` for what is no margin proof file, `GATE_PURPOSE` for one that is not made for this gate,
 * chain and caller; `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const gate = await openMarginGate(chain, '0x5fbdb2315678afecb367f032d93f642f64180aa3')
 * const { handle } = await verifyMargin(await readMarginProof('proof.json'), { pins, epoch: opened })
 * if (await gate.hasMargin(BigInt(handle), requirementId('1.5 maintenance'))) console.log('on record')
 */
export async function openMarginGate(chain: ChainConnection, address: Address): Promise<MarginGate> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of a gate')
  const gate = { address, abi: MARGIN_GATE_ABI } as const
  const label = await readView<Hex>(chain, { ...gate, functionName: 'label' })
  const domain = await readView<bigint>(chain, { ...gate, functionName: 'domain' })
  if (domain !== marginDomain({ chainId: BigInt(chain.chainId), contract: address, label })) {
    throw new ArtifactError('NOT_THE_CONTRACT', 'the contract has the domain of another gate or chain', {
      where: `${address} on chain ${chain.chainId}`,
    })
  }
  const write = writesTo(chain, gate, refusalsOf(address))
  const epochs = {
    source: await readView<Address>(chain, { ...gate, functionName: 'source' }),
    venue: await readView<Hex>(chain, { ...gate, functionName: 'venue' }),
  }
  const requirementOf = (id: Hex) =>
    readView<bigint>(chain, { ...gate, functionName: 'requirementOf', args: [id] })
  return {
    address,
    label,
    epochs,
    async setVerifier(verifier, trusted) {
      if (trusted) await assertUnforgeable(chain, verifier, trusted.verificationKey)
      return write('setVerifier', [verifier, trusted !== false])
    },
    async setRequirement(id, requirement) {
      return write('setRequirement', [id, requirement])
    },
    requirementOf,
    isTrusted: (verifier) => readView(chain, { ...gate, functionName: 'isTrusted', args: [verifier] }),
    async submit(verifier, id, file) {
      const read = parsed(file)
      const { proof, for: purpose } = read
      const { nonce, expiry } = gatePurpose(purpose, { chain, address, label })
      const signals = orderedSignals(proof)
      if (proof.statement !== 'margin' || signals === undefined) {
        throw new InputError(
          'MARGIN_PROOF',
          `the signals are not those of margin: ${MARGIN_SIGNALS.join(', ')}`,
        )
      }
      const [accountsRoot, riskRoot, , , handle] = signals
      await assertVerifier(chain, { address: verifier, keyHash: proof.keyHash })
      await assertProves(read, await requirementOf(id))
      const claim = { accountsRoot, riskRoot, requirementId: id, handle, nonce, expiry }
      return write('submit', [verifier, proofWords(proof.proof), claim])
    },
    hasMargin: (handle, id) => readView(chain, { ...gate, functionName: 'hasMargin', args: [handle, id] }),
    standing: (handle, id) => standingAt(chain, { ...gate, epochs }, handle, id),
    pledge: (handle, lender, until) => write('pledge', [handle, lender, until]),
    release: (handle) => write('release', [handle]),
  }
}

function parsed(file: MarginProofFile): MarginProof {
  const read = bySchema(marginProofSchema, file)
  if (read.fault === undefined) return read.data
  throw new InputError('MARGIN_PROOF', read.fault.message, { where: `margin proof: ${read.fault.field}` })
}

/**
 * Refuses a proof that the gate would reject without a word: one of other signals than its purpose and the
 * gate's requirement have, or that does not verify. A requirement of 0 is for the gate to name.
 */
async function assertProves(file: MarginProof, requirement: bigint): Promise<void> {
  const { proof, key } = file
  const { domain, context } = purposeSignals(file.for, file.riskTable)
  const asked = requirement === 0n ? {} : { requirement }
  for (const [name, value] of Object.entries({ domain, context, ...asked })) {
    if (proof.signals[name] === `${value}`) continue
    const what = name === 'requirement' ? 'than the gate asks under this name' : 'than it says'
    throw new InputError('MARGIN_PROOF', `the proof is made for another ${name} ${what}`, {
      where: `proof.signals.${name}`,
      hint: 'Make the proof again, for this gate and this requirement of the risk table that its epoch has.',
    })
  }
  const isKey = verificationKeyHash(key) === proof.keyHash
  const { valid, detail } = isKey
    ? await verifyFiledProof(proof, key)
    : { valid: false, detail: 'the key is not the one that the proof names' }
  if (valid) return
  throw new ProofError('GATE_REFUSED', `the gate would refuse the proof: ${detail}`, {
    hint: 'Nothing was sent. Make the proof again.',
  })
}

/** The part of a purpose that goes to a gate: that gate, on that chain, brought by that caller. */
function gatePurpose(
  purpose: MarginProof['for'],
  { chain, address, label }: { chain: ChainConnection; address: Address; label: Hex },
): { nonce: bigint; expiry: number } {
  if (!('gate' in purpose)) {
    throw new InputError('GATE_PURPOSE', 'the proof is made for a reader, not for a gate')
  }
  const { gate } = purpose
  const { account } = writerOf(chain)
  const checks: [field: string, valid: boolean, found: string][] = [
    ['chainId', gate.chainId === BigInt(chain.chainId), `this is chain ${chain.chainId}`],
    ['contract', isAddressEqual(gate.contract as Address, address), `this gate is ${address}`],
    ['label', gate.label === label, `the label of this gate is ${label}`],
    ['caller', isAddressEqual(gate.caller as Address, account.address), `you are ${account.address}`],
  ]
  for (const [field, valid, found] of checks) {
    if (!valid)
      throw new InputError('GATE_PURPOSE', `made for another: ${found}`, { where: `for.gate.${field}` })
  }
  return gate
}
