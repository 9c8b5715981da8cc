import { isSignedBy } from '../../bundle/index.js'
import type { HistorySource } from '../calibrate/history.js'
import { readHistory } from '../calibrate/history.js'
import { bandOf, type RiskBounds } from './bounds.js'
import { digestHistory, type InForce, makeProposal } from './make.js'
import {
  formatProposal,
  type Proposal,
  proposalSigned,
  readProposal,
  readProposalSignature,
} from './proposal.js'

/** What was looked at of a proposal, and whether it holds. */
export interface ProposalCheck {
  what: 'signature' | 'bounds' | 'within' | 'request' | 'history' | 'values'
  ok: boolean
  /** What was found; of what does not hold, why. */
  said: string
}

/** What a proposal is verified with. */
export interface ProposalTrust {
  /** Address of the key that must have signed it, in lower case. */
  signer: string
  bounds: RiskBounds
  /** With both, every value is made anew. */
  sources?: readonly HistorySource[]
  inForce?: InForce
}

/** Why the signature beside a proposal is not the signer's over it; nothing where it is. */
export async function verifyProposalSignature(
  path: string,
  { proposal, sha256, signer }: { proposal: Proposal; sha256: string; signer: string },
): Promise<string | undefined> {
  const signature = await readProposalSignature(path)
  if (signature.proposal !== sha256) return 'the signature is over another proposal'
  if (!isSignedBy(proposalSigned(proposal, sha256), signature)) return 'the signature is not sound'
  return signature.signer === signer ? undefined : `it is signed by ${signature.signer}, not by ${signer}`
}

/**
 * Verifies a signed proposal. Its own words on bounds are held against the steward's file; with the price
 * histories and the request, the proposal is made anew, and has to be the same to the byte.
 *
 * @throws {InputError} what reading the files throws
 */
export async function verifyProposal(
  path: string,
  { signer, bounds, sources, inForce }: ProposalTrust,
): Promise<ProposalCheck[]> {
  const { proposal, sha256 } = await readProposal(path)
  const why = await verifyProposalSignature(path, { proposal, sha256, signer })
  const check = (what: ProposalCheck['what'], ok: boolean, holds: string, fails: string) => ({
    what,
    ok,
    said: ok ? holds : fails,
  })
  const isSameBounds =
    proposal.bounds === bounds.sha256 &&
    proposal.changes.every(({ instrument, parameter, bounds: band }) => {
      const own = bandOf(bounds, instrument, parameter)
      return own.least === band.least && own.most === band.most && own.step === band.step
    })
  const broken = proposal.changes.filter(({ outside }) => outside.length > 0)
  const checks = [
    check('signature', why === undefined, `signed by ${signer}`, why ?? ''),
    check('bounds', isSameBounds, "made under the steward's bounds", 'made under other bounds'),
    check(
      'within',
      broken.length === 0,
      'every change lies within them',
      `outside: ${broken.map(({ instrument, parameter }) => `${parameter} of ${instrument}`).join(', ')}`,
    ),
  ]
  if (sources === undefined || inForce === undefined) return checks
  const isRequest = proposal.request === inForce.sha256
  const history = await digestHistory(sources)
  const hashes = (list: Proposal['history']) => list.map((each) => each.sha256).join()
  const isHistory = hashes(history) === hashes(proposal.history)
  checks.push(
    check('request', isRequest, 'made for this request', 'made for another stress request'),
    check('history', isHistory, 'made of these histories', 'made of other histories'),
  )
  if (!isRequest || !isHistory) return checks
  const { settings, madeAt } = proposal
  const to = proposal.changes
    .map(({ origin }) => origin.to)
    .toSorted()
    .at(-1)
  const series = await readHistory(sources, {
    maxGapDays: settings.calibration.maxGapDays,
    ...(to === undefined ? {} : { to }),
  })
  const anew = makeProposal({ series, history: proposal.history, inForce, bounds, settings, madeAt })
  const isSame = formatProposal(anew) === formatProposal(proposal)
  checks.push(
    check('values', isSame, 'every value is what the histories give', 'the histories give other values'),
  )
  return checks
}
