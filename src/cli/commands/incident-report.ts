import { type Command, Option } from 'commander'
import { EXIT, InputError } from '../../errors/index.js'
import { connectToRead } from '../chain-options.js'
import { command } from '../command.js'
import { LOG_ARGUMENT } from '../incident.js'
import { forceOption, ManyOption } from '../options.js'
import { readNumber } from '../reserves-options.js'
import { createUi, type Ui } from '../terminal/ui.js'
import { type ProofTrustOptions, proofTrustOptions, readProofTrust } from '../trust-options.js'
import { writeResult } from '../write-result.js'
import { type LogTrustOptions, logTrustOptions, readLogTrust } from './incident-verify.js'

interface ReportOptions extends LogTrustOptions, Omit<ProofTrustOptions, 'maxAge'> {
  incident?: string
  watchLog?: string[]
  deployment?: string
  rpc?: string
  confirmations?: number
  epoch?: string[]
  out?: string[]
  force?: boolean
  json?: boolean
}

export function incidentReportCommand(): Command {
  return command('report', {
    description:
      'Make one timeline of a log of incidents, of what contracts said, and of what a watch told and did: levels, epochs that were relied on, and what a fund paid.',
    args: [LOG_ARGUMENT],
    options: [
      ...logTrustOptions(),
      new Option('--incident <name>', 'this incident alone, with an hour before and behind it'),
      new ManyOption(
        '--watch-log <file>',
        'the journal of a watch, of its alerts or its keeper; may be repeated',
      ),
      new Option('--deployment <file>', 'the contracts of this record, as `chain deploy` wrote it'),
      new Option('--rpc <url>', 'a node of their chain (http or https); @FILE reads the URL from a file'),
      new Option(
        '--confirmations <number>',
        "blocks behind the last one that count (default: up to the chain's finalized block)",
      ).argParser(readNumber('--confirmations')),
      new ManyOption(
        '--epoch <path>',
        'an epoch (a folder, a ZIP archive or an https address): whether it is one that was relied on, and verifies; may be repeated',
      ),
      // An epoch of then is older than any age that one asks for now.
      ...proofTrustOptions().filter(({ long }) => long !== '--max-age'),
      new ManyOption(
        '--out <file>',
        'write the report: a page (.html) or a document (.json); may be repeated',
      ),
      forceOption(),
    ],
    notes: [
      'The page has no script and no reference to anything outside it. Exit code 1 when the log does not verify, or an epoch of --epoch that was relied on does not: the report is made all the same, and says so.',
    ],
    examples: ['plimsoll incident report incidents.jsonl --out incidents.html'],
  }).action(async (path: string, options: ReportOptions) => {
    const { reportView } = await import('../views/incident.js')
    const { incidentPage, incidentReport, readLogText, verifyLog } = await import('../../incident/index.js')
    const { formatJson } = await import('../../schema/index.js')
    const { readWatchLog } = await import('../../watch/index.js')
    const ui = createUi(options)
    const { incident, out = [], watchLog = [], epoch = [], force } = options
    if ((options.deployment === undefined) !== (options.rpc === undefined)) {
      throw new InputError('USAGE', 'give --deployment and --rpc together, or neither')
    }
    if (epoch.length > 0 && options.rpc === undefined) {
      throw new InputError('USAGE', 'which epochs were relied on is known from a chain', {
        where: '--epoch',
        hint: 'Give --deployment and --rpc too.',
      })
    }
    for (const file of out) {
      if (/\.(?:html|json)$/i.test(file)) continue
      throw new InputError('USAGE', 'a report is a page or a document', {
        where: '--out',
        hint: 'Name a file that ends with .html or .json.',
      })
    }
    const log = await verifyLog(await readLogText(path), path, await readLogTrust(options))
    if (incident !== undefined && !log.incidents.some((each) => each.incident === incident)) {
      throw new InputError('INCIDENT_ENTRY', 'no such incident was opened', { where: path })
    }
    const watch = (await Promise.all(watchLog.map(readWatchLog))).flat()
    const chain = options.rpc === undefined ? undefined : await readChain(options)
    const copies = epoch.length === 0 ? [] : await verifyCopies(ui, epoch, options)
    const report = incidentReport({
      ...{ log, watch, copies },
      ...(chain === undefined ? {} : { chain }),
      ...(incident === undefined ? {} : { incident }),
    })
    for (const file of out) {
      await writeResult(file, /\.html$/i.test(file) ? incidentPage(report) : formatJson(report), force)
    }
    ui.result(report, () => reportView(report, out))
    const isBroken = report.epochs.some(({ copy }) => copy !== undefined && copy.verdict !== 'valid')
    process.exitCode = log.report.exitCode || (isBroken ? EXIT.invalid : EXIT.ok)
  })
}

/** Verifies epochs, one after the other. */
async function verifyCopies(ui: Ui, places: readonly string[], options: ProofTrustOptions) {
  const { openEpoch } = await import('../../epoch/index.js')
  const { openSource } = await import('../../inputs/index.js')
  const trust = await readProofTrust(options)
  const copies = []
  for (const place of places) {
    const { report } = await ui.step(`verifying ${place}`, async () =>
      openEpoch(await openSource(place), trust),
    )
    copies.push({ place, report })
  }
  return copies
}

/** What the contracts of a record said, and the levels that follow from it. */
async function readChain({ deployment, rpc, confirmations }: ReportOptions) {
  const { assertChainId, levelsOver, readDeployment, readEvents } = await import('../../chain/index.js')
  const record = await readDeployment(deployment!)
  const chain = await connectToRead(rpc!)
  assertChainId(chain, record.chainId)
  const events = await readEvents(chain, record, confirmations ?? 'finalized')
  const breaker = record.settings.circuitBreaker
  const now = Math.floor(Date.now() / 1000)
  const until = Math.max(now, ...events.map(({ at }) => at))
  return { events, levels: breaker === undefined ? [] : levelsOver(events, breaker, until) }
}
