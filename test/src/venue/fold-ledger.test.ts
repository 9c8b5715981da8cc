import { describe, expect, test, vi } from 'vitest'
import { ledgerSizesOf, tableSizesOf } from '../../../src/epoch/index.js'
import { ELEMENT_BYTES, readLittleEndian } from '../../../src/field/index.js'
import type { Account } from '../../../src/ledger/index.js'
import { shapeKey, shapeOf } from '../../../src/ledger/index.js'
import { findInstance } from '../../../src/proving/index.js'
import { instrumentNumbers, type RiskTable, riskDigests } from '../../../src/risk/index.js'
import {
  batchLeaves,
  FULL_RESERVES,
  ledgerModel,
  resolvePolicy,
  solvencyModel,
  solvencyWitness,
} from '../../../src/statements/index.js'
import { EpochSecret } from '../../../src/venue/epoch-secret.js'
import { BatchWork, type SeatedAccount } from '../../../src/venue/fold/batch-work.js'
import {
  type FoldOptions,
  foldedBatches,
  foldLedger,
  foldTree,
  seatedBatches,
} from '../../../src/venue/fold-ledger.js'
import type { LedgerPlan } from '../../../src/venue/plan-ledger.js'

const row = (symbol: string, kind: 'spot' | 'perp' = 'spot') => ({
  symbol,
  kind,
  decimals: 0,
  mark: kind === 'spot' ? 10n : 4n,
})
/** One spot instrument with two tiers, another, and a perp: rows are in none of the orders of their kinds. */
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 2,
  instruments: [
    row('BTC-PERP', 'perp'),
    row('BTC'),
    { ...row('BTC:loan:1'), tier: { list: 'loan', width: 5n } },
    { ...row('BTC:loan:2'), tier: { list: 'loan', width: 9n } },
    row('USD'),
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [
        [0n, 0n],
        [0n, 10n],
        [9n, 10n],
        [5n, 10n],
        [0n, 10n],
      ],
    },
    {
      name: 'fall',
      values: [
        [-4n, -3n],
        [5n, 6n],
        [5n, 6n],
        [5n, 6n],
        [10n, 10n],
      ],
    },
  ].map(({ name, values }) => ({
    name,
    values: values.map(([long, short]) => ({ long: long!, short: short! })),
  })),
}
const [PERP, BTC, FIRST, SECOND, USD] = [0, 1, 2, 3, 4]
/** Of each kind, more than a batch has places for. */
const accounts: Account[] = Array.from({ length: 24 }, (_, u) => {
  const held: [number, bigint][] =
    u % 6 === 0
      ? [
          [FIRST, 5n],
          [SECOND, BigInt(u % 9)],
          [USD, -1n],
        ]
      : u % 6 === 1
        ? [
            [PERP, u % 4 === 1 ? 2n : -2n],
            [USD, 7n],
          ]
        : [
            [BTC, BigInt(u)],
            [USD, BigInt(3 * u)],
          ]
  return {
    id: `customer ${u}`,
    owner: 0n,
    slots: held
      .filter(([, quantity]) => quantity !== 0n)
      .map(([instrument, quantity]) => ({ instrument, quantity })),
  }
})

const NAMES = {
  plain: 'ledger-tiny',
  stressed: 'ledger-tiny-stress',
  pledged: 'ledger-tiny-pledged',
} as const

function foldOf(
  among: readonly Account[],
  threads: number,
  seed = EpochSecret.random().toHex(),
): FoldOptions {
  const numbers = instrumentNumbers(table)
  const sizesOf = (name: string) => ledgerSizesOf(findInstance(name))
  // A planner would not take a third key for so few accounts.
  const runs = (['plain', 'stressed', 'pledged'] as const).map((kind) => {
    const shapes = among.map(({ slots }) => shapeOf(slots, numbers)).filter((shape) => shape.kind === kind)
    const name = NAMES[kind]
    const batches = Math.ceil(shapes.length / sizesOf(name).accounts)
    return { shapes, run: { instance: { name, sizes: sizesOf(name) }, batches } }
  })
  const plan: LedgerPlan = {
    solvency: { name: 'solvency-tiny-tiers', sizes: tableSizesOf(findInstance('solvency-tiny-tiers')) },
    runs: runs.map(({ run }) => run),
    batches: runs.reduce((sum, { run }) => sum + run.batches, 0),
    routes: runs.map(({ shapes }, run) => ({
      shapes: [...new Set(shapes.map(shapeKey))],
      quotas: [{ run, accounts: shapes.length }],
    })),
  }
  return {
    plan,
    table,
    digests: riskDigests(table, plan.solvency.sizes),
    ledger: {
      async *accounts() {
        yield* among
      },
    },
    secret: EpochSecret.fromHex(seed),
    threads,
  }
}

async function listed<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const one of all) list.push(one)
  return list
}

describe('a fold of plain, stressed and pledged batches', () => {
  const options = foldOf(accounts, 0)

  test('is what the models of ledger and solvency accept, batch by batch to its end (ledger.16)', async () => {
    const folded = await foldLedger(options)
    const seen = new Map<string, number>()
    for await (const { index, instance, accounts: members, witness } of foldedBatches(options, folded)) {
      expect(ledgerModel(witness)).toEqual({ valid: true })
      expect([witness.signals.stateBefore, witness.signals.stateAfter]).toEqual(
        folded.states.slice(index, index + 2),
      )
      seen.set(instance.name, (seen.get(instance.name) ?? 0) + members.filter((m) => m !== undefined).length)
    }
    expect([...seen.keys()].sort()).toEqual(['ledger-tiny', 'ledger-tiny-pledged', 'ledger-tiny-stress'])
    expect([...seen.values()].reduce((sum, n) => sum + n)).toBe(accounts.length)
    const witness = solvencyWitness({
      sizes: options.digests.columns.sizes,
      ledger: folded.opening,
      table,
      policy: resolvePolicy({ ...FULL_RESERVES, minimumRatio: '0', valueRatio: '0' }, table),
      reserves: [0n, 1_000n, 0n, 0n, 1_000n],
      insurance: [0n, 0n, 0n, 0n, 1_000n],
      reservesBlind: 1n,
      context: 2n,
    })
    expect(solvencyModel(witness)).toEqual({ valid: true })
  })

  test('is the same again from the same seed, on one thread and on several, and another from another seed (epoch.8)', async () => {
    const [here, there] = [await foldLedger(options), await foldLedger({ ...options, threads: 2 })]
    expect(there.states).toEqual(here.states)
    expect(there.opening).toEqual(here.opening)
    const reading = await foldLedger({ ...options, kept: 0 })
    expect(reading.states).toEqual(here.states)
    expect((await foldTree({ ...options, threads: 3 })).roots.root).toBe(here.ledger.tree.root)
    const other = await foldLedger({ ...options, secret: EpochSecret.random() })
    expect(other.states.some((state) => here.states.includes(state))).toBe(false)
  })

  test('goes on behind batches that are kept as if they had been made, and makes nothing of them (epoch.8)', async () => {
    const folded = await foldLedger(options)
    const all = await listed(foldedBatches(options, folded))
    const keep = (index: number) => index !== 1 && index !== all.length - 1
    const place = vi.spyOn(BatchWork.prototype, 'place')
    try {
      const asked: [number, string][] = []
      const left = foldedBatches(options, folded, async (index, { name }) => {
        asked.push([index, name])
        return keep(index)
      })
      const made = await listed(left)
      expect(made).toEqual(all.filter(({ index }) => !keep(index)))
      expect(asked).toEqual(all.map(({ index, instance }) => [index, instance.name]))
      expect(place).toHaveBeenCalledTimes(made.length)
    } finally {
      place.mockRestore()
    }
  })

  test('says how far it is (cli.27)', async () => {
    const steps: string[] = []
    await foldLedger({
      ...options,
      progress: ({ pass, passes, done, of }) => steps.push(`${pass}/${passes} ${done}/${of}`),
    })
    const { batches } = options.plan
    expect(steps).toHaveLength(new Set(steps).size)
    expect(steps[0]).toBe(`1/3 1/${batches}`)
    expect(steps.at(-1)).toBe(`3/3 ${batches}/${batches}`)
  })

  test('seats every account at the place of its leaf, with the slots that are in it (inclusion.1)', async () => {
    const { leaves } = await foldTree({ ...options, threads: 0 })
    const seated = new Map<number, (SeatedAccount | undefined)[]>()
    for await (const { index, seats } of seatedBatches(options)) seated.set(index, seats)
    const seen: string[] = []
    for await (const batch of foldedBatches(options, await foldLedger(options))) {
      const expected = batchLeaves(batch.witness)
      const bytes = leaves[batch.index]!
      expect(expected.map((_, i) => readLittleEndian(bytes, i * ELEMENT_BYTES))).toEqual(expected)
      expect(bytes).toHaveLength(ELEMENT_BYTES * expected.length)
      const seats = seated.get(batch.index)!
      expect(seats.map((seat) => seat?.account)).toEqual(batch.accounts)
      for (const [i, seat] of seats.entries()) {
        if (seat === undefined) continue
        seen.push(seat.account.id)
        expect(seat.slots).toEqual(batch.witness.accounts[i]!.slots)
      }
    }
    expect(seen.toSorted()).toEqual(accounts.map(({ id }) => id).toSorted())
  })
})

test('a derivative whose longs and shorts differ is found before anything is proven (epoch.19)', async () => {
  const without = accounts.filter(({ id }) => id !== 'customer 1')
  await expect(foldLedger(foldOf(without, 0))).rejects.toMatchObject({
    code: 'LEDGER_UNBALANCED',
    message: expect.stringContaining('BTC-PERP: longs and shorts are not equal'),
  })
})

test('what a thread cannot do is the error of the fold (epoch.8)', async () => {
  const options = foldOf(accounts, 2)
  // Columns of other sizes: the work of every batch fails in its thread.
  const columns = { ...options.digests.columns, scenarios: [{}] } as typeof options.digests.columns
  await expect(foldLedger({ ...options, digests: { ...options.digests, columns } })).rejects.toThrow()
})
