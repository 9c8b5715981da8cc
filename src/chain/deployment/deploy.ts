import { encodeAbiParameters, type Hex } from 'viem'
import { InputError } from '../../errors/index.js'
import {
  assertReplaceable,
  type HeldLock,
  inFolders,
  resolveOptional,
  runNode,
  withFileLock,
  writeFileAtomic,
  writeJson,
} from '../../files/index.js'
import { formatJson } from '../../schema/index.js'
import { assertChainId, type ChainConnection } from '../connection.js'
import { assertGovernable } from '../governance/index.js'
import { writerOf } from '../transaction.js'
import type { KeyTrust, VerifierKey } from '../verifier-source.js'
import type { ChainConfig } from './config.js'
import { journalPath, openJournal, removeJournal, writeJournal } from './journal.js'
import {
  contractsOf,
  type DeploymentKey,
  type DeploymentPlan,
  GUARDS,
  keyStepId,
  planDeployment,
} from './plan.js'
import type { Deployment, Journal } from './record.js'
import { type Done, runSteps } from './run.js'
import { type DeploymentCosts, simulateSteps } from './simulate.js'
import { type DeploymentStatus, deploymentStatus } from './status.js'

/** How long a key may be used unless somebody says otherwise: a year. */
const KEY_LIFETIME = 366 * 86_400

/** The key of an instance that a configuration names. */
export interface KeyOfInstance {
  key: VerifierKey
  keyHash: string
  statement: string
}

export interface DeploymentRequest {
  config: ChainConfig
  /** Of the configuration's instances, in its order. */
  keys: readonly KeyOfInstance[]
  trust?: KeyTrust | undefined
  /** Where the record goes; a journal lies beside it until it is done. */
  out: string
  overwrite: boolean
}

/**
 * What a deployment would do and cost, tried at a node; nothing is sent.
 *
 * @throws as `deploySystem` does before it sends anything; `RPC_REFUSED` when the node cannot try it
 */
export async function tryDeployment(
  chain: ChainConnection,
  request: DeploymentRequest,
): Promise<DeploymentCosts> {
  const { plan } = await prepared(chain, request)
  return simulateSteps(chain, plan.steps)
}

/**
 * Deploys the contracts that a configuration asks for, sets them up, gives all rights away and reads them
 * back. Interrupted, it goes on from its journal.
 *
 * @throws {InputError} `GOVERNANCE` when somebody could change at once what others rely on; `CHAIN_CONFIG`
 * for parts that do not fit together, `CHAIN_ID` for a node of another chain than is meant, `FILE_EXISTS`,
 * `DEPLOY_FAILED`, `DEPLOYMENT_BEGUN`, `DEPLOYMENT_BUSY`, `TRANSACTION_PENDING`, `NO_ACCOUNT`,
 * `NODE_CONTRADICTS`, `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @throws {ArtifactError} what `verifierSource` and `compileSolidity` throw
 * @example
 * const config = await readChainConfig('chain.json')
 * const keys = await Promise.all(
 *   config.keys.map(async ({ instance }) => {
 *     const key = await ensureArtifacts(instance)
 *     return { key, keyHash: key.keyHash, statement: key.instance.statement }
 *   }),
 * )
 * const request = { config, keys, trust: { pins }, out: 'deployment.json', overwrite: false }
 * const { status } = await deploySystem(chain, request, console.log)
 * console.log(status.valid, status.differences)
 */
export async function deploySystem(
  chain: ChainConnection,
  request: DeploymentRequest,
  onStep: (title: string) => void,
): Promise<{ deployment: Deployment; status: DeploymentStatus; files: string[] }> {
  const { out, overwrite } = request
  if (!overwrite) await assertReplaceable(out)
  const work = (lock: HeldLock) => deployLocked(chain, request, onStep, lock)
  return withFileLock(`${journalPath(out)}.lock`, work, async ({ who, hint }) => {
    throw new InputError('DEPLOYMENT_BUSY', `${who} is deploying this`, { where: out, hint })
  })
}

async function deployLocked(
  chain: ChainConnection,
  request: DeploymentRequest,
  onStep: (title: string) => void,
  lock: HeldLock,
): ReturnType<typeof deploySystem> {
  const { out, trust } = request
  const { plan, journal, governance, keys } = await prepared(chain, request)
  const save = async () => {
    await lock.assertHeld()
    await writeJournal(out, journal)
  }
  const done = await runSteps(chain, plan.steps, { journal, save, onStep })
  const deployment = recordOf(chain, request.config, { journal, governance, keys, done })
  const files = await writeVerification(out, plan, done)
  await writeJson(out, deployment)
  onStep('reading everything back')
  const status = await deploymentStatus(chain, deployment, { keys, trust })
  // The journal goes last: a run that was killed before writes the record again.
  await removeJournal(out)
  return { deployment, status, files: [out, ...files] }
}

async function prepared(chain: ChainConnection, { config, keys: given, trust, out }: DeploymentRequest) {
  assertChainId(chain, config.chainId)
  const sender = writerOf(chain).account.address
  const governance = governanceOf(config)
  const { delays, ...members } = governance
  assertGovernable({ members, delays }, { chainId: chain.chainId, sender })
  const contracts = contractsOf(config)
  for (const { name, guards } of config.venues) {
    const missing = guards.find((guard) => !contracts.includes(GUARDS[guard]))
    if (missing === undefined) continue
    throw new InputError(
      'CHAIN_CONFIG',
      `${name} has the guard ${missing}, and no contract is deployed for it`,
      {
        where: 'venues',
        hint: `Deploy ${GUARDS[missing]}, or leave the guard out.`,
      },
    )
  }
  const journal = await openJournal(chain, out)
  const keys = given.map(({ key, keyHash, statement }, i): DeploymentKey => {
    const { from = journal.time, until = journal.time + KEY_LIFETIME } = config.keys[i]!
    return { key, keyHash, statement: registrable(statement, key.instance.name), from, until }
  })
  const plan = await planDeployment(config, governance, keys, { sender, trust })
  return { plan, journal, governance, keys }
}

function registrable(statement: string, instance: string): DeploymentKey['statement'] {
  if (statement === 'ledger' || statement === 'solvency' || statement === 'backing') return statement
  throw new InputError('CHAIN_CONFIG', `a registry verifies no proofs of ${statement}`, {
    where: `keys: ${instance}`,
    hint: 'Name instances of ledger, solvency and backing.',
  })
}

function governanceOf({
  admin,
  governors,
  riskOperators,
  guardians,
  delays,
}: ChainConfig): Deployment['governance'] {
  if (admin === undefined) {
    throw new InputError('CHAIN_CONFIG', 'nobody is named to administer the contracts', {
      hint: 'Name a multisig with --admin, or as `admin` in the configuration.',
    })
  }
  return { admin, governor: governors ?? [admin], riskOperator: riskOperators, guardian: guardians, delays }
}

function recordOf(
  { chainId }: ChainConnection,
  config: ChainConfig,
  parts: {
    journal: Journal
    governance: Deployment['governance']
    keys: DeploymentKey[]
    done: readonly Done[]
  },
): Deployment {
  const { journal, governance, keys, done } = parts
  const made = (id: string) => {
    const { address, receipt } = done.find(({ step }) => step.id === id)!
    return { address: address!.toLowerCase(), transaction: receipt.transactionHash }
  }
  const { riskRegister, circuitBreaker, insuranceFund } = config
  return {
    schema: 'plimsoll/deployment/1',
    ...{ chainId: `${chainId}`, deployedAt: journal.block, deployer: journal.sender },
    contracts: Object.fromEntries(
      contractsOf(config).map((name) => [name, made(name)]),
    ) as Deployment['contracts'],
    settings: {
      ...(riskRegister && { riskRegister }),
      ...(circuitBreaker && { circuitBreaker }),
      ...(insuranceFund && { insuranceFund }),
    },
    governance,
    keys: keys.map(({ key: { instance }, keyHash, statement, from, until }) => ({
      ...{ instance: instance.name, keyHash, statement, from, until },
      ...made(keyStepId(instance.name)),
    })),
    venues: config.venues.map(({ name, operator, terms, policy, scenarios, guards }) => ({
      ...{ name, operator, ...terms, scenarios, guards },
      ...(policy && { policy }),
    })),
  }
}

/** For block explorers: the compiler's input, and what each constructor was given. */
async function writeVerification(
  out: string,
  { input }: DeploymentPlan,
  done: readonly Done[],
): Promise<string[]> {
  const folder = `${out.replace(/\.json$/, '')}.verification`
  const addresses = new Map(done.map(({ step, address }) => [step.id, address]))
  const contracts = done.flatMap(({ step: { makes }, address }) => {
    if (makes === undefined || address === undefined) return []
    const { contract, compiled, args } = makes
    const maker = compiled.abi.find(({ type }) => type === 'constructor')
    const types = maker !== undefined && 'inputs' in maker ? maker.inputs : []
    const given: Hex = encodeAbiParameters(
      types,
      args((id) => addresses.get(id)!),
    )
    return [{ contract: `${contract.path}:${contract.name}`, address, constructorArguments: given }]
  })
  const files: [string, string][] = [
    [`${folder}/standard-input.json`, formatJson(input)],
    [`${folder}/contracts.json`, formatJson({ compiler: await compilerVersion(), contracts })],
  ]
  await inFolders([{ path: folder }], async () => {
    for (const [path, text] of files) await writeFileAtomic(path, text)
  })
  return files.map(([path]) => path)
}

async function compilerVersion(): Promise<string> {
  const args = ['-p', 'require(process.argv[1]).version()', resolveOptional('solc', 'solc')]
  const [version] = /[0-9.]+\+commit\.[0-9a-f]+/.exec((await runNode(args, {})).stdout) ?? ['unknown']
  return version
}
