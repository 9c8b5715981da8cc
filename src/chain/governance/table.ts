import { type Hex, toFunctionSelector } from 'viem'
import { InputError } from '../../errors/index.js'
import {
  BACKING_REGISTER_ABI,
  CIRCUIT_BREAKER_ABI,
  INSURANCE_FUND_ABI,
  RISK_REGISTER_ABI,
  SOLVENCY_REGISTRY_ABI,
} from '../generated/abi.js'

/** Roles of the access manager, beside its ADMIN (0) and PUBLIC. */
export const ROLES = {
  governor: { id: 1n, label: 'GOVERNOR' },
  riskOperator: { id: 2n, label: 'RISK_OPERATOR' },
  guardian: { id: 3n, label: 'GUARDIAN' },
} as const
export type RoleName = keyof typeof ROLES

/** The role that may change all of this. */
export const ADMIN = 0n

/** The functions of a contract that change something, by who may call them. */
interface ContractAccess {
  abi: readonly { type: string; name?: string; stateMutability?: string }[]
  /** Restricted by the access manager. */
  restricted: Partial<Record<RoleName, readonly string[]>>
  /** Held to a venue: by its operator's signature or address, or by who keeps a floor. */
  operator: readonly string[]
  /** For anyone: proofs, prices and rules decide. */
  public: readonly string[]
}

/** Who may call what, whole: functions that only read are for anyone. */
export const ACCESS = {
  solvencyRegistry: {
    abi: SOLVENCY_REGISTRY_ABI,
    restricted: {
      governor: [
        ...['registerKey', 'retireKey', 'registerVenue', 'setOperator', 'setTerms', 'setPolicy'],
        ...['setScenarios', 'setGuards', 'unpause'],
      ],
      guardian: ['stopKey', 'pause'],
    },
    operator: ['openEpoch', 'abandon'],
    public: ['submitBatches', 'finalize'],
  },
  riskRegister: {
    abi: RISK_REGISTER_ABI,
    restricted: {
      governor: ['setWindows', 'setInstrument', 'dropInstrument'],
      riskOperator: ['propose'],
      guardian: ['veto'],
    },
    operator: [],
    public: ['check', 'observe'],
  },
  circuitBreaker: {
    abi: CIRCUIT_BREAKER_ABI,
    restricted: { governor: ['setBands', 'setLimit'], guardian: ['raise'] },
    operator: [],
    public: ['trip', 'check', 'settle', 'spend'],
  },
  insuranceFund: {
    abi: INSURANCE_FUND_ABI,
    restricted: {
      governor: ['setBeneficiary', 'setCeiling', 'requestWithdrawal', 'withdraw', 'payOut'],
      guardian: ['cancelWithdrawal'],
    },
    operator: ['raiseFloor', 'announceFall'],
    public: ['deposit', 'lowerFloor'],
  },
  backingRegister: { abi: BACKING_REGISTER_ABI, restricted: {}, operator: [], public: ['bring'] },
} satisfies Record<string, ContractAccess>
export type AccessContract = keyof typeof ACCESS

/** How long calls of a role wait between being scheduled and being run, in seconds. */
export interface GovernanceDelays {
  /** Of whoever may change roles, delays and authorities. */
  admin: number
  /** Of governors. */
  governor: number
  /** From when somebody is given a role to when it is of use. */
  grant: number
}

const DAY = 86_400

/** Five days is also how long the manager takes to lower a delay: nothing is quicker than it was. */
export const DEFAULT_DELAYS: GovernanceDelays = { admin: 5 * DAY, governor: 2 * DAY, grant: 2 * DAY }

const LEAST_DELAY = DAY
const MOST_DELAY = 30 * DAY
/** As the registry has them. */
const TEST_CHAINS = [1_337, 31_337, 11_155_111, 560_048]

/** Who gets which role. */
export interface GovernanceMembers {
  /** A multisig, which is no sender of the deployment. */
  admin: string
  governor: readonly string[]
  riskOperator: readonly string[]
  guardian: readonly string[]
}

/**
 * Refuses a governance in which somebody could change at once what others rely on, or that leaves nobody in
 * charge.
 *
 * @param sender the account that deploys, and gives its rights up at the end
 * @throws {InputError} `GOVERNANCE`
 */
export function assertGovernable(
  { members, delays }: { members: GovernanceMembers; delays: GovernanceDelays },
  { chainId, sender }: { chainId: number; sender: string },
): void {
  const least = TEST_CHAINS.includes(chainId) ? 1 : LEAST_DELAY
  for (const name of ['admin', 'governor', 'grant'] as const) {
    if (delays[name] >= least && delays[name] <= MOST_DELAY) continue
    throw new InputError('GOVERNANCE', `a delay of ${delays[name]} seconds is no delay to rely on`, {
      where: `delays.${name}`,
      hint: `Give between ${least} and ${MOST_DELAY} seconds: who relies on the contracts needs time to leave.`,
    })
  }
  if (members.admin.toLowerCase() === sender.toLowerCase()) {
    throw new InputError(
      'GOVERNANCE',
      'the administrator is the account that deploys, which gives its rights up',
      {
        where: 'admin',
        hint: 'Name a multisig, or any other account.',
      },
    )
  }
}

/** The selectors of functions by their names. */
export function selectorsOf(contract: AccessContract, names: readonly string[]): Hex[] {
  const { abi } = ACCESS[contract]
  return names.map((name) => {
    const [found, ...others] = abi.filter((entry) => entry.type === 'function' && entry.name === name)
    if (found === undefined || others.length > 0) throw new Error(`${contract} has not one function ${name}`)
    return toFunctionSelector(found as Parameters<typeof toFunctionSelector>[0])
  })
}
