import {
  type Abi,
  type Address,
  decodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  isAddress,
} from 'viem'
import { ArtifactError, InputError, ProofError } from '../errors/index.js'
import { forgeryOf, type Proven, type VerificationKey, verificationKeyHash } from '../groth16/index.js'
import { compileSolidity } from './compile.js'
import type { ChainConnection } from './connection.js'
import { contractSources, VERIFIER_IMPORTS } from './contracts.js'
import { type DeployedContract, deployContract } from './deploy.js'
import { GROTH16_VERIFIER_ABI } from './generated/abi.js'
import { answered, readView, revertReason } from './rpc.js'
import {
  type KeyTrust,
  proofWords,
  type VerifierKey,
  verifierName,
  verifierSource,
} from './verifier-source.js'

const PROBE_RETURNS = [
  { name: 'codeSize', type: 'uint256' },
  { name: 'success', type: 'bool' },
  { name: 'returned', type: 'bytes' },
  { name: 'gas', type: 'uint256' },
] as const

/**
 * A verifier on a chain, and the key that it has to be of: SHA-256 of the verification key, as its manifest
 * has it.
 */
export interface VerifierAt {
  address: Address
  keyHash: string
}

/** A verifier that was deployed here. */
export interface DeployedVerifier extends DeployedContract, VerifierAt {
  verificationKey: VerificationKey
}

export interface ChainVerdict {
  valid: boolean
  /** Execution gas of the call alone: without a transaction's 21,000 and without its calldata. */
  gas: bigint
}

/**
 * Compiles a key's verifier, deploys it, and probes it with the forgery that an unfinished set-up accepts.
 *
 * @param trust what shows that the key came out of a ceremony (see `verifierSource`)
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @throws {ArtifactError} as `verifierSource`, `compileSolidity` and `assertUnforgeable` have it
 * @example
 * const { address } = await deployVerifier(chain, await ensureArtifacts('ledger-tiny'))
 */
export async function deployVerifier(
  chain: ChainConnection,
  key: VerifierKey,
  trust?: KeyTrust,
): Promise<DeployedVerifier> {
  const name = verifierName(key.instance.name)
  const path = `${name}.sol`
  const sources = { ...(await contractSources(VERIFIER_IMPORTS)), [path]: await verifierSource(key, trust) }
  const deployed = await deployContract(chain, { sources, path, name })
  const { verificationKey } = key
  await assertUnforgeable(chain, deployed.address, verificationKey)
  return { ...deployed, keyHash: verificationKeyHash(verificationKey), verificationKey }
}

/**
 * Refuses a verifier on a chain that is of another key, or takes what anyone can make of its key alone, by
 * itself or in a batch: one whose constants are those of an unfinished set-up, whatever it says of its key.
 *
 * @throws {ArtifactError} `VERIFIER_FORGEABLE`; `NOT_THE_CONTRACT`, `WRONG_VERIFIER`, `NO_VERDICT` as
 * `verifyOnChain` has it
 * @throws {ProofError} `VERIFIER_REVERTED`
 * @throws {InputError} `ADDRESS`, `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const { verificationKey } = await ensureArtifacts('margin-4')
 * await assertUnforgeable(chain, '0x5fbdb2315678afecb367f032d93f642f64180aa3', verificationKey)
 */
export async function assertUnforgeable(
  chain: ChainConnection,
  address: Address,
  key: VerificationKey,
): Promise<void> {
  const verifier = { address, keyHash: verificationKeyHash(key) }
  const forged = await forgeryOf(key)
  for (const claim of [forged, [forged]]) {
    const { valid } = await verifyOnChain(chain, verifier, claim)
    if (!valid) continue
    throw new ArtifactError('VERIFIER_FORGEABLE', 'takes a proof that anyone can make of its key alone', {
      where: `${address} on chain ${chain.chainId}`,
      hint: 'Trust nothing that it verified. Deploy a verifier of a key that came out of a ceremony.',
    })
  }
}

/**
 * Asks the contract at an address which key it is of. That catches a wrong address; who made a contract
 * decides what it says.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when it is not a verifier, `WRONG_VERIFIER` when it is the
 * verifier of another key
 * @throws {InputError} `ADDRESS`, `RPC_UNREACHABLE`, `RPC_REFUSED`
 */
export async function assertVerifier(
  chain: ChainConnection,
  { address, keyHash }: VerifierAt,
): Promise<void> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of a verifier')
  const found = await readView<Hex>(chain, { address, abi: GROTH16_VERIFIER_ABI, functionName: 'keyHash' })
  if (found === `0x${keyHash}`) return
  throw new ArtifactError('WRONG_VERIFIER', `the contract is of the key ${found.slice(2)}, not ${keyHash}`, {
    where: `${address} on chain ${chain.chainId}`,
    hint: 'Take the address of the verifier that was made from the key of the proof.',
  })
}

/**
 * Asks a deployed verifier for its verdict, in one `eth_call` that also measures the gas.
 *
 * @param proven one proof for `verify`, or a list for `verifyBatch`
 * @throws {ProofError} `VERIFIER_REVERTED` when the call was refused, such as for a wrong number of signals.
 * @throws {ArtifactError} `NOT_THE_CONTRACT`, `WRONG_VERIFIER` as `assertVerifier` has it; `NO_VERDICT` when
 * the call fails with no reason
 * @throws {InputError} `ADDRESS`, `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const verifier = await deployVerifier(chain, await ensureArtifacts('solvency-tiny'))
 * const { epoch } = await openEpoch(await openSource('epoch'), { pins })
 * const proof = epoch?.proofs.at(-1)
 * if (proof) console.log(await verifyOnChain(chain, verifier, proof)) // { valid: true, gas: … }
 */
export async function verifyOnChain(
  chain: ChainConnection,
  verifier: VerifierAt,
  proven: Proven | readonly Proven[],
): Promise<ChainVerdict> {
  await assertVerifier(chain, verifier)
  const { address } = verifier
  const probe = await callProbe()
  const data = encodeDeployData({ ...probe, args: [address, verifierCall(proven)] })
  const { data: answer = '0x' } = await answered(chain.reader.call({ data }))
  const { success, returned, gas } = probeAnswer(answer, address)
  if (!success && returned !== '0x') {
    const { text } = revertReason(GROTH16_VERIFIER_ABI, returned)
    throw new ProofError('VERIFIER_REVERTED', `the verifier refused the call: ${text}`, { where: address })
  }
  const verdict = success ? VERDICTS.get(returned) : undefined
  if (verdict === undefined) {
    const why = success
      ? 'what the contract answers is no verdict'
      : 'the call fails with no reason: the chain lacks an instruction or a precompile, or gives calls too little gas'
    throw new ArtifactError('NO_VERDICT', why, { where: `${address} on chain ${chain.chainId}` })
  }
  return { valid: verdict, gas }
}

function probeAnswer(answer: Hex, address: Address): { success: boolean; returned: Hex; gas: bigint } {
  try {
    const [, success, returned, gas] = decodeAbiParameters(PROBE_RETURNS, answer)
    return { success, returned, gas }
  } catch {
    throw new InputError('RPC_REFUSED', 'the node does not run a call that measures another', {
      where: address,
    })
  }
}

const VERDICTS = new Map<Hex, boolean>([
  [`0x${'0'.repeat(64)}`, false],
  [`0x${'1'.padStart(64, '0')}`, true],
])

function verifierCall(proven: Proven | readonly Proven[]): Hex {
  if ('proof' in proven) {
    const args = [proofWords(proven.proof), proven.publicSignals] as const
    return encodeFunctionData({ abi: GROTH16_VERIFIER_ABI, functionName: 'verify', args })
  }
  const args = [
    proven.map(({ proof }) => proofWords(proof)),
    proven.flatMap(({ publicSignals }) => publicSignals),
  ] as const
  return encodeFunctionData({ abi: GROTH16_VERIFIER_ABI, functionName: 'verifyBatch', args })
}

let probe: Promise<{ abi: Abi; bytecode: Hex }> | undefined

function callProbe(): Promise<{ abi: Abi; bytecode: Hex }> {
  const path = 'tools/CallProbe.sol'
  probe ??= contractSources([path]).then((sources) => compileSolidity(sources, path, 'CallProbe'))
  return probe
}
