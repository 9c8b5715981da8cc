import { MARGIN_TABLE } from '../../scripts/soundness/samples/margin-files.js'
import { bytesSource, type KeyPins, type Source } from '../../src/bundle/index.js'
import {
  batchRuns,
  EPOCH_PATHS,
  externalOf,
  liquidationsRoot,
  type OpenedPlace,
  openEpoch,
  recoveredText,
  type Settlement,
  spotMarks,
} from '../../src/epoch/index.js'
import { formatRiskTable, parseRiskTable, type RiskTable, riskColumns } from '../../src/risk/index.js'
import { compileRequirement, requirementDigest } from '../../src/rules/index.js'
import { formatJson, sha256Text } from '../../src/schema/index.js'
import {
  activityDigest,
  byReason,
  DISCLOSURE_SIGNALS,
  type DisclosureSignals,
  disclosureInstance,
  externalCommitment,
  FULL_RESERVES,
  indexSteps,
  interestShown,
  liquidationContext,
  liquidationPolicyDigest,
  type PolicyFile,
  paysInterest,
  type Reason,
  type Recovered,
  resolveDust,
  resolveLiquidation,
  SETTLEMENT_SIGNALS,
  type SettlementSignals,
  settlementContext,
  shownDigest,
  termsDigest,
} from '../../src/statements/index.js'
import { proveSampleEpoch, type SampleBooks, type SampleEpoch } from './epoch.js'
import { simulated, simulatedPins } from './simulated.js'

const LIQUIDATION = {
  ...{ requirement: 'maintenance', cash: 'USDC', trigger: '1', target: '1.2', backstop: '0.5' },
  ...{ penalty: '0.01', takeoverPenalty: '0.02', overshoot: '10' },
}
const POLICY: PolicyFile = { ...FULL_RESERVES, liquidation: LIQUIDATION, settlement: { dust: '100' } }
const scenario = (name: string, perp: string) => ({
  name,
  values: { USDC: '1', BTC: '97000', 'BTC-PERP': perp },
})
/** The table at a moment, with scenarios. */
function tableAt(later: number) {
  const { margin, ...file } = JSON.parse(formatRiskTable(MARGIN_TABLE))
  const timestamp = file.timestamp + later
  const scenarios = [scenario('at mark', '0'), scenario('BTC +1 %', '970')]
  const all = { ...file, timestamp, scenarios, margin: { ...margin, timestamp } }
  return parseRiskTable(JSON.stringify(all), 'risk.json')
}

const TABLE = tableAt(0)
const LATER = tableAt(86_400)

const BOOKS: SampleBooks = {
  table: TABLE,
  batches: [{ instance: 'ledger-tiny-stress', accounts: [[['USDC', 5_000_000n]], [['BTC', 7n]]] }],
  solvency: 'solvency-tiny-stress',
  reserves: { USDC: 6_000_000n, BTC: 9n },
  policy: POLICY,
  simulated: true,
}

const INSTANCES = [
  ...['ledger-tiny-stress', 'solvency-tiny-stress', 'liquidation-tiny'],
  ...['weigh-tiny', 'weigh-activity-tiny', 'settlement-tiny', 'disclosure-tiny-stress'],
]
export const PINS: KeyPins = simulatedPins(INSTANCES)

/** Movements of the earlier epoch's liquidations, by nullifier. */
export const MOVED: Readonly<Record<string, bigint>> = { '301': 71n, '302': 72n, '303': 73n }
export const BLIND = 8_642n
const FLOWS = { in: [700n, 9n, 0n, 0n], out: [500n, 0n, 0n, 0n], fees: [-30n, 0n, 0n, 0n] }

/** Two epochs that follow one another, and proofs of liquidations of the first. */
export interface Pair {
  before: SampleEpoch
  now: SampleEpoch
  /** Files of the earlier one, with its liquidations. */
  beforeFiles: Record<string, string>
  /** The tables of both, and the policy. */
  tables: readonly [RiskTable, RiskTable]
  policy: PolicyFile
}

export async function samplePair(): Promise<Pair> {
  const pair = await pairOver([TABLE, LATER], POLICY)
  const { before } = pair
  const liquidations = Object.keys(MOVED).map((nullifier) => {
    return [EPOCH_PATHS.liquidation(BigInt(nullifier)), formatJson(liquidation(before, BigInt(nullifier)))]
  })
  return { ...pair, beforeFiles: { ...before.files, ...Object.fromEntries(liquidations) } }
}

/** Two epochs whose tables count shares of USDC, by these indices; there are no liquidations. */
export function indexedPair(before: TextIndex, later: TextIndex): Promise<Pair> {
  const { liquidation: _, ...policy } = POLICY
  return pairOver([indexed(TABLE, before), indexed(LATER, later)], policy)
}

/** The indices of a risk file: units that a long share is, and a short one. */
export type TextIndex = { long: string; short: string }

function indexed(table: RiskTable, index: TextIndex): RiskTable {
  const { margin: _, ...file } = JSON.parse(formatRiskTable(table))
  const instruments = file.instruments.map((row: { symbol: string }) =>
    row.symbol === 'USDC' ? { ...row, mark: index.long, index } : row,
  )
  return parseRiskTable(JSON.stringify({ ...file, instruments }), 'risk.json')
}

async function pairOver(tables: Pair['tables'], policy: PolicyFile): Promise<Pair> {
  const books = { ...BOOKS, policy }
  const before = await proveSampleEpoch({ ...books, table: tables[0], epoch: '2026-01' })
  const previous = sha256Text(before.files[EPOCH_PATHS.manifest]!)
  const now = await proveSampleEpoch({ ...books, table: tables[1], epoch: '2026-02', previous, fresh: 99n })
  return { before, now, beforeFiles: before.files, tables, policy }
}

/** A proof of a liquidation of an epoch, in which this moved. */
export function liquidation(epoch: SampleEpoch, nullifier: bigint, movement = MOVED[`${nullifier}`] ?? 70n) {
  const { manifest } = epoch
  const { venue, epoch: name, riskRoot } = manifest
  const policy = resolveLiquidation(LIQUIDATION, TABLE)
  const key = simulated('liquidation-tiny')
  const proof = key.file([
    ...[BigInt(manifest.parts.solvency!.accountsRoot), BigInt(riskRoot)],
    requirementDigest(compileRequirement(TABLE.margin!, policy.requirement)),
    ...[liquidationPolicyDigest(policy, TABLE), movement, nullifier],
    liquidationContext({ venue, epoch: name }),
  ])
  return { schema: 'plimsoll/liquidation/1', venue, epoch: name, proof, key: key.verificationKey }
}

/** What a liar makes otherwise, at whichever step: what follows from it is proven as it says. */
export interface Lies {
  roots?: Partial<Record<Reason, bigint>>
  /** Instead of the roots as they come of the movements. */
  liquidations?: string[][]
  /** States of the chain in order, the first before the first chunk. */
  states?: readonly bigint[]
  chunks?: readonly string[]
  /** Written into settlement.json, after everything is proven. */
  file?: Partial<Settlement>
  /** Proven by the closing proof in place of the right ones. */
  signals?: Partial<SettlementSignals>
  /** What of steps of indices is said to give back a loss, in 10^-12 units a share. */
  recovered?: Recovered
  /** Proven of interest in place of the right signals; `null` for no proof of it. */
  interest?: Partial<DisclosureSignals> | null
  /** Files of the folder, in place of others; none where undefined. */
  files?: Record<string, string | undefined>
}

/** The files of the later epoch, with a settlement in which every proof verifies. */
export function settledFiles(pair: Pair, lies: Lies = {}): Record<string, string> {
  const { before, now, tables, policy } = pair
  const { liquidations = [['302', '301'], ['303']] } = lies
  const { chunks = ['weigh-tiny', 'weigh-tiny', 'weigh-activity-tiny'] } = lies
  const states = lies.states ?? Array.from({ length: chunks.length + 1 }, (_, i) => 1_000n + BigInt(i))
  const moved = liquidations.map((batch) => batch.map((nullifier) => MOVED[nullifier] ?? 70n))
  const roots: Record<Reason, bigint> = {
    ...{ transfers: 11n, fees: 12n, trades: 13n, accruals: 0n, takers: 16n, allocations: 0n },
    liquidations: liquidationsRoot(moved),
    ...lies.roots,
  }
  const [old, own] = [before.manifest.parts.solvency!, now.manifest.parts.solvency!]
  const [previous, manifest] = [before, now].map(({ files }) => sha256Text(files[EPOCH_PATHS.manifest]!)) as [
    string,
    string,
  ]
  const external = externalCommitment(FLOWS, BLIND)
  const { sizes } = now.manifest
  const { spots } = sizes
  const steps = indexSteps(...tables, sizes, lies.recovered)
  const loss = roots.allocations === 0n && steps.cut.length === 0 ? 0 : 1
  const interest = paysInterest(steps) && lies.interest !== null ? disclosureInstance(sizes) : undefined
  const signals: SettlementSignals = {
    firstState: states[0]!,
    state: states.at(-1)!,
    accountsBefore: BigInt(old.accountsRoot),
    accountsAfter: BigInt(own.accountsRoot),
    activity: activityDigest(roots),
    external,
    reservesBefore: BigInt(old.reservesCommitment),
    reservesAfter: BigInt(own.reservesCommitment),
    terms: termsDigest({ dust: resolveDust(policy, tables[1]), marks: spotMarks(tables[1], spots) }),
    loss: BigInt(loss),
    context: settlementContext(previous, manifest),
    ...lies.signals,
  }
  const charged: DisclosureSignals = {
    firstState: BigInt(now.manifest.parts.ledger!.firstState),
    reservesCommitment: 0n,
    shown: shownDigest(interestShown(steps, riskColumns(tables[1], sizes))),
    context: signals.context,
    ...lies.interest,
  }
  const used = [...new Set([...chunks, 'settlement-tiny', ...(interest ? [interest] : [])])]
  const file: Settlement = {
    schema: 'plimsoll/settlement/1',
    ...{ venue: now.manifest.venue, epoch: now.manifest.epoch, manifest },
    previous: { epoch: before.manifest.epoch, manifest: previous },
    roots: byReason((reason) => `${roots[reason]}`),
    ...{ liquidations, chunks: batchRuns(chunks) },
    ...{ firstState: `${states[0]}`, state: `${states.at(-1)}`, external: `${external}`, loss },
    keys: Object.fromEntries(
      used.map((name) => {
        const { keyHash, circuitHash } = simulated(name)
        return [name, { keyHash, circuitHash }]
      }),
    ),
    instance: 'settlement-tiny',
    ...(interest && { interest }),
    ...(lies.recovered && { recovered: recoveredText(lies.recovered) }),
    ...lies.file,
  }
  const files: Record<string, string | undefined> = {
    ...now.files,
    [EPOCH_PATHS.settlementFile]: formatJson(file),
    [EPOCH_PATHS.settlementProof]: formatJson(
      simulated('settlement-tiny').file(SETTLEMENT_SIGNALS.map((name) => signals[name])),
    ),
    ...(interest && {
      [EPOCH_PATHS.settlementInterest]: formatJson(
        simulated(interest).file(DISCLOSURE_SIGNALS.map((name) => charged[name])),
      ),
    }),
    ...Object.fromEntries(
      used.map((name) => [EPOCH_PATHS.settlementKey(name), formatJson(simulated(name).verificationKey)]),
    ),
    ...Object.fromEntries(
      chunks.map((name, i) => [
        EPOCH_PATHS.chunk(i),
        formatJson(simulated(name).file([states[i]!, states[i + 1]!])),
      ]),
    ),
    ...lies.files,
  }
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** The file that opens deposits, withdrawals and fees of `settledFiles`. */
export function externalFile(files: Record<string, string>, flows = FLOWS, blind = BLIND) {
  return externalOf(JSON.parse(files[EPOCH_PATHS.settlementFile]!), LATER, flows, blind)
}

/** An epoch in memory, opened. */
export async function openedIn(
  files: Record<string, string>,
  { pins = PINS, wrap = (source) => source }: { pins?: KeyPins; wrap?: (source: Source) => Source } = {},
): Promise<OpenedPlace> {
  const source = wrap(bytesSource(files))
  return { source, opened: await openEpoch(source, { pins }) }
}
