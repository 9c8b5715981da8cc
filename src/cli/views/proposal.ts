import type { Proposal, ProposalCheck } from '../../models/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { shownPercent } from './amounts.js'

const percent = (share: string): string => shownPercent(share, 2)

/** The result of `risk draft`. */
export function proposalView(
  { changes, settings }: Proposal,
  { file, stressOut }: { file: string; stressOut: string | undefined },
): Text {
  const broken = changes.filter(({ outside }) => outside.length > 0)
  return apart([
    changes.length === 0
      ? 'Nothing has to change.'
      : table(
          ['instrument', 'what', 'in force', 'proposed', 'calculated', 'by', 'within the bounds'],
          changes.map(({ instrument, parameter, before, after, origin, outside }) => [
            instrument,
            parameter === 'markup' ? 'mark-up' : parameter,
            percent(before),
            percent(after),
            percent(origin.calculated),
            origin.detector,
            outside.length === 0 ? 'yes' : `no: ${outside.join(', ')}`,
          ]),
        ),
    facts([
      ['floor', floorWords(settings.floor)],
      ['written to', file],
      ...(stressOut === undefined ? [] : [['stress request', stressOut] as const]),
    ]),
    broken.length === 0
      ? 'Nothing changes by it.'
      : "Nothing changes by it, and `risk propose` does not sign it: it breaks the steward's bounds.",
  ])
}

function floorWords(floor: Proposal['settings']['floor']): string {
  if (floor.kind === 'buffer') return `buffer of ${shownPercent(floor.share)}`
  if (floor.kind === 'stressed') return `stressed returns at ${shownPercent(floor.weight)}`
  return floor.kind === 'none' ? 'none' : `volatility of ${floor.periods} days`
}

/** The result of `risk propose` without a chain. */
export function signedProposalView(signed: { signature: string; sha256: string; signer: string }): Text {
  return [
    facts([
      ['signature', signed.signature],
      ['signed by', signed.signer],
      ['proposal (SHA-256)', signed.sha256],
    ]),
    'Nothing changes by it.',
  ]
}

/** The result of `risk propose` with a chain. */
export function sentProposalView(result: {
  register: string
  chainId: number
  riskRoot: string
  sent: boolean
  gas?: string
  vetoSeconds: number
  lifetimeSeconds: number
}): Text {
  const { register, chainId, riskRoot, sent, gas, vetoSeconds, lifetimeSeconds } = result
  return [
    facts([
      ['register', `${register} on chain ${chainId}`],
      ['risk root', riskRoot],
      ...(gas === undefined ? [] : [['gas', BigInt(gas).toLocaleString('en-US')] as const]),
      ['can be vetoed for', `${vetoSeconds} s`],
      ['can be used for', `${lifetimeSeconds} s from then on`],
    ]),
    sent ? 'The table is PROPOSED.' : 'The register would take it now. Nothing was sent.',
  ]
}

/** The result of `risk verify`. */
export function proposalVerdictView({
  valid,
  checks,
}: {
  valid: boolean
  checks: readonly ProposalCheck[]
}): Text {
  return apart([
    table(
      ['', 'check', 'found'],
      checks.map(({ what, ok, said }) => [ok ? '✓' : '✗', what, said]),
    ),
    valid ? 'The proposal is VALID.' : 'The proposal is NOT VALID.',
  ])
}
