import { type EpochCheck, readPublishedTable, type Source } from '../bundle/index.js'
import {
  EPOCH_PATHS,
  isKnownSize,
  readSignedManifest,
  type SignedManifest,
  tableMisfit,
} from '../epoch/index.js'
import { EXIT, type ExitCode } from '../errors/index.js'
import { instrumentNumbers, type RiskTable, riskDigests } from '../risk/index.js'
import { check, instanceCheck, leafCheck, manifestChecks, ownSlotsCheck, signatureCheck } from './checks.js'
import type { Inclusion } from './file.js'

/**
 * What a stranger is told of a file and an epoch. `contradicts itself`: the venue signed this file, and
 * signed or published something that cannot stand beside it. `no contradiction`: it signed the file, and the
 * two agree. `not signed`: it did not sign the file as it is, so the file says nothing about it. `cannot
 * tell`: the file is of another epoch, or nothing shows that this epoch is the venue's.
 */
export type DisputeVerdict = 'contradicts itself' | 'no contradiction' | 'not signed' | 'cannot tell'

/** An epoch as a dispute needs it: no proof of it. */
export interface DisputedEpoch extends SignedManifest {
  table: RiskTable
}

/**
 * Reads of an epoch what a dispute needs.
 *
 * @throws {InputError} what `readSignedManifest` and `readPublishedTable` throw
 * @example
 * const epoch = await readDisputedEpoch(await openSource('epoch'))
 */
export async function readDisputedEpoch(source: Source): Promise<DisputedEpoch> {
  const { value: table } = await readPublishedTable(source, EPOCH_PATHS.risk)
  return { ...(await readSignedManifest(source)), table }
}

/** Report on a dispute. It shows no balance and no identifier. */
export interface DisputeReport {
  verdict: DisputeVerdict
  /** The address whose word is judged, in lower case. */
  address: string
  /** By the file's own word. */
  venue: string
  epoch: string
  checks: EpochCheck[]
  /** What was not checked here: one sentence each. */
  restsOn: string[]
  /** 0 no contradiction, 1 the venue contradicts itself, 2 not signed, or cannot tell. */
  exitCode: ExitCode
}

/**
 * Verifies whether a venue contradicts itself: whether it signed an inclusion file whose leaf is not under
 * the root that the same signature names, or is not what the risk table says, or whose roots are not those of
 * the epoch that it signed under the same name. A file that it did not sign, or that was changed since, shows
 * nothing.
 *
 * @param address the venue's, in lower case, from a source that whoever brings the dispute did not choose
 * @example
 * const epoch = await readDisputedEpoch(await openSource('epoch'))
 * const file = await readInclusion('inclusion.json')
 * console.log(verifyDispute(file, epoch, '0x70997970c51812dc3a010c7d01b50e0d17dc79c8').verdict)
 */
export function verifyDispute(file: Inclusion, epoch: DisputedEpoch, address: string): DisputeReport {
  const { manifest, table, signer } = epoch
  const [names, roots] = manifestChecks(file, manifest) as [EpochCheck, EpochCheck]
  const own = ownSlotsCheck(file)
  const checks = {
    signature: signatureCheck(file, address),
    instance: instanceCheck(file),
    slots: own.check,
    leaf: leafCheck(file, own.slots, file.accountsRoot),
    table: tableCheck(file, table),
    names,
    roots,
    manifest: check(
      'manifest',
      signer === address,
      'the address signed the manifest of the epoch',
      signer === undefined
        ? 'the manifest is not signed'
        : 'another address signed the manifest of the epoch',
      'Anyone can make an epoch of any name: take one whose manifest the venue signed.',
    ),
  }
  const verdict = verdictOf(checks)
  return {
    verdict,
    address,
    venue: file.venue,
    epoch: file.epoch,
    checks: Object.values(checks),
    restsOn: [
      `that ${address} is the venue's: on where you have the address from`,
      ...(verdict === 'no contradiction' ? ['whether the epoch is valid: `plimsoll verify` says it'] : []),
      ...(verdict === 'no contradiction' && signer !== address
        ? [
            'whether the venue published this epoch: the address did not sign its manifest, and anyone can make one',
          ]
        : []),
    ],
    exitCode:
      verdict === 'contradicts itself' ? EXIT.invalid : verdict === 'no contradiction' ? EXIT.ok : EXIT.input,
  }
}

/**
 * That a table is the one under the root that a file names, and has the instruments that the file says. They
 * are compared by number: the root binds the order of rows of each kind, and not how the kinds interleave,
 * so that somebody else may have moved the rows that a file names.
 */
function tableCheck(file: Inclusion, table: RiskTable): EpochCheck {
  const fits = isItsTable(file, table)
  return check(
    'table',
    !fits || hasInstruments(table, file),
    fits ? 'every slot is one of the risk table' : 'not compared: the risk table is not the one of the file',
    'not slots of the risk table under the root that the file names',
  )
}

function hasInstruments(table: RiskTable, { slots }: Inclusion): boolean {
  const numbers = instrumentNumbers(table)
  const rows = new Map(table.instruments.map((row, i) => [numbers[i]!, row]))
  return slots.every(({ number, symbol, decimals }) => {
    const row = rows.get(number)
    return row?.symbol === symbol && row.decimals === decimals
  })
}

function isItsTable({ riskRoot, sizes }: Inclusion, table: RiskTable): boolean {
  const fits = isKnownSize(sizes) && tableMisfit(table, sizes) === undefined
  return fits && riskDigests(table, sizes).riskRoot.toString() === riskRoot
}

type Named = 'signature' | 'instance' | 'slots' | 'leaf' | 'table' | 'names' | 'roots' | 'manifest'

function verdictOf(checks: Record<Named, EpochCheck>): DisputeVerdict {
  const holds = (name: Named) => checks[name].valid
  if (!holds('signature')) return 'not signed'
  // These need no epoch: all of it is under the one signature. Without its instance no leaf can be opened.
  const opened = holds('instance')
  if (opened && (!holds('slots') || !holds('leaf'))) return 'contradicts itself'
  if (!holds('table')) return 'contradicts itself'
  if (!holds('names')) return 'cannot tell'
  if (holds('roots')) return opened ? 'no contradiction' : 'cannot tell'
  return holds('manifest') ? 'contradicts itself' : 'cannot tell'
}
