import { fail, type KeyKind, passed, type Source } from '../bundle/index.js'
import {
  type Disclosed,
  type Disclosure,
  type DisclosureTrust,
  type External,
  type FoundLiquidations,
  type FoundSettlement,
  hasSettlement,
  liquidationWords,
  type OpenedEpoch,
  type OpenedPlace,
  openEpoch,
  pastTrust,
  type ReadEpoch,
  type VerifyEpochOptions,
  verifyDisclosure,
  verifyExternal,
  verifyLiquidations,
  verifySettlement,
} from '../epoch/index.js'
import { type ExitCode, InputError } from '../errors/index.js'
import { someOf } from '../risk/index.js'
import { type Policy, resolvePolicy } from '../statements/index.js'
import { attestation } from './attestation.js'
import { compareCopies } from './copies.js'
import { belowPolicy, coverage, figures, scenarioFigures } from './figures.js'
import { type PublishedEpoch, walkHistory } from './history.js'
import { outstanding } from './outstanding.js'
import { policyWords } from './policy-words.js'
import { compareEpochs } from './previous.js'
import { comparePrices, type SecondPrices, unpriced } from './prices.js'
import { procedures } from './procedure.js'
import { judgeProvenance, provenance } from './provenance.js'
import { type InputHash, RecordingSource } from './recording-source.js'
import type { AuditReport } from './report.js'
import { backed, reservesShown } from './reserves-shown.js'
import { type SettlementShown, settlementShown } from './settlement-shown.js'
import { Steps } from './steps.js'
import { foundFields, LIMITS, meaning } from './verdict-words.js'
import type { Words } from './words.js'

/** What an audit is given beside the epoch. */
export interface AuditOptions extends Omit<VerifyEpochOptions, 'production'> {
  /** Accept development keys, whose maker can forge every proof: for a trial. */
  development?: boolean
  /** The epoch before this one. */
  previous?: Source
  /** Every epoch that was published, in any order. */
  history?: readonly Source[]
  /** Another copy of the same epoch. */
  copy?: Source
  /** Prices of a second source. */
  prices?: SecondPrices
  /** What the venue shows of the epoch. */
  disclosure?: Disclosure
  /** What it showed of the epoch before. */
  previousDisclosure?: Disclosure
  /** What the venue shows of deposits, withdrawals and fees since the epoch before. */
  external?: External
  /** What venue and auditor say. */
  words?: Words
  /** Files that these options were read from, for the list of inputs. */
  inputs?: readonly InputHash[]
  /** Version of the program, for the report. */
  version: string
}

/**
 * Audits an epoch: verifies all of it, and goes on with what no proof can answer: where the keys come from,
 * what stands out in table and policy, how marks compare with a second source, what a disclosure opens, and
 * how the epoch follows from the one before. Every procedure runs that can, whatever the others find.
 *
 * @throws {InputError} when no manifest can be read
 * @example
 * const report = await audit(await openSource('epoch'), { pins, development: true, version: '0.1.0' })
 * for (const { number, what, outcome } of report.procedures) console.log(number, what, outcome)
 */
export async function audit(source: Source, given: AuditOptions): Promise<AuditReport> {
  const recording = new RecordingSource(source)
  const { options, others } = recorded(given)
  const opened = await openEpoch(recording, {
    ...trustOf(options),
    ...(options.onCheck && { onCheck: options.onCheck }),
  })
  const { report, read } = opened
  const { manifest, manifestSha256, table } = read
  const steps = new Steps(options.onCheck)
  // Without an address from elsewhere, who signed is that key's own word.
  steps.verified(report.checks, report.signer?.known === false ? ['signature'] : [])

  const keys = provenance(manifest, options.pins)
  await steps.run('provenance', () => judgeProvenance(keys, options.development ?? false))
  // A proof under a key that somebody could forge with proves nothing to a reader who does not accept it.
  const isProven = report.valid && steps.valid
  if (options.maxAge === undefined) steps.omit('marks', 'no age was named that would be too old')
  if (!report.checks.some(({ id }) => id === 'signature')) {
    steps.omit(
      'signature',
      report.unasked === undefined
        ? 'the manifest is not signed, and no signer was named'
        : 'the manifest is signed by a contract, of which no node was asked, and no signer was named',
    )
  }
  if (!report.checks.some(({ id }) => id === 'evidence')) {
    steps.omit('evidence', 'the manifest names no evidence: no address shows the reserves')
  }
  const liquidations = await judgeLiquidations(steps, recording, read, options)
  const policy = thresholdsOf(read)
  const remarks = judgeTable(steps, read, policy)
  await judgePrices(steps, read, options)
  const { disclosed, keyKind = report.keyKind } = await judgeDisclosure(steps, read, policy, options)
  if (options.disclosure) await judgeBacking(steps, read, disclosed)
  const shown = options.disclosure && shownOf(options.disclosure, disclosed)
  const before = await judgePast(steps, { source: recording, opened, ...(shown && { shown }) }, options)
  const settled = await judgeSettlement(steps, { source: recording, opened }, before, options)
  if (options.copy === undefined) steps.omit('compare', 'no second copy was named')
  else {
    const about = { copy: options.copy, trust: trustOf(options) }
    await steps.run('compare', () => compareCopies(recording, manifest, about))
  }

  const valid = report.valid && steps.valid
  const list = procedures(steps.list)
  const exceptions = list.filter(({ outcome }) => outcome === 'exception').length
  const { words, now } = options
  const kinds = [
    report.keyKind,
    keyKind,
    liquidations?.keyKind ?? report.keyKind,
    settled?.found.keyKind ?? report.keyKind,
  ]
  const weakest = kinds.includes('development') ? 'development' : 'ceremony'
  const evidence = reservesShown(read, disclosed)
  return {
    schema: 'plimsoll/audit/1',
    valid,
    meaning: meaning(valid, opened, weakest, [
      ...liquidationWords(liquidations?.proofs.length ?? 0),
      ...(settled?.found.settlement?.words ?? []),
    ]),
    venue: manifest.venue,
    epoch: manifest.epoch,
    target: manifest.target,
    keyKind: weakest,
    batches: report.batches,
    state: report.state,
    manifestSha256,
    procedures: list,
    remarks: [...remarks, ...report.notes],
    figures: figures(read, isProven, disclosed, report.backing),
    ...(evidence && { reserves: evidence }),
    ...(settled?.shown && { settlement: settled.shown }),
    coverage: table && policy ? coverage(table, policy, isProven, disclosed) : [],
    scenarios: table ? scenarioFigures(table, policy, isProven, disclosed) : [],
    ...(table && { quote: table.quote }),
    policy: table && policy && read.policy ? policyWords(read.policy, policy, table) : [],
    keys: [...keys, ...provenance(settled?.found.file ?? { keys: {} }, options.pins)],
    attestation: attestation(
      words,
      foundFields(opened, { isProven, disclosed, procedures: list.length, exceptions }),
    ),
    claimed: {
      ...(words?.chains && { chains: words.chains }),
      ...(words?.holdings && { holdings: words.holdings }),
    },
    limits: LIMITS,
    inputs: [...recording.hashes(), ...others(), ...(options.inputs ?? [])],
    tool: { name: 'plimsoll', version: options.version },
    auditedAt: new Date(now === undefined ? Date.now() : 1000 * now).toISOString(),
    exitCode: Math.max(report.exitCode, steps.exitCode) as ExitCode,
  }
}

/** The options with every other epoch recorded as it is read, and what was read of them. */
function recorded(options: AuditOptions): { options: AuditOptions; others: () => InputHash[] } {
  const list: [what: string, source: RecordingSource][] = []
  const record = (what: string, source: Source) => {
    const recording = new RecordingSource(source)
    list.push([what, recording])
    return recording
  }
  const { previous, history, copy } = options
  return {
    options: {
      ...options,
      ...(previous && { previous: record('previous epoch', previous) }),
      ...(history && { history: history.map((source) => record('history', source)) }),
      ...(copy && { copy: record('second copy', copy) }),
    },
    others: () => list.map(([what, source]) => source.together(what)),
  }
}

/** What a reader accepts of this epoch. */
function trustOf({
  pins,
  policy,
  now,
  maxAge,
  venue,
  askContract,
  evidence,
}: AuditOptions): VerifyEpochOptions {
  return {
    pins,
    ...(policy && { policy }),
    ...(now !== undefined && { now }),
    ...(maxAge !== undefined && { maxAge }),
    ...(venue !== undefined && { venue }),
    ...(askContract && { askContract }),
    ...(evidence && { evidence }),
  }
}

/** What a reader accepts of those before it. */
function pastTrustOf(options: AuditOptions): VerifyEpochOptions {
  return { ...pastTrust(trustOf(options)), production: !options.development }
}

/** The policy over the table, where both can be read and go together. */
function thresholdsOf({ table, policy }: ReadEpoch): Policy | undefined {
  if (!table || !policy) return undefined
  try {
    return resolvePolicy(policy, table)
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** The proofs of liquidations: keys that the reader does not accept fail here as they do elsewhere. */
async function judgeLiquidations(
  steps: Steps,
  source: Source,
  read: ReadEpoch,
  options: AuditOptions,
): Promise<FoundLiquidations | undefined> {
  const found = await verifyLiquidations(source, read, keysFor(options))
  if (found === undefined) {
    steps.omit(
      'liquidations',
      source.list
        ? 'the epoch has no proof of a liquidation'
        : 'an address cannot say whether there is a proof of a liquidation',
    )
  } else {
    steps.take(found.checks, found.exitCode)
  }
  return found
}

function judgeTable(steps: Steps, { table }: ReadEpoch, policy: Policy | undefined): string[] {
  if (table === undefined) {
    steps.omit('instruments', 'the risk table could not be read')
    return []
  }
  const remarks = outstanding(table, policy)
  if (remarks.length === 0) steps.take([{ id: 'instruments', valid: true, detail: 'nothing stands out' }])
  else
    steps.remark(
      'instruments',
      `${remarks.length === 1 ? 'one thing' : `${remarks.length} things`} for the reader to judge: see the remarks`,
    )
  return remarks
}

async function judgePrices(steps: Steps, { table }: ReadEpoch, { prices }: AuditOptions): Promise<void> {
  if (prices === undefined) {
    steps.omit('second-prices', 'no second source was named: the marks are the venue’s word')
  } else if (table === undefined) {
    steps.omit('second-prices', 'the risk table could not be read')
  } else {
    await steps.run('second-prices', () => comparePrices(table, prices))
    const alone = unpriced(table, prices)
    if (alone.length > 0) steps.omit('second-prices', `without a second price: ${someOf(alone)}`)
  }
}

/** Names of what a disclosure shows, as far as it holds. */
function shownOf({ shown }: Disclosure, disclosed: Disclosed): string[] {
  return shown.filter((name) =>
    name === 'totals' || name === 'reserves' ? disclosed[name] : disclosed.chosen,
  )
}

/** Whose keys count for a disclosure. */
function keysFor({ pins, development }: AuditOptions): DisclosureTrust {
  return { pins, production: !development }
}

async function judgeDisclosure(
  steps: Steps,
  read: ReadEpoch,
  policy: Policy | undefined,
  options: AuditOptions,
): Promise<{ disclosed: Disclosed; keyKind?: KeyKind }> {
  const { disclosure } = options
  const { table } = read
  if (disclosure === undefined) {
    steps.omit('open-epoch', 'no disclosure was named: totals and reserves stay hidden')
    return { disclosed: {} }
  }
  if (table === undefined || read.digests === undefined) {
    steps.omit('open-epoch', 'the risk table could not be read at the sizes of the epoch')
    return { disclosed: {} }
  }
  const { checks, disclosed, keyKind } = await verifyDisclosure(disclosure, read, keysFor(options))
  steps.take(checks)
  for (const part of ['totals', 'reserves'] as const) {
    if (!disclosure[part]) steps.omit(`open-${part}`, `the disclosure does not open ${part}`)
  }
  const { totals, reserves } = disclosed
  if (!totals || !reserves || !policy) {
    steps.omit('open-policy', 'it takes totals and reserves that both open, and a policy')
  } else {
    await steps.run('open-policy', () => {
      const below = belowPolicy(table, policy, { totals, reserves })
      if (below.length > 0) fail(`below the policy: ${someOf(below)}`)
      return passed('every instrument is covered as the policy says')
    })
  }
  return { disclosed, ...(keyKind && { keyKind }) }
}

/** Compares reserves that are shown with what addresses show: the venue may show one and prove the other. */
async function judgeBacking(
  steps: Steps,
  { table, evidence }: ReadEpoch,
  disclosed: Disclosed,
): Promise<void> {
  const rows = table && evidence ? backed(table, disclosed, evidence) : []
  if (!evidence || rows.length === 0) {
    steps.omit('open-backing', 'it takes reserves that open or are proven, and evidence that holds')
    return
  }
  await steps.run('open-backing', () => {
    const above = rows.filter(({ enough }) => !enough).map(({ symbol }) => symbol)
    if (above.length > 0) fail(`more is held than addresses show of ${someOf(above)}`)
    const { classes, verdict } = evidence.backing
    return passed(
      `of ${disclosed.reserves ? `all ${rows.length}` : rows.length} instruments no more than what is ${classes.join(' or ')}, ${verdict}`,
    )
  })
}

/** The epoch before, and the whole history. */
async function judgePast(
  steps: Steps,
  own: PublishedEpoch,
  options: AuditOptions,
): Promise<OpenedPlace | undefined> {
  let before: OpenedPlace | undefined
  if (options.previous === undefined) {
    steps.omit('previous-link', 'no previous epoch was named')
    if (options.previousDisclosure) steps.omit('previous-open', 'no previous epoch was named')
  } else {
    const opened = await openEpoch(options.previous, pastTrustOf(options)).catch(async (error: unknown) => {
      await steps.run('previous-valid', () => {
        throw error
      })
      return undefined
    })
    if (opened) {
      before = { source: options.previous, opened }
      await judgePreviousDisclosure(steps, opened, options)
      const shown = options.previousDisclosure?.shown
      steps.take(await compareEpochs(own, { opened, ...(shown && { shown }) }))
    }
  }
  if (options.history === undefined) steps.omit('history', 'no folder of published epochs was named')
  else steps.take(await walkHistory(own, options.history, pastTrustOf(options)))
  return before
}

/** How the epoch follows from the one before, where the venue shows it. */
async function judgeSettlement(
  steps: Steps,
  own: OpenedPlace,
  before: OpenedPlace | undefined,
  options: AuditOptions,
): Promise<{ found: FoundSettlement; shown?: SettlementShown } | undefined> {
  if (!(await hasSettlement(own.source))) {
    steps.omit('settlement', 'the epoch has no settlement: nothing shows how it follows from the one before')
    return undefined
  }
  const found = before && (await verifySettlement(own, before, keysFor(options)))
  if (found === undefined) {
    steps.omit('settlement', 'not checked: it takes the epoch before')
    return undefined
  }
  steps.take(found.checks, found.exitCode)
  const { external } = options
  if (external === undefined) {
    steps.omit('settlement-external', 'deposits, withdrawals and fees stay hidden: no file opens them')
  }
  const [now, old] = [own.opened.read, before!.opened.read]
  const opened = external && found.file && (await verifyExternal(external, found.file, now, old))
  if (opened) steps.take(opened.checks, opened.exitCode)
  const { settlement } = found
  const shown =
    settlement && now.table && old.table && settlementShown(settlement, now.table, old.table, opened?.flows)
  return { found, ...(shown && { shown }) }
}

async function judgePreviousDisclosure(
  steps: Steps,
  { read }: OpenedEpoch,
  options: AuditOptions,
): Promise<void> {
  const disclosure = options.previousDisclosure
  if (disclosure === undefined) {
    steps.omit('previous-open', 'no disclosure of the previous epoch was named')
    return
  }
  await steps.run('previous-open', async () => {
    const { checks } = await verifyDisclosure(disclosure, read, keysFor(options))
    const faults = checks.filter(({ valid }) => !valid).map(({ detail }) => detail)
    if (faults.length > 0) fail(faults.join('; '))
    return passed(`shown then: ${disclosure.shown.length === 0 ? 'nothing' : disclosure.shown.join(', ')}`)
  })
}
