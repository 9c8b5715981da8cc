import type { Command } from 'commander'
import { command } from '../command.js'
import {
  allStressedOption,
  type BooksOptions,
  booksOptions,
  instancesOption,
  planOptions,
} from '../options.js'
import { createUi } from '../terminal/ui.js'

interface PlanCommandOptions extends BooksOptions {
  instance?: string[]
  allStressed?: boolean
  json?: boolean
}

export function planCommand(): Command {
  return command('plan', {
    description:
      'Say which instances prove a ledger, how many proofs that takes, and about how long, how much memory, disk and gas. Nothing is proven.',
    options: [...booksOptions(), instancesOption(), allStressedOption()],
    notes: [
      'Times rest on measurements made on this machine as the command runs: a multiplication of the kind that proofs are made of, and the hashes of some accounts. Other work on the machine makes them longer. `ledger prove` takes the same plan.',
    ],
    examples: ['plimsoll plan --accounts examples/venue/accounts.csv --risk examples/venue/risk.json'],
  }).action(async (options: PlanCommandOptions) => {
    const { planView } = await import('../views/plan.js')
    const { betterSizes, forecastPlan, readToProve } = await import('../../venue/index.js')
    const { findInstance } = await import('../../proving/index.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    for (const name of options.instance ?? []) findInstance(name)
    const table = await readRisk(options.risk, ui, options.timestamp)
    const started = performance.now()
    const { ledger, planner } = await ui.step('reading the accounts', () =>
      readToProve(options.accounts, table, planOptions(options)),
    )
    const reading = (performance.now() - started) / 1000
    try {
      ui.notes(ledger.notes)
      const plan = planner.plan(ledger.shapes)
      const forecast = await ui.step('measuring this machine', () =>
        forecastPlan(plan, table, ledger, reading),
      )
      const better = betterSizes(table, ledger.shapes, plan, planOptions(options))
      const result = { ...forecast, ...(better === undefined ? {} : { better }) }
      ui.result(result, () => planView(result))
    } finally {
      await ledger.close()
    }
  })
}
