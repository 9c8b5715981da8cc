import type { EpochCheck } from '../bundle/index.js'
import { BY_HAND, WHAT } from './procedure-words.js'

/**
 * What became of a procedure: it found nothing (`passed`), it found a fault (`exception`), it shows something
 * that a reader has to judge (`remark`), or it was not carried out (`omitted`).
 */
export type Outcome = 'passed' | 'exception' | 'remark' | 'omitted'

/** One procedure of an audit, with what it found. */
export interface Procedure {
  /** From 1 on, in the order of the report. */
  number: number
  /** Stable name, such as `chain` or `key:ledger-tiny`. */
  id: string
  /** What is done, in words. */
  what: string
  outcome: Outcome
  /** What was found: the evidence, or the exception. */
  finding: string
  /** What the reader can do about an exception, where known. */
  todo?: string
  /** How to repeat it by other means. */
  byHand?: string
}

/** A procedure before it has its number and its words. */
export type Step = Pick<Procedure, 'id' | 'outcome' | 'finding' | 'todo'>

/** A check of a verifier as a step. */
export function stepOf({ id, valid, detail, todo }: EpochCheck): Step {
  return {
    id,
    outcome: valid ? 'passed' : 'exception',
    finding: detail,
    ...(todo === undefined ? {} : { todo }),
  }
}

/** Names of procedures over many proofs, by what stands before the colon in the name of each. */
const TOGETHER: Readonly<Record<string, string>> = {
  batch: 'batches',
  liquidation: 'liquidation',
  chunk: 'chunks',
}

/** Numbers steps. Proofs of one kind that pass are one procedure; each that fails is one of its own. */
export function procedures(steps: readonly Step[]): Procedure[] {
  const kinds = Object.keys(TOGETHER)
  const passed = kinds.map((kind) =>
    steps.filter(({ id, outcome }) => id.startsWith(`${kind}:`) && outcome === 'passed'),
  )
  const merged = steps.flatMap((step): Step[] => {
    const k = passed.findIndex((list) => list.includes(step))
    if (k < 0) return [step]
    if (step !== passed[k]![0]) return []
    const finding = `${passed[k]!.length} proofs verify`
    return [{ id: TOGETHER[kinds[k]!]!, outcome: 'passed', finding }]
  })
  return merged.map((step, i) => ({ number: i + 1, ...step, ...wordsOf(step.id) }))
}

/** The words about the checks of a name, or of a name before its colon. */
function wordsOf(id: string): Pick<Procedure, 'what' | 'byHand'> {
  const [kind = '', ...rest] = id.split(':')
  const own = rest.join(':')
  const of = (words: Readonly<Record<string, string>>) =>
    Object.hasOwn(words, kind) ? words[kind]!.replaceAll('$', own) : undefined
  const byHand = of(BY_HAND)
  return { what: of(WHAT) ?? id, ...(byHand === undefined ? {} : { byHand }) }
}
