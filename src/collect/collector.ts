import type { AccountName, AssetName, Balance, ChainName, MovementProof } from '../reserves/index.js'

/** An account to collect evidence of, at every moment. */
export interface CollectTask {
  account: AccountName
  assets: readonly AssetName[]
  /** How control is shown: a contract wallet's owners are collected with its balance. */
  control: string
}

/** One holding as a chain's nodes have answered it, and as it was checked when the answer came. */
export interface CollectedHolding {
  asset: string
  /** In the smallest units of the asset on its chain. */
  amount: bigint
  /** Hash of the block, as the chain writes it. */
  block: string
  balance: Balance
  /** What several holdings of one asset are sorted by; empty where there is one. */
  part: string
}

/** What was collected of one account at one moment. */
export interface CollectedAccount {
  /** None for an asset of which nothing is held, where the chain cannot show that. */
  holdings: CollectedHolding[]
  /** Nodes of tries that these holdings and the account's control need, for `nodes/<chain>.bin`. */
  nodes?: readonly Uint8Array[]
}

/** Collects the evidence of one chain. What it needs to go on after a crash is kept for it. */
export interface ChainCollector {
  readonly chain: ChainName
  /** Accounts of one moment that may be collected at the same time. */
  readonly atOnce: number
  /**
   * Chooses the block of each moment, or takes up those that an earlier run chose.
   *
   * @param kept what an earlier run of this method gave; nothing in a first one
   * @returns what a later run needs, as JSON; the same when it is given back
   */
  start(moments: readonly number[], kept: unknown): Promise<unknown>
  /** Collects one account at one moment, by its number, and checks each answer as it comes. */
  collect(task: CollectTask, moment: number): Promise<CollectedAccount>
  /**
   * Collects what shows a transaction by which an account moved coins to itself.
   *
   * @param transaction its id, as the chain writes it
   */
  movement(transaction: string): Promise<MovementProof>
  /** After all accounts: the bytes of `headers/<chain>.bin`; nothing where the chain has none. */
  headers(): Promise<Uint8Array | undefined>
}
