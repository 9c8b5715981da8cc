import { describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { Generator } from '../../scripts/soundness/mutants/generator.js'
import { instrument } from '../../scripts/soundness/mutants/instrument.js'
import { Search, type Subject } from '../../scripts/soundness/mutants/search.js'
import { everySubject, huntRow, SAMPLE } from '../../scripts/soundness/mutants/section.js'
import { POSEIDON } from '../../scripts/soundness/mutants/subjects/lib.js'
import { SURVIVORS } from '../../scripts/soundness/mutants/survivors.js'
import { everyMutant, Tally } from '../../scripts/soundness/mutants/tally.js'
import {
  LEDGER_PUBLIC,
  ledgerMain,
  STRESS_TABLE,
  STRESSED,
  secondBatch,
  TIER_TABLE,
  TIERED,
  TINY,
  TINY_PLEDGED,
  TINY_STRESS,
} from '../../scripts/soundness/samples/ledger.js'
import { MARGIN_PUBLIC } from '../../scripts/soundness/samples/margin-account.js'
import { HAND_MARGIN_MAIN, handWitness } from '../../scripts/soundness/samples/margin-rule.js'
import { books, stressBooks } from '../../scripts/soundness/samples/solvency.js'
import {
  ledgerChallenges,
  marginChallenges,
  solvencyChallenges,
} from '../../scripts/soundness/samples/transcript.js'
import { poseidon } from '../../src/hash/index.js'
import { ledgerInputs, marginInputs, solvencyInputs } from '../../src/statements/index.js'
import { solvencySource } from '../helpers/ledger.js'

describe('a mutant of a template (ledger.12, solvency.10, margin.10)', () => {
  const sampled = everySubject().filter(({ name }) => SAMPLE.includes(name))
  test('each of the sample is there', () => {
    expect(sampled.map(({ name }) => name).sort()).toEqual([...SAMPLE].sort())
  })

  test.each(sampled.map((subject) => [subject.name, subject] as const))(
    'C22: %s: without any one check, something gets through that is refused with it (ledger.12, solvency.10)',
    async (_, subject) => {
      const hunt = await new Tally().hunt(subject, 1, () => undefined)
      expect(hunt.mutants).toBeGreaterThan(1)
      expect(huntRow(hunt, true)).toMatchObject({ result: 'holds' })
    },
  )

  test('survives where its check is there twice, or says nothing', async () => {
    const subject: Subject = {
      name: 'Twice()',
      source: {
        include: 'twice.circom',
        main: 'Twice()',
        sources: {
          'twice.circom': `pragma circom 2.2.2;
            template Twice() {
              signal input in;
              signal input other;
              signal output out;
              in * (in - 1) === 0;
              (in - 1) * in === 0;
              other * (other - 1) === 0;
              0 === in - in;
              out <== in * other;
            }`,
        },
      },
      whole: ['twice.circom'],
      honest: [{ label: 'ones', inputs: { in: 1n, other: 1n } }],
      forged: [{ label: 'a two', inputs: { in: 2n, other: 1n } }],
    }
    const search = new Search(await Generator.compile(subject.source, subject.whole, []), subject)
    search.run(() => undefined)
    expect(search.left.map(({ id }) => id.replace('twice.circom: ', ''))).toEqual([
      'in * (in - 1) === 0',
      '(in - 1) * in === 0',
      '0 === in - in',
    ])
    expect(search.kills.size).toBe(2)
  })

  test('is not looked for where the circuit takes a forgery, as it is or once its public inputs are stated', async () => {
    const source = {
      include: 'opened.circom',
      main: 'Opened()',
      public: ['square'],
      sources: {
        'opened.circom': `pragma circom 2.2.2;
          template Opened() {
            signal input square;
            signal input in;
            signal opened <== in * in;
            square === opened;
          }`,
      },
    }
    const subject = (square: bigint, openable?: boolean): Subject => ({
      ...{ name: 'Opened()', source, whole: ['opened.circom'], openings: [['square', 'opened']] },
      honest: [{ label: 'two', inputs: { square: 4n, in: 2n } }],
      forged: [{ label: 'three', inputs: { square, in: 3n }, openable: openable === true }],
    })
    const generator = await Generator.compile(source, ['opened.circom'], [])
    const run = (one: Subject) => new Search(generator, one).run(() => undefined)
    expect(() => run(subject(9n))).toThrow('accepts three')
    expect(() => run(subject(8n))).toThrow('accepts three, stated as what it opens to')
    expect(() => run(subject(8n, true))).not.toThrow()
  })

  test('is run with hashes that are those of the circuit (ledger.12)', async () => {
    const source = {
      include: 'hashed.circom',
      main: 'Hashed()',
      sources: {
        'hashed.circom': `pragma circom 2.2.2;
          include "poseidon.circom";
          template Hashed() {
            signal input a;
            signal input b;
            signal input digest;
            signal inner <== Poseidon(3, 1)([a]);
            signal outer <== Poseidon(7, 2)([inner, b]);
            digest === outer;
          }`,
      },
    }
    const generator = await Generator.compile(source, ['hashed.circom'], POSEIDON)
    const inputs = { a: 5n, b: 6n, digest: poseidon([poseidon([5n], 3n), 6n], 7n) }
    expect(await (await Circuit.compile(source)).accepts(inputs)).toBe(true)
    for (const [changed, broken] of [
      [{}, 0],
      [{ b: 7n }, 1],
      [{ digest: 1n }, 1],
      [{}, 0],
    ] as const) {
      expect(generator.run({ ...inputs, ...changed })!.broken).toHaveLength(broken)
    }
    expect(generator.run(inputs)!.value(generator.wire('outer'))).toBe(inputs.digest)
  })

  test('is made of every comparison, definition, argument, absorbed entry and call without output', () => {
    const text = `pragma circom 2.2.2;
      template Some(N) {
        signal input a[N];
        signal b <== Hash(N)(a, [a[0], N]); // a definition
        var head[2] = [b, N];
        for (var i = 0; i < N; i++) { Range(8)(a[i]); a[i] === b; }
        signal hint <-- b;
      }
      function F(x) { var y = x; return y; }`
    const { mutants, knobs } = instrument(new Map([['some.circom', text]]), ['some.circom'])
    expect(mutants.map(({ kind, id }) => `${kind} ${id.replace('some.circom: ', '')}`)).toEqual([
      'input signal b <== Hash(N)(a, [a[0], N]) ‹a›',
      'input signal b <== Hash(N)(a, [a[0], N]) ‹a[0]›',
      'input signal b <== Hash(N)(a, [a[0], N]) ‹N›',
      'definition signal b <== Hash(N)(a, [a[0], N])',
      'input var head[2] = [b, N] ‹b›',
      'input var head[2] = [b, N] ‹N›',
      'call Range(8)(a[i])',
      'assertion a[i] === b',
    ])
    expect(knobs.filter(({ hint }) => hint).map(({ hint }) => hint)).toEqual(['hint'])
  })

  test('is explained only where there is such a mutant', () => {
    const every = new Set(everyMutant())
    expect(Object.keys(SURVIVORS).filter((id) => !every.has(id))).toEqual([])
  })
})

describe('the challenges of a transcript are those of the model of it (ledger.11, margin.7)', () => {
  const spot = secondBatch()
  const stressed = secondBatch(STRESSED, TINY_STRESS, STRESS_TABLE)
  const tiered = secondBatch(TIERED, TINY_PLEDGED, TIER_TABLE)
  const owed = books()
  const stressedBooks = stressBooks()
  const tieredBooks = books({
    table: TIER_TABLE,
    totals: [5n, 0n, 7n, 0n, 0n, 0n, 0n, 0n, 3n, 3n, 0n, 0n, 11n, 13n, 17n, 0n],
    reserves: [29n, 24n],
  })
  const margin = handWitness()
  const ledger = { include: 'ledger.circom', public: LEDGER_PUBLIC }
  test.each([
    ['ledger', { ...ledger, main: ledgerMain(TINY) }, ledgerInputs(spot), ledgerChallenges(spot)],
    [
      'ledger with scenarios',
      { ...ledger, main: ledgerMain(TINY_STRESS) },
      ledgerInputs(stressed),
      ledgerChallenges(stressed),
    ],
    [
      'ledger with tiers',
      { ...ledger, main: ledgerMain(TINY_PLEDGED) },
      ledgerInputs(tiered),
      ledgerChallenges(tiered),
    ],
    ['solvency', solvencySource(owed.sizes), solvencyInputs(owed), solvencyChallenges(owed)],
    [
      'solvency with scenarios',
      solvencySource(stressedBooks.sizes),
      solvencyInputs(stressedBooks),
      solvencyChallenges(stressedBooks),
    ],
    [
      'solvency with tiers',
      solvencySource(tieredBooks.sizes),
      solvencyInputs(tieredBooks),
      solvencyChallenges(tieredBooks),
    ],
    [
      'margin',
      { include: 'margin.circom', main: HAND_MARGIN_MAIN, public: MARGIN_PUBLIC },
      marginInputs(margin),
      marginChallenges(margin),
    ],
  ])('of %s', async (_, source, inputs, challenges) => {
    const circuit = await Circuit.compile(source)
    const witness = await circuit.witness(inputs)
    for (const [name, value] of Object.entries(challenges)) {
      expect(witness.includes(value), `${name} is a wire`).toBe(true)
    }
  })
})
