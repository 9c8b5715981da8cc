import type { CircuitInputs, Slot } from '../../../src/field/index.js'
import { DERIVATIVE_NUMBERS, TIER_NUMBERS } from '../../../src/risk/index.js'
import { type LedgerSizes, type LedgerTable, ledgerInputs } from '../../../src/statements/index.js'
import { foldSample, type SampleBatch } from '../samples/fold.js'
import { account, plain, tableOfColumns } from '../samples/ledger.js'

const TOP = (1n << 64n) - 1n
/** Largest value at which an account of 1,024 full slots stays within the range of an equity. */
const VALUE = (1n << 38n) - 1n
const SPAN = 1_000n // width of a tier
const SPOTS = 4
const DERIVATIVES = 2

/** Honest batches at the edges of what a `ledger` instance takes, by what is special about them. */
export function ledgerWitnesses(params: Record<string, number>): Map<string, CircuitInputs> {
  const [accounts, slots, scenarios, pledged] = ['ACCOUNTS', 'SLOTS', 'SCENARIOS', 'PLEDGED'].map(
    (name) => params[name] ?? 0,
  ) as [number, number, number, number]
  const sizes = { accounts, slots, scenarios, pledged }
  const free = slots - pledged
  const tiers: Slot[] = Array.from({ length: pledged }, (_, t) => ({
    instrument: TIER_NUMBERS + t,
    quantity: SPAN,
  }))
  const full = (sign: (slot: number, account: number) => bigint) => (u: number) => [
    ...tiers,
    ...Array.from({ length: free }, (_, i) => ({ instrument: i % SPOTS, quantity: sign(i, u) * TOP })),
  ]
  const long = () => 1n
  const mixed = (i: number, u: number) => ((i + u) % 2 === 0 ? 1n : -1n)
  const numbered = tableOf(sizes, (s, key) => BigInt(10 * (s + 1) + key))
  const widest = tableOf(sizes, (s, key) => ((s + key) % 2 === 0 ? -VALUE : VALUE))
  const half = 1n << 56n
  const edges: [string, LedgerTable, (u: number) => Slot[], number][] =
    scenarios > 0
      ? [
          ['every slot full, long', widest, full(long), 1],
          ['every slot full, short', widest, full(() => -1n), 1],
          [
            'every slot full, mixed signs, the first batch of another node of the tree',
            numbered,
            full(mixed),
            16,
          ],
          [
            'every equity zero in the first scenario, of a coin and a derivative',
            numbered,
            // A long of the first key is worth 10, a short of the first derivative costs 10 + 9.
            () => [
              { instrument: 0, quantity: 19n },
              { instrument: DERIVATIVE_NUMBERS, quantity: -10n },
            ],
            1,
          ],
          [
            'every equity at the lower end of its range',
            tableOf(sizes, () => half),
            () => [{ instrument: 1, quantity: -half }],
            1,
          ],
        ]
      : [
          ['every slot full', numbered, full(long), 1],
          ['every slot full, the first batch of another node of the tree', numbered, full(long), 16],
          [
            'every slot full of the last instrument',
            numbered,
            () => Array.from({ length: slots }, () => ({ instrument: SPOTS - 1, quantity: TOP })),
            1,
          ],
        ]
  const batches: typeof edges = [
    ['padding only, the first batch', numbered, () => [], 0],
    ...edges,
    [
      'one account with one unit of the last instrument',
      numbered,
      (u) => (u === 0 ? [{ instrument: SPOTS - 1, quantity: 1n }] : []),
      1,
    ],
  ]
  return new Map(
    batches.map(([name, table, held, before]) => {
      const all = Array.from({ length: accounts }, (_, u) => ({ ...account(u), slots: held(u) }))
      return [name, inputsOf(table, { sizes, accounts: all }, before)]
    }),
  )
}

function tableOf(
  { scenarios, pledged }: LedgerSizes,
  value: (scenario: number, key: number) => bigint,
): LedgerTable {
  const keys = 2 * (SPOTS + DERIVATIVES) + pledged
  return tableOfColumns({
    sizes: { spots: SPOTS, derivatives: DERIVATIVES, tiers: pledged, scenarios },
    marks: Array.from({ length: SPOTS + DERIVATIVES }, (_, i) => BigInt(i + 1)),
    scenarios: Array.from({ length: scenarios }, (_, s) => ({
      name: BigInt(s + 1),
      requirement: s === 0,
      values: Array.from({ length: keys }, (_, key) => value(s, key)),
    })),
    tiers: Array.from({ length: pledged }, (_, t) => ({ width: SPAN, owner: t % SPOTS })),
  })
}

/** The inputs of the batch after so many others, which hold nothing. */
function inputsOf(table: LedgerTable, batch: SampleBatch, before: number): CircuitInputs {
  const nobody = Array.from({ length: before }, () => plain())
  return ledgerInputs(foldSample(table, [...nobody, batch]).witnesses.at(-1)!)
}
