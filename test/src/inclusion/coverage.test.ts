import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unnoticedChance } from '../../../src/inclusion/index.js'

/** `C(n, k)`, exactly. */
function choose(n: number, k: number): bigint {
  if (k > n) return 0n
  let product = 1n
  for (let i = 1; i <= k; i++) product = (product * BigInt(n - k + i)) / BigInt(i)
  return product
}

test('the chance that omissions stay unnoticed is the hypergeometric one (inclusion.13)', () => {
  expect(unnoticedChance({ accounts: 1000, looking: 50, omitted: 20 })).toBeCloseTo(0.355, 3)
  expect(unnoticedChance({ accounts: 10, looking: 10, omitted: 1 })).toBe(0)
  expect(unnoticedChance({ accounts: 10, looking: 0, omitted: 10 })).toBe(1)
  expect(unnoticedChance({ accounts: 10, looking: 9, omitted: 1 })).toBeCloseTo(0.1)
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), fc.nat(60), (a, b, c) => {
      const accounts = Math.max(a, b, c, 1)
      const [looking, omitted] = [b, c]
      const exact =
        Number((choose(accounts - omitted, looking) * 10n ** 15n) / choose(accounts, looking)) / 1e15
      expect(unnoticedChance({ accounts, looking, omitted })).toBeCloseTo(exact, 12)
    }),
  )
})
