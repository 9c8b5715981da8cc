import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findInstance, loadInstances } from '../../src/proving/index.js'
import { gatherSources } from '../../src/proving/sources.js'
import type { ConstraintCount, Instance } from '../../src/statements/index.js'
import type { Source } from './compiled.js'
import type { SoundnessOptions } from './report.js'

/** The subjects of `--small`. */
const SMALL = 32_000

/**
 * Templates of circuits/lib at small sizes, every branch of a size parameter at least once, by the file they
 * are in.
 */
export const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'any-leaf.circom': ['AnyLeaf(3, 3, [2, 4, 8])'],
  'batch-root.circom': ['BatchRoot(17)'],
  'challenge.circom': ['Challenge(1)'],
  'deficit-account.circom': ['DeficitAccount(2)'],
  'deficit-bound.circom': ['DeficitBound(2, 2, 2, 3)'],
  'deficit-charges.circom': ['DeficitCharges(2, 5, 2)'],
  'deficit-decision.circom': ['DeficitDecision(2)'],
  'deficit-groups.circom': ['DeficitGroups(2, 2)'],
  'deficit-lines.circom': ['DeficitLines(3, 2)'],
  'deficit-marks.circom': ['DeficitMarks(2, 1)', 'DeficitMarks(1, 2)'],
  'deficit-movement.circom': ['DeficitMovement(2)'],
  'deficit-policy.circom': ['DeficitPolicy()'],
  'deficit-required.circom': ['DeficitRequired(2)', 'DeficitFactors()'],
  'deficit-scan.circom': ['DeficitScan(2, 2, 2)'],
  'deficit-totals.circom': ['DeficitTotals(2, 2, 2, 3, 1)'],
  'equities-leaf.circom': ['EquitiesLeaf(2, 4, 2, 0)', 'EquitiesLeaf(2, 4, 1, 2)'],
  'equities.circom': ['Equities(3, 2)'],
  'fence-path.circom': ['FencePath(2)'],
  'fenced-path.circom': ['FencedPath(1)', 'FencedPath(2)'],
  'flow-sum.circom': ['FlowSum(2)'],
  'fold-state.circom': ['FoldState()'],
  'key-sum.circom': ['KeySum(2, 2, 0, 0)', 'KeySum(2, 3, 2, 1)'],
  'key-totals.circom': ['KeyTotals(2, 0, 0, 0)', 'KeyTotals(2, 1, 1, 1)'],
  'leaf.circom': ['Leaf(4)', 'Leaf(40)'],
  'ledger-slot.circom': ['LedgerSlot(0)', 'LedgerSlot(1)'],
  'lines-by-key.circom': ['LinesByKey(3, 2)'],
  'margin-account.circom': ['MarginAccount(2)'],
  'margin-charges.circom': ['MarginCharges(2, 5, 2)'],
  'margin-decision.circom': ['MarginDecision(2, 2)'],
  'margin-requirement.circom': ['MarginRequirement(2)'],
  'margin-row.circom': ['MarginRow(2, 2)'],
  'margin-rows-root.circom': ['MarginRowsRoot(2, 1)', 'MarginRowsRoot(1, 2)'],
  'margin-scan.circom': ['MarginScan(2, 2, 2)'],
  'margin-sums.circom': ['MarginSums(2, 5, 2)'],
  'margin-table.circom': ['MarginTable(2, 2, 1, 1)', 'MarginTable(1, 2, 1, 2)'],
  'margin-totals.circom': ['MarginTotals(2, 2, 2, 3, 1)'],
  'negative.circom': ['Negative(8)', 'Negative(251)'],
  'nonzero.circom': ['Nonzero()'],
  'one-hot.circom': ['OneHot16()'],
  'pack-bits.circom': ['PackBits(300)'],
  // PoseidonPermutation is its body.
  'poseidon.circom': [
    'Poseidon(0, 2)',
    'Poseidon(0, 16)',
    'Poseidon(7, 1)',
    'Poseidon(7, 5)',
    'Poseidon(7, 15)',
  ],
  'policy-digest.circom': ['PolicyDigest(4, 0)', 'PolicyDigest(2, 2)'],
  'positions.circom': ['Positions(3)'],
  'range.circom': ['Range(1)', 'Range(64)', 'Range(252)'],
  'rising-keys.circom': ['RisingKeys(3, 17)'],
  'risk-root.circom': ['RiskRoot(4, 0, 0, 0)', 'RiskRoot(2, 1, 1, 2)'],
  'settlement-transcript.circom': ['SettlementTranscript()'],
  'slot.circom': ['Slot(0)', 'Slot(1)'],
  'sponge.circom': ['Sponge(8, 0)', 'Sponge(8, 27)'],
  'subtree-root.circom': ['SubtreeRoot(3, 1)', 'SubtreeRoot(17, 2)'],
  'tier-owners.circom': ['TierOwners(2, 2)'],
  'transcript.circom': ['Transcript(3)'],
  'transcripts.circom': ['Transcripts()'],
  'tree-path.circom': ['TreePath(2)'],
  'values-at.circom': ['ValuesAt(2, 1, 2)'],
  'weigh-state.circom': ['WeighState()'],
  'weighed-place.circom': ['WeighedPlace(4, 0)', 'WeighedPlace(2, 1)'],
}

/** An input that an output is equal to would have no wire of its own if it were private. */
const PUBLIC: Record<string, string[]> = {
  'DeficitAccount(2)': ['slots'],
  'DeficitLines(3, 2)': ['choice', 'exposure'],
  'MarginAccount(2)': ['slots'],
}

/**
 * What a run looks at of these: all, or those that hash nothing. What does is compiled at some cost, and is
 * in every instance too.
 */
export function templatesFor({ small, instances }: SoundnessOptions): Source[] {
  if (instances) return []
  return Object.entries(TEMPLATES)
    .filter(([include]) => !small || !gatherSources([include]).has('poseidon.circom'))
    .flatMap(([include, mains]) => mains.map((main) => ({ include, main, public: PUBLIC[main] ?? [] })))
}

const LIBRARY = fileURLToPath(new URL('../../circuits/lib', import.meta.url))
const SNAPSHOT: Record<string, ConstraintCount> = JSON.parse(
  readFileSync(new URL('../../circuits/constraints.json', import.meta.url), 'utf8'),
)

/** Templates of circuits/lib that no entry of `TEMPLATES` is for. */
export function missingTemplates(): string[] {
  const listed = new Set(Object.values(TEMPLATES).flat().map(templateOf))
  return readdirSync(LIBRARY)
    .flatMap((file) => [...readFileSync(`${LIBRARY}/${file}`, 'utf8').matchAll(/^template (\w+)/gm)])
    .map(([, name]) => name!)
    .filter((name) => !listed.has(name) && name !== 'PoseidonPermutation')
}

/** `Range` of `Range(64)`. */
export function templateOf(main: string): string {
  return main.replace(/\(.*$/, '')
}

/** The instances that a run looks at: all, those that are named, or those that are small. */
export function instancesFor({ small, instances }: SoundnessOptions): Instance[] {
  if (instances) return instances.map((name) => findInstance(name))
  return loadInstances().filter((instance) => !small || constraintsOf(instance) <= SMALL)
}

/** From the snapshot; an instance that it does not have yet may be large. */
function constraintsOf({ name }: Instance): number {
  const count = SNAPSHOT[name]
  return count === undefined ? Number.POSITIVE_INFINITY : count.nonLinear + count.linear
}
