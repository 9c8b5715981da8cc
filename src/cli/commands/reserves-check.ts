import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { EvidenceFolder } from '../../reserves/index.js'
import { command } from '../command.js'
import { ManyOption } from '../options.js'
import { type KnownOptions, knownOptions, readKnown } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface Options extends KnownOptions {
  epoch?: string
  against?: string[]
  minProven?: string
  json?: boolean
}

export function reservesCheckCommand(): Command {
  return command('check', {
    description: 'Check evidence of reserves: who controls the accounts, and what they hold. Works offline.',
    args: [['<evidence>', 'its folder, or its epoch: a folder, a ZIP archive or an https address']],
    options: [
      new Option('--epoch <folder>', 'the epoch that it has to be of; its proofs are for `plimsoll verify`'),
      ...knownOptions(),
      new ManyOption('--against <place>', 'evidence of another venue: accounts that both show are named'),
      new Option(
        '--min-proven <share>',
        'the least share of each instrument that has to be proven, such as 0.9',
      ),
    ],
    notes: [
      'Exit code 1 when the evidence does not hold. Without the hash of a block, by --block or from two nodes, it is the venue’s word that the block is on its chain, and the verdict says so.',
    ],
    examples: ['plimsoll reserves check epoch/reserves --epoch epoch --block eip155:1=0x…'],
  }).action(async (place: string, options: Options) => {
    const { openSource } = await import('../../inputs/index.js')
    const { evidenceIn } = await import('../../epoch/index.js')
    const { checkReserves } = await import('../../reserves/index.js')
    const { reservesView } = await import('../views/reserves.js')
    const ui = createUi(options)
    const known = await readKnown(options)
    const of = options.epoch === undefined ? {} : await readEpoch(options.epoch)
    const { against = [], minProven } = options
    const evidence = await evidenceIn(await openSource(place))
    const others: EvidenceFolder[] = []
    for (const other of against) others.push(await evidenceIn(await openSource(other)))
    const { report } = await ui.step('checking the evidence', (update) =>
      checkReserves(evidence, {
        ...known,
        ...of,
        against: others,
        ...(minProven !== undefined && { provenShare: readShare(minProven) }),
        onCheck: ({ id }) => update(id),
        onProgress: (lines) => {
          if (lines % 10_000 === 0) update(`${lines.toLocaleString('en-US')} holdings`)
        },
      }),
    )
    const { exitCode, asked, ...rest } = report
    ui.notes([...report.notes, ...(asked?.notes ?? [])])
    const unspent = asked !== undefined && asked.unspent.asked > 0 && asked.unspent
    const result = { ...rest, ...(asked && { asked: asked.notes }), ...(unspent && { unspent }) }
    ui.result(result, () => reservesView(report))
    process.exitCode = exitCode
  })
}

/** What an epoch says of itself; whether it is valid, `plimsoll verify` finds. */
async function readEpoch(place: string) {
  const { readPublishedTable } = await import('../../bundle/index.js')
  const { EPOCH_PATHS, readManifest } = await import('../../epoch/index.js')
  const { openSource } = await import('../../inputs/index.js')
  const source = await openSource(place)
  const { venue, epoch, riskTable, parts } = await readManifest(source)
  const { value: table } = await readPublishedTable(source, EPOCH_PATHS.risk)
  const { accountsRoot } = parts.solvency ?? {}
  return {
    epoch: { venue, epoch, timestamp: table.timestamp, ...(accountsRoot !== undefined && { accountsRoot }) },
    table: { sha256: riskTable, instruments: table.instruments },
  }
}

function readShare(text: string): { numerator: bigint; denominator: bigint } {
  const [, whole, fraction = ''] = /^([01])(?:\.([0-9]{1,6}))?$/.exec(text) ?? []
  const denominator = 10n ** BigInt(fraction.length)
  const numerator = whole === undefined ? denominator + 1n : BigInt(whole + fraction)
  if (numerator <= denominator) return { numerator, denominator }
  throw new InputError('USAGE', 'not a share from 0 to 1', { where: '--min-proven' })
}
