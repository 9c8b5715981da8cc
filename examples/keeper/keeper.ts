import {
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  type Hash,
  type PublicClient,
  parseAbi,
  type WalletClient,
} from 'viem'

/** What a keeper calls of `PledgedCredit.sol`, `DutchAuction.sol` and `SwapTaker.sol`. */
export const CREDIT_ABI = parseAbi([
  'function standingOf(uint256 handle) view returns (uint8)',
  'function loanOf(uint256 handle) view returns ((address borrower, uint48 due, uint48 backedUntil, uint256 sale, uint256 debt, uint256 escrow))',
  'function auction() view returns (address)',
  'function lapse(uint256 handle) returns (uint256 sale)',
])
export const AUCTION_ABI = parseAbi([
  'function priceOf(uint256 id) view returns (uint256 price, bool isRunning)',
  'function level() view returns (uint8)',
  'function redo(uint256 id)',
  'error Restricted(uint8 level)',
])
export const TAKER_ABI = parseAbi([
  'function take(uint256 id, uint256 most, uint256 leastProfit) returns (uint256 profit)',
])

/** `IPledgedCredit.Standing`, in its order. */
export const STANDINGS = ['none', 'backed', 'grace', 'undecided', 'lapsed', 'selling'] as const
export type Standing = (typeof STANDINGS)[number]

/** One look at a loan, and the one transaction that it led to. */
export interface Look {
  standing: Standing
  /** What was sent; nothing when there is nothing to do, or nothing to earn. */
  did?: 'lapse' | 'redo' | 'take'
  transaction?: Hash
  /** The auction's price: units of the asset for a unit of the collateral, times 1e27. */
  price?: bigint
}

export interface Keeper {
  reader: PublicClient
  /** With the keeper's account and chain. */
  writer: WalletClient
  credit: Address
  /** The keeper's own `SwapTaker`, which takes without funds. */
  taker: Address
  /** The least that a take has to earn, in units of the asset. */
  leastProfit: bigint
}

/**
 * Looks at a loan once and does what there is to do: has a lapsed loan's escrow sold, begins a sale anew that
 * ran too long, and takes as soon as the market pays enough more than the auction asks. Each transaction is
 * simulated before it is sent, so what another keeper did first costs no gas.
 *
 * @param most the most collateral that is taken at once
 */
export async function look(keeper: Keeper, handle: bigint, most = 2n ** 256n - 1n): Promise<Look> {
  const { reader, credit } = keeper
  const at = { address: credit, abi: CREDIT_ABI } as const
  const standing =
    STANDINGS[await reader.readContract({ ...at, functionName: 'standingOf', args: [handle] })]!
  if (standing === 'lapsed') {
    const { request } = await reader.simulateContract({
      ...at,
      functionName: 'lapse',
      args: [handle],
      account: keeper.writer.account!,
    })
    return { standing, did: 'lapse', transaction: await sent(keeper, keeper.writer.writeContract(request)) }
  }
  if (standing !== 'selling') return { standing }

  const { sale } = await reader.readContract({ ...at, functionName: 'loanOf', args: [handle] })
  const auction = { address: await reader.readContract({ ...at, functionName: 'auction' }), abi: AUCTION_ABI }
  const [price, isRunning] = await reader.readContract({ ...auction, functionName: 'priceOf', args: [sale] })
  if (!isRunning) {
    const { request } = await reader.simulateContract({
      ...auction,
      functionName: 'redo',
      args: [sale],
      account: keeper.writer.account!,
    })
    const transaction = await sent(keeper, keeper.writer.writeContract(request))
    return { standing, did: 'redo', transaction, price }
  }
  // Reverts while the market pays too little: then there is nothing to do.
  const taking = await reader
    .simulateContract({
      address: keeper.taker,
      abi: TAKER_ABI,
      functionName: 'take',
      args: [sale, most, keeper.leastProfit],
      account: keeper.writer.account!,
    })
    .catch((error: unknown) => {
      const isRevert =
        error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError)
      if (isRevert) return undefined
      throw error
    })
  if (taking === undefined) return { standing, price }
  const transaction = await sent(keeper, keeper.writer.writeContract(taking.request))
  return { standing, did: 'take', transaction, price }
}

/** Waits until a block has the transaction and it did not revert there. */
async function sent({ reader }: Keeper, hash: Promise<Hash>): Promise<Hash> {
  const receipt = await reader.waitForTransactionReceipt({ hash: await hash, pollingInterval: 100 })
  if (receipt.status !== 'success') throw new Error(`transaction ${receipt.transactionHash} reverted`)
  return receipt.transactionHash
}
