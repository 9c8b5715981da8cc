import { type CircuitInputs, encodeSlot, SLOT_BITS, toBits, toField } from '../../field/index.js'
import { TREE_ARITY, type TreePath } from '../../hash/index.js'
import {
  destinationCode,
  destinationGroup,
  groupKey,
  LINES_PER_LINK,
  lineKey,
  MARGIN_SUMS,
  MAX_REQUIREMENTS,
} from '../../rules/index.js'
import { openedLeafSlots } from './account.js'
import type { WitnessGroup, WitnessLine } from './touched.js'
import type { MarginWitness } from './witness.js'

/**
 * Groups and choices of a rule are numbered below this; an instance is filled up with numbers from here on.
 */
const FILLER = 60_001

const oneHot = (length: number, on: number): bigint[] =>
  Array.from({ length }, (_, k) => (k === on ? 1n : 0n))
const zeros = (length: number): bigint[] => new Array<bigint>(length).fill(0n)
const flag = (on: boolean): bigint => (on ? 1n : 0n)

/**
 * Inputs of the `margin` circuit for a witness.
 *
 * @throws {InputError} `SLOT_RANGE` when a slot does not fit its bits.
 */
export function marginInputs(witness: MarginWitness): CircuitInputs {
  const { account, requirement, risk, sizes, slots } = witness
  return {
    ...witness.signals,
    accountId: account.accountId,
    ownerSecret: account.ownerSecret,
    salt: account.salt,
    slots: slots.map((slot) => toBits(encodeSlot(slot), SLOT_BITS)),
    leafShape: openedLeafSlots(sizes.slots).map((count) => flag(count === account.slots.length)),
    ...pathInputs('leaf', account.leafPath),
    ...pathInputs('batch', account.batchPath),
    valuesDigest: risk.valuesDigest,
    rowsRoot: risk.rowsRoot,
    timestamp: risk.timestamp,
    marginRoots: [...risk.marginRoots],
    ruleText: requirement.text,
    which: oneHot(MAX_REQUIREMENTS, requirement.index),
    shape: requirement.shape,
    threshold: toField(requirement.threshold),
    worstFactor: requirement.worst.factor,
    worstSums: requirement.worst.sums.map(flag),
    factors: [...requirement.factors],
    gains: requirement.gains.slice(0, sizes.scenarios),
    losses: requirement.losses.slice(0, sizes.scenarios),
    times: requirement.times,
    askedThreshold: toField(requirement.asked.threshold),
    askedWorstFactor: requirement.asked.worstFactor,
    askedFactors: [...requirement.asked.factors],
    ...rowInputs(witness),
    ...groupInputs(witness),
    ...lineInputs(witness),
    worst: witness.worst,
  }
}

function pathInputs(name: 'leaf' | 'batch', { index, levels }: TreePath): CircuitInputs {
  return {
    [`${name}Bits`]: toBits(BigInt(index), 4 * levels.length),
    [`${name}Children`]: levels.map((children) => [...children]),
  }
}

function rowInputs({ rows, rowTop, sizes }: MarginWitness): CircuitInputs {
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
    ...(levels > 1
      ? {
          rowChildren: paths.map((path) =>
            Array.from({ length: levels - 1 }, (_, d) => path?.[d] ?? zeros(TREE_ARITY)),
          ),
        }
      : {}),
    rowTop: [...rowTop],
  }
}

function groupInputs({ groups, rows, sizes }: MarginWitness): CircuitInputs {
  const filled = Array.from({ length: sizes.groups }, (_, g): WitnessGroup => {
    const filler = { name: '', id: FILLER + g, gain: 0n, loss: 0n }
    return groups[g] ?? { group: filler, changes: zeros(sizes.scenarios), own: 0n, charge: 0n }
  })
  const membership = (of: 'group' | 'flatGroup') =>
    rows.map((r) => filled.map(({ group }) => flag(r?.row[of]?.id === group.id)))
  return {
    groupIds: filled.map(({ group }) => BigInt(group.id)),
    groupGain: filled.map(({ group }) => group.gain),
    groupLoss: filled.map(({ group }) => group.loss),
    groupInto: filled.map(({ group }) => oneHot(MARGIN_SUMS, group.sum ?? -1)),
    groupMember: membership('group'),
    groupFlatMember: membership('flatGroup'),
    groupNegative: filled.map(({ group, changes }) =>
      changes.slice(0, sizes.scenarios).map((x) => flag(group.sum === undefined && x < 0n)),
    ),
    groupOwn: filled.map(({ own }) => own),
    groupCharge: filled.map(({ charge }) => charge),
  }
}

function lineInputs({ groups, lines, sizes }: MarginWitness): CircuitInputs {
  const filled = Array.from({ length: sizes.lines }, (_, l): WitnessLine => {
    const filler = { name: '', choice: FILLER + l, exposure: 0, line: 0, to: { sum: 0 }, deduction: 0n }
    return lines[l] ?? { line: filler, total: 0n, branch: 0, value: 0n }
  })
  const list = filled.map(({ line }) => line)
  return {
    line: list.map(({ line }) => BigInt(line)),
    lineExposure: list.map(({ exposure }) => BigInt(exposure)),
    lineChoice: list.map(({ choice }) => BigInt(choice)),
    lineOnly: list.map(({ branch }) => [flag(branch === 0), flag(branch === 1)]),
    lineInto: list.map(({ to }) => oneHot(MARGIN_SUMS + 3, destinationCode(to))),
    lineGroup: list.map(({ to }) => destinationGroup(to)),
    lineDeduction: list.map(({ deduction }) => deduction),
    lineTotal: filled.map(({ total }) => toField(total)),
    lineBranch: filled.map(({ branch }) => BigInt(branch)),
    lineValue: filled.map(({ value }) => value),
    lineLink: list.map(({ to }) =>
      Array.from({ length: sizes.groups }, (_, g) => {
        const group = groups[g]?.group
        return flag(group !== undefined && destinationGroup({ raises: group }) === destinationGroup(to))
      }),
    ),
  }
}
