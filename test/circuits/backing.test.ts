import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  BACKING_PUBLIC,
  BACKING_SPOTS,
  backing,
  backingMain,
  HELD,
  SHOWN,
} from '../../scripts/soundness/samples/backing.js'
import { books, stressBooks } from '../../scripts/soundness/samples/solvency.js'
import { type CircuitInputs, FIELD_ORDER, invertField, TOTAL_BITS, toField } from '../../src/field/index.js'
import { poseidon, ROLES, sponge } from '../../src/hash/index.js'
import { evidenceDigest } from '../../src/reserves/index.js'
import {
  BACKING_SIGNALS,
  type BackingWitness,
  backedFigures,
  backingContext,
  backingInputs,
  backingModel,
  shippedInstances,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { codeOf } from '../helpers/code-of.js'
import { Copies } from '../helpers/copies.js'
import { forge } from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'backing.circom', main: backingMain(BACKING_SPOTS), public: BACKING_PUBLIC }
const copies = new Copies(source)
const WIDE = 1n << BigInt(TOTAL_BITS)
const MOST = WIDE - 1n
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** What the plain model and the circuit both say. */
async function verdictOf(witness: BackingWitness): Promise<boolean> {
  const { valid } = backingModel(witness)
  expect(await circuit.accepts(backingInputs(witness))).toBe(valid)
  return valid
}

describe('backing accepts exactly what its plain model accepts (backing.1)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = backing()
    const made = await circuit.witness(backingInputs(witness))
    expect(made.slice(1, 4)).toEqual(BACKING_SIGNALS.map((name) => witness.signals[name]))
    expect(BACKING_PUBLIC).toEqual([...BACKING_SIGNALS])
  })

  test('C34: one unit less than is held, as much, and one more (backing.2)', async () => {
    expect(await verdictOf(backing({ shown: SHOWN.with(0, 5_008n) }))).toBe(false)
    expect(await verdictOf(backing())).toBe(true)
    expect(await verdictOf(backing({ shown: SHOWN.with(0, 5_010n) }))).toBe(true)
  })

  test('what is shown has to cover the layers that count beside the reserves (backing.2)', async () => {
    expect(await verdictOf(backing({ shown: SHOWN.with(1, 69_899n) }))).toBe(false)
    expect(await verdictOf(backing({ shown: SHOWN.with(1, 69_900n) }))).toBe(true)
  })

  test('more of one instrument is no evidence of another (backing.2)', async () => {
    expect(await verdictOf(backing({ shown: [0n, MOST, MOST, MOST] }))).toBe(false)
    expect(backedFigures(backing({ shown: [5_000n, MOST, MOST, MOST] })).map((f) => f.missing)).toEqual([
      ...[9n, 0n, 0n, 0n],
    ])
  })

  test('amounts at the edges of their widths, and beyond (backing.3)', async () => {
    const all = (amount: bigint) => new Array<bigint>(4).fill(amount)
    const full = { reserves: all(MOST), insurance: all(MOST), shown: all(2n * MOST) }
    expect(await verdictOf(backing(full))).toBe(true)
    expect(await verdictOf(backing({ ...full, shown: full.shown.with(2, 2n * MOST - 1n) }))).toBe(false)
    expect(await verdictOf(backing({ ...full, shown: all(3n * MOST) }))).toBe(true)
    expect(await verdictOf(backing({ ...full, shown: all(3n * MOST + 1n) }))).toBe(false)
    expect(await verdictOf(backing({ ...full, reserves: all(WIDE) }))).toBe(false)
    expect(await verdictOf(backing({ ...full, insurance: all(WIDE) }))).toBe(false)
    expect(await verdictOf(backing({ ...full, shown: all(FIELD_ORDER - 1n) }))).toBe(false)
    const none = { reserves: all(0n), insurance: all(0n), shown: all(0n) }
    expect(await verdictOf(backing(none))).toBe(true)
    expect(await verdictOf(backing({ ...none, shown: all(MOST) }))).toBe(true)
    expect(await verdictOf(backing({ ...none, shown: all(WIDE) }))).toBe(false)
    expect(await verdictOf(backing({ ...none, reserves: [FIELD_ORDER - 1n, 0n, 0n, 0n] }))).toBe(false)
  })

  test('random venues, of which some show enough and some do not', async () => {
    const amounts = (most: bigint) => fc.array(fc.bigInt(0n, most), { minLength: 4, maxLength: 4 })
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(6n, MOST).chain((most) => fc.tuple(amounts(most), amounts(most), amounts(4n * most))),
        fc.bigInt(0n, FIELD_ORDER - 1n),
        async ([reserves, insurance, shown], reservesBlind) => {
          seen[`${await verdictOf(backing({ reserves, insurance, shown, reservesBlind }))}`]++
        },
      ),
      { numRuns: cases(100, 1_000), seed: 34 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })
})

describe('the commitment is the one of solvency (backing.4)', () => {
  test('C35: with scenarios and without, it opens to what a solvency proof has committed to, and to nothing else', async () => {
    for (const { reserves, insurance, reservesBlind, signals } of [books(), stressBooks()]) {
      const fund = reserves.map((_, i) => insurance[i] ?? 0n)
      const shown = reserves.map((amount, i) => amount + fund[i]!)
      const same = backing({ reserves, insurance: fund, reservesBlind, shown })
      expect(same.signals.reservesCommitment).toBe(signals.reservesCommitment)
      expect(await verdictOf(same)).toBe(true)
      for (const change of [{ reservesBlind: reservesBlind + 1n }, { reserves: [0n, 0n, 0n, 0n] }]) {
        expect(await verdictOf({ ...same, ...change })).toBe(false)
      }
    }
  })

  test('there is an instance for the number of spot instruments of each solvency instance', () => {
    const spots = (statement: string) =>
      shippedInstances().flatMap((one) => (one.statement === statement ? [one.params.SPOTS!] : []))
    expect([...new Set(spots('solvency'))].sort()).toEqual(spots('backing').sort())
  })
})

describe('evidence (backing.5)', () => {
  test('is a digest of every amount and of how many there are, under a tag of its own', () => {
    const digests = [
      evidenceDigest(SHOWN, 4),
      evidenceDigest(SHOWN.slice(0, 3), 4),
      evidenceDigest(SHOWN, 5),
      evidenceDigest(SHOWN.with(0, 5_010n), 4),
      evidenceDigest([70_000n, 5_009n, 3n], 4),
      sponge('reserves', SHOWN),
      poseidon([4n, ...SHOWN], ROLES.values.tag),
    ]
    expect(digests[1]).toBe(digests[0])
    expect(new Set(digests).size).toBe(digests.length - 1)
    expect(digests[0]).toBe(poseidon([4n, ...SHOWN], 30n))
    expect(backing().signals.evidence).toBe(digests[0])
  })

  test('has no room for an amount beyond the width, or below zero, or of more instruments', async () => {
    expect(evidenceDigest([MOST], 1)).toBe(sponge('evidence', [MOST]))
    expect(await codeOf(() => evidenceDigest([WIDE], 1))).toBe('EVIDENCE_RANGE')
    expect(await codeOf(() => evidenceDigest([-1n], 1))).toBe('EVIDENCE_RANGE')
    expect(() => evidenceDigest([1n, 2n], 1)).toThrow(RangeError)
  })

  test('C36: a proof is for one epoch, one ledger and one folder of evidence (backing.6)', async () => {
    const parts = { solvency: 5n, accountsRoot: 7n, evidenceHash: 'ab'.repeat(32) }
    const contexts = [
      parts,
      { ...parts, solvency: 6n },
      { ...parts, accountsRoot: 8n },
      { ...parts, solvency: 7n, accountsRoot: 5n },
      { ...parts, evidenceHash: 'ac'.repeat(32) },
    ].map(backingContext)
    expect(new Set(contexts).size).toBe(contexts.length)
    expect(contexts.every((context) => context < FIELD_ORDER)).toBe(true)
    const witness = await circuit.witness(backingInputs(backing()))
    const moved = circuit.edit(witness, { context: circuit.value(witness, 'context') + 1n })
    expect(circuit.satisfied(moved)).toBe(false)
  })
})

describe('backing refuses the tampered witness that is accepted without (backing.7)', () => {
  const cut = (from: string): Edit => ({ file: 'backing.circom', from, to: '' })
  const unranged = (what: string): Edit => ({
    file: 'backing.circom',
    from: `Range(TOTAL_BITS())(${what});`,
    to: 'Range(TOTAL_BITS())(0);',
  })
  const split = {
    reserves: HELD.reserves.with(0, 5_000n + WIDE),
    insurance: HELD.insurance.with(0, 8n),
  }
  const attacks: { name: string; edits: Edit[]; inputs: () => CircuitInputs }[] = [
    {
      name: 'C34: what is shown being at least what is held',
      edits: [
        {
          file: 'backing.circom',
          from: 'shown[i] - reserves[i] - insurance[i]',
          to: 'shown[i] - reserves[i] - insurance[i] + 1',
        },
      ],
      inputs: () => backingInputs(backing({ shown: SHOWN.with(0, 5_008n) })),
    },
    {
      name: 'C35: reserves being the committed ones',
      edits: [cut('reservesCommitment === held.out;')],
      inputs: () => tampered(backingInputs(backing()), { 'reserves[0]': 0n }),
    },
    {
      name: 'what is shown being that of the evidence',
      edits: [cut('evidence === seen.out;')],
      inputs: () => tampered(backingInputs(backing()), { 'shown[0]': 6_000n }),
    },
    {
      name: 'reserves below zero, of which a fund makes an element that is committed to',
      edits: [unranged('reserves[i]')],
      inputs: () =>
        tampered(backingInputs(backing()), {
          'reserves[0]': 5_000n + 9n * WIDE,
          'insurance[0]': 0n,
          'shown[0]': 5_000n + 9n * WIDE,
          evidence: sponge('evidence', SHOWN.with(0, 5_000n + 9n * WIDE)),
        }),
    },
    {
      name: 'a fund in its range, so that an element is split in one way alone',
      edits: [unranged('insurance[i]')],
      inputs: () => {
        // The element of the second coin, split so that reserves and a fund below zero need less shown.
        const element = HELD.reserves[1]! + HELD.insurance[1]! * WIDE
        const reserves = MOST
        const insurance = toField((element - reserves) * invertField(WIDE))
        const shown = toField(reserves + insurance)
        return tampered(backingInputs(backing()), {
          'reserves[1]': reserves,
          'insurance[1]': insurance,
          'shown[1]': shown,
          evidence: sponge('evidence', SHOWN.with(1, shown)),
        })
      },
    },
    {
      name: 'bits that add up to what they decompose',
      edits: [{ file: 'range.circom', from: 'in === sum;', to: '' }],
      inputs: () => backingInputs(backing({ ...split, shown: SHOWN.map(() => 0n) })),
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forge(await copy(), circuit, inputs()))
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    await honestTransplant(
      circuit,
      await copies.with(cut('evidence === seen.out;'))(),
      backingInputs(backing()),
    )
  })

  test('no wire can change alone, except the public context to its negative', async () => {
    const witness = await circuit.witness(backingInputs(backing()))
    for (let wire = 1; wire < witness.length; wire++) {
      for (const value of [witness[wire]! + 1n, witness[wire]! - 1n]) {
        expect(circuit.satisfied(witness.with(wire, toField(value))), `wire ${wire}`).toBe(false)
      }
      if (wire > 400) wire += 17 // every input and first range, then a sample of the rest
    }
    const context = circuit.value(witness, 'context')
    expect(circuit.satisfied(circuit.edit(witness, { context: toField(-context) }))).toBe(true)
  })

  test('any input but those that are stated', async () => {
    const inputs = backingInputs(backing())
    for (const [name, value] of elementsOf(inputs)) {
      if (name === 'context') continue
      expect(await circuit.accepts(tampered(inputs, { [name]: value + 1n })), name).toBe(false)
    }
  })
})
