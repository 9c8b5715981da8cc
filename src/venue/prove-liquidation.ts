import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseTarget, proofFile, readPublishedPolicy } from '../bundle/index.js'
import { EPOCH_PATHS, type LiquidationProof, type Manifest, readManifest } from '../epoch/index.js'
import { InputError, StatementError } from '../errors/index.js'
import { formatDecimal, type Slot } from '../field/index.js'
import { writeJson } from '../files/index.js'
import { accountIdDigest } from '../hash/index.js'
import {
  type Inclusion,
  type LiquidationRecord,
  movementOf,
  openLeaf,
  readSlots,
} from '../inclusion/index.js'
import { folderSource } from '../inputs/index.js'
import { type Artifacts, type Prover, proveSignals } from '../proving/index.js'
import { instrumentNumbers, leafSlots, type RiskTable } from '../risk/index.js'
import {
  cheapestLiquidationInstance,
  describeMarginNeeds,
  type Instance,
  LEAF_SLOTS,
  type LiquidationAccount,
  type LiquidationParts,
  type LiquidationWitness,
  liquidationContext,
  liquidationInputs,
  liquidationNeeds,
  liquidationNullifier,
  liquidationWitness,
  marginSizes,
  namedInstance,
  resolveLiquidation,
} from '../statements/index.js'
import { withLock } from './epoch-lock.js'
import { EpochSecret } from './epoch-secret.js'
import { epochLayout, privateLayout } from './folders.js'
import { assertPrivate, readPrivate } from './private-record.js'
import { readOwnTable } from './prove-solvency.js'
import { provenSolvency } from './proven-solvency.js'

export interface ProveLiquidationOptions {
  /** The epoch: its solvency must be proven. */
  folder: string
  privateFolder: string
  /** The account's inclusion file of this epoch. */
  inclusion: Inclusion
  /** What moved: signed changes in smallest units, by the numbers of the epoch's risk table. */
  changes: (table: RiskTable) => Promise<readonly Slot[]>
  /** The whole account is closed, being below the backstop; default: a part, being below the trigger. */
  takeover?: boolean
  /** The `LiquidationGate` that is to take the proof (default: the epoch's own target, or none). */
  gate?: NonNullable<Manifest['target']>
  /** The instance to use (default: the cheapest that fits). */
  instance?: string
  /** Instances of own sizes to choose among, beside those of this version: see `readOwnInstances`. */
  own?: readonly Instance[]
  artifacts: (instance: string) => Promise<Artifacts>
  prover: Prover
}

/** A liquidation that was proven, and where it lies. */
export interface ProvenLiquidation {
  proof: LiquidationProof
  /** The public file, in the epoch. */
  file: string
  /** The private one, which opens what moved. */
  record: string
  keyKind: Artifacts['keyKind']
}

/**
 * Proves that an account of an epoch was below its requirement and that no more was taken than the epoch's
 * policy lets. The proof goes into the folder `liquidations` of the epoch and says nothing of the account;
 * what opens it goes into the private folder, for the next export of the account's inclusion file.
 *
 * @throws {StatementError} `LIQUIDATION_REFUSED` with the reasons, and no amount, when the policy does not
 * let it be done
 * @throws {InputError} `LIQUIDATION_POLICY` when the epoch's policy says nothing of liquidations,
 * `LIQUIDATION_ACCOUNT` when the file does not open a leaf of the epoch, `LIQUIDATION_DONE` when the leaf has
 * its proof already, `LIQUIDATION_SIZE` when no instance is large enough, `EPOCH_TARGET` for
 * what is no gate, `EPOCH_UNFINISHED`, `EPOCH_PRIVATE`, `EPOCH_BUSY`, and what `liquidationWitness` throws
 * @example
 * const { file } = await proveLiquidation({
 *   folder: 'epoch',
 *   privateFolder: 'epoch.private',
 *   inclusion: await readInclusion('inclusion.json'),
 *   changes: (table) => readMoved('moved.json', table),
 *   artifacts: ensureArtifacts,
 *   prover: wasmProver,
 * })
 */
export async function proveLiquidation(options: ProveLiquidationOptions): Promise<ProvenLiquidation> {
  const { folder, privateFolder, inclusion, takeover = false } = options
  const own = privateLayout(privateFolder)
  const gate = parseTarget(options.gate ?? null)
  assertPrivate(privateFolder)
  return withLock(own.lock, async (lock) => {
    const secret = EpochSecret.fromHex((await readPrivate(privateFolder)).seed)
    const manifest = await readManifest(folderSource(folder))
    provenSolvency(manifest, folder)
    const table = await readOwnTable(folder, manifest)
    const books = await booksOf(folder, table)
    const account = openAccount(inclusion, manifest, table)
    const nullifier = liquidationNullifier(account)
    const [file, record] = [folder, privateFolder].map((at) => join(at, EPOCH_PATHS.liquidation(nullifier)))
    if (existsSync(file!)) {
      throw new InputError('LIQUIDATION_DONE', 'this leaf has the proof of a liquidation already', {
        where: file!,
        hint: 'Nothing was written. One leaf is liquidated once: prove the next liquidation of the account in a later epoch.',
      })
    }
    const changes = await options.changes(table)
    const salt = secret.movementSalt(inclusion.account, changes)
    const parts = { ...books, account, movement: { changes, salt, takeover } }
    const instance = chooseInstance(options, parts)
    const { venue, epoch, sizes: tableSizes } = manifest
    const target = gate ?? manifest.target
    const witness = liquidationWitness({
      ...parts,
      ...{ sizes: marginSizes(instance), tableSizes },
      context: liquidationContext({
        ...{ venue, epoch },
        ...(target && { chainId: BigInt(target.chainId), contract: target.contract as `0x${string}` }),
      }),
    })
    const { verdict, signals } = witness
    if (!verdict.valid) {
      throw new StatementError('LIQUIDATION_REFUSED', verdict.reasons.join('; '), {
        hint: 'No proof was made. `plimsoll liquidation explain` says how far the account is below, and what may be closed.',
      })
    }
    const opened = recordOf(inclusion, nullifier, { table, salt, slots: movedSlots(witness) })
    if (movementOf(inclusion, opened.moved) !== signals.movement) {
      throw new RangeError('the record does not open the movement')
    }
    const artifacts = await options.artifacts(instance.name)
    const made = await proveSignals(options.prover, artifacts, liquidationInputs(witness), signals)
    await lock.assertHeld()
    const proof: LiquidationProof = {
      schema: 'plimsoll/liquidation/1',
      ...{ venue, epoch },
      ...(gate && { gate }),
      proof: proofFile(artifacts, made),
      key: artifacts.verificationKey,
    }
    await mkdir(own.liquidations, { recursive: true, mode: 0o700 })
    await mkdir(epochLayout(folder).liquidations, { recursive: true })
    // Without the record, nobody could open what moved.
    await writeJson(record!, opened, { mode: 0o600 })
    await writeJson(file!, proof)
    return { proof, file: file!, record: record!, keyKind: artifacts.keyKind }
  })
}

/** What liquidations of an epoch are judged by. */
async function booksOf(
  folder: string,
  table: RiskTable,
): Promise<Pick<LiquidationParts, 'table' | 'policy'>> {
  const { value } = await readPublishedPolicy(folderSource(folder), EPOCH_PATHS.policy)
  if (value.liquidation === undefined) {
    throw new InputError('LIQUIDATION_POLICY', 'the policy says nothing of liquidations', {
      where: epochLayout(folder).policy,
      hint: 'Prove solvency by a policy that has liquidation, with trigger, target and backstop.',
    })
  }
  const policy = resolveLiquidation(value.liquidation, table)
  // The very object: what was computed of a table is found by it.
  return { table: table as LiquidationParts['table'], policy }
}

/**
 * The account of an inclusion file of this epoch, in smallest units.
 *
 * @throws {InputError} `LIQUIDATION_ACCOUNT`
 */
function openAccount(file: Inclusion, manifest: Manifest, table: RiskTable): LiquidationAccount {
  const refuse = (message: string): never => {
    throw new InputError('LIQUIDATION_ACCOUNT', `the inclusion file does not open: ${message}`, {
      hint: 'Export it for this epoch: plimsoll inclusion export.',
    })
  }
  if (file.venue !== manifest.venue || file.epoch !== manifest.epoch) refuse('it is of another epoch')
  const slots = readSlots(file, table) ?? refuse('its slots are not instruments of the risk table')
  const held = leafSlots(slots, instrumentNumbers(table))
  const { root, ...paths } = openLeaf(file, held)
  if (root.toString() !== manifest.parts.solvency?.accountsRoot)
    refuse('it does not lead to the accounts of the epoch')
  return {
    slots: held,
    accountId: accountIdDigest(file.account),
    owner: BigInt(file.owner),
    salt: BigInt(file.salt),
    ...paths,
  }
}

/** The instance that is asked for, or the cheapest that the liquidation fits. */
function chooseInstance(
  { instance: name, own }: Pick<ProveLiquidationOptions, 'instance' | 'own'>,
  parts: LiquidationParts,
): Instance {
  if (name !== undefined) {
    const named = namedInstance(name)
    if (named.statement === 'liquidation') return named
    throw new InputError('LIQUIDATION_INSTANCE', `${name} does not prove liquidation`, {
      hint: 'Leave --instance out: the cheapest that fits is taken.',
    })
  }
  const needs = liquidationNeeds(parts)
  const instance = cheapestLiquidationInstance(needs, own)
  if (instance !== undefined) return instance
  throw new InputError(
    'LIQUIDATION_SIZE',
    `no liquidation instance has room for the account: it needs ${describeMarginNeeds(needs)}`,
    { hint: 'Judge it by a smaller rule, or make an instance of its size.' },
  )
}

/** The slots of the movement's leaf: those of the instance, and empty ones up to the next size of a leaf. */
function movedSlots({ sizes, changes }: LiquidationWitness): Slot[] {
  const count = LEAF_SLOTS.find((slots) => slots >= sizes.slots)!
  return Array.from({ length: count }, (_, i) => changes[i] ?? { instrument: 0, quantity: 0n })
}

/** What the venue keeps of a liquidation. */
function recordOf(
  { venue, epoch, account, owner }: Inclusion,
  nullifier: bigint,
  { table, salt, slots }: { table: RiskTable; salt: bigint; slots: readonly Slot[] },
): LiquidationRecord {
  const numbers = instrumentNumbers(table)
  return {
    schema: 'plimsoll/liquidation-record/1',
    ...{ venue, epoch, account, owner, nullifier: nullifier.toString() },
    moved: {
      salt: salt.toString(),
      slots: slots.map(({ instrument, quantity }) => {
        const row = quantity === 0n ? 0 : numbers.indexOf(instrument)
        const { symbol, decimals } = table.instruments[row]!
        return {
          ...{ instrument: row, number: numbers[row]!, symbol, decimals },
          quantity: formatDecimal(quantity, decimals),
        }
      }),
    },
  }
}
