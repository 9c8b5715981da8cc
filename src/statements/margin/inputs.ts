import { type CircuitInputs, encodeSlot, SLOT_BITS, toBits, toField } from '../../field/index.js'
import { openedLeafSlots } from './account.js'
import {
  filledUp,
  flag,
  groupKeyInputs,
  lineKeyInputs,
  pathInputs,
  rowInputs,
  statedInputs,
  zeros,
} from './requirement-inputs.js'
import type { MarginWitness } from './witness.js'

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
    ...pathInputs(account),
    valuesDigest: risk.valuesDigest,
    rowsRoot: risk.rowsRoot,
    timestamp: risk.timestamp,
    marginRoots: [...risk.marginRoots],
    ...statedInputs(requirement, sizes),
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

function groupInputs(witness: MarginWitness): CircuitInputs {
  const { groups, sizes } = witness
  const none = zeros(sizes.scenarios)
  return {
    ...groupKeyInputs(
      groups.map(({ group }) => group),
      witness,
    ),
    groupNegative: filledUp(
      groups.map(({ group, changes }) =>
        changes.slice(0, sizes.scenarios).map((x) => flag(group.sum === undefined && x < 0n)),
      ),
      sizes.groups,
      none,
    ),
    groupOwn: filledUp(
      groups.map(({ own }) => own),
      sizes.groups,
      0n,
    ),
    groupCharge: filledUp(
      groups.map(({ charge }) => charge),
      sizes.groups,
      0n,
    ),
  }
}

function lineInputs({ groups, lines, sizes }: MarginWitness): CircuitInputs {
  const each = (of: (line: (typeof lines)[number]) => bigint) => filledUp(lines.map(of), sizes.lines, 0n)
  return {
    ...lineKeyInputs(
      lines.map(({ line }) => line),
      groups.map(({ group }) => group),
      sizes,
    ),
    lineTotal: each(({ total }) => toField(total)),
    lineBranch: each(({ branch }) => BigInt(branch)),
    lineValue: each(({ value }) => value),
  }
}
