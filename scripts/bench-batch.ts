import type { CircuitInputs } from '../src/field/index.js'
import { DERIVATIVE_NUMBERS, riskRootOf, TIER_NUMBERS } from '../src/risk/index.js'
import { type Instance, type LedgerWitness, ledgerInputs } from '../src/statements/index.js'
import { foldSample } from './soundness/samples/fold.js'

const SPOTS = 64
const TIER_WIDTH = 1n << 62n

/** A number of 40 bits, another one for every `i`. */
const scattered = (i: number) => ((BigInt(i) * 0x9e3779b97f4a7c15n) & ((1n << 64n) - 1n)) >> 24n

/** Inputs of a `ledger` instance with every account and every slot in use. */
export function fullBatch(instance: Instance): CircuitInputs {
  return ledgerInputs(fullWitness(instance))
}

/** What those inputs are made of, with the signals that the proof shows. */
export function fullWitness({ params }: Instance): LedgerWitness {
  const { ACCOUNTS = 0, SLOTS = 0, SCENARIOS = 0, PLEDGED = 0 } = params
  const sizes = { accounts: ACCOUNTS, slots: SLOTS, scenarios: SCENARIOS, pledged: PLEDGED }
  const table = {
    sizes: { spots: SPOTS, derivatives: SPOTS, tiers: PLEDGED, scenarios: SCENARIOS },
    marks: Array.from({ length: 2 * SPOTS }, (_, i) => scattered(i)),
    scenarios: Array.from({ length: SCENARIOS }, (_, s) => ({
      name: BigInt(s + 1),
      requirement: false,
      values: Array.from({ length: 4 * SPOTS + PLEDGED }, (_, k) => scattered((s + 1) * SPOTS + (k >> 1))),
    })),
    tiers: Array.from({ length: PLEDGED }, (_, t) => ({ width: TIER_WIDTH, owner: t % SPOTS })),
  }
  const opening = { columns: table, rowsDigest: 7n, timestamp: 0n }
  /** Every slot in use; every third one of a stressed account short, every fifth in a derivative. */
  const accounts = Array.from({ length: ACCOUNTS }, (_, u) => ({
    holder: BigInt(u) ** 9n + 1n,
    slots: Array.from({ length: SLOTS }, (_, s) => {
      const quantity = scattered(u * SLOTS + s + 1) + 1n
      if (s < PLEDGED) return { instrument: TIER_NUMBERS + s, quantity }
      const derivative = SCENARIOS > 0 && (u + s) % 5 === 0 ? DERIVATIVE_NUMBERS : 0
      const short = SCENARIOS > 0 && (u + s) % 3 === 0
      return { instrument: derivative + ((u + s) % SPOTS), quantity: short ? -quantity : quantity }
    }),
  }))
  const { witnesses } = foldSample({ ...opening, riskRoot: riskRootOf(opening) }, [{ sizes, accounts }])
  return witnesses[0]!
}
