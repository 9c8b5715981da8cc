import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { assertPinnedCircuit } from '../../../src/bundle/index.js'
import { isKnownSize } from '../../../src/epoch/index.js'
import {
  canHaveSizes,
  circuitHashOf,
  ESTIMATE_ERROR,
  estimateCount,
  isOwnInstance,
  knownInstance,
  namedInstance,
  OWN_STATEMENTS,
  ownInstance,
  ownInstanceName,
  ownInstanceNamed,
  shippedInstances,
  shippedSnapshot,
} from '../../../src/statements/index.js'
import { codeOf } from '../../helpers/code-of.js'

/** Names of instances at a bound, and just beyond it, with what is said of that. */
const BOUNDS: [within: string, beyond: string, says: RegExp][] = [
  ['ledger-own-1-4-0-0', 'ledger-own-0-4-0-0', /^ACCOUNTS has to be from 1 to 4096/],
  ['ledger-own-3000-4-0-0', 'ledger-own-4097-4-0-0', /^ACCOUNTS has to be from 1 to 4096/],
  ['ledger-own-7-64-0-0', 'ledger-own-7-32-0-0', /^SLOTS has to be one of 4, 16, 64, 256, 1024/],
  ['ledger-own-3-1024-0-0', 'ledger-own-3-2048-0-0', /^SLOTS has to be one of/],
  ['ledger-own-3-4-16-0', 'ledger-own-3-4-17-0', /^SCENARIOS has to be from 0 to 16/],
  ['ledger-own-3-4-1-4', 'ledger-own-3-4-1-5', /^PLEDGED has to be at most SLOTS, 4/],
  ['ledger-own-3-4-1-1', 'ledger-own-3-4-0-1', /^PLEDGED has to be 0 without scenarios/],
  [
    'ledger-own-1024-16-0-0',
    'ledger-own-1025-16-0-0',
    /^ACCOUNTS times SLOTS .* at most 16384, and is 16400/,
  ],
  [
    'ledger-own-16-1024-0-0',
    'ledger-own-17-1024-0-0',
    /^ACCOUNTS times SLOTS .* at most 16384, and is 17408/,
  ],
  ['ledger-own-2048-4-1-0', 'ledger-own-4096-4-1-0', /^ACCOUNTS has to be at most 4095 with scenarios/],
  [
    'ledger-own-1300-4-4-0',
    'ledger-own-4095-4-4-0',
    /^ACCOUNTS and the other sizes are too large: about [\d,]+ constraints are more than a domain of 2\^21/,
  ],
  ['solvency-own-1-0-0-0', 'solvency-own-0-0-0-0', /^SPOTS has to be at least 1/],
  ['solvency-own-2-0-0-16', 'solvency-own-2-0-0-17', /^SCENARIOS has to be from 0 to 16/],
  ['solvency-own-1-0-8000-1', 'solvency-own-1-0-16385-1', /^TIERS has to be from 0 to 16384/],
  ['solvency-own-1-0-1-1', 'solvency-own-1-0-1-0', /^TIERS has to be 0 without scenarios/],
  ['solvency-own-1-1-0-1', 'solvency-own-1-1-0-0', /^DERIVATIVES has to be 0 without scenarios/],
  [
    'solvency-own-4000-0-0-0',
    'solvency-own-16385-0-0-0',
    /^SPOTS and DERIVATIVES twice, and TIERS, have to be at most 32768 together, and are 32770/,
  ],
  ['solvency-own-1-4000-0-4', 'solvency-own-1-16384-0-4', /at most 32768 together, and are 32770/],
  ['solvency-own-4000-0-0-0', 'solvency-own-8000-0-0-0', /^SPOTS and the other sizes are too large/],
  ['margin-own-1-1-1-1-1-1', 'margin-own-0-1-1-1-1-1', /^SLOTS has to be from 1 to 64/],
  ['margin-own-64-1-1-1-1-1', 'margin-own-65-1-1-1-1-1', /^SLOTS has to be from 1 to 64/],
  ['margin-own-1-33-1-1-1-1', 'margin-own-1-34-1-1-1-1', /^SCENARIOS has to be from 1 to 33/],
  ['margin-own-1-1-64-1-1-1', 'margin-own-1-1-65-1-1-1', /^GROUPS has to be from 1 to 64/],
  ['margin-own-1-1-1-256-1-1', 'margin-own-1-1-1-257-1-1', /^LINES has to be from 1 to 256/],
  ['margin-own-1-1-1-1-64-1', 'margin-own-1-1-1-1-65-1', /^LINKS has to be from 1 to 64/],
  ['margin-own-1-1-1-1-1-4', 'margin-own-1-1-1-1-1-5', /^LEVELS has to be from 1 to 4/],
  ['liquidation-own-1-1-1-1-1-1', 'liquidation-own-65-1-1-1-1-1', /^SLOTS has to be from 1 to 64/],
  ['backing-own-1', 'backing-own-0', /^SPOTS has to be from 1 to 16384/],
  ['backing-own-5500', 'backing-own-16384', /^SPOTS and the other sizes are too large/],
  ['disclosure-own-1-0-0', 'disclosure-own-0-0-0', /^SPOTS has to be at least 1/],
  ['disclosure-own-3000-0-0', 'disclosure-own-16384-0-0', /^SPOTS and the other sizes are too large/],
]

describe("instances of a project's own sizes (key.11)", () => {
  test.each(BOUNDS)('%s is one, and %s is refused with the bound that it breaks', (within, beyond, says) => {
    expect(namedInstance(within).name).toBe(within)
    expect(knownInstance(within)).toEqual(namedInstance(within))
    let error: unknown
    try {
      namedInstance(beyond)
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ code: 'INSTANCE_SIZE', exitCode: 2, what: expect.stringMatching(says) })
    expect(error).toMatchObject({ where: expect.stringMatching(`^${beyond}: params\\.[A-Z]+$`) })
    // Who verifies says of it what is said of any other name that there is no instance of.
    expect(knownInstance(beyond)).toBeUndefined()
  })

  test('every shipped instance keeps the bounds, and none has an own name', () => {
    for (const instance of shippedInstances()) {
      expect(canHaveSizes(instance), instance.name).toBe(true)
      expect(instance.name).not.toMatch(/-own-/)
      expect(isOwnInstance(instance.name)).toBe(false)
    }
    expect([...new Set(shippedInstances().map(({ statement }) => statement))].sort()).toEqual(
      [...OWN_STATEMENTS].sort(),
    )
  })

  test('have all but their sizes from the statement, and one name each', () => {
    const sizes = { SCENARIOS: 1, ACCOUNTS: 20, PLEDGED: 9, SLOTS: 16 }
    const own = ownInstance({ statement: 'ledger', params: sizes })
    const { file, template, public: signals } = namedInstance('ledger-16-16')
    expect(own).toEqual({
      ...{ name: 'ledger-own-20-16-1-9', statement: 'ledger', file, template, public: signals },
      params: { ACCOUNTS: 20, SLOTS: 16, SCENARIOS: 1, PLEDGED: 9 },
    })
    expect(Object.keys(own.params)).toEqual(['ACCOUNTS', 'SLOTS', 'SCENARIOS', 'PLEDGED'])
    expect(ownInstanceNamed(own.name)).toEqual(own)
    for (const name of [
      ...['ledger-own-020-16-1-9', 'ledger-own-20-16-1', 'ledger-own-20-16-1-9-0', 'ledger-own-20-16-1--9'],
      ...['ledger-own-20-16-1-9 ', 'Ledger-own-20-16-1-9', 'ledger-own-2e1-16-1-9', 'ledger-own-+20-16-1-9'],
      ...['reserves-own-1-1-1-1', 'constructor-own-1', '__proto__', '../ledger-own-20-16-1-9', 'ledger-own-'],
    ]) {
      expect(ownInstanceNamed(name), name).toBeUndefined()
      expect(knownInstance(name), name).toBeUndefined()
      expect(codeOf(() => namedInstance(name))).toBe('INSTANCE_UNKNOWN')
    }
  })

  test.each([
    [{ ACCOUNTS: 1, SLOTS: 4, SCENARIOS: 0 }, /^PLEDGED is missing/],
    [
      { ACCOUNTS: 1, SLOTS: 4, SCENARIOS: 0, PLEDGED: 0, TEMPLATE: 1 },
      /^TEMPLATE is no size of ledger: those are ACC/,
    ],
    [{ ACCOUNTS: 1.5, SLOTS: 4, SCENARIOS: 0, PLEDGED: 0 }, /^ACCOUNTS has to be a whole number/],
    [{ ACCOUNTS: 1, SLOTS: 4, SCENARIOS: -1, PLEDGED: 0 }, /^SCENARIOS has to be a whole number/],
    [{ ACCOUNTS: 1, SLOTS: 4, SCENARIOS: 0, PLEDGED: Number.NaN }, /^PLEDGED has to be a whole number/],
  ])('%j is refused by the size that is missing, unknown or no number', (params, says) => {
    expect(() => ownInstance({ statement: 'ledger', params: params as Record<string, number> })).toThrow(
      expect.objectContaining({ code: 'INSTANCE_SIZE', what: expect.stringMatching(says) }),
    )
  })

  test('with the sizes of a shipped instance have its very circuit; of others no version knows it', () => {
    const alike = ownInstanceName(namedInstance('ledger-tiny'))
    expect(alike).toBe('ledger-own-4-4-0-0')
    expect(circuitHashOf(alike)).toBe(circuitHashOf('ledger-tiny'))
    expect(shippedSnapshot(alike)).toEqual(shippedSnapshot('ledger-tiny'))
    expect(circuitHashOf('ledger-own-5-4-0-0')).toBeUndefined()
    const [keyHash, circuitHash] = ['cd'.repeat(32), 'ab'.repeat(32)]
    assertPinnedCircuit('ledger-own-5-4-0-0', { keyHash, circuitHash })
    for (const name of [alike, 'ledger-tiny', 'ledger-own-5-5-0-0', 'ledger-own-05-4-0-0', 'product-tiny']) {
      expect(() => assertPinnedCircuit(name, { keyHash, circuitHash }), name).toThrow(
        expect.objectContaining({ code: 'CIRCUIT_UNPINNED', exitCode: 3 }),
      )
    }
  })

  test('have the bounds that the templates assert, where no constant of both says them', () => {
    const circuits = new URL('../../../circuits/', import.meta.url)
    const asserted = (file: string, text: string) =>
      expect(readFileSync(new URL(file, circuits), 'utf8')).toContain(`assert(${text});`)
    asserted('margin.circom', 'SLOTS <= 64 && GROUPS <= 64 && LINES <= 256')
    asserted('lib/margin-rows-root.circom', 'LEVELS >= 1 && LEVELS <= 4')
    asserted('lib/margin-row.circom', 'SCENARIOS >= 1 && SCENARIOS <= MARGIN_SCENARIOS()')
    asserted('lib/batch-root.circom', 'N >= 1 && N <= 16 ** BATCH_DEPTH()')
    asserted('ledger.circom', 'PLEDGED <= SLOTS && (PLEDGED == 0 || SCENARIOS > 0)')
    asserted('ledger.circom', 'ACCOUNTS * SLOTS <= 1 << BATCH_SLOTS_BITS()')
    asserted('solvency.circom', 'TIERS == 0 || SCENARIOS > 0')
    asserted('solvency.circom', 'KEYS <= 1 << TABLE_KEYS_BITS()')
  })

  test('bound the sizes of a table that a root is computed for', () => {
    const sizes = { spots: 5, derivatives: 1, tiers: 0, scenarios: 3 }
    expect(isKnownSize(sizes)).toBe(true)
    expect(isKnownSize({ ...sizes, scenarios: 17 })).toBe(false)
    expect(isKnownSize({ ...sizes, spots: 8000 })).toBe(false)
    expect(isKnownSize({ ...sizes, spots: 16_384, derivatives: 16_384 })).toBe(false)
  })

  test('are estimated as the shipped ones that fill a domain were counted, within the error that is allowed for', () => {
    const large = shippedInstances().filter(({ name }) => !name.includes('tiny'))
    expect(large.length).toBeGreaterThan(40)
    for (const instance of large) {
      const { nonLinear, linear } = shippedSnapshot(instance.name)!
      const estimated = estimateCount(instance)!.nonLinear
      expect(Math.abs(estimated / (nonLinear + linear) - 1), instance.name).toBeLessThan(ESTIMATE_ERROR)
    }
  })
})
