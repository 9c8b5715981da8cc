import { type Address, type Hex, isAddress } from 'viem'
import type { EpochSignature, VerifiedEpoch } from '../epoch/index.js'
import { ArtifactError, InputError, ProofError } from '../errors/index.js'
import { forgeryOf, type VerificationKey } from '../groth16/index.js'
import { packText } from '../risk/index.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract, of } from './deploy.js'
import { venueId } from './margin-gate.js'
import { batchesOf, coveredScenarios, finalityOf, NO_HASH, numberAt, openingOf } from './registry-calls.js'
import { type EpochStanding, REGISTRY_ABI, standingAt } from './registry-standing.js'
import { readView } from './rpc.js'
import { type Failure, writerOf, writesTo } from './transaction.js'
import { proofWords } from './verifier-source.js'
import { assertUnforgeable } from './verify-on-chain.js'

/** In the order of the contract. */
const STATEMENTS = ['ledger', 'solvency', 'backing'] as const
/** What a registry says of a venue, in the contract's order. */
export const VENUE_STATES = ['never', 'solvent', 'stale', 'suspended', 'paused'] as const
const NOBODY: Address = `0x${'0'.repeat(40)}`

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
  state: (typeof VENUE_STATES)[number]
  /** The number of the last final epoch; 0 for none. */
  epoch: number
  /** When its books were taken, seconds since 1970-01-01 UTC. */
  takenAt: number
  /** The last second at which it is young enough, whatever else is the matter with it. */
  until: number
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
  /**
   * For governors: the contracts that epochs of a venue depend on besides proofs: a source of risk tables, a
   * breaker, and where a proof of `backing` is demanded. None, where one is left out.
   */
  setGuards(venue: string, guards: { tables?: Address; levels?: Address; backing?: Address }): Promise<bigint>
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
    const known = VENUE_STATES[state]
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
    setGuards: (venue, { tables = NOBODY, levels = NOBODY, backing = NOBODY }) =>
      write('setGuards', [venueId(venue), { tables, levels, backing }]),
    openEpoch: async (epoch, signature) => write('openEpoch', openingOf(epoch, numberOf(epoch), signature)),
    submitBatches: async (epoch, from, count) => write('submitBatches', batchesOf(epoch, from, count)),
    async finalize(epoch, scenarios) {
      const number = numberOf(epoch)
      const required = await view<Hex>('scenariosOf', [venueId(epoch.manifest.venue)])
      const names = scenarios ?? (required === NO_HASH ? [] : coveredScenarios(epoch))
      return write('finalize', finalityOf(epoch, number, names))
    },
    standing: (epoch) => standingAt(chain, address, epoch),
    status,
  }
}
