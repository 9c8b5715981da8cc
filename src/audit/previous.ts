import { Checks, type EpochCheck, fail, passed } from '../bundle/index.js'
import type { OpenedEpoch, ReadEpoch } from '../epoch/index.js'
import { Rational } from '../field/index.js'
import { marketScenarios, type RiskTable, rowsByKind, someOf } from '../risk/index.js'
import {
  type PolicyFile,
  resolvePolicy,
  resolveWaterfall,
  weakerLoss,
  weakerThan,
} from '../statements/index.js'

/** An epoch that was opened, and what is known beside it. */
export interface DatedEpoch {
  opened: OpenedEpoch
  /** What a disclosure of it shows, by name. */
  shown?: readonly string[]
}

/**
 * Compares an epoch with the one before it: one venue, a later moment, nothing used again that has to be
 * fresh, and no less shown or promised.
 *
 * @param isLinked whether the manifest has to name the previous one by its digest
 */
export async function compareEpochs(now: DatedEpoch, before: DatedEpoch): Promise<EpochCheck[]> {
  const checks = new Checks(undefined)
  const [own, old] = [now.opened.read, before.opened.read]
  await checks.run('previous-valid', () => {
    const { report } = before.opened
    if (report.valid) return passed(`epoch ${report.epoch} is valid`)
    const failed = report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
    return fail(`epoch ${report.epoch} is not valid: ${someOf(failed)}`)
  })
  await checks.run('previous-venue', () => {
    if (own.manifest.venue !== old.manifest.venue) fail('they are of two venues')
    if (own.manifest.epoch === old.manifest.epoch) fail('they have one name')
    return passed(`${own.manifest.venue}: ${old.manifest.epoch}, then ${own.manifest.epoch}`)
  })
  await checks.run('previous-link', () => {
    const { previous } = own.manifest
    if (previous === undefined) fail('the manifest names no epoch before it')
    if (previous !== before.opened.report.manifestSha256) fail('the manifest names another epoch before it')
    return passed(`named by its digest ${previous}`)
  })
  await checks.run('previous-later', () => {
    const [later, earlier] = [own.table?.timestamp, old.table?.timestamp]
    if (later === undefined || earlier === undefined) fail('not compared: a risk table could not be read')
    if (later <= earlier) fail('its marks are not of a later time')
    return passed(`marks of ${later - earlier} seconds later`)
  })
  await checks.run('previous-fresh', () => {
    const used = reused(own, old)
    if (used.length > 0) fail(`used again: ${someOf(used)}`)
    return passed(
      'no root, commitment, state or proof of the previous epoch; so salts and blinds that they come of are others',
    )
  })
  await checks.run('previous-scope', () => {
    const { less, more } = scope(now, before)
    if (less.length > 0) fail(`less than before: ${someOf(less)}`)
    const same = before.shown ? 'the same is shown, proven and promised' : 'the same is proven and promised'
    const unknown = before.shown ? '' : '; what was disclosed before is not compared'
    return passed(`${more.length === 0 ? same : `more than before: ${someOf(more)}`}${unknown}`)
  })
  return checks.list
}

/** What of an epoch has to be fresh, by name. */
function fresh({ manifest, proofs }: ReadEpoch): Map<string, string> {
  const { ledger, solvency } = manifest.parts
  const values = new Map<string, string>([
    [ledger.firstState, 'firstState'],
    [ledger.state, 'state'],
    [manifest.riskRoot, 'riskRoot'],
  ])
  if (solvency) {
    values.set(solvency.accountsRoot, 'accountsRoot')
    values.set(solvency.reservesCommitment, 'reservesCommitment')
  }
  for (const [i, { instance, proof, publicSignals }] of proofs.entries()) {
    const name = instance === solvency?.instance ? 'the proof of solvency' : `the proof of batch ${i}`
    for (const [x] of [proof.a, proof.c]) values.set(x, name)
    if (instance !== solvency?.instance) {
      for (const state of publicSignals)
        if (!values.has(state.toString())) values.set(state.toString(), `a state of batch ${i}`)
    }
  }
  return values
}

function reused(own: ReadEpoch, old: ReadEpoch): string[] {
  const before = fresh(old)
  return [...new Set([...fresh(own)].flatMap(([value, name]) => (before.has(value) ? [name] : [])))]
}

/** What an epoch shares with one further back than the last, in words; empty when that is nothing. */
export function usedAgain(later: DatedEpoch, before: DatedEpoch): string[] {
  const [own, old] = [later.opened.read, before.opened.read]
  const { epoch } = own.manifest
  const used = reused(own, old)
  return [
    ...(used.length === 0 ? [] : [`used again in epoch ${epoch}: ${someOf(used)}`]),
    ...(epoch === old.manifest.epoch ? [`a later epoch has the name ${epoch} again`] : []),
  ]
}

/** What is shown, proven or promised less or more than before, in words. */
function scope(now: DatedEpoch, before: DatedEpoch): { less: string[]; more: string[] } {
  const less: string[] = []
  const more: string[] = []
  const [own, old] = [now.opened.read, before.opened.read]
  const compare = (what: string, mine: readonly string[], theirs: readonly string[]) => {
    less.push(...theirs.filter((name) => !mine.includes(name)).map((name) => `${what} ${name}`))
    more.push(...mine.filter((name) => !theirs.includes(name)).map((name) => `${what} ${name}`))
  }
  compare('part', Object.keys(own.manifest.parts), Object.keys(old.manifest.parts))
  if (before.shown) {
    const mine = now.shown ?? []
    // Whoever shows totals or reserves whole shows those of each instrument.
    const whole = before.shown.filter((name) => mine.includes(name.replace(/ of .*$/su, '')))
    compare('disclosed', [...mine, ...whole], before.shown)
  }
  if (own.table && old.table) {
    compare('scenario', names(own.table), names(old.table))
    compare('cover in', covered(own.table), covered(old.table))
    compare('instrument', symbols(own.table), symbols(old.table))
    compare('reserves of', reserved(own.table), reserved(old.table))
    compare('values in', [own.table.quote], [old.table.quote])
    const moved = moves(own.table, old.table)
    less.push(...moved.milder.map((what) => `milder than it was: ${what}`))
    more.push(...moved.harsher.map((what) => `harsher than it was: ${what}`))
  }
  if (own.table && old.table && own.policy && old.policy) {
    compare('layer', layers(own), layers(old))
    less.push(...weaker(own, old).map((what) => `promised of ${what}`))
  }
  return { less, more }
}

const names = ({ scenarios }: RiskTable): string[] => scenarios.map(({ name }) => name)

/** Scenarios whose shortfalls have to be covered: a requirement of the same name is less. */
const covered = (table: RiskTable): string[] => marketScenarios(table).map(({ scenario }) => scenario.name)

const symbols = ({ instruments }: RiskTable): string[] =>
  instruments.filter(({ tier }) => tier === undefined).map(({ symbol }) => symbol)

/** Instruments that are reserved for: a derivative of the same symbol is less. */
const reserved = (table: RiskTable): string[] =>
  rowsByKind(table).spots.map((row) => table.instruments[row]!.symbol)

/** Layers that pay for shortfalls, and have to be spent before customers bear a loss. */
const layers = ({ policy, table }: ReadEpoch): string[] =>
  resolveWaterfall(policy!, table!).layers.map(({ layer }) => layer)

/**
 * Where a scenario that both tables name moves an instrument that is reserved for less far than before, or
 * farther, by symbol and scenario. Each value may be off by one unit, as it was rounded.
 */
function moves(own: RiskTable, old: RiskTable): { milder: string[]; harsher: string[] } {
  const milder: string[] = []
  const harsher: string[] = []
  const rows = (table: RiskTable) =>
    new Map(rowsByKind(table).spots.map((row) => [table.instruments[row]!.symbol, row]))
  const [ownRows, oldRows] = [rows(own), rows(old)]
  const oldScenarios = new Map(old.scenarios.map((scenario) => [scenario.name, scenario]))
  for (const { name, values } of own.scenarios) {
    const before = oldScenarios.get(name)
    if (before === undefined) continue
    for (const [symbol, row] of ownRows) {
      const oldRow = oldRows.get(symbol)
      if (oldRow === undefined) continue
      const [mark, oldMark] = [own.instruments[row]!.mark, old.instruments[oldRow]!.mark]
      const [is, was] = [values[row]!, before.values[oldRow]!]
      // What is had falls by, and what is owed rises by.
      const sides = [
        [mark - is.long, oldMark - was.long],
        [is.short - mark, was.short - oldMark],
      ].map((side) => side.map((move) => (move > 0n ? move : 0n)) as [bigint, bigint])
      const place = `${symbol} in ${name}`
      if (sides.some(([to, from]) => (to + 1n) * oldMark < (from - 1n) * mark)) milder.push(place)
      else if (sides.some(([to, from]) => (to - 1n) * oldMark > (from + 1n) * mark)) harsher.push(place)
    }
  }
  return { milder, harsher }
}

/** Where the policy of an epoch promises less than the one before, over the newer table. */
function weaker({ policy, table }: ReadEpoch, { policy: before }: ReadEpoch): string[] {
  const known = new Set(reserved(table!))
  const named = new Set(table!.scenarios.map(({ name }) => name))
  const some = <T>(record: Record<string, T>, names: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)))
  const { limits, ...rest } = before!
  const old = {
    ...rest,
    instruments: some(before!.instruments, known),
    ...(limits && { limits: some(limits, named) }),
  }
  return [
    ...weakerThan(resolvePolicy(policy!, table!), resolvePolicy(old, table!), table!),
    ...weakerLoss(policy!, old, table!),
    ...weakerLiquidation(policy!, old),
  ]
}

/** Each lets a liquidation come sooner, close more or cost more, the higher it is. */
const LIQUIDATION_BOUNDS = [
  ...(['trigger', 'target', 'backstop'] as const),
  ...(['penalty', 'takeoverPenalty', 'overshoot'] as const),
]

/** Where a policy lets liquidations do more than the one before. */
function weakerLiquidation({ liquidation: own }: PolicyFile, { liquidation: old }: PolicyFile): string[] {
  if (own === undefined || old === undefined) return []
  return [
    ...(own.requirement === old.requirement ? [] : [`liquidation requirement ${own.requirement}`]),
    ...LIQUIDATION_BOUNDS.filter(
      (bound) => Rational.parse(own[bound]).compare(Rational.parse(old[bound])) > 0,
    ).map((bound) => `liquidation ${bound} ${own[bound]}`),
  ]
}
