import { InputError } from '../../errors/index.js'
import { Rational } from '../../field/index.js'
import { isTiered, type RiskTable } from '../../risk/index.js'
import type { StressRequest } from '../scenarios/request.js'
import { stressScenarios } from '../scenarios/values.js'
import type { Proposal } from './proposal.js'

/**
 * Asserts that a risk table carries a proposal: its scenarios are those of the request at its marks, and the
 * request has the new values.
 *
 * @param request the stress request with the changes, as `withChanges` writes it
 * @throws {InputError} `PROPOSAL_TABLE` naming what is other, and what `stressScenarios` throws
 */
export function assertCarried(
  proposal: Proposal,
  request: StressRequest,
  table: RiskTable,
  where: string,
): void {
  for (const { instrument, parameter, after } of proposal.changes) {
    const row = Object.hasOwn(request.instruments, instrument) ? request.instruments[instrument] : undefined
    if (row !== undefined && row[parameter].compare(Rational.parse(after)) === 0) continue
    throw otherTable(`the ${parameter} of ${instrument} is not the proposed one in the stress request`, where)
  }
  const own = isTiered(table) ? table.scenarios.slice(1) : table.scenarios
  const made = stressScenarios(table, request)
  const other = made.find((scenario, i) => !isSame(scenario, own[i]))?.name ?? own[made.length]?.name
  if (other === undefined) return
  throw otherTable(`the table's scenario ${other} is not what the request makes of its marks`, where)
}

function isSame(a: RiskTable['scenarios'][number], b: RiskTable['scenarios'][number] | undefined): boolean {
  return (
    b !== undefined &&
    a.name === b.name &&
    a.requirement === b.requirement &&
    a.values.length === b.values.length &&
    a.values.every(({ long, short }, i) => long === b.values[i]!.long && short === b.values[i]!.short)
  )
}

function otherTable(what: string, where: string): InputError {
  return new InputError('PROPOSAL_TABLE', what, {
    where,
    hint: 'The proposal is for another table: give the epoch whose table `plimsoll risk stress` made of this request.',
  })
}
