import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { BetterSizes } from '../../venue/index.js'
import { command } from '../command.js'
import {
  allStressedOption,
  type BooksOptions,
  booksOptions,
  instancesOption,
  ownInstancesOption,
  type PlanningOptions,
  readPlanOptions,
} from '../options.js'
import { createUi } from '../terminal/ui.js'

interface PlanCommandOptions extends BooksOptions, PlanningOptions {
  json?: boolean
}

export function planCommand(): Command {
  return command('plan', {
    description:
      'Say which instances prove a ledger, how many proofs that takes, and about how long, how much memory, disk and gas. Nothing is proven.',
    options: [
      ...booksOptions(),
      instancesOption(),
      ownInstancesOption(),
      allStressedOption(),
      new Option('--add-sizes', "add sizes that would save much of the time to the project's own"),
    ],
    notes: [
      'Times rest on measurements made on this machine as the command runs: proofs of a made-up circuit, and the hashes of some accounts. Other work on the machine makes them longer. `ledger prove` takes the same plan.',
    ],
    examples: [
      'plimsoll plan --accounts examples/venue/accounts.csv --risk examples/venue/risk.json',
      'plimsoll plan --accounts examples/exchange/accounts.csv --risk examples/exchange/tiers.csv --timestamp 1767225600 --add-sizes',
    ],
  }).action(async (options: PlanCommandOptions) => {
    const { planView } = await import('../views/plan.js')
    const { betterSizes, forecastPlan, readToProve } = await import('../../venue/index.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    const among = await readPlanOptions(options)
    const table = await readRisk(options.risk, ui, options.timestamp)
    const started = performance.now()
    const { ledger, planner } = await ui.step('reading the accounts', () =>
      readToProve(options.accounts, table, among),
    )
    const reading = (performance.now() - started) / 1000
    try {
      ui.notes(ledger.notes)
      const plan = planner.plan(ledger.shapes)
      const forecast = await ui.step('measuring this machine', () =>
        forecastPlan(plan, table, ledger, reading),
      )
      const better = betterSizes(table, ledger.shapes, plan, among)
      const addedTo = options.addSizes ? await addSizes(better, options.ownInstances) : undefined
      const result = {
        ...forecast,
        ...(better === undefined ? {} : { better }),
        ...(addedTo === undefined ? {} : { addedTo }),
      }
      ui.result(result, () => planView(result))
    } finally {
      await ledger.close()
    }
  })
}

/** Adds better sizes to the project's own, and hands back the file that has them. */
async function addSizes(
  better: BetterSizes | undefined,
  named: string | undefined,
): Promise<string | undefined> {
  if (better === undefined) return undefined
  const { OWN_INSTANCES_FILE, ownInstancesSchema } = await import('../../inputs/index.js')
  const { readJsonFile, writeJson } = await import('../../files/index.js')
  const file = named ?? OWN_INSTANCES_FILE
  const before = existsSync(file) ? await readJsonFile(file, ownInstancesSchema) : {}
  await writeJson(file, { ...before, ...better.instances })
  return file
}
