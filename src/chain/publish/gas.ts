import type { Address } from 'viem'
import { InputError, ProofError } from '../../errors/index.js'
import type { ChainConnection } from '../connection.js'
import { least } from '../fees.js'
import { answered, revertReason } from '../rpc.js'
import type { PublishStep } from './steps.js'

/** Gas that no step takes more of, by what was measured (test/contracts/gas.json) and a tenth or more. */
const MOST_GAS = { open: 120_000n, back: 450_000n, finalize: 520_000n, call: 285_000n, proof: 55_000n }
/** The most gas that a transaction of Ethereum may take (EIP-7825). */
const MOST_OF_TRANSACTION = 1n << 24n

/** Gas that a call with so many batches takes at most. */
export function gasOfBatches(count: number): bigint {
  return MOST_GAS.call + MOST_GAS.proof * BigInt(count - 1)
}

/**
 * The gas that a transaction may take: half a block's, and no more than Ethereum lets one take; a given one
 * may be as large as a block.
 */
export async function gasLimitOf(chain: ChainConnection, given?: bigint): Promise<bigint> {
  const { gasLimit } = await answered(chain.reader.getBlock())
  return given === undefined ? least(gasLimit / 2n, MOST_OF_TRANSACTION) : least(given, gasLimit)
}

/** What steps take, and whether a node has tried them one behind the other. */
export interface StepGas {
  gas: readonly bigint[]
  /** Otherwise the figures are the most that such steps take. */
  simulated: boolean
}

/**
 * The gas of steps, each after those before it: as the node finds it when it tries all of them
 * (`eth_simulateV1`), or from figures where it cannot.
 *
 * @param gasLimit the most that one may take
 * @throws {ProofError} `REGISTRY_REFUSED` when one of them reverts
 * @throws {InputError} `GAS_LIMIT` when one takes more than it may
 */
export async function gasOfSteps(
  chain: ChainConnection,
  account: Address,
  steps: readonly PublishStep[],
  gasLimit: bigint,
): Promise<StepGas> {
  const blocks = steps.map(({ to, data }) => ({ calls: [{ account, to, data }] }))
  const tried = await chain.reader.simulateBlocks({ blocks }).catch(() => undefined)
  if (tried?.length !== steps.length) return { gas: steps.map(mostGas), simulated: false }
  const gas = steps.map((step, i) => {
    const call = tried[i]!.calls[0]!
    if (call.status === 'success') {
      assertGas(step, call.gasUsed, gasLimit)
      return call.gasUsed
    }
    throw new ProofError(
      'REGISTRY_REFUSED',
      `the registry would refuse ${step.title}: ${revertReason(step.abi, call.data).text}`,
      { where: step.to, hint: 'Nothing was sent.' },
    )
  })
  return { gas, simulated: true }
}

function mostGas({ kind, batches }: PublishStep): bigint {
  return kind === 'batches' ? gasOfBatches(batches) : MOST_GAS[kind]
}

/** @throws {InputError} `GAS_LIMIT` */
export function assertGas({ title }: PublishStep, gas: bigint, gasLimit: bigint): void {
  if (gas <= gasLimit) return
  throw new InputError('GAS_LIMIT', `${title} takes ${gas} gas, and ${gasLimit} are allowed`, {
    where: '--gas-limit',
    hint: 'Allow more for one transaction, as far as a block of the chain has it.',
  })
}
