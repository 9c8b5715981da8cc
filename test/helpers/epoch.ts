import { foldSample } from '../../scripts/soundness/samples/fold.js'
import {
  type KeyPins,
  policyHash,
  proofFile,
  purposeContext,
  riskTableHash,
  type SolvencyPurpose,
  solvencyPurpose,
} from '../../src/bundle/index.js'
import { batchRuns, EPOCH_PATHS, ledgerSizesOf, type Manifest, tableSizesOf } from '../../src/epoch/index.js'
import type { CircuitInputs, Slot } from '../../src/field/index.js'
import { holderCommitment } from '../../src/hash/index.js'
import { type Artifacts, ensureArtifacts, proveSignals, wasmProver } from '../../src/proving/index.js'
import {
  formatRiskTable,
  instrumentNumbers,
  leafSlots,
  type RiskTable,
  riskDigests,
} from '../../src/risk/index.js'
import { formatJson } from '../../src/schema/index.js'
import {
  FULL_RESERVES,
  formatPolicy,
  ledgerInputs,
  namedInstance,
  type PolicyFile,
  resolvePolicy,
  type SolvencyWitness,
  solvencyInputs,
  solvencyWitness,
} from '../../src/statements/index.js'
import { TEST_CACHE } from './cli.js'
import { type SimulatedInstance, simulated } from './simulated.js'

/** An account by what it holds: symbols of the table and smallest units. */
export type SampleAccount = readonly (readonly [symbol: string, quantity: bigint])[]

export interface SampleBooks {
  table: RiskTable
  batches: readonly { instance: string; accounts: readonly SampleAccount[] }[]
  /** The instance that proves solvency. */
  solvency: string
  /** By symbol, smallest units. */
  reserves: Readonly<Record<string, bigint>>
  insurance?: Readonly<Record<string, bigint>>
  policy?: PolicyFile
  /** SHA-256 of the manifest of the epoch before. */
  previous?: string
  /** The epoch's name. */
  epoch?: string
  /** The chain and contract that it is for; none unless it is given. */
  target?: Manifest['target']
  /** Makes salts and blinds other ones: an epoch after another needs other salts. */
  fresh?: bigint
  /** Under keys whose secrets are known: nothing is proven, and every proof verifies. */
  simulated?: boolean
  /** What a cheat changes in an honest witness of solvency before it is proven. */
  cheat?: (witness: SolvencyWitness) => SolvencyWitness
}

/** An epoch in memory, under development keys, and the pins that it verifies with. */
export interface SampleEpoch {
  files: Record<string, string>
  manifest: Manifest
  pins: KeyPins
  /** What opens it. */
  witness: SolvencyWitness
}

const made = new Map<string, Promise<Artifacts>>()

function artifactsOf(instance: string): Promise<Artifacts> {
  const own = made.get(instance) ?? ensureArtifacts(instance, { cacheDir: TEST_CACHE })
  made.set(instance, own)
  return own
}

/** Folds and proves a whole epoch of the tiny instances, with fixed blinds. */
export async function proveSampleEpoch(books: SampleBooks): Promise<SampleEpoch> {
  const { table, policy = FULL_RESERVES, epoch = '2026-01', target = null, fresh = 0n } = books
  const sizes = tableSizesOf(namedInstance(books.solvency))
  const digests = riskDigests(table, sizes)
  const numbers = instrumentNumbers(table)
  const rowOf = new Map(table.instruments.map(({ symbol }, row) => [symbol, row]))
  let holders = 0n
  const leaf = (account: SampleAccount) => {
    const slots = account.map(([symbol, quantity]): Slot => ({ instrument: rowOf.get(symbol)!, quantity }))
    holders++
    return {
      holder: holderCommitment({ accountId: holders, owner: 0n, salt: holders ** 5n + 7n + fresh }),
      slots: leafSlots(slots, numbers),
    }
  }
  const { witnesses, ledger } = foldSample(
    digests,
    books.batches.map(({ instance, accounts }) => {
      const own = ledgerSizesOf(namedInstance(instance))
      const filled = Array.from({ length: own.accounts }, (_, i) => leaf(accounts[i] ?? []))
      return { sizes: own, accounts: filled }
    }),
  )
  const about = {
    venue: 'Tiny Venue',
    epoch,
    target,
    riskTable: riskTableHash(table),
    ...(books.previous === undefined ? {} : { previous: books.previous }),
  }
  const purpose = solvencyPurpose(about, policyHash(policy))
  const byRow = (held: Readonly<Record<string, bigint>> = {}) =>
    table.instruments.map(({ symbol, tier }) => (tier === undefined ? (held[symbol] ?? 0n) : 0n))
  const honest = solvencyWitness({
    sizes,
    ledger,
    table,
    policy: resolvePolicy(policy, table),
    reserves: byRow(books.reserves),
    insurance: byRow(books.insurance),
    reservesBlind: 4_321n + fresh,
    context: purposeContext(purpose),
  })
  const witness = books.cheat?.(honest) ?? honest

  const files: Record<string, string> = {
    [EPOCH_PATHS.risk]: formatRiskTable(table),
    [EPOCH_PATHS.policy]: formatPolicy(policy),
  }
  const pins: Record<string, KeyPins[string]> = {}
  const keys: Manifest['keys'] = {}
  const add = (artifacts: Omit<SimulatedInstance, 'file'>) => {
    const { instance, keyHash, circuitHash, keyKind } = artifacts
    files[EPOCH_PATHS.key(instance.name)] = formatJson(artifacts.verificationKey)
    keys[instance.name] = { keyHash, circuitHash }
    pins[instance.name] = { keyHash, circuitHash, keyKind }
  }
  /** The proof of an instance, as its file has it. */
  const prove = async (
    name: string,
    inputs: () => CircuitInputs,
    signals: Record<string, bigint>,
    made?: SolvencyPurpose,
  ): Promise<string> => {
    if (books.simulated) {
      const one = simulated(name)
      add(one)
      return formatJson(
        one.file(
          one.instance.public.map((signal) => signals[signal]!),
          made,
        ),
      )
    }
    const artifacts = await artifactsOf(name)
    add(artifacts)
    const proof = await proveSignals(wasmProver, artifacts, inputs(), signals)
    return formatJson(proofFile(artifacts, proof, made))
  }
  for (const [index, one] of witnesses.entries()) {
    const { instance } = books.batches[index]!
    files[EPOCH_PATHS.batch(index)] = await prove(instance, () => ledgerInputs(one), one.signals)
  }
  files[EPOCH_PATHS.solvency] = await prove(
    books.solvency,
    () => solvencyInputs(witness),
    witness.signals,
    purpose,
  )
  const { signals } = witness
  const manifest: Manifest = {
    schema: 'plimsoll/epoch/4',
    ...about,
    riskRoot: signals.riskRoot.toString(),
    sizes,
    keys,
    parts: {
      ledger: {
        firstState: signals.firstState.toString(),
        state: signals.state.toString(),
        batches: batchRuns(books.batches.map(({ instance }) => instance)),
      },
      solvency: {
        instance: books.solvency,
        accountsRoot: signals.accountsRoot.toString(),
        reservesCommitment: signals.reservesCommitment.toString(),
        policy: signals.policy.toString(),
      },
    },
  }
  files[EPOCH_PATHS.manifest] = formatJson(manifest)
  return { files, manifest, pins, witness }
}
