import { type Address, getContractAddress, type Hex, hashTypedData, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { typedDataOf } from '../../src/bundle/index.js'
import { proofWords } from '../../src/chain/index.js'
import { epochSigned } from '../../src/epoch/index.js'
import { FIELD_ORDER, toField } from '../../src/field/index.js'
import { forgeryOf, type Proven } from '../../src/groth16/index.js'
import { type Artifacts, snarkjsProver } from '../../src/proving/index.js'
import { tableLayout } from '../../src/risk/index.js'
import { packText } from '../../src/risk/text.js'
import {
  backingContext,
  backingInputs,
  MARGIN_SIGNALS,
  marginContext,
  marginDomain,
  SOLVENCY_SIGNALS,
  solvencyContext,
  tableAtPoint,
  tablePoint,
} from '../../src/statements/index.js'
import type { SolvencyContext } from '../../src/statements/solvency/context.js'
import type { SolvencySignals } from '../../src/statements/solvency/signals.js'
import { backing, SHOWN } from '../soundness/samples/backing.js'

type Columns = Parameters<typeof tablePoint>[0]['columns']

/** The subject of one proof of `solvency`, and what is claimed of it. */
interface SolvencyCase {
  name: string
  epoch: bigint
  /** How many batches the run has, and of which run it is: the first states differ. */
  batches: number
  run: string
  takenAt: bigint
  /** What the proof was made for, and what the caller claims where it is something else. */
  context: SolvencyContext
  table: Columns
  /** The table that the proof evaluates; the claim shows the other one. */
  evaluated: Columns
  /** The policy that the proof is for. */
  policy: string
  reservesCommitment: bigint
}

const START = 1_800_000_000n
const CHAIN = 31_337n
const VENUE = 'Example Exchange'
const OTHER_VENUE = 'Other Exchange'
const DEPLOYER = address('registry deployer')
/** The registries of the tests are the first and the second contract of this account. */
const REGISTRY = getContractAddress({ from: DEPLOYER, nonce: 0n })
const OTHER_REGISTRY = getContractAddress({ from: DEPLOYER, nonce: 1n })
/** A gate that reads from the registry: the third contract of that account. */
const GATE = getContractAddress({ from: DEPLOYER, nonce: 2n })
const TRADER = address('trader')
const LABEL = toHex('over a registry', { size: 32 })
/** Of tests alone: they sign with it and nothing else does. */
const OPERATOR = privateKeyToAccount(keccak256(toHex('operator')))
const STRANGER = privateKeyToAccount(keccak256(toHex('not the operator')))
/** As many proofs as the gas of one call is measured for. */
const MANY = 32

const sha = (what: string) => keccak256(toHex(what)).slice(2)
const number = (what: string) => BigInt(keccak256(toHex(what))) >> 8n

function columns(spots: number, derivatives: number, names: readonly string[], requirements = 0): Columns {
  const marks = Array.from({ length: spots + derivatives }, (_, i) => {
    const mark = (number(`mark ${i}`) % 10n ** 12n) + 1n
    return i >= spots && i % 2 === 1 ? -mark : mark
  })
  return {
    sizes: { spots, derivatives, tiers: 0, scenarios: names.length },
    marks,
    scenarios: names.map((name, s) => ({
      name: packText(name),
      requirement: ((requirements >> s) & 1) === 1,
      values: [],
    })),
  }
}

const NAMES = ['march 2020', 'november 2022', 'october 2025', '']
const TABLE = columns(4, 2, NAMES)

/** Reserves that are backed by what addresses show, and by more. */
const BACKED = backing()
const EVIDENCE = [
  { name: 'evidence', shown: SHOWN },
  { name: 'more evidence', shown: SHOWN.with(0, SHOWN[0]! + 1n) },
]

const CONTEXT = {
  venue: VENUE,
  chainId: CHAIN,
  contract: REGISTRY,
  policy: sha('policy'),
  riskTable: sha('risk table'),
}

function solvencyCase(name: string, epoch: bigint, change: Partial<SolvencyCase> = {}): SolvencyCase {
  const table = change.table ?? TABLE
  return {
    name,
    epoch,
    batches: 3,
    run: `run of ${epoch}`,
    takenAt: START + (epoch - 7n) * 3_600n - 60n,
    context: { ...CONTEXT, epoch: `${epoch}` },
    table,
    evaluated: table,
    policy: 'policy',
    reservesCommitment: number(`reserves of ${epoch}`),
    ...change,
  }
}

const context = (epoch: bigint, change: Partial<SolvencyContext>): SolvencyContext => ({
  ...CONTEXT,
  epoch: `${epoch}`,
  ...change,
})

const doubled: Columns = { ...TABLE, marks: TABLE.marks.map((mark) => 2n * mark) }

const CASES: SolvencyCase[] = [
  solvencyCase('first', 7n),
  solvencyCase('next', 8n, { context: context(8n, { previous: sha('manifest of 7') }) }),
  solvencyCase('third', 9n, { context: context(9n, { previous: sha('manifest of 8') }) }),
  solvencyCase('for another chain', 7n, { context: context(7n, { chainId: 1n }) }),
  solvencyCase('for another registry', 7n, { context: context(7n, { contract: OTHER_REGISTRY }) }),
  solvencyCase('for no contract', 7n, {
    context: { venue: VENUE, epoch: '7', policy: CONTEXT.policy, riskTable: CONTEXT.riskTable },
  }),
  solvencyCase('of another venue', 7n, { context: context(7n, { venue: OTHER_VENUE }) }),
  solvencyCase('of an odd label', 7n, { context: context(7n, { epoch: '07' }) }),
  solvencyCase('of another waterfall', 7n, { context: context(7n, { policy: sha('another policy') }) }),
  solvencyCase('of a weaker policy', 7n, { policy: 'weaker policy' }),
  solvencyCase('over false marks', 7n, { evaluated: doubled }),
  solvencyCase('of the run of another epoch', 7n, { run: 'run of 8' }),
  solvencyCase('of books of the future', 7n, { takenAt: START + 1_000n }),
  solvencyCase('of old books', 7n, { takenAt: START - 90_000n }),
  solvencyCase('of the same books', 8n, { takenAt: START - 60n }),
  solvencyCase('without scenarios', 7n, { table: columns(4, 2, []) }),
  solvencyCase('with a scenario that is a requirement', 7n, { table: columns(4, 2, NAMES, 0b010) }),
  solvencyCase('backed', 7n, { reservesCommitment: BACKED.signals.reservesCommitment }),
  solvencyCase('of 64 marks', 7n, { table: columns(64, 0, NAMES) }),
]

/** States of a run: the first is that of no batch. */
const statesOf = (run: string, batches: number) =>
  Array.from({ length: batches + 1 }, (_, i) => number(`${run}, state ${i}`))

const riskRootOf = ({ name, epoch, evaluated, takenAt, table }: SolvencyCase) =>
  evaluated === table && table === TABLE && takenAt === START + (epoch - 7n) * 3_600n - 60n
    ? number(`risk root of ${epoch}`)
    : number(`risk root: ${name}`)

function signalsOf(each: SolvencyCase): bigint[] {
  const { run, batches, takenAt, table, evaluated } = each
  const states = statesOf(run, batches)
  const riskRoot = riskRootOf(each)
  const point = tablePoint({ riskRoot, timestamp: takenAt, columns: table })
  const signals: SolvencySignals = {
    firstState: states[0]!,
    state: states.at(-1)!,
    accountsRoot: number(`accounts of ${each.epoch}`),
    riskRoot,
    reservesCommitment: each.reservesCommitment,
    policy: number(each.policy),
    context: solvencyContext(each.context),
    timestamp: takenAt,
    point,
    tableAtPoint: tableAtPoint(evaluated, point),
  }
  return SOLVENCY_SIGNALS.map((name) => signals[name])
}

type Prove = (key: Artifacts, signals: readonly bigint[]) => Promise<Proven>

interface Keys {
  /** Two keys of `ledger`, and the keys of `solvency` and `backing`. */
  ledger: Artifacts
  otherLedger: Artifacts
  solvency: Artifacts
  backing: Artifacts
  /** The shipped `backing-tiny`. */
  realBacking: Artifacts
  margin: Artifacts
}

/**
 * What the tests of the registry read: real proofs with the signals of `ledger` and `solvency`, openings that
 * an operator signed as `plimsoll epoch sign` has it, and values to compare.
 *
 * @param prove makes a proof with these public signals
 */
export async function registryFixtures(keys: Keys, prove: Prove) {
  const fold = async (key: Artifacts, states: readonly bigint[]) => {
    const proofs: string[] = []
    for (let i = 1; i < states.length; i++) {
      proofs.push(...proofWords((await prove(key, states.slice(i - 1, i + 1))).proof).map(String))
    }
    return { states: states.map(String), proofs }
  }
  const runs: Record<string, Awaited<ReturnType<typeof fold>>> = {}
  for (const epoch of [7n, 8n, 9n]) {
    runs[`run${epoch}`] = await fold(keys.ledger, statesOf(`run of ${epoch}`, 3))
  }
  // The first run again, under another key.
  const mixed = await fold(keys.otherLedger, statesOf('run of 7', 3))
  const many = await fold(keys.ledger, statesOf('a long run', MANY))

  const proven: Proven[] = []
  for (const each of CASES) proven.push(await prove(keys.solvency, signalsOf(each)))
  const list = <T>(value: (each: SolvencyCase) => T) => CASES.map(value)
  const bytes32 = (digest: string | undefined): Hex => `0x${digest ?? '00'.repeat(32)}`
  return {
    start: `${START}`,
    chainId: `${CHAIN}`,
    deployer: DEPLOYER,
    operator: OPERATOR.address,
    venue: VENUE,
    policy: { digest: `${number('policy')}`, text: bytes32(CONTEXT.policy) },
    scenarios: NAMES.slice(0, 3).map((name) => `${packText(name)}`),
    runs: { ...runs, mixed, many },
    forgeries: Object.fromEntries(
      await Promise.all(
        Object.entries(keys).map(async ([name, key]: [string, Artifacts]) => {
          const { proof, publicSignals } = await forgeryOf(key.verificationKey)
          return [name, { proof: proofWords(proof).map(String), signals: publicSignals.map(String) }] as const
        }),
      ),
    ),
    margins: await margins(keys.margin, prove),
    backings: await backings(keys, prove),
    cases: {
      names: list(({ name }) => name),
      epochs: list(({ epoch }) => `${epoch}`),
      proofs: proven.map(({ proof }) => proofWords(proof).map(String)),
      signals: proven.map(({ publicSignals }) => publicSignals.map(String)),
      takenAt: list(({ takenAt }) => `${takenAt}`),
      riskTables: list((each) => bytes32(each.context.riskTable)),
      previous: list((each) => bytes32(each.context.previous)),
      layouts: list(({ table }) => `${tableLayout(table)}`),
      marks: list(({ table }) => table.marks.map((mark) => `${toField(mark)}`)),
      tableNames: list(({ table }) => table.scenarios.map(({ name }) => `${name}`)),
      openings: await openings(),
    },
  }
}

/** Values that the registry has to compute as this package does. */
export function registryValues() {
  return { tables: tables(), contexts: contexts() }
}

/**
 * Real proofs of `backing` for the first epoch, by two sets of evidence; under another key, the first again
 * and one by the same files of evidence that show something else.
 */
async function backings(keys: Keys, prove: Prove) {
  const accountsRoot = number('accounts of 7')
  const solvency = solvencyContext({ ...CONTEXT, epoch: '7' })
  const witnesses = EVIDENCE.map(({ name, shown }) => {
    const witness = backing({ shown })
    const context = backingContext({ solvency, accountsRoot, evidenceHash: sha(name) })
    return { ...witness, signals: { ...witness.signals, context } }
  })
  const proven: Proven[] = []
  for (const witness of witnesses) {
    proven.push(await snarkjsProver.prove(keys.realBacking, backingInputs(witness)))
  }
  proven.push(await prove(keys.backing, proven[0]!.publicSignals))
  // The context of the first, and the evidence of the second.
  proven.push(await prove(keys.backing, proven[0]!.publicSignals.with(1, proven[1]!.publicSignals[1]!)))
  const others = Array.from({ length: 12 }, (_, i) => ({
    solvency: number(`context ${i}`),
    accountsRoot: [0n, FIELD_ORDER - 1n][i] ?? number(`accounts ${i}`),
    evidenceHash: sha(`evidence ${i}`),
  }))
  return {
    accountsRoot: `${accountsRoot}`,
    riskTable: `0x${CONTEXT.riskTable}`,
    evidenceHashes: EVIDENCE.map(({ name }) => `0x${sha(name)}`),
    proofs: proven.map(({ proof }) => proofWords(proof).map(String)),
    signals: proven.map(({ publicSignals }) => publicSignals.map(String)),
    contexts: {
      solvency: others.map(({ solvency }) => `${solvency}`),
      accountsRoots: others.map(({ accountsRoot }) => `${accountsRoot}`),
      evidenceHashes: others.map(({ evidenceHash }) => `0x${evidenceHash}`),
      values: others.map((each) => `${backingContext(each)}`),
    },
  }
}

/** A margin proof of one account in each of two epochs, for the gate. */
async function margins(key: Artifacts, prove: Prove) {
  const proofs: string[][] = []
  const expiry = START + 400_000n
  for (const each of CASES.slice(0, 2)) {
    const nonce = each.epoch
    const signals = {
      accountsRoot: number(`accounts of ${each.epoch}`),
      riskRoot: riskRootOf(each),
      requirement: number('requirement'),
      domain: marginDomain({ chainId: CHAIN, contract: GATE, label: LABEL }),
      handle: number('handle'),
      context: marginContext({ chainId: CHAIN, contract: GATE, caller: TRADER, nonce, expiry }),
    }
    const { proof } = await prove(
      key,
      MARGIN_SIGNALS.map((name) => signals[name]),
    )
    proofs.push(proofWords(proof).map(String))
  }
  return {
    label: LABEL,
    trader: TRADER,
    expiry: `${expiry}`,
    requirement: `${number('requirement')}`,
    handle: `${number('handle')}`,
    proofs,
  }
}

/** An opening of each case, by its operator and by a stranger, with the hash that was signed. */
async function openings() {
  const all: {
    digest: Hex
    signature: Hex
    byStranger: Hex
    riskRoot: string
    manifest: Hex
    uri: string
  }[] = []
  for (const each of CASES) {
    const manifest = sha(`manifest of ${each.epoch}`)
    const riskRoot = `${riskRootOf(each)}`
    const uri = each.epoch === 8n ? '' : `https://example.org/epochs/${each.epoch}`
    const data = typedDataOf(
      epochSigned(
        {
          venue: VENUE,
          epoch: `${each.epoch}`,
          riskRoot,
          target: { chainId: `${CHAIN}`, contract: REGISTRY },
        },
        { manifest, uri, deadline: Number(START + 100_000n) },
      ),
    ) as Parameters<typeof OPERATOR.signTypedData>[0]
    all.push({
      digest: hashTypedData(data as Parameters<typeof hashTypedData>[0]),
      signature: await OPERATOR.signTypedData(data),
      byStranger: await STRANGER.signTypedData(data),
      riskRoot,
      manifest: `0x${manifest}`,
      uri,
    })
  }
  return {
    deadline: `${START + 100_000n}`,
    digests: all.map(({ digest }) => digest),
    signatures: all.map(({ signature }) => signature),
    byStranger: all.map(({ byStranger }) => byStranger),
    riskRoots: all.map(({ riskRoot }) => riskRoot),
    manifests: all.map(({ manifest }) => manifest),
    uris: all.map(({ uri }) => uri),
  }
}

/** Tables of many shapes, with the point and the value that a contract must come to. */
function tables() {
  const all = Array.from({ length: 40 }, (_, i) => {
    const names = Array.from({ length: i % 17 }, (_, s) => (s === 16 ? '' : `scenario ${i} ${s}`))
    const table = columns(
      [0, 1, 64, 256, i][i % 5]!,
      [0, 3, 1][i % 3]!,
      names,
      Number(number(`flags ${i}`) & 0xffffn),
    )
    const riskRoot = [0n, 1n, FIELD_ORDER - 1n][i] ?? number(`risk root ${i}`)
    const timestamp = [0n, 1n][i] ?? START + BigInt(i)
    const point = tablePoint({ riskRoot, timestamp, columns: table })
    return { riskRoot, timestamp, table, point, value: tableAtPoint(table, point) }
  })
  return {
    riskRoots: all.map(({ riskRoot }) => `${riskRoot}`),
    takenAt: all.map(({ timestamp }) => `${timestamp}`),
    layouts: all.map(({ table }) => `${tableLayout(table)}`),
    marks: all.map(({ table }) => table.marks.map((mark) => `${toField(mark)}`)),
    names: all.map(({ table }) => table.scenarios.map(({ name }) => `${name}`)),
    points: all.map(({ point }) => `${point}`),
    values: all.map(({ value }) => `${value}`),
  }
}

/** Venues, epochs and targets of many kinds, with the context that a contract must come to. */
function contexts() {
  const all = Array.from({ length: 24 }, (_, i) => {
    const context = {
      venue: ['A', 'x'.repeat(64), 'It\'s "one"'][i] ?? `Venue ${i}`,
      epoch: `${[1n, 2n ** 48n - 1n][i] ?? number(`epoch ${i}`) >> BigInt(200 + 2 * i)}`,
      chainId: [1n, 2n ** 63n - 1n][i] ?? (number(`chain ${i}`) >> 200n) + 1n,
      contract: address(`registry ${i}`),
      policy: sha(`policy ${i}`),
      riskTable: sha(`table ${i}`),
      ...(i % 2 === 0 ? {} : { previous: sha(`previous ${i}`) }),
    }
    return { ...context, context: solvencyContext(context) }
  })
  return {
    venues: all.map(({ venue }) => venue),
    epochs: all.map(({ epoch }) => epoch),
    chainIds: all.map(({ chainId }) => `${chainId}`),
    contracts: all.map(({ contract }) => contract),
    policies: all.map(({ policy }) => `0x${policy}`),
    riskTables: all.map(({ riskTable }) => `0x${riskTable}`),
    previous: all.map(({ previous }) => `0x${previous ?? '00'.repeat(32)}`),
    contexts: all.map(({ context }) => `${context}`),
  }
}

/** An address that nobody has the key of. */
function address(name: string): Address {
  return `0x${keccak256(toHex(name)).slice(26)}` as Hex
}
