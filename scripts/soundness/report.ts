/** Faults that a row names. */
const SHOWN = 20

/** The options of a section. */
export interface SoundnessOptions {
  /** Only what runs within minutes: small sizes, a fixed sample. */
  small: boolean
  /** The instances to look at, and nothing else; by default all. */
  instances?: readonly string[]
  /** Told what is being worked on, one line at a time. */
  progress: (line: string) => void
}

/** One thing that is claimed of the project, and what came of the attempt to refute it. */
export interface SoundnessRow {
  id: string
  claim: string
  /** How it was tried. */
  how: string
  /** `waits`: for a part that does not exist yet; it is not a failure. */
  result: 'holds' | 'fails' | 'waits'
  /** The result; in a failure, enough to reproduce it. */
  detail?: string
}

/** A kind of attempt and its rows, made one by one. */
export interface SoundnessSection {
  title: string
  run(options: SoundnessOptions): AsyncIterable<SoundnessRow>
}

/** A row that holds when there are no faults. */
export function judged(
  id: string,
  claim: string,
  { how, faults }: { how: string; faults: readonly string[] },
): SoundnessRow {
  if (faults.length === 0) return { id, claim, how, result: 'holds' }
  const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : ''
  return { id, claim, how, result: 'fails', detail: faults.slice(0, SHOWN).join('; ') + more }
}

/** `holdings (8), sums.key (8)` */
export function countEach(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name} (${count})`).join(', ')
}
