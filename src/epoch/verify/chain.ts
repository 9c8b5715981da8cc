import {
  type Checks,
  type FiledClaim,
  type Found,
  fail,
  type ProofFile,
  passed,
  proofFileSchema,
  readJsonFrom,
  type Source,
  verifyFiledProofs,
} from '../../bundle/index.js'
import { type Batches, batchCount, batchInstances } from '../batches.js'
import { type EpochProof, proofOf } from './proof.js'

/** Proofs that are read, and verified together, before those of the next are. */
const AT_ONCE = 64
/** Proofs that fail before the rest stay unread: a manifest of one line can name a million of them. */
const MOST_FAILED = 100
/**
 * Proofs that do not continue the chain before they do: an archive can hold a million copies of one that
 * holds.
 */
const MOST_BROKEN = 500

/** Proofs that lead from one state to another, each from the state that the one before it leads to. */
export interface ProofChain {
  source: Source
  checks: Checks
  /** The instance that proves each, in order. */
  runs: Batches
  firstState: string
  state: string
  /** Where `state` is said, in words. */
  saidBy: string
  /** What each proof is of, and several are: the names of checks begin with them. */
  names: readonly [one: string, many: string]
  /** Name of the check of the chain as a whole. */
  id: string
  pathOf: (index: number) => string
  /** What a file claims; it fails when it is no proof of what it has to be. */
  claimOf: (file: ProofFile, instance: string) => FiledClaim
  /** Takes each proof that holds, in order. */
  keep: (proof: EpochProof) => void
}

/** Verifies the proofs of a chain, and that they are one. */
export async function verifyChain(chain: ProofChain): Promise<void> {
  const { checks, runs, names, firstState } = chain
  const links: Link[] = []
  const passedThrough = new Set<string>([firstState])
  let [held, broken] = [0, 0]
  const open = async (index: number, instance: string): Promise<FiledClaim> => {
    const file = await readJsonFrom(chain.source, chain.pathOf(index), proofFileSchema)
    links[index] = linkOf(file)
    if (!joins(links, index, passedThrough)) broken++
    return chain.claimOf(file, instance)
  }
  const verify = async (opened: readonly Opened[]) => {
    const claims = opened.flatMap(({ claim }) => claim ?? [])
    const verdicts = (await verifyFiledProofs(claims)).values()
    for (const { index, claim, fault } of opened) {
      const verdict = claim && verdicts.next().value
      const found = await checks.run(`${names[0]}:${index.toString().padStart(7, '0')}`, () => {
        if (!claim) throw fault
        return proofOf(claim, verdict!)
      })
      if (found === undefined) continue
      held++
      chain.keep(found)
    }
  }
  let opened: Opened[] = []
  let index = 0
  for (const instance of batchInstances(runs)) {
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
    if (index - held >= MOST_FAILED || broken >= MOST_BROKEN) break
  }
  await verify(opened)
  const rest = batchCount(runs) - index
  if (rest > 0) {
    const why = broken >= MOST_BROKEN ? 'the chain of states is broken too often' : 'too many proofs fail'
    await checks.run(names[1], () => fail(`${rest} more are not checked: ${why}`))
  }
  await checks.run(chain.id, () => followLinks(chain, links))
}

/** A proof that was read: what it claims, or why that is nothing to verify. */
interface Opened {
  index: number
  claim?: FiledClaim
  fault?: unknown
}

/** The states that a proof is between, as its file says. */
type Link = readonly [before: string | undefined, after: string | undefined]

/** Whether a proof starts where the one before it ends, and ends where none did. */
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
 * One chain of states from the first to the last, which another proof opens.
 *
 * @param links of each proof by its index, none where it cannot be read
 */
function followLinks(chain: ProofChain, links: readonly (Link | undefined)[]): Found<true> {
  const { runs, firstState, names } = chain
  const count = batchCount(runs)
  const passedThrough = new Set([firstState])
  let state = firstState
  for (let index = 0; index < count; index++) {
    const [before, after] = links[index] ?? fail(`the proof of ${names[0]} ${index} cannot be read`)
    if (before !== state) {
      fail(
        `${names[0]} ${index} does not start ${index === 0 ? 'at the first state' : 'where the one before it ends'}`,
      )
    }
    state = after ?? fail(`the proof of ${names[0]} ${index} names no state after it`)
    if (passedThrough.has(state)) fail('passes through one state twice')
    passedThrough.add(state)
  }
  if (state !== chain.state) fail(`does not end at ${chain.saidBy} last state`)
  return passed(`${count} ${names[1]} from the first state to the last`)
}
