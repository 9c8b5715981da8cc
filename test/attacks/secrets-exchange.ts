import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shownAmount } from '../../src/cli/views/amounts.js'
import { formatDecimal } from '../../src/field/index.js'
import { readRiskTable } from '../../src/inputs/index.js'
import { readLedger } from '../../src/ledger/index.js'
import { accountMarks, amountMarks, type Mark, numberMark, textMark } from './secrets-marks.js'

/** One run of a command. */
export interface Case {
  args: string[]
  code: number
  /** Why its standard output may show what stands in the books. */
  shows?: string
}

export const EXCHANGE_INSTANCES = ['ledger-tiny-pledged', 'solvency-tiny-tiers']

/** SOL at 5 and ADA at 0.2 USDT: 2,000 SOL count in full, the next 2,000 for 90 %; 50,000 ADA for 70 %. */
const TIERS = `symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio
usdt,1,"[]","[]","[]"
sol,5,"[0-10000:100,10000-20000:90]","[0-10000:80]","[]"
ada,0.2,"[0-10000:70]","[]","[]"
`
const STRESS = {
  schema: 'plimsoll/stress/1',
  instruments: { usdt: { asset: 'USDT' }, sol: { asset: 'SOL' }, ada: { asset: 'ADA' } },
  scenarios: [{ type: 'parallel', name: 'halved', price: '-0.5', stablecoin: '-0.02', volatility: '0' }],
}

const ASSETS = ['usdt', 'sol', 'ada'] as const
const DECIMALS = 8
/** Of an asset what an account has, owes, and of the first has pledged for loans and for margin. */
type Cells = Partial<Record<'has' | 'owes' | 'loan' | 'margin', string>>
type Rows = Record<string, Partial<Record<(typeof ASSETS)[number], Cells>>>

/**
 * Two borrowers whom the fall leaves short by 1,575.005049595 and 3,869.50679409 USDT, one above zero, and
 * one with no debt.
 */
const ROWS: Rows = {
  'MARKID-hadar@example.com': {
    usdt: { owes: '17031.84625937' },
    sol: { has: '6182.73648391', loan: '3562.71834659' },
  },
  'MARKID-izar': {
    sol: { owes: '1317.28394617' },
    ada: { has: '59173.82645917', loan: '48193.72651834' },
  },
  'MARKID-kochab': {
    usdt: { owes: '8437.91827364' },
    sol: { has: '1827.36459182', loan: '1718.28182846' },
  },
  'MARKID-lesath': {
    usdt: { has: '248163.59271828' },
    sol: { has: '2653.58979323', margin: '1592.65358979' },
  },
}
/** The second owes more than its pledge counts for. */
const OVER: Rows = {
  ...ROWS,
  'MARKID-izar': { ...ROWS['MARKID-izar'], sol: { owes: '1419.35728164' } },
}
/** What the second then owes, in USDT. */
const OVER_DEBT = '7096.7864082'
/** A smallest unit above what is owed. */
const RESERVES = { usdt: '248163.59271829', sol: '10663.69086897', ada: '59173.82645918' }
const OWED = { usdt: '248163.59271828', sol: '10663.69086896', ada: '59173.82645917' }
const LENT = { usdt: '25469.76453301', sol: '1317.28394617' }
const PLEDGED = { sol: '5281.00017505' }
/** More than both shortfalls together. */
const FUND = '5613.24179835'
/**
 * Reserves below what is owed by more than the loans bring in the scenario, and a fund below the shortfalls.
 */
const THIN = { reserves: { ...RESERVES, usdt: '210384.72615943' }, fund: '5444.51183579' }

/**
 * A second venue with marked books: pledges, loans, a scenario that leaves two of its accounts short, and an
 * insurance fund that covers both. What is its own is in `exchange/` and `exchange-epoch.private/`.
 */
export function markedExchange(folder: string) {
  const at = (name: string) => join(folder, name)
  const [epoch, table] = [at('exchange-epoch'), at('exchange-stressed.json')]
  const own = "the exchange's own table"
  const books = (accounts = 'accounts') => ['--accounts', at(`exchange/${accounts}.csv`), '--risk', table]
  const reserves = (name = 'reserves') => ['--reserves', at(`exchange/${name}.json`)]
  const prove = (accounts: string, out: string) => [
    ...[...books(accounts), '--out', out, '--venue', 'Tiny Exchange', '--epoch', '2026-01'],
    ...['--instance', EXCHANGE_INSTANCES[0]!],
  ]
  const tiers = ['--tiers', at('exchange-tiers.csv'), '--timestamp', '1767225600']
  const stress = ['--risk', at('exchange-plain.json'), '--stress', at('exchange-stress.json'), '--out', table]

  /** Every run, in this order, by the command that it is of. */
  const runs: [command: string, ...cases: Case[]][] = [
    [
      'risk tiers',
      { args: [...tiers, '--out', at('exchange-plain.json')], code: 0 },
      { args: [...tiers, '--out', at('exchange-plain.json'), '--json'], code: 0 },
    ],
    ['risk stress', { args: stress, code: 0 }, { args: [...stress, '--json'], code: 0 }],
    [
      'ledger check',
      { args: books(), code: 0, shows: own },
      { args: [...books(), '--json'], code: 0, shows: own },
      { args: books('over'), code: 1, shows: own },
    ],
    [
      'solvency check',
      { args: [...books(), ...reserves()], code: 0, shows: own },
      { args: [...books(), ...reserves(), '--json'], code: 0, shows: own },
      { args: [...books(), ...reserves('thin')], code: 1, shows: own },
    ],
    [
      'ledger prove',
      { args: prove('over', at('never')), code: 1 },
      { args: [...prove('over', at('never')), '--json'], code: 1 },
      { args: prove('accounts', epoch), code: 0 },
      { args: [...prove('accounts', epoch), '--json'], code: 0 },
    ],
    [
      'solvency prove',
      { args: ['--epoch', epoch, ...reserves('thin')], code: 1 },
      { args: ['--epoch', epoch, ...reserves('thin'), '--json'], code: 1 },
      { args: ['--epoch', epoch, ...reserves()], code: 0 },
      { args: ['--epoch', epoch, ...reserves(), '--json'], code: 2 },
      { args: ['--epoch', epoch, ...reserves(), '--force', '--json'], code: 0 },
    ],
    ['verify', { args: [epoch], code: 0 }, { args: [epoch, '--json'], code: 0 }],
  ]

  return {
    epoch,
    ids: Object.keys(ROWS),
    runs,
    /** Writes what the runs start from. */
    write(): void {
      mkdirSync(at('exchange'))
      writeFileSync(at('exchange-tiers.csv'), TIERS)
      writeFileSync(at('exchange-stress.json'), JSON.stringify(STRESS))
      writeFileSync(at('exchange/accounts.csv'), accountsFile(ROWS))
      writeFileSync(at('exchange/over.csv'), accountsFile(OVER))
      const held = (reserves: typeof RESERVES, usdt: string) =>
        JSON.stringify({ schema: 'plimsoll/reserves/1', reserves, insurance: { usdt } })
      writeFileSync(at('exchange/reserves.json'), held(RESERVES, FUND))
      writeFileSync(at('exchange/thin.json'), held(THIN.reserves, THIN.fund))
    },
    /**
     * What stands in the books, and what follows from it in every scenario; the runs have written the table.
     */
    marks: () => bookMarks(at('exchange/accounts.csv'), table),
  }
}

function accountsFile(rows: Rows): string {
  const columns = ASSETS.map((x) => `e_${x},d_${x},${x},vl_${x},m_${x},pm_${x}`)
  const lines = Object.entries(rows).map(([id, held], i) => {
    const cells = ASSETS.flatMap((asset) => {
      const { has = '0', owes = '0', loan = '0', margin = '0' } = held[asset] ?? {}
      return [has, owes, '0', loan, margin, '0']
    })
    return [i + 1, id, ...cells, '0'].join()
  })
  return `${[`rn,id,${columns.join()},total`, ...lines].join('\n')}\n`
}

async function bookMarks(accounts: string, riskFile: string): Promise<Mark[]> {
  const units = (what: string, amounts: readonly string[]) =>
    amounts.flatMap((amount) => amountMarks(what, amount, DECIMALS))
  const cells = (column: keyof Cells, ...all: Rows[]) =>
    all
      .flatMap((rows) => Object.values(rows).flatMap((held) => Object.values(held)))
      .flatMap((c) => c[column] ?? [])
  const marks = [
    ...units('what an account has', cells('has', ROWS)),
    ...units('what an account owes', cells('owes', ROWS, OVER)),
    ...units('a pledge', [...cells('loan', ROWS), ...cells('margin', ROWS)]),
    ...units('all that is owed', Object.values(OWED)),
    ...units('all that is lent', Object.values(LENT)),
    ...units('the debt above its collateral', [OVER_DEBT]),
    ...units('all that is pledged', Object.values(PLEDGED)),
    ...units('a reserve', [...Object.values(RESERVES), THIN.reserves.usdt]),
    ...units('an insurance fund', [FUND, THIN.fund]),
  ]

  const table = await readRiskTable(riskFile)
  const value = (what: string, amount: bigint) => valueMarks(what, amount, table.valueDecimals)
  const columns = [
    table.instruments.map(({ mark }) => ({ long: mark, short: mark })),
    ...table.scenarios.map(({ values }) => values),
  ]
  const sums = columns.map(() => ({ owed: 0n, shortfalls: 0n, lent: 0n }))
  const ledger = await readLedger(accounts, table)
  try {
    for await (const { id, slots } of ledger.accounts({ shuffleSeed: randomBytes(32) })) {
      marks.push(...accountMarks(id, slots))
      for (const { instrument, quantity } of slots) {
        // A full tier is as wide as the public table says.
        if (quantity === table.instruments[instrument]!.tier?.width) continue
        marks.push(numberMark('what is in one row', quantity < 0n ? -quantity : quantity))
      }
      for (const [i, values] of columns.entries()) {
        let [has, owes] = [0n, 0n]
        for (const { instrument, quantity } of slots) {
          if (quantity > 0n) has += quantity * values[instrument]!.long
          else owes -= quantity * values[instrument]!.short
        }
        marks.push(...value('worth of what an account has', has), ...value('worth of what it owes', owes))
        const [equity, sum] = [has - owes, sums[i]!]
        sum.lent += owes
        if (equity < 0n) {
          sum.shortfalls -= equity
          marks.push(...value('the shortfall of one account', -equity))
        } else {
          sum.owed += equity
          marks.push(...value('the equity of one account', equity))
        }
      }
    }
  } finally {
    await ledger.close()
  }
  for (const { owed, shortfalls, lent } of sums) {
    marks.push(...value('the equity of all accounts', owed), ...value('the loans of all accounts', lent))
    marks.push(...value('the shortfalls of all accounts', shortfalls))
  }
  return marks
}

/**
 * An amount of the quote currency: exact, in smallest units of value, and cut off as tables for people have
 * it.
 */
function valueMarks(what: string, amount: bigint, decimals: number): Mark[] {
  if (amount === 0n) return []
  const text = formatDecimal(amount, decimals)
  const cut = shownAmount(text)
  return [
    ...amountMarks(what, text, decimals),
    textMark(`${what}, cut off`, cut),
    textMark(`${what}, cut off`, cut.replaceAll(',', '')),
  ]
}
