import { describe, expect, test } from 'vitest'
import { HAND_RULE } from '../../../scripts/soundness/samples/margin-rule.js'
import { FIELD_ORDER } from '../../../src/field/index.js'
import {
  compileRequirement,
  destinationCode,
  FACTOR_ONE,
  formatMarginRule,
  groupKey,
  lineKey,
  type MarginGroup,
  type MarginLine,
  type MarginRule,
  marginRoot,
  marginRowDigest,
  requirementDigest,
  statedDigest,
} from '../../../src/rules/index.js'
import { sha256Text } from '../../../src/schema/index.js'
import { poseidonFrom, spongeFrom } from '../../helpers/poseidon.js'

const changed = (change: (rule: MarginRule) => void): MarginRule => {
  const rule = structuredClone(HAND_RULE)
  change(rule)
  return rule
}
const inField = (x: bigint) => (x < 0n ? x + FIELD_ORDER : x)
const refusal = (code: string) => expect.objectContaining({ code })

describe('a margin row (risk.9)', () => {
  const { rows } = compileRequirement(HAND_RULE, 'initial')

  test('has the digest of its parts: 39 elements, lines four at a time in a chain from 0', () => {
    // Line, exposure, choice, two branches, destination, group, deduction, then what a unit long and a unit
    // short counts for.
    const at = (parts: number[], long: bigint, short: bigint) => {
      const [line, exposure, choice, branch0, branch1, to, group, deduction] = parts.map(BigInt) as [
        ...bigint[],
      ] & { length: 8 }
      const key =
        line! +
        exposure! * 2n ** 8n +
        choice! * 2n ** 16n +
        branch0! * 2n ** 32n +
        branch1! * 2n ** 33n +
        to! * 2n ** 34n +
        group! * 2n ** 38n +
        deduction! * 2n ** 58n
      return [key, inField(long), inField(short)]
    }
    // Id 1, and one more than the index of its sum.
    const OWN = 1 + 2 * 2 ** 16
    const first = poseidonFrom(19n, [
      0n,
      ...at([0, 0, 1, 1, 0, 7, OWN, 0], 1n, 1n),
      ...at([1, 0, 1, 0, 1, 7, OWN, 2], 6n, 6n),
      ...at([0, 1, 1, 0, 0, 7, OWN, 0], 1n, 1n),
      ...at([0, 0, 2, 0, 0, 8, OWN, 0], 20n, 20n),
    ])
    const second = poseidonFrom(19n, [
      first,
      ...at([0, 0, 3, 0, 0, 6, 0, 12], 2n, -2n),
      ...at([1, 0, 3, 0, 0, 6, 0, 12], -2n, 2n),
      ...new Array<bigint>(6).fill(0n),
    ])
    const own = 1n + 2n * 2n ** 16n + FACTOR_ONE * 2n ** 20n + FACTOR_ONE * 2n ** 60n
    const changes = [9n, ...new Array<bigint>(32).fill(inField(-2n))]
    expect(marginRowDigest(rows.get('C')!)).toBe(spongeFrom(18n, [20n, 21n, own, 0n, 0n, ...changes, second]))
    expect(marginRowDigest(rows.get('USD')!)).toBe(
      spongeFrom(18n, [1n, 1n, ...new Array<bigint>(37).fill(0n)]),
    )
  })

  test('repeats the last scenario: a rule that says it twice has the same rows and parameters', () => {
    const twice = changed(({ scan }) => {
      scan!.scenarios.push({ ...scan!.scenarios[1]!, name: 'again' })
      for (const { members } of scan!.groups) for (const { changes } of members) changes.push(changes[1]!)
    })
    for (const { name } of HAND_RULE.requirements) {
      const [one, other] = [compileRequirement(HAND_RULE, name), compileRequirement(twice, name)]
      expect(requirementDigest({ ...other, shape: one.shape })).toBe(requirementDigest(one))
      expect(other.shape).not.toBe(one.shape)
      for (const [symbol, row] of one.rows) {
        expect(marginRowDigest(other.rows.get(symbol)!)).toBe(marginRowDigest(row))
      }
    }
  })

  test('names groups and sums by what the requirement charges: another one has other rows', () => {
    const other = compileRequirement(HAND_RULE, 'maintenance').rows
    expect(rows.get('C')!.group).toMatchObject({ name: 'own', id: 1, sum: 1 })
    expect(other.get('C')!.group).toMatchObject({ name: 'own', id: 1, sum: 0 })
    const uncharged = changed(({ requirements }) => {
      delete requirements[0]!.worst
      requirements[0]!.charges = [{ sum: 't', factor: FACTOR_ONE }]
    })
    const bare = compileRequirement(uncharged, 'initial').rows
    expect([...bare.values()].flatMap(({ group, flatGroup }) => [group, flatGroup])).toEqual(
      new Array(8).fill(undefined),
    )
    expect(bare.get('C')!.lines.map(({ line }) => line.name)).toEqual(['delta', 'delta'])
  })
})

describe('keys (risk.9)', () => {
  test('of two different lines, or two different groups, are never alike', () => {
    const group = (id: number, sum?: number): MarginGroup => ({
      name: '',
      id,
      ...(sum === undefined ? {} : { sum }),
      gain: 0n,
      loss: 0n,
    })
    const destinations: MarginLine['to'][] = [
      ...[0, 5].map((sum) => ({ sum })),
      { limit: true },
      ...[
        [1, 0],
        [60_000, 0],
        [1, 5],
      ].flatMap(([id, sum]) => [{ raises: group(id!, sum) }, { bounds: group(id!, sum) }]),
    ]
    const keys = destinations.flatMap((to) =>
      [0, 255].flatMap((line) =>
        [0, 255].flatMap((exposure) =>
          [0, 59_999].flatMap((choice) =>
            ([undefined, 0, 1] as const).flatMap((branch) =>
              [0n, 1n, (1n << 127n) - 1n].map((deduction) =>
                lineKey({
                  name: '',
                  line,
                  exposure,
                  choice,
                  ...(branch === undefined ? {} : { branch }),
                  to,
                  deduction,
                }),
              ),
            ),
          ),
        ),
      ),
    )
    expect(new Set(keys).size).toBe(9 * 8 * 9)
    expect(keys.every((key) => key < 1n << 185n)).toBe(true)
    expect(destinations.map(destinationCode)).toEqual([0, 5, 6, 7, 8, 7, 8, 7, 8])

    const groups = [1, 2, 60_000].flatMap((id) =>
      [undefined, 0, 5].flatMap((sum) =>
        [0n, (1n << 40n) - 1n].flatMap((gain) =>
          [0n, (1n << 40n) - 1n].map((loss) => groupKey({ ...group(id, sum), gain, loss })),
        ),
      ),
    )
    expect(new Set([...groups, groupKey(undefined)]).size).toBe(3 * 3 * 4 + 1)
  })
})

describe('compileRequirement (risk.9)', () => {
  test('has the digest of what it states, 23 elements with dampings six to an element, and of the multiple', () => {
    const packed = (down: bigint, up: bigint) =>
      Array.from({ length: 6 }, (_, p) =>
        Array.from({ length: p < 5 ? 6 : 3 }, (_, j) => (p + j === 0 ? down : up) << BigInt(40 * j)).reduce(
          (a, b) => a + b,
        ),
      )
    const [once, twice] = [1n, 2n].map((times) =>
      compileRequirement(HAND_RULE, 'maintenance', times * FACTOR_ONE),
    )
    const stated = spongeFrom(20n, [
      ...[1n, once!.shape, inField(-50n), FACTOR_ONE, 1n],
      ...[0n, 2n * FACTOR_ONE, 0n, 0n, 0n, 0n],
      ...packed(500_000_000n, 250_000_000n),
      ...packed(FACTOR_ONE, FACTOR_ONE),
    ])
    expect(statedDigest(once!)).toBe(stated)
    expect(statedDigest(twice!)).toBe(stated)
    expect(requirementDigest(once!)).toBe(poseidonFrom(25n, [stated, FACTOR_ONE]))
    expect(requirementDigest(twice!)).toBe(poseidonFrom(25n, [stated, 2n * FACTOR_ONE]))
    const text = BigInt(`0x${sha256Text(formatMarginRule(HAND_RULE))}`) >> 8n
    expect(marginRoot(5n, once!)).toBe(poseidonFrom(22n, [5n, stated, text]))
  })

  test('has the shape of the rule: model, name, units, and the names of its sums and scenarios in order', () => {
    const text = (name: string) => {
      const bytes = [...name].reduce((sum, letter) => (sum << 8n) + BigInt(letter.charCodeAt(0)), 0n)
      return spongeFrom(23n, [BigInt(name.length), bytes])
    }
    const { shape, sums } = compileRequirement(HAND_RULE, 'initial')
    expect(sums).toEqual(['t', 's'])
    const names = ['by hand', 'initial', 'USD'].map(text)
    const parts = [...names, 0n, 2n, text('t'), text('s'), 2n, text('down'), text('up')]
    expect(shape).toBe(spongeFrom(23n, parts))
    const others = [
      changed((rule) => {
        rule.model = 'by foot'
      }),
      changed((rule) => {
        rule.quote = 'EUR'
      }),
      changed((rule) => {
        rule.valueDecimals = 2
      }),
      changed(({ scan }) => {
        scan!.scenarios.reverse()
      }),
      changed(({ requirements }) => {
        requirements[0]!.worst!.sums = ['s']
      }),
    ]
    const shapes = [shape, ...others.map((rule) => compileRequirement(rule, 'initial').shape)]
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  test('multiplies threshold and factors and rounds up, a negative threshold as well (margin.5)', () => {
    const of = (threshold: bigint, times: bigint) => {
      const rule = changed(({ requirements }) => {
        requirements[0]!.threshold = threshold
        requirements[0]!.worst!.factor = 3n
        requirements[0]!.charges = [{ sum: 's', factor: 1n }]
      })
      const { asked, sums } = compileRequirement(rule, 'initial', times)
      return [asked.threshold, asked.worstFactor, asked.factors[sums.indexOf('s')]]
    }
    expect(of(3n, (3n * FACTOR_ONE) / 2n)).toEqual([5n, 5n, 2n])
    expect(of(-3n, (3n * FACTOR_ONE) / 2n)).toEqual([-4n, 5n, 2n])
    expect(of(2n, (3n * FACTOR_ONE) / 2n)).toEqual([3n, 5n, 2n])
    expect(of(-2n, (3n * FACTOR_ONE) / 2n)).toEqual([-3n, 5n, 2n])
    expect(of(-1n, 1n)).toEqual([0n, 1n, 1n])
    expect(of(1n, 1n)).toEqual([1n, 1n, 1n])
    expect(of(7n, FACTOR_ONE)).toEqual([7n, 3n, 1n])
  })

  test('leaves rows and limits as they are, whatever the multiple', () => {
    const [one, two] = [FACTOR_ONE, 2n * FACTOR_ONE].map((times) =>
      compileRequirement(HAND_RULE, 'initial', times),
    )
    for (const [symbol, row] of one!.rows) {
      expect(marginRowDigest(two!.rows.get(symbol)!)).toBe(marginRowDigest(row))
    }
    expect(requirementDigest(two!)).not.toBe(requirementDigest(one!))
  })

  test('refuses a multiple of zero or less, or one that outgrows a factor or the threshold', () => {
    for (const times of [0n, -1n, 550n * FACTOR_ONE, 1n << 40n, 1n << 200n]) {
      expect(() => compileRequirement(HAND_RULE, 'initial', times), `${times}`).toThrow(
        refusal('MARGIN_TIMES'),
      )
    }
    const nothing = changed(({ requirements }) => {
      requirements[0] = { name: 'initial', threshold: 0n, charges: [{ sum: 's', factor: 0n }] }
    })
    expect(() => compileRequirement(nothing, 'initial', (1n << 40n) - 1n)).not.toThrow()
    expect(() => compileRequirement(nothing, 'initial', 1n << 40n)).toThrow(refusal('MARGIN_TIMES'))
    const high = changed(({ requirements }) => {
      requirements[1]!.threshold = -((1n << 127n) - 1n)
    })
    expect(() => compileRequirement(high, 'maintenance')).not.toThrow()
    expect(() => compileRequirement(high, 'maintenance', (3n * FACTOR_ONE) / 2n)).toThrow(
      refusal('MARGIN_TIMES'),
    )
  })

  test('refuses a requirement that is not there', () => {
    expect(() => compileRequirement(HAND_RULE, 'final')).toThrow(refusal('MARGIN_REQUIREMENT'))
  })

  test('takes a rule that is as wide as it can be proven, and refuses one of the next width', () => {
    const exposure = (name: string, lines: number, sum = 's', choice?: string) => ({
      name,
      lines: Array.from({ length: lines }, () => ({ constant: 0n, terms: [] })),
      adds: { sum },
      ...(choice === undefined ? {} : { choice }),
    })
    const widths: [what: string, most: number, (rule: MarginRule, count: number) => void][] = [
      [
        'requirements',
        4,
        ({ requirements }, count) => {
          for (let r = requirements.length; r < count; r++)
            requirements.push({ ...requirements[0]!, name: `${r}` })
        },
      ],
      [
        'sums',
        6,
        ({ exposures, requirements }, count) => {
          for (let k = 2; k < count; k++) {
            exposures.push(exposure(`e${k}`, 0, `s${k}`))
            requirements[0]!.charges.push({ sum: `s${k}`, factor: 1n })
          }
        },
      ],
      [
        'scenarios',
        33,
        ({ scan }, count) => {
          for (let s = 2; s < count; s++) scan!.scenarios.push({ name: `${s}`, gain: 1n, loss: FACTOR_ONE })
        },
      ],
      [
        'lines',
        256,
        ({ exposures }, count) => {
          exposures.push(exposure('wide', count))
        },
      ],
      [
        'exposures in a choice',
        256,
        ({ exposures }, count) => {
          for (let e = 0; e < count; e++) exposures.push(exposure(`e${e}`, 1, 's', 'wide'))
        },
      ],
      [
        'choices',
        60_000,
        (rule, count) => {
          rule.limits = []
          rule.exposures = [
            exposure('t', 0, 't'),
            ...Array.from({ length: count - 1 }, (_, e) => exposure(`e${e}`, 0)),
          ]
        },
      ],
      [
        'groups',
        60_000,
        ({ scan }, count) => {
          const [, netted] = scan!.groups
          for (let g = scan!.groups.length; g < count; g++) {
            scan!.groups.push({ ...netted!, name: `${g}`, members: [], flat: [] })
          }
        },
      ],
    ]
    for (const [what, most, widen] of widths) {
      const fits = changed((rule) => widen(rule, most))
      expect(() => compileRequirement(fits, 'initial'), what).not.toThrow()
      const wide = changed((rule) => widen(rule, most + 1))
      expect(() => compileRequirement(wide, 'initial'), what).toThrow(refusal('MARGIN_TOO_WIDE'))
    }
  })

  test('refuses a limit whose constant and cap together outgrow a constant', () => {
    const rule = (constant: bigint) =>
      changed(({ limits }) => {
        limits[0]!.cap = (1n << 127n) - 1n
        limits[0]!.lines[0]!.constant = constant
      })
    expect(() => compileRequirement(rule(0n), 'initial')).not.toThrow()
    expect(() => compileRequirement(rule(-1n), 'initial')).toThrow(refusal('MARGIN_TOO_WIDE'))
  })
})
