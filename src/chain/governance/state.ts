import { type Address, getAddress, type Hex } from 'viem'
import {
  ACCESS,
  type AccessContract,
  ADMIN,
  type GovernanceDelays,
  type GovernanceMembers,
  ROLES,
  type RoleName,
  selectorsOf,
} from './table.js'

/** What an access manager says, or is to say. All delays are in seconds, and those that will be in force. */
export interface Governance {
  roles: Map<bigint, RoleState>
  targets: Map<Address, TargetState>
}

interface RoleState {
  /** The role that gives it. */
  admin: bigint
  /** The role that cancels its scheduled calls. */
  guardian: bigint
  grantDelay: number
  /** How long the calls of each member wait. */
  members: Map<Address, number>
}

interface TargetState {
  closed: boolean
  adminDelay: number
  /** Which role may call a function, by its selector; ADMIN for one that is not here. */
  functions: Map<Hex, bigint>
}

export type Targets = Partial<Record<AccessContract, Address>>

/** What the table makes of contracts, members and delays. */
export function intendedGovernance(
  targets: Targets,
  members: GovernanceMembers,
  delays: GovernanceDelays,
): Governance {
  const all = (accounts: readonly string[], delay: number) =>
    new Map(accounts.map((account) => [getAddress(account), delay]))
  const role = (guardian: bigint, members: Map<Address, number>): RoleState => ({
    ...{ admin: ADMIN, guardian, grantDelay: delays.grant, members },
  })
  return {
    roles: new Map([
      [ADMIN, { ...role(ADMIN, all([members.admin], delays.admin)), grantDelay: delays.admin }],
      ...(Object.keys(ROLES) as RoleName[]).map((name): [bigint, RoleState] => [
        ROLES[name].id,
        role(ROLES.guardian.id, all(members[name], name === 'governor' ? delays.governor : 0)),
      ]),
    ]),
    targets: new Map(
      (Object.keys(ACCESS) as AccessContract[]).flatMap((contract): [Address, TargetState][] => {
        const address = targets[contract]
        const functions = restrictedOf(contract)
        if (address === undefined || functions.size === 0) return []
        return [[getAddress(address), { closed: false, adminDelay: delays.admin, functions }]]
      }),
    ),
  }
}

/** The roles of a contract's restricted functions. */
function restrictedOf(contract: AccessContract): Map<Hex, bigint> {
  const { restricted } = ACCESS[contract] as { restricted: Partial<Record<RoleName, readonly string[]>> }
  return new Map(
    (Object.keys(restricted) as RoleName[]).flatMap((name) =>
      selectorsOf(contract, restricted[name] ?? []).map((selector) => [selector, ROLES[name].id] as const),
    ),
  )
}
