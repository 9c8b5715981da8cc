import type { Command } from 'commander'
import { EXIT, inPlace } from '../../errors/index.js'
import { command } from '../command.js'
import {
  type BooksOptions,
  booksOptions,
  ownInstancesOption,
  policyOption,
  readOwn,
  readPolicy,
  reservesOption,
} from '../options.js'
import { createUi } from '../terminal/ui.js'

interface CheckOptions extends BooksOptions {
  reserves: string
  policy?: string
  ownInstances?: string
  json?: boolean
}

export function solvencyCheckCommand(): Command {
  return command('check', {
    description:
      "Check what stands behind a ledger without proving anything: the venue's own, private check. It prints accounts and amounts.",
    options: [...booksOptions(), reservesOption(), policyOption(), ownInstancesOption()],
    notes: [
      'Exit code 1 when these books cannot be proven, when a cap of the waterfall leaves shortfalls uncovered, or when the layers alone do not cover the largest shortfalls of some scenario: those of two accounts, unless the policy says another number. One owner can have several accounts. Only the first of these is proven to others.',
    ],
    examples: [
      'plimsoll solvency check --accounts examples/venue/accounts.csv --risk examples/venue/risk.json --reserves examples/venue/reserves.json',
    ],
  }).action(async (options: CheckOptions) => {
    const { booksView } = await import('../views/books.js')
    const { policyWords } = await import('../views/policy.js')
    const { checkSolvency } = await import('../../venue/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { isTiered } = await import('../../risk/index.js')
    const { FULL_RESERVES } = await import('../../statements/index.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    const own = await readOwn(options.ownInstances)
    const table = await readRisk(options.risk, ui, options.timestamp)
    const reserves = await readReserves(options.reserves, table)
    const policy = options.policy ? await readPolicy(options.policy) : FULL_RESERVES
    const check = await ui.step('checking what stands behind the accounts', (progress) =>
      inPlace(
        options.policy,
        () => checkSolvency({ accounts: options.accounts, table, reserves, policy, own, progress }),
        'POLICY_',
      ),
    )
    ui.notes([...check.notes, ...policyWords(check.weak, options.policy).notes])
    ui.result(check, () => booksView(check, table, isTiered(table)))
    process.exitCode = check.valid ? EXIT.ok : EXIT.invalid
  })
}
