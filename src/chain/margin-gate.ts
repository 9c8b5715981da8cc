import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  type Hex,
  keccak256,
  parseAbi,
  toBytes,
} from 'viem'
import type { MarginProofFile } from '../epoch/index.js'
import { InputError, ProofError } from '../errors/index.js'
import type { ChainConnection } from './connection.js'
import { contractSources, GATE_SOURCES } from './contracts.js'
import { type DeployedContract, deployContract, writerOf } from './deploy.js'
import { proofWords } from './verifier-source.js'

/** What of `IMarginGate.sol` is called from here, and the errors that it can answer with. */
const GATE_ABI = parseAbi([
  'struct Claim { uint256 accountsRoot; uint256 riskRoot; bytes32 requirementId; uint256 handle; uint256 nonce; uint64 expiry; }',
  'function setVerifier(address verifier, bool trusted)',
  'function setRoots(uint256 accountsRoot, uint256 riskRoot, uint64 end)',
  'function setRequirement(bytes32 id, uint256 requirement)',
  'function submit(address verifier, uint256[8] proof, Claim claim)',
  'function requireMargin(uint256 handle, bytes32 requirementId) view',
  'error NotOwner(address caller)',
  'error UnfitVerifier(address verifier)',
  'error UntrustedVerifier(address verifier)',
  'error RootsNotAccepted(uint256 accountsRoot, uint256 riskRoot)',
  'error UnknownRequirement(bytes32 id)',
  'error ProofExpired(uint64 expiry)',
  'error NonceUsed(address caller, uint256 nonce)',
  'error WouldShorten(uint64 validUntil, uint64 offered)',
  'error ProofRejected()',
  'error MarginNotProven(uint256 handle, bytes32 requirementId)',
  'error MarginEnded(uint256 handle, bytes32 requirementId, uint64 validUntil)',
])

/** The id of a requirement at a gate: the hash of a name that its owner chose. */
export function requirementId(name: string): Hex {
  return keccak256(toBytes(name))
}

/**
 * Compiles `MarginGate.sol` and deploys it, owned by the connection's account.
 *
 * @param label 32 bytes: with chain and address, what handles at this gate are made from
 * @throws {InputError} `NO_ACCOUNT`, `DEPLOY_FAILED`
 * @example
 * const { address } = await deployMarginGate(chain, requirementId('Example Desk'))
 */
export async function deployMarginGate(chain: ChainConnection, label: Hex): Promise<DeployedContract> {
  return deployContract(chain, {
    sources: await contractSources(GATE_SOURCES),
    path: 'MarginGate.sol',
    name: 'MarginGate',
    args: [writerOf(chain).account.address, label],
  })
}

/** A deployed gate, as its owner, a trader and a lender use it. Writes go out from the connection's account. */
export interface MarginGate {
  address: Address
  /** For the owner: which verifier to trust, which epoch's roots until when (seconds since 1970), which requirement under which id. */
  setVerifier(verifier: Address, trusted: boolean): Promise<bigint>
  setRoots(roots: { accountsRoot: bigint; riskRoot: bigint }, end: number): Promise<bigint>
  setRequirement(id: Hex, requirement: bigint): Promise<bigint>
  /** Brings a proof that was made for this gate and for the connection's account. */
  submit(verifier: Address, id: Hex, proof: MarginProofFile): Promise<bigint>
  /** Whether the account behind a handle is on record, now, to meet the requirement. */
  hasMargin(handle: bigint, id: Hex): Promise<boolean>
}

/**
 * A gate at an address. Every write resolves to the gas of its transaction.
 *
 * @throws {ProofError} `GATE_REFUSED`, from any call that the gate reverts; it names the gate's own error
 * @throws {InputError} `NO_ACCOUNT` from writes, `GATE_PURPOSE` for a proof that is not made for a gate
 */
export function openMarginGate(chain: ChainConnection, address: Address): MarginGate {
  const gate = { address, abi: GATE_ABI } as const
  const refused = (error: unknown): never => {
    const name = revertName(error)
    if (name === undefined) throw error
    throw new ProofError('GATE_REFUSED', `the gate refused the call: ${name}`, { where: address })
  }
  const sent = async (transaction: Promise<Hex>): Promise<bigint> => {
    const hash = await transaction.catch(refused)
    const { gasUsed } = await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 100 })
    return gasUsed
  }
  return {
    address,
    setVerifier: (verifier, trusted) =>
      sent(
        writerOf(chain).writeContract({ ...gate, functionName: 'setVerifier', args: [verifier, trusted] }),
      ),
    setRoots: ({ accountsRoot, riskRoot }, end) =>
      sent(
        writerOf(chain).writeContract({
          ...gate,
          functionName: 'setRoots',
          args: [accountsRoot, riskRoot, BigInt(end)],
        }),
      ),
    setRequirement: (id, requirement) =>
      sent(
        writerOf(chain).writeContract({ ...gate, functionName: 'setRequirement', args: [id, requirement] }),
      ),
    async submit(verifier, id, { for: purpose, proof }) {
      if (!('gate' in purpose)) {
        throw new InputError('GATE_PURPOSE', 'the proof is made for a reader, not for a gate')
      }
      const signal = (name: string) => BigInt(proof.signals[name] ?? 0)
      const claim = {
        accountsRoot: signal('accountsRoot'),
        riskRoot: signal('riskRoot'),
        requirementId: id,
        handle: signal('handle'),
        nonce: BigInt(purpose.gate.nonce),
        expiry: BigInt(purpose.gate.expiry),
      }
      const call = {
        ...gate,
        functionName: 'submit',
        args: [verifier, proofWords(proof.proof), claim],
      } as const
      await chain.reader.simulateContract({ ...call, account: writerOf(chain).account }).catch(refused)
      return sent(writerOf(chain).writeContract(call))
    },
    async hasMargin(handle, id) {
      try {
        await chain.reader.readContract({ ...gate, functionName: 'requireMargin', args: [handle, id] })
        return true
      } catch (error) {
        if (NOT_ON_RECORD.includes(revertName(error) ?? '')) return false
        return refused(error)
      }
    },
  }
}

/** What `requireMargin` reverts with where there is no record to rely on. */
const NOT_ON_RECORD = ['MarginNotProven', 'MarginEnded', 'UnknownRequirement']

/** The gate's own error, when a call failed because of one. */
function revertName(error: unknown): string | undefined {
  if (!(error instanceof BaseError)) return undefined
  const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (!(revert instanceof ContractFunctionRevertedError)) return undefined
  return revert.data?.errorName ?? 'an unknown error'
}
