import { type Address, encodeDeployData, type Hex } from 'viem'
import { InputError } from '../errors/index.js'
import { compileSolidity } from './compile.js'
import type { ChainConnection } from './connection.js'
import { answered, refusalOf } from './rpc.js'
import { type Failure, transact, writerOf } from './transaction.js'

export interface DeployedContract {
  address: Address
  transaction: Hex
  /** Of the whole transaction. */
  gasUsed: bigint
}

/**
 * Compiles a contract and deploys it.
 *
 * @param contract.sources every file by its path; `path` is the one that has the contract
 * @throws {InputError} `NO_ACCOUNT` when the connection cannot write, `CHAIN_EVM` when the chain is older
 * than Cancun, `DEPLOY_FAILED` with the cause, `TRANSACTION_PENDING`, `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @throws {ArtifactError} as `compileSolidity` has it
 */
export async function deployContract(
  chain: ChainConnection,
  contract: { sources: Readonly<Record<string, string>>; path: string; name: string; args?: unknown[] },
): Promise<DeployedContract> {
  writerOf(chain)
  const { sources, path, name, args = [] } = contract
  await assertCancun(chain, name)
  const { abi, bytecode } = await compileSolidity(sources, path, name)
  const failed = ({ why, hint, transaction }: Failure) =>
    new InputError('DEPLOY_FAILED', `the contract was not deployed: ${why}${of(transaction)}`, {
      where: name,
      ...(hint === undefined ? {} : { hint }),
    })
  const receipt = await transact(chain, { data: encodeDeployData({ abi, bytecode, args }), abi }, failed)
  const { contractAddress: address, transactionHash: transaction, gasUsed } = receipt
  const code = address ? await answered(chain.reader.getCode({ address })) : undefined
  if (!address || code === undefined || code === '0x') {
    throw failed({ why: 'the transaction left no code', transaction })
  }
  return { address, transaction, gasUsed }
}

/** How a message names a transaction, if there is one. */
export function of(transaction: Hex | undefined): string {
  return transaction === undefined ? '' : ` (transaction ${transaction})`
}

/** STOP; and PUSH0 (Shanghai) three times, MCOPY (Cancun), STOP. */
const NOTHING = '0x00'
const CANCUN = '0x5f5f5f5e00'

/**
 * A verifier can be deployed on a chain that cannot run it, so the chain is asked before anything is spent.
 */
export async function assertCancun(chain: ChainConnection, name: string): Promise<void> {
  const runs = (data: Hex) =>
    chain.reader.call({ data }).then(
      () => true,
      (error: unknown) => {
        refusalOf(error)
        return false
      },
    )
  if ((await runs(CANCUN)) || !(await runs(NOTHING))) return
  throw new InputError('CHAIN_EVM', 'the chain lacks instructions of Cancun (PUSH0, MCOPY)', {
    where: `${name} on chain ${chain.chainId}`,
    hint: 'Deploy on a chain that runs Cancun or later; nothing was sent.',
  })
}
