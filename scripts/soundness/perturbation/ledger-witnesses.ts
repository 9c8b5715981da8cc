import type { CircuitInputs } from '../../../src/field/index.js'
import {
  type LedgerAccount,
  LedgerFold,
  type LedgerSizes,
  type LedgerTable,
  ledgerInputs,
} from '../../../src/statements/index.js'
import { account, stressTable, TABLE } from '../samples/ledger.js'

const TOP = (1n << 64n) - 1n
const SPAN = 1_000n // width of a tier

interface Shape {
  sizes: LedgerSizes
  tiered: boolean
}

type Slots = [instrument: number, quantity: bigint][]

/** Honest batches at the edges of what a `ledger` instance takes, by what is special about them. */
export function ledgerWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS, TIERED] = [
    'ACCOUNTS',
    'SLOTS',
    'INSTRUMENTS',
    'SCENARIOS',
    'TIERED',
  ].map((name) => params[name] ?? 0) as [number, number, number, number, number]
  const sizes = { accounts: ACCOUNTS, slots: SLOTS, instruments: INSTRUMENTS, scenarios: SCENARIOS }
  const shape = { sizes, tiered: TIERED === 1 }
  const signed = SCENARIOS > 0
  // Instruments 1, 4, 7… are tiers of the one before, where there are tiers.
  const limit = (instrument: number) => (shape.tiered && instrument % 3 === 1 ? SPAN : TOP)
  const table = (value: (scenario: number, key: number) => bigint) => tableOf(shape, value)
  const plain = table((s, key) => BigInt(10 * (s + 1) + key))
  const widest = table((s, key) => ((s + key) % 2 === 0 ? -TOP : TOP))
  // Where there are tiers, an account has each instrument once.
  const count = shape.tiered ? Math.min(SLOTS, INSTRUMENTS) : SLOTS
  const full =
    (sign: (slot: number, account: number) => boolean) =>
    (u: number): Slots =>
      Array.from({ length: count }, (_, i) => {
        const instrument = i % INSTRUMENTS
        const quantity = limit(instrument)
        return [instrument, sign(i, u) ? -quantity : quantity]
      })
  const filled = count < SLOTS ? 'every instrument held in full' : 'every slot full'
  const last = INSTRUMENTS - 1
  const edges: [string, LedgerTable, (u: number) => Slots, number][] = signed
    ? [
        [`${filled}, long`, widest, full(() => false), 1],
        [`${filled}, short`, widest, full(() => true), 1],
        [
          `${filled}, mixed signs, the first batch of another node of the tree`,
          plain,
          full((i, u) => (i + u) % 2 === 0),
          16,
        ],
        // The long of the first key is worth 10 a unit, the short of the last instrument costs 10 + its key.
        [
          'every equity zero in the first scenario',
          plain,
          () => [
            [0, BigInt(10 + 2 * last + 1)],
            [last, -10n],
          ],
          1,
        ],
      ]
    : [
        [filled, plain, full(() => false), 1],
        [`${filled}, the first batch of another node of the tree`, plain, full(() => false), 16],
        [
          'every slot full of the last instrument',
          plain,
          () => Array.from({ length: SLOTS }, () => [last, TOP]),
          1,
        ],
      ]
  const batches: typeof edges = [
    ['padding only, the first batch', plain, () => [], 0],
    ...edges,
    ['one account with one unit of the last instrument', plain, (u) => (u === 0 ? [[last, 1n]] : []), 1],
  ]
  return new Map(
    batches.map(([name, values, slots, before]) => {
      const accounts = Array.from({ length: ACCOUNTS }, (_, u) => account(u, ...slots(u)))
      return [name, batch(sizes, values, accounts, before)]
    }),
  )
}

function tableOf({ sizes, tiered }: Shape, value: (scenario: number, key: number) => bigint): LedgerTable {
  if (sizes.scenarios === 0) return TABLE
  const column = (s: number) => Array.from({ length: 2 * sizes.instruments }, (_, key) => value(s, key))
  const widths = Array.from({ length: sizes.instruments }, (_, i) => (i % 3 === 1 ? SPAN : 0n))
  return stressTable(
    Array.from({ length: sizes.scenarios }, (_, s) => column(s)),
    ...(tiered ? [widths] : []),
  )
}

/** The inputs of the batch after so many others, which hold nothing. */
function batch(
  sizes: LedgerSizes,
  table: LedgerTable,
  accounts: LedgerAccount[],
  before: number,
): CircuitInputs {
  const fold = new LedgerFold(sizes, table)
  const nobody = { ...sizes, accounts: 1 }
  for (let i = 0; i < before; i++) fold.fold(nobody, [account(i, [0, 5n])], BigInt(100 + i))
  return ledgerInputs(fold.fold(sizes, accounts, 99n))
}
