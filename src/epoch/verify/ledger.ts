import {
  type FiledClaim,
  type Found,
  fail,
  type ProofFile,
  passed,
  proofFileSchema,
  readJsonFrom,
  verifyFiledProofs,
} from '../../bundle/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { batchCount, batchInstances } from '../batches.js'
import type { Manifest } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { claimOf, type EpochProof, proofOf } from './proof.js'
import type { Verification } from './verification.js'

/** Batches whose proofs are read, and verified together, before those of the next are. */
const AT_ONCE = 64
/** Proofs that fail before the rest stay unread: a manifest of one line can name a million of them. */
const MOST_FAILED = 100
/**
 * Proofs that do not continue the chain before they do: an archive can hold a million copies of one that
 * holds.
 */
const MOST_BROKEN = 500

/** The proof of every batch, and the chain that their states are: the proofs that hold, in order. */
export async function verifyLedger(
  { source, manifest, checks }: Verification,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<EpochProof[]> {
  const { batches } = manifest.parts.ledger
  const proofs: EpochProof[] = []
  const links: Link[] = []
  const passedThrough = new Set<string>([manifest.parts.ledger.firstState])
  let broken = 0
  const open = async (index: number, instance: string): Promise<FiledClaim> => {
    const file = await readJsonFrom(source, EPOCH_PATHS.batch(index), proofFileSchema)
    links[index] = linkOf(file)
    if (!joins(links, index, passedThrough)) broken++
    const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
    return claimOf(file, { statement: 'ledger', instance, manifest, key, expected: {} })
  }
  const verify = async (opened: readonly Opened[]) => {
    const claims = opened.flatMap(({ claim }) => claim ?? [])
    const verdicts = (await verifyFiledProofs(claims)).values()
    for (const { index, claim, fault } of opened) {
      const verdict = claim && verdicts.next().value
      const found = await checks.run(`batch:${index.toString().padStart(7, '0')}`, () => {
        if (!claim) throw fault
        return proofOf(claim, verdict!)
      })
      if (found !== undefined) proofs.push(found)
    }
  }
  let opened: Opened[] = []
  let index = 0
  for (const instance of batchInstances(batches)) {
    const at = index++
    opened.push(
      await open(at, instance).then(
        (claim) => ({ index: at, claim }),
        (fault) => ({ index: at, fault }),
      ),
    )
    if (opened.length < AT_ONCE) continue
    await verify(opened)
    opened = []
    if (index - proofs.length >= MOST_FAILED || broken >= MOST_BROKEN) break
  }
  await verify(opened)
  const rest = batchCount(batches) - index
  if (rest > 0) {
    const why = broken >= MOST_BROKEN ? 'the chain of states is broken too often' : 'too many proofs fail'
    await checks.run('batches', () => fail(`${rest} more are not checked: ${why}`))
  }
  await checks.run('chain', () => verifyChain(manifest, links))
  return proofs
}

/** A batch whose proof was read: what it claims, or why that is nothing to verify. */
interface Opened {
  index: number
  claim?: FiledClaim
  fault?: unknown
}

/** The states that a proof is between, as its file says. */
type Link = readonly [before: string | undefined, after: string | undefined]

/** Whether a batch starts where the one before it ends, and ends where none did. */
function joins(links: readonly (Link | undefined)[], index: number, passed: Set<string>): boolean {
  const [before, after = ''] = links[index]!
  const isNew = !passed.has(after)
  passed.add(after)
  return isNew && (index === 0 || before === links[index - 1]?.[1])
}

function linkOf({ signals }: ProofFile): Link {
  return [signals.stateBefore, signals.stateAfter]
}

/**
 * One chain of states from the first to the last, which solvency opens.
 *
 * @param links of each batch by its index, none where its proof cannot be read
 */
function verifyChain({ parts: { ledger } }: Manifest, links: readonly (Link | undefined)[]): Found<true> {
  const count = batchCount(ledger.batches)
  const passedThrough = new Set([ledger.firstState])
  let state = ledger.firstState
  for (let index = 0; index < count; index++) {
    const [before, after] = links[index] ?? fail(`the proof of batch ${index} cannot be read`)
    if (before !== state) {
      fail(
        `batch ${index} does not start ${index === 0 ? 'at the first state' : 'where the one before it ends'}`,
      )
    }
    state = after ?? fail(`the proof of batch ${index} names no state after it`)
    if (passedThrough.has(state)) fail('passes through one state twice')
    passedThrough.add(state)
  }
  if (state !== ledger.state) fail("does not end at the manifest's last state")
  return passed(`${count} batches from the first state to the last`)
}
