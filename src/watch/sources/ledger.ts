import { randomBytes } from 'node:crypto'
import { InputError } from '../../errors/index.js'
import { keyOf, magnitudeOf, type Slot, sideOf } from '../../field/index.js'
import { readJsonFile } from '../../files/index.js'
import { readReserves, readRiskTable } from '../../inputs/index.js'
import { readLedger } from '../../ledger/index.js'
import { isTiered, marketScenarios, type RiskTable } from '../../risk/index.js'
import { isSettledAtMark } from '../../rules/index.js'
import { editable } from '../../schema/index.js'
import { FULL_RESERVES, policySchema } from '../../statements/index.js'
import { checkSolvency } from '../../venue/index.js'
import type { WatchConfig } from '../config.js'
import type { WatchSource } from '../loop.js'
import { type Sample, sample } from '../samples.js'
import { isLoopback } from '../server.js'

const QUANTILES = [0.01, 0.05, 0.1, 0.25, 0.5]
/** Holders whose share is told. */
const TOPS = [1, 10]
/** Where no scenario takes an account's equity: more than this is not told. */
const FARTHEST = 10

/**
 * What a venue's own accounts come to: sums and quantiles, never an account. Private all the same.
 *
 * @throws {InputError} `WATCH_LEDGER`
 */
export function ledgerSource(accounts: string, config: WatchConfig): WatchSource {
  const { ledger, listen } = config
  if (ledger === undefined) {
    throw new InputError('WATCH_LEDGER', 'the configuration has no ledger, which accounts need', {
      where: config.file,
      hint: 'Name risk table and reserves: "ledger": { "risk": "risk.json", "reserves": "reserves.json" }.',
    })
  }
  if (!isLoopback(listen.host)) {
    throw new InputError('WATCH_LEDGER', 'what accounts come to is private, and others could read it here', {
      where: `${config.file}: listen.host`,
      hint: 'Leave the host out, so that this machine alone is answered.',
    })
  }
  let told: Sample[] = []
  return {
    name: 'ledger',
    every: ledger.every,
    async refresh(now) {
      const table = await readRiskTable(config.at(ledger.risk))
      const reserves = await readReserves(config.at(ledger.reserves), table)
      const policy =
        ledger.policy === undefined
          ? FULL_RESERVES
          : await readJsonFile(config.at(ledger.policy), editable(policySchema))
      const { scenarios, cover } = await checkSolvency({ accounts, table, reserves, policy })
      const positions = await positionsOf(accounts, table, now)
      told = [
        ...scenarios.flatMap(({ scenario, shortfalls, owed, held, cover: of }) => [
          sample('plimsoll_scenario_shortfall', { scenario }, Number(shortfalls), now),
          ...(Number(owed) > 0
            ? [sample('plimsoll_scenario_margin_ratio', { scenario }, Number(held) / Number(owed), now)]
            : []),
          sample('plimsoll_cover_need', { scenario, top: `${cover}` }, Number(of.needed), now),
          sample('plimsoll_cover_fund', { scenario }, Number(of.fund), now),
        ]),
        ...positions,
      ]
    },
    samples: () => told,
  }
}

async function positionsOf(path: string, table: RiskTable, now: number): Promise<Sample[]> {
  const valued = isTiered(table) ? undefined : new Distances(table)
  const holders = new Holders()
  const ledger = await readLedger(path, table)
  try {
    for await (const { slots } of ledger.accounts({ shuffleSeed: randomBytes(16) })) {
      valued?.add(slots)
      for (const slot of slots) holders.add(slot)
    }
  } finally {
    await ledger.close()
  }
  return [...(valued?.samples(now) ?? []), ...holders.samples(table, now)]
}

/** How much of its worst scenario each account survives that could come to owe. */
class Distances {
  private readonly values: readonly (readonly bigint[])[]
  private readonly marks: readonly bigint[]
  private readonly settled: readonly boolean[]
  private readonly distances: number[] = []

  constructor(table: RiskTable) {
    this.settled = table.instruments.map(({ kind }) => isSettledAtMark(kind))
    this.marks = table.instruments.flatMap(({ mark }, i) => (this.settled[i] ? [0n, 0n] : [mark, mark]))
    this.values = marketScenarios(table).map(({ scenario }) =>
      scenario.values.flatMap(({ long, short }) => [long, short]),
    )
  }

  add(slots: readonly Slot[]): void {
    if (!slots.some(({ instrument, quantity }) => quantity < 0n || this.settled[instrument])) return
    const worth = (values: readonly bigint[]) =>
      slots.reduce((sum, slot) => sum + slot.quantity * values[keyOf(slot)]!, 0n)
    const now = worth(this.marks)
    let worst = now
    for (const values of this.values) {
      const then = worth(values)
      if (then < worst) worst = then
    }
    this.distances.push(now <= 0n ? 0 : Math.min(FARTHEST, Number(now) / Number(now - worst)))
  }

  samples(now: number): Sample[] {
    const sorted = Float64Array.from(this.distances).sort()
    if (sorted.length === 0 || this.values.length === 0) return []
    return QUANTILES.map((quantile) => {
      const rank = Math.max(0, Math.ceil(quantile * sorted.length) - 1)
      const labels = { quantile: `${quantile}` }
      return sample('plimsoll_liquidation_distance_ratio', labels, sorted[rank]!, now)
    })
  }
}

/** Of each side of each instrument, all units and the largest holdings. */
class Holders {
  private readonly sides = new Map<number, { all: bigint; largest: bigint[] }>()

  add(slot: Slot): void {
    const units = magnitudeOf(slot.quantity)
    const key = keyOf(slot)
    const side = this.sides.get(key) ?? { all: 0n, largest: [] }
    this.sides.set(key, side)
    side.all += units
    const place = side.largest.findIndex((other) => other < units)
    side.largest.splice(place === -1 ? side.largest.length : place, 0, units)
    side.largest.length = Math.min(side.largest.length, Math.max(...TOPS))
  }

  samples({ instruments }: RiskTable, now: number): Sample[] {
    return [...this.sides].flatMap(([key, { all, largest }]) => {
      const { instrument, side } = sideOf(key)
      const { symbol, tier } = instruments[instrument]!
      if (all === 0n || tier !== undefined) return []
      return TOPS.map((top) => {
        const held = largest.slice(0, top).reduce((sum, units) => sum + units, 0n)
        const labels = { instrument: symbol, side, top: `${top}` }
        return sample('plimsoll_concentration_ratio', labels, Number(held) / Number(all), now)
      })
    })
  }
}
