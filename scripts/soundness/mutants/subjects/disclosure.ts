import { FIELD_ORDER, invertField, TOTAL_BITS, toField } from '../../../../src/field/index.js'
import { type DisclosureWitness, disclosureInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import {
  CASH_RATIO,
  COIN_RATIO,
  DISCLOSED_HELD,
  DISCLOSED_TOTALS,
  DISCLOSURE_MAIN,
  DISCLOSURE_PUBLIC,
  disclosure,
  hidden,
  VALUE_RATIO,
} from '../../samples/disclosure.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/** A venue that shows what holds, and some that do not: each rule is broken alone. */
export function disclosureSubjects(): Subject[] {
  const wide = 1n << BigInt(TOTAL_BITS)
  const { reserves, insurance } = DISCLOSED_HELD
  const held = (change: Partial<typeof DISCLOSED_HELD>) => ({ held: { ...DISCLOSED_HELD, ...change } })
  const honest = disclosure({ totalsOf: [0, 4], reservesOf: [0] })
  const inputs = disclosureInputs(honest)
  /** Scales an element by the choice that it is a multiple of. */
  const scaled = (first: bigint, second: bigint, to: bigint) =>
    toField(to * invertField(toField(wide * wide + first + second * wide)))
  const lie = wide * wide + 1n
  const forged: Record<string, DisclosureWitness> = {
    'a ratio of the coin one unit too high': disclosure({ ratios: [COIN_RATIO + 1n, 0n, 0n, 0n] }),
    'a ratio of cash one unit too high': disclosure({ ratios: [0n, CASH_RATIO + 1n, 0n, 0n] }),
    'a ratio at mark one unit too high': hidden({ valueRatio: VALUE_RATIO + 1n }),
    'a ratio of an instrument of which nothing is held': hidden({
      totals: DISCLOSED_TOTALS.with(4, 7n),
      ratios: [0n, 0n, 1n, 0n],
    }),
    'a ratio without reserves': hidden({ held: undefined, ratios: [1n, 0n, 0n, 0n] }),
    'reserves beyond their width': hidden(held({ reserves: reserves.with(0, 5_100n + wide) })),
    'a fund below zero': hidden(held({ insurance: insurance.with(1, FIELD_ORDER - 1n) })),
    'reserves below zero': hidden(held({ reserves: reserves.with(2, FIELD_ORDER - 1n) })),
  }
  const opened: Record<string, Record<string, bigint>> = {
    'totals other than those of the first state': { 'spotTotals[2][0]': 5n },
    'pledges other than those of the first state': { 'pledged[1]': 10_001n },
    'a tier other than that of the first state': { 'tierTotals[0]': 1_501n },
    'a derivative other than that of the first state': { 'derivativeTotals[1]': 1n },
    'a first state that batches went into': { noShortfalls: 1n },
    'reserves other than the committed ones': { 'reserves[2]': 5n },
    'totals shown that are hidden in the digest': { 'showsTotals[1]': 1n },
    'reserves shown that are hidden in the digest': { 'showsReserves[1]': 1n },
    'a mark other than that of the digest': { 'marks[0]': 99n },
    'totals that are scaled': { 'showsTotals[0]': scaled(5_000n, 10n, lie) },
    'totals of a derivative that are scaled': { 'showsTotals[4]': scaled(33n, 33n, lie) },
    'reserves that are scaled': { 'showsReserves[0]': scaled(5_100n, 9n, lie) },
    'a commitment that is scaled': { opensReserves: 2n },
  }
  return [
    {
      name: 'disclosure',
      source: { include: 'disclosure.circom', main: DISCLOSURE_MAIN, public: DISCLOSURE_PUBLIC },
      whole: ['disclosure.circom'],
      untouched: POSEIDON,
      honest: [honest, hidden({ held: undefined, totalsOf: [1, 5] })].map((witness, i) => ({
        label: `a venue that shows what holds ${i + 1}`,
        inputs: disclosureInputs(witness),
      })),
      forged: [
        ...Object.entries(forged).map(
          ([label, witness]): Case => ({ label, inputs: disclosureInputs(witness) }),
        ),
        ...Object.entries(opened).map(
          ([label, change]): Case => ({ label, inputs: tampered(inputs, change), openable: true }),
        ),
      ],
      openings: [
        ['firstState', 'first.out'],
        ['reservesCommitment', 'opened'],
        ['shown', 'seen.out'],
      ],
    },
  ]
}
