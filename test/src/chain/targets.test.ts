import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Address, getContractAddress } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../../../src/audit/index.js'
import { policyHash } from '../../../src/bundle/index.js'
import { BACKING_REGISTER_ABI } from '../../../src/chain/generated/abi.js'
import {
  type ChainConnection,
  chainConfigSchema,
  connectChain,
  deploySystem,
  type LocalChain,
  openSolvencyRegistry,
  planPublication,
  publishEpoch,
  startLocalChain,
} from '../../../src/chain/index.js'
import { type Manifest, openEpoch, readManifest, type VerifiedEpoch } from '../../../src/epoch/index.js'
import { folderSource, readPins, readReserves, readRiskTable } from '../../../src/inputs/index.js'
import { readLedger } from '../../../src/ledger/index.js'
import { type Artifacts, ensureArtifacts, terminateProving, wasmProver } from '../../../src/proving/index.js'
import { formatJson } from '../../../src/schema/index.js'
import { FULL_RESERVES, SOLVENCY_SIGNALS } from '../../../src/statements/index.js'
import {
  createSigningKey,
  proveBacking,
  proveLedger,
  proveSolvency,
  readSigningKey,
  retargetEpoch,
  signEpoch,
} from '../../../src/venue/index.js'
import { plimsollIn, TEST_CACHE, temporaryFolder } from '../../helpers/cli.js'
import { EXAMPLES } from '../../helpers/commands.js'
import { MOMENT, madeUpEvidence } from '../../helpers/evidence.js'
import { TERMS } from '../../helpers/registry.js'

const VENUE = 'Example'
const INSTANCES = { 'ledger-tiny': 'ledger', 'solvency-tiny': 'solvency', 'backing-tiny': 'backing' } as const
const STEPS = ['opening epoch 7', 'batch 0 of ledger-tiny', 'the proof of backing', 'the proof of solvency']
const FINAL = { confirmations: 1 }

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)
const write = (path: string, text: string | Uint8Array) => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}
const RESERVES = 'examples/venue/reserves.json'
const artifacts = new Map<string, Artifacts>()
const proving = {
  privateFolder: at('epoch.private'),
  reserves: (table: Parameters<typeof readReserves>[1]) => readReserves(at(RESERVES), table),
  artifacts: async (instance: string) => artifacts.get(instance)!,
  prover: wasmProver,
}

let local: LocalChain
let chain: ChainConnection
/** The registry that the books are proven for, and another one. */
let registries: Address[]
let registers: Address[]
let backed: VerifiedEpoch

beforeAll(async () => {
  local = await startLocalChain(['--timestamp', `${MOMENT + 60}`])
  chain = await connectChain(local.rpcUrl)
  const from = chain.writer!.account.address
  // The second contract of each deployment, which takes 13 transactions.
  registries = [1n, 14n].map((nonce) => getContractAddress({ from, nonce }))
  for (const name of Object.keys(INSTANCES)) {
    artifacts.set(name, await ensureArtifacts(name, { cacheDir: TEST_CACHE }))
  }
  await createSigningKey(at('operator.json'))
  await proveBooks({ chainId: `${chain.chainId}`, contract: registries[0]!.toLowerCase() })
  await deploy()
  backed = await signed('epoch')
})
afterAll(async () => {
  await terminateProving()
  await local?.stop()
})

/** Books whose reserves are exactly what the made-up addresses show. */
async function proveBooks(target: Manifest['target']): Promise<void> {
  const spot = (symbol: string, decimals: number, mark: string) => ({ symbol, kind: 'spot', decimals, mark })
  const about = { schema: 'plimsoll/risk-table/1', timestamp: MOMENT, quote: 'USD', valueDecimals: 18 }
  const instruments = [spot('USDC', 6, '1'), spot('ETH', 8, '3000')]
  write('risk.json', JSON.stringify({ ...about, instruments, scenarios: [] }))
  write('accounts.csv', 'account_id,instrument,quantity\nann,ETH,2\nbob,USDC,2.5\n')
  const held = { schema: 'plimsoll/reserves/1', reserves: { ETH: '3.1', USDC: '2.500007' } }
  write(RESERVES, JSON.stringify(held))
  write('other.json', JSON.stringify({ ...held, reserves: { ...held.reserves, ETH: '3.0' } }))
  const pins = [...artifacts].map(([name, { keyHash, circuitHash, keyKind }]) => [
    name,
    { keyHash, circuitHash, keyKind },
  ])
  write('pins.json', formatJson({ schema: 'plimsoll/pins/2', keys: Object.fromEntries(pins) }))

  const table = await readRiskTable(at('risk.json'))
  const ledger = await readLedger(at('accounts.csv'), table)
  try {
    await proveLedger({
      ...{ ...proving, folder: at('epoch'), venue: VENUE, epoch: '7', target, table, ledger },
      instances: ['ledger-tiny', 'solvency-tiny'],
    })
  } finally {
    await ledger.close()
  }
  const own = { ...proving, folder: at('epoch') }
  const { manifest } = await proveSolvency({ ...own, policy: FULL_RESERVES })
  const { accountsRoot } = manifest.parts.solvency!
  const { folder: evidence } = await madeUpEvidence({ challenge: { venue: VENUE, epoch: '7', accountsRoot } })
  for (const [path, bytes] of evidence.files) write(`epoch/reserves/${path}`, bytes)
  await proveBacking(own)
}

/** Two deployments that know keys and venue, and demand backing. */
async function deploy(): Promise<void> {
  const manifest = await readManifest(folderSource(at('epoch')))
  const { address: operator } = await readSigningKey(at('operator.json'))
  const policy = { digest: manifest.parts.solvency!.policy, text: policyHash(FULL_RESERVES) }
  const config = chainConfigSchema.parse({
    ...{ schema: 'plimsoll/chain-config/1', admin: `0x${'a1'.repeat(20)}` },
    ...{ riskRegister: null, circuitBreaker: null, insuranceFund: null },
    keys: [...artifacts.keys()].map((instance) => ({
      ...{ instance, from: MOMENT, until: MOMENT + 1_000_000 },
    })),
    venues: [{ name: VENUE, operator, terms: TERMS, policy, guards: ['backing'] }],
  })
  const keys = [...artifacts.values()].map((key) => ({
    ...{ key, keyHash: key.keyHash, statement: key.instance.statement },
  }))
  registers = []
  for (const [i, expected] of registries.entries()) {
    const out = at(`deployment-${i}.json`)
    const { deployment, status } = await deploySystem(
      chain,
      { config, keys, out, overwrite: false },
      () => {},
    )
    expect(status.differences).toEqual([])
    const { solvencyRegistry, backingRegister } = deployment.contracts
    expect(solvencyRegistry.address).toBe(expected.toLowerCase())
    registers.push(backingRegister!.address as Address)
  }
}

/** The epoch in a folder, with the signature of the venue. */
async function signed(name: string): Promise<VerifiedEpoch> {
  const key = await readSigningKey(at('operator.json'))
  await signEpoch({ folder: at(name), key, deadline: MOMENT + 100_000 })
  const pins = await readPins(at('pins.json'))
  const { report, epoch } = await openEpoch(folderSource(at(name)), { pins, now: MOMENT })
  expect(report.checks.filter(({ valid }) => !valid)).toEqual([])
  return epoch!
}
const blocks = () => chain.reader.getBlockNumber({ cacheTime: 0 })
const copyOf = (name: string, from: string) => {
  rmSync(at(name), { recursive: true, force: true })
  cpSync(at(from), at(name), { recursive: true })
}

describe('a proof that real evidence backs the reserves (publish.9)', () => {
  test('is not replaced by another one: the register would refuse that, and nothing is sent', async () => {
    const [other] = backed.proofs
    const proofs = backed.proofs.map((one) =>
      one.instance === 'backing-tiny' ? { ...one, proof: other!.proof } : one,
    )
    const before = await blocks()
    const about = { chain, registry: registries[0]!, epoch: { ...backed, proofs } }
    await expect(planPublication(about)).rejects.toMatchObject({
      ...{
        code: 'REGISTRY_REFUSED',
        message: expect.stringMatching(/the proof of backing: .*ProofRejected/),
      },
    })
    expect(await blocks()).toBe(before)
  })

  test('is brought to the register, the epoch is final, and once more nothing is sent', async () => {
    const about = { chain, registry: registries[0]!, epoch: backed, finality: FINAL }
    const { transactions, status } = await publishEpoch(about)
    expect(transactions.map(({ step }) => step)).toEqual(STEPS)
    expect(status.state).toBe('solvent')
    const sent = await chain.reader.getTransaction({ hash: transactions[2]!.transaction })
    expect(sent.to).toBe(registers[0]!.toLowerCase())
    expect(await backedUnder(0, backed)).toBe(`0x${backed.manifest.keys['backing-tiny']!.keyHash}`)
    expect((await publishEpoch(about)).transactions).toEqual([])
  })
})

/** The key under which a register knows that an epoch's reserves are backed. */
async function backedUnder(which: number, { proofs }: VerifiedEpoch): Promise<string> {
  const { publicSignals } = proofs.find(({ instance }) => instance === 'solvency-tiny')!
  const signals = ['context', 'accountsRoot', 'reservesCommitment'] as const
  const args = signals.map((name) => publicSignals[SOLVENCY_SIGNALS.indexOf(name)]!)
  return chain.reader.readContract({
    ...{ address: registers[which]!, abi: BACKING_REGISTER_ABI, functionName: 'backedUnder' },
    args: args as [bigint, bigint, bigint],
  })
}

describe('one ledger is published to two registries (publish.10)', () => {
  const retarget = (changes: Partial<Parameters<typeof retargetEpoch>[0]> = {}) =>
    retargetEpoch({
      ...{ ...proving, from: at('epoch'), folder: at('refused') },
      target: { chainId: `${chain.chainId}`, contract: registries[1]!.toLowerCase() },
      ...changes,
    })

  test('what is not its books, or not another target, is refused before anything is made', async () => {
    const own = { chainId: `${chain.chainId}`, contract: registries[0]! }
    const foreign = at('foreign')
    cpSync(at('epoch/manifest.json'), join(foreign, 'manifest.json'))
    const cases: [Parameters<typeof retarget>[0], string, string][] = [
      [{ target: own }, 'EPOCH_DONE', 'for this target already'],
      [{ target: { ...own, chainId: '0x1' } }, 'EPOCH_TARGET', 'whole number'],
      [{ folder: at('epoch/copy') }, 'EPOCH_FOLDERS', 'in one another'],
      [{ folder: at('epoch.private/copy') }, 'EPOCH_FOLDERS', 'in one another'],
      [{ folder: foreign }, 'EPOCH_OTHER_RUN', 'other books, or for another target'],
      [{ from: at('nothing') }, 'EPOCH_MISSING', 'no epoch'],
      [{ privateFolder: at('epoch') }, 'EPOCH_PRIVATE', 'epoch.json'],
      [
        { reserves: (table) => readReserves(at('other.json'), table) },
        'DISCLOSE_RESERVES',
        'not the reserves',
      ],
    ]
    for (const [changes, code, words] of cases) {
      await expect(retarget(changes), code).rejects.toMatchObject({
        ...{ code, message: expect.stringContaining(words) },
      })
    }
    expect(() => readFileSync(at('refused/manifest.json'))).toThrow('ENOENT')
    // A target that nobody named to the private folder stays one that nothing is proven for.
    copyOf('renamed', 'epoch')
    const manifest: Manifest = JSON.parse(readFileSync(at('renamed/manifest.json'), 'utf8'))
    const renamed = { ...manifest, target: { ...own, contract: registries[1]!.toLowerCase() } }
    write('renamed/manifest.json', formatJson(renamed))
    await expect(
      proveSolvency({ ...proving, folder: at('renamed'), policy: FULL_RESERVES, force: true }),
    ).rejects.toMatchObject({ code: 'EPOCH_OTHER_RUN' })
  })

  test('a copy for the second one has the same ledger and commitments, and is final there as well', async () => {
    const { words } = EXAMPLES.find(({ shownBy }) => shownBy === 'epoch retarget')!
    const own = words.map((word) =>
      word === '10' ? `${chain.chainId}` : word.replace(/^0x[0-9a-fA-F]{40}$/, registries[1]!),
    )
    const made = await plimsollIn(folder, ...own.slice(1))
    expect(made, made.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--compare epoch-10'),
    })
    await expect(retarget({ folder: at('epoch-10') })).rejects.toMatchObject({ code: 'EPOCH_DONE' })
    expect(readFileSync(at('epoch-10/ledger/0000/0000000.json'))).toEqual(
      readFileSync(at('epoch/ledger/0000/0000000.json')),
    )

    const copy = await signed('epoch-10')
    expect(copy.manifest.parts).toEqual(backed.manifest.parts)
    const about = { chain, registry: registries[1]!, epoch: copy, finality: FINAL }
    await expect(publishEpoch({ ...about, epoch: backed })).rejects.toMatchObject({ code: 'REGISTRY_EPOCH' })
    const { transactions, status } = await publishEpoch(about)
    expect(transactions.map(({ step }) => step)).toEqual(STEPS)
    expect(status.state).toBe('solvent')
    expect(await backedUnder(1, copy)).not.toBe(`0x${'0'.repeat(64)}`)
    expect(await backedUnder(1, backed), 'of the other target').toBe(`0x${'0'.repeat(64)}`)
    const first = await openSolvencyRegistry(chain, registries[0]!)
    expect((await first.status(VENUE)).state).toBe('solvent')
  })

  test('an auditor is told that both are the same books, or what contradicts it', async () => {
    const audited = async (options: Partial<Parameters<typeof audit>[1]>, name = 'epoch') =>
      audit(folderSource(at(name)), {
        ...{ pins: await readPins(at('pins.json')), now: MOMENT, development: true, version: '0' },
        ...options,
      })
    const compared = async (change?: (manifest: Manifest) => void) => {
      if (change !== undefined) {
        const manifest: Manifest = JSON.parse(readFileSync(at('changed/manifest.json'), 'utf8'))
        change(manifest)
        write('changed/manifest.json', formatJson(manifest))
      }
      const copy = folderSource(at(change === undefined ? 'epoch-10' : 'changed'))
      const { procedures, exitCode } = await audited({ copy })
      const { outcome, finding } = procedures.find(({ id }) => id === 'compare')!
      return { outcome, finding, exitCode }
    }
    const same = await compared()
    expect(same).toMatchObject({ outcome: 'passed', exitCode: 0 })
    expect(same.finding).toContain(`the same books for two targets: ${registries[0]!.toLowerCase()} on chain`)
    expect(same.finding).toContain('12 files, all of them alike')

    // In a folder of published epochs, a copy is no second history, whichever is audited.
    const inHistory = async (head: string, other: string) => {
      const { procedures, exitCode } = await audited({ history: [folderSource(at(other))] }, head)
      const past = procedures.filter(({ id }) => id.startsWith('history'))
      return { exitCode, past: past.map(({ outcome, finding }) => [outcome, finding]) }
    }
    for (const [head, other] of [
      ['epoch', 'epoch-10'],
      ['epoch-10', 'epoch'],
    ] as const) {
      expect(await inHistory(head, other)).toEqual({
        exitCode: 0,
        past: [
          [
            'passed',
            expect.stringMatching(/^the same books for two targets: .*12 files, all of them alike$/),
          ],
          ['passed', '1 epochs, one way back to the first'],
        ],
      })
    }

    const liar = async (name: string, change: (manifest: Manifest) => void, lie?: () => void) => {
      copyOf('changed', 'epoch-10')
      lie?.()
      const { finding, ...rest } = await compared(change)
      expect(rest, name).toEqual({ outcome: 'exception', exitCode: 1 })
      const { exitCode, past } = await inHistory('epoch', 'changed')
      expect([exitCode, past[0]![0]], name).toEqual([1, 'exception'])
      return finding
    }
    const none = () => {}
    // A manifest of other books, which says so.
    for (const field of ['reservesCommitment', 'accountsRoot', 'policy'] as const) {
      const said = await liar(field, ({ parts }) => {
        parts.solvency![field] = '7'
      })
      expect(said).toContain(`not of the same books: parts.solvency.${field}`)
    }
    const states = await liar('states', (manifest) => {
      manifest.parts.ledger.state = '7'
      manifest.previous = 'ab'.repeat(32)
    })
    expect(states).toContain('not of the same books: parts.ledger.state, previous')
    // One that says the same, over other files.
    const batch = 'ledger/0000/0000000.json'
    const bytes = await liar('ledger', none, () =>
      write(`changed/${batch}`, `${readFileSync(at('epoch', batch), 'utf8')} `),
    )
    expect(bytes).toContain(`${batch}: the first difference is in line`)
    const more = await liar('more', none, () => write('changed/reserves/more.json', '{}'))
    expect(more).toBe('reserves/more.json: only the copy has it')
    // One that says the same, over a proof for no such target.
    for (const file of ['solvency.json', 'backing.json']) {
      const proof = await liar(file, none, () => cpSync(at('epoch', file), at('changed', file)))
      expect(proof).toMatch(new RegExp(`^the copy, for .*, is not valid: .*${file.replace('.json', '')}`))
    }
    // What is said of liquidations in it alone is verified, too.
    const short = await liar('liquidation', none, () => {
      mkdirSync(at('changed/liquidations'))
      write(`changed/liquidations/${'0'.repeat(63)}1.json`, '{}')
    })
    expect(short).toMatch(/^the copy, for .*, is not valid: liquidation:0000000000000000: /)
  })
})
