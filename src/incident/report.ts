import type { ChainEvent, LevelSpan } from '../chain/index.js'
import type { EpochReport } from '../epoch/index.js'
import type { WatchMoment } from '../watch/index.js'
import type { Incident } from './story.js'
import { formatHead, type VerifiedLog } from './verify.js'

/** A moment of a timeline, and where it is known from. */
export interface Moment {
  /** Seconds since 1970-01-01 UTC. */
  at: number
  source: 'log' | 'chain' | 'alert' | 'keeper'
  what: string
  block?: number
  transaction?: string
}

/** An epoch that a registry relied on: the last final one of its venue, from a second to a second. */
export interface ReliedOn {
  venue: string
  epoch: string
  /** The SHA-256 of its manifest: compare it with the epoch that was published. */
  manifest?: string
  /** What a copy of it comes to; absent where none was opened. */
  copy?: EpochCopy
  from: number
  /** Absent where it is relied on still. */
  to?: number
}

/** A copy of an epoch that was opened for a report. */
export interface EpochCopy {
  place: string
  /** Of the very manifest that was relied on, or of another one under its name. */
  verdict: 'valid' | 'invalid' | 'another manifest'
  /** The checks that failed. */
  failed: readonly string[]
}

/** What a fund paid. Amounts are in smallest units of the token. */
export interface Paid {
  at: number
  beneficiary: string
  epoch: string
  token: string
  to: string
  amount: string
  /** By how much the floor of the beneficiary fell. */
  drawn: string
  /** The hash of the reasons. */
  reason: string
  transaction: string
}

/** What happened, from a log of incidents and what chains and watches know. */
export interface IncidentReport {
  schema: 'plimsoll/incident-report/1'
  log: { name: string; head: string; valid: boolean; boundTo?: number }
  incidents: readonly Pick<Incident, 'incident' | 'severity' | 'openedAt' | 'closedAt'>[]
  levels: readonly LevelSpan[]
  epochs: readonly ReliedOn[]
  paid: readonly Paid[]
  timeline: readonly Moment[]
  notChecked: readonly string[]
}

export interface ReportSources {
  log: VerifiedLog
  /** What contracts said, and the levels that follow from it. */
  chain?: { events: readonly ChainEvent[]; levels: readonly LevelSpan[] }
  /** Copies of epochs that were verified here, and where they lie. */
  copies?: readonly {
    place: string
    report: Pick<EpochReport, 'valid' | 'venue' | 'epoch' | 'manifestSha256' | 'checks'>
  }[]
  /** What watches told and did. */
  watch?: readonly WatchMoment[]
  /** One incident alone, with an hour before and behind it. */
  incident?: string
}

const BESIDE = 3_600
const CAUSES = [
  'a guardian',
  'a stale epoch',
  'a suspended table',
  'a stopped key',
  'a deviation',
  'an outflow',
]
const KINDS = { open: 'opened', note: 'noted', close: 'closed' } as const
/** Of moments of one second. */
const ORDER: readonly Moment['source'][] = ['alert', 'keeper', 'chain', 'log']

/**
 * Joins everything that is known into one timeline, in the order of time. A moment of a chain has the time of
 * its block, and every other the time of the clock that wrote it.
 *
 * @example
 * const log = await verifyLog(await readLogText('incidents.jsonl'), 'incidents.jsonl')
 * const { timeline } = incidentReport({ log })
 */
export function incidentReport({
  log,
  chain,
  copies = [],
  watch = [],
  incident,
}: ReportSources): IncidentReport {
  const { report, incidents } = log
  const chosen = incidents.filter((each) => incident === undefined || each.incident === incident)
  const [first, last] =
    incident === undefined || chosen[0] === undefined
      ? [0, Number.POSITIVE_INFINITY]
      : [chosen[0].openedAt - BESIDE, (chosen[0].closedAt ?? Number.POSITIVE_INFINITY) + BESIDE]
  const isWithin = ({ at }: { at: number }) => at >= first && at <= last
  const overlaps = ({ from, to }: { from: number; to?: number }) => from <= last && (to ?? last) >= first

  const events = chain?.events ?? []
  const names = new Map(
    events.flatMap(({ name, args }) =>
      name === 'VenueRegistered' ? [[`${args.venue}`, `${args.name}`] as const] : [],
    ),
  )
  const named = (id: unknown) => names.get(`${id}`) ?? `${id}`
  // What is said of an incident belongs to it, however long after it.
  const said: Moment[] = chosen.flatMap(({ incident: name, entries }) =>
    entries.map(({ kind, at, text, epoch, transaction }) => ({
      ...{
        at,
        source: 'log' as const,
        what: `${name} ${KINDS[kind]}: ${text}${epoch ? ` (epoch ${epoch})` : ''}`,
      },
      ...(transaction === undefined ? {} : { transaction }),
    })),
  )
  const around: Moment[] = [
    ...watch,
    ...events.flatMap((event) => {
      const what = wordsOf(event, named)
      const { at, block, transaction } = event
      return what === undefined ? [] : [{ at, source: 'chain' as const, what, block, transaction }]
    }),
  ]
  const levels = (chain?.levels ?? []).map((span) => ({ ...span, scope: named(span.scope) }))
  const epochs = reliedOn(events, named)
    .filter(overlaps)
    .map((epoch) => ({ ...epoch, ...copyOf(epoch, copies) }))
  return {
    schema: 'plimsoll/incident-report/1',
    log: {
      ...{ name: report.log, head: formatHead(report.head), valid: report.valid },
      ...(report.boundTo === undefined ? {} : { boundTo: report.boundTo }),
    },
    incidents: chosen.map(({ incident: name, severity, openedAt, closedAt }) => ({
      ...{ incident: name, severity, openedAt },
      ...(closedAt === undefined ? {} : { closedAt }),
    })),
    levels: levels.filter(overlaps),
    epochs,
    paid: events.flatMap((event) => paidBy(event, named)).filter(isWithin),
    timeline: [...said, ...around.filter(isWithin)].toSorted(
      (a, b) => a.at - b.at || ORDER.indexOf(a.source) - ORDER.indexOf(b.source),
    ),
    notChecked: [
      ...report.notChecked,
      ...(chain === undefined
        ? ['what contracts said: no chain was asked']
        : [
            'that the node told everything that contracts said, and nothing else',
            ...unopened(epochs),
            'for how long an epoch counted: it is named until the next one is final, also where it grew too old, or its table, key or venue was stopped before',
          ]),
      ...copies
        .filter(({ place }) => !epochs.some(({ copy }) => copy?.place === place))
        .map(({ place }) => `the epoch in ${place}: nothing that was read here relied on it`),
      ...(watch.length === 0 ? [] : ['that nobody changed the journals of the watch: no hash binds them']),
    ],
  }
}

/** What an event says, for people; nothing for what belongs to no timeline. */
function wordsOf({ name, args }: ChainEvent, named: (id: unknown) => string): string | undefined {
  switch (name) {
    case 'Tripped':
      return `breaker: ${causeOf(args.cause)} holds ${named(args.scope)} at level ${args.level}`
    case 'Settled':
      return `breaker: ${causeOf(args.cause)} holds ${named(args.scope)} no higher than ${args.floor}`
    case 'EpochFinalized':
      return `registry: epoch ${args.epoch} of ${named(args.venue)} is final`
    case 'EpochAbandoned':
      return `registry: epoch ${args.epoch} of ${named(args.venue)} is abandoned`
    case 'KeyStopped':
      return `registry: the key ${args.key} is stopped`
    case 'PauseSet':
      return `registry: ${named(args.venue)} is ${args.paused === true ? 'paused' : 'not paused any more'}`
    case 'OperatorSet':
      return `registry: the operator of ${named(args.venue)} is ${args.operator}`
    case 'MarkDeviates':
      return `risk register: the mark of instrument ${args.instrument} is ${args.ppm} ppm off: its table is suspended`
    case 'MarkAgrees':
      return `risk register: the mark of instrument ${args.instrument} is near its price again`
    case 'TableVetoed':
      return 'risk register: a table is vetoed'
    case 'PaidOut':
      return `fund: ${args.amount} of ${args.token} paid for ${named(args.beneficiary)}, epoch ${args.epoch}`
    default:
      return undefined
  }
}

function causeOf(cause: unknown): string {
  return CAUSES[Number(cause)] ?? `a cause with the number ${cause}`
}

/** What a copy of an epoch comes to: of those with its name, one with its manifest before all others. */
function copyOf(
  { venue, epoch, manifest }: ReliedOn,
  copies: NonNullable<ReportSources['copies']>,
): { copy?: EpochCopy } {
  if (manifest === undefined) return {}
  const named = copies.filter(({ report }) => report.venue === venue && report.epoch === epoch)
  const same = named.find(({ report }) => report.manifestSha256 === manifest)
  const found = same ?? named[0]
  if (found === undefined) return {}
  const { place, report } = found
  const verdict = same === undefined ? 'another manifest' : report.valid ? 'valid' : 'invalid'
  const failed = report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
  return { copy: { place, verdict, failed } }
}

/** What is not shown of epochs that no copy was opened of. */
function unopened(epochs: readonly ReliedOn[]): string[] {
  const left = epochs.filter(({ copy }) => copy === undefined)
  if (epochs.length > 0 && left.length === 0) return []
  const which = left.length === epochs.length ? 'none' : left.map(({ epoch }) => epoch).join(', ')
  const what = which === 'none' ? 'none was opened here' : `of ${which} none was opened here`
  return [
    `the epochs that were relied on: they are named by events, and ${what}; verify what was published, and compare the SHA-256 of its manifest`,
  ]
}

/** The last final epoch of each venue, over time. */
function reliedOn(events: readonly ChainEvent[], named: (id: unknown) => string): ReliedOn[] {
  const manifests = new Map<string, string>()
  const all: ReliedOn[] = []
  for (const { name, args, at } of events) {
    if (name === 'EpochOpened') manifests.set(`${args.venue} ${args.epoch}`, `${args.manifest}`.slice(2))
    if (name !== 'EpochFinalized') continue
    const venue = named(args.venue)
    const before = all.findLast((each) => each.venue === venue)
    if (before !== undefined) before.to = at
    const manifest = manifests.get(`${args.venue} ${args.epoch}`)
    all.push({ venue, epoch: `${args.epoch}`, from: at, ...(manifest === undefined ? {} : { manifest }) })
  }
  return all
}

function paidBy({ name, args, at, transaction }: ChainEvent, named: (id: unknown) => string): Paid[] {
  if (name !== 'PaidOut') return []
  const { beneficiary, epoch, token, to, amount, drawn, reason } = args
  return [
    {
      ...{ at, beneficiary: named(beneficiary), epoch: `${epoch}`, token: `${token}`, to: `${to}` },
      ...{ amount: `${amount}`, drawn: `${drawn}`, reason: `${reason}`, transaction },
    },
  ]
}
