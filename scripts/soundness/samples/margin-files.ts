import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatDecimal } from '../../../src/field/index.js'
import {
  ACCOUNTS_DEPTH,
  accountIdDigest,
  BATCH_DEPTH,
  holderCommitment,
  leafHash,
  WideTree,
} from '../../../src/hash/index.js'
import { withoutWay } from '../../../src/inclusion/path.js'
import { buildRiskTable } from '../../../src/models/index.js'
import {
  formatRiskTable,
  instrumentNumbers,
  leafSlots,
  type RiskTable,
  riskDigests,
  type TableSizes,
} from '../../../src/risk/index.js'
import { namedInstance } from '../../../src/statements/index.js'

const TIMESTAMP = 1_767_225_600
/** Cash, spot collateral and a perp that is settled in cash, under cross margin with tiers. */
export const MARGIN_TABLE: RiskTable = buildRiskTable(
  {
    timestamp: TIMESTAMP,
    quote: 'USD',
    valueDecimals: 18,
    instruments: [
      { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: 10n ** 12n },
      { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 97_000n * 10n ** 10n },
      { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: 97_000n * 10n ** 10n },
    ],
    scenarios: [],
  },
  {
    model: 'cross',
    cash: 'USDC',
    params: {
      schema: 'plimsoll/margin-params/cross/1',
      timestamp: TIMESTAMP,
      quote: 'USD',
      instruments: [
        {
          kind: 'spot',
          symbol: 'BTC',
          decimals: 8,
          price: '97000',
          collateral: { initial: '0.9', maintenance: '0.95' },
        },
        {
          kind: 'perp',
          symbol: 'BTC-PERP',
          decimals: 8,
          price: '97000',
          initial: [
            { from: '0', rate: '0.05' },
            { from: '1000000', rate: '0.1' },
          ],
          maintenance: [
            { from: '0', rate: '0.025' },
            { from: '1000000', rate: '0.05' },
          ],
        },
      ],
    },
  },
)

/** The sizes of an instance of solvency that has room for the table. */
export const MARGIN_TABLE_SIZES: TableSizes = { spots: 4, derivatives: 2, tiers: 0, scenarios: 2 }

/** An account of a venue whose other accounts are made up, with the files that its owner has. */
export function writeMarginAccount(
  folder: string,
  name: string,
  ownerFile: { commitment: string },
  held: readonly [symbol: string, quantity: bigint][],
  instance = 'ledger-tiny',
): { inclusion: string; accountsRoot: bigint } {
  const slots = Array.from({ length: namedInstance(instance).params.SLOTS! }, (_, i) => {
    const [symbol, quantity] = held[i] ?? ['USDC', 0n]
    return { instrument: MARGIN_TABLE.instruments.findIndex((row) => row.symbol === symbol), quantity }
  })
  const owner = BigInt(ownerFile.commitment)
  const salt = 31_415_926_535_897_932_384_626n
  const holder = holderCommitment({ accountId: accountIdDigest(name), owner, salt })
  const numbers = instrumentNumbers(MARGIN_TABLE)
  const leaf = leafHash(holder, leafSlots(slots, numbers))
  const batch = new WideTree(BATCH_DEPTH, [1n, leaf, 2n])
  const accounts = new WideTree(ACCOUNTS_DEPTH, [3n, 4n, batch.root])
  const inclusion = join(folder, `${name}.json`)
  const file = {
    schema: 'plimsoll/inclusion/3',
    venue: 'Margin Venue',
    epoch: '2026-01',
    riskRoot: riskDigests(MARGIN_TABLE, MARGIN_TABLE_SIZES).riskRoot.toString(),
    sizes: MARGIN_TABLE_SIZES,
    state: '1',
    accountsRoot: accounts.root.toString(),
    account: name,
    owner: owner.toString(),
    salt: salt.toString(),
    instance,
    slots: slots.map(({ instrument, quantity }) => {
      const { symbol, decimals } = MARGIN_TABLE.instruments[instrument]!
      const number = numbers[instrument]!
      return { instrument, number, symbol, decimals, quantity: formatDecimal(quantity, decimals) }
    }),
    batchPath: withoutWay(batch.path(1)),
    accountsPath: withoutWay(accounts.path(2)),
  }
  writeFileSync(inclusion, JSON.stringify(file))
  return { inclusion, accountsRoot: accounts.root }
}

export function writeMarginTable(folder: string): string {
  const path = join(folder, 'risk.json')
  writeFileSync(path, formatRiskTable(MARGIN_TABLE))
  return path
}
