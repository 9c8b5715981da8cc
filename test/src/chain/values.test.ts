import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type Abi, decodeFunctionResult, encodeFunctionData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contractSources } from '../../../src/chain/contracts.js'
import { deployContract } from '../../../src/chain/deploy.js'
import {
  type ChainConnection,
  compileSolidity,
  connectChain,
  type LocalChain,
  startLocalChain,
} from '../../../src/chain/index.js'
import { FIELD_ORDER, toField } from '../../../src/field/index.js'
import { tableLayout } from '../../../src/risk/index.js'
import { tableAtPoint, tablePoint } from '../../../src/statements/index.js'

const CASES = 200
const SAMPLE = { numRuns: CASES, seed: 18 }
const PATH = 'Values.sol'

let local: LocalChain
let call: (functionName: string, args: readonly unknown[]) => Promise<readonly bigint[][]>

beforeAll(async () => {
  local = await startLocalChain(['--gas-limit', '2000000000'])
  const chain: ChainConnection = await connectChain(local.rpcUrl)
  const text = readFileSync(new URL('../../contracts/Values.sol', import.meta.url), 'utf8')
  const imports = ['RiskRegister.sol', 'libraries/RiskTable.sol']
  const sources = {
    ...(await contractSources(imports)),
    [PATH]: text.replaceAll('../../contracts/', './'),
  }
  const { abi } = await compileSolidity(sources, PATH, 'Values')
  const { address } = await deployContract(chain, { sources, path: PATH, name: 'Values' })
  call = async (functionName, args) => {
    const data = encodeFunctionData({ abi: abi as Abi, functionName, args })
    const answer = await chain.reader.call({ to: address, data, gas: 2_000_000_000n })
    return decodeFunctionResult({ abi: abi as Abi, functionName, data: answer.data! }) as readonly bigint[][]
  }
})
afterAll(() => local?.stop())

const element = fc.bigInt({ min: 0n, max: FIELD_ORDER - 1n })
const named = (most: number) => fc.array(element, { maxLength: most })

test('points and values of tables of any shape are the same in a contract (registry.15)', async () => {
  const columnsOf = fc.record({
    riskRoot: element,
    timestamp: fc.bigInt({ min: 0n, max: (1n << 48n) - 1n }),
    spots: fc.array(fc.bigInt({ min: -(1n << 100n), max: 1n << 127n }), { maxLength: 12 }),
    derivatives: fc.array(fc.bigInt({ min: 0n, max: 1n << 127n }), { maxLength: 5 }),
    names: named(9),
    requirement: fc.boolean(),
  })
  const all = fc.sample(columnsOf, SAMPLE).map(({ riskRoot, timestamp, ...rest }) => {
    const { spots, derivatives, names, requirement } = rest
    const columns = {
      sizes: { spots: spots.length, derivatives: derivatives.length, tiers: 0, scenarios: names.length },
      marks: [...spots, ...derivatives],
      scenarios: names.map((name, i) => ({ name, requirement: requirement && i === 0 })),
    } as unknown as Parameters<typeof tablePoint>[0]['columns']
    const point = tablePoint({ riskRoot, timestamp, columns })
    const table = { sizes: tableLayout(columns), marks: columns.marks.map(toField), names }
    return { riskRoot, timestamp, table, point, value: tableAtPoint(columns, point) }
  })
  const [points, values] = await call('pointsOf', [
    all.map(({ riskRoot }) => riskRoot),
    all.map(({ timestamp }) => timestamp),
    all.map(({ table }) => table),
  ])
  expect(points).toEqual(all.map(({ point }) => point))
  expect(values).toEqual(all.map(({ value }) => value))
})

interface Case {
  answers: bigint[]
  feedDecimals: number[]
  quorum: number
  spreadPpm: number
  decimals: number
  valueDecimals: number
  mark: bigint
}
const WHOLE = 1_000_000n
const MOST = (1n << 128n) - 1n

/** The price of a whole unit in 10^-18, by the words of `IRiskRegister`; 0 for none. */
function priceOf({ answers, feedDecimals, quorum, spreadPpm }: Case): bigint {
  const counted = answers
    .map((answer, i) => (answer <= 0n ? 0n : answer * 10n ** BigInt(18 - feedDecimals[i]!)))
    .filter((price) => price > 0n && price <= MOST)
    .toSorted((a, b) => (a < b ? -1 : 1))
  const [lowest, highest] = [counted[0], counted.at(-1)]
  if (lowest === undefined || highest === undefined || counted.length < quorum) return 0n
  if ((highest - lowest) * WHOLE > BigInt(spreadPpm) * lowest) return 0n
  const above = counted[Math.floor(counted.length / 2)]!
  const below = counted[Math.floor((counted.length - 1) / 2)]!
  return (above + below) / 2n
}

/** How far a mark, in units of value for a smallest unit, is from a price, in millionths, rounded up. */
function deviationOf({ mark, decimals, valueDecimals }: Case, price: bigint): bigint {
  if (price === 0n) return 0n
  // Such a mark is a negative one, as an element of the field.
  if (mark > MOST) return WHOLE
  // Both in 10^-36 of the quote currency for a whole unit.
  const [of, from] = [mark * 10n ** BigInt(36 + decimals - valueDecimals), price * 10n ** 18n]
  const distance = of > from ? of - from : from - of
  const ppm = (distance * WHOLE + from - 1n) / from
  return ppm < WHOLE ? ppm : WHOLE
}

test('medians of feeds of any decimals, and how far marks are from them, are the same in a contract (register.8)', async () => {
  const caseOf = fc
    .record({
      feeds: fc.array(
        fc.record({
          decimals: fc.integer({ min: 0, max: 18 }),
          // Millionths off the common price; some do not count.
          off: fc.integer({ min: -40_000, max: 40_000 }),
          answers: fc.constantFrom('well', 'well', 'well', 'well', 'well', 'zero', 'negative', 'high'),
        }),
        { minLength: 2, maxLength: 5 },
      ),
      price: fc.bigInt({ min: 1n, max: 10n ** 8n }),
      quorum: fc.integer({ min: 2, max: 3 }),
      spreadPpm: fc.constantFrom(999_999, 999_999, 80_000, 20_000),
      decimals: fc.integer({ min: 0, max: 18 }),
      valueDecimals: fc.constantFrom(4, 8, 12, 18, 30),
      moved: fc.integer({ min: 400_000, max: 1_600_000 }),
    })
    .map(({ feeds, price, moved, quorum, ...rest }): Case => {
      const scale = 18 + rest.decimals - rest.valueDecimals
      const whole = price * 10n ** 18n * BigInt(moved)
      return {
        ...rest,
        answers: feeds.map(({ decimals, off, answers }) => {
          if (answers === 'zero') return 0n
          if (answers === 'negative') return -price
          if (answers === 'high') return MOST
          return (price * 10n ** BigInt(decimals) * BigInt(1_000_000 + off)) / WHOLE
        }),
        feedDecimals: feeds.map(({ decimals }) => decimals),
        quorum: Math.min(quorum, feeds.length),
        mark: (scale < 0 ? whole * 10n ** BigInt(-scale) : whole / 10n ** BigInt(scale)) / WHOLE,
      }
    })
  const all = fc.sample(caseOf, SAMPLE)
  const [prices, ppm] = await call('pricesOf', [all])
  const expected = all.map(priceOf)
  expect(prices).toEqual(expected)
  expect(ppm).toEqual(all.map((each, i) => deviationOf(each, expected[i]!)))
  // All kinds are among them.
  expect(expected.filter((price) => price === 0n).length).toBeGreaterThan(10)
  expect(ppm!.filter((each) => each > 0n && each < WHOLE).length).toBeGreaterThan(50)
})
