import { toField } from '../../src/field/index.js'

/**
 * A place where a circuit leaves something open that is no fault, as someone has looked at it and says why.
 */
export interface Allowed {
  /** Main template of the circuit. */
  template: string
  /** The signal's path in it, without indices. */
  signal: string
  /**
   * - `hint`: a prover's number that a soundness argument pins down, not the constraints alone;
   * - `quotient`: q in q·d = n, free where d is zero: d is never zero but with the probability that the
   *   reason says;
   * - `alternative`: can take another value while nothing else changes.
   */
  as: 'hint' | 'quotient' | 'alternative'
  /** Of an alternative, by how much the value may differ from one that is so. */
  by?: (value: bigint) => bigint
  reason: string
}

const OTHER_BIT = (value: bigint) => 1n - 2n * value

const POLE =
  'the divisor is a Fiat–Shamir challenge less a pole made of what was absorbed before it (with limits, also of another challenge ' +
  'of the same transcript): zero for one challenge in 2^253. A fraction with a divisor of zero is an error counted in ' +
  'circuits/README.md, "Soundness of a ledger" and "Soundness of the lines of a margin proof".'
const CONTEXT =
  'whom a proof is made for takes part in no rule: its square keeps it in the constraint system, and −context has the same ' +
  'square. A proof is bound to the public signal that it was made for, not to the square.'

export const ALLOWED: readonly Allowed[] = [
  ...['Ledger', 'Solvency'].map(
    (template): Allowed => ({ template, signal: 'keys.entry', as: 'quotient', reason: POLE }),
  ),
  { template: 'Settlement', signal: 'sum.entry', as: 'quotient', reason: POLE },
  ...['KeySum', 'KeyTotals', 'FlowSum'].map(
    (template): Allowed => ({ template, signal: 'entry', as: 'quotient', reason: POLE }),
  ),
  ...['part', 'whole'].flatMap((signal): Allowed[] => [
    { template: 'Solvency', signal: `TierOwners.${signal}`, as: 'quotient', reason: POLE },
    { template: 'TierOwners', signal, as: 'quotient', reason: POLE },
  ]),
  ...['entry', 'line'].flatMap((signal): Allowed[] => [
    { template: 'Margin', signal: `MarginTotals.byKey.${signal}`, as: 'quotient', reason: POLE },
    { template: 'MarginTotals', signal: `byKey.${signal}`, as: 'quotient', reason: POLE },
    { template: 'LinesByKey', signal, as: 'quotient', reason: POLE },
  ]),
  ...['entry', 'line'].flatMap((signal): Allowed[] => [
    { template: 'Liquidation', signal: `totals.byKey.${signal}`, as: 'quotient', reason: POLE },
    { template: 'DeficitTotals', signal: `byKey.${signal}`, as: 'quotient', reason: POLE },
  ]),
  ...['entry', 'flow'].flatMap((signal): Allowed[] => [
    { template: 'Weigh', signal: `place.${signal}`, as: 'quotient', reason: POLE },
    { template: 'WeighedPlace', signal, as: 'quotient', reason: POLE },
  ]),
  ...['Solvency', 'Margin', 'Backing', 'Disclosure', 'Liquidation', 'Settlement'].map(
    (template): Allowed => ({
      ...{ template, signal: 'context', as: 'alternative', reason: CONTEXT },
      by: (value) => -2n * value,
    }),
  ),
  {
    template: 'Margin',
    signal: 'groupNegative',
    as: 'alternative',
    by: OTHER_BIT,
    reason: 'the sign of a group that neither gains nor loses: zero has the magnitude zero on either side.',
  },
  {
    template: 'Margin',
    signal: 'lineBranch',
    as: 'alternative',
    by: OTHER_BIT,
    reason: 'the branch of a choice none of whose lines counts in one branch alone: both say the same.',
  },
  {
    template: 'Settlement',
    signal: 'fundPays',
    as: 'alternative',
    by: OTHER_BIT,
    reason: 'whether a fund pays that is what it was: it pays nothing in either case.',
  },
  {
    template: 'Settlement',
    signal: 'loss',
    as: 'alternative',
    by: OTHER_BIT,
    reason:
      'whether a loss is stated where there are no allocations and the fund is worth nothing: the rules hold in ' +
      'either case, and a proof is bound to the public signal that it was made for.',
  },
  ...Object.entries({
    afterNegative: 'the sign of cash that is zero afterwards: zero has the magnitude zero on either side.',
    isSolvent: 'an account that loses nothing, or has nothing: both bounds of what it loses say the same.',
    groupNegative: 'the sign of a group that neither gains nor loses.',
    groupBounded:
      'a group that is netted has no charge, and where both parts of a charge are equal either may count.',
    worstPick: 'a worst loss that comes to zero may count or not.',
    lineBranch: 'only the last line of a choice says a branch, and there both may come to the same.',
  }).map(([signal, reason]): Allowed => {
    return { template: 'Liquidation', signal, as: 'alternative', by: OTHER_BIT, reason }
  }),
]

/** The exceptions, and which of them were needed. */
export class AllowList {
  private readonly used = new Set<Allowed>()

  constructor(private readonly entries: readonly Allowed[] = ALLOWED) {}

  /**
   * Whether a signal of a template may be open so; of an alternative, to another value `by` so much from
   * `value`.
   */
  allows(
    template: string,
    as: Allowed['as'],
    signal: string,
    change?: { value: bigint; by: bigint | 'anything' },
  ): boolean {
    const entry = this.entries.find((e) => e.template === template && e.as === as && e.signal === signal)
    if (entry === undefined) return false
    const by = entry.by && change && toField(entry.by(change.value))
    if (change && by !== change.by) return false
    this.used.add(entry)
    return true
  }

  /** Says which exceptions, of the templates that were looked at, nothing needs any more. */
  stale(templates: Iterable<string>, kinds: readonly Allowed['as'][]): string[] {
    const seen = new Set(templates)
    return this.entries
      .filter((e) => seen.has(e.template) && kinds.includes(e.as) && !this.used.has(e))
      .map(
        (e) =>
          `${e.template}.${e.signal} needs no exception as a${e.as === 'alternative' ? 'n' : ''} ${e.as}`,
      )
  }
}
