import { Command } from 'commander'
import type { Artifacts } from '../../proving/index.js'
import { forceOption } from '../output.js'
import { createUi, DEVELOPMENT_WARNING, table, type Ui } from '../ui.js'

interface SetupOptions {
  list?: boolean
  pins?: string
  force?: boolean
  json?: boolean
}

export function setupCommand(): Command {
  return new Command('setup')
    .description('Compile circuits, and make or check their keys.')
    .argument('[instances...]', 'instances to set up; --list names them', ['ledger-small', 'solvency-small'])
    .option('--list', 'list every instance with its sizes and costs, and set up none')
    .option('--pins <file>', "add the keys' hashes to a file that others can verify with")
    .addOption(forceOption())
    .option('--json', 'one JSON value on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll setup --list\n  plimsoll setup ledger-small-stress solvency-small-stress margin-4 --pins pins.json',
    )
    .action(async (names: string[], options: SetupOptions) => {
      const ui = createUi(options.json ?? false)
      const { findInstance } = await import('../../proving/index.js')
      const { addPins, artifactSource } = await import('../artifacts.js')
      if (options.list) return list(ui)
      for (const name of names) findInstance(name)
      const source = artifactSource(ui)
      const made: Artifacts[] = []
      for (const name of names) made.push(await source(name))
      if (options.pins) await addPins(options.pins, made, options.force)
      if (made.some((a) => a.keyKind === 'development')) ui.say(DEVELOPMENT_WARNING)
      ui.result(
        made.map((a) => ({
          name: a.instance.name,
          keyKind: a.keyKind,
          keyHash: a.keyHash,
          circuitHash: a.circuitHash,
          directory: a.directory,
        })),
        () => made.map((a) => `${a.keyKind} key of ${a.instance.name}: ${a.keyHash}`),
      )
    })
}

async function list(ui: Ui): Promise<void> {
  const { describeInstance, loadInstances } = await import('../../proving/index.js')
  const rows = loadInstances().map(({ name }) => {
    const { statement, params, public: publicSignals, constraints, domainSize, fill } = describeInstance(name)
    return {
      name,
      statement,
      sizes: {
        accounts: params.ACCOUNTS ?? null,
        slots: params.SLOTS ?? null,
        instruments: params.INSTRUMENTS ?? null,
        scenarios: params.SCENARIOS ?? null,
      },
      tiers: params.TIERED === 1,
      publicSignals,
      constraints,
      domain: domainSize,
      fill: Number(fill.toFixed(4)),
    }
  })
  ui.result(rows, () =>
    table(
      [
        'instance',
        'statement',
        'accounts',
        'slots',
        'instruments',
        'scenarios',
        'tiers',
        'constraints',
        'domain',
        'fill',
      ],
      rows.map((r) => [
        r.name,
        r.statement,
        r.sizes.accounts ?? '',
        r.sizes.slots ?? '',
        r.sizes.instruments ?? '',
        r.sizes.scenarios ?? '',
        r.tiers ? 'yes' : '',
        (r.constraints.nonLinear + r.constraints.linear).toLocaleString('en-US'),
        `2^${Math.log2(r.domain)}`,
        `${(100 * r.fill).toFixed(1)} %`,
      ]),
    ),
  )
}
