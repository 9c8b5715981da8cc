import { Checks, type EpochCheck, fail, type Source } from '../bundle/index.js'
import {
  type LiquidationTrust,
  type OpenedEpoch,
  type VerifiedEpoch,
  verifyLiquidationOf,
} from '../epoch/index.js'
import type { ExitCode } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import { accountIdDigest } from '../hash/index.js'
import {
  type LiquidationSlot,
  liquidationFigures,
  liquidationModel,
  liquidationNullifier,
  mostLost,
  resolveLiquidation,
} from '../statements/index.js'
import type { Inclusion } from './file.js'
import { type Moved, movementOf } from './moved.js'
import { areRowsOf, slotsOf } from './slots.js'

/** One instrument of an account that was liquidated, in whole units. */
export interface MovedBalance {
  instrument: string
  before: string
  moved: string
  after: string
}

/** What an account's own liquidation comes to, for its customer. Private. */
export interface OwnLiquidation {
  /** Whether the epoch has its proof, and the file opens no other movement than that commits to. */
  valid: boolean
  /** What is known of it, a sentence each. */
  words: string[]
  /** What moved; empty unless the file opens it. */
  moved: MovedBalance[]
  checks: EpochCheck[]
  exitCode: ExitCode
}

/**
 * Looks for the proof that an account was liquidated, verifies it, and tells what moved where the account's
 * file opens it. `undefined` when neither epoch nor file knows of one.
 *
 * @param file an inclusion file that is included
 * @param source the epoch
 */
export async function ownLiquidation(
  file: Inclusion,
  source: Source,
  { read, epoch }: Pick<OpenedEpoch, 'read'> & { epoch: VerifiedEpoch },
  trust: LiquidationTrust,
): Promise<OwnLiquidation | undefined> {
  const { liquidation: moved } = file
  const accountId = accountIdDigest(file.account)
  const nullifier = liquidationNullifier({ salt: BigInt(file.salt), accountId })
  const found = await verifyLiquidationOf(source, nullifier, read, trust)
  if (found === undefined && moved === undefined) return undefined
  const checks = new Checks(trust.onCheck)
  const isOpen = await checks.run('liquidation-moved', () => {
    if (found === undefined) {
      fail('the file tells of a liquidation, and the epoch has no proof of it', {
        todo: 'Ask the venue for the proof, and for what it did with your account.',
      })
    }
    const [proof] = found.proofs
    if (proof === undefined) fail('not compared: the proof does not hold')
    if (moved === undefined) return { found: false, detail: 'the file does not say what moved' }
    if (!areRowsOf(moved, epoch.table)) fail('what moved is not in rows of the risk table')
    if (movementOf(file, moved)?.toString() !== proof.proof.signals.movement) {
      fail('what the file says that moved is not what the proof commits to', {
        todo: 'Ask the venue for your file again: what moved is in it as the proof commits to it.',
      })
    }
    return { found: true, detail: 'what moved is what the proof commits to' }
  })
  const told =
    isOpen === true ? tell(file, moved!, epoch) : { moved: [], words: isOpen === false ? UNTOLD : [] }
  return {
    ...told,
    valid: checks.valid && found?.exitCode === 0,
    checks: [...(found?.checks ?? []), ...checks.list],
    exitCode: Math.max(checks.exitCode, found?.exitCode ?? 0) as ExitCode,
  }
}

const UNTOLD = [
  'The venue proved that this account was below its requirement and could be liquidated. The file does not say what moved: ask the venue for it again.',
]

/** What moved, and what it cost, by the account's own balances and the model that the proof is of. */
function tell(
  file: Inclusion,
  liquidation: Moved,
  { table, policy }: VerifiedEpoch,
): Pick<OwnLiquidation, 'moved' | 'words'> {
  const { instruments, margin } = table
  const resolved = resolveLiquidation(policy.liquidation!, table)
  const [held, changes] = [slotsOf(file)!, slotsOf(liquidation)!]
  const moved: MovedBalance[] = []
  const slots: LiquidationSlot[] = []
  for (let i = 0; i < Math.max(held.length, changes.length); i++) {
    const [before, change] = [held[i]?.quantity ?? 0n, changes[i]?.quantity ?? 0n]
    if (before === 0n && change === 0n) continue
    const { symbol, decimals } = instruments[(before === 0n ? changes : held)[i]!.instrument]!
    const units = (quantity: bigint) => formatDecimal(quantity, decimals)
    slots.push({ symbol, before, after: before + change })
    moved.push({
      ...{ instrument: symbol, before: units(before), moved: units(change), after: units(before + change) },
    })
  }
  const books = { table: { ...table, margin: margin! }, policy: resolved }
  const takeover = !liquidationModel(books, { slots, takeover: false }).valid
  const figures = liquidationFigures(books, { slots, takeover })
  const { decimals, deficit, lost, closed, worth } = figures
  const percent = (ppm: bigint) => `${formatDecimal(ppm, 4)} %`
  const amount = (value: bigint) => `${formatDecimal(value, table.valueDecimals)} ${table.quote}`
  const [multiple, penalty] = takeover
    ? [resolved.backstop, resolved.takeoverPenalty]
    : [resolved.trigger, resolved.penalty]
  const most = mostLost(figures, penalty)
  const capped = most === worth ? ', and no more than it was worth' : ''
  const short = deficit / 10n ** BigInt(decimals - 2)
  return {
    moved,
    words: [
      `This account was liquidated${takeover ? ' whole' : ' in part'}. It was short of ${percent(multiple)} of its ${resolved.requirement} requirement, by at least ${formatDecimal(short, 2)} ${table.quote}.`,
      `At the marks of the table, ${amount(closed)} of it was closed, and it ${lost > 0n ? `lost ${amount(lost)}` : 'lost nothing'} by that; the policy lets ${percent(penalty)} be lost${capped}, ${amount(most)}.`,
      'That it took place as told is for you to compare with your statement.',
    ],
  }
}
