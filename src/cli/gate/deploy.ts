import type { Hex } from 'viem'
import {
  type ChainConnection,
  deployMarginGate,
  deployOwnedEpochs,
  deployVerifier,
  type KeyTrust,
  type MarginGate,
  openMarginGate,
  pinnedKind,
  requirementId,
  venueId,
} from '../../chain/index.js'
import { ArtifactError, InputError } from '../../errors/index.js'
import { parseDecimal } from '../../field/index.js'
import type { Artifacts } from '../../proving/index.js'
import type { RiskTable } from '../../risk/index.js'
import { compileRequirement, FACTOR_DECIMALS, requirementDigest } from '../../rules/index.js'
import type { Ui } from '../terminal/ui.js'
import { type GateRecord, idOf } from './record.js'

/** Where keys that their makers can forge with may be used: local chains, Sepolia, Hoodi. */
const TEST_CHAINS = [1_337, 31_337, 11_155_111, 560_048]

export interface GateDeployment {
  /** The lender's name, which the gate's label is the hash of. */
  name: string
  venue: string
  /** The registry that says which epoch counts; without one, epochs that the lender accepts. */
  registry?: Hex
  /** The margin instances whose proofs the gate takes. */
  keys: readonly Artifacts[]
  trust: KeyTrust | undefined
  table: RiskTable
  requirement: string
  times: string
}

/**
 * The digest of a multiple of a requirement, as a gate has it.
 *
 * @throws {InputError} `MARGIN_RULE_MISSING`, and what `compileRequirement` throws
 */
export function gateRequirement(table: RiskTable, requirement: string, times: string): bigint {
  if (table.margin === undefined) {
    throw new InputError('MARGIN_RULE_MISSING', 'the risk table of the epoch has no margin rule', {
      hint: 'The venue builds one into its table with `plimsoll risk build`, for the next epoch.',
    })
  }
  const multiple = parseDecimal(times, { decimals: FACTOR_DECIMALS })
  return requirementDigest(compileRequirement(table.margin, requirement, multiple))
}

/**
 * Puts a gate on a chain, with verifiers and a requirement, or what an earlier run did not come to.
 *
 * @param before what an earlier run put there
 * @param save keeps what is there so far: each step costs gas once
 */
export async function deployGate(
  ui: Ui,
  chain: ChainConnection,
  wanted: GateDeployment,
  before: { record: GateRecord; gate: MarginGate } | undefined,
  save: (record: GateRecord) => Promise<void>,
): Promise<GateRecord> {
  const { keys, trust, table, requirement, times } = wanted
  const digest = gateRequirement(table, requirement, times)
  const kinds = await Promise.all(keys.map((key) => pinnedKind(key, trust)))
  if (kinds.includes('development') && !TEST_CHAINS.includes(chain.chainId)) {
    throw new ArtifactError('GATE_DEVELOPMENT_KEY', 'development keys are for test chains alone', {
      where: `chain ${chain.chainId}`,
      hint: 'Whoever made such a key can forge every margin. Take keys of a ceremony, and name them with --pins.',
    })
  }
  let { record, gate } = before ?? (await newGate(ui, chain, wanted))
  const keep = async (change: Partial<GateRecord>) => {
    record = { ...record, ...change }
    await save(record)
  }
  await keep({})
  for (const [i, key] of keys.entries()) {
    const { instance, keyHash, verificationKey } = key
    const known = record.verifiers.find((one) => one.keyHash === keyHash)
    const contract =
      known?.contract ??
      (await ui.step(`deploying the verifier of ${instance.name}`, async () =>
        lower((await deployVerifier(chain, key, trust)).address),
      ))
    if (known === undefined) {
      const verifier = { instance: instance.name, keyHash, keyKind: kinds[i]!, contract }
      await keep({ verifiers: [...record.verifiers, verifier] })
    }
    if (await gate.isTrusted(contract)) continue
    await ui.step(`the gate trusts ${instance.name}`, () => gate.setVerifier(contract, { verificationKey }))
  }
  const id = idOf(requirement, times)
  if ((await gate.requirementOf(id)) !== digest) {
    await ui.step(`the gate asks ${times} × ${requirement}`, () => gate.setRequirement(id, digest))
  }
  const others = record.requirements.filter((one) => one.id !== id)
  await keep({ requirements: [...others, { requirement, times, id, digest: `${digest}` }] })
  return record
}

async function newGate(
  ui: Ui,
  chain: ChainConnection,
  { name, venue, registry }: GateDeployment,
): Promise<{ record: GateRecord; gate: MarginGate }> {
  const label = requirementId(name)
  const source =
    registry ??
    (await ui.step('deploying the epochs that you accept', async () =>
      lower((await deployOwnedEpochs(chain)).address),
    ))
  const { address } = await ui.step('deploying the gate', () =>
    deployMarginGate(chain, label, { source, venue: venueId(venue) }),
  )
  const record: GateRecord = {
    schema: 'plimsoll/gate/1',
    ...{ chainId: `${chain.chainId}`, contract: lower(address), name, label, venue },
    source: { kind: registry === undefined ? 'owned' : 'registry', contract: lower(source) },
    ...{ verifiers: [], requirements: [] },
  }
  return { record, gate: await openMarginGate(chain, address) }
}

function lower(address: string): Hex {
  return address.toLowerCase() as Hex
}
