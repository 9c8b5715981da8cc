import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPlace, verifySettlement } from '../../epoch/index.js'
import { ProofError, StatementError } from '../../errors/index.js'
import { inFolders, readTextFile, writeFileAtomic, writeJson } from '../../files/index.js'
import { type Inclusion, type StatementLine, verifyInclusion, withStatement } from '../../inclusion/index.js'
import { folderSource, readMoved, readReserves, readRiskTable } from '../../inputs/index.js'
import { readLedger } from '../../ledger/index.js'
import {
  type BooksOfEpoch,
  exportInclusion,
  proveLedger,
  proveLiquidation,
  proveSettlement,
  proveSolvency,
} from '../../venue/index.js'
import { pinsOf } from '../artifacts.js'
import { readPolicy } from '../options.js'
import type { Ui } from '../terminal/ui.js'
import type { ProofLog } from './proofs.js'

const EXAMPLE = fileURLToPath(new URL('../../../examples/two-days', import.meta.url))
const VENUE = 'Settling Venue'
/** The smallest sizes there are: the venue has six customers. */
const LEDGER = ['ledger-tiny', 'ledger-tiny-stress', 'solvency-tiny-stress']
const SETTLEMENT = ['weigh-tiny', 'weigh-activity-tiny', 'settlement-tiny']
/** The customer who looks, and the one who is liquidated. */
const [LOOKS, SHORT] = ['alice', 'dave']

/** What one day of a small venue comes to. */
export interface SettlementDemo {
  /** Proofs of the settlement alone. */
  proofs: number
  /** What the settlement shows, a sentence each. */
  shown: readonly string[]
  /** The statement of account of one customer. */
  statement: readonly StatementLine[]
  /** What was not accepted, and why. */
  refused: readonly { what: string; why: string }[]
}

/** One epoch of the example. */
interface Day {
  name: 'before' | 'after'
  folder: string
  privateFolder: string
  accounts: string
}

/**
 * One day of a small venue: deposits, trades, fees, interest, a liquidation that the fund pays for, and a
 * loss that customers share. The second epoch is proven to follow from the first, a customer adds up the own
 * statement, and neither a trade that is booked to somebody else nor a file that hides a row is taken.
 */
export async function demoSettlement(ui: Ui, out: string, log: ProofLog): Promise<SettlementDemo> {
  const files = join(out, 'files')
  await inFolders([{ path: files }], () => cp(EXAMPLE, files, { recursive: true }))
  const day = (name: Day['name'], accounts = join(files, name, 'accounts.csv')): Day => {
    const folder = join(out, name)
    return { name, folder, privateFolder: `${folder}.private`, accounts }
  }
  const reserves =
    ({ name }: Day) =>
    (table: Parameters<typeof readReserves>[1]) =>
      readReserves(join(files, name, 'reserves.json'), table)
  const [before, after] = [day('before'), day('after')]
  const prove = async (one: Day, epoch: string, previous?: Day) => {
    await withBooks(one, files, (books) =>
      proveLedger({
        ...books,
        ...{ venue: VENUE, epoch, instances: LEDGER, artifacts: log.artifacts, prover: log.prover },
        ...(previous && { previous: folderSource(previous.folder) }),
      }),
    )
    await proveSolvency({
      ...{ folder: one.folder, privateFolder: one.privateFolder, reserves: reserves(one) },
      policy: await readPolicy(join(files, 'policy.json')),
      ...{ artifacts: log.artifacts, prover: log.prover },
    })
  }
  const settle = (activity: string) =>
    proveSettlement({
      ...{ before, after, activity, instances: SETTLEMENT },
      reserves: { before: reserves(before), after: reserves(after) },
      ...{ artifacts: log.artifacts, prover: log.prover },
    })
  const open = (one: Day) => openPlace(folderSource(one.folder), trust())
  const trust = () => ({ pins: pinsOf([...log.used.values()]).keys })

  await prove(before, '2026-01-01')
  const inclusion = await withBooks(before, files, (books) =>
    exportInclusion({ ...books, accountId: SHORT!, out: join(out, `inclusion-${SHORT}.json`) }),
  )
  await proveLiquidation({
    ...{ folder: before.folder, privateFolder: before.privateFolder, inclusion },
    changes: (table) => readMoved(join(files, 'moved.json'), table),
    ...{ artifacts: log.artifacts, prover: log.prover },
  })
  await prove(after, '2026-01-02', before)
  const activity = join(files, 'activity')
  const moved = await ui.step('no proof where a trade is booked to somebody else', async () =>
    refusalOf(settle(await misbooked(out, activity))),
  )
  const { settlement } = await settle(activity)
  const [was, now] = [await open(before), await open(after)]
  const found = await ui.step('verifying that the second epoch follows from the first, as anyone can', () =>
    verifySettlement(now, was, trust()),
  )
  if (found?.settlement === undefined) throw new ProofError('DEMO_INVALID', 'the settlement does not verify')
  const file = await withBooks(after, files, (books) =>
    withBooks(before, files, (earlier) =>
      exportInclusion({
        ...books,
        before: [{ ...earlier, activity }],
        ...{ accountId: LOOKS!, out: join(out, `inclusion-${LOOKS}.json`) },
      }),
    ),
  )
  const told = (shown: Inclusion) =>
    withStatement(verifyInclusion(shown, now.opened), shown, now, [was], trust())
  const [{ statement }, hidden] = await ui.step('a customer adds up the own statement of account', async () =>
    Promise.all([told(file), told(withoutFees(file))]),
  )
  if (statement?.verdict !== 'adds up' || hidden.statement?.verdict !== 'does not add up') {
    throw new ProofError('DEMO_INVALID', 'a statement of account was not told from a false one')
  }
  await writeJson(join(out, 'pins.json'), pinsOf([...log.used.values()]))
  return {
    proofs: 1 + settlement.chunks.reduce((sum, { count }) => sum + count, 0),
    shown: found.settlement.words,
    statement: statement.lines,
    refused: [
      { what: 'a trade that is booked to somebody else', why: moved },
      { what: 'a file without the fees', why: hidden.statement.words[0]! },
    ],
  }
}

/** Runs `work` with the books of an epoch, its accounts read. */
async function withBooks<T>(
  { name, folder, privateFolder, accounts }: Day,
  files: string,
  work: (books: Pick<BooksOfEpoch, 'folder' | 'privateFolder' | 'table' | 'ledger'>) => Promise<T>,
): Promise<T> {
  const table = await readRiskTable(join(files, name, 'risk.json'))
  const ledger = await readLedger(accounts, table)
  try {
    return await work({ folder, privateFolder, table, ledger })
  } finally {
    await ledger.close()
  }
}

/** The same activity, with one leg of a trade on the account of another customer. */
async function misbooked(out: string, activity: string): Promise<string> {
  const other = join(out, 'activity-misbooked')
  await inFolders([{ path: other }], () => cp(activity, other, { recursive: true }))
  const trades = join(other, 'trades.csv')
  const rows = await readTextFile(trades)
  await writeFileAtomic(trades, rows.replace(`${LOOKS},BTC`, 'eve,BTC'))
  return other
}

/** Why nothing was proven. */
async function refusalOf(proven: Promise<unknown>): Promise<string> {
  const error = await proven.then(
    () => undefined,
    (found: unknown) => found,
  )
  if (error instanceof StatementError && error.code === 'SETTLEMENT_UNBALANCED') return error.message
  throw error ?? new ProofError('DEMO_INVALID', 'a unit moved without a row, and a proof was made')
}

/** A customer's file, as a venue would make it that hides what it took. */
function withoutFees(file: Inclusion): Inclusion {
  const settlements = file.settlements?.map((step) => ({
    ...step,
    rows: step.rows.filter(({ reason }) => reason !== 'fees'),
  }))
  return { ...file, ...(settlements && { settlements }) }
}
