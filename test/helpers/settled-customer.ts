import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RISK } from '../../scripts/soundness/samples/venue.js'
import { type KeyPins, parsePins } from '../../src/bundle/index.js'
import { type OpenedPlace, openEpoch } from '../../src/epoch/index.js'
import { folderSource, readReserves, readRiskTable } from '../../src/inputs/index.js'
import { type Ledger, readLedger } from '../../src/ledger/index.js'
import type { RiskTable } from '../../src/risk/index.js'
import { FULL_RESERVES } from '../../src/statements/index.js'
import { exportInclusion, proveLedger, proveSettlement, proveSolvency } from '../../src/venue/index.js'
import { type Rows, SimulatedProofs, writeRows } from './settlement.js'

/** The customer whose file there is. */
export const CUSTOMER = 'alice@example.com'

/** What the customer sees between the two epochs: the earlier table alone has ETH. */
export const CUSTOMER_LINES = [
  ['BTC', 'opening', '2026-01', '2'],
  ['BTC', 'trades', '2026-02', '-0.1'],
  ['BTC', 'closing', '2026-02', '1.9'],
  ['USDT', 'opening', '2026-01', '1000'],
  ['USDT', 'transfers', '2026-02', '250'],
  ['USDT', 'transfers', '2026-02', '-50'],
  ['USDT', 'fees', '2026-02', '-9.7'],
  ['USDT', 'trades', '2026-02', '9700'],
  ['USDT', 'closing', '2026-02', '10890.3'],
  ['ETH', 'opening', '2026-01', '5'],
  ['ETH', 'transfers', '2026-02', '-5'],
  ['ETH', 'closing', '2026-02', '0'],
].map(([instrument, entry, epoch, quantity]) => ({ instrument, entry, epoch, quantity }))

const [BTC, ETH, USDT] = RISK.instruments
const DAYS: { instruments: object[]; rows: Rows; reserves: Record<string, string> }[] = [
  {
    instruments: [BTC!, USDT!, ETH!],
    rows: [
      [CUSTOMER, 'BTC', '2'],
      [CUSTOMER, 'USDT', '1000'],
      [CUSTOMER, 'ETH', '5'],
      ['bob-7731', 'USDT', '20000'],
      ['bob-7731', 'ETH', '0.25'],
    ],
    reserves: { BTC: '3', USDT: '30000', ETH: '6' },
  },
  {
    instruments: [BTC!, USDT!],
    rows: [
      [CUSTOMER, 'BTC', '1.9'],
      [CUSTOMER, 'USDT', '10890.3'],
      ['bob-7731', 'USDT', '10300'],
      ['bob-7731', 'BTC', '0.1'],
    ],
    reserves: { BTC: '3', USDT: '30000' },
  },
]
const ACTIVITY: Record<string, Rows> = {
  transfers: [
    [CUSTOMER, 'USDT', '250'],
    [CUSTOMER, 'USDT', '-50'],
    [CUSTOMER, 'ETH', '-5'],
    ['bob-7731', 'ETH', '-0.25'],
  ],
  fees: [[CUSTOMER, 'USDT', '-9.7']],
  trades: [
    [CUSTOMER, 'BTC', '-0.1'],
    [CUSTOMER, 'USDT', '9700'],
    ['bob-7731', 'BTC', '0.1'],
    ['bob-7731', 'USDT', '-9700'],
  ],
}
const EPOCHS = ['ledger-tiny', 'solvency-tiny']
const SETTLEMENT = ['weigh-tiny', 'weigh-activity-tiny', 'settlement-tiny']

/** Two settled epochs in folders. */
export interface SettledCustomer {
  /** Folders of the epochs, and the private one of the later. */
  before: string
  after: string
  afterPrivate: string
  /** The customer's inclusion file, which tells the settlement. */
  file: string
  /** The file of pins, and what it holds. */
  pinsFile: string
  pins: KeyPins
}

/**
 * Two epochs of a venue in which an instrument is given up, so that everybody withdraws it, their settlement,
 * and a customer's file. Every proof is simulated; everything else is made as a venue makes it.
 */
export async function settledCustomer(folder: string): Promise<SettledCustomer> {
  const proofs = new SimulatedProofs()
  const activity = join(folder, 'activity')
  mkdirSync(activity)
  for (const [reason, rows] of Object.entries(ACTIVITY)) writeRows(join(activity, `${reason}.csv`), rows)
  const days = DAYS.map(({ instruments, rows, reserves }, i) => {
    const at = (name: string) => join(folder, `${name}-${i}`)
    writeFileSync(
      at('risk.json'),
      JSON.stringify({ ...RISK, timestamp: RISK.timestamp + 86_400 * i, instruments }),
    )
    writeFileSync(at('reserves.json'), JSON.stringify({ schema: 'plimsoll/reserves/1', reserves }))
    writeRows(at('accounts.csv'), rows)
    return {
      ...{ folder: at('epoch'), privateFolder: at('private'), accounts: at('accounts.csv') },
      ...{ risk: at('risk.json'), reserves: (table: RiskTable) => readReserves(at('reserves.json'), table) },
    }
  })
  type Day = (typeof days)[number]
  const [before, after] = days as [Day, Day]
  const withBooks = async <T>(
    { folder, privateFolder, ...day }: Day,
    work: (books: { folder: string; privateFolder: string; table: RiskTable; ledger: Ledger }) => Promise<T>,
  ): Promise<T> => {
    const table = await readRiskTable(day.risk)
    const ledger = await readLedger(day.accounts, table)
    try {
      return await work({ folder, privateFolder, table, ledger })
    } finally {
      await ledger.close()
    }
  }
  const by = { artifacts: proofs.artifacts, prover: proofs.prover }
  for (const [i, day] of days.entries()) {
    await withBooks(day, (books) =>
      proveLedger({
        ...{ ...books, ...by, venue: 'Settled Venue', epoch: `2026-0${i + 1}`, instances: EPOCHS },
        ...(i > 0 && { previous: folderSource(before.folder) }),
      }),
    )
    const { folder, privateFolder, reserves } = day
    await proveSolvency({ ...{ folder, privateFolder, reserves, policy: FULL_RESERVES }, ...by })
  }
  await proveSettlement({
    ...{ before, after, activity, instances: SETTLEMENT, ...by },
    reserves: { before: before.reserves, after: after.reserves },
  })
  const file = join(folder, 'inclusion.json')
  await withBooks(after, (books) =>
    withBooks(before, (earlier) =>
      exportInclusion({
        ...books,
        ...{ before: [{ ...earlier, activity }], accountId: CUSTOMER, out: file },
      }),
    ),
  )
  const keys: Record<string, KeyPins[string]> = {}
  for (const name of [...EPOCHS, ...SETTLEMENT]) {
    const { keyHash, circuitHash, keyKind } = await proofs.artifacts(name)
    keys[name] = { keyHash, circuitHash, keyKind }
  }
  const pinsFile = join(folder, 'pins.json')
  const text = JSON.stringify({ schema: 'plimsoll/pins/2', keys })
  writeFileSync(pinsFile, text)
  return {
    ...{ before: before.folder, after: after.folder, afterPrivate: after.privateFolder, file, pinsFile },
    pins: parsePins(text, pinsFile),
  }
}

/** An epoch in a folder, opened. */
export async function openedFolder(folder: string, pins: KeyPins): Promise<OpenedPlace> {
  const source = folderSource(folder)
  return { source, opened: await openEpoch(source, { pins }) }
}
