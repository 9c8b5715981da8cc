import type { Address, Hex } from 'viem'
import { InputError } from '../errors/index.js'
import { compileSolidity } from './compile.js'
import type { ChainConnection } from './connection.js'

export interface DeployedContract {
  address: Address
  transaction: Hex
  /** Of the whole transaction. */
  gasUsed: bigint
}

/** The account that writes to a chain. */
export function writerOf(chain: ChainConnection): NonNullable<ChainConnection['writer']> {
  if (chain.writer) return chain.writer
  throw new InputError('NO_ACCOUNT', 'there is no account to write with', { hint: 'Give a private key.' })
}

/**
 * Compiles a contract and deploys it.
 *
 * @param sources every file by its path; `path` is the one that has the contract
 * @throws {InputError} `NO_ACCOUNT` when the connection cannot write, `DEPLOY_FAILED`
 * @throws {ArtifactError} as `compileSolidity` has it
 */
export async function deployContract(
  chain: ChainConnection,
  contract: { sources: Readonly<Record<string, string>>; path: string; name: string; args?: unknown[] },
): Promise<DeployedContract> {
  const writer = writerOf(chain)
  const { sources, path, name, args = [] } = contract
  const { abi, bytecode } = await compileSolidity(sources, path, name)
  try {
    const transaction = await writer.deployContract({ abi, bytecode, args })
    const { status, contractAddress, gasUsed } = await chain.reader.waitForTransactionReceipt({
      hash: transaction,
      pollingInterval: 100,
    })
    if (status === 'success' && contractAddress) return { address: contractAddress, transaction, gasUsed }
  } catch (cause) {
    throw deployFailed(name, cause)
  }
  throw deployFailed(name)
}

function deployFailed(name: string, cause?: unknown): InputError {
  return new InputError('DEPLOY_FAILED', 'the contract was not deployed', {
    where: name,
    hint: 'Check that the account has funds for the gas.',
    cause,
  })
}
