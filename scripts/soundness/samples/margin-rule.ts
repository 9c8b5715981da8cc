import type { Slot } from '../../../src/field/index.js'
import { assertRule, FACTOR_ONE, type MarginRule } from '../../../src/rules/index.js'
import type { MarginSizes, MarginWitness } from '../../../src/statements/index.js'
import { witnessOf } from './margin-account.js'

/** An instance that `HAND_RULE` and `HELD` fill to the last group, line and link. */
export const HAND_MARGIN: MarginSizes = { slots: 4, scenarios: 2, groups: 3, lines: 8, links: 2, levels: 1 }
export const HAND_MARGIN_MAIN = 'Margin(4, 2, 3, 8, 2, 1)'

const times = (percent: bigint) => (percent * FACTOR_ONE) / 100n

/**
 * A rule that uses every part of the form. For the positions of `HELD` at both scenarios, down and up:
 *
 * - `own` gains 54 and −50: own loss 50; `near` and `far` raise it by 28 + 4 (34 + 4 on the other branch),
 *   `floor` bounds it by 80
 * - `left` gains −70 and 50, `right` 12 and 12: together a net loss of 1.2·70 − 0.5·0.5·12 = 81 and of
 *   −0.25·(0.8·50 + 0.5·12) = −11.5
 * - `tiers` are 20 and 25, and `delta` is 12 of 12 and −12 of 12
 * - sums: `s` = 82, `t` = 25; equity 300 − 48 + 80 = 332, and cash
 */
export const HAND_RULE: MarginRule = {
  model: 'by hand',
  timestamp: 1_767_225_600,
  quote: 'USD',
  cash: 'USD',
  valueDecimals: 0,
  instruments: [
    { symbol: 'A', decimals: 0, value: { long: 30n, short: 31n } },
    { symbol: 'B', decimals: 0, value: { long: 7n, short: 8n } },
    { symbol: 'C', decimals: 0, value: { long: 20n, short: 21n } },
    { symbol: 'USD', decimals: 0, value: { long: 1n, short: 1n } },
  ],
  scan: {
    name: 'scan',
    scenarios: [
      { name: 'down', gain: times(50n), loss: FACTOR_ONE },
      { name: 'up', gain: times(25n), loss: FACTOR_ONE },
    ],
    groups: [
      {
        name: 'own',
        sum: 's',
        gain: FACTOR_ONE,
        loss: FACTOR_ONE,
        members: [
          { symbol: 'B', changes: [-4n, 6n] },
          { symbol: 'C', changes: [9n, -2n] },
        ],
        flat: [],
      },
      {
        name: 'left',
        gain: times(80n),
        loss: times(120n),
        members: [{ symbol: 'A', changes: [-7n, 5n] }],
        flat: [],
      },
      {
        name: 'right',
        gain: times(50n),
        loss: times(200n),
        members: [],
        flat: [{ symbol: 'B', change: -3n }],
      },
    ],
  },
  exposures: [
    {
      name: 'tiers',
      lines: [
        { constant: 0n, terms: [{ symbol: 'A', long: 2n, short: 2n }] },
        { constant: -5n, terms: [{ symbol: 'A', long: 3n, short: 3n }] },
      ],
      adds: { sum: 't' },
    },
    {
      name: 'near',
      lines: [
        {
          constant: 0n,
          branch: 0,
          terms: [
            { symbol: 'B', long: 1n, short: 5n },
            { symbol: 'C', long: 1n, short: 1n },
          ],
        },
        {
          constant: -2n,
          branch: 1,
          terms: [
            { symbol: 'B', long: 1n, short: 1n },
            { symbol: 'C', long: 6n, short: 6n },
          ],
        },
      ],
      choice: 'spread',
      adds: { raises: 'own' },
    },
    {
      name: 'far',
      lines: [{ constant: 0n, terms: [{ symbol: 'C', long: 1n, short: 1n }] }],
      choice: 'spread',
      adds: { raises: 'own' },
    },
    {
      name: 'floor',
      lines: [{ constant: 0n, terms: [{ symbol: 'C', long: 20n, short: 20n }] }],
      adds: { bounds: 'own' },
    },
  ],
  requirements: [
    {
      name: 'initial',
      threshold: 100n,
      worst: { factor: 2n * FACTOR_ONE, sums: ['t'] },
      charges: [
        { sum: 's', factor: times(50n) },
        { sum: 't', factor: times(120n) },
      ],
    },
    {
      name: 'maintenance',
      threshold: -50n,
      worst: { factor: FACTOR_ONE, sums: ['s'] },
      charges: [{ sum: 't', factor: 2n * FACTOR_ONE }],
    },
  ],
  limits: [
    {
      name: 'delta',
      cap: 12n,
      lines: [1n, -1n].map((sign) => ({
        constant: 0n,
        terms: [
          { symbol: 'A', long: sign, short: -sign },
          { symbol: 'B', long: sign, short: -sign },
          { symbol: 'C', long: 2n * sign, short: -2n * sign },
        ],
      })),
    },
  ],
}

/** Ten A, six B short, four C, and cash: 333 in all, which is what `initial` asks, to the unit. */
export const HELD: readonly Slot[] = [
  { instrument: 0, quantity: 10n },
  { instrument: 1, quantity: -6n },
  { instrument: 2, quantity: 4n },
  { instrument: 3, quantity: 1n },
]

/** `HELD` with another quantity in one slot. */
export const heldWith = (slot: number, quantity: bigint): Slot[] =>
  HELD.with(slot, { ...HELD[slot]!, quantity })

export const handWitness = (
  slots: readonly Slot[] = HELD,
  parts: Parameters<typeof witnessOf>[2] & { rule?: MarginRule } = {},
): MarginWitness => witnessOf(parts.rule ?? HAND_RULE, slots, { sizes: HAND_MARGIN, ...parts })

/**
 * A copy of a rule, the one by hand unless it is another, with something changed; it still has to hang
 * together.
 */
export function changed(change: (rule: MarginRule) => void, from = HAND_RULE): MarginRule {
  const rule = structuredClone(from)
  change(rule)
  assertRule(rule)
  return rule
}
