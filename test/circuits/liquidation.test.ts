import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import {
  HAND_LIQUIDATION,
  HAND_LIQUIDATION_MAIN,
  HAND_POLICY,
  HAND_TABLE,
  handLiquidation,
  LIQUIDATION_PUBLIC,
  markedTable,
  SHORT_ACCOUNT,
  slotsOf,
  venueAccount,
} from '../../scripts/soundness/samples/liquidation.js'
import { accountWith } from '../../scripts/soundness/samples/margin-account.js'
import { StatementError } from '../../src/errors/index.js'
import { tableSizes } from '../../src/risk/index.js'
import { assertRule } from '../../src/rules/index.js'
import {
  cheapestLiquidationInstance,
  LIQUIDATION_SIGNALS,
  type LiquidationWitness,
  liquidationContext,
  liquidationInputs,
  liquidationNeeds,
  liquidationWitness,
  marginFigures,
  marginWitness,
  shippedInstances,
} from '../../src/statements/index.js'
import { deficitOf, liquidationFigures } from '../../src/statements/liquidation/model.js'
import { rules, SYMBOLS } from '../helpers/margin-arbitrary.js'
import { cases } from '../helpers/sweep.js'

const source = { include: 'liquidation.circom', main: HAND_LIQUIDATION_MAIN, public: LIQUIDATION_PUBLIC }
let circuit: Circuit
beforeAll(async () => {
  circuit = await Circuit.compile(source)
})

/** What the plain model and the circuit both say. */
async function verdictOf(witness: LiquidationWitness): Promise<boolean> {
  const made = await circuit.witness(liquidationInputs(witness)).catch((error: unknown) => {
    if (error instanceof StatementError) return undefined
    throw error
  })
  expect(made !== undefined, JSON.stringify(witness.verdict)).toBe(witness.verdict.valid)
  return witness.verdict.valid
}

describe('liquidation accepts exactly what its plain model accepts (liquidation.4)', () => {
  test('its public signals are in the documented order', async () => {
    const witness = handLiquidation()
    const made = await circuit.witness(liquidationInputs(witness))
    expect(circuit.satisfied(made)).toBe(true)
    expect(made.slice(1, 8)).toEqual(LIQUIDATION_SIGNALS.map((name) => witness.signals[name]))
    const shipped = shippedInstances().filter(({ statement }) => statement === 'liquidation')
    expect(shipped.map((instance) => instance.public)).toEqual(shipped.map(() => [...LIQUIDATION_SIGNALS]))
  })

  test('a part closed, and a whole account below the backstop', async () => {
    expect(await verdictOf(handLiquidation())).toBe(true)
    const all = { changes: [-10n, 6n, -4n, 370n], takeover: true }
    expect(await verdictOf(handLiquidation({ ...all, before: [10n, -6n, 4n, -190n] }))).toBe(true)
    expect(await verdictOf(handLiquidation({ ...all, before: [10n, -6n, 4n, -180n] }))).toBe(false)
    const rest = { ...all, changes: [-9n, 6n, -4n, 340n] }
    expect(await verdictOf(handLiquidation({ ...rest, before: [10n, -6n, 4n, -190n] }))).toBe(false)
  })

  test('cash that the account does not hold takes an empty slot, and one that it holds can change its side', async () => {
    const policy = { overshoot: 10n ** 13n }
    const none = handLiquidation({ before: [1n, -6n, 4n, 0n], changes: [0n, 2n, 0n, -1n], policy })
    expect(none.cashAt).toBe(3)
    expect(await verdictOf(none)).toBe(false)
    const short = handLiquidation({ before: [0n, -30n, 4n, 0n], changes: [0n, 20n, 0n, -1n], policy })
    expect(short.cashAt).toBe(2)
    expect(await verdictOf(short)).toBe(true)
    expect(await verdictOf(handLiquidation({ changes: [-5n, 0n, 0n, 145n], policy }))).toBe(true)
  })

  test('L20: random rules, accounts and liquidations, of which none is also provable by margin (liquidation.5)', async () => {
    const seen = { true: 0, false: 0 }
    const quantity = fc.bigInt(-30n, 30n)
    const kind = fc.constantFrom('spot' as const, 'perp' as const, 'future' as const, 'option' as const)
    const random = fc.record({
      rule: rules,
      held: fc.array(fc.record({ instrument: fc.nat(3), quantity }), { maxLength: 3 }),
      kinds: fc.array(kind, { minLength: 3, maxLength: 3 }),
      marks: fc.array(fc.bigInt(0n, 9n), { minLength: 3, maxLength: 3 }),
      parts: fc.array(fc.bigInt(0n, 4n), { minLength: 4, maxLength: 4 }),
      fee: fc.constantFrom(0n, 0n, 0n, 1n, 7n, -9n),
      takeover: fc.constantFrom(false, false, true),
      odd: fc.constantFrom(false, false, false, true),
      overshoot: fc.constantFrom(0n, 500n, 100_000n),
      threshold: fc.bigInt(-50n, 2_000n),
      trigger: fc.constantFrom(1_000_000n, 1_000_000n, 500_000n),
    })
    await fc.assert(
      fc.asyncProperty(random, async (given) => {
        const { held, parts, takeover } = given
        const rule = structuredClone(given.rule)
        rule.requirements[0]!.threshold = given.threshold
        assertRule(rule)
        const table = markedTable(rule, [...given.kinds, 'stablecoin'], [...given.marks, 1n], 0)
        const account = venueAccount(
          held.flatMap(({ instrument, quantity }) => {
            const only = SYMBOLS.map((_, i) => (i === instrument ? quantity : 0n))
            return slotsOf(table, only)
          }),
        )
        // Each position closes by a part, an odd one by more than there is; what is paid is its mark less a fee.
        let paid = -given.fee
        const changes = account.slots.flatMap(({ instrument, quantity }, i) => {
          const row = table.instruments.findIndex((_, r) => {
            const [slot] = slotsOf(
              table,
              SYMBOLS.map((__, k) => (k === r ? 1n : 0n)),
            )
            return slot!.instrument === instrument
          })
          if (quantity === 0n || row === 3) return []
          const most = takeover ? 4n : parts[i]!
          const change = -(given.odd ? quantity + 1n : (quantity * most) / 4n)
          if (table.instruments[row]!.kind === 'spot' || table.instruments[row]!.kind === 'option') {
            paid -= change * table.instruments[row]!.mark
          }
          return [{ instrument, quantity: change }]
        })
        const cash = slotsOf(table, [0n, 0n, 0n, 1n])[0]!.instrument
        const policy = {
          ...{ ...HAND_POLICY, requirement: 'maintenance', cash: 'D' },
          ...{ overshoot: given.overshoot, trigger: given.trigger, backstop: given.trigger },
        }
        let witness: LiquidationWitness
        try {
          witness = liquidationWitness({
            ...{ table, tableSizes: tableSizes(table), policy, account, context: 66n },
            movement: { changes: [...changes, { instrument: cash, quantity: paid }], salt: 5n, takeover },
            sizes: HAND_LIQUIDATION,
          })
        } catch (error) {
          const { code } = error as { code?: string }
          if (code === 'MARGIN_SIZE' || code === 'LIQUIDATION_CASH') return fc.pre(false)
          throw error
        }
        seen[`${await verdictOf(witness)}`]++
        // The bounds of the witness are those of the plain model, to the last digit.
        const positions = (side: 'before' | 'after') =>
          witness.liquidation.slots.map((slot) => ({ symbol: slot.symbol, quantity: slot[side] }))
        for (const [s, side] of (['before', 'after'] as const).entries()) {
          const portfolio = { cash: 0n, positions: positions(side) }
          const { equity } = marginFigures(rule, portfolio, 'for')
          const deficit = deficitOf(rule, portfolio, 'maintenance', 1n)
          expect(deficit + 1_000_000n * equity).toBe(witness.sides[s]!.required)
        }
        const { slack } = marginFigures(rule, { cash: 0n, positions: positions('before') }).requirements[0]!
        expect(witness.verdict.valid && slack >= 0n).toBe(false)
      }),
      { numRuns: cases(30, 1_000), seed: 19 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(5)
  })
})

describe('what a liquidation proof is about (liquidation.6)', () => {
  test('L20: the requirement is the one that margin is proven against, and the leaf the same', () => {
    const account = accountWith(slotsOf(HAND_TABLE, SHORT_ACCOUNT))
    const margin = marginWitness({
      ...{ sizes: HAND_LIQUIDATION, tableSizes: tableSizes(HAND_TABLE), table: HAND_TABLE },
      ...{ requirement: 'initial', account, domain: 1n, context: 2n },
    })
    const { signals } = handLiquidation()
    expect(margin.signals).toMatchObject({
      accountsRoot: signals.accountsRoot,
      riskRoot: signals.riskRoot,
      requirement: signals.requirement,
    })
    expect(margin.met).toBe(false)
  })

  test('L13: a leaf has one nullifier, whatever moves and under whatever salt; another leaf has another', () => {
    const one = handLiquidation().signals
    const other = handLiquidation({ salt: 7n, changes: [-1n, 0n, 0n, 30n] }).signals
    expect(other.nullifier).toBe(one.nullifier)
    expect(other.movement).not.toBe(one.movement)
    const account = venueAccount(slotsOf(HAND_TABLE, SHORT_ACCOUNT))
    expect(
      handLiquidation({ account: { ...account, salt: 8n, ...paths(account) } }).signals.nullifier,
    ).not.toBe(one.nullifier)
  })

  test('the policy is a digest of every number of it', () => {
    const changes = [
      {},
      ...(['trigger', 'target', 'backstop', 'penalty', 'takeoverPenalty', 'overshoot'] as const).map(
        (name) => ({
          [name]: HAND_POLICY[name] + 1n,
        }),
      ),
      { cash: 'A' },
    ]
    const digests = changes.map(
      (policy) => handLiquidation({ policy, changes: [0n, 1n, 0n, 0n] }).signals.policy,
    )
    expect(new Set(digests).size).toBe(changes.length)
  })

  test('the context is of one venue, epoch, chain and contract', () => {
    const contract = `0x${'11'.repeat(20)}` as const
    const one = { venue: 'Example', epoch: '2026-01' }
    const all = [
      one,
      { ...one, venue: 'Other' },
      { ...one, epoch: '2026-02' },
      { ...one, chainId: 1n, contract },
    ]
    const other = { ...one, chainId: 2n, contract }
    expect(new Set([...all, other].map(liquidationContext)).size).toBe(5)
  })

  test('an instance has room for the slot of cash', () => {
    const given = {
      table: HAND_TABLE,
      policy: HAND_POLICY,
      movement: { changes: [], salt: 1n, takeover: false },
    }
    const needs = (before: readonly bigint[]) =>
      liquidationNeeds({ ...given, account: venueAccount(slotsOf(HAND_TABLE, before)) })
    expect(needs(SHORT_ACCOUNT)).toMatchObject({ slots: 4, groups: 3, levels: 1, leafSlots: 4 })
    expect(needs([10n, -6n, 4n, 0n]).slots).toBe(4)
    const full = venueAccount(
      slotsOf(HAND_TABLE, [10n, -6n, 4n, 0n])
        .flatMap((slot) => [slot, slot])
        .slice(0, 4),
    )
    expect(liquidationNeeds({ ...given, account: full }).slots).toBe(5)
    expect(cheapestLiquidationInstance(needs(SHORT_ACCOUNT))?.name).toBe('liquidation-4')
    expect(() => handLiquidation({ account: full, changes: [0n, 0n, 0n, 0n] })).toThrow(/5 slots/)
  })

  test('what moves is held, and cash is in one slot', () => {
    expect(() => handLiquidation({ before: [10n, 0n, 4n, -52n], changes: [0n, 1n, 0n, 0n] })).toThrow(
      /does not hold/,
    )
    const twice = slotsOf(HAND_TABLE, [0n, 0n, 0n, -52n]).flatMap((slot) => [slot, slot])
    expect(() => handLiquidation({ account: venueAccount(twice) })).toThrow(/cash in two slots/)
  })
})

describe('amounts at the edges (liquidation.7)', () => {
  const MOST = (1n << 64n) - 1n
  test('L17: magnitudes and multiples at the edges of their widths are taken, and beyond refused', async () => {
    const deep = { before: [0n, -6n, 0n, -MOST] as const, changes: [0n, 1n, 0n, 0n] as const }
    expect(await verdictOf(handLiquidation(deep))).toBe(true)
    expect(await verdictOf(handLiquidation({ ...deep, changes: [0n, 1n, 0n, -1n] }))).toBe(false)
    const wide = (1n << 21n) - 1n
    expect(await verdictOf(handLiquidation({ policy: { target: wide } }))).toBe(true)
    for (const policy of [{ target: wide + 1n }, { trigger: 1_000_001n }, { backstop: 1_000_001n }]) {
      expect(await circuit.accepts(liquidationInputs(handLiquidation({ policy })))).toBe(false)
    }
    // A trigger of zero takes nobody who has something.
    expect(await verdictOf(handLiquidation({ policy: { trigger: 0n } }))).toBe(false)
  })

  test('L09: as far beyond the target as overshoot goes, and not a unit of value further', async () => {
    const { room } = liquidationFigures(
      { table: HAND_TABLE, policy: HAND_POLICY },
      handLiquidation().liquidation,
    )
    const overshoot = HAND_POLICY.overshoot - room / 10n ** 33n
    expect(await verdictOf(handLiquidation({ policy: { overshoot } }))).toBe(true)
    expect(await verdictOf(handLiquidation({ policy: { overshoot: overshoot - 1n } }))).toBe(false)
  })
})

function paths(account: ReturnType<typeof venueAccount>) {
  const { leafPath, batchPath } = accountWith(account.slots, 4, { salt: 8n })
  return { leafPath, batchPath }
}
