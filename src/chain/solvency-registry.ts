import { type Address, type Hex, isAddress } from 'viem'
import type { EpochSignature, VerifiedEpoch } from '../epoch/index.js'
import { ArtifactError, InputError, ProofError } from '../errors/index.js'
import { toField } from '../field/index.js'
import { forgeryOf, type VerificationKey } from '../groth16/index.js'
import { packText, riskColumns, tableLayout } from '../risk/index.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract, of } from './deploy.js'
import { GROTH16_VERIFIER_ABI, SOLVENCY_REGISTRY_ABI } from './generated/abi.js'
import { venueId } from './margin-gate.js'
import { readView } from './rpc.js'
import { type Failure, writerOf, writesTo } from './transaction.js'
import { proofWords } from './verifier-source.js'
import { assertUnforgeable } from './verify-on-chain.js'

/** What the registry says, and what a verifier says through it. */
const REGISTRY_ABI = [
  ...SOLVENCY_REGISTRY_ABI,
  ...GROTH16_VERIFIER_ABI.filter(({ type }) => type === 'error'),
] as const

/** In the order of the contract. */
const STATEMENTS = ['ledger', 'solvency', 'backing'] as const
const STATUSES = ['never', 'solvent', 'stale', 'suspended', 'paused'] as const
const LAST_NUMBER = 2n ** 48n - 1n
const NONE = `0x${'0'.repeat(64)}`

/** How long epochs of a venue count, in seconds. */
export interface VenueTerms {
  /** From when the books were taken. */
  maxAge: number
  /** How old the books may be when the epoch becomes final. */
  maxLag: number
}

/** What a registry says of a venue now. */
export interface VenueStatus {
  /**
   * `solvent`: the last final epoch is young enough. `stale`: it is too old. `suspended`: what it rests on is
   * in doubt. `never`: there is none.
   */
  state: (typeof STATUSES)[number]
  /** The number of the last final epoch; 0 for none. */
  epoch: number
  /** When its books were taken, seconds since 1970-01-01 UTC. */
  takenAt: number
  /** The last second at which it is young enough, whatever else is the matter with it. */
  until: number
}

/** How far an epoch has come at a registry. */
export interface EpochStanding {
  /**
   * `unused` number, `open`, or `final`; `burned` when the number stands for another epoch, was abandoned, or
   * a later one is final.
   */
  state: 'unused' | 'open' | 'final' | 'burned'
  /** How many of its batches were verified; all of them once it is final. */
  batches: number
}

/**
 * Compiles OpenZeppelin's `AccessManager.sol` and deploys it, with the connection's account as its one
 * administrator, without delays: for trials, until roles and delays are given away.
 *
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address } = await deployAccessManager(chain)
 */
export async function deployAccessManager(chain: ChainConnection): Promise<DeployedContract> {
  return deployContract(chain, {
    ...(await contractNamed('AccessManager')),
    args: [writerOf(chain).account.address],
  })
}

/**
 * Compiles `SolvencyRegistry.sol` and deploys it.
 *
 * @param authority the manager of accesses: it says who may register keys and venues
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address: authority } = await deployAccessManager(chain)
 * const { address } = await deploySolvencyRegistry(chain, authority)
 */
export async function deploySolvencyRegistry(
  chain: ChainConnection,
  authority: Address,
): Promise<DeployedContract> {
  return deployContract(chain, {
    ...(await contractNamed('SolvencyRegistry')),
    args: [authority],
  })
}

/**
 * A deployed registry, as its governors, whoever publishes an epoch, and readers use it. Writes go out from
 * the connection's account and resolve to the gas of their transaction.
 */
export interface SolvencyRegistry {
  address: Address
  /**
   * For governors: lets a verifier, which has to be of this key, verify a statement within a window, in
   * seconds since 1970-01-01 UTC. It is shown the forgery that anyone can make of its key.
   */
  registerKey(
    verifier: { address: Address; verificationKey: VerificationKey },
    statement: (typeof STATEMENTS)[number],
    window: { from: number; until: number },
  ): Promise<bigint>
  /** For governors: a venue, by its name, and the address that signs its epochs. */
  registerVenue(name: string, operator: Address, terms: VenueTerms): Promise<bigint>
  /**
   * For governors: the policy that epochs of a venue have to meet, by the signal of proofs and the SHA-256 of
   * its text, as an epoch that was verified has them.
   */
  setPolicy(venue: string, policy: { digest: bigint; text: string }): Promise<bigint>
  /**
   * For governors: the names of scenarios that the reserves of a venue have to cover, in its tables' order.
   */
  setScenarios(venue: string, names: readonly string[]): Promise<bigint>
  /** Opens an epoch that the venue's operator signed, by `signEpoch`. */
  openEpoch(epoch: VerifiedEpoch, signature: EpochSignature): Promise<bigint>
  /** Brings `count` batches from batch `from` on, which have to be of one key. */
  submitBatches(epoch: VerifiedEpoch, from: number, count: number): Promise<bigint>
  /**
   * Brings the proof of solvency: the epoch is final then, for ever.
   *
   * @param scenarios the names that the venue has to cover (default: where there are any, all that the table
   * has)
   */
  finalize(epoch: VerifiedEpoch, scenarios?: readonly string[]): Promise<bigint>
  /** How far an epoch has come. */
  standing(epoch: VerifiedEpoch): Promise<EpochStanding>
  /** What the registry says of a venue now. */
  status(venue: string): Promise<VenueStatus>
}

/**
 * The registry at an address. Who made a contract decides what it says, so its address is taken from somebody
 * whom you trust.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT` when there is no registry; `VERIFIER_FORGEABLE`,
 * `WRONG_VERIFIER` from `registerKey`
 * @throws {ProofError} `REGISTRY_REFUSED`, from a write that the contract reverts, also in a block
 * @throws {InputError} `ADDRESS`; `REGISTRY_EPOCH` for an epoch that is not meant for this registry, has a
 * name that is no number, or a signature that is of another; `CALL_ARGUMENTS`, also for batches that the
 * epoch does not have, `NO_ACCOUNT`, `TRANSACTION_PENDING` from writes; `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const registry = await openSolvencyRegistry(chain, '0x5fbdb2315678afecb367f032d93f642f64180aa3')
 * const { state, until } = await registry.status('Example Exchange')
 */
export async function openSolvencyRegistry(
  chain: ChainConnection,
  address: Address,
): Promise<SolvencyRegistry> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of a registry')
  const view = <T>(functionName: string, args: readonly unknown[]) =>
    readView<T>(chain, { address, abi: REGISTRY_ABI, functionName, args })
  const refused = ({ why, hint, transaction }: Failure) =>
    new ProofError('REGISTRY_REFUSED', `the registry refused the call: ${why}${of(transaction)}`, {
      where: address,
      ...(hint === undefined ? {} : { hint }),
    })
  const write = writesTo(chain, { address, abi: REGISTRY_ABI }, refused)
  const status = async (venue: string): Promise<VenueStatus> => {
    const [state, epoch, takenAt, until] = await view<[number, number, number, number]>('status', [
      venueId(venue),
    ])
    const known = STATUSES[state]
    if (known !== undefined) return { state: known, epoch, takenAt, until }
    throw new ArtifactError('NOT_THE_CONTRACT', 'status: another contract answers', { where: address })
  }
  await status('')

  const numberOf = (epoch: VerifiedEpoch) => numberAt(epoch, chain, address)
  return {
    address,
    async registerKey({ address: verifier, verificationKey }, statement, { from, until }) {
      await assertUnforgeable(chain, verifier, verificationKey)
      const { proof, publicSignals } = await forgeryOf(verificationKey)
      const forgery = { proof: proofWords(proof), signals: publicSignals }
      return write('registerKey', [verifier, STATEMENTS.indexOf(statement), from, until, forgery])
    },
    registerVenue: (name, operator, terms) => write('registerVenue', [name, operator, terms]),
    setPolicy: (venue, { digest, text }) =>
      write('setPolicy', [venueId(venue), { digest, text: `0x${text}` }]),
    setScenarios: (venue, names) => write('setScenarios', [venueId(venue), names.map(packText)]),
    async openEpoch(epoch, { manifest, uri, deadline, signature }) {
      const number = numberOf(epoch)
      if (manifest !== epoch.manifestSha256) {
        throw new InputError('REGISTRY_EPOCH', 'the signature is of another manifest', {
          hint: 'Sign the epoch again with `plimsoll epoch sign`.',
        })
      }
      const opening = {
        ...{ riskRoot: BigInt(epoch.manifest.riskRoot), manifest: `0x${manifest}` },
        ...{ uri, deadline: BigInt(deadline) },
      }
      return write('openEpoch', [venueId(epoch.manifest.venue), number, opening, signature])
    },
    async submitBatches(epoch, from, count) {
      const { batches } = proofsOf(epoch)
      const own = batches.slice(from, from + count)
      const instance = own[0]?.instance
      if (own.length !== count || instance === undefined || own.some((one) => one.instance !== instance)) {
        throw new InputError('CALL_ARGUMENTS', 'the epoch has no such batches that are all of one instance', {
          hint: 'Name batches in a row by one instance, the first of the epoch as 0.',
        })
      }
      return write('submitBatches', [
        keyOf(epoch, instance),
        epoch.manifest.parts.ledger.firstState,
        from,
        own.map(({ proof }) => proofWords(proof)),
        own.map(({ publicSignals }) => publicSignals.at(-1)!),
      ])
    },
    async finalize(epoch, scenarios) {
      const { solvency } = proofsOf(epoch)
      const number = numberOf(epoch)
      const required = await view<Hex>('scenariosOf', [venueId(epoch.manifest.venue)])
      const claim = claimOf(epoch, scenarios?.map(packText) ?? (required === NONE ? [] : undefined))
      return write('finalize', [number, keyOf(epoch, solvency.instance), proofWords(solvency.proof), claim])
    },
    async standing(epoch) {
      const { venue, parts } = epoch.manifest
      const [id, number] = [venueId(venue), numberOf(epoch)]
      const known = await view<{ accountsRoot: bigint; manifest: Hex; provenAt: number }>('epochOf', [
        id,
        number,
      ])
      const isOurs = known.manifest === `0x${epoch.manifestSha256}`
      if (isOurs && known.provenAt !== 0) {
        const isSame = known.accountsRoot === BigInt(parts.solvency.accountsRoot)
        return { state: isSame ? 'final' : 'burned', batches: isSame ? proofsOf(epoch).batches.length : 0 }
      }
      const run = await view<{ batches: bigint }>('runOf', [parts.ledger.firstState])
      const batches = Number(run.batches)
      if (isOurs) {
        const overtaken = BigInt((await status(venue)).epoch) > number
        return { state: overtaken ? 'burned' : 'open', batches }
      }
      const used = BigInt(await view<number>('lastOpened', [id])) >= number
      return { state: used ? 'burned' : 'unused', batches }
    },
    status,
  }
}

/** The number of an epoch that is meant for a registry: its name, in decimal digits. */
function numberAt(
  { manifest: { epoch, target } }: VerifiedEpoch,
  { chainId }: ChainConnection,
  address: Address,
): bigint {
  if (target?.chainId !== `${chainId}` || target.contract !== address.toLowerCase()) {
    const meant = target === null ? 'for no contract' : `for ${target.contract} on chain ${target.chainId}`
    throw new InputError('REGISTRY_EPOCH', `the epoch is meant ${meant}`, {
      where: `the registry is ${address} on chain ${chainId}`,
      hint: 'Make the epoch with this registry as its target: its proof of solvency is for it alone.',
    })
  }
  const number = /^[1-9][0-9]{0,14}$/.test(epoch) ? BigInt(epoch) : 0n
  if (number > 0n && number <= LAST_NUMBER) return number
  throw new InputError('REGISTRY_EPOCH', 'the name of an epoch at a registry is a number, such as 7', {
    where: epoch,
    hint: 'Make the epoch with a name that is a number above those of the epochs before it.',
  })
}

function proofsOf({ manifest, proofs }: VerifiedEpoch) {
  const at = proofs.findIndex(({ instance }) => instance === manifest.parts.solvency.instance)
  return { batches: proofs.slice(0, at), solvency: proofs[at]! }
}

function keyOf({ manifest }: VerifiedEpoch, instance: string): Hex {
  return `0x${manifest.keys[instance]!.keyHash}`
}

/**
 * What a proof of solvency claims beside what the registry has itself.
 *
 * @param required the names that the venue has to cover (default: all that the table covers)
 */
function claimOf({ manifest, table }: VerifiedEpoch, required?: readonly bigint[]) {
  const { venue, riskTable, previous, parts, sizes } = manifest
  const columns = riskColumns(table, sizes)
  const { scenarios } = columns
  const covered = scenarios.filter(({ name, requirement }) => name !== 0n && !requirement)
  return {
    venue,
    firstState: parts.ledger.firstState,
    accountsRoot: parts.solvency.accountsRoot,
    reservesCommitment: parts.solvency.reservesCommitment,
    takenAt: table.timestamp,
    riskTable: `0x${riskTable}`,
    previous: previous === undefined ? NONE : `0x${previous}`,
    table: {
      sizes: tableLayout(columns),
      marks: columns.marks.map(toField),
      names: scenarios.map(({ name }) => name),
    },
    scenarios: required ?? covered.map(({ name }) => name),
  }
}
