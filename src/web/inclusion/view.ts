import type { EpochCheck, KeyPins } from '../../bundle/index.js'
import { type AccountStatement, ENTRY_WORDS, type OwnLiquidation } from '../../inclusion/index.js'
import { at, element, sentences, table } from './elements.js'
import type { Answered } from './messages.js'
import { figuresOf, KNOWN, type Origins, onPage, type PinsFrom, verdictOf } from './words.js'

/** Checks as they are made. Proofs of batches that verify are one line. */
export class CheckList {
  private readonly list = at('checks')
  private batches = 0
  private line: HTMLElement | undefined

  clear(): void {
    this.list.replaceChildren()
    this.batches = 0
    this.line = undefined
  }

  add({ id, valid, detail, todo }: EpochCheck): void {
    if (valid && id.startsWith('batch:')) {
      this.batches++
      const text = lineOf(true, 'batches', `proofs that verify: ${this.batches}`)
      if (this.line === undefined) this.list.append(text)
      else this.line.replaceWith(text)
      this.line = text
      return
    }
    this.list.append(lineOf(valid, id, detail, valid ? undefined : todo))
  }
}

function lineOf(valid: boolean, id: string, detail: string, todo?: string): HTMLElement {
  return element(
    'li',
    element(valid ? 'b.done' : 'b.bad', valid ? '✓ ' : '✗ '),
    element('span.unseen', valid ? 'holds: ' : 'fails: '),
    element('code', id),
    ` ${onPage(detail)}`,
    todo === undefined ? undefined : element('p.quiet', onPage(todo)),
  )
}

/** Shows an answer: verdict first, then everything that it rests on. */
export function showAnswer(answered: Answered, origins: Origins): void {
  const { answer, facts, shown, pinned } = answered
  const { pins } = origins
  const verdict = verdictOf(answer, origins)
  at('verdict').className = `verdict ${verdict.tone}`
  at('verdict').replaceChildren(
    element('h2', verdict.headline),
    element('p', verdict.sentence),
    ...verdict.cautions.map((caution) => element('p.caution', caution)),
  )
  const balances = 'balances' in answer ? answer.balances : []
  const figures = figuresOf(answered, pins)
  const parts = [
    balances.length === 0 ? undefined : balancesTable(balances),
    'liquidation' in answer && answer.liquidation ? liquidationPart(answer.liquidation) : undefined,
    'statement' in answer && answer.statement ? statementPart(answer.statement) : undefined,
    sentences('What it means', verdict.means),
    sentences('restsOn' in answer ? 'What rests on others' : 'What it does not mean', verdict.doesNotMean),
    sentences('What to do next', verdict.next),
    sentences('What stands behind the reserves', facts?.reserves ?? []),
    sentences('Notes', 'notes' in answer ? answer.notes : []),
    figures.length === 0
      ? undefined
      : table(
          'Figures, and how each is known',
          ['Figure', 'Value, and how it is known'],
          figures.map(({ name, value, known, basis }) => [
            name,
            [
              element('code', value),
              element('br'),
              element(`span.known.${known}` as 'span', KNOWN[known]),
              element('span.quiet', ` ${basis}`),
            ],
          ]),
        ),
    shownPart(shown),
    pinned && pinsTable(pinned, pins),
  ]
  at('about').replaceChildren(...parts.filter((part) => part !== undefined))
}

type Balances = Extract<Answered['answer'], { balances: unknown }>['balances']

function balancesTable(balances: Balances): HTMLElement {
  const rows = balances.map((balance) => {
    const { instrument, quantity } = balance
    const tier = 'tier' in balance ? balance.tier : undefined
    const place =
      tier === undefined
        ? ''
        : ` (${tier.list === 'holding' ? 'held' : `pledged: ${tier.list}`}, tier ${tier.number}, counts ${tier.percent} %)`
    const kind = 'kind' in balance ? [balance.kind] : []
    const units = 'units' in balance ? ` shares: ${balance.units} ${instrument}` : ''
    return [`${tier?.of ?? instrument}${place}`, ...kind, `${quantity}${units}`]
  })
  // A file that is held against a root alone does not say of what kind its instruments are.
  const kind = balances.some((balance) => 'kind' in balance) ? ['Kind'] : []
  return table('Your balances', ['Instrument', ...kind, 'Quantity'], rows)
}

/** The own liquidation, in the words of the command line. */
function liquidationPart({ moved, words }: Pick<OwnLiquidation, 'moved' | 'words'>): HTMLElement {
  const rows = moved.map(({ instrument, before, moved: change, after }) => [
    ...[instrument, before, change, after],
  ])
  return element(
    'div',
    rows.length === 0
      ? undefined
      : table('What your liquidation moved', ['Instrument', 'Before', 'Moved', 'After'], rows),
    sentences('Your liquidation', words),
  )
}

/** The statement of account, in the words of the command line. */
function statementPart({ from, to, lines, settlements, words }: AccountStatement): HTMLElement {
  const rows = lines.map(({ instrument, entry, epoch, quantity }) => [
    ...[instrument, ENTRY_WORDS[entry], epoch, quantity],
  ])
  return element(
    'div',
    rows.length === 0
      ? undefined
      : table(
          `Your statement of account, from epoch ${from} to epoch ${to}`,
          ['Instrument', 'Entry', 'Epoch', 'Quantity'],
          rows,
        ),
    settlements.length === 0
      ? undefined
      : table(
          'Settlements that it goes over',
          ['From epoch', 'To epoch', 'SHA-256 of settlement.json'],
          settlements.map(({ previous, epoch, sha256 }) => [previous, epoch, element('code', sha256)]),
        ),
    sentences('Your statement of account', words),
  )
}

function shownPart(shown: Answered['shown']): HTMLElement | undefined {
  if (shown === undefined) return undefined
  const { checks, rows, ratio, keyKind } = shown
  const known = {
    recomputed: [
      element('span.known.recomputed', KNOWN.recomputed),
      element('span.quiet', ' opens what the proofs commit to'),
    ],
    proven: [
      element('span.known.proven', KNOWN.proven),
      element('span.quiet', ' over what the proofs commit to'),
    ],
  }
  return element(
    'div',
    element('h3', 'What the venue shows of the epoch'),
    element(
      'ul.checks',
      checks.map(({ id, valid, detail, todo }) => lineOf(valid, id, detail, todo)),
    ),
    ratio === undefined
      ? undefined
      : element(
          'p',
          `For every unit of value that is owed, at least ${ratio} is committed to as held, all spot instruments together at mark; loans to customers count as the policy says. `,
          ...known.proven.map((part) => part.cloneNode(true)),
        ),
    rows.length === 0
      ? undefined
      : table(
          'Totals of all accounts and reserves, in whole units',
          [
            'Instrument',
            'Owed',
            'Lent or short',
            'Reserves',
            'Insurance',
            'Held and lent per unit owed',
            'Known',
          ],
          rows.map(({ symbol, owed, lent, reserves, insurance, ratio: least, known: how }) => [
            symbol,
            ...[owed, lent, reserves, insurance].map((amount) => amount ?? 'hidden'),
            least === undefined ? '–' : `at least ${least}`,
            how.flatMap((grade) => known[grade].map((part) => part.cloneNode(true))),
          ]),
        ),
    rows.some(({ ratio: least }) => least !== undefined)
      ? element(
          'p.quiet',
          'In a ratio, loans to customers count as the policy says, and insurance does not. Where nothing is owed, any ratio holds.',
        )
      : undefined,
    keyKind === 'development'
      ? element(
          'p.caution',
          'Chosen instruments are proven under a development key: whoever made it can forge what is shown of them.',
        )
      : undefined,
  )
}

const CHOSEN: Record<PinsFrom, string> = {
  reader: 'chosen by you',
  page: 'chosen by whoever made this page',
  demonstration: 'of the demonstration',
  nobody: 'chosen by nobody',
}

function pinsTable(pins: KeyPins, from: PinsFrom): HTMLElement | undefined {
  const rows = Object.entries(pins).map(([name, { keyKind, keyHash }]) => [
    name,
    keyKind,
    element('code', keyHash),
  ])
  return rows.length === 0
    ? undefined
    : table(`Keys to trust, ${CHOSEN[from]}`, ['Instance', 'Kind', 'SHA-256 of the key'], rows)
}
