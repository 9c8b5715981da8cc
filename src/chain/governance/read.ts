import { type Address, getAddress, type Hex, type Log, parseEventLogs } from 'viem'
import { ArtifactError } from '../../errors/index.js'
import type { ChainConnection } from '../connection.js'
import { ACCESS_MANAGER_ABI } from '../generated/abi.js'
import { answered, readView, refusalOf } from '../rpc.js'
import type { Governance } from './state.js'
import { ADMIN } from './table.js'

/** Blocks of a request for events below which it is not halved again. */
const FEWEST_BLOCKS = 500n

/** What a manager says, and the delays that are set and not in force yet. */
export interface ReadGovernance extends Governance {
  /** Each change to come: of what, and from when, in seconds since 1970. */
  pending: { of: string; from: number }[]
  /** Calls that are scheduled and were neither run nor cancelled. */
  scheduled: { caller: Address; target: Address; at: number }[]
}

/**
 * All that an access manager says. Its events tell which roles, members, targets and functions there are, and
 * its views what is in force of them.
 *
 * @param from the block that it was made in, or one before
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when it is no access manager; `CHAIN_EVENTS` when the node does
 * not give its events
 * @throws {InputError} `RPC_UNREACHABLE`, `RPC_REFUSED`
 */
export async function readGovernance(
  chain: ChainConnection,
  manager: Address,
  from: bigint,
): Promise<ReadGovernance> {
  const view = <T>(functionName: string, args: readonly unknown[]) =>
    readView<T>(chain, { address: manager, abi: ACCESS_MANAGER_ABI, functionName, args })
  const { number: latest, timestamp: now } = await answered(chain.reader.getBlock())
  const known = replayed(await eventsOf(chain, manager, from, latest))
  const inForce = async (said: DelaySaid | undefined, functionName: string, id: unknown) => {
    const current = await view<number>(functionName, [id])
    return said !== undefined && said.since > now ? said.delay : current
  }
  const roles: Governance['roles'] = new Map()
  for (const [id, { accounts, grantDelay }] of known.roles) {
    const members = new Map<Address, number>()
    for (const account of accounts) {
      const [since, delay, next, effect] = await view<[number, number, number, number]>('getAccess', [
        id,
        account,
      ])
      // The shorter one counts while a longer one is on its way, and when a shorter one is.
      if (since !== 0) members.set(account, effect === 0 ? delay : Math.min(delay, next))
    }
    roles.set(id, {
      admin: await view('getRoleAdmin', [id]),
      guardian: await view('getRoleGuardian', [id]),
      grantDelay: await inForce(grantDelay, 'getRoleGrantDelay', id),
      members,
    })
  }
  const targets: Governance['targets'] = new Map()
  for (const [target, { selectors, adminDelay }] of known.targets) {
    const functions = new Map<Hex, bigint>()
    for (const selector of selectors) {
      const role = await view<bigint>('getTargetFunctionRole', [target, selector])
      if (role !== ADMIN) functions.set(selector, role)
    }
    targets.set(target, {
      closed: await view('isTargetClosed', [target]),
      adminDelay: await inForce(adminDelay, 'getTargetAdminDelay', target),
      functions,
    })
  }
  const pending = [
    ...[...known.roles].map(([id, { grantDelay }]) => ({ of: `role ${id}`, from: grantDelay?.since })),
    ...[...known.targets].map(([at, { adminDelay }]) => ({ of: at, from: adminDelay?.since })),
  ].flatMap(({ of, from = 0 }) => (from > now ? [{ of, from }] : []))
  return { roles, targets, pending, scheduled: [...known.scheduled.values()] }
}

interface DelaySaid {
  delay: number
  since: number
}

/** What events say that there is. */
function replayed(logs: readonly ManagerLog[]) {
  const roles = new Map<bigint, { accounts: Set<Address>; grantDelay?: DelaySaid }>()
  const targets = new Map<Address, { selectors: Set<Hex>; adminDelay?: DelaySaid }>()
  const scheduled = new Map<Hex, { caller: Address; target: Address; at: number }>()
  const role = (id: bigint) => {
    const found = roles.get(id) ?? { accounts: new Set<Address>() }
    roles.set(id, found)
    return found
  }
  const target = (address: Address) => {
    const found = targets.get(getAddress(address)) ?? { selectors: new Set<Hex>() }
    targets.set(getAddress(address), found)
    return found
  }
  for (const { eventName, args } of logs) {
    if (eventName === 'RoleGranted') role(args.roleId).accounts.add(getAddress(args.account))
    else if (eventName === 'RoleAdminChanged' || eventName === 'RoleGuardianChanged') role(args.roleId)
    else if (eventName === 'RoleGrantDelayChanged') role(args.roleId).grantDelay = args
    else if (eventName === 'TargetFunctionRoleUpdated') target(args.target).selectors.add(args.selector)
    else if (eventName === 'TargetAdminDelayUpdated') target(args.target).adminDelay = args
    else if (eventName === 'TargetClosed') target(args.target)
    else if (eventName === 'OperationScheduled') {
      const { operationId, caller, schedule } = args
      scheduled.set(operationId, { caller, target: args.target, at: schedule })
    } else if (eventName === 'OperationExecuted' || eventName === 'OperationCanceled') {
      scheduled.delete(args.operationId)
    }
  }
  return { roles, targets, scheduled }
}

const parsed = (logs: Log[]) => parseEventLogs({ abi: ACCESS_MANAGER_ABI, logs })
type ManagerLog = ReturnType<typeof parsed>[number]

async function eventsOf(
  chain: ChainConnection,
  manager: Address,
  from: bigint,
  to: bigint,
): Promise<ManagerLog[]> {
  const logs = parsed(await logsOf(chain, manager, from, to))
  // The constructor gives the first administrator its role.
  if (logs[0]?.eventName === 'RoleGranted' && logs[0].args.roleId === ADMIN) return logs
  throw new ArtifactError('CHAIN_EVENTS', 'the node does not give the events of the access manager', {
    where: `${manager} from block ${from}`,
    hint: 'Ask a node that has the logs of all blocks from then on.',
  })
}

/**
 * The events of a contract. Nodes limit how many blocks a request spans: one that is refused is halved.
 *
 * @throws {ArtifactError} `CHAIN_EVENTS`
 */
export async function logsOf(
  chain: ChainConnection,
  address: Address,
  from: bigint,
  to: bigint,
): Promise<Log[]> {
  try {
    return await chain.reader.getLogs({ address, fromBlock: from, toBlock: to })
  } catch (error) {
    const { words } = refusalOf(error)
    if (to - from < FEWEST_BLOCKS) {
      throw new ArtifactError('CHAIN_EVENTS', `the node does not give the events of a contract: ${words}`, {
        where: `${address}, blocks ${from} to ${to}`,
        hint: 'Ask a node that has the logs of all blocks from then on.',
      })
    }
    const middle = (from + to) / 2n
    return [
      ...(await logsOf(chain, address, from, middle)),
      ...(await logsOf(chain, address, middle + 1n, to)),
    ]
  }
}
