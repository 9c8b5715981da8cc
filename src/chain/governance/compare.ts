import type { Hex } from 'viem'
import type { Governance, Targets } from './state.js'
import { ACCESS, type AccessContract, ADMIN, ROLES, type RoleName, selectorsOf } from './table.js'

/** Something on a chain that is not as it was meant. */
export interface Difference {
  /** What: a role, a function, a contract, a venue. */
  of: string
  expected: string
  found: string
}

/** Where an access manager says something else than it was meant to, the rights of others among it. */
export function differencesOf(intended: Governance, read: Governance, targets: Targets): Difference[] {
  const differences: Difference[] = []
  const compare = (of: string, expected: string | undefined, found: string | undefined) => {
    if (expected !== found) differences.push({ of, expected: expected ?? 'none', found: found ?? 'none' })
  }
  for (const id of union(intended.roles, read.roles)) {
    const [want, have] = [intended.roles.get(id), read.roles.get(id)]
    const name = roleName(id)
    compare(`${name}: role that gives it`, roleName(want?.admin ?? ADMIN), roleName(have?.admin ?? ADMIN))
    compare(
      `${name}: role that cancels`,
      roleName(want?.guardian ?? ADMIN),
      roleName(have?.guardian ?? ADMIN),
    )
    compare(`${name}: delay of giving it`, seconds(want?.grantDelay ?? 0), seconds(have?.grantDelay ?? 0))
    for (const account of union(want?.members, have?.members)) {
      compare(`${name}: ${account}`, member(want?.members.get(account)), member(have?.members.get(account)))
    }
  }
  for (const target of union(intended.targets, read.targets)) {
    const [want, have] = [intended.targets.get(target), read.targets.get(target)]
    const contract = (Object.keys(targets) as AccessContract[]).find(
      (name) => targets[name]?.toLowerCase() === target.toLowerCase(),
    )
    const name = contract ?? target
    compare(`${name}: closed`, `${want?.closed ?? false}`, `${have?.closed ?? false}`)
    compare(`${name}: delay of its rules`, seconds(want?.adminDelay ?? 0), seconds(have?.adminDelay ?? 0))
    for (const selector of union(want?.functions, have?.functions)) {
      const [expected, found] = [want, have].map((state) => roleName(state?.functions.get(selector) ?? ADMIN))
      compare(`${name}.${functionName(contract, selector)}`, expected, found)
    }
  }
  return differences
}

function union<K>(a?: ReadonlyMap<K, unknown>, b?: ReadonlyMap<K, unknown>): Set<K> {
  return new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])
}

const seconds = (delay: number) => `${delay} s`
const member = (delay: number | undefined) => (delay === undefined ? undefined : `member, delay ${delay} s`)

/** The name of a role, for people. */
export function roleName(id: bigint): string {
  if (id === ADMIN) return 'ADMIN'
  return Object.values(ROLES).find((role) => role.id === id)?.label ?? `role ${id}`
}

function functionName(contract: AccessContract | undefined, selector: Hex): string {
  if (contract === undefined) return selector
  const { restricted } = ACCESS[contract] as { restricted: Partial<Record<RoleName, readonly string[]>> }
  const names = Object.values(restricted).flat()
  return names.find((name) => selectorsOf(contract, [name])[0] === selector) ?? selector
}
