import type { EvidenceBlock, EvidenceClass, Voucher } from '../reserves/index.js'

/** What addresses show of an epoch's reserves, as it was verified. */
export interface Backing {
  /** The classes of evidence that the proof counts, the firmest first. */
  classes: readonly EvidenceClass[]
  /** `shown` where all follows from the evidence and from what the reader knows. */
  verdict: 'shown' | "on the venue's word"
  /** SHA-256 over the names and hashes of the files of the evidence. */
  evidenceHash: string
  /** The block of each chain that amounts are of, and who says that it is on its chain. */
  blocks: readonly EvidenceBlock[]
  /** By instrument and purpose, exact decimals by class; classes are never added. */
  shown: readonly ({ instrument: string; holdsFor: string } & Readonly<Record<EvidenceClass, string>>)[]
  /** Accounts on the venue's list, and those that show something. */
  accounts: { listed: number; counted: number }
  /** What nodes of the reader's own said when they were asked again. */
  asked?: readonly string[]
  /** What the result rests on, and only the venue says. */
  words: readonly string[]
}

const CLASS_WORDS: Readonly<Record<EvidenceClass, string>> = {
  proven: 'proven from the hash of a block',
  observed: 'what a node answered',
  attested: "somebody's word",
}

/** Who says that a block is on its chain; of the venue's word, `words` has it. */
const VOUCHER_WORDS: Readonly<Record<Exclude<Voucher, 'venue'>, string>> = {
  pin: 'has the hash that the reader pinned',
  nodes: 'is the one that nodes of the reader have',
  work: 'has the work of its chain on it',
}

/**
 * What stands behind the committed reserves, a sentence each: the terminal, a report and the customers' page
 * say the same. Amounts of different classes stand apart.
 *
 * @param backing of a valid epoch; none where its manifest names no evidence, `'refused'` where what it names
 *   does not hold
 * @example
 * const { report } = await openEpoch(await openSource('epoch'), { pins })
 * for (const sentence of backingWords(report.backing)) console.log(sentence)
 */
export function backingWords(backing: Backing | 'refused' | undefined): string[] {
  if (backing === undefined) {
    return ['Nothing stands behind the reserves but the word of the venue: no address shows them.']
  }
  if (backing === 'refused') {
    return ['Nothing stands behind the reserves: the evidence that the venue names does not hold.']
  }
  const { classes, blocks, shown, accounts, words, asked = [] } = backing
  const counted = classes.map((name) => `${name} (${CLASS_WORDS[name]})`).join(' and ')
  return [
    `Shown by addresses: of every instrument at least what is committed. What counts is ${counted}.`,
    `${accounts.counted} of ${accounts.listed} addresses show something. Coins may be borrowed for a day, and keys sold: evidence is of one moment.`,
    ...blocks.flatMap(({ chain, height, vouchedBy }) =>
      vouchedBy === 'venue' ? [] : [`Block ${height} of ${chain} ${VOUCHER_WORDS[vouchedBy]}.`],
    ),
    ...shown.map(
      ({ instrument, holdsFor, ...amounts }) =>
        `${instrument} for ${holdsFor}: ${
          (['proven', 'observed', 'attested'] as const)
            .filter((name) => amounts[name] !== '0')
            .map((name) => `${amounts[name]} ${name}`)
            .join(', ') || 'nothing'
        }`,
    ),
    ...asked.map((note) => `Asked again: ${note}.`),
    ...words.map((word) => `On the word of the venue: ${word}.`),
  ]
}
