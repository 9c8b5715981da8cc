import type { Command } from 'commander'
import { command } from '../command.js'
import {
  instancesOption,
  ownInstancesOption,
  type PlanningOptions,
  type PoolOptions,
  poolOptions,
  readKeyPins,
  readPlanOptions,
  required,
  reservesOption,
} from '../options.js'
import {
  type SettlingOptions,
  settledFiles,
  settledReserves,
  settlingOptions,
} from '../settlement-options.js'
import { createUi } from '../terminal/ui.js'

interface ProveOptions extends SettlingOptions, PlanningOptions, PoolOptions {
  reserves: string
  previousReserves: string
  pins?: string
  json?: boolean
}

export function settlementProveCommand(): Command {
  return command('prove', {
    description:
      'Prove that an epoch follows from the one before it, customer by customer. Run again, it continues where it stopped.',
    options: [
      ...settlingOptions(),
      reservesOption(),
      required('--previous-reserves <file>', 'reserves of the epoch before (JSON)'),
      instancesOption(),
      ownInstancesOption(),
      ...poolOptions(),
    ],
    notes: [
      'The proofs go into the folder settlement of the later epoch. The private folder gets external.json, which opens deposits, withdrawals and fees and nothing else: publish it or not.',
      'Nothing is proven when the epochs do not follow: `plimsoll settlement check` says why.',
      'The example settles two epochs of one venue, of the files in examples/venue and examples/settlement; in the first, desk-000002 was liquidated as `plimsoll liquidation prove --help` shows.',
    ],
    examples: [
      'plimsoll settlement prove --previous epoch --previous-accounts examples/venue/accounts.csv --previous-reserves examples/venue/reserves.json --epoch epoch-2 --accounts examples/settlement/accounts.csv --reserves examples/settlement/reserves.json --activity examples/settlement/activity',
    ],
  }).action(async (options: ProveOptions) => {
    const { settlementProvenView } = await import('../views/settlement-check.js')
    const { artifactSource } = await import('../artifacts.js')
    const { assertPool, settleWithProgress } = await import('../prove-with-progress.js')
    const ui = createUi(options)
    assertPool(options)
    const { instances, own } = await readPlanOptions(options)
    const { proven, log } = await settleWithProgress(ui, options, {
      ...(await settledFiles(options)),
      reserves: await settledReserves(options.reserves, options.previousReserves),
      ...(instances === undefined ? {} : { instances }),
      ...(own === undefined ? {} : { own }),
      artifacts: artifactSource(ui, await readKeyPins(options.pins)),
    })
    const { settlement, plan, keyKind } = proven
    ui.warnOfKeys(keyKind)
    const result = {
      epoch: options.epoch,
      previous: options.previous,
      chunks: plan.chunks,
      kept: log.kept,
      keyKind,
      liquidations: settlement.liquidations.flat().length,
      loss: settlement.loss === 1,
      state: settlement.state,
      ...log.summary(),
    }
    ui.result(result, () => settlementProvenView(result))
  })
}
