import {
  type Abi,
  type Address,
  decodeAbiParameters,
  decodeErrorResult,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from 'viem'
import { ArtifactError, ProofError } from '../errors/index.js'
import type { Proven } from '../proving/index.js'
import { compileSolidity } from './compile.js'
import type { ChainConnection } from './connection.js'
import { contractSources, VERIFIER_IMPORTS } from './contracts.js'
import { type DeployedContract, deployContract } from './deploy.js'
import { proofWords, type VerifierKey, verifierName, verifierSource } from './verifier-source.js'

/** The calls and errors of `IGroth16Verifier.sol`. */
const VERIFIER_ABI = parseAbi([
  'function verify(uint256[8] proof, uint256[] signals) view returns (bool)',
  'function verifyBatch(uint256[8][] proofs, uint256[] signals) view returns (bool)',
  'error WrongSignalCount(uint256 expected, uint256 given)',
  'error EmptyBatch()',
  'error PrecompileUnavailable()',
])
const PROBE_RETURNS = [
  { name: 'codeSize', type: 'uint256' },
  { name: 'success', type: 'bool' },
  { name: 'returned', type: 'bytes' },
  { name: 'gas', type: 'uint256' },
] as const

export interface ChainCheck {
  verified: boolean
  /** Execution gas of the call alone: without a transaction's 21,000 and without its calldata. */
  gas: bigint
}

/**
 * Compiles a key's verifier and deploys it.
 *
 * @throws {InputError} `NO_ACCOUNT` when the connection cannot write, `DEPLOY_FAILED`
 * @throws {ArtifactError} as `verifierSource` and `compileSolidity` have it
 * @example
 * const { address } = await deployVerifier(await connectChain(rpcUrl), await ensureArtifacts('ledger-small'))
 */
export async function deployVerifier(chain: ChainConnection, key: VerifierKey): Promise<DeployedContract> {
  const name = verifierName(key.instance.name)
  const path = `${name}.sol`
  const sources = { ...(await contractSources(VERIFIER_IMPORTS)), [path]: await verifierSource(key) }
  return deployContract(chain, { sources, path, name })
}

/**
 * Asks a deployed verifier for its verdict, in one `eth_call` that also measures the gas.
 *
 * @param proven one proof for `verify`, or a list for `verifyBatch`
 * @throws {ProofError} `VERIFIER_REVERTED` when the call was refused, such as for a wrong number of signals.
 * @throws {ArtifactError} `NO_VERIFIER` when no verifier is at the address.
 * @example
 * const { verified, gas } = await checkOnChain(chain, address, { proof, publicSignals })
 */
export async function checkOnChain(
  chain: ChainConnection,
  address: Address,
  proven: Proven | readonly Proven[],
): Promise<ChainCheck> {
  const probe = await callProbe()
  const data = encodeDeployData({ ...probe, args: [address, verifierCall(proven)] })
  const { data: answer = '0x' } = await chain.reader.call({ data })
  const [codeSize, success, returned, gas] = decodeAbiParameters(PROBE_RETURNS, answer)
  if (!success && returned !== '0x') {
    throw new ProofError('VERIFIER_REVERTED', revertReason(returned), { where: address })
  }
  const verdict = success ? VERDICTS.get(returned) : undefined
  if (codeSize === 0n || verdict === undefined) {
    throw new ArtifactError('NO_VERIFIER', 'there is no verifier at this address', { where: address })
  }
  return { verified: verdict, gas }
}

const VERDICTS = new Map<Hex, boolean>([
  [`0x${'0'.repeat(64)}`, false],
  [`0x${'1'.padStart(64, '0')}`, true],
])

function verifierCall(proven: Proven | readonly Proven[]): Hex {
  if ('proof' in proven) {
    const args = [proofWords(proven.proof), proven.publicSignals] as const
    return encodeFunctionData({ abi: VERIFIER_ABI, functionName: 'verify', args })
  }
  const args = [
    proven.map(({ proof }) => proofWords(proof)),
    proven.flatMap(({ publicSignals }) => publicSignals),
  ] as const
  return encodeFunctionData({ abi: VERIFIER_ABI, functionName: 'verifyBatch', args })
}

let probe: Promise<{ abi: Abi; bytecode: Hex }> | undefined

function callProbe(): Promise<{ abi: Abi; bytecode: Hex }> {
  probe ??= contractSources(['CallProbe.sol']).then((sources) =>
    compileSolidity(sources, 'CallProbe.sol', 'CallProbe'),
  )
  return probe
}

function revertReason(data: Hex): string {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: VERIFIER_ABI, data })
    return `the verifier refused the call: ${errorName}(${args.join(', ')})`
  } catch {
    return 'the verifier refused the call'
  }
}
