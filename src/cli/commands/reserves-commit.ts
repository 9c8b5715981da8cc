import { type Command, Option } from 'commander'
import { command } from '../command.js'
import { forceOption, ManyOption, outOption, required } from '../options.js'
import { type KnownOptions, knownOptions, readClasses, readKnown } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface Options extends KnownOptions {
  risk: string
  class?: string[]
  reserves?: string
  out: string
  force?: boolean
  json?: boolean
}

export function reservesCommitCommand(): Command {
  return command('commit', {
    description: 'Write the amounts for `solvency prove` from evidence: never more than it shows.',
    args: [['<evidence>', 'the folder, such as epoch/reserves']],
    options: [
      required('--risk <file>', 'the risk table of the epoch'),
      new ManyOption('--class <name>', 'what counts: proven, observed or attested (default: proven alone)'),
      new Option(
        '--reserves <file>',
        'amounts to commit to, in place of all that is shown; none may be above it',
      ),
      ...knownOptions(),
      outOption('the amounts'),
      forceOption(),
    ],
    notes: ['It also writes summary.json into the evidence: what is shown, by the classes that count.'],
    examples: [
      'plimsoll reserves commit epoch/reserves --risk examples/venue/risk.json --out reserves-shown.json',
    ],
  }).action(async (folder: string, options: Options) => {
    const { riskTableHash } = await import('../../bundle/index.js')
    const { commitReserves } = await import('../../collect/index.js')
    const { EXIT } = await import('../../errors/index.js')
    const { readReserves, readRiskTable } = await import('../../inputs/index.js')
    const { committedView, reservesView } = await import('../views/reserves.js')
    const { writeResult } = await import('../write-result.js')
    const ui = createUi(options)
    const table = await readRiskTable(options.risk)
    const committed = await commitReserves({
      folder,
      table,
      tableSha256: riskTableHash(table),
      classes: await readClasses(options.class),
      ...(options.reserves !== undefined && { reserves: await readReserves(options.reserves, table) }),
      known: await readKnown(options),
    })
    if (!('text' in committed)) {
      const { exitCode, ...report } = committed.report
      ui.result(report, () => reservesView(committed.report))
      process.exitCode = EXIT.invalid
      return
    }
    await writeResult(options.out, committed.text, options.force)
    const { report, summary, unknown } = committed
    const result = { out: options.out, verdict: report.verdict, words: report.words, summary, unknown }
    ui.result(result, () => committedView(result))
  })
}
