import { InputError, StatementError } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import { type Artifacts, loadInstances, type Prover } from '../proving/index.js'
import type { RiskTable } from '../risk/index.js'
import { readRiskTable } from '../risk/index.js'
import {
  checkSolvency,
  FULL_RESERVES,
  type PolicyFile,
  resolvePolicy,
  type SolvencyFigures,
  solvencyFigures,
  solvencyInputs,
  solvencyWitness,
  weakerThan,
} from '../statements/index.js'
import { epochContext } from './context.js'
import { epochLayout, privateLayout } from './layout.js'
import { withLock } from './lock.js'
import { openLastState } from './opening.js'
import { proofFile } from './proof-file.js'
import { type Manifest, manifestSchema, privateSchema } from './schema.js'
import { EpochSecret } from './secret.js'
import { writeJson, writeKey } from './write.js'

export interface ProveSolvencyOptions {
  folder: string
  privateFolder: string
  /** Smallest units, one entry an instrument of the risk table. */
  reserves: (table: RiskTable) => Promise<bigint[]>
  policy: PolicyFile
  artifacts: (instance: string) => Promise<Artifacts>
  prover: Prover
}

/** A completed epoch, and where its policy promises less than full reserves, in words. */
export interface ProvenSolvency {
  manifest: Manifest
  weak: string[]
}

/** One instrument that is not covered: shown to the venue alone. */
export interface Shortage {
  symbol: string
  /** Whole units, exact. */
  missing: string
}

/**
 * Proves solvency over the last state of an epoch, and completes its manifest. Nothing is written unless the books hold.
 *
 * @throws {StatementError} `SOLVENCY_SHORT`, with `shortages` by instrument.
 * @throws {InputError} `EPOCH_UNFINISHED` when the ledger is not proven yet.
 */
export async function proveSolvency(options: ProveSolvencyOptions): Promise<ProvenSolvency> {
  const at = epochLayout(options.folder)
  const own = privateLayout(options.privateFolder)
  const manifest = await readJsonFile(at.manifest, manifestSchema)
  const record = await readJsonFile(own.record, privateSchema)
  return withLock(own.lock, async () => {
    const table = await readRiskTable(at.risk)
    const state = openLastState(manifest, record, options.folder)
    const sizes = { instruments: manifest.instruments, scenarios: manifest.scenarios }
    const instance = loadInstances().find(
      (i) =>
        i.statement === 'solvency' &&
        i.params.INSTRUMENTS === sizes.instruments &&
        i.params.SCENARIOS === sizes.scenarios,
    )
    if (!instance) {
      throw new InputError('PLAN_INSTRUMENTS', `no solvency instance has ${sizes.instruments} instruments`, {
        hint: '`plimsoll setup --list` shows the instances there are.',
      })
    }
    const reserves = await options.reserves(table)
    const policy = resolvePolicy(options.policy, table)
    const witness = solvencyWitness({
      sizes,
      state,
      table,
      policy,
      reserves,
      reservesBlind: EpochSecret.fromHex(record.seed).reservesBlind(reserves),
      context: epochContext(manifest),
    })
    const checked = checkSolvency(witness)
    if (!checked.valid) throw shortageError(solvencyFigures(witness), table, checked.reasons)

    const artifacts = await options.artifacts(instance.name)
    const proof = await options.prover.prove(artifacts, solvencyInputs(witness))
    await writeJson(at.policy, options.policy)
    await writeKey(at.key(instance.name), artifacts)
    await writeJson(at.solvency, proofFile(artifacts, proof))
    const complete: Manifest = {
      ...manifest,
      keyKind: artifacts.keyKind === 'development' ? 'development' : manifest.keyKind,
      keys: { ...manifest.keys, [instance.name]: artifacts.keyHash },
      solvency: {
        instance: instance.name,
        accountsRoot: witness.signals.accountsRoot.toString(),
        reservesCommitment: witness.signals.reservesCommitment.toString(),
        policy: witness.signals.policy.toString(),
      },
    }
    await writeJson(at.manifest, complete)
    return { manifest: complete, weak: weakerThan(policy, resolvePolicy(FULL_RESERVES, table), table) }
  })
}

/** Books that do not hold: what is missing goes to the venue's own screen, in `shortages`, and into no log. */
export class SolvencyShortError extends StatementError {
  readonly shortages: Shortage[]
  constructor(shortages: Shortage[], reasons: string[]) {
    super('SOLVENCY_SHORT', reasons.join('; '), {
      hint: 'No proof was made. Add reserves, or publish a policy that the books meet.',
    })
    this.shortages = shortages
  }
}

function shortageError(figures: SolvencyFigures, table: RiskTable, reasons: string[]): SolvencyShortError {
  const name = (i: number) => table.instruments[i]?.symbol ?? `instrument ${i}`
  const shortages = figures.instruments.flatMap((figure, i) =>
    figure.missing === 0n
      ? []
      : [{ symbol: name(i), missing: formatDecimal(figure.missing, table.instruments[i]?.decimals ?? 0) }],
  )
  return new SolvencyShortError(
    shortages,
    reasons.map((reason) => reason.replace(/^instrument (\d+)/, (_, i) => name(Number(i)))),
  )
}
