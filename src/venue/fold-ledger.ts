import { accountIdDigest, holderCommitment } from '../hash/index.js'
import type { Account, Ledger } from '../ledger/index.js'
import type { LedgerAccount, LedgerFold, LedgerWitness } from '../statements/index.js'
import type { EpochSecret } from './epoch-secret.js'
import { batchAccounts, type LedgerInstance, type LedgerPlan } from './plan-ledger.js'

/** One batch, folded. */
export interface FoldedBatch {
  index: number
  instance: LedgerInstance
  /** The account of every leaf, in the order of the leaves; `undefined` for padding. */
  accounts: (Account | undefined)[]
  witness: LedgerWitness
}

/**
 * Folds a ledger into `fold`, batch by batch. The same plan, ledger and secret give the same leaves at the
 * same places and the same states, whenever it is run.
 */
export async function* foldLedger(
  fold: LedgerFold,
  plan: LedgerPlan,
  ledger: Pick<Ledger, 'accounts'>,
  secret: EpochSecret,
): AsyncGenerator<FoldedBatch, void, undefined> {
  let index = 0
  let padding = 0
  const accounts = () => ledger.accounts({ shuffleSeed: secret.shuffleSeed() })
  for await (const batch of batchAccounts(plan, accounts)) {
    const { sizes } = batch.instance
    const members: Member[] = batch.accounts.map((account) => ({
      account,
      leaf: ledgerAccount(account, secret),
    }))
    while (members.length < sizes.accounts) {
      members.push({ account: undefined, leaf: paddingAccount(secret, padding++) })
    }
    const placed = secret.permute(index, members)
    const leaves = placed.map(({ leaf }) => leaf)
    yield {
      index,
      instance: batch.instance,
      accounts: placed.map(({ account }) => account),
      witness: fold.fold(sizes, leaves, secret.stateBlind(index + 1)),
    }
    index++
  }
}

interface Member {
  account: Account | undefined
  leaf: LedgerAccount
}

function ledgerAccount(account: Account, secret: EpochSecret): LedgerAccount {
  const accountId = accountIdDigest(account.id)
  return {
    holder: holderCommitment({ accountId, owner: account.owner, salt: secret.salt(account.id) }),
    slots: account.slots,
  }
}

function paddingAccount(secret: EpochSecret, index: number): LedgerAccount {
  return { holder: holderCommitment({ ...secret.padding(index), owner: 0n }), slots: [] }
}
