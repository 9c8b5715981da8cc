import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { MARGIN_PUBLIC } from '../../scripts/soundness/samples/margin-account.js'
import {
  changed,
  HAND_MARGIN_MAIN,
  HAND_RULE,
  HELD,
  handWitness,
  heldWith,
} from '../../scripts/soundness/samples/margin-rule.js'
import { FIELD_ORDER, invertField, toField } from '../../src/field/index.js'
import { holderCommitment, leafHash, ownerCommitment, poseidon, ROLES, sponge } from '../../src/hash/index.js'
import { FACTOR_ONE, lineKey, marginRowDigest } from '../../src/rules/index.js'
import { type MarginWitness, marginInputs } from '../../src/statements/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

const source = { include: 'margin.circom', main: HAND_MARGIN_MAIN, public: MARGIN_PUBLIC }
const copies = new Copies(source)
const honest = handWitness()
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/**
 * 133, 212, 213 and 224 bits are the widths of charges, of what is compared with the worst loss, and of what
 * is left.
 */
describe('N19: margin refuses what is accepted where a comparison is left out: (margin.10)', () => {
  const weak = copies.with(
    {
      file: 'range.circom',
      from: 'in === sum;',
      to: 'if (BITS != 133 && BITS != 212 && BITS != 213 && BITS != 224) { in === sum; }',
    },
    { file: 'margin-sums.circom', from: '(1 - named) * (raises[g] + bounds[g]) === 0;', to: '' },
  )
  const refuses = (name: string, witness: MarginWitness, changes: Record<string, bigint>) =>
    test(name, async () => {
      await attack(circuit, await weak(), tampered(marginInputs(witness), changes))
    })

  refuses('an own loss that is raised', honest, { 'groupCharge[0]': 81n })
  const floored = handWitness(
    heldWith(3, 500n).with(2, { instrument: 2, quantity: 5n }).with(0, { instrument: 0, quantity: 8n }),
  )
  test('an own loss that is bounded', async () => {
    expect(floored.groups[0]!.charge).toBe(100n)
    const inputs = marginInputs(floored)
    expect(await circuit.accepts(inputs)).toBe(true)
    await attack(circuit, await weak(), tampered(inputs, { 'groupCharge[0]': 99n }))
  })
  refuses('the worst loss of a scenario', honest, { worst: honest.worst - 1n })
  const maintenance = handWitness(HELD, { requirement: 'maintenance' })
  refuses('a sum that the worst loss ranges over', maintenance, { worst: maintenance.worst - 1n })
  const cash = handWitness([{ instrument: 3, quantity: 500n }])
  refuses('a worst loss of zero or more', cash, { worst: -1n })
  refuses('equity of a unit less than is required', handWitness(heldWith(3, 0n)), {})

  const file = 'margin-decision.circom'
  const wide = copies.with(
    { file, from: 'Range(WORST_BITS())(worst);', to: 'Range(WORST_BITS() + 3)(worst);' },
    {
      file,
      from: 'Range(WORST_BITS() + 1)(worst - netLosses[s]);',
      to: 'Range(WORST_BITS() + 4)(worst - netLosses[s]);',
    },
    {
      file,
      from: 'Range(WORST_BITS())(worst - ONE ** 2 * compared[k]);',
      to: 'Range(WORST_BITS() + 3)(worst - ONE ** 2 * compared[k]);',
    },
  )
  test('a worst loss so wide that the largest factor times it goes once around the field (margin.8)', async () => {
    const most = (1n << 40n) - 1n
    const rule = changed(({ requirements }) => {
      requirements[0]!.worst!.factor = most
    })
    const witness = handWitness(HELD, { rule })
    expect(witness.met).toBe(false)
    const around = FIELD_ORDER / most + 1n
    await attack(circuit, await wide(), tampered(marginInputs(witness), { worst: around }))
  })

  test('a charge that raises a netted group, by a rule that no check lets through', async () => {
    const rule = structuredClone(HAND_RULE)
    rule.limits = []
    rule.exposures.push({
      name: 'odd',
      lines: [{ constant: 0n, terms: [{ symbol: 'A', long: 1n, short: 1n }] }],
      adds: { raises: 'left' },
    })
    const witness = handWitness(HELD, { rule })
    expect(witness.groups[1]!.charge).toBe(10n)
    await attack(circuit, await weak(), marginInputs(witness))
  })
})

describe('margin refuses what is accepted where a line does not name the sum of the group that it raises: (margin.6)', () => {
  // Cash raises a group that it is no member of: no row says where that group's charge is added.
  const rule = changed(({ exposures, limits, requirements }) => {
    exposures.splice(0, exposures.length, {
      name: 'far',
      lines: [{ constant: 0n, terms: [{ symbol: 'USD', long: 1n, short: 1n }] }],
      adds: { raises: 'own' },
    })
    limits.length = 0
    for (const requirement of requirements) {
      requirement.worst!.sums = []
      requirement.charges = [{ sum: 's', factor: 2n * FACTOR_ONE }]
    }
  })
  const inputs = marginInputs(handWitness([{ instrument: 3, quantity: 500n }], { rule }))
  const weak = copies.with({
    file: 'margin-charges.circom',
    from: 'link[l][g] * (group[l] - groups[g]) === 0;',
    to: 'if (l != 0) { link[l][g] * (group[l] - groups[g]) === 0; }',
  })

  test('a charge of 500 in a sum that nothing is charged for', async () => {
    expect(await circuit.accepts(inputs)).toBe(false)
    await attack(circuit, await weak(), tampered(inputs, { 'groupInto[0][0]': 0n, 'groupInto[0][5]': 1n }))
  })
})

/**
 * What the sum by key ranges over has to be absorbed before its challenge: where something is not, it is
 * chosen to fit.
 */
describe('C17: margin refuses what a transcript that leaves something out lets through (margin.7)', () => {
  /** `tiers` at 20 in place of 25: its second line at 25, less 5, in place of 30. */
  const cheaper = { 'lineTotal[1]': 25n, 'lineValue[0]': 20n, 'lineValue[1]': 20n }
  const { sizes, account, lines, requirement } = honest
  const keys = lines.map(({ line }) => lineKey(line))
  const leaf = leafHash(
    holderCommitment({ ...account, owner: ownerCommitment(account.ownerSecret) }),
    account.slots,
  )
  const digests = [...requirement.rows.values()].map(marginRowDigest)
  const challengeOf = (leafOrSlots: bigint, rows: bigint[], totals: bigint[]) => {
    const counts = [sizes.slots, sizes.scenarios, sizes.groups, sizes.lines, sizes.links].map(BigInt)
    const transcript = sponge('transcript', [
      ...counts,
      leafOrSlots,
      ...rows,
      ...keys,
      ...totals.map(toField),
    ])
    return poseidon([transcript, 16n], ROLES.challenge.tag)
  }
  const none = (length: number) => new Array<bigint>(length).fill(0n)

  const file = 'margin-totals.circom'
  const noTotals = copies.with({
    file,
    from: 'transcript.in[6 + SLOTS + LINES + l] <== totals[l];',
    to: 'transcript.in[6 + SLOTS + LINES + l] <== 0;',
  })
  test('left out: totals. One of a line that does not count in the branch makes up for another', async () => {
    const r = challengeOf(leaf, digests, none(sizes.lines))
    const moved = 5n * (r - keys[2]!) * invertField(toField(r - keys[1]!))
    const other = { 'lineTotal[2]': lines[2]!.total + moved }
    await attack(circuit, await noTotals(), tampered(marginInputs(honest), { ...cheaper, ...other }))
  })

  const noRows = copies.with(
    { file, from: 'transcript.in[6 + i] <== rows[i];', to: 'transcript.in[6 + i] <== 0;' },
    {
      file: 'lines-by-key.circom',
      from: 'entry[e] <-- values[e] / (challenge - entryKeys[e]);',
      to: `var rest = 0;
            for (var i = 0; i < ENTRIES; i++) {
              rest += challenge == entryKeys[i] ? 0 : values[i] / (challenge - entryKeys[i]);
            }
            for (var i = 0; i < LINES; i++) { rest -= totals[i] / (challenge - keys[i]); }
            entry[e] <-- challenge == entryKeys[e] ? -rest : values[e] / (challenge - entryKeys[e]);`,
    },
  )
  test('left out: rows. A line of an empty slot with the challenge for a key makes up for anything', async () => {
    const poor = handWitness(heldWith(3, 0n), {
      rule: changed((rule) => {
        rule.requirements[0]!.threshold = 0n
      }),
    })
    expect(poor.lines.map(({ line }) => lineKey(line))).toEqual(keys)
    const totals = poor.lines.map(({ total }, l) => (l === 1 ? 25n : total))
    const poorLeaf = leafHash(
      holderCommitment({ ...account, owner: ownerCommitment(account.ownerSecret) }),
      poor.account.slots,
    )
    const inputs = tampered(marginInputs(poor), {
      ...cheaper,
      ...{ 'rowLinks[3][0]': 0n, 'rowLinks[3][1]': 1n },
      'rowLines[3][0][0]': challengeOf(poorLeaf, none(sizes.slots), totals),
    })
    await attack(circuit, await noRows(), inputs)
  })
})
