import { beforeAll, describe, expect, test } from 'vitest'
import { type CircuitInputs, invertField, type Slot, toField } from '../../src/field/index.js'
import {
  holderCommitment,
  leafHash,
  ownerCommitment,
  poseidon,
  ROLES,
  sponge,
  WideTree,
} from '../../src/hash/index.js'
import { checkRule, FACTOR_ONE, lineKey, type MarginRule, marginRowDigest } from '../../src/risk/index.js'
import { accountHandle, type MarginWitness, marginInputs, marginWitness } from '../../src/statements/index.js'
import { Circuit } from '../helpers/circuit.js'
import { accountWith, MARGIN_PUBLIC, tableOf } from '../helpers/margin-account.js'
import {
  HAND_MARGIN,
  HAND_MARGIN_MAIN,
  HAND_RULE,
  HELD,
  handWitness,
  heldWith,
} from '../helpers/margin-rule.js'
import { attack, tampered } from '../helpers/tamper.js'

const file = 'margin.circom'
const source = { include: file, main: HAND_MARGIN_MAIN, public: MARGIN_PUBLIC }
const without = (...lines: string[]) => lines.map((from) => ({ file, from, to: '' }))
const honest = handWitness()
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

const changed = (change: (rule: MarginRule) => void): MarginRule => {
  const rule = structuredClone(HAND_RULE)
  change(rule)
  checkRule(rule)
  return rule
}

/** Each attack breaks one of the openings alone: the copy compares none of them. */
describe('margin refuses what is accepted where an opening is not compared', () => {
  let weak: Circuit
  beforeAll(async () => {
    weak = await Circuit.compile({
      ...source,
      edits: [
        ...without(
          'accountsRoot === openedRoot;',
          'handle === openedHandle;',
          'riskRoot === openedRisk;',
          'requirement === parameters.out;',
          'marginRoot === rows.root;',
        ),
        { file: 'margin-rows-root.circom', from: 'held[i] * (named - node[i][d]) === 0;', to: '' },
      ],
    })
  })
  const refuses = (name: string, forged: () => CircuitInputs) =>
    test(name, async () => {
      await attack(circuit, weak, forged())
    })

  describe('the account', () => {
    const poor = handWitness(heldWith(3, 0n))
    refuses('with more cash than its leaf has', () => marginInputs({ ...honest, signals: poor.signals }))

    for (const [name, part] of [
      ['owner', { ownerSecret: 5n }],
      ['identifier', { accountId: 5n }],
      ['salt', { salt: 5n }],
    ] as const) {
      refuses(`of another ${name}, whose handle is claimed with it`, () => {
        const account = accountWith(HELD, 4, part)
        const handle = accountHandle(account, honest.signals.domain)
        return marginInputs({ ...honest, account, signals: { ...honest.signals, handle } })
      })
    }

    refuses('that has no owner', () => {
      const { account } = honest
      const holder = holderCommitment({ accountId: account.accountId, owner: 0n, salt: account.salt })
      const batch = new WideTree(3, [11n, 12n, leafHash(holder, account.slots), 14n])
      const accounts = new WideTree(4, [21n, batch.root, 23n])
      return { ...marginInputs(honest), accountsRoot: accounts.root }
    })

    refuses('under the handle of another', () => tampered(marginInputs(honest), { handle: 5n }))
    refuses('under its handle of another domain', () => tampered(marginInputs(honest), { domain: 56n }))
  })

  describe('the requirement', () => {
    const inputs = marginInputs(honest)
    for (const [part, by] of [
      ['quote', 1n],
      ['valueDecimals', 1n],
      ['threshold', -1n],
      ['worstFactor', -1n],
      ['factors[0]', -1n],
      ['factors[1]', -1n],
      ['gains[0]', 1n],
      ['losses[1]', -1n],
    ] as const) {
      refuses(`with another ${part.replace(/\[.*/, '')}`, () => {
        const value = (
          part.endsWith(']') ? (inputs[part.slice(0, -3)] as bigint[])[Number(part.at(-2))] : inputs[part]
        ) as bigint
        return tampered(inputs, { [part]: value + by })
      })
    }

    refuses('without one of the sums that its worst loss ranges over', () => {
      const maintenance = handWitness(HELD, { requirement: 'maintenance' })
      return tampered(marginInputs(maintenance), { 'worstSums[0]': 0n, worst: 81n * FACTOR_ONE ** 2n })
    })
    refuses('that is another one of the rule', () => {
      const maintenance = handWitness(HELD, { requirement: 'maintenance' })
      return { ...marginInputs(maintenance), requirement: honest.signals.requirement }
    })
    refuses('with the rows of another one of the rule', () => {
      const { signals } = handWitness(heldWith(3, 1_000n))
      const other = handWitness(heldWith(3, 1_000n), { requirement: 'maintenance' })
      const parts = ['which', 'threshold', 'worstFactor', 'worstSums', 'factors'] as const
      const own = Object.fromEntries(parts.map((part) => [part, inputs[part]!]))
      return {
        ...marginInputs(other),
        ...own,
        requirement: signals.requirement,
        worst: 82n * FACTOR_ONE ** 2n,
      }
    })
  })

  describe('the risk table', () => {
    refuses('of other prices, as a whole', () => {
      const dear = changed((rule) => {
        rule.instruments[0]!.value.long = 31n
      })
      return marginInputs({ ...handWitness(HELD, { rule: dear }), signals: honest.signals })
    })
    for (const part of ['valuesDigest', 'rowsRoot', 'timestamp', 'marginRoots[0]', 'marginRoots[3]']) {
      refuses(`of which ${part.replace(/\[.*/, '')} is another`, () =>
        tampered(marginInputs(honest), { [part]: 5n }),
      )
    }

    /** Rows of another rule, whose tree is claimed to be the one of this one. */
    const rowsOf = (rule: MarginRule, slots: readonly Slot[] = HELD): CircuitInputs => {
      const { risk, rowTop, signals } = honest
      const forged = handWitness(slots, { rule })
      return marginInputs({
        ...forged,
        signals: { ...signals, accountsRoot: forged.signals.accountsRoot },
        risk,
        rowTop,
      })
    }
    const rowAttacks: Record<string, (rule: MarginRule) => void> = {
      'with a higher value': ({ instruments }) => {
        instruments[0]!.value.long = 31n
      },
      'with a smaller debt': ({ instruments }) => {
        instruments[1]!.value.short = 7n
      },
      'with a smaller change': ({ scan }) => {
        scan!.groups[1]!.members[0]!.changes = [-6n, 5n]
      },
      'with another flat change': ({ scan }) => {
        scan!.groups[2]!.flat[0]!.change = -4n
      },
      'with a smaller coefficient': ({ exposures }) => {
        exposures[0]!.lines[1]!.terms[0]!.long = 2n
      },
      'with a larger deduction': ({ exposures }) => {
        exposures[0]!.lines[1]!.constant = -10n
      },
      'with a line less': ({ exposures }) => {
        exposures[0]!.lines.pop()
      },
      'with a whole link of lines less': ({ exposures, limits }) => {
        exposures.splice(1, 2)
        limits.length = 0
      },
      'with a line of another branch': ({ exposures }) => {
        exposures[1]!.lines[1]!.branch = 0
      },
      'with a line to another sum': ({ exposures, requirements }) => {
        exposures[0]!.adds = { sum: 'u' }
        exposures.push({ name: 'none', lines: [], adds: { sum: 't' } })
        requirements[0]!.charges.push({ sum: 'u', factor: 0n })
      },
      'with a line that bounds and does not raise': ({ exposures }) => {
        exposures[1]!.adds = { bounds: 'own' }
        exposures[2]!.adds = { bounds: 'own' }
      },
      'with a higher cap': ({ limits }) => {
        limits[0]!.cap = 13n
      },
      'in another group': ({ scan }) => {
        scan!.groups[2]!.members = scan!.groups[1]!.members.splice(0)
      },
      'in a group of another slope': ({ scan }) => {
        scan!.groups[1]!.loss = FACTOR_ONE
      },
      'in no group': ({ scan }) => {
        scan!.groups[1]!.members = []
      },
      "that is another instrument's": ({ instruments }) => {
        const [a, b] = [instruments[0]!.value, instruments[1]!.value]
        ;[instruments[0]!.value, instruments[1]!.value] = [b, a]
      },
    }
    // A forged rule may ask for more elsewhere: the account has cash to spare, so that only the row can be refused.
    for (const [name, change] of Object.entries(rowAttacks)) {
      refuses(`by a row ${name}`, () => rowsOf(changed(change), heldWith(3, 1_000n)))
    }

    refuses('by a row of an instrument that the rule does not have', () => {
      const known = { ...HAND_RULE, instruments: HAND_RULE.instruments.slice(0, 3) }
      const instruments = tableOf(HAND_RULE).instruments
      const prove = (rule: MarginRule, slots: readonly Slot[]): MarginWitness =>
        marginWitness({
          sizes: HAND_MARGIN,
          instruments: 4,
          table: { ...tableOf(rule), instruments },
          requirement: 'initial',
          account: accountWith(slots),
          domain: 55n,
          context: 66n,
        })
      expect(() => prove(known, HELD)).toThrow(/does not have/)
      const { risk, rowTop, signals } = prove(known, HELD.slice(0, 3))
      const { accountsRoot } = honest.signals
      return marginInputs({ ...honest, risk, rowTop, signals: { ...signals, accountsRoot } })
    })
  })
})

/** 133, 197 and 224 bits are the widths of charges, of what is compared with the worst loss, and of what is left. */
describe('margin refuses what is accepted where a comparison is left out:', () => {
  let weak: Circuit
  beforeAll(async () => {
    weak = await Circuit.compile({
      ...source,
      edits: [
        {
          file: 'range.circom',
          from: 'in === sum;',
          to: 'if (BITS != 133 && BITS != 197 && BITS != 224) { in === sum; }',
        },
        ...without('(1 - into) * (charges.raises[g] + charges.bounds[g]) === 0;'),
      ],
    })
  })
  const refuses = (name: string, witness: MarginWitness, changes: Record<string, bigint>) =>
    test(name, async () => {
      await attack(circuit, weak, tampered(marginInputs(witness), changes))
    })

  refuses('an own loss that is raised', honest, { 'groupCharge[0]': 81n })
  const floored = handWitness(
    heldWith(3, 500n).with(2, { instrument: 2, quantity: 5n }).with(0, { instrument: 0, quantity: 8n }),
  )
  test('an own loss that is bounded', async () => {
    expect(floored.groups[0]!.charge).toBe(100n)
    const inputs = marginInputs(floored)
    expect(await circuit.accepts(inputs)).toBe(true)
    await attack(circuit, weak, tampered(inputs, { 'groupCharge[0]': 99n }))
  })
  refuses('the worst loss of a scenario', honest, { worst: honest.worst - 1n })
  const maintenance = handWitness(HELD, { requirement: 'maintenance' })
  refuses('a sum that the worst loss ranges over', maintenance, { worst: maintenance.worst - 1n })
  const cash = handWitness([{ instrument: 3, quantity: 500n }])
  refuses('a worst loss of zero or more', cash, { worst: -1n })
  refuses('equity of a unit less than is required', handWitness(heldWith(3, 0n)), {})

  test('a charge that raises a group said to be netted, which has none', async () => {
    // Only `far` is left of what raises the group, and cash has it: no member of the group is held.
    const rule = changed(({ exposures, limits, requirements }) => {
      exposures.splice(0, exposures.length, {
        name: 'far',
        lines: [{ constant: 0n, terms: [{ symbol: 'USD', long: 1n, short: 1n }] }],
        adds: { raises: 'own' },
      })
      limits.length = 0
      for (const requirement of requirements) {
        requirement.worst!.sums = []
        requirement.charges = [{ sum: 's', factor: FACTOR_ONE }]
      }
    })
    const witness = handWitness([{ instrument: 3, quantity: 500n }], { rule })
    expect(witness.groups[0]!.charge).toBe(500n)
    await attack(circuit, weak, tampered(marginInputs(witness), { 'groupInto[0][0]': 0n }))
  })
})

/** What the sum by key ranges over has to be absorbed before its challenge: where something is not, it is chosen to fit. */
describe('margin refuses what a transcript that leaves something out lets through', () => {
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
    return poseidon([ROLES.challenge.tag, transcript, 16n])
  }
  const none = (length: number) => new Array<bigint>(length).fill(0n)

  test('left out: totals. One of a line that does not count in the branch makes up for another', async () => {
    const from = 'transcript.in[6 + SLOTS + LINES + l] <== lineTotal[l];'
    const to = 'transcript.in[6 + SLOTS + LINES + l] <== 0;'
    const weak = await Circuit.compile({ ...source, edits: [{ file, from, to }] })
    const r = challengeOf(leaf, digests, none(sizes.lines))
    const moved = 5n * (r - keys[2]!) * invertField(toField(r - keys[1]!))
    const other = { 'lineTotal[2]': lines[2]!.total + moved }
    await attack(circuit, weak, tampered(marginInputs(honest), { ...cheaper, ...other }))
  })

  test('left out: rows. A line of an empty slot with the challenge for a key makes up for anything', async () => {
    const weak = await Circuit.compile({
      ...source,
      edits: [
        { file, from: 'transcript.in[6 + i] <== row[i];', to: 'transcript.in[6 + i] <== 0;' },
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
      ],
    })
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
    await attack(circuit, weak, inputs)
  })
})
