import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { epochOf, linked, miscounted, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { type Claims, foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC,
  ETH,
  PERP,
  plain,
  STRESS_RISK,
  STRESS_SIZES,
  STRESS_TABLE,
  STRESSED,
  secondBatch,
  stressed,
  TINY,
  TINY_STRESS,
  tableOfColumns,
  tableWith,
  USDT,
} from '../../scripts/soundness/samples/ledger.js'
import { laxPolicy, rightSides } from '../../scripts/soundness/samples/solvency.js'
import { type CircuitInputs, EQUITY_BITS, invertField, powField, toField } from '../../src/field/index.js'
import { BATCH_DEPTH, leafHash, poseidon, ROLES, sponge, WideTree } from '../../src/hash/index.js'
import { keyCount } from '../../src/risk/index.js'
import {
  addWeightedTotals,
  batchSums,
  equitiesOf,
  type LedgerBatch,
  type LedgerState,
  type LedgerTable,
  type LedgerWitness,
  ledgerInputs,
  ledgerModel,
  solvencyInputs,
  solvencyModel,
  stateCommitment,
} from '../../src/statements/index.js'
import { firstTranscript, secondTranscript } from '../../src/statements/ledger/transcript.js'
import { honestTransplant } from '../helpers/attack.js'
import { type Cheat, cheatingEpoch, shapeOf } from '../helpers/cheat.js'
import { Copies } from '../helpers/copies.js'
import { shortRelation } from '../helpers/lattice.js'
import {
  expectAccepted,
  expectRefusedBySolvency,
  forge,
  forgeBatch,
  ledgerCircuit,
  ledgerSource,
  solvencyCircuit,
  solvencySource,
  verdicts,
} from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const source = ledgerSource(TINY_STRESS)
const copies = new Copies(source)
const books = new Copies(solvencySource(STRESS_SIZES))
const TOP = (1n << 64n) - 1n
const MOST = 1n << BigInt(EQUITY_BITS)
let circuit: Circuit
beforeAll(async () => {
  circuit = await ledgerCircuit(TINY_STRESS)
})

const honest = (accounts = STRESSED, table = STRESS_TABLE) => secondBatch(accounts, TINY_STRESS, table)
const batches = [stressed(...STRESSED)]

type Claim = [account: number, scenario: number, equity: bigint]
/** Another equity of some accounts, with all that follows from it. */
const claimed =
  (...claims: Claim[]) =>
  (batch: LedgerBatch): LedgerBatch => {
    const equities = batch.equities.map((own) => [...own])
    for (const [u, s, equity] of claims) equities[u]![s] = equity
    return { ...batch, equities }
  }

/** What the reference model and the circuit both say. */
async function verdictOf(witness: LedgerWitness): Promise<boolean> {
  const { valid } = ledgerModel(witness)
  expect(await circuit.accepts(ledgerInputs(witness))).toBe(valid)
  return valid
}

/** A table with other values, in which nothing has to be covered. */
const unbounded = (table: LedgerTable, values: (s: number, key: number) => bigint): LedgerTable =>
  tableWith(table, (columns) => ({
    ...columns,
    scenarios: columns.scenarios.map((scenario, s) => ({
      ...scenario,
      requirement: true,
      values: scenario.values.map((_, key) => values(s, key)),
    })),
  }))

describe('equities and shortfalls (ledger.8)', () => {
  test('are what a hand computation says, and an epoch of them is accepted (ledger.17)', async () => {
    const epoch = epochOf(STRESS_TABLE, [...batches, ...batches])
    const [first, second] = epoch.witnesses
    expect(second!.equities).toEqual([
      [500n * 40n - 7n * 2n, 500n * 180n - 7n * 2n],
      [-10n * 55n + 900n * 2n, -10n * 210n + 900n],
      [30n * -50n + 20n * 2n, 30n * 95n + 20n],
      [-30n * -45n, -30n * 105n],
    ])
    expect(first!.before.shortfalls).toEqual([0, 0].map(() => ({ sum: 0n, accounts: 0n })))
    expect(second!.before.shortfalls).toEqual([
      { sum: 1_460n, accounts: 1n },
      { sum: 1_200n + 3_150n, accounts: 2n },
    ])
    expect(epoch.ledger.state.shortfalls[1]).toEqual({ sum: 8_700n, accounts: 4n })
    await expectAccepted(epoch)
  })

  test('of plain and stressed batches in one chain, also of plain ones alone (ledger.16)', async () => {
    const long = plain(...ACCOUNTS)
    await expectAccepted(epochOf(STRESS_TABLE, [long, ...batches, long]))
    await expectAccepted(epochOf(STRESS_TABLE, [long, long]))
  })

  test('at every edge of their range: 2^112 − 1 and −2^112, and nothing at all (ledger.10)', async () => {
    const half = 1n << 56n
    const table = unbounded(STRESS_TABLE, (s, key) => (key % 2 === 1 ? half : s === 0 ? half + 1n : half))
    const edges = [account(1, [BTC, half - 1n]), account(2, [USDT, -half]), account(3, [ETH, 0n])]
    const epoch = epochOf(table, [stressed(...edges)])
    expect(epoch.witnesses[0]!.equities.slice(0, 3)).toEqual([
      [MOST - 1n, (half - 1n) * half],
      [-MOST, -MOST],
      [0n, 0n],
    ])
    await expectAccepted(epoch)
    for (const beyond of [account(1, [BTC, half]), account(1, [USDT, -half], [ETH, -1n])]) {
      expect(await verdictOf(honest([beyond], table))).toBe(false)
    }
  })

  test('C25: agree with circuits and books on random ledgers, honest and not (ledger.13)', async () => {
    const keys = keyCount(STRESS_SIZES)
    const quantity = fc.oneof(fc.bigInt(-12n, 12n), fc.constantFrom(0n, 1n, 1n << 48n, -(1n << 48n)))
    const slots = fc.array(
      fc.record({ instrument: fc.constantFrom(BTC, USDT, ETH, 3, PERP, PERP + 1), quantity }),
      { maxLength: 4 },
    )
    const value = fc.oneof(fc.bigInt(-9n, 9n), fc.constantFrom(TOP >> 4n, -(TOP >> 4n)))
    const off = fc.constantFrom(-1n, 1n)
    const at = fc.tuple(fc.nat(3), fc.nat(1), off)
    const cheat: fc.Arbitrary<Claims> = fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      at.map(([u, s, by]) => ({
        batch: (b: LedgerBatch) => claimed([u, s, b.equities[u]![s]! + by])(b),
      })),
      fc.nat(3).map((u) => ({
        batch: (b: LedgerBatch) => claimed([u, 0, b.equities[u]![1]!], [u, 1, b.equities[u]![0]!])(b),
      })),
      // Of a derivative one total is claimed, of its longs.
      fc.tuple(fc.constantFrom(...[0, 1, 2, 3, 4, 5, 6, 7, 8, 10]), off).map(([k, by]) => ({
        totals: (t: bigint[]) => t.with(k, t[k]! + by),
      })),
      fc.tuple(fc.nat(keys - 1), off).map(([k, by]) => ({
        weightedTotals: (t: bigint[]) => t.with(k, toField(t[k]! + by)),
      })),
    )
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(slots, { minLength: 4, maxLength: 4 }),
        fc.array(fc.array(value, { minLength: keys, maxLength: keys }), { minLength: 2, maxLength: 2 }),
        cheat,
        async (holdings, columns, claims) => {
          const table = unbounded(STRESS_TABLE, (s, key) => columns[s]![key]!)
          const accounts = holdings.map((list, u) => ({ ...account(u), slots: list }))
          const epoch = epochOf(table, [stressed(...accounts)], claims, { policy: laxPolicy(STRESS_SIZES) })
          const { linked, ledgers, solvency } = await verdicts(epoch)
          expect([linked, ...ledgers]).toEqual([true, true])
          const { totals } = epoch.ledger
          // Longs and shorts of a derivative that differ have no proof either: their digest is of the longs.
          const netted = [8, 10].every((key) => totals[key] === totals[key + 1])
          const changed =
            claims.totals !== undefined ||
            claims.weightedTotals !== undefined ||
            epoch.witnesses[0]!.equities.some((own, u) => {
              const [a, b] = equitiesOf(accounts[u]!.slots, table.columns)
              return own[0] !== a || own[1] !== b
            })
          expect(solvency).toBe(!changed && netted)
          seen[`${solvency}`]++
        },
      ),
      { seed: 25, numRuns: cases(50, 1_000) },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(1)
  })
})

describe('a ledger with scenarios is refused (ledger.8)', () => {
  const epochWith = (...claims: Claim[]) => epochOf(STRESS_TABLE, batches, { batch: claimed(...claims) })

  for (const by of [1n, -1n]) {
    test(`a shortfall ${by > 0n ? 'over' : 'under'}stated by one, with and without the equity to match`, async () => {
      await expectRefusedBySolvency(epochWith([1, 1, -1_200n - by]))
      const { witnesses, chain } = foldSample(STRESS_TABLE, batches)
      for (const part of ['sum', 'accounts'] as const) {
        const shortfalls = chain.state.shortfalls.map((own, s) =>
          s === 1 ? { ...own, [part]: own[part] + by } : own,
        )
        const stateAfter = stateCommitment(chain.ledger.points.second, { ...chain.state, shortfalls })
        const [witness] = witnesses
        expect(await verdictOf({ ...witness!, signals: { ...witness!.signals, stateAfter } })).toBe(false)
      }
    })
  }

  test("N02: an account's shortfall hidden behind another account's equity", async () => {
    await expectRefusedBySolvency(epochWith([1, 1, 0n], [0, 1, 89_986n - 1_200n]))
  })

  test('N13: two scenarios with their columns exchanged', async () => {
    const swapped = foldSample(STRESS_TABLE, batches).batches[0]!.equities.flatMap(([a, b], u): Claim[] => [
      [u, 0, b!],
      [u, 1, a!],
    ])
    await expectRefusedBySolvency(epochWith(...swapped))
  })

  test('C15: a short in an instrument outside the table, which would be worth nothing (ledger.6)', async () => {
    for (const instrument of [4, PERP + 2]) {
      const outside = [stressed(account(1, [BTC, 500n]), account(2, [instrument, -10n], [USDT, 900n]))]
      await expectRefusedBySolvency(epochOf(STRESS_TABLE, outside))
    }
  })

  test('a short written as a long, and a long as a short (ledger.5)', async () => {
    const { batches: made, chain } = foldSample(STRESS_TABLE, batches)
    for (const u of [0, 1, 2, 3]) {
      const slots = STRESSED[u]!.slots.map((slot) => ({ ...slot, quantity: -slot.quantity }))
      const written = [stressed(...STRESSED.with(u, { ...STRESSED[u]!, slots }))]
      await expectRefusedBySolvency(
        epochOf(STRESS_TABLE, written, {
          batch: (batch) => ({ ...batch, equities: made[0]!.equities }),
          totals: () => [...chain.ledger.totals],
        }),
      )
    }
  })

  test('C19: under a table with one value changed, whether or not riskRoot is changed with it (ledger.9)', async () => {
    const epoch = epochOf(STRESS_TABLE, batches)
    for (const [s, k] of [
      [0, 0],
      [1, 1],
      [1, 8],
    ] as const) {
      const table = tableWith(STRESS_TABLE, (columns) => {
        columns.scenarios[s]!.values[k]! += 1n
        return columns
      })
      const { signals } = epoch.solvency
      const other = { ...epoch.solvency, table: { columns: table.columns, rowsDigest: table.rowsDigest } }
      expect((await verdicts({ ...epoch, solvency: other })).solvency).toBe(false)
      const rebound = { ...other, signals: { ...signals, riskRoot: table.riskRoot } }
      expect((await verdicts({ ...epoch, solvency: rebound })).solvency).toBe(false)
      // Honest under the other table, it is another ledger.
      await expectAccepted(epochOf(table, batches))
    }
  })

  test('a batch whose number of scenarios is another than the ledger has (ledger.16)', async () => {
    const one = tableOfColumns({
      ...STRESS_TABLE.columns,
      sizes: { ...STRESS_SIZES, scenarios: 1 },
      scenarios: STRESS_TABLE.columns.scenarios.slice(0, 1),
    })
    const [first] = foldSample(one, [plain(...ACCOUNTS)]).witnesses
    const other = foldSample(STRESS_TABLE, batches).witnesses[0]!
    const { riskRoot, totalsDigest, weightedTotalsDigest, signals } = first!
    expect(await verdictOf({ ...other, riskRoot, totalsDigest, weightedTotalsDigest, signals })).toBe(false)
    expect(ledgerModel({ ...other, scenarios: 1 }).valid).toBe(false)
  })

  test('C03: a batch of more slots or scenarios than there is room for does not compile (ledger.10)', async () => {
    for (const main of ['Ledger(4097, 4, 2, 0)', 'Ledger(1, 1, 17, 0)']) {
      await expect(Circuit.compile({ ...source, main })).rejects.toThrow(/assert/i)
    }
  })
})

/** As for the plain ledger: without the rule the attack succeeds, with it the same witness is refused. */
describe('ledger with scenarios refuses the tampered witness that is accepted without (ledger.12)', () => {
  /** Account 1 says of scenario 1 that it lacks nothing. */
  const hidden = () => miscounted(STRESS_TABLE, batches, batches, { batch: claimed([1, 1, 0n]) })
  const lacking = (sum: bigint, accounts: bigint) => () =>
    miscounted(STRESS_TABLE, batches, batches, {
      shortfalls: [
        { sum: 1_460n, accounts: 1n },
        { sum, accounts },
      ],
    })
  const dressed = { 'equities[1][1][0]': -1_200n, [`equities[1][1][${EQUITY_BITS}]`]: 1n }
  const attacks: {
    name: string
    edits: Edit[]
    epoch: () => SampleEpoch
    inputs?: (honest: CircuitInputs, epoch: SampleEpoch) => CircuitInputs
  }[] = [
    {
      name: 'C01, C13: bits of an equity that are bits (the same equity, dressed as a positive one)',
      edits: [{ file: 'equities.circom', from: 'bits[s][u][i] * (bits[s][u][i] - 1) === 0;', to: '' }],
      epoch: lacking(3_150n, 1n),
      inputs: (h) => {
        const zeros = Array.from({ length: EQUITY_BITS }, (_, i) => [`equities[1][1][${i}]`, 0n])
        return tampered(h, { ...Object.fromEntries(zeros), ...dressed })
      },
    },
    {
      name: 'a shortfall being what is below zero',
      edits: [
        {
          file: 'equities.circom',
          from: 'shortfall[s][u] <== (bits[s][u][BITS] - 1) * equity;',
          to: 'shortfall[s][u] <-- u == 1 ? 0 : (bits[s][u][BITS] - 1) * equity;',
        },
      ],
      epoch: lacking(3_150n, 2n),
    },
    {
      name: 'accounts below zero being counted (ledger.17)',
      edits: [
        {
          file: 'equities.circom',
          from: '+ (1 - bits[s][u][BITS]) * (1 << SHORTFALL_BITS());',
          to: '+ (u == 1 ? 0 : (1 - bits[s][u][BITS]) * (1 << SHORTFALL_BITS()));',
        },
      ],
      epoch: lacking(4_350n, 1n),
    },
    {
      name: 'all shortfalls of a scenario adding up to its sum',
      edits: [
        {
          file: 'ledger.circom',
          from: 'shortfallsAfter[s] <== shortfallsBefore[s] + worth.shortfalls[s];',
          to: 'shortfallsAfter[s] <-- s == 1 ? shortfallsBefore[s] : shortfallsBefore[s] + worth.shortfalls[s];',
        },
      ],
      epoch: lacking(0n, 0n),
    },
    {
      name: 'the sum of equities growing by those of the batch',
      edits: [
        {
          file: 'ledger.circom',
          from: 'after.equitySum <== equitySumBefore + worth.out;',
          to: 'after.equitySum <-- equitySumBefore + worth.out - 1200 * positions[1] * worth.point;',
        },
      ],
      epoch: hidden,
    },
    {
      name: "an account's equities carrying its own weight",
      edits: [
        {
          file: 'equities.circom',
          from: 'weighted[u] <== weights[u] * sum;',
          to: 'weighted[u] <-- weights[u] * (u == 1 ? sum - 1200 * point : sum);',
        },
      ],
      epoch: hidden,
    },
    {
      name: "a scenario's equities carrying the scenario's own weight",
      edits: [
        {
          file: 'equities.circom',
          from: 'partial[u][s] <== sum * point + equity;',
          to: `if (u == 1 && s == 1) {
                partial[u][s] <-- sum * point + equity - 1200;
            } else {
                partial[u][s] <== sum * point + equity;
            }`,
        },
      ],
      epoch: hidden,
    },
    {
      name: 'weights of accounts being powers of a challenge (a weight of zero hides an account)',
      edits: [
        {
          file: 'positions.circom',
          from: 'out[u] <== out[u - 1] * base;',
          to: 'out[u] <-- u == 1 ? 0 : (u == 2 ? out[0] * base * base : out[u - 1] * base);',
        },
      ],
      epoch: () => {
        const seen = [stressed(...STRESSED.with(1, account(2)))]
        return miscounted(STRESS_TABLE, batches, seen, {
          totals: () => [...foldSample(STRESS_TABLE, batches).chain.ledger.totals],
        })
      },
    },
    {
      name: 'weights of a batch starting at its place (an account at another one is worth what that is)',
      edits: [
        {
          file: 'positions.circom',
          from: 'start[i + 1] <== start[i] * (1 + factor[i]);',
          to: 'if (i == 0) { start[i + 1] <-- start[i]; } else { start[i + 1] <== start[i] * (1 + factor[i]); }',
        },
      ],
      // Accounts at one place of both batches weigh the same: what one lacks, the other is said to have less.
      epoch: () => {
        const rich = stressed(account(5), account(6, [USDT, 5_000n]))
        const both = [batches[0]!, rich]
        return miscounted(STRESS_TABLE, both, both, {
          batch: (batch, index) => claimed([1, 1, index === 0 ? 0n : 5_000n - 1_200n])(batch),
          weightedTotals: (honest, points) => {
            const sums = honest.map(() => 0n)
            for (const batch of foldSample(STRESS_TABLE, both).batches) {
              addWeightedTotals(sums, batch, 0, STRESS_SIZES, points)
            }
            return sums
          },
        })
      },
    },
    {
      name: 'the point of scenarios being squeezed from the transcript (at zero, only the first one counts)',
      edits: [
        {
          file: 'challenge.circom',
          from: 'signal output out <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);',
          to: `signal squeezed <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);
            signal output out <-- LABEL == 3 ? 0 : squeezed;`,
        },
      ],
      // In the second scenario everything is worth nothing, and one account says that it is worth 5.
      epoch: () => {
        const table = unbounded(STRESS_TABLE, (s, key) =>
          s === 1 ? 0n : STRESS_TABLE.columns.scenarios[0]!.values[key]!,
        )
        return miscounted(table, batches, batches, { batch: claimed([1, 1, 5n]) })
      },
    },
    {
      name: 'the mix of both sums being squeezed from the transcript (one is chosen that makes up for a total)',
      edits: [
        {
          file: 'ledger.circom',
          from: 'signal mix <== Challenge(4)(transcripts.second);',
          to: 'signal squeezed <== Challenge(4)(transcripts.second); signal mix <-- chosen;',
        },
        {
          file: 'ledger.circom',
          from: 'signal input blindAfter;',
          to: 'signal input blindAfter; signal input chosen;',
          adds: { name: 'chosen', shape: [] },
        },
      ],
      epoch: () => miscounted(STRESS_TABLE, batches, batches, { totals: (t) => t.with(0, t[0]! - 400n) }),
      inputs: (h, { ledger, points }) => {
        const { columns } = STRESS_TABLE
        const { totals, weightedTotals, state } = ledger
        const none = totals.map(() => 0n)
        const held = rightSides(columns, totals.with(0, totals[0]! + 400n), none, points).keySum
        const weighed = rightSides(columns, none, weightedTotals, { ...points, mix: 1n }).keySum
        return { ...h, chosen: toField((state.keySum - held) * invertField(weighed)) }
      },
    },
    {
      name: "a share of an account's slots carrying the account's weight",
      edits: [
        {
          file: 'key-sum.circom',
          from: 'weighted[u] <== weights[u] * entries;',
          to: 'weighted[u] <-- u == 3 ? 0 : weights[u] * entries;',
        },
      ],
      epoch: () =>
        miscounted(
          STRESS_TABLE,
          [stressed(...STRESSED.slice(0, 2), account(3), account(4, [USDT, -900n]))],
          [stressed(...STRESSED.slice(0, 2), account(3), account(4))],
        ),
    },
  ]
  for (const { name, edits, epoch, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forgeBatch(await copy(), epoch(), inputs))
  }

  for (const state of ['Before', 'After'] as const) {
    const copy = copies.with({
      file: 'ledger.circom',
      from: `state${state} === ${state.toLowerCase()}.out;`,
      to: '',
    })
    test(`C18: state${state} being what it opens to`, async () => {
      await forge(await copy(), circuit, { ...ledgerInputs(honest()), [`state${state}`]: 5n })
    })
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const edit = { file: 'equities.circom', from: 'bits[s][u][i] * (bits[s][u][i] - 1) === 0;', to: '' }
    await honestTransplant(circuit, await copies.with(edit)(), ledgerInputs(honest()))
  })

  test('any single wire of the rules on scenarios', async () => {
    const witness = await circuit.witness(ledgerInputs(honest()))
    const names = [
      ...[0, 60, EQUITY_BITS - 1, EQUITY_BITS].map((i) => `equities[1][1][${i}]`),
      'equitiesBlind[0]',
      'shortfallsBefore[0]',
      'shortfallsAfter[1]',
      'equitySumBefore',
      'after.equitySum',
      'accountPoint',
      'mix',
      'positions[2]',
      'mixed[1]',
      'Challenge#0.out',
      'worth.shortfall[1][1]',
      'worth.weighted[1]',
      'keys.weighted[0]',
    ]
    for (const name of names) {
      for (const value of [0n, 1n, 2n, circuit.value(witness, name) + 1n, -1n]) {
        if (toField(value) === circuit.value(witness, name)) continue
        const edited = circuit.edit(witness, { [name]: toField(value) })
        expect(circuit.satisfied(edited), `${name} = ${value}`).toBe(false)
      }
    }
  })
})

/** A plain copy in which a sign, and the highest bit of an instrument, may be anything. */
const signedPlain = new Copies(ledgerSource(TINY)).with({
  file: 'ledger-slot.circom',
  from: 'bits[i] === 0;',
  to: 'bits[i] * (bits[i] - 1) === 0;',
})
test('C30: an account below zero in a plain batch, by a debt or by a derivative, is refused (ledger.7)', async () => {
  const weak = await signedPlain()
  const perps = plain(account(1, [PERP, 30n]), account(2, [PERP, -30n], [USDT, 9_000n]))
  for (const batch of [perps, plain(account(1, [USDT, -5n]), account(2, [BTC, 1n]))]) {
    const epoch = miscounted(STRESS_TABLE, [batch], [batch])
    expect(epoch.ledger.state.shortfalls).toEqual([0, 0].map(() => ({ sum: 0n, accounts: 0n })))
    await forgeBatch(weak, epoch)
  }
})

/**
 * C16, C17. Copies of both circuits leave one thing out of the transcripts each, and are forged: it is
 * claimed when the points are known. The circuits as they are refuse the forgery.
 */
describe('C17: transcripts that leave something out are forged (ledger.11)', () => {
  const first = (from: string, to: string) => ({
    file: 'transcripts.circom',
    from: 'Poseidon(TAG_FIRST(), 4)([accountsRoot, riskRoot, totalsDigest, scenarios]);',
    to: `Poseidon(TAG_FIRST(), 4)([accountsRoot, riskRoot, totalsDigest, scenarios]);`.replace(from, to),
  })
  /** Copies of both circuits with one edit. */
  const both = (...edits: Edit[]) => {
    const [ledger, solvency] = [copies.with(...edits), books.with(...edits)]
    return async () => ({ ledger: await ledger(), solvency: await solvency() })
  }

  /** Copies accept the whole epoch, and it links; of the circuits, the first batch or solvency refuses it. */
  async function forgedBy(weak: { ledger: Circuit; solvency: Circuit }, epoch: SampleEpoch): Promise<void> {
    expect(linked(epoch)).toBe(true)
    for (const witness of epoch.witnesses) {
      const inputs = ledgerInputs(witness)
      const made = await weak.ledger.witness(inputs)
      expect(weak.ledger.satisfied(made), 'the copy of the ledger').toBe(true)
      expect(circuit.satisfied(circuit.transplant(weak.ledger, made))).toBe(false)
      expect(ledgerModel(witness).valid).toBe(false)
      expect(await circuit.accepts(inputs)).toBe(false)
    }
    const inputs = solvencyInputs(epoch.solvency)
    const made = await weak.solvency.witness(inputs)
    expect(weak.solvency.satisfied(made), 'the copy of solvency').toBe(true)
    const strong = await solvencyCircuit(STRESS_SIZES)
    expect(strong.satisfied(strong.transplant(weak.solvency, made))).toBe(false)
    expect(await strong.accepts(inputs)).toBe(false)
  }

  const lax = { policy: laxPolicy(STRESS_SIZES) }
  const uncovered = unbounded(STRESS_TABLE, (s, key) => STRESS_TABLE.columns.scenarios[s]!.values[key]!)
  const { batches: made } = foldSample(STRESS_TABLE, batches)

  const withoutTotals = both(first('totalsDigest', '0'))
  test('left out: the totals. What is owed is understated, and debts make up for it at the point', async () => {
    const weak = await withoutTotals()
    const large = 1n << 62n
    const accounts = [
      account(1, [BTC, large], [USDT, -large]),
      account(2, [BTC, -large], [ETH, -large]),
      account(3, [3, -large], [USDT, -large]),
    ]
    const table = unbounded(STRESS_TABLE, () => 1n)
    const { batches: honestBatches } = foldSample(table, [stressed(...accounts)])
    const keys = [0, 1, 3, 5, 7]
    const epoch = cheatingEpoch(
      table,
      honestBatches,
      {
        absorbs: { totalsDigest: 0n },
        totalsAfter: (totals, { challenge }) => {
          // Σ change/(r − key) = 0, and the first change lowers what is owed.
          const shares = keys.map((key) => invertField(toField(challenge - BigInt(key))))
          const bound = 1n << 61n
          const changes = shortRelation(shares, (x) => x[0]! < 0n && x.every((c) => c > -bound && c < bound))
          return totals.map((t, k) => t + (changes[keys.indexOf(k)] ?? 0n))
        },
      },
      lax,
    )
    expect(epoch.ledger.totals[0]!).toBeLessThan(large)
    await forgedBy(weak, epoch)
  })

  const withoutWeighted = both({
    file: 'transcripts.circom',
    from: '[first, weightedTotalsDigest]',
    to: '[first, 0]',
  })
  test('left out: the weighted totals. A total is understated, and its weighted total makes up for it', async () => {
    const weak = await withoutWeighted()
    const table = unbounded(STRESS_TABLE, (s, key) =>
      key === 0 ? 0n : STRESS_TABLE.columns.scenarios[s]!.values[key]!,
    )
    const { batches: honestBatches } = foldSample(table, batches)
    const epoch = cheatingEpoch(
      table,
      honestBatches,
      {
        absorbs: { weightedTotalsDigest: 0n },
        totals: (totals) => totals.with(0, totals[0]! - 400n),
        weightedTotalsAfter: (t, { mix }) => t.with(0, t[0]! + 400n * invertField(mix)),
      },
      lax,
    )
    await forgedBy(weak, epoch)
  })

  test('left out: the weighted totals. They are bent until a false equity fits', async () => {
    const weak = await withoutWeighted()
    const epoch = cheatingEpoch(
      STRESS_TABLE,
      made.map((batch) => claimed([1, 1, 0n])(batch)),
      {
        absorbs: { weightedTotalsDigest: 0n },
        weightedTotalsAfter: (t, { challenge, accountPoint, scenarioPoint }) => {
          // δ₀/(r − 0) + δ₂/(r − 2) = 0, and δ₀ · value₀ + δ₂ · value₂ = what the false equity adds.
          const value = (key: number) =>
            STRESS_TABLE.columns.scenarios.reduceRight(
              (sum, { values }) => sum * scenarioPoint + values[key]!,
              0n,
            )
          const trade = toField((challenge - 2n) * invertField(challenge))
          const added = 1_200n * accountPoint * scenarioPoint
          const delta = toField(added * invertField(toField(value(0) - trade * value(2))))
          return t.with(0, t[0]! + delta).with(2, t[2]! - trade * delta)
        },
      },
      { ...lax, insurance: [1_000_000n, 0n, 0n, 0n] },
    )
    await forgedBy(weak, epoch)
  })

  const withoutTable = both(first('riskRoot', '0'))
  test('left out: the table. A value of it is chosen after the points', async () => {
    const weak = await withoutTable()
    const epoch = cheatingEpoch(
      uncovered,
      made.map((batch) => claimed([1, 1, 0n])(batch)),
      {
        absorbs: { riskRoot: 0n },
        // T · change = 1,200 · account¹ in the second scenario.
        tableAfter: (table, { accountPoint }, weighted) =>
          tableWith(table, (columns) => {
            columns.scenarios[1]!.values[8]! += toField(1_200n * accountPoint * invertField(weighted[8]!))
            return columns
          }),
      },
      lax,
    )
    await forgedBy(weak, epoch)
  })

  // Three accounts below water rise together, each by less than the range: x · weight · scenario^s add up to
  // 0.
  const below = [
    [1, 1],
    [2, 0],
    [3, 1],
  ] as const
  const risen: Cheat['batchesAfter'] = ([batch], { accountPoint, scenarioPoint }) => {
    const weights = below.map(
      ([u, s]) => powField(accountPoint, BigInt(u)) * powField(scenarioPoint, BigInt(s)),
    )
    const enough = (x: bigint) => x > 5_000n && x < MOST / 2n
    const by = shortRelation(weights.map(toField), (x) => x.every(enough))
    return [claimed(...below.map(([u, s], i): Claim => [u, s, batch!.equities[u]![s]! + by[i]!]))(batch!)]
  }

  const withoutEquities = copies.with({
    file: 'equities-leaf.circom',
    from: 'pack.in[(s * ACCOUNTS + u) * WIDTH + i] <== equities[s][u][i];',
    to: 'pack.in[(s * ACCOUNTS + u) * WIDTH + i] <== 0;',
  })
  const withoutTree = both(first('accountsRoot', '0'))
  test('left out: the equities. Three accounts below water rise together', async () => {
    const zeroed = ({ sizes, accounts, equitiesBlind }: LedgerBatch) => {
      const blank = new Array<bigint>(Math.ceil((8 * (EQUITY_BITS + 1)) / 253)).fill(0n)
      const digest = sponge('equities', [equitiesBlind, shapeOf(sizes), ...blank])
      const leaf = poseidon([digest], ROLES.equities.tag)
      return new WideTree(BATCH_DEPTH, [...accounts.map((own) => leafHash(own.holder, own.slots)), leaf]).root
    }
    const epoch = cheatingEpoch(uncovered, made, { root: zeroed, batchesAfter: risen }, lax)
    expect(epoch.ledger.state.shortfalls).toEqual([0, 0].map(() => ({ sum: 0n, accounts: 0n })))
    const weak = await withoutEquities()
    // The circuit of solvency hashes no leaf: in it nothing is left out, and it accepts.
    const [witness] = epoch.witnesses
    expect(solvencyModel(epoch.solvency)).toEqual({ valid: true })
    await forge(weak, circuit, ledgerInputs(witness!))
  })

  test('left out: the tree, hence leaves and equities', async () => {
    const weak = await withoutTree()
    const epoch = cheatingEpoch(uncovered, made, { absorbs: { accountsRoot: 0n }, batchesAfter: risen }, lax)
    expect(epoch.ledger.state.shortfalls[1]).toEqual({ sum: 0n, accounts: 0n })
    await forgedBy(weak, epoch)
  })

  const withoutTranscript = copies.with({
    file: 'fold-state.circom',
    from: '[transcript, count, blind,',
    to: '[0, count, blind,',
  })
  test('C29: left out of the state: the transcript. A batch is proven under one of its own (ledger.16)', async () => {
    const weak = await withoutTranscript()
    const [, second] = foldSample(STRESS_TABLE, [...batches, ...batches]).witnesses
    // The same second batch, where other totals are claimed: other points, at which its sums are others.
    const other = foldSample(STRESS_TABLE, [...batches, ...batches], { totals: (t) => t.with(0, 5n) })
    const { totalsDigest, weightedTotalsDigest } = other.witnesses[1]!
    const mixed = { ...second!, totalsDigest, weightedTotalsDigest }
    expect(ledgerModel(mixed).valid).toBe(false)
    const { points } = other.chain.ledger
    const sums = batchSums(mixed, 1, points)
    const after: LedgerState = {
      ...second!.before,
      ...{ count: 2, blind: second!.blindAfter },
      keySum: toField(second!.before.keySum + sums.keySum),
      equitySum: toField(second!.before.equitySum + sums.equitySum),
      shortfalls: other.chain.state.shortfalls,
    }
    const signals = {
      stateBefore: stateCommitment(0n, second!.before),
      stateAfter: stateCommitment(0n, after),
    }
    await forge(weak, circuit, ledgerInputs({ ...mixed, signals }))
  })

  test('C16: each absorbed element, altered, gives other points', () => {
    const parts = { accountsRoot: 1n, riskRoot: 2n, totalsDigest: 3n, scenarios: 4 }
    const points = Object.values(firstTranscript(parts))
    expect(new Set(points).size).toBe(points.length)
    for (const [name, value] of Object.entries(parts)) {
      const other = firstTranscript({ ...parts, [name]: typeof value === 'number' ? value + 1 : value + 1n })
      for (const [i, point] of Object.values(other).entries()) expect(point, name).not.toBe(points[i])
    }
    const second = Object.values(secondTranscript(1n, 2n))
    for (const other of [secondTranscript(2n, 2n), secondTranscript(1n, 3n), secondTranscript(2n, 1n)]) {
      for (const [i, point] of Object.values(other).entries()) expect(point).not.toBe(second[i])
    }
  })

  test('C16: points fixed by one ledger do not fit another: batch, table, equities, totals', async () => {
    const points = ['accountPoint', 'mix', 'Challenge#0.out', 'Challenge#3.out', 'Challenge#4.out']
    const own = await circuit.witness(ledgerInputs(honest()))
    const left = points.filter((name) => {
      try {
        return circuit.value(own, name) !== undefined
      } catch {
        return false
      }
    })
    expect(left.length).toBeGreaterThan(3)
    const table = tableWith(STRESS_TABLE, (columns) => {
      columns.scenarios[0]!.values[4]! -= 1n // Nobody holds it: the equities stay.
      return columns
    })
    const fold = (claims: Claims) => foldSample(STRESS_TABLE, [...batches, ...batches], claims).witnesses[1]!
    const others = {
      'the batch': honest([STRESSED[1]!, STRESSED[0]!, ...STRESSED.slice(2)]),
      'the table': honest(STRESSED, table),
      'the equities': fold({ batch: claimed([0, 0, 5n]) }),
      'the totals': fold({ totals: (t) => t.with(0, 5n) }),
    }
    for (const [name, other] of Object.entries(others)) {
      const made = await circuit.witness(ledgerInputs(other))
      for (const point of left) {
        expect(circuit.value(made, point), `${name}: ${point}`).not.toBe(circuit.value(own, point))
        const edited = circuit.edit(made, { [point]: circuit.value(own, point) })
        expect(circuit.satisfied(edited), `${name}: ${point}`).toBe(false)
      }
    }
  })
})

test('an equity of an instrument outside the table is nothing, in the model as in the circuit (ledger.6)', () => {
  const nothing = STRESS_RISK.scenarios.map(() => 0n)
  for (const instrument of [9, PERP + 7]) {
    expect(equitiesOf([{ instrument, quantity: 5n }], STRESS_TABLE.columns)).toEqual(nothing)
  }
})
