import { type Address, encodeFunctionData, type Hex } from 'viem'
import { ACCESS_MANAGER_ABI } from '../generated/abi.js'
import type { Governance } from './state.js'
import { ADMIN, ROLES } from './table.js'

const call = (
  functionName: Parameters<typeof encodeFunctionData<typeof ACCESS_MANAGER_ABI>>[0]['functionName'],
  args: readonly unknown[],
) => encodeFunctionData({ abi: ACCESS_MANAGER_ABI, functionName, args } as never)

/**
 * The data of the one call that gives a manager its roles, functions and delays, the administrator's among
 * them, and takes those of the sender, its first administrator, away: all of it or nothing.
 */
export function grantCall({ roles, targets }: Governance, sender: Address): Hex {
  const calls: Hex[] = []
  for (const { id, label } of Object.values(ROLES)) calls.push(call('labelRole', [id, label]))
  for (const [target, { adminDelay, functions }] of targets) {
    for (const [id, selectors] of byRole(functions)) {
      calls.push(call('setTargetFunctionRole', [target, selectors, id]))
    }
    calls.push(call('setTargetAdminDelay', [target, adminDelay]))
  }
  // The administrators come last: giving a role is delayed from then on.
  const last = [...roles].toSorted(([a], [b]) => Number(a === ADMIN) - Number(b === ADMIN))
  for (const [id, { guardian, grantDelay, members }] of last) {
    if (id !== ADMIN) calls.push(call('setRoleGuardian', [id, guardian]))
    for (const [member, delay] of members) calls.push(call('grantRole', [id, member, delay]))
    calls.push(call('setGrantDelay', [id, grantDelay]))
  }
  calls.push(call('revokeRole', [ADMIN, sender]))
  return call('multicall', [calls])
}

function byRole(functions: ReadonlyMap<Hex, bigint>): Map<bigint, Hex[]> {
  const roles = new Map<bigint, Hex[]>()
  for (const [selector, id] of functions) roles.set(id, [...(roles.get(id) ?? []), selector])
  return roles
}
