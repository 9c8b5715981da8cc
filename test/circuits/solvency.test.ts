import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Circuit, Edit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf, tampered } from '../../scripts/soundness/bench/tamper.js'
import { epochOf, type SampleEpoch } from '../../scripts/soundness/samples/epoch.js'
import { foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC,
  PLAIN_SIZES,
  plain,
  TABLE,
  tableWith,
} from '../../scripts/soundness/samples/ledger.js'
import {
  books,
  policy,
  RESERVES,
  rightSides,
  SOLVENCY_PUBLIC,
  TOTALS,
} from '../../scripts/soundness/samples/solvency.js'
import { type CircuitInputs, FIELD_ORDER, TOTAL_BITS, toBits, toField } from '../../src/field/index.js'
import { ACCOUNTS_DEPTH, WideTree } from '../../src/hash/index.js'
import {
  batchRoot,
  SOLVENCY_SIGNALS,
  type SolvencyWitness,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
  stateCommitment,
  tableAtPoint,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import {
  expectAccepted,
  expectRefusedBySolvency,
  forge,
  forgeSolvency,
  solvencyCircuit,
  solvencySource,
} from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const copies = new Copies(solvencySource(PLAIN_SIZES))
let circuit: Circuit
beforeAll(async () => {
  circuit = await solvencyCircuit(PLAIN_SIZES)
})

/** What the reference model and the circuit both say. */
async function verdictOf(witness: SolvencyWitness): Promise<boolean> {
  const { valid } = solvencyModel(witness)
  expect(await circuit.accepts(solvencyInputs(witness))).toBe(valid)
  return valid
}

const RULES = policy(PLAIN_SIZES)
const noMinimum = policy(PLAIN_SIZES, {
  instruments: RULES.instruments.map((i) => ({ ...i, minimumRatio: 0n })),
})
const marked = (...marks: bigint[]) =>
  tableWith(TABLE, (columns) => ({ ...columns, marks: columns.marks.map((mark, i) => marks[i] ?? mark) }))

describe('solvency (solvency.11)', () => {
  test('its public signals are in the documented order (privacy.2)', async () => {
    const witness = books()
    const made = await circuit.witness(solvencyInputs(witness))
    expect(made.slice(1, 11)).toEqual(SOLVENCY_SIGNALS.map((name) => witness.signals[name]))
    expect(SOLVENCY_PUBLIC).toEqual([...SOLVENCY_SIGNALS])
  })

  test('C05: reserves one below, at, and one above what is owed (solvency.2)', async () => {
    expect(await verdictOf(books({ reserves: RESERVES.with(0, 4_999n) }))).toBe(false)
    expect(await verdictOf(books())).toBe(true)
    expect(await verdictOf(books({ reserves: RESERVES.with(0, 5_001n) }))).toBe(true)
  })

  test('says by instrument what is missing, rounded up (solvency.12)', () => {
    const figures = solvencyFigures(books({ reserves: [4_000n, 69_499n, 0n, 0n] }))
    expect(figures.spots.map((i) => i.missing)).toEqual([1_000n, 1n, 0n, 0n])
  })

  test('a loan counts for its factor and not for more (solvency.2)', async () => {
    expect(await verdictOf(books({ reserves: RESERVES.with(1, 69_499n) }))).toBe(false)
  })

  test('N01: a surplus in one instrument does not cover another (solvency.2)', async () => {
    expect(await verdictOf(books({ reserves: [0n, 1n << 90n, 0n, 0n] }))).toBe(false)
  })

  test('C15: a liability beyond the table needs reserves like any, and is worth nothing (solvency.3)', async () => {
    const beyond = TOTALS.with(6, 9n)
    expect(await verdictOf(books({ totals: beyond }))).toBe(false)
    // In return it covers nothing: the same reserves of what is in the table are still needed.
    expect(await verdictOf(books({ totals: beyond, reserves: RESERVES.with(3, 9n) }))).toBe(true)
    const instead = [4_999n, 69_500n, 0n, 1n << 90n]
    expect(await verdictOf(books({ totals: beyond, reserves: instead }))).toBe(false)
    expect(await verdictOf(books({ totals: beyond, reserves: instead, policy: noMinimum }))).toBe(false)
  })

  test('a minimum ratio above one needs as much more (solvency.2)', async () => {
    const strict = policy(PLAIN_SIZES, {
      instruments: RULES.instruments.map((i, k) => (k === 0 ? { ...i, minimumRatio: 1_000_001n } : i)),
    })
    expect(await verdictOf(books({ policy: strict }))).toBe(false)
    expect(await verdictOf(books({ policy: strict, reserves: RESERVES.with(0, 5_001n) }))).toBe(true)
  })

  test('where single instruments may be short, the value of all still has to cover (solvency.4)', async () => {
    const lax = policy(PLAIN_SIZES, {
      instruments: RULES.instruments.map((i) => ({ ...i, minimumRatio: 0n, loanFactor: 0n })),
    })
    const [coin, cash] = TABLE.columns.marks as [bigint, bigint]
    const owed = 5_000n * coin + 70_000n * cash
    const btc = (owed + coin - 1n) / coin
    expect(await verdictOf(books({ policy: lax, reserves: [btc, 0n, 0n, 0n] }))).toBe(true)
    expect(await verdictOf(books({ policy: lax, reserves: [btc - 1n, 0n, 0n, 0n] }))).toBe(false)
  })

  const top = (1n << 64n) - 1n
  test('C27: a mark of what a customer is owed is zero or more (solvency.16)', async () => {
    expect(await verdictOf(books({ table: marked(0n, top) }))).toBe(true)
    const beyond = books({ table: marked(top + 1n) })
    expect(solvencyModel(beyond).valid).toBe(false)
    expect(await circuit.accepts(solvencyInputs(beyond))).toBe(false)
  })

  test('totals and reserves at the edge of their widths (solvency.9)', async () => {
    const most = (1n << BigInt(TOTAL_BITS)) - 1n
    const full = { totals: new Array<bigint>(8).fill(most), reserves: [most, most, most, most] }
    expect(await verdictOf(books(full))).toBe(true)
    expect(await verdictOf(books({ ...full, reserves: full.reserves.with(0, most - 1n) }))).toBe(false)
    expect(await verdictOf(books({ ...full, reserves: full.reserves.with(0, most + 1n) }))).toBe(false)
    expect(await verdictOf(books({ ...full, reserves: full.reserves.with(0, FIELD_ORDER - 1n) }))).toBe(false)
  })

  test('agrees with its reference model on random books, accepting and rejecting', async () => {
    const amount = fc.bigInt(0n, 20n)
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(amount, { minLength: 8, maxLength: 8 }),
        fc.array(amount, { minLength: 4, maxLength: 4 }),
        fc.array(fc.constantFrom(0n, 500_000n, 1_000_000n, 2_000_000n), { minLength: 4, maxLength: 4 }),
        fc.bigInt(0n, 1_500_000n),
        fc.tuple(fc.bigInt(0n, 20n), fc.bigInt(0n, 20n), fc.bigInt(0n, 20n)),
        fc.integer({ min: 1, max: 40 }),
        async (totals, reserves, ratios, valueRatio, marks, batches) => {
          const rules = policy(PLAIN_SIZES, {
            valueRatio,
            instruments: RULES.instruments.map((i, k) => ({ ...i, minimumRatio: ratios[k]! / 4n })),
          })
          const given = { table: marked(...marks), totals, reserves, batches, policy: rules }
          seen[`${await verdictOf(books(given))}`]++
        },
      ),
      { numRuns: cases(100, 1_000) },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })

  test('another total, reserve, mark, threshold, root, place or blind than the committed one (solvency.1)', async () => {
    const inputs = solvencyInputs(books())
    const changes = [
      ...['firstState', 'state', 'accountsRoot', 'riskRoot', 'reservesCommitment', 'policy'],
      ...['timestamp', 'point', 'tableAtPoint', 'blind', 'totalsBlind', 'reservesBlind', 'rowsDigest'],
      ...['valueRatio', 'lastBits[0]', 'lastBits[19]', 'children[0][2]', 'children[4][15]', 'last'],
      ...['spotTotals[0][0]', 'spotTotals[1][1]', 'spotTotals[3][1]', 'reserves[3]', 'marks[3]'],
      ...['minimumRatios[3]', 'loanFactors[3]'],
    ]
    const values = new Map(elementsOf(inputs))
    for (const name of changes) {
      expect(await circuit.accepts(tampered(inputs, { [name]: values.get(name)! + 1n })), name).toBe(false)
    }
  })

  test('another time, point or value there than those of the table (solvency.17)', async () => {
    const witness = books()
    for (const name of ['timestamp', 'tableAtPoint'] as const) {
      const signals = { ...witness.signals, [name]: witness.signals[name] + 1n }
      expect(await verdictOf({ ...witness, signals })).toBe(false)
    }
    // At any other point the table is another number; a verifier takes the point from what it has.
    const point = witness.signals.point + 1n
    const at = tableAtPoint(TABLE.columns, point)
    expect(at).not.toBe(witness.signals.tableAtPoint)
    expect(await verdictOf({ ...witness, signals: { ...witness.signals, point } })).toBe(false)
    const moved = { ...witness.signals, point, tableAtPoint: at }
    expect(await verdictOf({ ...witness, signals: moved })).toBe(true)
  })

  test('V10: a context is part of the statement, and no other fits the witness (solvency.8)', async () => {
    const witness = await circuit.witness(solvencyInputs(books()))
    const edited = circuit.edit(witness, { context: circuit.value(witness, 'context') + 1n })
    expect(circuit.satisfied(edited)).toBe(false)
  })
})

describe('solvency refuses the tampered witness that is accepted without (solvency.10)', () => {
  const range = (bits: number) => ({
    file: 'range.circom',
    from: 'in === sum;',
    to: `if (BITS != ${bits}) { in === sum; }`,
  })
  const poor = books({ policy: noMinimum, reserves: [0n, 0n, 0n, 0n] })
  /** Marks that share an element with those of the table: one lower by 2^64, the next one higher by one. */
  const shifted = [TABLE.columns.marks[0]! - (1n << 64n), ...TABLE.columns.marks.slice(1)].with(
    1,
    TABLE.columns.marks[1]! + 1n,
  )
  const hint = (signal: string, from: string, to: string): Edit => ({
    file: 'solvency.circom',
    from: `${signal} <== ${from};`,
    to: `${signal} <-- ${to};`,
  })
  const attacks: { name: string; edits: Edit[]; inputs: () => CircuitInputs }[] = [
    {
      name: 'C06: the surplus of an instrument being checked, where others are worth more than it lacks',
      edits: [range(131)],
      inputs: () => solvencyInputs(books({ reserves: [4_999n, 80_000n, 0n, 0n] })),
    },
    {
      name: 'C06: the value at mark being checked, where no single instrument has a threshold',
      edits: [range(209)],
      inputs: () => solvencyInputs(poor),
    },
    {
      name: 'C27: marks of what is owed being zero or more: at a mark below zero, more is owed and less is missing',
      edits: [
        range(64),
        { file: 'solvency.circom', from: 'tableAtPoint === horner[INSTRUMENTS + SCENARIOS];', to: '' },
      ],
      inputs: () => ({ ...solvencyInputs(poor), marks: shifted.map(toField) }),
    },
    {
      name: 'C13: bits that add up to what they decompose',
      edits: [{ file: 'range.circom', from: 'in === sum;', to: '' }],
      inputs: () => solvencyInputs(books({ reserves: RESERVES.with(0, 4_999n) })),
    },
    {
      name: 'reserves being the committed ones',
      edits: [{ file: 'solvency.circom', from: 'reservesCommitment === held.out;', to: '' }],
      inputs: () => ({ ...solvencyInputs(books()), reservesCommitment: 5n }),
    },
    {
      name: 'totals being those of the state',
      edits: [{ file: 'solvency.circom', from: 'state === final.out;', to: '' }],
      inputs: () => {
        const nothing = books({ totals: TOTALS.map(() => 0n), reserves: [0n, 0n, 0n, 0n] })
        return { ...solvencyInputs(nothing), state: books().signals.state }
      },
    },
    {
      name: 'the chain beginning with no batch',
      edits: [{ file: 'solvency.circom', from: 'firstState === first.out;', to: '' }],
      inputs: () => ({ ...solvencyInputs(books()), firstState: 5n }),
    },
    {
      name: 'marks being those of the risk table',
      edits: [{ file: 'solvency.circom', from: 'riskRoot === table.out;', to: '' }],
      inputs: () => {
        const { columns } = marked(0n, 0n, 0n)
        const { signals } = poor
        return {
          ...solvencyInputs(poor),
          marks: columns.marks,
          tableAtPoint: tableAtPoint(columns, signals.point),
        }
      },
    },
    {
      name: 'marks being those that are shown (solvency.17)',
      edits: [{ file: 'solvency.circom', from: 'tableAtPoint === horner[INSTRUMENTS + SCENARIOS];', to: '' }],
      inputs: () => ({ ...solvencyInputs(books()), tableAtPoint: 5n }),
    },
    {
      name: 'thresholds being those of the policy',
      edits: [{ file: 'solvency.circom', from: 'policy === rules.out;', to: '' }],
      inputs: () => ({
        ...solvencyInputs(books({ reserves: RESERVES.with(0, 4_999n) })),
        minimumRatios: [0n, 0n, 0n, 0n],
        valueRatio: 0n,
      }),
    },
    {
      name: 'what counts being reserves and the part of loans that counts',
      edits: [
        hint(
          'counted[i]',
          'loanFactors[i] * spotTotals[i][1] + reserves[i] * RATIO_ONE()',
          '100000000000000',
        ),
      ],
      inputs: () => solvencyInputs(books({ reserves: [0n, 0n, 0n, 0n] })),
    },
    {
      name: 'what is owed being a product of the total',
      edits: [hint('owed[i]', 'minimumRatios[i] * long[i]', '0')],
      inputs: () => solvencyInputs(books({ reserves: [4_999n, 80_000n, 0n, 0n] })),
    },
    {
      name: 'the value of what is owed being a product of the total',
      edits: [hint('owedValue[i]', 'valueRatio * long[i]', '0')],
      inputs: () => solvencyInputs(poor),
    },
    {
      name: 'the value of what is left being a product of the mark',
      edits: [hint('value[i]', 'marks[i] * (counted[i] - owedValue[i])', '0')],
      inputs: () => solvencyInputs(poor),
    },
  ]
  for (const { name, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forge(await copy(), circuit, inputs()))
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const weak = await copies.with({ file: 'solvency.circom', from: 'riskRoot === table.out;', to: '' })()
    await honestTransplant(circuit, weak, solvencyInputs(books()))
  })

  test('C21: any single wire', async () => {
    const honest = books()
    const witness = await circuit.witness(solvencyInputs(honest))
    const { second, state } = honest
    expect(circuit.value(witness, 'state')).toBe(stateCommitment(second, state))
    for (let wire = 1; wire < witness.length; wire++) {
      for (const value of [witness[wire]! + 1n, witness[wire]! - 1n]) {
        const edited = witness.with(wire, toField(value))
        if (!circuit.satisfied(edited)) continue
        expect.fail(`wire ${wire} may also be ${value}`)
      }
      if (wire > 400) wire += 17 // every wire of the statement, then a sample of the hashes'
    }
  })
})

describe('solvency refuses a ledger that its proofs do not come to (solvency.10)', () => {
  const [seen, unseen] = [plain(...ACCOUNTS), plain(account(7, [BTC, 900n]))]
  const oneOfTwo = () => epochOf(TABLE, [seen, unseen], { proven: 1 })
  const understated = () => epochOf(TABLE, [seen, unseen], { totals: (t) => t.with(0, t[0]! - 400n) })
  /** The tree of the proven batch alone. */
  const alone = () =>
    new WideTree(ACCOUNTS_DEPTH, [batchRoot(foldSample(TABLE, [seen]).batches[0]!)]).path(0).levels
  const fenced = (from: string, to = ''): Edit => ({ file: 'fence-path.circom', from, to })
  const attacks: {
    name: string
    edits: Edit[]
    epoch: () => SampleEpoch
    inputs?: (honest: CircuitInputs, epoch: SampleEpoch) => CircuitInputs
  }[] = [
    {
      name: 'C28: nothing standing behind the last batch (ledger.15)',
      edits: [fenced('behind * (children[d][c] - EMPTY_ROOT(d)) === 0;')],
      epoch: oneOfTwo,
    },
    {
      name: 'every level of the fence hanging together (ledger.15)',
      edits: [fenced('way[d].selected[c] * (children[d][c] - node[d]) === 0;')],
      epoch: oneOfTwo,
      inputs: (h) => ({ ...h, children: [alone()[0]!, ...(h.children as bigint[][]).slice(1)] }),
    },
    {
      name: 'the fence ending in the published root (ledger.15)',
      edits: [{ file: 'solvency.circom', from: 'accountsRoot === fence.root;', to: '' }],
      epoch: oneOfTwo,
      inputs: (h) => ({ ...h, children: alone() }),
    },
    {
      name: 'the fence standing behind as many batches as are proven (ledger.15)',
      edits: [
        {
          file: 'solvency.circom',
          from: 'final.count <== fence.index + 1;',
          to: 'final.count <-- fence.index;',
        },
      ],
      epoch: oneOfTwo,
      inputs: (h) => {
        const roots = foldSample(TABLE, [seen, unseen]).batches.map(batchRoot)
        const children = new WideTree(ACCOUNTS_DEPTH, roots).path(1).levels
        return { ...h, lastBits: toBits(1n, 20), last: roots[1]!, children }
      },
    },
    {
      name: 'bits of the last place that are bits (ledger.15)',
      edits: [{ file: 'one-hot.circom', from: 'bits[k] * (bits[k] - 1) === 0;', to: '' }],
      // −3 + 4 is place 1, but the way leads to the empty places 4 and 5, behind which nothing stands.
      epoch: () => epochOf(TABLE, [seen, seen, seen, unseen], { proven: 2 }),
      inputs: (h) => tampered(h, { 'lastBits[0]': -3n, 'lastBits[2]': 1n, last: 0n }),
    },
    {
      name: 'C04: a share of a key being its total',
      edits: [
        {
          file: 'key-totals.circom',
          from: 'entry[k] <-- total / (challenge - pole);\n        entry[k] * (challenge - pole) === total;',
          to: 'entry[k] <-- (k == 0 ? total + 400 : total) / (challenge - pole);',
        },
      ],
      epoch: understated,
    },
    {
      name: 'the sum of keys being all of them',
      edits: [
        {
          file: 'solvency.circom',
          from: 'final.keySum <== keys.out;',
          to: 'final.keySum <-- claimed;',
        },
        {
          file: 'solvency.circom',
          from: 'signal input reservesBlind;',
          to: 'signal input reservesBlind; signal input claimed;',
          adds: { name: 'claimed', shape: [] },
        },
      ],
      epoch: understated,
      inputs: (h, { ledger }) => ({ ...h, claimed: ledger.state.keySum }),
    },
    {
      name: 'the challenge being squeezed from the transcript (one is chosen at which the sums agree)',
      edits: [
        {
          file: 'challenge.circom',
          from: 'signal output out <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);',
          to: `signal squeezed <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);
            signal output out <-- squeezed * 100 / 500;`,
        },
      ],
      // 100/(r · 100/500) = 500/r
      epoch: () => epochOf(TABLE, [plain(account(1, [BTC, 500n]))], { totals: (t) => t.with(0, 100n) }),
    },
  ]
  for (const { name, edits, epoch, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => {
      const played = epoch()
      await expectRefusedBySolvency(played)
      await forgeSolvency(await copy(), played, inputs)
    })
  }

  test('control: both batches proven, and their totals claimed, are accepted', async () => {
    const epoch = epochOf(TABLE, [seen, unseen])
    await expectAccepted(epoch)
    const { totals, weightedTotals, state } = epoch.ledger
    const { keySum } = rightSides(TABLE.columns, totals, weightedTotals, epoch.points)
    expect(keySum).toBe(state.keySum)
  })
})
