import { expect, test } from 'vitest'
import { normalCdf } from '../../../src/models/normal.js'

/** From 50-digit arithmetic: `ncdf` of mpmath 1.3. */
const VECTORS = [
  [-37, 5.725571222524577e-300],
  [-30, 4.906713927148187e-198],
  [-20, 2.7536241186062337e-89],
  [-12, 1.776482112077679e-33],
  [-8, 6.220960574271784e-16],
  [-6, 9.86587645037698e-10],
  [-4.5, 3.3976731247300603e-6],
  [-3, 0.0013498980316300946],
  [-2.5, 0.006209665325776135],
  [-2, 0.02275013194817921],
  [-1.5, 0.06680720126885807],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [-0.1, 0.460172162722971],
  [-1e-8, 0.4999999960105772],
  [0, 0.5],
  [1e-300, 0.5],
  [0.01, 0.5039893563146316],
  [0.3, 0.6179114221889526],
  [0.6744897501960817, 0.75],
  [1.2815515655446004, 0.9],
  [1.6448536269514722, 0.95],
  [2.3263478740408408, 0.99],
  [3, 0.9986501019683699],
  [4.1, 0.9999793424930874],
  [6, 0.9999999990134123],
  [8, 0.9999999999999994],
  [40, 1],
] as const

test('the normal distribution function is right to the last digits, and in the lower tail to twelve of them (risk.5)', () => {
  for (const [x, value] of VECTORS) {
    expect(Math.abs(normalCdf(x) - value), `at ${x}`).toBeLessThan(5e-16)
    if (x < 0) expect(Math.abs(normalCdf(x) / value - 1), `of its value at ${x}`).toBeLessThan(1e-12)
  }
  expect([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN].map(normalCdf)).toEqual([
    0,
    1,
    Number.NaN,
  ])
})

test('the normal distribution function never falls, but for its error where its two computations meet (risk.5)', () => {
  for (const [from, step] of [
    [-9, 1e-3],
    [-2.5 - 1e-12, 1e-15],
    [2.5 - 1e-12, 1e-15],
  ] as const) {
    let last = 0
    for (let i = 0; i < 18_000; i++) {
      const value = normalCdf(from + i * step)
      expect(value, `at ${from} + ${i} · ${step}`).toBeGreaterThanOrEqual(last - 1e-15)
      last = value
    }
  }
})
