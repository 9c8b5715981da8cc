import type { Abi, Address, Hex } from 'viem'
import type { VerifiedEpoch } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { callData } from '../call-data.js'
import { batchesOf, finalityOf, openingOf, proofsOf } from '../registry-calls.js'
import { REGISTRY_ABI } from '../registry-standing.js'
import { BACKING_ABI, backingOf } from './backing.js'
import { gasOfBatches } from './gas.js'
import type { Snapshot } from './snapshot.js'

/** A transaction that takes an epoch further. Whoever sends it, it does the same. */
export interface PublishStep {
  kind: 'open' | 'batches' | 'back' | 'finalize'
  /** In a few words. */
  title: string
  to: Address
  data: Hex
  abi: Abi
  /** How many proofs of batches it brings. */
  batches: number
}

/** What the steps of an epoch are made of. */
export interface Route {
  registry: Address
  epoch: VerifiedEpoch
  number: bigint
  /** The names that the venue has to cover. */
  scenarios: readonly string[]
  /** The most gas that a transaction may take. */
  gasLimit: bigint
}

/** Bytes of a transaction that nodes pass on, less than what most of them take; and of a proof in it. */
const MOST_BYTES = 120_000
const BYTES_OF_PROOF = 288

/**
 * All that is to be sent after what a chain says, in order. Batches of one key go together as far as the gas
 * limit lets them.
 *
 * @throws {InputError} `PUBLISH_UNSIGNED` when the epoch has yet to be opened and the venue did not sign it
 */
export function* stepsFrom(
  { standing, unbacked }: Pick<Snapshot, 'standing' | 'unbacked'>,
  route: Route,
): Generator<PublishStep> {
  const { registry, epoch, number, scenarios, gasLimit } = route
  const step = (
    kind: PublishStep['kind'],
    name: string,
    args: readonly unknown[],
    title: string,
    batches = 0,
  ) => ({
    ...{ kind, title, to: registry, abi: REGISTRY_ABI, batches },
    data: callData(REGISTRY_ABI, name, args),
  })
  if (standing.state === 'final') return
  if (standing.state === 'unused') {
    const { signature } = epoch
    if (signature === undefined) {
      throw new InputError('PUBLISH_UNSIGNED', 'the venue has not signed the epoch', {
        where: 'signature.json',
        hint: 'Sign it with `plimsoll epoch sign`, by the key that the registry knows the venue by.',
      })
    }
    yield step('open', 'openEpoch', openingOf(epoch, number, signature), `opening epoch ${number}`)
  }
  const { batches } = proofsOf(epoch)
  const most = mostBatches(gasLimit)
  for (let from = standing.batches; from < batches.length; ) {
    const { instance } = batches[from]!
    let count = 1
    while (count < most && batches[from + count]?.instance === instance) count++
    const which = count === 1 ? `batch ${from}` : `batches ${from} to ${from + count - 1}`
    yield step('batches', 'submitBatches', batchesOf(epoch, from, count), `${which} of ${instance}`, count)
    from += count
  }
  const backing = unbacked && backingOf(epoch, number)
  if (unbacked !== undefined && backing !== undefined) {
    const data = callData(BACKING_ABI, 'bring', backing)
    yield { kind: 'back', title: 'the proof of backing', to: unbacked, data, abi: BACKING_ABI, batches: 0 }
  }
  yield step('finalize', 'finalize', finalityOf(epoch, number, scenarios), `the proof of solvency`)
}

/** How many batches a transaction brings at most. */
function mostBatches(gasLimit: bigint): number {
  let most = 1
  while ((most + 1) * BYTES_OF_PROOF <= MOST_BYTES && gasOfBatches(most + 1) <= gasLimit) most++
  return most
}
