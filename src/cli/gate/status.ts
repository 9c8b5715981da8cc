import type { MarginGate, MarginStanding } from '../../chain/index.js'
import type { GateRequirement } from './record.js'

/** What a gate says of a handle, ready for `--json`: roots and handles are decimal strings. */
export interface GateStatus extends Omit<MarginStanding, 'epoch'> {
  handle: string
  requirement: string
  times: string
  epoch: { number: number; accountsRoot: string; riskRoot: string; end: number }
}

export async function statusOf(
  gate: MarginGate,
  handle: bigint,
  { requirement, times, id }: GateRequirement,
): Promise<GateStatus> {
  const { epoch, ...standing } = await gate.standing(handle, id)
  const { accountsRoot, riskRoot } = epoch
  return {
    ...{ handle: `${handle}`, requirement, times },
    ...standing,
    epoch: { ...epoch, accountsRoot: `${accountsRoot}`, riskRoot: `${riskRoot}` },
  }
}
