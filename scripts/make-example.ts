/**
 * Writes examples/venue: a made-up venue whose numbers all follow from one seed, so that anyone gets the same
 * files. Usage: npx tsx scripts/make-example.ts
 */
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatDecimal } from '../src/field/index.js'
import { writeFileAtomic } from '../src/files/index.js'
import { ownerCommitment } from '../src/hash/index.js'
import { readMarginParams, readStressRequest, stressScenarios, withRule } from '../src/models/index.js'
import { formatReserves } from '../src/reserves/index.js'
import { formatRiskTable, type RiskTable } from '../src/risk/index.js'
import { formatJson } from '../src/schema/index.js'

const SEED = 'plimsoll example venue'
const FOLDER = fileURLToPath(new URL('../examples/venue', import.meta.url))
/** Accounts that hold spot alone, that borrow against it, that trade perps, and that trade options. */
const HOLDERS = 110
const BORROWERS = 12
const PERP_TRADERS = 18
const OPTION_TRADERS = 6
const WORTH = 18

const market: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: WORTH,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 970_001_200_000_000n },
    { symbol: 'ETH', kind: 'spot', decimals: 8, mark: 33_127_500_000_000n },
    { symbol: 'SOL', kind: 'spot', decimals: 8, mark: 1_894_300_000_000n },
    { symbol: 'XRP', kind: 'spot', decimals: 6, mark: 2_318_100_000_000n },
    { symbol: 'DOGE', kind: 'spot', decimals: 8, mark: 3_172_000_000n },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 6, mark: 999_700_000_000n },
    { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: 1_000_000_000_000n },
    { symbol: 'EUR', kind: 'spot', decimals: 2, mark: 10_842_000_000_000_000n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 970_500_000_000_000n },
    { symbol: 'ETH-PERP', kind: 'perp', decimals: 8, mark: 33_140_000_000_000n },
    { symbol: 'BTC-30JAN26-100000-C', kind: 'option', decimals: 4, mark: 456_450_000_000_000_000n },
    { symbol: 'BTC-30JAN26-90000-P', kind: 'option', decimals: 4, mark: 315_712_000_000_000_000n },
    { symbol: 'ETH-30JAN26-3500-C', kind: 'option', decimals: 4, mark: 18_441_000_000_000_000n },
  ],
  scenarios: [],
}
const index = (symbol: string): number => market.instruments.findIndex((row) => row.symbol === symbol)
const SPOT = market.instruments.filter(({ kind }) => kind === 'spot' || kind === 'stablecoin').length
const USDC = index('USDC')
const OPTIONS = market.instruments.flatMap(({ kind }, i) => (kind === 'option' ? [i] : []))
/** The index of every spot instrument, as often as it is popular. */
const TICKETS = [7, 5, 3, 3, 1, 7, 4, 2].flatMap((share, i) => new Array<number>(share).fill(i))

type Holdings = Map<number, bigint>
interface Account {
  id: string
  owner?: bigint
  held: Holdings
}

/** The secret behind the owner's commitment of an account of the example. Public, as all of the example. */
export function exampleOwnerSecret(id: string): bigint {
  return BigInt(`0x${createHash('sha256').update(`${SEED} owner ${id}`).digest('hex').slice(0, 62)}`)
}

/** The example's generated files by name. */
export async function exampleFiles(): Promise<Record<string, string>> {
  const scenarios = stressScenarios(market, await readStressRequest(join(FOLDER, 'stress.json')))
  const rule = await readMarginParams('matrix', join(FOLDER, 'margin.json'))
  const table = { ...withRule(market, rule, 'USDC'), scenarios }
  const random = randomIntegers(SEED)
  const accounts = [...traders(), ...customers(random)]
  accounts.push(...makers(accounts))
  const longs = market.instruments.slice(0, SPOT).map((_, i) => sumOf(accounts, i, (q) => (q > 0n ? q : 0n)))
  const reserves = longs.map((total) => (total * BigInt(1006 + random(24))) / 1000n)
  const fund = (usdc: bigint) =>
    formatReserves(
      { reserves, insurance: market.instruments.map((_, i) => (i === USDC ? usdc * 1_000_000n : 0n)) },
      table,
    )
  return {
    'accounts.csv': accountsCsv(accounts, random),
    'risk.json': formatRiskTable(table),
    'reserves.json': fund(1_500_000n),
    'reserves-thin.json': fund(50_000n),
    'owner-desk-1.json': ownerFile('desk-000001'),
    'owner-desk-2.json': ownerFile('desk-000002'),
  }
}

function ownerFile(id: string): string {
  const secret = exampleOwnerSecret(id)
  const file = {
    schema: 'plimsoll/owner/1',
    secret: secret.toString(),
    commitment: ownerCommitment(secret).toString(),
  }
  return formatJson(file)
}

/** Two traders with owners: one hedged and well margined, one short of margin. */
function traders(): Account[] {
  const owned = (id: string, held: [string, bigint][]): Account => ({
    id,
    owner: ownerCommitment(exampleOwnerSecret(id)),
    held: new Map(held.map(([symbol, quantity]) => [index(symbol), quantity])),
  })
  return [
    owned('desk-000001', [
      ['USDC', 48_250_000_000n],
      ['BTC', 80_000_000n],
      ['BTC-PERP', -120_000_000n],
      ['BTC-30JAN26-100000-C', 10_000n],
    ]),
    owned('desk-000002', [
      ['USDC', 9_100_000_000n],
      ['ETH-PERP', -2_500_000_000n],
    ]),
  ]
}

function customers(random: (bound: number) => number): Account[] {
  let number = 100
  const account = (held: [number, bigint][]): Account => {
    number += 1 + random(9)
    return { id: `cust-${String(number).padStart(6, '0')}`, held: new Map(held) }
  }
  const list: Account[] = []
  for (let i = 0; i < HOLDERS; i++) {
    list.push(account(spotChoice(random).map((held) => [held, worth(held, dollars(random))])))
  }
  for (let i = 0; i < BORROWERS; i++) {
    const collateral = random(2)
    const value = 4n * dollars(random)
    const loan = -worth(index('USDT'), (value * BigInt(20 + random(30))) / 100n)
    list.push(
      account([
        [collateral, worth(collateral, value)],
        [index('USDT'), loan],
      ]),
    )
  }
  for (let i = 0; i < PERP_TRADERS; i++) {
    // The last one is large: a long at six times its collateral.
    const whale = i === PERP_TRADERS - 1
    const cash = whale ? 40_000_000n : dollars(random) + 50_000n
    const perp = index(whale || random(2) === 0 ? 'BTC-PERP' : 'ETH-PERP')
    const size = worth(perp, cash * BigInt(whale ? 6 : 2 + random(6)))
    list.push(
      account([
        [USDC, worth(USDC, cash)],
        [perp, !whale && random(2) === 0 ? -size : size],
      ]),
    )
  }
  for (let i = 0; i < OPTION_TRADERS; i++) {
    const option = OPTIONS[i % OPTIONS.length]!
    const contracts = BigInt(1 + random(8)) * 5_000n
    list.push(
      account([
        [USDC, worth(USDC, 3_000_000n + dollars(random))],
        [option, i < OPTIONS.length ? contracts : -contracts],
      ]),
    )
  }
  return list
}

/** Two makers take the other side of all derivatives. */
function makers(accounts: readonly Account[]): Account[] {
  const against = (symbols: number[]): [number, bigint][] =>
    symbols.map((i) => [i, -sumOf(accounts, i, (q) => q)])
  return [
    {
      id: 'maker-000001',
      held: new Map([[USDC, worth(USDC, 300_000_000n)], ...against([index('BTC-PERP'), index('ETH-PERP')])]),
    },
    { id: 'maker-000002', held: new Map([[USDC, worth(USDC, 30_000_000n)], ...against(OPTIONS)]) },
  ]
}

function sumOf(accounts: readonly Account[], instrument: number, of: (quantity: bigint) => bigint): bigint {
  return accounts.reduce((sum, { held }) => sum + of(held.get(instrument) ?? 0n), 0n)
}

function accountsCsv(accounts: readonly Account[], random: (bound: number) => number): string {
  const lines = ['account_id,instrument,quantity,owner']
  const shuffled = accounts.map((account) => ({ account, at: random(1 << 30) })).sort((a, b) => a.at - b.at)
  for (const { account } of shuffled) {
    for (const [i, quantity] of account.held) {
      if (quantity === 0n) continue
      const { symbol, decimals } = market.instruments[i]!
      lines.push([account.id, symbol, formatDecimal(quantity, decimals), account.owner ?? ''].join(','))
    }
  }
  return `${lines.join('\n')}\n`
}

/** One to four different spot instruments, fewer more often. */
function spotChoice(random: (bound: number) => number): number[] {
  const wanted = [1, 1, 1, 2, 2, 2, 3, 4][random(8)]!
  const chosen = new Set<number>()
  while (chosen.size < wanted) chosen.add(TICKETS[random(TICKETS.length)]!)
  return [...chosen].sort((a, b) => a - b)
}

/**
 * An amount of 20 to 100 USD in cents, doubled up to 14 times with odds of 5 in 8 each: many small ones, few
 * large.
 */
function dollars(random: (bound: number) => number): bigint {
  let cents = BigInt(2_000 + random(8_000))
  for (let i = 0; i < 14 && random(8) < 5; i++) cents *= 2n
  return cents
}

/** Smallest units of an instrument that are worth so many cents at mark. */
function worth(instrument: number, cents: bigint): bigint {
  return (cents * 10n ** BigInt(WORTH - 2)) / market.instruments[instrument]!.mark
}

/** Integers below a bound, from SHA-256 in counter mode; the bias of the remainder does not matter here. */
export function randomIntegers(seed: string): (bound: number) => number {
  let counter = 0
  return (bound) => createHash('sha256').update(`${seed} ${counter++}`).digest().readUInt32BE(0) % bound
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(FOLDER, { recursive: true })
  for (const [name, text] of Object.entries(await exampleFiles())) {
    await writeFileAtomic(join(FOLDER, name), text)
  }
}
