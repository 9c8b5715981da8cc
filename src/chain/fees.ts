import { formatGwei } from 'viem'
import { InputError } from '../errors/index.js'
import type { ChainConnection } from './connection.js'
import { answered } from './rpc.js'

/** What gas may cost, in wei. */
export interface Fees {
  maxFeePerGas: bigint
  maxPriorityFeePerGas: bigint
}

/** What somebody sets of it. */
export interface FeeLimits {
  /**
   * The most for a unit of gas; a transaction waits while the chain asks for more (default: 500 gwei, and one
   * is not sent while the chain asks for more).
   */
  maxFeePerGas?: bigint
  /** What of it goes to who makes the block (default: what the node proposes, at most 50 gwei). */
  maxPriorityFeePerGas?: bigint
}

const GWEI = 10n ** 9n
/**
 * The most where nobody set a limit: a node that lies about prices, with who makes the block behind it, would
 * otherwise take all that the account has.
 */
export const MOST = { fee: 500n * GWEI, tip: 50n * GWEI }

/**
 * What to pay for gas now.
 *
 * @throws {InputError} `GAS_PRICE` when the node asks for more than anybody set out to pay;
 * `RPC_UNREACHABLE`, `RPC_REFUSED`
 */
export async function feesNow(chain: ChainConnection, limits: FeeLimits = {}): Promise<Fees> {
  const { asked, tip } = await feesAsked(chain, limits.maxPriorityFeePerGas)
  if (limits.maxFeePerGas === undefined && asked > MOST.fee) {
    throw new InputError(
      'GAS_PRICE',
      `the node asks for ${formatGwei(asked)} gwei for a unit of gas, more than ${formatGwei(MOST.fee)}`,
      {
        where: `chain ${chain.chainId}`,
        hint: 'Ask another node, or wait. `plimsoll publish` pays more with --max-fee.',
      },
    )
  }
  const maxFeePerGas = limits.maxFeePerGas ?? asked
  return { maxFeePerGas, maxPriorityFeePerGas: least(tip, maxFeePerGas) }
}

/** What the node asks for a unit of gas, and the tip in it: the one that is set, or what it proposes. */
export async function feesAsked(
  chain: ChainConnection,
  set?: bigint,
): Promise<{ asked: bigint; tip: bigint }> {
  const now = await answered(chain.reader.estimateFeesPerGas())
  const tip = set ?? least(now.maxPriorityFeePerGas, MOST.tip)
  // The estimate has the proposed tip in it.
  return { asked: now.maxFeePerGas - now.maxPriorityFeePerGas + tip, tip }
}

/** Nodes take a transaction in the place of another for a tenth more, and some for an eighth. */
const MORE = [113n, 100n] as const

/** What to pay for taking another's place; nothing where the limits do not let it pay enough. */
export async function feesAbove(
  chain: ChainConnection,
  above: Fees,
  limits: FeeLimits,
): Promise<Fees | undefined> {
  const raised = raisedFees(above, await feesNow(chain, limits))
  const isWithin =
    raised.maxFeePerGas <= (limits.maxFeePerGas ?? MOST.fee) &&
    (limits.maxPriorityFeePerGas !== undefined || raised.maxPriorityFeePerGas <= MOST.tip)
  return isWithin ? raised : undefined
}

/** What takes the place of another, and is no less than what is asked now. */
export function raisedFees(above: Fees, now: Fees): Fees {
  const more = (old: bigint, now: bigint) => {
    const enough = (old * MORE[0]) / MORE[1] + 1n
    return enough > now ? enough : now
  }
  return {
    maxFeePerGas: more(above.maxFeePerGas, now.maxFeePerGas),
    maxPriorityFeePerGas: more(above.maxPriorityFeePerGas, now.maxPriorityFeePerGas),
  }
}

/** The smaller of two. */
export function least(one: bigint, other: bigint): bigint {
  return [one, other].reduce((a, b) => (b < a ? b : a))
}
