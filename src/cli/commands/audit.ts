import { type Command, Option } from 'commander'
import type { AuditOptions, InputHash } from '../../audit/index.js'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { forceOption, ManyOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'
import { packageVersion } from '../version.js'
import { writeResult } from '../write-result.js'

interface AuditCommandOptions extends Omit<TrustOptions, 'production'> {
  development?: boolean
  previous?: string
  history?: string
  compare?: string
  prices?: string
  tolerance: string
  openings?: string
  previousOpenings?: string
  external?: string
  words?: string
  report?: string[]
  force?: boolean
  json?: boolean
}

export function auditCommand(): Command {
  return command('audit', {
    description:
      'Audit an epoch: everything that verify does, and what no proof can answer, with a report. Development keys fail.',
    args: [['<epoch>', 'the epoch: a folder, a ZIP archive or an https address']],
    options: [
      ...trustOptions().filter(({ long }) => long !== '--production'),
      new Option('--development', 'accept development keys, for a trial'),
      new Option('--previous <place>', 'the epoch before this one, to compare with'),
      new Option('--history <folder>', 'every published epoch: walks the manifests back by their digests'),
      new Option('--compare <place>', 'another copy of the epoch: names the first difference'),
      new Option(
        '--prices <file>',
        'prices of a second source (CSV: symbol,price), to compare the marks with',
      ),
      new Option('--tolerance <share>', 'the most that a mark may differ by from its second price').default(
        '0.01',
      ),
      new Option('--openings <file>', 'what the venue discloses of the epoch (JSON)'),
      new Option('--previous-openings <file>', 'what it disclosed of the epoch before (JSON)'),
      new Option(
        '--external <file>',
        'what the venue shows of deposits, withdrawals and fees since the epoch before (JSON)',
      ),
      new Option('--words <file>', 'what venue and auditor say, for the fields of an attestation (JSON)'),
      new ManyOption(
        '--report <file>',
        'write the report: a page (.html) or a document (.json); may be repeated',
      ),
      forceOption(),
    ],
    notes: [
      'Needs --pins unless --development is given. Exit code 1 when any procedure finds an exception. Whatever one finds, the others run.',
      'The page has no script and no reference to anything outside it.',
    ],
    examples: [
      'plimsoll audit epoch --pins pins.json --development --report audit.html',
      'plimsoll audit epoch --pins pins.json --development --json',
    ],
  }).action(async (place: string, options: AuditCommandOptions) => {
    const { audit, auditPage } = await import('../../audit/index.js')
    const { openSource } = await import('../../inputs/index.js')
    const { formatJson } = await import('../../schema/index.js')
    const { auditView } = await import('../views/audit.js')
    const ui = createUi(options)
    const { report: files = [], force } = options
    for (const file of files) assertReportName(file)
    // Keys count for an audit as they do in production, unless it is a trial.
    const { production: _, ...trust } = await readTrust({ ...options, production: !options.development })
    const given = await readGiven(options)
    const source = await openSource(place)
    const report = await ui.step('auditing the epoch', (update) =>
      audit(source, {
        ...{ ...trust, ...given, version: packageVersion() },
        development: options.development ?? false,
        onCheck: ({ id }) => update(id),
      }),
    )
    const { exitCode, ...shown } = report
    for (const file of files) {
      await writeResult(file, /\.html$/i.test(file) ? auditPage(report) : formatJson(shown), force)
    }
    ui.warnOfKeys(report.keyKind)
    ui.result(shown, () => auditView(report, files))
    process.exitCode = exitCode
  })
}

function assertReportName(file: string): void {
  if (/\.(?:html|json)$/i.test(file)) return
  throw new InputError('USAGE', 'a report is a page or a document', {
    where: '--report',
    hint: 'Name a file that ends with .html or .json.',
  })
}

/** What the options name, read. */
async function readGiven(options: AuditCommandOptions): Promise<Partial<AuditOptions>> {
  const { openHistory, openSource, readDisclosure, readExternalFile, readSecondPrices, readWords } =
    await import('../../inputs/index.js')
  const { sha256File } = await import('../../files/index.js')
  const inputs: InputHash[] = []
  const given: Partial<AuditOptions> = {}
  /** Reads a file that was named, and notes its hash. */
  const take = async <T>(
    file: string | undefined,
    read: (file: string) => Promise<{ value: T; sha256: string }>,
    put: (value: T) => void = () => {},
  ) => {
    if (file === undefined) return
    const { value, sha256 } = await read(file)
    inputs.push({ name: file, sha256 })
    put(value)
  }
  for (const file of [options.pins, options.policy])
    await take(file, async (path) => ({ value: undefined, sha256: await sha256File(path) }))
  if (options.previous !== undefined) given.previous = await openSource(options.previous)
  if (options.history !== undefined) given.history = await openHistory(options.history)
  if (options.compare !== undefined) given.copy = await openSource(options.compare)
  if (options.prices !== undefined) {
    const { prices, sha256 } = await readSecondPrices(options.prices, options.tolerance)
    given.prices = prices
    inputs.push({ name: options.prices, sha256 })
  }
  await take(options.openings, readDisclosure, (value) => {
    given.disclosure = value
  })
  await take(options.previousOpenings, readDisclosure, (value) => {
    given.previousDisclosure = value
  })
  await take(options.external, readExternalFile, (value) => {
    given.external = value
  })
  await take(options.words, readWords, (value) => {
    given.words = value
  })
  return { ...given, inputs }
}
