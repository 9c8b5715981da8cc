import { type Address, getContractAddress, type Hex } from 'viem'
import { InputError } from '../../errors/index.js'
import type { ChainConnection } from '../connection.js'
import { answered, refusalOf, revertReason } from '../rpc.js'
import { writerOf } from '../transaction.js'
import type { Step } from './plan.js'

/** What the steps of a deployment would cost now. */
export interface DeploymentCosts {
  sender: Address
  /** What the account has, in wei. */
  balance: bigint
  /** Wei for a unit of gas, now. */
  gasPrice: bigint
  steps: { title: string; gas: bigint }[]
}

/**
 * Makes a contract of its call data and answers with its address, or fails as its constructor does: not every
 * node simulates a transaction that makes a contract, and every one simulates a call.
 */
const MAKER: { address: Address; code: Hex; nonce: number } = {
  address: `0x${'9a'.repeat(20)}`,
  code: '0x365f5f37365f5ff0806013573d5f5f3e3d5ffd5b5f5260205ff3',
  nonce: 1,
}

/**
 * Runs the steps of a deployment at a node, on the state that its chain has now, and sends nothing.
 *
 * @throws {InputError} `DEPLOY_FAILED` for a step that would fail; `RPC_REFUSED` when the node cannot do it
 */
export async function simulateSteps(
  chain: ChainConnection,
  steps: readonly Step[],
): Promise<DeploymentCosts> {
  const { address: sender } = writerOf(chain).account
  const making = steps.filter(({ makes }) => makes).map(({ id }) => id)
  const at = (id: string) =>
    getContractAddress({ from: MAKER.address, nonce: BigInt(MAKER.nonce + making.indexOf(id)) })
  const requests = await Promise.all(steps.map((step) => step.request(at)))
  const calls = await chain.reader
    .simulateBlocks({
      blocks: requests.map(({ to, data }, i) => ({
        calls: [{ account: sender, to: to ?? MAKER.address, data }],
        ...(i === 0 && { stateOverrides: [MAKER] }),
      })),
    })
    .then((blocks) => blocks.map(({ calls }) => calls[0]!))
    .catch((error: unknown) => {
      throw new InputError('RPC_REFUSED', `the node does not simulate calls: ${refusalOf(error).words}`, {
        hint: 'Ask a node that has the method eth_simulateV1.',
      })
    })
  const costs = steps.map(({ id, title, abi }, i) => {
    const { status, gasUsed, data } = calls[i]!
    if (status === 'success') return { title, gas: gasUsed }
    throw new InputError('DEPLOY_FAILED', `${title}: ${revertReason(abi, data).text}`, { where: id })
  })
  return {
    sender,
    balance: await answered(chain.reader.getBalance({ address: sender })),
    gasPrice: await answered(chain.reader.getGasPrice()),
    steps: costs,
  }
}
