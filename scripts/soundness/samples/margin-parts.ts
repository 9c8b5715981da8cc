import { type CircuitInputs, FIELD_ORDER, toField } from '../../../src/field/index.js'
import { type MarginWitness, marginInputs } from '../../../src/statements/index.js'
import type { Circuit, CircuitSource } from '../bench/circuit.js'
import { HAND_MARGIN, handWitness } from './margin-rule.js'

/** The inputs that the `margin` circuit gives to `MarginScan`. */
export function scanInputs(witness: MarginWitness): CircuitInputs {
  const all = marginInputs(witness)
  const quantities = witness.slots.map(({ quantity }) => quantity)
  return {
    held: quantities.map((quantity) => (quantity === 0n ? 0n : 1n)),
    quantity: quantities.map(toField),
    short: quantities.map((quantity) => (quantity < 0n ? -quantity : 0n)),
    rowGroup: all.rowGroup!,
    rowFlatGroup: all.rowFlatGroup!,
    flat: all.rowFlat!,
    changes: all.rowChanges!,
    gains: all.gains!,
    losses: all.losses!,
    ids: all.groupIds!,
    gain: all.groupGain!,
    loss: all.groupLoss!,
    into: all.groupInto!,
    member: all.groupMember!,
    flatMember: all.groupFlatMember!,
    negative: all.groupNegative!,
    own: all.groupOwn!,
  }
}

/** Where the sum by key is taken in `ChargesByKey`: fixed, as the transcript fixes it. */
const CHALLENGE = 987_654_321_987_654_321n

/**
 * `MarginCharges` and `LinesByKey` together, as in the `margin` circuit, with no hash: what the account's
 * slots have under which key is given, the challenge too, and all else is the prover's.
 */
export function chargesByKey(slots: number, entries: number, lines: number, groups: number): CircuitSource {
  return {
    include: 'charges-by-key.circom',
    main: `ChargesByKey(${slots}, ${entries}, ${lines}, ${groups})`,
    sources: {
      'charges-by-key.circom': `
pragma circom 2.2.2;
include "margin-charges.circom";
include "lines-by-key.circom";

template ChargesByKey(SLOTS, ENTRIES, LINES, GROUPS) {
    signal input entryKeys[ENTRIES];
    signal input values[ENTRIES];
    signal input challenge;
    signal input line[LINES];
    signal input exposure[LINES];
    signal input choice[LINES];
    signal input only[LINES][2];
    signal input into[LINES][MARGIN_SUMS() + 3];
    signal input group[LINES];
    signal input deduction[LINES];
    signal input total[LINES];
    signal input branch[LINES];
    signal input value[LINES];
    signal input link[LINES][GROUPS];
    signal input groups[GROUPS];
    signal output sums[MARGIN_SUMS()];
    signal output raises[GROUPS];
    signal output bounds[GROUPS];

    component charges = MarginCharges(SLOTS, LINES, GROUPS);
    charges.line <== line;
    charges.exposure <== exposure;
    charges.choice <== choice;
    charges.only <== only;
    charges.into <== into;
    charges.group <== group;
    charges.deduction <== deduction;
    charges.total <== total;
    charges.branch <== branch;
    charges.value <== value;
    charges.link <== link;
    charges.groups <== groups;
    LinesByKey(ENTRIES, LINES)(entryKeys, values, charges.keys, total, challenge);
    sums <== charges.sums;
    raises <== charges.raises;
    bounds <== charges.bounds;
}
`,
    },
  }
}

/** The inputs that the `margin` circuit gives to both. */
export function chargesInputs(witness: MarginWitness): CircuitInputs {
  const all = marginInputs(witness)
  const entries = (all.rowLines as bigint[][][]).flatMap((row, i) => {
    const { quantity } = witness.slots[i]!
    return row.map(([key, long, short]) => ({
      key: key!,
      value: toField(quantity < 0n ? -quantity * short! : quantity * long!),
    }))
  })
  return {
    entryKeys: entries.map(({ key }) => key),
    values: entries.map(({ value }) => value),
    challenge: CHALLENGE,
    line: all.line!,
    exposure: all.lineExposure!,
    choice: all.lineChoice!,
    only: all.lineOnly!,
    into: all.lineInto!,
    group: all.lineGroup!,
    deduction: all.lineDeduction!,
    total: all.lineTotal!,
    branch: all.lineBranch!,
    value: all.lineValue!,
    link: all.lineLink!,
    groups: (all.groupInto as bigint[][]).map((into, g) => {
      const code = into.reduce((sum, on, k) => sum + on * BigInt(k + 1), 0n)
      return (all.groupIds as bigint[])[g]! + (code << 16n)
    }),
  }
}

/**
 * `chargesByKey` for the rule and account made by hand. Lines: 0, 1 `tiers` into sum 0; 2, 3 `near` and 4
 * `far`, one choice, raise group 0; 5 `floor` bounds group 0; 6, 7 the limit `delta`; 8, 9 fill up.
 */
export const HAND_CHARGES = chargesByKey(4, 32, 10, 3)
export const handCharges = (): CircuitInputs =>
  chargesInputs(handWitness(undefined, { sizes: { ...HAND_MARGIN, lines: 10 } }))

/** The lines that go into sum 0, and those that raise and bound group 0. */
export function chargesIn(circuit: Circuit, witness: readonly bigint[]) {
  const signed = (name: string) => {
    const x = circuit.value(witness, name)
    return x > FIELD_ORDER / 2n ? x - FIELD_ORDER : x
  }
  return { sum: signed('sums[0]'), raises: signed('raises[0]'), bounds: signed('bounds[0]') }
}
export const CHARGES_BY_HAND = { sum: 25n, raises: 32n, bounds: 80n }
