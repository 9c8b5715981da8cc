import { type Address, type Hex, isAddress } from 'viem'
import { InputError, ProofError } from '../errors/index.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract, of } from './deploy.js'
import { remedyOf } from './gate-refusals.js'
import { OWNED_EPOCHS_ABI } from './generated/abi.js'
import { readView } from './rpc.js'
import { type Failure, writerOf, writesTo } from './transaction.js'

/**
 * Compiles `OwnedEpochs.sol` and deploys it, owned by the connection's account: the epochs of a lender that
 * has no registry.
 *
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address } = await deployOwnedEpochs(chain)
 */
export async function deployOwnedEpochs(chain: ChainConnection): Promise<DeployedContract> {
  return deployContract(chain, {
    ...(await contractNamed('OwnedEpochs')),
    args: [writerOf(chain).account.address],
  })
}

/** Epochs that an owner accepts, on a chain. Writes go out from the connection's account. */
export interface OwnedEpochs {
  address: Address
  /**
   * For the owner: which epoch's roots of a venue to accept until when (seconds since 1970), in place of any
   * other pair. Another pair ends all that gates recorded and pledged; an end of 0 withdraws it.
   *
   * @returns the gas of the transaction
   */
  setRoots(venue: Hex, roots: { accountsRoot: bigint; riskRoot: bigint }, end: number): Promise<bigint>
}

/**
 * The epochs at an address.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when nothing with an owner is there
 * @throws {ProofError} `EPOCHS_REFUSED`, from a write that the contract reverts, also in a block
 * @throws {InputError} `ADDRESS`; `CALL_ARGUMENTS`, `NO_ACCOUNT`, `TRANSACTION_PENDING` from writes;
 * `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const epochs = await openOwnedEpochs(chain, (await deployOwnedEpochs(chain)).address)
 */
export async function openOwnedEpochs(chain: ChainConnection, address: Address): Promise<OwnedEpochs> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of epochs')
  await readView(chain, { address, abi: OWNED_EPOCHS_ABI, functionName: 'owner' })
  const refused = ({ why, errorName, hint = remedyOf(errorName), transaction }: Failure) =>
    new ProofError('EPOCHS_REFUSED', `the contract refused the call: ${why}${of(transaction)}`, {
      where: address,
      ...(hint === undefined ? {} : { hint }),
    })
  const write = writesTo(chain, { address, abi: OWNED_EPOCHS_ABI }, refused)
  return {
    address,
    setRoots: (venue, { accountsRoot, riskRoot }, end) =>
      write('setRoots', [venue, accountsRoot, riskRoot, end]),
  }
}
