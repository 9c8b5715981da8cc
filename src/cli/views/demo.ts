import { join } from 'node:path'
import { ENTRY_WORDS } from '../../inclusion/index.js'
import type { ChainDemo } from '../demo/chain.js'
import type { EvidenceDemo } from '../demo/evidence.js'
import type { LiquidationDemo } from '../demo/liquidation.js'
import type { MarginDemo } from '../demo/margin.js'
import type { ProofRow } from '../demo/proofs.js'
import type { SettlementDemo } from '../demo/settlement.js'
import type { StressDemo } from '../demo/stress.js'
import type { OnChainResult } from '../on-chain.js'
import type { Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'
import { shownAmount, shownPercent } from './amounts.js'
import { REASONS } from './gate.js'
import { LAYER_NAMES } from './layers.js'

export interface DemoSummary {
  verdict: 'solvent'
  accounts: number
  scenarios: string[]
  proofs: ProofRow[]
  checks: number
  /** What stands behind the reserves, a sentence each. */
  reserves: readonly string[]
  /** What one address of the local chain shows of one instrument. */
  evidence: EvidenceDemo
  onchain: OnChainResult
  margin: MarginDemo
  liquidation: LiquidationDemo
  /** What registry and gate say as time passes. */
  chain?: ChainDemo
  stress?: StressDemo
  settlement?: SettlementDemo
  keyKind: string
  seconds: number
  out?: string
}

/** The result of the demo. */
export function demoView(summary: DemoSummary, kept: string | undefined): Text {
  const { accounts, scenarios, proofs, checks, onchain, margin, stress, reserves, seconds } = summary
  return [
    '',
    `The example venue is SOLVENT, at mark and in ${scenarios.length} scenarios: ${accounts} accounts, each counted once, all covered.`,
    '',
    table(
      ['proof', 'instance', 'constraints', 'seconds'],
      proofs.map((p) => [p.name, p.instance, p.constraints.toLocaleString('en-US'), p.seconds.toFixed(1)]),
    ),
    '',
    table(
      ['proven, and verified in public', 'stayed private'],
      [
        ['every account is folded in exactly one batch', 'who holds an account, and what'],
        ['totals are the sums of all accounts', 'how many accounts there are, up to a batch; the totals'],
        ['reserves cover the totals, instrument by instrument', 'the reserves'],
        [
          'in every scenario, reserves and insurance fund also cover the shortfall of accounts that go negative',
          'the equity of every account, the shortfalls, the insurance fund',
        ],
        [
          'an account under the same root meets the margin requirement, once and 1.5 times',
          'which account it is, its positions, sizes, sides and equity',
        ],
      ],
    ),
    '',
    table(
      ['call on the local chain', 'gas'],
      [
        ...Object.entries(onchain.gas),
        ...margin.proven.map(({ times, gas }) => [`MarginGate, ${times} × maintenance`, gas] as const),
        ...Object.entries(summary.chain?.gas ?? {}),
        ...(summary.liquidation.gas === undefined
          ? []
          : [['LiquidationGate', summary.liquidation.gas] as const]),
      ].map(([call, gas]) => [call, gas.toLocaleString('en-US')]),
    ),
    '',
    ...describeMargin(margin),
    ...describeLiquidation(summary.liquidation),
    ...(summary.chain === undefined ? [] : describeChain(summary.chain)),
    ...(stress === undefined ? [] : describeStress(stress)),
    ...(summary.settlement === undefined ? [] : describeSettlement(summary.settlement)),
    ...reserves,
    ...describeEvidence(summary.evidence),
    `${checks} checks of the epoch passed in TypeScript, and every proof on-chain, in ${seconds} s.`,
    ...(kept === undefined
      ? []
      : [`Everything is in ${kept}. Verify it again: plimsoll verify ${join(kept, 'epoch')}`]),
  ]
}

function describeEvidence({ instrument, proven, enough, verdict, block, checks }: EvidenceDemo): string[] {
  const than = enough ? 'at least' : 'less than'
  return [
    `One address of the local chain shows ${shownAmount(proven)} ${instrument}, ${than} what the epoch commits to. Its key signed for this epoch, and the balance is proven from the hash of block ${block.height}: ${checks} checks without a network, ${verdict}.`,
    'A proof that no more is committed takes addresses of every instrument: plimsoll reserves prove.',
  ]
}

function describeMargin({ proven, short }: MarginDemo): string[] {
  const multiples = proven.map(({ times }) => `${times} ×`).join(' and ')
  return [
    `A trader with a perp, an option and spot collateral meets ${multiples} maintenance; the lender's gate records it under a handle.`,
    `A second trader is short and gets no proof. They alone see why: maintenance ${shownAmount(short.required)}, equity ${shownAmount(short.equity)}, missing ${shownAmount(short.missing)} ${short.quote}.`,
    '',
  ]
}

function describeLiquidation({ refused, shown, gas }: LiquidationDemo): Text[] {
  return [
    'So the second trader is liquidated in part: of 25 perps, 12 are closed, for 1 % of their mark. Nobody else sees that.',
    ...shown,
    ...(gas === undefined ? [] : ['A gate records it on the local chain, once.']),
    table(
      ['no proof for', 'because'],
      refused.map(({ what, why }) => [what, why]),
    ),
    '',
  ]
}

function describeChain({ moments }: ChainDemo): Text[] {
  return [
    table(
      ['on the local chain', 'hours', 'the venue is', 'the margin'],
      moments.map(({ what, hours, status, margin }) => [
        what,
        hours.toFixed(1),
        status,
        margin === undefined ? '–' : 'why' in margin ? `does not hold: ${REASONS[margin.why]}` : 'holds',
      ]),
    ),
    '',
    'Hours are since the books were taken. Nobody has to act for a venue to become stale, or for a margin to end.',
    '',
  ]
}

/** One day of a small venue, and what one of its customers sees of it. */
function describeSettlement({ proofs, shown, statement, refused }: SettlementDemo): Text[] {
  return [
    `Another venue is settled from one day to the next, by ${proofs} proofs.`,
    ...shown,
    table(
      ['instrument', 'entry', 'epoch', 'quantity'],
      statement.map(({ instrument, entry, epoch, quantity }) => [
        ...[instrument, ENTRY_WORDS[entry], epoch, quantity],
      ]),
    ),
    'This customer alone sees it, from the own file: what was held, every movement, and what is held, exact.',
    table(
      ['not taken', 'because'],
      refused.map(({ what, why }) => [what, why]),
    ),
    '',
  ]
}

/** Who pays where there is most to pay. */
function describeWaterfall(scenarios: StressDemo['scenarios']): string[] {
  const [worst] = scenarios.toSorted((a, b) => Number(b.need) - Number(a.need))
  if (worst === undefined || worst.need === '0') return []
  const payers = worst.layers
    .filter(({ absorbed }) => absorbed !== '0')
    .map(
      ({ layer, worth, absorbed }) =>
        `${LAYER_NAMES[layer]} ${shownAmount(absorbed)} of ${shownAmount(worth)}`,
    )
  return [`Who pays for the shortfalls of ${worst.scenario}, in ${worst.quote}: ${payers.join(', then ')}.`]
}

function describeStress({ scenarios, thin }: StressDemo): Text[] {
  return [
    table(
      ['scenario', 'date', 'moves', 'others', 'verdict', 'owed', 'shortfalls in it', 'held'],
      scenarios.map(({ scenario, date, moves, fallback, owed, shortfalls, held }) => [
        scenario,
        date ?? '–',
        Object.entries(moves).map(([asset, move]) => `${asset} ${shownPercent(move)}`),
        [shownPercent(fallback.asset), `stablecoins ${shownPercent(fallback.stablecoin)}`],
        'holds',
        shownAmount(owed),
        shownAmount(shortfalls),
        shownAmount(held),
      ]),
    ),
    '',
    'Amounts are the venue’s own; scenarios and verdicts are public.',
    ...describeWaterfall(scenarios),
    ...thin.map(
      ({ scenario, missing, quote }) =>
        `The same venue with a thin insurance fund FAILS ${scenario}: ${shownAmount(missing)} ${quote} are missing. It gets no proof.`,
    ),
    '',
  ]
}
