import { type CircuitInputs, toBits, toField } from '../../field/index.js'
import { TREE_ARITY, type TreePath } from '../../hash/index.js'
import {
  destinationCode,
  destinationGroup,
  groupKey,
  LINES_PER_LINK,
  lineKey,
  MARGIN_SUMS,
  MAX_REQUIREMENTS,
  type MarginGroup,
  type MarginLine,
  type MarginRequirement,
} from '../../rules/index.js'
import type { MarginSizes } from './signals.js'
import type { MarginWitness } from './witness.js'

/**
 * Groups and choices of a rule are numbered below this; an instance is filled up with numbers from here on.
 */
const FILLER = 60_001

/** The rows of held instruments, as a witness has them. */
type Rows = Pick<MarginWitness, 'rows' | 'rowTop' | 'sizes'>

/** One at a place, zero elsewhere; at no place below 0. */
export const oneHot = (length: number, on: number): bigint[] =>
  Array.from({ length }, (_, k) => (k === on ? 1n : 0n))
export const zeros = (length: number): bigint[] => new Array<bigint>(length).fill(0n)
export const flag = (on: boolean): bigint => (on ? 1n : 0n)

/** Bits and children of the paths from a leaf to the root over all accounts. */
export function pathInputs({
  leafPath,
  batchPath,
}: Record<'leafPath' | 'batchPath', TreePath>): CircuitInputs {
  const inputs = (name: 'leaf' | 'batch', { index, levels }: TreePath): CircuitInputs => ({
    [`${name}Bits`]: toBits(BigInt(index), 4 * levels.length),
    [`${name}Children`]: levels.map((children) => [...children]),
  })
  return { ...inputs('leaf', leafPath), ...inputs('batch', batchPath) }
}

/** What a requirement states beside its rows. */
export function statedInputs(requirement: MarginRequirement, { scenarios }: MarginSizes): CircuitInputs {
  return {
    ruleText: requirement.text,
    which: oneHot(MAX_REQUIREMENTS, requirement.index),
    shape: requirement.shape,
    threshold: toField(requirement.threshold),
    worstFactor: requirement.worst.factor,
    worstSums: requirement.worst.sums.map(flag),
    factors: [...requirement.factors],
    gains: requirement.gains.slice(0, scenarios),
    losses: requirement.losses.slice(0, scenarios),
  }
}

/** The row of each slot under the root over all rows. */
export function rowInputs({ rows, rowTop, sizes }: Rows): CircuitInputs {
  const { scenarios, links, levels } = sizes
  const places = LINES_PER_LINK * links
  const paths = rows.map((r) => r?.path)
  const ofRow = <T>(of: (row: NonNullable<(typeof rows)[number]>['row']) => T, none: T): T[] =>
    rows.map((r) => (r === undefined ? none : of(r.row)))
  return {
    rowValue: ofRow(({ value }) => [toField(value.long), toField(value.short)], [0n, 0n]),
    rowGroup: ofRow(({ group }) => groupKey(group), 0n),
    rowFlatGroup: ofRow(({ flatGroup }) => groupKey(flatGroup), 0n),
    rowFlat: ofRow(({ flat }) => toField(flat), 0n),
    rowChanges: ofRow(({ changes }) => changes.slice(0, scenarios).map(toField), zeros(scenarios)),
    rowLines: ofRow(
      ({ lines }) =>
        Array.from({ length: places }, (_, j) => {
          const entry = lines[j]
          return entry === undefined
            ? zeros(3)
            : [lineKey(entry.line), toField(entry.long), toField(entry.short)]
        }),
      Array.from({ length: places }, () => zeros(3)),
    ),
    rowLinks: ofRow(
      ({ lines }) => oneHot(links + 1, Math.ceil(lines.length / LINES_PER_LINK)),
      oneHot(links + 1, 0),
    ),
    ...childrenInputs('rowChildren', paths, levels),
    rowTop: [...rowTop],
  }
}

/** Children of the nodes above each row; an instance of one level has none. */
export function childrenInputs(
  name: string,
  paths: readonly (bigint[][] | undefined)[],
  levels: number,
): CircuitInputs {
  if (levels === 1) return {}
  return {
    [name]: paths.map((path) => Array.from({ length: levels - 1 }, (_, d) => path?.[d] ?? zeros(TREE_ARITY))),
  }
}

/** Groups filled up to the instance's, and which slots are in them. */
export function groupKeyInputs(
  groups: readonly MarginGroup[],
  { rows, sizes }: Omit<Rows, 'rowTop'>,
): CircuitInputs {
  const filled = Array.from(
    { length: sizes.groups },
    (_, g): MarginGroup => groups[g] ?? { name: '', id: FILLER + g, gain: 0n, loss: 0n },
  )
  const membership = (of: 'group' | 'flatGroup') =>
    rows.map((r) => filled.map(({ id }) => flag(r?.row[of]?.id === id)))
  return {
    groupIds: filled.map(({ id }) => BigInt(id)),
    groupGain: filled.map(({ gain }) => gain),
    groupLoss: filled.map(({ loss }) => loss),
    groupInto: filled.map(({ sum }) => oneHot(MARGIN_SUMS, sum ?? -1)),
    groupMember: membership('group'),
    groupFlatMember: membership('flatGroup'),
  }
}

/** Lines filled up to the instance's, each with the group that it raises or bounds. */
export function lineKeyInputs(
  lines: readonly MarginLine[],
  groups: readonly MarginGroup[],
  sizes: MarginSizes,
): CircuitInputs {
  const filled = Array.from(
    { length: sizes.lines },
    (_, l): MarginLine =>
      lines[l] ?? { name: '', choice: FILLER + l, exposure: 0, line: 0, to: { sum: 0 }, deduction: 0n },
  )
  return {
    line: filled.map(({ line }) => BigInt(line)),
    lineExposure: filled.map(({ exposure }) => BigInt(exposure)),
    lineChoice: filled.map(({ choice }) => BigInt(choice)),
    lineOnly: filled.map(({ branch }) => [flag(branch === 0), flag(branch === 1)]),
    lineInto: filled.map(({ to }) => oneHot(MARGIN_SUMS + 3, destinationCode(to))),
    lineGroup: filled.map(({ to }) => destinationGroup(to)),
    lineDeduction: filled.map(({ deduction }) => deduction),
    lineLink: filled.map(({ to }) =>
      Array.from({ length: sizes.groups }, (_, g) => {
        const group = groups[g]
        return flag(group !== undefined && destinationGroup({ raises: group }) === destinationGroup(to))
      }),
    ),
  }
}

/** A list filled up to a length. */
export function filledUp<T>(list: readonly T[], length: number, none: T): T[] {
  return Array.from({ length }, (_, i) => list[i] ?? none)
}
