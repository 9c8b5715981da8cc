import { Checks, type EpochCheck, type Found, fail, type KeyKind } from '../bundle/index.js'
import {
  type LiquidationTrust,
  type OpenedPlace,
  type VerifiedSettlement,
  verifySettlement,
} from '../epoch/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import { someOf } from '../risk/index.js'
import type { Inclusion } from './file.js'
import {
  accountStatement,
  compareSettlements,
  type FoundStatement,
  type SettledStep,
  type StatementEpoch,
  settlementsOf,
} from './statement.js'
import type { Step } from './statement-step.js'
import type { InclusionReport } from './verify.js'

/**
 * A report with the account's statement since an epoch before: what it held, every movement since by its
 * reason, and what it holds, exact, where the epochs and every settlement between them are verified. An
 * account is counted or not, whatever became of its units: the verdict stays, and the exit code is the worse
 * one.
 *
 * @param now the epoch that the report is about
 * @param before epochs before it, in any order, from the one that the statement is to open with
 * @example
 * const open = async (path: string) => {
 *   const source = await openSource(path)
 *   return { source, opened: await openEpoch(source, { pins }) }
 * }
 * const [now, before] = [await open('epoch-2'), await open('epoch')]
 * const file = await readInclusion('inclusion-2.json')
 * const report = await withStatement(verifyInclusion(file, now.opened), file, now, [before], { pins })
 * console.log(report.statement?.verdict, report.statement?.lines)
 */
export async function withStatement(
  report: InclusionReport,
  file: Inclusion,
  now: OpenedPlace,
  before: readonly OpenedPlace[],
  trust: LiquidationTrust,
): Promise<InclusionReport> {
  if (report.verdict !== 'included') return report
  const told = file.settlements ?? []
  if (before.length === 0) {
    if (told.length === 0) return report
    const from = told.map(({ previous }) => previous).join(', ')
    return {
      ...report,
      notChecked: [
        ...report.notChecked,
        `that the file's statement of account adds up: name its earlier epochs with --previous (${from})`,
      ],
    }
  }
  const { checks, exitCode, keyKind, ...statement } = await ownStatement(file, now, before, trust)
  return {
    ...report,
    statement,
    keyKind: keyKind === 'development' ? keyKind : report.keyKind,
    checks: [...report.checks, ...checks],
    exitCode: Math.max(report.exitCode, exitCode) as ExitCode,
  }
}

/** A statement, and of what kind the keys are that it rests on. */
type OwnStatement = FoundStatement & { keyKind: KeyKind }

const NOT_KNOWN =
  'Whether every movement of this account is known cannot be told. That the account is counted is another matter, and stands.'

/** Verifies the settlement of each step, and adds the statement up where all of them hold. */
async function ownStatement(
  file: Inclusion,
  now: OpenedPlace,
  before: readonly OpenedPlace[],
  trust: LiquidationTrust,
): Promise<OwnStatement> {
  const checks = new Checks(trust.onCheck)
  const list: EpochCheck[] = checks.list
  const steps = await checks.run('statement-epochs', () => stepsFrom(file, now, before), EXIT.input)
  const settled: SettledStep[] = []
  const notInRows: string[] = []
  let keyKind: KeyKind = 'ceremony'
  let exitCode: ExitCode = checks.exitCode
  for (const { step, places } of steps ?? []) {
    const found = await verifySettlement(places.after, places.before, trust)
    if (found === undefined) {
      await checks.run(`settlement:${step.epoch}`, () => noSettlement(step), EXIT.input)
      exitCode = Math.max(exitCode, checks.exitCode) as ExitCode
      continue
    }
    // Several settlements have checks of the same names.
    const several = steps!.length > 1
    list.push(
      ...found.checks.map((check) => (several ? { ...check, id: `${check.id}:${step.epoch}` } : check)),
    )
    exitCode = Math.max(exitCode, found.exitCode) as ExitCode
    if (found.keyKind === 'development') keyKind = 'development'
    const [earlier, later] = [epochOf(places.before), epochOf(places.after)]
    if (found.settlement === undefined || earlier === undefined || later === undefined) continue
    const { roots, sha256 } = found.settlement
    settled.push({ step, before: earlier, after: later, roots, sha256 })
    notInRows.push(...lossWords(step, found.settlement), ...recoveryWords(step, found.settlement))
  }
  if (steps === undefined || settled.length < steps.length) {
    const from = steps?.[0]?.step.previous ?? before[0]!.opened.report.epoch
    return {
      ...{ verdict: 'cannot tell', from, to: file.epoch, lines: [], differences: [] },
      ...{ settlements: settlementsOf(settled), words: [NOT_KNOWN, ...compareSettlements(settled)] },
      ...{ checks: list, keyKind, exitCode: exitCode === EXIT.ok ? EXIT.invalid : exitCode },
    }
  }
  const statement = await accountStatement(file, settled, trust.onCheck)
  return {
    ...statement,
    words: [...statement.words, ...notInRows],
    checks: [...list, ...statement.checks],
    keyKind,
    exitCode: Math.max(exitCode, statement.exitCode) as ExitCode,
  }
}

/** A step of a file, and the two epochs that it is of. */
interface PlacedStep {
  step: Step
  places: { before: OpenedPlace; after: OpenedPlace }
}

/** The steps of a file from the first of some epochs on, each with its epochs. */
function stepsFrom(file: Inclusion, now: OpenedPlace, before: readonly OpenedPlace[]): Found<PlacedStep[]> {
  const told = file.settlements
  if (told === undefined) {
    fail('the file has no statement of account', {
      todo: 'Ask the venue for your file with the statement since the epoch that you name.',
    })
  }
  const places = new Map<string, OpenedPlace>([[file.epoch, now]])
  for (const place of before) {
    const { epoch } = place.opened.report
    if (places.has(epoch)) fail(`epoch ${epoch} is given twice`)
    if (!told.some(({ previous }) => previous === epoch)) {
      fail(`the file tells nothing since epoch ${epoch}`, {
        todo: 'Name the epochs that the file has, or ask the venue for your file with the statement since this one.',
      })
    }
    places.set(epoch, place)
  }
  const steps = told.slice(told.findIndex(({ previous }) => places.has(previous)))
  const found = steps.map((step): PlacedStep => {
    const [earlier, later] = [places.get(step.previous), places.get(step.epoch)]
    const missing = earlier === undefined ? step.previous : step.epoch
    if (earlier === undefined || later === undefined) {
      fail(`epoch ${missing} is missing, which the statement leads over`, {
        todo: 'Take every epoch of the statement from where you have this one, and name them all with --previous.',
      })
    }
    return { step, places: { before: earlier, after: later } }
  })
  return { found, detail: [found[0]!.step.previous, ...found.map(({ step }) => step.epoch)].join(', then ') }
}

function noSettlement({ previous, epoch }: Step): never {
  fail(`epoch ${epoch} has no settlement: nothing shows how it follows from ${previous}`, {
    todo: 'Ask the venue for the epoch with its settlement.',
  })
}

function epochOf({ opened: { epoch } }: OpenedPlace): StatementEpoch | undefined {
  if (epoch === undefined) return undefined
  const { manifest, table } = epoch
  return { epoch: manifest.epoch, accountsRoot: BigInt(manifest.parts.solvency.accountsRoot), table }
}

function lossWords({ epoch }: Step, { loss, roots, cut }: VerifiedSettlement): string[] {
  if (!loss) return []
  const where = [
    ...(roots.allocations === 0n
      ? []
      : ['what rows allocate of it is among the movements of those who bear it']),
    ...(cut.length === 0
      ? []
      : [`the index of ${someOf(cut)} falls, which takes it from every holder and is no movement`]),
  ]
  return [`Customers bear a loss in epoch ${epoch}: ${where.join('; ')}.`]
}

/** What is said to give back a loss raises an index, and is no movement either. */
function recoveryWords({ epoch }: Step, { file: { recovered = {} } }: VerifiedSettlement): string[] {
  const back = Object.entries(recovered).map(([symbol, step]) => `${step} ${symbol}`)
  if (back.length === 0) return []
  return [
    `Beyond interest, a share is more by ${someOf(back)} in epoch ${epoch}: the venue says that this gives back a loss of before. Who pays for it is not proven.`,
  ]
}
