import { FIELD_ORDER, TOTAL_BITS } from '../../../../src/field/index.js'
import { type BackingWitness, backingInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { BACKING_PUBLIC, BACKING_SPOTS, backing, backingMain, HELD, SHOWN } from '../../samples/backing.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/** A venue that shows enough, and some that do not: each rule is broken alone. */
export function backingSubjects(): Subject[] {
  const wide = 1n << BigInt(TOTAL_BITS)
  const honest = backing({ shown: [6_000n, 80_000n, 3n, 9n] })
  const split = { reserves: HELD.reserves.with(0, 5_000n + wide), insurance: HELD.insurance.with(0, 8n) }
  const forged: Record<string, BackingWitness> = {
    'one unit less than is held': backing({ shown: SHOWN.with(0, 5_008n) }),
    'reserves that are shown, and a fund that is not': backing({ shown: SHOWN.with(1, 69_500n) }),
    'nothing at all': backing({ shown: SHOWN.map(() => 0n) }),
    'reserves beyond their width': backing({ ...split, shown: SHOWN.with(0, 2n * wide) }),
    'a fund below zero': backing({ insurance: HELD.insurance.with(1, FIELD_ORDER - 1n) }),
    'more than a difference has room for': backing({ shown: SHOWN.with(3, wide) }),
  }
  return [
    {
      name: 'backing',
      source: { include: 'backing.circom', main: backingMain(BACKING_SPOTS), public: BACKING_PUBLIC },
      whole: ['backing.circom'],
      untouched: POSEIDON,
      honest: [honest, backing()].map((witness, i) => ({
        label: `a venue that shows enough ${i + 1}`,
        inputs: backingInputs(witness),
      })),
      forged: [
        ...Object.entries(forged).map(
          ([label, witness]): Case => ({ label, inputs: backingInputs(witness) }),
        ),
        {
          label: 'reserves other than the committed ones',
          inputs: tampered(backingInputs(honest), { 'reserves[0]': 4_999n }),
          openable: true,
        },
        {
          label: 'amounts other than those of the evidence',
          inputs: tampered(backingInputs(honest), { 'shown[0]': 6_001n }),
          openable: true,
        },
      ],
      openings: [
        ['reservesCommitment', 'held.out'],
        ['evidence', 'seen.out'],
      ],
    },
  ]
}
