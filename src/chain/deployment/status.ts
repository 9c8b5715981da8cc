import {
  type Abi,
  type Address,
  concat,
  getAddress,
  type Hex,
  isAddressEqual,
  keccak256,
  numberToHex,
  parseEventLogs,
  zeroAddress,
} from 'viem'
import { packText } from '../../risk/index.js'
import type { CompiledContract } from '../compile.js'
import type { ChainConnection } from '../connection.js'
import {
  CIRCUIT_BREAKER_ABI,
  GROTH16_VERIFIER_ABI,
  INSURANCE_FUND_ABI,
  RISK_REGISTER_ABI,
  SOLVENCY_REGISTRY_ABI,
} from '../generated/abi.js'
import {
  type Difference,
  differencesOf,
  intendedGovernance,
  logsOf,
  readGovernance,
  roleName,
  type Targets,
} from '../governance/index.js'
import { venueId } from '../margin-gate.js'
import { answered, readView, refusalOf } from '../rpc.js'
import { openSolvencyRegistry, type VenueStatus } from '../solvency-registry.js'
import type { KeyTrust, VerifierKey } from '../verifier-source.js'
import { compileDeployment, guardsAt, keyStepId } from './plan.js'
import { CONTRACT_NAMES, type Deployment, type RecordedContract } from './record.js'
import { compareWatched, laterAllowed } from './watched.js'

/** What a chain has of a deployment. */
export interface DeploymentStatus {
  /** Whether all of it is as it was meant. */
  valid: boolean
  differences: Difference[]
  /** What a reader should know, and no difference. */
  notes: string[]
  contracts: { name: string; address: string; code: 'as compiled here' | 'other' | 'none' | 'not compared' }[]
  /** Who has which role now, and for how long their calls wait, in seconds. */
  roles: { role: string; member: string; delay: number }[]
  venues: ({ name: string } & VenueStatus)[]
}

/**
 * Reads what a chain has of a deployment, and compares it with its record and with the code that this version
 * compiles to.
 *
 * @param options.keys keys of this machine: the verifiers of others are held against their hash alone
 * @throws {InputError} `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @throws {ArtifactError} `SOLIDITY_FAILED`, `CHAIN_EVENTS`, `NOT_THE_CONTRACT`
 * @example
 * const { valid, differences } = await deploymentStatus(chain, await readDeployment('deployment.json'))
 * for (const { of, expected, found } of differences) console.log(of, expected, found)
 */
export async function deploymentStatus(
  chain: ChainConnection,
  record: Deployment,
  options: { keys?: readonly { key: VerifierKey }[]; trust?: KeyTrust | undefined } = {},
): Promise<DeploymentStatus> {
  const { keys = [], trust } = options
  const differences: Difference[] = []
  const compare = (of: string, expected: unknown, found: unknown) => {
    if (`${expected}` !== `${found}`) differences.push({ of, expected: `${expected}`, found: `${found}` })
  }
  const contracts = await codes(chain, record, { keys, trust })
  for (const { name, code } of contracts) {
    if (code !== 'not compared') compare(`code of ${name}`, 'as compiled here', code)
  }
  const notes = contracts
    .filter(({ code }) => code === 'not compared')
    .map(
      ({ name }) => `this machine has no key of ${name.slice('verifier '.length)}: its code was not compared`,
    )
  if (contracts.some(({ code }) => code === 'none')) {
    return { valid: false, differences, notes, contracts, roles: [], venues: [] }
  }
  await compareMaking(chain, record, compare)
  await compareSettings(chain, record, compare)
  await compareWatched(chain, record, compare)
  const { roles, ...governed } = await compareGovernance(chain, record, differences)
  await compareKeys(chain, record, compare)
  const venues = await compareVenues(chain, record, compare)
  notes.push(
    ...governed.notes,
    ...(await laterRegistered(chain, record)),
    ...(await laterAllowed(chain, record)),
  )
  return { valid: differences.length === 0, differences, notes, contracts, roles, venues }
}

type Compare = (of: string, expected: unknown, found: unknown) => void

const namesIn = (record: Deployment) =>
  (Object.keys(CONTRACT_NAMES) as RecordedContract[]).filter((name) => record.contracts[name] !== undefined)
const addressOf = (record: Deployment, name: RecordedContract) =>
  getAddress(record.contracts[name]?.address ?? zeroAddress)

async function codes(
  chain: ChainConnection,
  record: Deployment,
  { keys, trust }: { keys: readonly { key: VerifierKey }[]; trust: KeyTrust | undefined },
): Promise<DeploymentStatus['contracts']> {
  const names = namesIn(record)
  const own = keys.filter(({ key }) => record.keys.some(({ instance }) => instance === key.instance.name))
  const compiled = await compileDeployment(names, own, trust)
  const all = [
    ...names.map((name) => ({
      id: name as string,
      name: CONTRACT_NAMES[name] as string,
      ...record.contracts[name]!,
    })),
    ...record.keys.map((key) => ({ ...key, id: keyStepId(key.instance), name: keyStepId(key.instance) })),
  ]
  return Promise.all(
    all.map(async ({ id, name, address }) => {
      const code = await answered(chain.reader.getCode({ address: address as Address }))
      const known = compiled.has(id) ? compiled.of(id).compiled.runtime : undefined
      if (code === undefined || code === '0x') return { name, address, code: 'none' as const }
      if (known === undefined) return { name, address, code: 'not compared' as const }
      return {
        name,
        address,
        code: isCompiled(code, known) ? ('as compiled here' as const) : ('other' as const),
      }
    }),
  )
}

/**
 * Whether the transactions of a record made its contracts, and none of them before the record begins: what
 * was done before is in no event that is read here, a right that somebody keeps among it.
 */
async function compareMaking(chain: ChainConnection, record: Deployment, compare: Compare): Promise<void> {
  const all = [
    ...namesIn(record).map((name) => ({ name: name as string, ...record.contracts[name]! })),
    ...record.keys.map(({ instance, ...key }) => ({ name: keyStepId(instance), ...key })),
  ]
  const unknown = (error: unknown) => void refusalOf(error)
  for (const { name, address, transaction } of all) {
    const hash = transaction as Hex
    const receipt = await chain.reader.getTransactionReceipt({ hash }).catch(unknown)
    compare(`${name}: made by ${hash}`, address, receipt?.contractAddress?.toLowerCase() ?? 'none')
    if (receipt !== undefined && receipt.blockNumber < record.deployedAt) {
      compare(`${name}: made in block`, `${record.deployedAt} or later`, receipt.blockNumber)
    }
  }
}

/** Whether code is the compiled one, whatever its constructor wrote into it. */
function isCompiled(code: Hex, { code: expected, immutables }: CompiledContract['runtime']): boolean {
  const bytes = Buffer.from(code.slice(2), 'hex')
  for (const { start, length } of immutables) bytes.fill(0, start, start + length)
  return `0x${bytes.toString('hex')}` === expected
}

/** What constructors were given, as the contracts say it themselves. */
async function compareSettings(chain: ChainConnection, record: Deployment, compare: Compare): Promise<void> {
  const view = (name: RecordedContract, abi: Abi, functionName: string) =>
    readView<unknown>(chain, { address: addressOf(record, name), abi, functionName })
  const { riskRegister, circuitBreaker, insuranceFund } = record.settings
  const registry = addressOf(record, 'solvencyRegistry')
  const manager = addressOf(record, 'accessManager')
  const expected: [RecordedContract, Abi, Record<string, unknown>][] = [
    ['solvencyRegistry', SOLVENCY_REGISTRY_ABI, { authority: manager }],
  ]
  if (riskRegister !== undefined) {
    const sequencer = getAddress(riskRegister.sequencer ?? zeroAddress)
    const { valueDecimals } = riskRegister
    expected.push(['riskRegister', RISK_REGISTER_ABI, { authority: manager, sequencer, valueDecimals }])
  }
  if (circuitBreaker !== undefined) {
    expected.push([
      'circuitBreaker',
      CIRCUIT_BREAKER_ABI,
      { authority: manager, registry, coolDown: circuitBreaker.coolDown, maxHalt: circuitBreaker.maxHalt },
    ])
  }
  if (insuranceFund !== undefined) {
    expected.push(['insuranceFund', INSURANCE_FUND_ABI, { authority: manager, registry, ...insuranceFund }])
  }
  if (record.contracts.backingRegister !== undefined) {
    expected.push(['backingRegister', CIRCUIT_BREAKER_ABI, { registry }])
  }
  for (const [name, abi, values] of expected) {
    for (const [functionName, value] of Object.entries(values)) {
      compare(`${name}.${functionName}`, value, await view(name, abi, functionName))
    }
  }
}

async function compareGovernance(chain: ChainConnection, record: Deployment, differences: Difference[]) {
  const targets: Targets = Object.fromEntries(namesIn(record).map((name) => [name, addressOf(record, name)]))
  const { delays, ...members } = record.governance
  const manager = addressOf(record, 'accessManager')
  const read = await readGovernance(chain, manager, BigInt(record.deployedAt))
  differences.push(...differencesOf(intendedGovernance(targets, members, delays), read, targets))
  const code = await answered(chain.reader.getCode({ address: members.admin as Address }))
  const time = (at: number) => new Date(at * 1000).toISOString()
  return {
    roles: [...read.roles].flatMap(([id, { members }]) =>
      [...members].map(([member, delay]) => ({ role: roleName(id), member, delay })),
    ),
    notes: [
      ...(code === undefined || code === '0x'
        ? ['the administrator is no contract: one key has its rights']
        : []),
      ...(read.pending.length === 0
        ? []
        : [
            `delays of giving roles and of changing rules are in force from ${time(Math.max(...read.pending.map(({ from }) => from)))} on; until then the administrator's own delay is`,
          ]),
      ...read.scheduled.map(({ caller, target, at }) => `${caller} may call ${target} from ${time(at)} on`),
    ],
  }
}

async function compareKeys(chain: ChainConnection, record: Deployment, compare: Compare): Promise<void> {
  const registry = { address: addressOf(record, 'solvencyRegistry'), abi: SOLVENCY_REGISTRY_ABI }
  const stopped = await readView<bigint>(chain, { ...registry, functionName: 'stoppedKeys' })
  for (const { instance, keyHash, address, statement, from, until } of record.keys) {
    const key = `key of ${instance}`
    const verifier = { address: address as Address, abi: GROTH16_VERIFIER_ABI, functionName: 'keyHash' }
    compare(`${key}: hash`, `0x${keyHash}`, await readView<Hex>(chain, verifier))
    const known = await readView<{
      verifier: Address
      from: number
      until: number
      statement: number
      place: number
    }>(chain, { ...registry, functionName: 'keyOf', args: [`0x${keyHash}`] })
    compare(`${key}: verifier`, getAddress(address), known.verifier)
    compare(`${key}: statement`, statement, ['ledger', 'solvency', 'backing'][known.statement])
    compare(`${key}: window`, `${from} to ${until}`, `${known.from} to ${known.until}`)
    compare(`${key}: stopped`, false, (stopped >> BigInt(known.place)) % 2n === 1n)
  }
}

async function compareVenues(
  chain: ChainConnection,
  record: Deployment,
  compare: Compare,
): Promise<DeploymentStatus['venues']> {
  const address = addressOf(record, 'solvencyRegistry')
  const registry = await openSolvencyRegistry(chain, address)
  const venues: DeploymentStatus['venues'] = []
  for (const { name, operator, maxAge, maxLag, policy, scenarios, guards } of record.venues) {
    const view = <T>(functionName: string) =>
      readView<T>(chain, { address, abi: SOLVENCY_REGISTRY_ABI, functionName, args: [venueId(name)] })
    const [signer, terms] = await view<[Address, { maxAge: number; maxLag: number }]>('operatorOf')
    compare(`${name}: operator`, getAddress(operator), signer)
    compare(`${name}: terms`, `${maxAge} s, ${maxLag} s`, `${terms.maxAge} s, ${terms.maxLag} s`)
    const accepted = await view<{ digest: bigint; text: Hex }>('policyOf')
    compare(`${name}: policy`, policy?.digest ?? 0, accepted.digest)
    compare(`${name}: text of the policy`, `0x${policy?.text ?? '0'.repeat(64)}`, accepted.text)
    const words = scenarios.map((scenario) => numberToHex(packText(scenario), { size: 32 }))
    const hash = words.length === 0 ? `0x${'0'.repeat(64)}` : keccak256(concat(words))
    compare(`${name}: scenarios`, hash, await view<Hex>('scenariosOf'))
    const meant = guardsAt(guards, (id) => addressOf(record, id as RecordedContract))
    const found = await view<typeof meant>('guardsOf')
    for (const guard of ['tables', 'levels', 'backing'] as const) {
      compare(`${name}: ${guard}`, getAddress(meant[guard]), found[guard])
    }
    venues.push({ name, ...(await registry.status(name)) })
  }
  return venues
}

/** Keys and venues that were registered by governors since. */
async function laterRegistered(chain: ChainConnection, record: Deployment): Promise<string[]> {
  const latest = await answered(chain.reader.getBlockNumber({ cacheTime: 0 }))
  const address = addressOf(record, 'solvencyRegistry')
  const logs = await logsOf(chain, address, BigInt(record.deployedAt), latest)
  return parseEventLogs({
    abi: SOLVENCY_REGISTRY_ABI,
    eventName: ['KeyRegistered', 'VenueRegistered'],
    logs,
  }).flatMap(({ eventName, args }) => {
    if (eventName === 'VenueRegistered') {
      return record.venues.some(({ name }) => name === args.name)
        ? []
        : [`a venue that the record does not have: ${args.name}`]
    }
    const { key, verifier } = args
    const isKnown = record.keys.some(
      (one) => `0x${one.keyHash}` === key && isAddressEqual(one.address as Address, verifier),
    )
    return isKnown ? [] : [`a key that the record does not have: ${key}, verifier ${verifier}`]
  })
}
