import type { ConstraintCount, Instance } from './instances.js'

/** The part by which an estimate may be wrong. */
export const ESTIMATE_ERROR = 0.04

/**
 * The size of an instance that nobody has counted, within some percent: what the parts of its statement cost,
 * fitted to counted ones. `undefined` for a statement whose parts are not known here.
 */
export function estimateCount({ statement, params, public: signals }: Instance): ConstraintCount | undefined {
  const constraints =
    statement === 'ledger'
      ? ledgerConstraints(params as LedgerParams)
      : statement === 'solvency'
        ? solvencyConstraints(params as SolvencyParams)
        : statement === 'margin'
          ? marginConstraints(params as MarginParams)
          : statement === 'backing'
            ? backingConstraints(params as Record<'SPOTS', number>)
            : statement === 'settlement'
              ? settlementConstraints(params as Record<'SPOTS', number>)
              : statement === 'disclosure'
                ? disclosureConstraints(params as DisclosureParams)
                : statement === 'liquidation'
                  ? liquidationConstraints(params as MarginParams)
                  : statement === 'weigh'
                    ? weighConstraints(params as WeighParams)
                    : undefined
  if (constraints === undefined) return undefined
  return { nonLinear: constraints, linear: 0, wires: constraints, public: signals.length }
}

type LedgerParams = Record<'ACCOUNTS' | 'SLOTS' | 'SCENARIOS' | 'PLEDGED', number>
type SolvencyParams = Record<'SPOTS' | 'DERIVATIVES' | 'TIERS' | 'SCENARIOS', number>

type DisclosureParams = Record<'SPOTS' | 'DERIVATIVES' | 'TIERS', number>
type MarginParams = Record<'SLOTS' | 'SCENARIOS' | 'GROUPS' | 'LINES' | 'LINKS' | 'LEVELS', number>

type WeighParams = Record<'LEAVES' | 'LEVEL' | 'SLOTS' | 'ACTIVITY', number>

function ledgerConstraints(params: LedgerParams): number {
  const { ACCOUNTS, SLOTS, SCENARIOS, PLEDGED } = params
  const leaf = SLOTS <= 16 ? 261 + 90.3 * SLOTS : 120 + 94.4 * SLOTS
  const stress = SCENARIOS === 0 ? 0 : 137 * SCENARIOS + 8
  const pledges = 99 * PLEDGED
  const batch = SCENARIOS === 0 ? 6_300 : 8_300
  return Math.round(ACCOUNTS * (leaf + stress + pledges) + batch)
}

function solvencyConstraints(params: SolvencyParams): number {
  const { SPOTS, DERIVATIVES, TIERS, SCENARIOS } = params
  const spot = SCENARIOS === 0 ? 505 : 814 + 84.5 * SCENARIOS
  const derivative = 150 + 88 * SCENARIOS
  const tier = 166 + 44 * SCENARIOS
  const base = SCENARIOS === 0 ? 6_200 : 7_400 + 950 * SCENARIOS + (TIERS === 0 ? 0 : 800)
  return Math.round(SPOTS * spot + DERIVATIVES * derivative + TIERS * tier + base)
}

function marginConstraints(params: MarginParams): number {
  const { SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS } = params
  const slot = 1_840 + 575 * LINKS + 521 * (LEVELS - 1) + 2.1 * GROUPS * SCENARIOS
  const group = 525 + 129 * SCENARIOS + 7.3 * LINES
  const leaves = (SLOTS > 4 ? 1_230 : 0) + (SLOTS > 16 ? 5_630 : 0)
  return Math.round(SLOTS * slot + GROUPS * group + LINES * 589 + SCENARIOS * 311 + leaves + 14_750)
}

function liquidationConstraints(params: MarginParams): number {
  const { SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS } = params
  const slot = 2_550 + 580 * LINKS + 1_290 * (LEVELS - 1) + 8 * GROUPS + 4 * SCENARIOS
  const group = 440 + 5 * LINES
  const leaves = SLOTS <= 4 ? 920 : SLOTS <= 16 ? 2_090 : 6_430
  const base = 11_650 + 1_220 * (5 - LEVELS)
  return Math.round(
    SLOTS * slot + GROUPS * group + LINES * (710 + 5 * GROUPS) + SCENARIOS * 88 + leaves + base,
  )
}

function backingConstraints({ SPOTS }: Record<'SPOTS', number>): number {
  return Math.round(378.5 * SPOTS + 420)
}

function settlementConstraints({ SPOTS }: Record<'SPOTS', number>): number {
  return Math.round(945 * SPOTS + 2_535)
}

function disclosureConstraints({ SPOTS, DERIVATIVES, TIERS }: DisclosureParams): number {
  const spot = 665 + (TIERS === 0 ? 0 : 41)
  return Math.round(SPOTS * spot + DERIVATIVES * 82 + TIERS * 41 + 1_600)
}

function weighConstraints({ LEAVES, LEVEL, SLOTS, ACTIVITY }: WeighParams): number {
  const slot = (SLOTS <= 16 ? 94.5 : 98.5) + 3 * ACTIVITY
  return Math.round(LEAVES * (530 + slot * SLOTS) + 8_000 - 690 * LEVEL)
}

/** The smallest power of two that holds the constraints and a row for each public signal and for the one. */
export function domainSizeOf(constraints: number, publicSignals: number): number {
  return 2 ** Math.max(1, Math.ceil(Math.log2(constraints + publicSignals + 1)))
}
