import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { PlimsollError } from '../../../src/errors/index.js'
import { byteMutants, jsonMutants, type Mutant, STRANGE, textsIn } from './mutants.js'

/** A file format, and a reader or a verifier of it. */
export interface Target {
  name: string
  /** A file that the reader takes. Mutants are written in its place, and it is put back. */
  path: string
  original: Buffer
  /** Which mutants make sense: every file has bytes. */
  json: boolean
  /** Whether each takes long: its proofs are verified, or it is large. */
  slow?: boolean
  /**
   * Reads the file, and gives what a verifier says of it; `undefined` from a mere reader, for which a changed
   * number is another number. A refusal is one of our errors, or `accepted: false`.
   */
  read(path: string): Promise<{ accepted: boolean; said: string[] } | undefined>
  /** Whether a mutant that is accepted says the same as the original; by default when it is the same JSON. */
  same?(mutant: Buffer): boolean | Promise<boolean>
  /** Of a private file what no message may repeat, for the original or a mutant of it. */
  secrets?(mutant: Buffer): string[]
}

/** Tries so many mutants of a file and says what came of those that did not end as they must. */
export async function faultsOf(target: Target, runs: number, seed: number): Promise<string[]> {
  const { original, path } = target
  const kinds = target.json
    ? [
        { arbitrary: jsonMutants(original), weight: 4 },
        { arbitrary: byteMutants(original), weight: 1 },
      ]
    : [{ arbitrary: byteMutants(original), weight: 1 }]
  const mutants = fc.sample(fc.oneof(...kinds), { numRuns: runs, seed })
  const faults: string[] = []
  try {
    for (const mutant of mutants) {
      if (mutant.bytes.equals(original)) continue
      writeFileSync(path, mutant.bytes)
      const fault = await judge(target, mutant)
      if (fault !== undefined) faults.push(`${target.name} (seed ${seed}), ${mutant.how}: ${fault}`)
    }
  } finally {
    writeFileSync(path, original)
  }
  return faults
}

async function judge(target: Target, { bytes }: Mutant): Promise<string | undefined> {
  let said: string[]
  let accepted = false
  try {
    const verdict = await target.read(target.path)
    said = verdict?.said ?? []
    accepted = verdict?.accepted ?? false
  } catch (error) {
    if (!(error instanceof PlimsollError)) return `an exception that is not ours: ${firstLine(error)}`
    said = [error.message, error.hint ?? '']
  }
  if (accepted && !((await target.same?.(bytes)) ?? sameJson(bytes, target.original))) return 'accepted'
  // The parts of a message that are its own: its place, and the names of formats.
  const told = said
    .join('\n')
    .replaceAll(target.path, '')
    .replaceAll(/plimsoll\/[a-z-]+\/\d+/g, '')
  const secret = target.secrets?.(bytes).find((text) => told.includes(text))
  // The value itself stays out of the report, too.
  return secret === undefined ? undefined : `a message repeats a value of ${secret.length} characters`
}

function firstLine(error: unknown): string {
  const [line = '', , at = ''] = error instanceof Error ? (error.stack ?? '').split('\n') : [String(error)]
  return `${line} ${at.trim()}`
}

/**
 * Texts of a private JSON file that are long enough to be known again, without those that are public anyway.
 */
export function secretsIn(bytes: Buffer, known: ReadonlySet<string>): string[] {
  // A mutant may hold a part of a text that is public.
  const publicTexts = [...known].join('\n')
  const isPublic = (text: string) =>
    publicTexts.includes(text) || text.startsWith('plimsoll/') || STRANGE.includes(text)
  return textsIn(bytes).filter((text) => text.length > 5 && !isPublic(text))
}

function sameJson(a: Buffer, b: Buffer): boolean {
  try {
    return canonical(JSON.parse(a.toString())) === canonical(JSON.parse(b.toString()))
  } catch {
    return false
  }
}

/** A JSON value as text, with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
