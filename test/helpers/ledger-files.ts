import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { InputError } from '../../src/errors/index.js'
import { type Account, type LedgerOptions, readLedger } from '../../src/ledger/index.js'
import type { RiskTable } from '../../src/risk/index.js'

/** BTC 8, ETH 8, USDT 6 and JPY 0 decimals, and no scenario: no account owes anything. */
export const spot: RiskTable = {
  timestamp: 1767225600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 97n },
    { symbol: 'ETH', kind: 'spot', decimals: 8, mark: 33n },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 6, mark: 1n },
    { symbol: 'JPY', kind: 'spot', decimals: 0, mark: 2n },
  ],
  scenarios: [],
}

/** The same with a scenario, so that there may be loans. */
export const table: RiskTable = {
  ...spot,
  scenarios: [{ name: 'calm', values: spot.instruments.map(({ mark }) => ({ long: mark, short: mark })) }],
}

export const SEED = new Uint8Array(32).fill(7)

export interface Reading {
  accounts: Account[]
  count: number
  maxSlots: number
  slotCounts: ReadonlyMap<number, number>
  notes: readonly string[]
  format: string
  sha256: string
}

/** Reads a file that is already there, all accounts of it. */
export async function readFile(
  path: string,
  options: LedgerOptions = {},
  seed: Uint8Array = SEED,
  risk = table,
): Promise<Reading> {
  const ledger = await readLedger(path, risk, options)
  try {
    const accounts: Account[] = []
    for await (const account of ledger.accounts({ shuffleSeed: seed })) accounts.push(account)
    const { count, maxSlots, slotCounts, notes, format, sha256 } = ledger
    return { accounts, count, maxSlots, slotCounts, notes, format, sha256 }
  } finally {
    await ledger.close()
  }
}

/** Runs `use` on a file with this content, which is gone afterwards. */
export async function withFile<T>(
  content: string | Uint8Array,
  use: (path: string) => Promise<T>,
  name = 'accounts.csv',
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-test-'))
  try {
    await writeFile(join(folder, name), content)
    return await use(join(folder, name))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Reads a ledger from the text of its file. */
export function readText(
  content: string | Uint8Array,
  options: LedgerOptions = {},
  seed: Uint8Array = SEED,
): Promise<Reading> {
  return withFile(content, (path) => readFile(path, options, seed))
}

/** The accounts by identifier, for comparisons that the order does not matter to. */
export async function accountsOf(content: string | Uint8Array): Promise<Record<string, Account>> {
  const { accounts, count } = await readText(content)
  expect(accounts).toHaveLength(count)
  return Object.fromEntries(accounts.map((account) => [account.id, account]))
}

/** The error that a file raises, its place without the folder: code, place, message. */
export async function failure(
  content: string | Uint8Array,
  options: LedgerOptions = {},
  risk = table,
): Promise<{ code: string; where: string; message: string; hint: string | undefined; all: string }> {
  return withFile(content, async (path) => {
    const error = await readFile(path, options, SEED, risk).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InputError)
    const { code, message, hint, where } = error as InputError
    const all = JSON.stringify(error) + String((error as InputError).cause ?? '')
    const shorten = (text: string): string => text.replaceAll(path, 'accounts.csv')
    return { code, where: shorten(where ?? ''), message: shorten(message), hint, all }
  })
}
