import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { accountWith, MARGIN_PUBLIC, tableOf } from '../../scripts/soundness/samples/margin-account.js'
import {
  changed,
  HAND_MARGIN,
  HAND_MARGIN_MAIN,
  HAND_RULE,
  HELD,
  handWitness,
  heldWith,
} from '../../scripts/soundness/samples/margin-rule.js'
import type { CircuitInputs, Slot } from '../../src/field/index.js'
import { holderCommitment, leafHash, WideTree } from '../../src/hash/index.js'
import { tableSizes } from '../../src/risk/index.js'
import { FACTOR_ONE, type MarginRule, requirementDigest } from '../../src/rules/index.js'
import { accountHandle, type MarginWitness, marginInputs, marginWitness } from '../../src/statements/index.js'
import { attack } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'

const file = 'margin.circom'
const source = { include: file, main: HAND_MARGIN_MAIN, public: MARGIN_PUBLIC }
const copies = new Copies(source)
const without = (...lines: string[]) => lines.map((from) => ({ file, from, to: '' }))
const UNBOUND = { file: 'margin-table.circom', from: 'marginRoot === statedRoot;', to: '' }
const honest = handWitness()
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** Each attack breaks one of the openings alone: the copy compares none of them. */
describe('margin refuses what is accepted where an opening is not compared (margin.10)', () => {
  const weak = copies.with(
    ...without(
      'accountsRoot === account.accountsRoot;',
      'handle === account.handle;',
      'riskRoot === table.riskRoot;',
      'requirement === asked.requirement;',
    ),
    UNBOUND,
    { file: 'margin-rows-root.circom', from: 'held[i] * (named - node[i][d]) === 0;', to: '' },
  )
  const refuses = (name: string, forged: () => CircuitInputs) =>
    test(name, async () => {
      await attack(circuit, await weak(), forged())
    })

  describe('N15: the account (margin.1, margin.2)', () => {
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
      const accounts = new WideTree(5, [21n, batch.root, 23n])
      return { ...marginInputs(honest), accountsRoot: accounts.root }
    })

    refuses('under the handle of another', () => tampered(marginInputs(honest), { handle: 5n }))
    refuses('under its handle of another domain', () => tampered(marginInputs(honest), { domain: 56n }))
  })

  describe('the requirement (margin.3)', () => {
    const inputs = marginInputs(honest)
    const plus = (part: string, by: bigint) => {
      const value = (
        part.endsWith(']') ? (inputs[part.slice(0, -3)] as bigint[])[Number(part.at(-2))] : inputs[part]
      ) as bigint
      return { [part]: value + by }
    }
    for (const [part, by, asked] of [
      ['shape', 1n],
      ['threshold', -1n, 'askedThreshold'],
      ['worstFactor', -1n, 'askedWorstFactor'],
      ['factors[0]', -1n, 'askedFactors[0]'],
      ['factors[1]', -1n, 'askedFactors[1]'],
      ['gains[0]', 1n],
      ['losses[1]', -1n],
    ] as const) {
      refuses(`with another ${part.replace(/\[.*/, '')}`, () =>
        tampered(inputs, { ...plus(part, by), ...(asked === undefined ? {} : plus(asked, by)) }),
      )
    }
    refuses('of which a smaller multiple is proven', () => {
      const half = handWitness(HELD, { times: FACTOR_ONE / 2n })
      return { ...marginInputs(half), requirement: honest.signals.requirement }
    })

    refuses('without one of the sums that its worst loss ranges over', () => {
      const maintenance = handWitness(HELD, { requirement: 'maintenance' })
      return tampered(marginInputs(maintenance), { 'worstSums[0]': 0n, worst: 81n * FACTOR_ONE ** 2n })
    })
    refuses('that is another one of the rule', () => {
      const maintenance = handWitness(HELD, { requirement: 'maintenance' })
      return { ...marginInputs(maintenance), requirement: honest.signals.requirement }
    })
    refuses('over rows that count in hundredths, where it counts in whole units', () => {
      const finer = changed((rule) => {
        rule.valueDecimals = 2
        for (const { value } of rule.instruments)
          for (const side of ['long', 'short'] as const) value[side] *= 100n
      })
      const other = handWitness(HELD, { rule: finer })
      const parts = [
        'shape',
        'threshold',
        'factors',
        'askedThreshold',
        'askedFactors',
        'requirement',
      ] as const
      return { ...marginInputs(other), ...Object.fromEntries(parts.map((part) => [part, inputs[part]!])) }
    })
    refuses('with the rows of another one of the rule', () => {
      const { signals } = handWitness(heldWith(3, 1_000n))
      const other = handWitness(heldWith(3, 1_000n), { requirement: 'maintenance' })
      const parts = [
        ...['which', 'shape', 'threshold', 'worstFactor', 'worstSums', 'factors'],
        ...['askedThreshold', 'askedWorstFactor', 'askedFactors'],
      ] as const
      const own = Object.fromEntries(parts.map((part) => [part, inputs[part]!]))
      return {
        ...marginInputs(other),
        ...own,
        requirement: signals.requirement,
        worst: 82n * FACTOR_ONE ** 2n,
      }
    })
  })

  describe('what a requirement asks is under the risk root (margin.17)', () => {
    const poor = heldWith(3, 0n)
    const { risk, signals } = honest
    /** The rows are the very same; of the requirement beside them only what a change says is another. */
    const beside = (change: (rule: MarginRule) => void, requirement = 'initial') => {
      const other = handWitness(poor, { rule: changed(change), requirement })
      expect(other.met).toBe(true)
      return marginInputs({ ...other, risk, signals: { ...other.signals, riskRoot: signals.riskRoot } })
    }
    const unbound = copies.with(UNBOUND)
    for (const [name, change] of Object.entries<(rule: MarginRule) => void>({
      'a threshold of −1,000,000 and factors of zero': ({ requirements }) => {
        const [initial] = requirements
        initial!.threshold = -1_000_000n
        initial!.worst!.factor = 0n
        for (const charge of initial!.charges) charge.factor = 0n
      },
      'a threshold of one less': ({ requirements }) => {
        requirements[0]!.threshold -= 1n
      },
      'a damping that forgives half of the loss': ({ scan }) => {
        scan!.scenarios[0]!.gain = 2n * FACTOR_ONE
      },
    })) {
      test(`an account that lacks one unit, under its root with ${name}`, async () => {
        await attack(circuit, await unbound(), beside(change))
      })
    }

    // 30 and 40 bits are the widths of what is rounded off, and of a multiple.
    const multiples = copies.with({
      file: 'range.circom',
      from: 'in === sum;',
      to: 'if (BITS != 30 && BITS != 40) { in === sum; }',
    })
    // What it lacks is a unit of 100, of 2 · 81 and of 0.5 · 82.
    for (const [name, values] of Object.entries<Record<string, bigint>>({
      'the threshold': { askedThreshold: 99n },
      'the worst factor': { askedWorstFactor: 2n * FACTOR_ONE - FACTOR_ONE / 81n - 1n },
      'the factor of a sum': { 'askedFactors[1]': FACTOR_ONE / 2n - FACTOR_ONE / 82n - 1n },
    })) {
      test(`an account that lacks one unit, held to less than ${name} (margin.5)`, async () => {
        await attack(circuit, await multiples(), tampered(marginInputs(handWitness(poor)), values))
      })
    }
    test('C26: an account held to nothing, as that is zero times a requirement (margin.5)', async () => {
      const { requirement } = honest
      const none = {
        ...honest,
        requirement: {
          ...requirement,
          times: 0n,
          asked: { threshold: 0n, worstFactor: 0n, factors: requirement.factors.map(() => 0n) },
        },
      }
      const nothing = requirementDigest(none.requirement)
      const inputs = marginInputs({ ...none, signals: { ...signals, requirement: nothing } })
      await attack(circuit, await multiples(), inputs)
    })
  })

  describe('the risk table (margin.3)', () => {
    refuses('of other prices, as a whole', () => {
      const dear = changed((rule) => {
        rule.instruments[0]!.value.long = 31n
      })
      return marginInputs({ ...handWitness(HELD, { rule: dear }), signals: honest.signals })
    })
    const parts = ['valuesDigest', 'rowsRoot', 'timestamp', 'marginRoots[0]', 'marginRoots[3]', 'ruleText']
    for (const part of parts) {
      refuses(`of which ${part.replace(/\[.*/, '')} is another`, () =>
        tampered(marginInputs(honest), { [part]: 5n }),
      )
    }

    test('C32: of a rule that calls a limit otherwise, all numbers alike (margin.17)', async () => {
      const renamed = changed((rule) => {
        rule.limits[0]!.name = 'another limit'
      })
      const witness = handWitness(HELD, { rule: renamed })
      expect(witness.signals.requirement).toBe(honest.signals.requirement)
      expect(await circuit.accepts(marginInputs(witness))).toBe(true)
      await attack(circuit, await weak(), marginInputs({ ...witness, signals: honest.signals }))
    })

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
    // A forged rule may ask for more elsewhere: the account has cash to spare, so that only the row can be
    // refused.
    for (const [name, change] of Object.entries(rowAttacks)) {
      refuses(`by a row ${name}`, () => rowsOf(changed(change), heldWith(3, 1_000n)))
    }

    refuses('by a row of an instrument that the rule does not have', () => {
      const known = { ...HAND_RULE, instruments: HAND_RULE.instruments.slice(0, 3) }
      const instruments = tableOf(HAND_RULE).instruments
      const prove = (rule: MarginRule, slots: readonly Slot[]): MarginWitness => {
        const table = { ...tableOf(rule), instruments }
        return marginWitness({
          sizes: HAND_MARGIN,
          tableSizes: tableSizes(table),
          table,
          requirement: 'initial',
          account: accountWith(slots),
          domain: 55n,
          context: 66n,
        })
      }
      expect(() => prove(known, HELD)).toThrow(/does not have/)
      const { risk, rowTop, signals } = prove(known, HELD.slice(0, 3))
      const { accountsRoot } = honest.signals
      return marginInputs({ ...honest, risk, rowTop, signals: { ...signals, accountsRoot } })
    })
  })
})
