import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulatedKey } from '../../scripts/simulated-proofs.js'
import { STRESS_VENUE } from '../../scripts/soundness/samples/venue.js'
import { proofFile } from '../../src/bundle/index.js'
import { EPOCH_PATHS, readManifest } from '../../src/epoch/index.js'
import { parseDecimal, toField } from '../../src/field/index.js'
import { verificationKeyHash } from '../../src/groth16/index.js'
import { movementOf } from '../../src/inclusion/index.js'
import { folderSource, readReserves, readRiskTable } from '../../src/inputs/index.js'
import { readLedger } from '../../src/ledger/index.js'
import { type Artifacts, findInstance, type ProofPool, type Prover } from '../../src/proving/index.js'
import { instrumentNumbers } from '../../src/risk/index.js'
import { circuitHashOf, FULL_RESERVES } from '../../src/statements/index.js'
import { proveLedger, proveSolvency } from '../../src/venue/index.js'

/** Proofs that verify, by whoever knows the key's secret: no circuit is behind them. */
export class SimulatedProofs {
  private drawn = 0
  private readonly keys = new Map<string, ReturnType<typeof simulatedKey> & { artifacts: Artifacts }>()

  private readonly draw = () =>
    toField(
      BigInt(
        `0x${createHash('sha256')
          .update(`settled ${this.drawn++}`)
          .digest('hex')}`,
      ),
    )

  private of(name: string) {
    const known = this.keys.get(name)
    if (known !== undefined) return known
    const instance = findInstance(name)
    const ic = [undefined, ...instance.public].map(this.draw)
    const key = simulatedKey(ic, this.draw)
    const artifacts = {
      instance,
      keyHash: verificationKeyHash(key.verificationKey),
      circuitHash: circuitHashOf(name)!,
      keyKind: 'development',
      verificationKey: key.verificationKey,
    } as unknown as Artifacts
    const made = { ...key, artifacts }
    this.keys.set(name, made)
    return made
  }

  readonly artifacts = async (name: string): Promise<Artifacts> => this.of(name).artifacts

  readonly prover: Prover = {
    name: 'simulated',
    prove: async ({ instance }, inputs) =>
      this.of(instance.name).prove(instance.public.map((signal) => inputs[signal] as bigint)),
  }

  /** @param onProof called before each proof with its place */
  pool(onProof: (index: number) => void = () => {}): ProofPool {
    return {
      room: 1,
      prove: async ({ index, artifacts: { instance }, signals }) => {
        onProof(index)
        return {
          proven: this.of(instance.name).prove(instance.public.map((name) => signals[name]!)),
          use: { seconds: 1, cpuSeconds: 1, peakBytes: 1 },
          release: async () => {},
        }
      },
      finish: async () => {},
    }
  }

  proof(name: string, signals: Record<string, bigint>) {
    const { prove, artifacts } = this.of(name)
    return proofFile(artifacts, prove(artifacts.instance.public.map((signal) => signals[signal]!)))
  }
}

export type Rows = [id: string, instrument: string, quantity: string][]

/** What accounts have after the rows of `ACTIVITY` and the one liquidation. */
export const LATER: Rows = [
  ['alice@example.com', 'BTC', '1.9'],
  ['alice@example.com', 'USDT', '10690.3'],
  ['bob-7731', 'USDT', '49995.25'],
  ['bob-7731', 'BTC-PERP', '1'],
  ['carol-5519', 'USDT', '9900.5'],
  ['carol-5519', 'BTC-PERP', '0.5'],
  ['dave-2203', 'USDT', '200004'],
  ['dave-2203', 'BTC-PERP', '-2.5'],
  ['frank-6640', 'USDT', '1290.3'],
  ['frank-6640', 'BTC', '0.6'],
  ['frank-6640', 'BTC-CALL', '2'],
  ['grace-1208', 'USDT', '90100'],
  ['grace-1208', 'BTC-CALL', '-2'],
  ['grace-1208', 'BTC-PERP', '1'],
  ['heidi-3305', 'USDT', '77'],
]

export const ACTIVITY: Record<string, Rows> = {
  transfers: [
    ['alice@example.com', 'BTC', '-0.75'],
    ['alice@example.com', 'BTC', '0.25'],
    ['alice@example.com', 'USDT', '1000'],
    ['frank-6640', 'USDT', '6000'],
    ['erin-9917', 'BTC', '-1'],
    ['erin-9917', 'USDT', '30000'],
    ['heidi-3305', 'USDT', '77'],
    ['ivan-4471', 'USDT', '12'],
    ['ivan-4471', 'USDT', '-12'],
  ],
  fees: [
    ['alice@example.com', 'USDT', '-9.7'],
    ['frank-6640', 'USDT', '-9.7'],
  ],
  trades: [
    ['alice@example.com', 'BTC', '-0.1'],
    ['alice@example.com', 'USDT', '9700'],
    ['frank-6640', 'BTC', '0.1'],
    ['frank-6640', 'USDT', '-9700'],
  ],
  accruals: [
    ['bob-7731', 'USDT', '-5'],
    ['dave-2203', 'USDT', '4'],
  ],
  takers: [
    ['grace-1208', 'BTC-PERP', '1'],
    ['grace-1208', 'USDT', '100'],
  ],
}

/** What moved in the liquidation of the earlier epoch. */
const MOVED: Record<string, string> = { USDT: '-100', 'BTC-PERP': '-1' }
const RESERVES = { reserves: { BTC: '5', USDT: '500000' }, insurance: { USDT: '1000000' } }

export interface SettlementVenue {
  /** The file of accounts, the folders, the reserves of each epoch, and the folder of activity. */
  before: { folder: string; privateFolder: string; accounts: string }
  after: { folder: string; privateFolder: string; accounts: string }
  reserves: string
  activity: string
  proofs: SimulatedProofs
}

/** Two epochs in a row of a venue with loans and derivatives, a liquidation, and what moved between. */
export async function settlementVenue(folder: string): Promise<SettlementVenue> {
  const proofs = new SimulatedProofs()
  const risk = join(folder, 'risk.json')
  const reserves = join(folder, 'reserves.json')
  const activity = join(folder, 'activity')
  writeFileSync(risk, JSON.stringify(STRESS_VENUE.risk))
  writeFileSync(reserves, JSON.stringify({ schema: 'plimsoll/reserves/1', ...RESERVES }))
  mkdirSync(activity)
  for (const [reason, rows] of Object.entries(ACTIVITY)) writeRows(join(activity, `${reason}.csv`), rows)
  const epochs = [STRESS_VENUE.rows, LATER].map((rows, i) => {
    const accounts = join(folder, `accounts-${i}.csv`)
    writeRows(accounts, rows)
    return { folder: join(folder, `epoch-${i}`), privateFolder: join(folder, `epoch-${i}.private`), accounts }
  }) as [SettlementVenue['before'], SettlementVenue['after']]
  for (const [i, epoch] of epochs.entries()) {
    const table = await readRiskTable(risk)
    const ledger = await readLedger(epoch.accounts, table)
    await proveLedger({
      ...{ ...epoch, venue: 'Settled Venue', epoch: `2026-0${i + 1}`, table, ledger },
      ...(i > 0 && { previous: folderSource(epochs[0].folder) }),
      instances: ['ledger-tiny', 'ledger-tiny-stress'],
      ...{ artifacts: proofs.artifacts, prover: proofs.pool() },
    })
    await ledger.close()
    await proveSolvency({
      ...{ ...epoch, policy: { ...FULL_RESERVES, minimumRatio: '1', valueRatio: '1' } },
      reserves: (own) => readReserves(reserves, own),
      ...{ artifacts: proofs.artifacts, prover: proofs.prover },
    })
    if (i === 0) await liquidate(epoch, proofs)
  }
  return { before: epochs[0], after: epochs[1], reserves, activity, proofs }
}

export function writeRows(path: string, rows: Rows): void {
  writeFileSync(path, `account_id,instrument,quantity\n${rows.map((row) => `${row.join(',')}\n`).join('')}`)
}

/** Puts the liquidation of an account into an epoch: its proof, and what opens it. */
async function liquidate(
  { folder, privateFolder }: SettlementVenue['before'],
  proofs: SimulatedProofs,
): Promise<void> {
  const { venue, epoch } = await readManifest(folderSource(folder))
  const table = await readRiskTable(join(folder, EPOCH_PATHS.risk))
  const numbers = instrumentNumbers(table)
  const rowOf = (symbol: string) => table.instruments.findIndex((row) => row.symbol === symbol)
  const slots = Object.entries(MOVED).map(([symbol, quantity]) => {
    const row = rowOf(symbol)
    const { decimals } = table.instruments[row]!
    parseDecimal(quantity, { decimals, signed: true })
    return { instrument: row, number: numbers[row]!, symbol, decimals, quantity }
  })
  const empty = { instrument: 0, number: 0, symbol: 'BTC', decimals: 8, quantity: '0' }
  const moved = { salt: '5550123', slots: [...slots, empty, empty] }
  const [account, owner, nullifier] = ['carol-5519', '0', 77_001n]
  const movement = movementOf({ account, owner }, moved)!
  const signals = {
    accountsRoot: 1n,
    riskRoot: 2n,
    requirement: 3n,
    policy: 4n,
    movement,
    nullifier,
    context: 5n,
  }
  const { verificationKey } = await proofs.artifacts('liquidation-tiny')
  const files: [string, object][] = [
    [
      folder,
      {
        ...{ schema: 'plimsoll/liquidation/1', venue, epoch },
        ...{ proof: proofs.proof('liquidation-tiny', signals), key: verificationKey },
      },
    ],
    [
      privateFolder,
      {
        ...{ schema: 'plimsoll/liquidation-record/1', venue, epoch, account, owner },
        ...{ nullifier: nullifier.toString(), moved },
      },
    ],
  ]
  for (const [at, file] of files) {
    mkdirSync(join(at, EPOCH_PATHS.liquidations))
    writeFileSync(join(at, EPOCH_PATHS.liquidation(nullifier)), JSON.stringify(file))
  }
}
