import type { EpochCheck } from '../../bundle/index.js'
import type { Answer, Answered } from './messages.js'

/** Who said which keys to trust. */
export type PinsFrom = 'reader' | 'page' | 'demonstration' | 'nobody'

/** Where what an answer rests on came from. */
export interface Origins {
  pins: PinsFrom
  /** Whether the root that stands for itself, as no proof is verified, came with the page. */
  isRootOfPage: boolean
  isDemonstration: boolean
}

/** How a figure is known. */
export type Known = 'recomputed' | 'proven' | 'venue' | 'reader' | 'maker'

export const KNOWN: Record<Known, string> = {
  recomputed: 'recomputed here',
  proven: 'proven',
  venue: 'the venue’s word',
  reader: 'your word',
  maker: 'the word of who made the pins',
}

export interface Figure {
  name: string
  value: string
  known: Known
  /** What it rests on. */
  basis: string
}

/** A verdict for people. */
export interface Verdict {
  tone: 'good' | 'bad' | 'open'
  headline: string
  sentence: string
  /** What takes from the verdict, and has to be read with it. */
  cautions: string[]
  means: string[]
  doesNotMean: string[]
  next: string[]
}

const COMPARE =
  'Compare the SHA-256 of the manifest and the last state below with those that others have: a venue could show other people another epoch.'
const DEMONSTRATION =
  'This is the demonstration: a made-up venue, with keys that were made for it. It says nothing about you.'
const INVALID =
  'An epoch of which anything fails says nothing about anyone: a file may be damaged or changed on its way, or the venue may have proven nothing.'
const CHOSEN_KEYS =
  'that the keys are sound: you chose them, and if the file of pins came from the venue, the venue chose them'
const AGAIN = 'Keep your file and this report, and look again at the next epoch.'
const NOT_PROVEN = [
  'that prices, decimals and symbols are right: they are the venue’s word, public in its risk table',
  'that the reserves exist and are the venue’s own, beyond what is said below of what stands behind them',
  'that nothing is owed outside this ledger, or that anything holds at another moment',
]

/** What an answer means, what it does not, and what to do next. */
export function verdictOf(answer: Answer, origins: Origins): Verdict {
  const verdict = inWords(answer, origins)
  const { means, doesNotMean, next, cautions } = verdict
  return {
    ...verdict,
    cautions: origins.isDemonstration ? [DEMONSTRATION, ...cautions] : cautions,
    means: means.map(onPage),
    doesNotMean: doesNotMean.map(onPage),
    next: next.map(onPage),
  }
}

/** What the command line is told by an option, the page is told by its form. */
export function onPage(sentence: string): string {
  return sentence.replace(/,? with --[a-z-]+/g, ' above')
}

function inWords(answer: Answer, { pins, isRootOfPage }: Origins): Verdict {
  if ('error' in answer) {
    const { message, hint } = answer.error
    return cannotTell('Something that is needed cannot be used.', [message], hint === undefined ? [] : [hint])
  }
  if ('restsOn' in answer) return receiptVerdict(answer, isRootOfPage)
  const { verdict, account, venue, epoch, notChecked } = answer
  const cautions = [...liquidationCautions(answer), ...statementCautions(answer), ...cautionsOf(answer, pins)]
  const name = `epoch ${epoch} of ${venue}`
  if (verdict === 'included') {
    return {
      tone: 'good',
      headline: 'Included',
      sentence: `Account ${account} is counted in ${name} with exactly the balances below.`,
      cautions,
      means: [
        'Every proof of the epoch was verified here, on this computer, under the pinned keys.',
        'Every account of the ledger is counted once, none is hidden below zero, and what the venue committed to as its reserves covers what it owes by the policy of the epoch.',
        'Your balances stand in that ledger exactly as they are shown.',
      ],
      doesNotMean: [...NOT_PROVEN, ...(pins === 'reader' ? [CHOSEN_KEYS] : []), ...notChecked],
      next: [
        ...todos(answer.checks),
        'Compare the balances with your own records of that moment.',
        COMPARE,
        AGAIN,
      ],
    }
  }
  if (verdict === 'not included') {
    return {
      tone: 'bad',
      headline: 'Not included',
      sentence: `The file’s account is not counted like this in ${name}, which is valid.`,
      cautions,
      means: [
        holds(answer.checks, 'inclusion:leaf')
          ? 'The epoch is valid and the leaf is in its ledger, but not with all that was asked for.'
          : 'The epoch is valid, and what the file says is not in its ledger.',
        ...reasons(answer.checks),
      ],
      doesNotMean: [
        'that the venue left you out on purpose: a wrong secret number, a wrong amount, a damaged file and an account that was left out look alike',
      ],
      next: [
        'Save the report, show it to the venue, and ask for your file of this epoch.',
        'If the new file is not included either, or you get none, you are not counted: tell others.',
        ...todos(answer.checks),
      ],
    }
  }
  const other = answer.checks.some(({ id, valid }) => id === 'inclusion:account' && !valid)
  const sentence = other
    ? 'The file is of another identifier than the one that you typed: it says nothing about you.'
    : answer.epochValid
      ? 'The epoch is valid, and this file does not say whether you are in it.'
      : `Nothing can be said of ${name}: not all that it takes was found to be right.`
  const means = [...(answer.epochValid ? [] : [INVALID]), ...reasons(answer.checks)]
  return { ...cannotTell(sentence, means, todos(answer.checks)), cautions }
}

function receiptVerdict(answer: Extract<Answer, { restsOn: string[] }>, isRootOfPage: boolean): Verdict {
  const { verdict, account, venue, epoch, checks, restsOn } = answer
  if (verdict === 'cannot tell') {
    return cannotTell('This file cannot be held against this root.', reasons(checks), todos(checks))
  }
  const isIn = verdict === 'in this tree'
  return {
    // Nothing here shows that the root is worth anything: what looks like a proof has to be one.
    tone: isIn ? 'open' : 'bad',
    headline: isIn ? 'In this tree, no proof verified' : 'Not in this tree',
    sentence: isIn
      ? `Account ${account} stands under the root of epoch ${epoch} of ${venue} with exactly the balances below.`
      : `The file’s account does not stand under this root of epoch ${epoch} of ${venue}.`,
    cautions: [
      'No proof was verified. What the root is worth rests on others.',
      ...(isRootOfPage
        ? [
            'The root came with this page: whoever made it chose it, and the venue may have. Compare it with one from elsewhere.',
          ]
        : []),
    ],
    means: isIn
      ? ['Your leaf was hashed here, and its path leads to the root.']
      : [
          holds(checks, 'inclusion:leaf')
            ? 'The leaf leads to the root, but not all is as the file says or as you asked.'
            : 'What the file says does not lead to the root.',
          ...reasons(checks),
        ],
    doesNotMean: restsOn,
    next: isIn
      ? ['Verify every proof when you have time: choose “Verify every proof” and check again.', AGAIN]
      : ['Save the report, show it to the venue, and ask for your file of this epoch.', ...todos(checks)],
  }
}

function cannotTell(sentence: string, means: string[], next: string[]): Verdict {
  return {
    tone: 'open',
    headline: 'Cannot tell',
    sentence,
    cautions: [],
    means,
    doesNotMean: ['that you are not counted: it is not known'],
    next:
      next.length > 0
        ? next
        : ['Take the files again, from more than one place, and ask others what they see.'],
  }
}

/** Why a check fails, without the scenarios, which fail because of a check before them. */
function reasons(checks: readonly EpochCheck[]): string[] {
  const failed = checks.filter(({ valid, id }) => !valid && !id.startsWith('scenario:'))
  const shown = failed.slice(0, SHOWN).map(({ id, detail }) => `${id}: ${detail}`)
  return failed.length > SHOWN ? [...shown, `and ${failed.length - SHOWN} more checks that fail`] : shown
}

const SHOWN = 8

const holds = (checks: readonly EpochCheck[], id: string): boolean =>
  checks.some((check) => check.id === id && check.valid)

function todos(checks: readonly EpochCheck[]): string[] {
  return [...new Set(checks.flatMap(({ valid, todo }) => (valid || todo === undefined ? [] : [todo])))]
}

/** That the account is counted says nothing of its liquidation. */
function liquidationCautions({ liquidation, checks }: Extract<Answer, { notChecked: unknown }>): string[] {
  if (liquidation === undefined || liquidation.valid) return []
  const failed = checks.filter(({ id }) => id.startsWith('liquidation'))
  return [`Your liquidation is not proven. ${reasons(failed).join('; ')}.`]
}

/** That the account is counted says nothing of how it came to its balances. */
function statementCautions({ statement, checks }: Extract<Answer, { notChecked: unknown }>): string[] {
  if (statement === undefined || statement.verdict === 'adds up') return []
  // The account is counted: what fails is of its liquidation or of its statement.
  const failed = checks.filter(({ id }) => !id.startsWith('liquidation'))
  const what =
    statement.verdict === 'cannot tell'
      ? 'Nobody can tell yet whether your statement of account adds up'
      : 'Your statement of account does not add up'
  return [`${what}. ${reasons(failed).join('; ')}.`]
}

function cautionsOf({ keyKind, verdict }: { keyKind: string; verdict: string }, pins: PinsFrom): string[] {
  const who = {
    page: 'The keys to trust came with this page: whoever made it chose them, and the venue may have. Compare the SHA-256 of the pins above with one from elsewhere, or choose pins of your own.',
    demonstration: undefined,
    nobody:
      'Nobody said which keys to trust, so none is: choose a file of pins from a source other than the venue’s epoch.',
    reader: undefined,
  }[pins]
  const rehearsal =
    keyKind === 'development' && verdict !== 'cannot tell'
      ? [
          'Development keys: whoever made them can forge every proof. This is a rehearsal, and shows nothing about real money.',
        ]
      : []
  return [...rehearsal, ...(who === undefined ? [] : [who])]
}

/** The figures behind an answer, each with how it is known. */
export function figuresOf({ answer, facts, signer }: Answered, pins: PinsFrom): Figure[] {
  if ('error' in answer || !['included', 'in this tree'].includes(answer.verdict)) return []
  const { account, venue, epoch, balances } = answer
  const names = `${venue}, ${epoch}`
  const figures: Figure[] = [
    figure('Account', account, 'reader', 'you typed it, and the leaf is of the same identifier'),
    figure(
      'Balances',
      `${balances.length}`,
      'recomputed',
      'their hash, with your identifier, leads to the root of the accounts tree',
    ),
  ]
  if ('restsOn' in answer) {
    const basis = 'no proof was verified'
    figures.push(
      figure('Root of the accounts tree', answer.accountsRoot, 'venue', basis),
      figure('Venue and epoch', names, 'venue', basis),
      figure('Symbols and decimals', 'of the file', 'venue', 'the risk table was not read'),
    )
  } else if (facts !== undefined) {
    const { manifestSha256, accountsRoot, state, proofs, marksOf, scenarios } = facts
    const covered = scenarios.length === 0 ? 'at mark' : `at mark, and in: ${scenarios.join(', ')}`
    const isReaders = pins === 'reader'
    figures.push(
      figure('Venue and epoch', names, 'proven', 'the proof of solvency was made for these names'),
      figure('Root of the accounts tree', accountsRoot, 'proven', 'a public signal of the proof of solvency'),
      figure(
        'Last state of the ledger',
        state,
        'proven',
        'where the chain of batch proofs ends, and solvency opens it',
      ),
      figure('Proofs that verify', `${proofs}`, 'recomputed', 'Groth16 over BN254'),
      figure(
        'Reserves cover what is owed',
        covered,
        'proven',
        'by the policy and the risk table of the epoch; what stands behind the reserves is said above',
      ),
      figure(
        'Prices, symbols, decimals',
        `of ${new Date(1000 * marksOf).toISOString()}`,
        'venue',
        'the public risk table, whose root is under the proofs',
      ),
      figure('SHA-256 of the manifest', manifestSha256, 'recomputed', 'over the bytes of manifest.json'),
      figure(
        'Keys',
        answer.keyKind === 'ceremony' ? 'of a ceremony' : 'development keys',
        isReaders ? 'reader' : 'maker',
        isReaders ? 'the pins that you chose' : 'the pins that came with this page',
      ),
    )
  }
  if (signer === undefined) return figures
  const basis = signer.known
    ? 'the signature was verified here, and you named this address'
    : 'the signature was verified here; that this is the venue’s address is its own word until you type the address that you know'
  return [
    ...figures,
    figure('Signer of the manifest', signer.address, signer.known ? 'reader' : 'venue', basis),
  ]
}

const figure = (name: string, value: string, known: Known, basis: string): Figure => ({
  name,
  value,
  known,
  basis,
})
