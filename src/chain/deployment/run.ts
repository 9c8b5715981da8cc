import { setTimeout as pause } from 'node:timers/promises'
import { type Address, getContractAddress, type Hex, type Transaction, type TransactionReceipt } from 'viem'
import { InputError } from '../../errors/index.js'
import type { ChainConnection } from '../connection.js'
import { assertCancun, of } from '../deploy.js'
import { answered } from '../rpc.js'
import { type Failure, transact, writerOf } from '../transaction.js'
import type { AddressOf, Step } from './plan.js'
import type { Journal } from './record.js'

/** How long a transaction of an earlier run is waited for. */
const PATIENCE_MS = 180_000

/** A step that was done. */
export interface Done {
  step: Step
  receipt: TransactionReceipt
  /** What it made; absent for a call. */
  address?: Address
}

/**
 * Does the steps that are not done yet, one after the other. Each has a number among the transactions of the
 * account before it is sent, so that however often this is run, a step is done once.
 *
 * @param save keeps the journal
 * @throws {InputError} `DEPLOY_FAILED`, `DEPLOYMENT_BEGUN`, `CHAIN_EVM`, `NODE_CONTRADICTS`, and what
 * `transact` throws
 */
export async function runSteps(
  chain: ChainConnection,
  steps: readonly Step[],
  { journal, save, onStep }: { journal: Journal; save(): Promise<void>; onStep(title: string): void },
): Promise<Done[]> {
  await assertCancun(chain, 'the contracts')
  const done: Done[] = []
  const at = addressIn(done)
  const { address: sender } = writerOf(chain).account
  for (const [i, step] of steps.entries()) {
    onStep(`${i + 1} of ${steps.length}: ${step.title}`)
    const request = await step.request(at)
    const receipt =
      (await earlier(chain, step, request, journal)) ?? (await send(chain, step, request, { journal, save }))
    const { nonce } = journal.steps[step.id]!
    done.push({ step, receipt, ...(step.makes && { address: madeBy(sender, nonce, receipt) }) })
  }
  return done
}

/** The address that a transaction makes, which follows from its sender and number, whatever a node says. */
function madeBy(
  from: Address,
  nonce: number,
  { contractAddress, transactionHash }: TransactionReceipt,
): Address {
  const address = getContractAddress({ from, nonce: BigInt(nonce) })
  if (contractAddress?.toLowerCase() === address.toLowerCase()) return address
  throw new InputError('NODE_CONTRADICTS', `the node says that it made ${contractAddress}, not ${address}`, {
    where: `transaction ${transactionHash}`,
    hint: 'Ask another node: nothing that this one says can be relied on.',
  })
}

/** Addresses of what was made. */
function addressIn(done: readonly Done[]): AddressOf {
  return (id) => {
    const address = done.find(({ step }) => step.id === id)?.address
    if (address === undefined) throw new Error(`nothing was made as ${id}`)
    return address
  }
}

async function send(
  chain: ChainConnection,
  { id, title, abi }: Step,
  request: { to?: Address; data: Hex },
  { journal, save }: { journal: Journal; save(): Promise<void> },
): Promise<TransactionReceipt> {
  const address = writerOf(chain).account.address
  const entry = journal.steps[id] ?? {
    nonce: await answered(chain.reader.getTransactionCount({ address, blockTag: 'pending' })),
  }
  journal.steps[id] = entry
  await save()
  const failed = ({ why, hint, transaction }: Failure) =>
    new InputError('DEPLOY_FAILED', `${title}: ${why}${of(transaction)}`, {
      where: id,
      hint: hint ?? 'Mend the cause and run the same again: what was done is not done twice.',
    })
  const onSent = async (transaction: Hex) => {
    entry.transaction = transaction
    await save()
  }
  return transact(chain, { ...request, abi, nonce: entry.nonce, onSent }, failed)
}

/** What became of a step that an earlier run may have sent: its receipt once it is done, or nothing. */
async function earlier(
  chain: ChainConnection,
  step: Step,
  request: { to?: Address; data: Hex },
  journal: Journal,
): Promise<TransactionReceipt | undefined> {
  const entry = journal.steps[step.id]
  if (entry === undefined || !(await hasLanded(chain, entry.nonce))) return undefined
  const found = await transactionAt(chain, entry.nonce, { known: entry.transaction, from: journal.block })
  const receipt = await answered(chain.reader.getTransactionReceipt({ hash: found.hash }))
  const same = step.same === undefined ? undefined : 2 + 2 * step.same
  const isOurs =
    (found.to ?? undefined)?.toLowerCase() === request.to?.toLowerCase() &&
    found.input.slice(0, same) === request.data.slice(0, same)
  if (isOurs && receipt.status === 'success') return receipt
  if (!isOurs && entry.transaction === found.hash) {
    throw new InputError('DEPLOYMENT_BEGUN', `${step.title} was done otherwise${of(found.hash)}`, {
      where: step.id,
      hint: 'Go on with the configuration, keys and version that it was begun with, or write to another file.',
    })
  }
  // It reverted, or another transaction of the account took its number.
  delete journal.steps[step.id]
  return undefined
}

/** Whether a block has the transaction of this number; one that is under way is waited for. */
async function hasLanded({ reader, writer }: ChainConnection, nonce: number): Promise<boolean> {
  const { address } = writer!.account
  const count = (blockTag: 'latest' | 'pending') =>
    answered(reader.getTransactionCount({ address, blockTag }))
  for (let waited = 0; (await count('latest')) <= nonce; waited += 1_000) {
    if ((await count('pending')) <= nonce) return false
    if (waited >= PATIENCE_MS) {
      throw new InputError('TRANSACTION_PENDING', `transaction ${nonce} of ${address} is in no block yet`, {
        hint: 'Run the same again later: it goes on from there.',
      })
    }
    await pause(1_000)
  }
  return true
}

/** The transaction of the account that has this number: the known one, or whatever took its place. */
async function transactionAt(
  { reader, writer }: ChainConnection,
  nonce: number,
  { known, from }: { known: string | undefined; from: number },
): Promise<Transaction> {
  if (known !== undefined) {
    const found = await reader.getTransaction({ hash: known as Hex }).catch(() => undefined)
    if (found?.blockNumber != null) return found
  }
  const { address } = writer!.account
  let [before, after] = [BigInt(from), await answered(reader.getBlockNumber({ cacheTime: 0 }))]
  while (after - before > 1n) {
    const blockNumber = (before + after) / 2n
    const count = await answered(reader.getTransactionCount({ address, blockNumber }))
    if (count > nonce) after = blockNumber
    else before = blockNumber
  }
  const block = await answered(reader.getBlock({ blockNumber: after, includeTransactions: true }))
  const found = block.transactions.find(
    (one) => one.from.toLowerCase() === address.toLowerCase() && one.nonce === nonce,
  )
  if (found !== undefined) return found
  throw new InputError('RPC_REFUSED', `the node does not show transaction ${nonce} of ${address}`, {
    hint: 'Ask a node that has the state of these blocks.',
  })
}
