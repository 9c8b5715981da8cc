import { type Abi, type Address, getAddress, parseEventLogs } from 'viem'
import type { ChainConnection } from '../connection.js'
import { CIRCUIT_BREAKER_ABI, INSURANCE_FUND_ABI, RISK_REGISTER_ABI } from '../generated/abi.js'
import { logsOf } from '../governance/index.js'
import { answered, readView } from '../rpc.js'
import type { Deployment } from './record.js'

type Compare = (of: string, expected: unknown, found: unknown) => void
/** Decimals of the register's prices, which its exponents go by. */
const PRICE_DECIMALS = 18

interface Watched {
  sources: readonly { feed: string; maxAge: number }[]
  bounds: Record<string, number>
}

/**
 * Which feeds are watched within which bounds, for how long tables count, and from where on a level is due.
 */
export async function compareWatched(
  chain: ChainConnection,
  { contracts, settings }: Deployment,
  compare: Compare,
): Promise<void> {
  const { riskRegister, circuitBreaker } = settings
  const register = viewsOf(chain, contracts.riskRegister?.address, RISK_REGISTER_ABI)
  if (riskRegister !== undefined && register !== undefined) {
    const { windows, valueDecimals, instruments } = riskRegister
    compare('riskRegister.windows', listed(windows), listed(await register('windowsOf')))
    const numbers = instruments.map(({ instrument }) => instrument)
    const watched = await register<readonly number[]>('watched')
    for (const number of watched.filter((other) => !numbers.includes(other))) {
      compare(`instrument ${number}`, 'not watched', 'watched')
    }
    for (const { instrument, decimals, ...meant } of instruments) {
      const name = `instrument ${instrument}`
      if (!watched.includes(instrument)) {
        compare(name, 'watched', 'not watched')
        continue
      }
      const [exponent, sources, bounds] = await register<[number, Watched['sources'], Watched['bounds']]>(
        'instrumentOf',
        [instrument],
      )
      compare(`${name}: decimals`, decimals, exponent + valueDecimals - PRICE_DECIMALS)
      compare(`${name}: feeds`, feedsOf(meant.sources), feedsOf(sources))
      compare(`${name}: bounds`, listed(meant.bounds), listed(bounds))
    }
  }
  const breaker = viewsOf(chain, contracts.circuitBreaker?.address, CIRCUIT_BREAKER_ABI)
  if (circuitBreaker !== undefined && breaker !== undefined) {
    compare('circuitBreaker.bands', listed(circuitBreaker.bands), listed(await breaker('bandsOf')))
  }
}

/** Ceilings of floors and limits of outflows that governors set: no deployment sets any. */
export async function laterAllowed(
  chain: ChainConnection,
  { contracts, deployedAt }: Deployment,
): Promise<string[]> {
  const latest = await answered(chain.reader.getBlockNumber({ cacheTime: 0 }))
  const logs = async (address: string | undefined) =>
    address === undefined ? [] : logsOf(chain, address as Address, BigInt(deployedAt), latest)
  const fund = parseEventLogs({
    ...{ abi: INSURANCE_FUND_ABI, eventName: 'CeilingSet' },
    logs: await logs(contracts.insuranceFund?.address),
  })
  const breaker = parseEventLogs({
    ...{ abi: CIRCUIT_BREAKER_ABI, eventName: 'LimitSet' },
    logs: await logs(contracts.circuitBreaker?.address),
  })
  const ceilings = fund.map(
    ({ args: { beneficiary, token, most } }) =>
      [`${beneficiary} ${token}`, `the ceiling of ${beneficiary} for ${token} is ${most}`] as const,
  )
  const limits = breaker.map(
    ({ args: { scope, limit } }) =>
      [`${scope}`, `what flows out of ${scope} is limited: ${listed(limit)}`] as const,
  )
  // Of each, the last word counts.
  return [...new Map<string, string>([...ceilings, ...limits]).values()]
}

function viewsOf(chain: ChainConnection, address: string | undefined, abi: readonly unknown[]) {
  if (address === undefined) return undefined
  return <T = Record<string, number>>(functionName: string, args: readonly unknown[] = []) =>
    readView<T>(chain, { address: getAddress(address), abi: abi as Abi, functionName, args })
}

/** Fields of a tuple in one order, whatever order a file has them in. */
function listed(fields: object): string {
  return Object.entries(fields)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

function feedsOf(sources: Watched['sources']): string {
  return sources.map(({ feed, maxAge }) => `${getAddress(feed)} for ${maxAge} s`).join(', ')
}
