import { type Command, Option } from 'commander'
import type { EpochCheck, KeyKind, Source } from '../../bundle/index.js'
import type {
  Disclosure,
  DisclosureTrust,
  EpochReport,
  LiquidationTrust,
  OpenedEpoch,
  OpenedPlace,
  VerifyEpochOptions,
} from '../../epoch/index.js'
import { type ExitCode, InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'
import { readTrust, type TrustOptions, trustOptions } from '../trust-options.js'

interface VerifyOptions extends TrustOptions {
  openings?: string
  previous?: string
  json?: boolean
}

export function verifyCommand(): Command {
  return command('verify', {
    description: 'Verify a whole epoch, or one of its proof files alone, against pinned keys.',
    args: [['<path>', 'an epoch: a folder, a ZIP archive or an https address; or a proof file in a folder']],
    options: [
      new Option('--openings <file>', 'what the venue discloses of the epoch (JSON): compared with it'),
      new Option('--previous <place>', 'the epoch before: verifies the settlement that leads from it'),
      ...trustOptions(),
    ],
    notes: ['Add --production when real money depends on the answer: development keys prove nothing.'],
    examples: ['plimsoll verify epoch --pins pins.json'],
  }).action(async (path: string, options: VerifyOptions) => {
    const { epochView, proofView } = await import('../views/epoch.js')
    const { openEpoch, verifyProofFile } = await import('../../epoch/index.js')
    const { isPlainFile, openSource, placeInEpoch, readDisclosure } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const isFile = await isPlainFile(path)
    const settings = await readTrust(options)
    const { openings, previous } = options
    if (isFile) {
      if (openings !== undefined) throw new InputError('USAGE', '--openings are of a whole epoch')
      if (previous !== undefined) throw new InputError('USAGE', '--previous is of a whole epoch')
      const place = placeInEpoch(path)
      const { exitCode, ...report } = await verifyProofFile(place.source, place.path, settings)
      ui.warnOfKeys(report.keyKind)
      ui.result(report, () => proofView(report))
      process.exitCode = exitCode
      return
    }
    const disclosure = openings === undefined ? undefined : (await readDisclosure(openings)).value
    const { exitCode, ...report } = await ui.step('verifying the epoch', async (update) => {
      const source = await openSource(path)
      const trust = { ...settings, onCheck: ({ id }: EpochCheck) => update(id) }
      const opened = await openEpoch(source, trust)
      const own = { source, opened }
      const report = await withSettlement(await withLiquidations(opened, source, trust), own, previous, trust)
      return disclosure ? withDisclosure({ ...opened, report }, disclosure, settings) : report
    })
    ui.warnOfKeys(report.keyKind)
    ui.notes(report.notes)
    ui.result(report, () => epochView(report))
    process.exitCode = exitCode
  })
}

/** A report, and what is shown beside the epoch, a sentence each. */
type ShownReport = EpochReport & { shown?: readonly string[] }

/** The report on an epoch and on its proofs of liquidations, where there are any: valid when all hold. */
async function withLiquidations(
  { report, read }: OpenedEpoch,
  source: Source,
  trust: LiquidationTrust,
): Promise<ShownReport> {
  const { liquidationWords, verifyLiquidations } = await import('../../epoch/index.js')
  const found = await verifyLiquidations(source, read, trust)
  return found === undefined ? report : also(report, found, liquidationWords(found.proofs.length))
}

/** The report, and the settlement that leads from the epoch before, where there is one and both are named. */
async function withSettlement(
  report: ShownReport,
  own: OpenedPlace,
  previous: string | undefined,
  trust: VerifyEpochOptions,
): Promise<ShownReport> {
  const { hasSettlement, openPlace, pastTrust, verifySettlement } = await import('../../epoch/index.js')
  const { openSource } = await import('../../inputs/index.js')
  const noted = (note: string) => ({ ...report, notes: [...report.notes, `settlement: ${note}`] })
  if (!(await hasSettlement(own.source))) {
    return previous === undefined ? report : noted('there is none, nothing shows how the epochs follow')
  }
  if (previous === undefined) return noted('not checked, name the epoch before with --previous')
  const before = await openPlace(await openSource(previous), pastTrust(trust))
  const found = await verifySettlement(own, before, trust)
  return found === undefined ? report : also(report, found, found.settlement?.words ?? [])
}

/** A report with what was checked beside the epoch: it shows something when all of it is valid. */
function also(
  report: ShownReport,
  { checks, keyKind, exitCode }: { checks: EpochCheck[]; keyKind?: KeyKind; exitCode: ExitCode },
  words: readonly string[],
): ShownReport {
  const valid = report.valid && checks.every((check) => check.valid)
  return {
    ...report,
    valid,
    // What is shown is worth no more than the weakest key that it rests on.
    keyKind: keyKind === 'development' ? keyKind : report.keyKind,
    checks: [...report.checks, ...checks],
    shown: valid ? [...(report.shown ?? []), ...words] : [],
    exitCode: Math.max(report.exitCode, exitCode) as ExitCode,
  }
}

/** The report, and what the venue discloses of the epoch: valid when both hold. */
async function withDisclosure(
  { report, read }: Pick<OpenedEpoch, 'read'> & { report: ShownReport },
  disclosure: Disclosure,
  trust: DisclosureTrust,
): Promise<ShownReport> {
  const { disclosureWords, verifyDisclosure } = await import('../../epoch/index.js')
  const found = await verifyDisclosure(disclosure, read, trust)
  return also(report, found, read.table ? disclosureWords(read.table, found.disclosed) : [])
}
