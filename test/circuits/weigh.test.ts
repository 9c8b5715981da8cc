import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit, type Edit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import {
  type Holding,
  rehashed,
  type SampleSettlement,
  TINY_ROWS,
  TINY_WEIGH,
  WEIGH_PUBLIC,
  weighed,
  weighMain,
  weighSample,
} from '../../scripts/soundness/samples/weigh.js'
import { type CircuitInputs, invertField, toField } from '../../src/field/index.js'
import { poseidon, ROLES } from '../../src/hash/index.js'
import {
  activityDigest,
  chunkSums,
  nextWeighState,
  placeLeaf,
  REASONS,
  settlementTranscript,
  WEIGH_SIGNALS,
  type WeighState,
  type WeighWitness,
  weighCommitment,
  weighInputs,
  weighModel,
} from '../../src/statements/index.js'
import { honestTransplant } from '../helpers/attack.js'
import { Copies } from '../helpers/copies.js'
import { forge } from '../helpers/ledger.js'
import { cases } from '../helpers/sweep.js'

const sourceOf = (activity: boolean) => ({
  include: 'weigh.circom',
  main: weighMain(activity ? TINY_ROWS : TINY_WEIGH),
  public: WEIGH_PUBLIC,
})
const accounts = new Copies(sourceOf(false))
const rows = new Copies(sourceOf(true))
let [ofAccounts, ofRows]: Circuit[] = []
beforeAll(async () => {
  ofAccounts = await Circuit.compile(sourceOf(false))
  ofRows = await Circuit.compile(sourceOf(true))
})
const circuitOf = ({ sizes }: WeighWitness) => (sizes.activity ? ofRows! : ofAccounts!)

/** What the plain model and the circuit both say. */
async function verdictOf(witness: WeighWitness): Promise<boolean> {
  const { valid } = weighModel(witness)
  expect(await circuitOf(witness).accepts(weighInputs(witness))).toBe(valid)
  return valid
}

const MAX = (1n << 64n) - 1n
const [COIN, CASH, PERP] = [0, 1, 32_768]
const one = (id: number, ...held: Holding[]) => weighed(id, held)
/** The same customer in the later epoch, whose salts are others. */
const then = (id: number, ...held: Holding[]) => weighed(id, held, { salt: 400n })

/** Two epochs with a stressed batch each, batches in several chunks, and rows of three reasons. */
const HONEST: SampleSettlement = {
  before: [
    [one(1, [COIN, 5n], [CASH, -3n]), one(2, [CASH, 10n]), undefined, one(3), { opaque: 55n }],
    Array.from({ length: 20 }, (_, u) => (u % 16 < 4 ? one(10 + u, [COIN, 1n]) : undefined)),
  ],
  after: [
    [then(1, [COIN, 8n], [CASH, -3n]), then(2, [CASH, 7n]), { opaque: 56n }],
    Array.from({ length: 20 }, (_, u) => (u % 16 < 4 ? then(10 + u, [COIN, 1n]) : undefined)),
  ],
  rows: {
    transfers: [[one(1, [COIN, 3n]), one(2, [CASH, -4n])]],
    takers: [[one(2, [CASH, 1n]), one(9, [PERP, MAX], [PERP, -MAX])]],
    allocations: [[one(4, [COIN, 1n]), one(4, [COIN, -1n])]],
  },
}
const honest = weighSample(HONEST).witnesses
/** Chunks of it: the first of a batch of two, the last of a tree, and rows. */
const [FIRST, SECOND, END, ROWS, LAST] = [0, 1, 2, 6, 8].map((i) => honest[i]!) as [
  WeighWitness,
  WeighWitness,
  WeighWitness,
  WeighWitness,
  WeighWitness,
]

describe('weigh accepts exactly what its plain model accepts (settlement.3)', () => {
  test('its public signals are in the documented order', async () => {
    const made = await ofAccounts!.witness(weighInputs(FIRST))
    expect(made.slice(1, 3)).toEqual(WEIGH_SIGNALS.map((name) => FIRST.signals[name]))
    expect(WEIGH_PUBLIC).toEqual([...WEIGH_SIGNALS])
  })

  test('chunks of every kind of a settlement, one after the other, which comes to nothing', async () => {
    const { chain } = weighSample(HONEST)
    expect(chain.state).toMatchObject({ tree: 9, next: 0, sum: 0n })
    expect(honest.map(({ before: { tree, next } }) => [tree, next])).toEqual([
      ...[
        [0, 0],
        [0, 4_096],
        [0, 4_112],
        [1, 0],
        [1, 4_096],
        [1, 4_112],
      ],
      ...[
        [2, 0],
        [7, 0],
        [8, 0],
      ],
    ])
    for (const [i, witness] of honest.entries()) {
      expect(await verdictOf(witness), `chunk ${i}`).toBe(true)
      expect(witness.signals.stateBefore).toBe(
        honest[i - 1]?.signals.stateAfter ??
          weighCommitment(chain.points.transcript, { tree: 0, next: 0, blind: 0n, sum: 0n, flowSum: 0n }),
      )
    }
  })

  test('empty batches, a chunk of nothing, and every slot at its largest', async () => {
    const full = (id: number) => one(id, [COIN, MAX], [CASH, -MAX], [PERP, MAX], [65_535, -MAX])
    const filled = { before: [[full(1), full(2), full(3), full(4)]], after: [[], [undefined], [then(1)]] }
    for (const witness of weighSample({ ...filled, rows: { trades: [[full(1), one(2)]] } }).witnesses) {
      expect(await verdictOf(witness)).toBe(true)
    }
  })

  test.each([
    { leaves: 17, level: 2, slots: 4, activity: false },
    { leaves: 2, level: 2, slots: 16, activity: true },
  ])('chunks of other sizes: %o', async (sizes) => {
    const of = (id: number) =>
      weighed(
        id,
        [
          [COIN, BigInt(id)],
          [PERP, -1n],
        ],
        { slots: sizes.slots },
      )
    const { witnesses } = weighSample(
      {
        before: [[...new Array<undefined>(16).fill(undefined), of(1), { opaque: 5n }], [of(2)]],
        after: [[of(1)]],
        rows: {
          transfers: [
            [of(1), of(2)],
            [of(3), of(4)],
          ],
        },
      },
      sizes,
    )
    const circuit = await Circuit.compile({
      include: 'weigh.circom',
      main: weighMain(sizes),
      public: WEIGH_PUBLIC,
    })
    for (const witness of witnesses.filter((own) => own.sizes.activity === sizes.activity)) {
      expect(weighModel(witness)).toEqual({ valid: true })
      expect(await circuit.accepts(weighInputs(witness))).toBe(true)
      const ended = { ...witness, batchEnd: true, treeEnd: !witness.treeEnd }
      expect(weighModel(ended).valid).toBe(false)
      expect(await circuit.accepts(weighInputs(ended))).toBe(false)
    }
  })

  test('what each part of the statement refuses', async () => {
    const refused: Record<string, WeighWitness> = {
      'another place': { ...SECOND, before: { ...SECOND.before, next: 4_112 } },
      'a place within a chunk': { ...SECOND, before: { ...SECOND.before, next: 4_097 } },
      'another tree': { ...FIRST, before: { ...FIRST.before, tree: 1 } },
      'another sum': { ...FIRST, before: { ...FIRST.before, sum: 1n } },
      'another sum of flows': { ...ROWS, before: { ...ROWS.before, flowSum: 1n } },
      'another blind': { ...FIRST, blindAfter: 1n },
      'other flows': { ...FIRST, flowsDigest: 1n },
      'another epoch': { ...FIRST, accountsAfter: 1n },
      'other rows': { ...FIRST, roots: { ...FIRST.roots, fees: 1n } },
      'another account': { ...FIRST, places: FIRST.places.with(0, one(1, [COIN, 6n], [CASH, -3n])) },
      'an account left out': { ...FIRST, places: FIRST.places.with(1, undefined) },
      'another leaf of no account': { ...FIRST, places: FIRST.places.with(4, { opaque: 54n }) },
      'a batch that goes on': { ...SECOND, batchEnd: true },
      'a tree that goes on': { ...FIRST, treeEnd: true },
      'a tree that ends within a batch': { ...END, batchEnd: false },
      'a tree that is left out': { ...END, later: 2 },
      'a tree that is left out at once': { ...LAST, later: 8 },
      'a later tree that is not said': { ...FIRST, later: 0 },
    }
    for (const [name, witness] of Object.entries(refused)) {
      if (witness.before.next % 16 !== 0) expect(weighModel(witness).valid, name).toBe(false)
      else expect(await verdictOf(witness), name).toBe(false)
    }
    expect(weighModel({ ...FIRST, places: [...FIRST.places, one(1)] }).valid).toBe(false)
    expect(weighModel({ ...ROWS, before: { ...ROWS.before, tree: 1 } }).valid).toBe(false)
    const [{ slots, ...holder }] = [one(1)]
    expect(weighModel({ ...FIRST, places: [{ ...holder, slots: slots.slice(1) }] }).valid).toBe(false)
  })

  test('random settlements, of which some witnesses are bent', async () => {
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(
        settlement,
        fc.nat(),
        fc.option(bend, { nil: undefined, freq: 2 }),
        async (given, pick, change) => {
          const { witnesses } = weighSample(given)
          const witness = witnesses[pick % witnesses.length]!
          seen[`${await verdictOf(change === undefined ? witness : { ...witness, ...change(witness) })}`]++
        },
      ),
      { numRuns: cases(24, 1_200), seed: 71 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(3)
  })
})

const holding = fc.tuple(
  fc.constantFrom(COIN, CASH, PERP, 65_535, 0),
  fc.oneof(fc.constantFrom(0n, 1n, -1n, MAX, -MAX), fc.bigInt(-MAX, MAX)),
)
const place = fc.option(
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.array(holding, { maxLength: 4 }))
    .map(([id, held]) => weighed(id, held)),
  { nil: undefined, freq: 3 },
)
const batch = fc
  .tuple(fc.array(place, { maxLength: 4 }), fc.option(fc.array(place, { maxLength: 4 }), { freq: 2 }))
  .map(([first, second]) =>
    second === null
      ? first
      : [...first, ...new Array<undefined>(16 - first.length).fill(undefined), ...second],
  )
const tree = fc.array(batch, { minLength: 1, maxLength: 3 })
const epoch = fc.tuple(tree, fc.option(fc.bigInt(0n, 9n), { nil: undefined })).map(([batches, opaque]) =>
  batches.map((places, b) => {
    if (opaque === undefined || b > 0 || places.length > 4) return places
    return [...places, { opaque }]
  }),
)
const settlement: fc.Arbitrary<SampleSettlement> = fc.record({
  before: epoch,
  after: epoch,
  rows: fc.dictionary(fc.constantFrom(...REASONS), tree, { maxKeys: 3 }),
})

/** A change of a witness; some change nothing that counts. */
const bend: fc.Arbitrary<(witness: WeighWitness) => Partial<WeighWitness>> = fc.oneof(
  ...(['batchEnd', 'treeEnd'] as const).map((end) =>
    fc.constant((witness: WeighWitness) => ({ [end]: !witness[end] })),
  ),
  fc.integer({ min: 0, max: 9 }).map((later) => () => ({ later })),
  fc.constantFrom('sum', 'flowSum', 'blind').map((part) => ({ before }: WeighWitness) => ({
    before: { ...before, [part]: toField(before[part as 'sum'] + 1n) },
  })),
  fc.constantFrom(16, 4_096).map((step) => ({ before }: WeighWitness) => ({
    before: { ...before, next: before.next + step },
  })),
  fc.constantFrom(...REASONS).map((reason) => ({ roots }: WeighWitness) => ({
    roots: { ...roots, [reason]: roots[reason] + 1n },
  })),
  fc.tuple(fc.nat(3), place).map(([at, other]) => ({ places }: WeighWitness) => ({
    places: Array.from({ length: Math.max(places.length, at + 1) }, (_, u) => (u === at ? other : places[u])),
  })),
)

describe('a settlement comes to nothing where every customer does, and only there (settlement.4)', () => {
  const sumOf = (given: SampleSettlement) => weighSample(given).chain.state.sum

  test('random books whose rows say what moved', () => {
    const books = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), holding, holding), { maxLength: 8 })
    fc.assert(
      fc.property(books, fc.constantFrom(...REASONS), (moves, reason) => {
        const small = ([instrument, quantity]: Holding): Holding => [instrument, quantity / 4n]
        const before = moves.map(([id, held]) => one(id, small(held)))
        const after = moves.map(([id, held, moved]) => then(id, small(held), small(moved)))
        const own = moves.map(([id, , moved]) => one(id, small(moved)))
        expect(sumOf({ before: [before], after: [after], rows: { [reason]: [own] } })).toBe(0n)
        if (own.some(({ slots }) => slots.some(({ quantity }) => quantity !== 0n))) {
          // Unless what moves of each customer nets out, as of two rows that are each other's opposite.
          const net = new Map<string, bigint>()
          for (const [id, , moved] of moves) {
            const key = `${id} ${moved[0]}`
            net.set(key, (net.get(key) ?? 0n) + moved[1] / 4n)
          }
          const nets = [...net.values()].every((amount) => amount === 0n)
          expect(sumOf({ before: [before], after: [after] }) === 0n).toBe(nets)
        }
      }),
      { numRuns: 40, seed: 72 },
    )
  })

  test.each<[string, Partial<SampleSettlement>]>([
    ['T02: a customer dropped', { after: [[then(2, [CASH, 7n])]] }],
    [
      'T02: a customer split into two',
      { after: [[then(1, [COIN, 4n]), then(5, [COIN, 4n]), then(2, [CASH, 7n])]] },
    ],
    ['T02: two customers merged', { after: [[then(1, [COIN, 8n], [CASH, 7n])]] }],
    [
      'T02: a customer invented',
      { after: [[then(1, [COIN, 8n]), then(2, [CASH, 7n]), then(5, [COIN, 1n])]] },
    ],
    [
      'T03: a unit moved from one customer to another',
      { after: [[then(1, [COIN, 7n]), then(2, [CASH, 7n], [COIN, 1n])]] },
    ],
    [
      'T03: a unit of one instrument that becomes one of another',
      { after: [[then(1, [COIN, 7n], [CASH, 1n]), then(2, [CASH, 7n])]] },
    ],
    [
      'T04: rows that cancel across instruments',
      { rows: { transfers: [[one(1, [COIN, 3n], [CASH, -3n])]] } },
    ],
    ['T04: rows that cancel across customers', { rows: { transfers: [[one(2, [COIN, 3n], [CASH, -3n])]] } }],
  ])('%s', (_, change) => {
    const given: SampleSettlement = {
      before: [[one(1, [COIN, 5n]), one(2, [CASH, 10n])]],
      after: [[then(1, [COIN, 8n]), then(2, [CASH, 7n])]],
      rows: { transfers: [[one(1, [COIN, 3n]), one(2, [CASH, -3n])]] },
    }
    expect(sumOf(given)).toBe(0n)
    expect(sumOf({ ...given, ...change })).not.toBe(0n)
  })

  test('T01: no chain of rows is one of a ledger, and no chunk of rows one of accounts', async () => {
    const row = weighSample({ ...HONEST, before: [[one(1, [COIN, -5n])]], after: [[one(1)]] }).witnesses[2]!
    expect(row.before.tree).toBe(2)
    for (const tree of [0, 1]) {
      const swapped = { ...row, before: { ...row.before, tree } }
      expect(weighModel(swapped).valid).toBe(false)
      expect(await ofRows!.accepts(weighInputs(swapped))).toBe(false)
    }
    const opened = { ...row, sizes: TINY_WEIGH }
    expect(weighModel(opened).valid).toBe(false)
    expect(await ofAccounts!.accepts(weighInputs(opened))).toBe(false)
    // A state of weighing is none of a ledger, whatever it commits to.
    expect(ROLES.weighed.tag).not.toBe(ROLES.state.tag)
  })

  test('T12: a customer whose identifier is the point has no sum, and another blind gives another', async () => {
    const { idPoint } = weighSample(HONEST).chain.points
    const points = { idPoint, instrumentPoint: 1n << 20n, flowPoint: 1n << 21n }
    const met = { ...one(1), accountId: idPoint }
    expect(() => chunkSums([met], 0, points)).toThrow(RangeError)
    expect(weighSample({ ...HONEST, flowsDigest: 78n }).chain.points.idPoint).not.toBe(idPoint)
    const place = await Circuit.compile({ include: 'weighed-place.circom', main: 'WeighedPlace(4, 0)' })
    const inputs: CircuitInputs = {
      ...{ account: 1n, accountId: 5n, owner: 0n, salt: 9n, instrumentPoint: 1n << 20n, flowPoint: 0n },
      ...{ group: 0n, apart: 0n, slots: [0, 1, 2, 3].map(() => new Array<bigint>(81).fill(0n)) },
    }
    expect(await place.accepts({ ...inputs, idPoint: 6n })).toBe(true)
    expect(await place.accepts({ ...inputs, idPoint: 5n })).toBe(false)
  })
})

/** Transfers are the only rows. */
const TRANSFERRED: SampleSettlement = { ...HONEST, rows: { transfers: HONEST.rows!.transfers! } }

/** Inputs of a witness with another state behind it. */
function stating(
  witness: WeighWitness,
  inputs: CircuitInputs,
  after: Partial<WeighState>,
  before: Partial<WeighState> = {},
): CircuitInputs {
  const points = settlementTranscript({ ...witness, activity: activityDigest(witness.roots) })
  const sums = chunkSums(witness.places, witness.before.tree, points)
  const own = { ...witness.before, ...before }
  const next = nextWeighState(own, sums, { tree: own.tree, next: own.next + 16, blind: witness.blindAfter })
  return {
    ...inputs,
    stateBefore: weighCommitment(points.transcript, own),
    stateAfter: weighCommitment(points.transcript, { ...next, ...after }),
  }
}

describe('weigh refuses the tampered witness that is accepted without (settlement.5)', () => {
  const file = 'weigh.circom'
  const cut = (from: string): Edit => ({ file, from, to: '' })
  const edit = (from: string, to: string): Edit => ({ file, from, to })
  const inPlace = (from: string, to = ''): Edit => ({ file: 'weighed-place.circom', from, to })
  const FENCE = 'fence[d][c] * (children[d][c] - EMPTY_ROOT(above < 0 ? LEVEL + d : above)) === 0;'
  const unfenced: Edit = { file: 'fenced-path.circom', from: FENCE, to: '' }
  const { points } = weighSample(HONEST).chain
  const sumsOf = (places: WeighWitness['places'], tree: number) => chunkSums(places, tree, points)
  /** The state behind a chunk at whose places something else stands. */
  const behind = ({ before, blindAfter }: WeighWitness, places: WeighWitness['places'], next: number) =>
    nextWeighState(before, sumsOf(places, before.tree), { tree: before.tree, next, blind: blindAfter })
  const leafAt = ({ places }: WeighWitness, at: number) => placeLeaf(places[at])

  const attacks: { name: string; copies?: Copies; edits: Edit[]; inputs: () => CircuitInputs }[] = [
    {
      name: 'T03: an account without holdings that is scaled to the leaf of another',
      edits: [inPlace('account * (account - 1) === 0;')],
      inputs: () => {
        const lie = one(5)
        const places = FIRST.places.with(1, lie)
        const scaled = toField(leafAt(FIRST, 1) * invertField(placeLeaf(lie)))
        const inputs = tampered(weighInputs({ ...FIRST, places }), { 'accounts[1]': scaled })
        return stating(FIRST, inputs, behind(FIRST, places, 4_096))
      },
    },
    {
      name: 'T03: slots under a place that is empty',
      edits: [inPlace('(1 - account) * held === 0;')],
      inputs: () => {
        const places = FIRST.places.with(2, one(5, [COIN, 100n]))
        const inputs = tampered(weighInputs({ ...FIRST, places }), { 'accounts[2]': 0n })
        return stating(FIRST, inputs, behind(FIRST, places, 4_096))
      },
    },
    {
      name: 'T03: another account than stands under the root',
      edits: [cut('path.root === root;')],
      inputs: () => {
        const places = FIRST.places.with(1, one(2, [CASH, 9n]))
        const inputs = weighInputs({ ...FIRST, places, ...rehashed(FIRST, places.map(placeLeaf)) })
        return stating(FIRST, inputs, behind(FIRST, places, 4_096))
      },
    },
    {
      name: 'T03: bits that are none',
      edits: [inPlace('LedgerSlot(1)(slots[s]);')],
      inputs: () => {
        const inputs = tampered(weighInputs(SECOND), { 'slots[0][0][0]': 3n, 'slots[0][0][1]': -1n })
        return stating(SECOND, inputs, {})
      },
    },
    {
      name: 'T02: an account that passes for the leaf of none',
      edits: [
        edit(
          'typed[0] <== Poseidon(TAG_EQUITIES(), 1)([opaque[0]]);',
          'signal none <== Poseidon(TAG_EQUITIES(), 1)([opaque[0]]); typed[0] <-- opaque[0];',
        ),
      ],
      inputs: () => {
        const places = SECOND.places.with(1, { opaque: leafAt(SECOND, 1) })
        return stating(SECOND, weighInputs({ ...SECOND, places }), behind(SECOND, places, 4_112))
      },
    },
    {
      name: 'T02: an account that passes for a multiple of the leaf of none',
      edits: [cut('opaques[u] * (opaques[u] - 1) === 0;')],
      inputs: () => {
        const typed = poseidon([3n], ROLES.equities.tag)
        const places = SECOND.places.with(1, undefined)
        const inputs = tampered(weighInputs({ ...SECOND, places }), {
          'opaque[0]': 3n,
          'opaques[1]': toField(leafAt(SECOND, 1) * invertField(typed)),
        })
        return stating(SECOND, inputs, behind(SECOND, places, 4_112))
      },
    },
    {
      name: 'T02: an account and the leaf of none at one place, which are a leaf together',
      edits: [cut('opaques[u] * accounts[u] === 0;')],
      inputs: () => {
        const [account, none] = [leafAt(FIRST, 0), leafAt(FIRST, 4)]
        const leaves = FIRST.places.map(placeLeaf).with(0, toField(account + none))
        const { children, root } = rehashed(FIRST, leaves)
        const witness = { ...FIRST, children, accountsBefore: root }
        return stating(witness, tampered(weighInputs(witness), { 'opaques[0]': 1n }), { next: 4_096 })
      },
    },
    {
      name: 'a convention of signs under which what is taken is given',
      edits: [cut('sign += 2 * tree[1];')],
      inputs: () => {
        const third = honest[3]!
        const { sum } = sumsOf(third.places, 0)
        return stating(third, weighInputs(third), { next: 4_096, sum: toField(third.before.sum + sum) })
      },
    },
    {
      name: 'a debt that counts as a holding',
      edits: [inPlace('magnitude * (1 - 2 * sign)', 'magnitude')],
      inputs: () => {
        const places = FIRST.places.with(0, one(1, [COIN, 5n], [CASH, 3n]))
        return stating(FIRST, weighInputs(FIRST), behind(FIRST, places, 4_096))
      },
    },
    {
      name: 'an account counted twice',
      edits: [
        inPlace('inverse <-- 1 / (idPoint - accountId);', 'inverse <-- 2 / (idPoint - accountId);'),
        inPlace('inverse * (idPoint - accountId) === 1;'),
      ],
      inputs: () => stating(SECOND, weighInputs(SECOND), twice(SECOND)),
    },
    {
      name: 'holdings counted twice',
      edits: [
        inPlace('entry[s] <-- signed[s] /', 'entry[s] <-- 2 * signed[s] /'),
        inPlace('entry[s] * (instrumentPoint - instrument) === signed[s];'),
      ],
      inputs: () => stating(SECOND, weighInputs(SECOND), twice(SECOND)),
    },
    {
      name: 'T05: a batch that ends with a leaf behind',
      edits: [unfenced],
      inputs: () => stating(SECOND, weighInputs({ ...SECOND, batchEnd: true }), { next: 8_192 }),
    },
    {
      name: 'T05: a tree that ends with a batch behind',
      edits: [unfenced],
      inputs: () => stating(FIRST, weighInputs({ ...FIRST, treeEnd: true }), { tree: 1, next: 0 }),
    },
    {
      name: 'T05: a tree that ends within a batch',
      edits: [cut('treeEnd * (1 - batchEnd) === 0;')],
      inputs: () => stating(SECOND, weighInputs({ ...SECOND, treeEnd: true }), { tree: 1, next: 0 }),
    },
    {
      name: 'T05: a batch that ends in part, so that the place behind it is any',
      edits: [cut('batchEnd * (batchEnd - 1) === 0;')],
      inputs: () => {
        const part = 100n * invertField(4_096n - 32n)
        const inputs = tampered(weighInputs({ ...END, treeEnd: false }), { batchEnd: part })
        return stating(END, inputs, { next: 4_112 + 16 + 100 })
      },
    },
    {
      name: 'T05: a chunk weighed from a state that is behind it',
      edits: [edit('before.next <== path.index;', 'before.next <== path.index - 16;')],
      inputs: () => stating(END, weighInputs(END), { tree: 1, next: 0 }, { next: 4_096 }),
    },
    {
      name: 'T05: a chunk after which the chain stays, to weigh it twice',
      edits: [edit('after.next <== next;', 'after.next <-- path.index;')],
      inputs: () => stating(SECOND, weighInputs(SECOND), { next: 4_096 }),
    },
    {
      name: 'T05: a tree that has rows left out',
      edits: [cut('(passed - reached) * all[i] === 0;')],
      inputs: () => stating(honest[5]!, weighInputs({ ...honest[5]!, later: 7 }), { tree: 7, next: 0 }),
    },
    {
      name: 'T05: a tree that is weighed again',
      edits: [cut('current[i] * reached === 0;')],
      inputs: () => stating(END, weighInputs({ ...END, later: 0 }), { tree: 0, next: 0 }),
    },
    {
      name: 'T05: a later tree that is made of three, so that one with rows is left out',
      edits: [cut('later[i] * (later[i] - 1) === 0;')],
      inputs: () => {
        // Reached as tree 2 is, and by its number none.
        const given = weighSample(TRANSFERRED).witnesses[5]!
        const inputs = tampered(weighInputs(given), { 'later[8]': -7n, 'later[9]': 7n })
        return stating(given, inputs, { tree: 9, next: 0 })
      },
    },
    {
      name: 'T06: states of two transcripts',
      edits: [edit('after.transcript <== settled.out;', 'after.transcript <== 0;')],
      inputs: () => ({
        ...weighInputs(SECOND),
        stateAfter: weighCommitment(0n, behind(SECOND, SECOND.places, 4_112)),
      }),
    },
    {
      name: 'T06: a transcript that leaves a root out, so that its rows are chosen after the points',
      copies: rows,
      edits: [
        {
          file: 'settlement-transcript.circom',
          from: '(TAG_ACTIVITY(), 7)(roots)',
          to: '(TAG_ACTIVITY(), 7)([roots[0], roots[1], roots[2], roots[3], roots[4], roots[5], 0])',
        },
      ],
      inputs: unseenRow,
    },
    {
      name: 'transfers that count in no flow, of a tree that is made of four',
      copies: rows,
      edits: [cut('tree[i] * (tree[i] - 1) === 0;')],
      inputs: () => {
        // By its number and its root tree 2; of what is counted of the four, nothing is left.
        const given = weighSample(TRANSFERRED).witnesses[6]!
        const inputs = tampered(weighInputs(given), { 'tree[4]': 1n, 'tree[5]': -2n, 'tree[6]': 1n })
        return stating(given, inputs, { tree: 9, next: 0, flowSum: 0n })
      },
    },
    {
      name: 'a withdrawal that passes for a deposit that is negative',
      copies: rows,
      edits: [inPlace('out[s] <== apart * sign;', 'out[s] <-- 0;')],
      inputs: () => {
        const { flowPoint } = points
        const flowSum = toField(3n * invertField(flowPoint) - 4n * invertField(toField(flowPoint - 2n)))
        return stating(ROWS, weighInputs(ROWS), { tree: 7, next: 0, flowSum })
      },
    },
    {
      name: 'rows counted twice',
      copies: rows,
      edits: [
        inPlace('flow[s] <-- (signed[s]', 'flow[s] <-- 2 * (signed[s]'),
        inPlace('flow[s] * (flowPoint - pole) === signed[s] + 2 * turned[s];'),
      ],
      inputs: () => {
        const { flowSum } = sumsOf(ROWS.places, 2)
        return stating(ROWS, weighInputs(ROWS), { tree: 7, next: 0, flowSum: toField(2n * flowSum) })
      },
    },
  ]
  const twice = ({ before, places }: WeighWitness) => ({
    sum: toField(before.sum + 2n * sumsOf(places, before.tree).sum),
  })
  for (const { name, copies = accounts, edits, inputs } of attacks) {
    const copy = copies.with(...edits)
    test(name, async () => forge(await copy(), copies === rows ? ofRows! : ofAccounts!, inputs()))
  }

  test('control: an honest witness of a copy, laid over the circuit, is accepted', async () => {
    const copy = accounts.with(cut('path.root === root;'))
    await honestTransplant(ofAccounts!, await copy(), weighInputs(FIRST))
  })
})

/**
 * Five coins leave a customer without a row. A row of nobody makes up for it in the sum: whose it is, is
 * solved for at points that do not depend on it.
 */
function unseenRow(): CircuitInputs {
  const stolen = { before: [[one(1, [COIN, 5n])]], after: [[then(1)]] }
  const { transcript, idPoint, instrumentPoint } = weighSample(stolen).chain.points
  const { sum } = weighSample(stolen).chain.state
  expect(sum).not.toBe(0n)
  const share = invertField(toField(sum * (instrumentPoint - BigInt(COIN))))
  const row = { ...one(1, [COIN, 1n]), accountId: toField(idPoint - share) }
  const witness = weighSample({ ...stolen, rows: { allocations: [[row]] } }).witnesses.at(-1)!
  const state = { tree: 8, next: 0, blind: witness.before.blind, sum, flowSum: 0n }
  return {
    ...weighInputs({ ...witness, before: state }),
    stateBefore: weighCommitment(transcript, state),
    stateAfter: weighCommitment(transcript, {
      tree: 9,
      next: 0,
      blind: witness.blindAfter,
      sum: 0n,
      flowSum: 0n,
    }),
  }
}
