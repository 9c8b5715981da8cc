import { type Address, type Hex, isAddress } from 'viem'
import type { VerifiedEpoch } from '../epoch/index.js'
import { InputError, ProofError } from '../errors/index.js'
import { callData } from './call-data.js'
import type { ChainConnection } from './connection.js'
import { contractNamed } from './contracts.js'
import { type DeployedContract, deployContract, of } from './deploy.js'
import { RISK_REGISTER_ABI } from './generated/abi.js'
import { readView } from './rpc.js'
import { shownTable } from './shown-table.js'
import { dryRun, type Failure, writesTo } from './transaction.js'

/** When risk tables can be used, in seconds. */
export interface TableWindows {
  /** How long a table can be vetoed before it is used. */
  veto: number
  /** How long it can be used then. */
  lifetime: number
  /** How old it may be when it is proposed. */
  maxLag: number
}

/**
 * Compiles `RiskRegister.sol` and deploys it, without the feed of a sequencer.
 *
 * @param authority the manager of accesses: it says who may propose and veto
 * @param settings.valueDecimals those of the values of the tables
 * @throws {InputError} as `deployContract` has it: `NO_ACCOUNT`, `CHAIN_EVM`, `DEPLOY_FAILED` …
 * @example
 * const { address: authority } = await deployAccessManager(chain)
 * const windows = { veto: 3_600, lifetime: 2_592_000, maxLag: 86_400 }
 * const { address } = await deployRiskRegister(chain, authority, { valueDecimals: 18, windows })
 */
export async function deployRiskRegister(
  chain: ChainConnection,
  authority: Address,
  settings: { valueDecimals: number; windows: TableWindows },
): Promise<DeployedContract> {
  const { valueDecimals, windows } = settings
  const none = `0x${'0'.repeat(40)}`
  const args = [authority, none, valueDecimals, windows]
  return deployContract(chain, { ...(await contractNamed('RiskRegister')), args })
}

/** A deployed register. Writes go out from the connection's account and resolve to their gas. */
export interface RiskRegister {
  address: Address
  /** Tries `propose` at the node, and sends nothing: refused as it would be now. */
  tryPropose(epoch: VerifiedEpoch): Promise<void>
  /** When tables that are proposed now can be used. */
  windows(): Promise<TableWindows>
  /** For whoever may: proposes the table of an epoch that was verified. */
  propose(epoch: VerifiedEpoch): Promise<bigint>
  /** For guardians: a table is never used again. `why` is the hash of the reasons. */
  veto(riskRoot: bigint, why: Hex): Promise<bigint>
}

/**
 * The register at an address.
 *
 * @throws {ArtifactError} `NOT_THE_CONTRACT`
 * @throws {ProofError} `REGISTER_REFUSED`, from a write that the contract reverts, also in a block
 * @throws {InputError} `ADDRESS`; `CALL_ARGUMENTS`, `NO_ACCOUNT`, `TRANSACTION_PENDING` from writes;
 * `RPC_UNREACHABLE`, `RPC_REFUSED`
 * @example
 * const windows = { veto: 3_600, lifetime: 2_592_000, maxLag: 86_400 }
 * const { address: authority } = await deployAccessManager(chain)
 * const register = await deployRiskRegister(chain, authority, { valueDecimals: 18, windows })
 * const { propose } = await openRiskRegister(chain, register.address)
 */
export async function openRiskRegister(chain: ChainConnection, address: Address): Promise<RiskRegister> {
  if (!isAddress(address)) throw new InputError('ADDRESS', 'not the address of a register')
  const contract = { address, abi: RISK_REGISTER_ABI } as const
  await readView(chain, { ...contract, functionName: 'contentOf', args: [0n] })
  const refused = ({ why, hint, transaction }: Failure) =>
    new ProofError('REGISTER_REFUSED', `the register refused the call: ${why}${of(transaction)}`, {
      where: address,
      ...(hint === undefined ? {} : { hint }),
    })
  const write = writesTo(chain, contract, refused)
  const proposing = (epoch: VerifiedEpoch) => [
    epoch.manifest.riskRoot,
    epoch.table.timestamp,
    shownTable(epoch),
  ]
  return {
    address,
    async tryPropose(epoch) {
      const data = callData(contract.abi, 'propose', proposing(epoch))
      const failure = await dryRun(chain, { to: address, abi: contract.abi, data })
      if (failure !== undefined) throw refused(failure)
    },
    windows: () => readView(chain, { ...contract, functionName: 'windowsOf', args: [] }),
    propose: (epoch) => write('propose', proposing(epoch)),
    veto: (riskRoot, why) => write('veto', [riskRoot, why]),
  }
}
