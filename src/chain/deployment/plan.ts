import { type Abi, type Address, encodeDeployData, encodeFunctionData, type Hex, zeroAddress } from 'viem'
import { forgeryOf } from '../../groth16/index.js'
import { packText } from '../../risk/index.js'
import { type CompiledContract, type ContractName, compileContracts, standardInput } from '../compile.js'
import { CONTRACTS, contractSources, VERIFIER_IMPORTS } from '../contracts.js'
import {
  ACCESS_MANAGER_ABI,
  GROTH16_VERIFIER_ABI,
  RISK_REGISTER_ABI,
  SOLVENCY_REGISTRY_ABI,
} from '../generated/abi.js'
import { grantCall, intendedGovernance, type Targets } from '../governance/index.js'
import { venueId } from '../margin-gate.js'
import {
  type KeyTrust,
  proofWords,
  type VerifierKey,
  verifierName,
  verifierSource,
} from '../verifier-source.js'
import type { ChainConfig } from './config.js'
import { CONTRACT_NAMES, type Deployment, type RecordedContract } from './record.js'

/** A key that is registered, with all that its verifier is made of. */
export interface DeploymentKey {
  key: VerifierKey
  keyHash: string
  statement: Deployment['keys'][number]['statement']
  from: number
  until: number
}

/** One transaction of a deployment. */
export interface Step {
  /** The same in every run. */
  id: string
  /** What it does, for people. */
  title: string
  /** Which contract it makes, and with what; absent for a call. */
  makes?: { contract: ContractName; compiled: CompiledContract; args: (at: AddressOf) => readonly unknown[] }
  abi: Abi
  request(at: AddressOf): Promise<{ to?: Address; data: Hex }> | { to?: Address; data: Hex }
  /** How many bytes of its data are the same in every run (default: all). */
  same?: number
}

/** The address of what an earlier step makes, by its id. */
export type AddressOf = (id: string) => Address

export interface DeploymentPlan {
  steps: Step[]
  /** The compiler's input for all of its contracts. */
  input: object
}

export const keyStepId = (instance: string) => `verifier ${instance}`

/**
 * The transactions of a deployment in their order: contracts, verifiers, keys, instruments, venues, and all
 * rights last.
 *
 * @param sender the account that sends them
 */
export async function planDeployment(
  config: ChainConfig,
  governance: Deployment['governance'],
  keys: readonly DeploymentKey[],
  { sender, trust }: { sender: Address; trust?: KeyTrust | undefined },
): Promise<DeploymentPlan> {
  const contracts = contractsOf(config)
  const compiled = await compileDeployment(contracts, keys, trust)
  const steps: Step[] = contracts.map((name) => {
    const args = (at: AddressOf) => constructorArgs(name, config, { at, sender })
    return makingStep(name, CONTRACT_NAMES[name], compiled.of(name), args)
  })
  for (const { key } of keys) {
    const { name } = key.instance
    steps.push(makingStep(keyStepId(name), verifierName(name), compiled.of(keyStepId(name)), () => []))
  }
  steps.push(...keys.map(registration), ...instruments(config), ...venues(config))
  steps.push({
    id: 'rights',
    title: 'giving the rights away',
    abi: ACCESS_MANAGER_ABI,
    request: (at) => {
      const targets: Targets = Object.fromEntries(contracts.map((name) => [name, at(name)]))
      const { delays, ...members } = governance
      const data = grantCall(intendedGovernance(targets, members, delays), sender)
      return { to: at('accessManager'), data }
    },
  })
  return { steps, input: compiled.input }
}

/** The contracts that a configuration asks for, in the order in which they need one another. */
export function contractsOf(config: ChainConfig): RecordedContract[] {
  return [
    'accessManager',
    'solvencyRegistry',
    ...(['riskRegister', 'circuitBreaker', 'insuranceFund'] as const).filter((name) => config[name] !== null),
    'backingRegister',
  ]
}

interface CompiledDeployment {
  input: object
  has(id: string): boolean
  of(id: string): { contract: ContractName; compiled: CompiledContract }
}

/** Compiles contracts and the verifiers of keys in one run, as a block explorer will. */
export async function compileDeployment(
  contracts: readonly RecordedContract[],
  keys: readonly { key: VerifierKey }[],
  trust: KeyTrust | undefined,
): Promise<CompiledDeployment> {
  const names = new Map<string, ContractName>()
  for (const id of contracts) names.set(id, { name: CONTRACT_NAMES[id], path: CONTRACTS[CONTRACT_NAMES[id]] })
  const verifiers: Record<string, string> = {}
  for (const { key } of keys) {
    const name = verifierName(key.instance.name)
    names.set(keyStepId(key.instance.name), { name, path: `${name}.sol` })
    verifiers[`${name}.sol`] = await verifierSource(key, trust)
  }
  const imports = keys.length > 0 ? VERIFIER_IMPORTS : []
  const own = contracts.map((id) => CONTRACTS[CONTRACT_NAMES[id]])
  const sources = { ...(await contractSources([...own, ...imports])), ...verifiers }
  const compiled = await compileContracts(sources, [...names.values()])
  const all = new Map([...names].map(([id, contract], i) => [id, { contract, compiled: compiled[i]! }]))
  return {
    input: standardInput(sources, [...names.values()]),
    has: (id) => all.has(id),
    of: (id) => all.get(id)!,
  }
}

function makingStep(
  id: string,
  title: string,
  { contract, compiled }: { contract: ContractName; compiled: CompiledContract },
  args: (at: AddressOf) => readonly unknown[],
): Step {
  const { abi, bytecode } = compiled
  return {
    id,
    title: `deploying ${title}`,
    makes: { contract, compiled, args },
    abi,
    request: (at) => ({ data: encodeDeployData({ abi, bytecode, args: args(at) }) }),
  }
}

function constructorArgs(
  name: RecordedContract,
  { riskRegister, circuitBreaker, insuranceFund }: ChainConfig,
  { at, sender }: { at: AddressOf; sender: Address },
): readonly unknown[] {
  if (name === 'accessManager') return [sender]
  const authority = at('accessManager')
  if (name === 'riskRegister') {
    const { sequencer, valueDecimals, windows } = riskRegister!
    return [authority, sequencer ?? zeroAddress, valueDecimals, windows]
  }
  if (name === 'circuitBreaker') {
    const { coolDown, maxHalt, bands } = circuitBreaker!
    return [authority, at('solvencyRegistry'), coolDown, maxHalt, bands]
  }
  if (name === 'insuranceFund') return [authority, at('solvencyRegistry'), insuranceFund!.delay]
  return name === 'backingRegister' ? [at('solvencyRegistry')] : [authority]
}

/** In the order of the contract. */
const STATEMENTS: readonly DeploymentKey['statement'][] = ['ledger', 'solvency', 'backing']
/** What the registry says, and what a verifier says through it. */
const REGISTRY_ABI: Abi = [
  ...SOLVENCY_REGISTRY_ABI,
  ...GROTH16_VERIFIER_ABI.filter(({ type }) => type === 'error'),
]

function registryCall(
  id: string,
  title: string,
  functionName: string,
  args: (at: AddressOf) => unknown[],
): Step {
  return {
    ...{ id, title, abi: REGISTRY_ABI },
    request: (at) => ({
      to: at('solvencyRegistry'),
      data: encodeFunctionData({ abi: REGISTRY_ABI, functionName, args: args(at) }),
    }),
  }
}

function registration({ key, statement, from, until }: DeploymentKey): Step {
  const { name } = key.instance
  return {
    id: `key ${name}`,
    title: `registering the key of ${name}`,
    abi: REGISTRY_ABI,
    async request(at) {
      const { proof, publicSignals } = await forgeryOf(key.verificationKey)
      const forgery = { proof: proofWords(proof), signals: publicSignals.map(BigInt) }
      const args = [at(keyStepId(name)), STATEMENTS.indexOf(statement), from, until, forgery]
      const data = encodeFunctionData({ abi: REGISTRY_ABI, functionName: 'registerKey', args })
      return { to: at('solvencyRegistry'), data }
    },
    // The forgery behind the selector and four words is another each time.
    same: 4 + 4 * 32,
  }
}

function instruments({ riskRegister }: ChainConfig): Step[] {
  return (riskRegister?.instruments ?? []).map(({ instrument, decimals, sources, bounds }) => ({
    id: `instrument ${instrument}`,
    title: `watching instrument ${instrument}`,
    abi: RISK_REGISTER_ABI,
    request: (at) => ({
      to: at('riskRegister'),
      data: encodeFunctionData({
        abi: RISK_REGISTER_ABI as Abi,
        functionName: 'setInstrument',
        args: [instrument, decimals, sources, bounds],
      }),
    }),
  }))
}

/** Where a venue reads each of its guards. */
export const GUARDS = {
  tables: 'riskRegister',
  levels: 'circuitBreaker',
  backing: 'backingRegister',
} as const

function venues({ venues }: ChainConfig): Step[] {
  return venues.flatMap(({ name, operator, terms, policy, scenarios, guards }) => {
    const id = venueId(name)
    const steps = [
      registryCall(`venue ${name}`, `registering ${name}`, 'registerVenue', () => [name, operator, terms]),
    ]
    if (policy !== undefined) {
      const args = [id, { digest: BigInt(policy.digest), text: `0x${policy.text}` }]
      steps.push(registryCall(`policy ${name}`, `setting the policy of ${name}`, 'setPolicy', () => args))
    }
    if (scenarios.length > 0) {
      const args = [id, scenarios.map(packText)]
      steps.push(
        registryCall(`scenarios ${name}`, `setting the scenarios of ${name}`, 'setScenarios', () => args),
      )
    }
    if (guards.length > 0) {
      const args = (at: AddressOf) => [id, guardsAt(guards, at)]
      steps.push(registryCall(`guards ${name}`, `setting the guards of ${name}`, 'setGuards', args))
    }
    return steps
  })
}

/** The addresses of a venue's guards. */
export function guardsAt(guards: readonly (keyof typeof GUARDS)[], at: AddressOf) {
  const of = (guard: keyof typeof GUARDS) => (guards.includes(guard) ? at(GUARDS[guard]) : zeroAddress)
  return { tables: of('tables'), levels: of('levels'), backing: of('backing') }
}
