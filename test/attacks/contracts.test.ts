import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as snarkjs from 'snarkjs'
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  type Address,
  type Hex,
  keccak256,
  type LocalAccount,
  toBytes,
  toHex,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { provePowers, proveSignals, testKey } from '../../scripts/contract-fixtures/statements.js'
import { mutantsOf } from '../../scripts/soundness/contracts/mutants.js'
import { nameOf } from '../../scripts/soundness/contracts/mutation.js'
import { UNNOTICED } from '../../scripts/soundness/contracts/unnoticed.js'
import { typedDataOf } from '../../src/bundle/index.js'
import { contractSources } from '../../src/chain/contracts.js'
import {
  type ChainConnection,
  type CompiledContract,
  compileSolidity,
  connectChain,
  deployVerifier,
  type LocalChain,
  proofWords,
  requirementId,
  startLocalChain,
  venueId,
  verifierSource,
} from '../../src/chain/index.js'
import { epochSigned } from '../../src/epoch/index.js'
import { forgeryOf, type Proven, verificationKeyHash } from '../../src/groth16/index.js'
import { type Artifacts, terminateProving } from '../../src/proving/index.js'
import { tableLayout } from '../../src/risk/index.js'
import {
  LIQUIDATION_SIGNALS,
  liquidationContext,
  MARGIN_SIGNALS,
  marginContext,
  marginDomain,
  SOLVENCY_SIGNALS,
  solvencyContext,
  tableAtPoint,
  tablePoint,
} from '../../src/statements/index.js'

const CONTRACTS = fileURLToPath(new URL('../../contracts', import.meta.url))
const TEMPLATE = fileURLToPath(
  new URL('../../node_modules/snarkjs/templates/verifier_groth16.sol.ejs', import.meta.url),
)
const OWN = readdirSync(CONTRACTS, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.sol'),
)
const MANAGER = '@openzeppelin/contracts/access/manager/AccessManager.sol'
/** Every Solidity file of the package and what it imports, by its path; and those of the package alone. */
const SOURCES = await contractSources(OWN)
const OWN_SOURCES = Object.fromEntries(OWN.map((path) => [path, SOURCES[path]!]))

let local: LocalChain
let chain: ChainConnection
/** Accounts of the local chain, by what they are to a contract; the strangers are nothing to it. */
let owner: Address
let heir: Address
let trader: Address
let lender: Address
let strangers: Address[]

beforeAll(async () => {
  local = await startLocalChain()
  chain = await connectChain(local.rpcUrl)
  const accounts = (await chain.reader.request({ method: 'eth_accounts' } as never)) as Address[]
  ;[owner, heir, trader, lender, ...strangers] = accounts as [
    Address,
    Address,
    Address,
    Address,
    ...Address[],
  ]
  expect(strangers.length).toBeGreaterThan(1)
})

afterAll(async () => {
  await local?.stop()
  await terminateProving()
})

async function deploy(
  { abi, bytecode }: Pick<CompiledContract, 'abi' | 'bytecode'>,
  args: unknown[] = [],
): Promise<Address> {
  const hash = await chain.writer!.deployContract({ abi, bytecode, args })
  const { contractAddress } = await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  return contractAddress!
}

interface Call {
  address: Address
  abi: Abi
  functionName: string
  args: readonly unknown[]
  value?: bigint
}

/** Sends a transaction from one of the chain's own accounts. */
async function send(from: Address | LocalAccount, call: Call): Promise<boolean> {
  const hash = await chain.writer!.writeContract({ ...call, account: from })
  const { status } = await chain.reader.waitForTransactionReceipt({ hash, pollingInterval: 50 })
  return status === 'success'
}

/** Whether a call from this account would go through. */
function goesThrough(from: Address, call: Call): Promise<boolean> {
  return chain.reader.simulateContract({ ...call, account: from }).then(
    () => true,
    () => false,
  )
}

describe('S02: a contract that inherits a verifier (proof.9)', () => {
  let key: Artifacts
  let invalid: Proven

  beforeAll(async () => {
    key = await testKey('squares-1')
    const honest = await provePowers(key, [5n])
    invalid = { proof: honest.proof, publicSignals: [26n] }
  })

  test('S02: inheriting the common one keeps its write with an invalid proof: the attack works there', async () => {
    const { zKey } = snarkjs as unknown as {
      zKey: { exportSolidityVerifier(zkey: string, templates: { groth16: string }): Promise<string> }
    }
    const common = await zKey.exportSolidityVerifier(key.zkey, { groth16: readFileSync(TEMPLATE, 'utf8') })
    const heirs = `pragma solidity ^0.8.25;
      import {Groth16Verifier} from "./Common.sol";
      contract Recorder is Groth16Verifier {
        mapping(uint256 => bool) public recorded;
        function submit(uint256[2] calldata a, uint256[2][2] calldata b, uint256[2] calldata c, uint256[1] calldata signals) external {
          recorded[signals[0]] = true;
          require(verifyProof(a, b, c, signals), "invalid");
        }
      }`
    const compiled = await compileSolidity({ 'Common.sol': common, 'R.sol': heirs }, 'R.sol', 'Recorder')
    const address = await deploy(compiled)
    const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proofWords(invalid.proof)
    const args = [
      [ax, ay],
      [
        [bx1, bx0],
        [by1, by0],
      ],
      [cx, cy],
      invalid.publicSignals,
    ]
    expect(await send(trader, { address, abi: compiled.abi, functionName: 'submit', args })).toBe(true)
    const read = { address, abi: compiled.abi, functionName: 'recorded', args: [26n] }
    expect(await chain.reader.readContract(read)).toBe(true)
  })

  test('S02: inheriting ours cannot call it but from outside, where false is an answer and the write is undone', async () => {
    const sources = { ...SOURCES, 'Squares1Verifier.sol': await verifierSource(key) }
    const recorder = (call: string) => `pragma solidity ^0.8.25;
      import {Squares1Verifier} from "./Squares1Verifier.sol";
      contract Recorder is Squares1Verifier {
        mapping(uint256 => bool) public recorded;
        function submit(uint256[8] calldata proof, uint256[] calldata signals) external {
          recorded[signals[0]] = true;
          require(${call}(proof, signals), "invalid");
        }
      }`
    await expect(
      compileSolidity({ ...sources, 'R.sol': recorder('verify') }, 'R.sol', 'Recorder'),
    ).rejects.toMatchObject({ code: 'SOLIDITY_FAILED', message: expect.stringContaining('Undeclared') })
    const compiled = await compileSolidity(
      { ...sources, 'R.sol': recorder('this.verify') },
      'R.sol',
      'Recorder',
    )
    const address = await deploy(compiled)
    const args = [proofWords(invalid.proof), invalid.publicSignals]
    const call = { address, abi: compiled.abi, functionName: 'submit', args }
    expect(await goesThrough(trader, call)).toBe(false)
    expect(await goesThrough(trader, { ...call, args: [args[0], [25n]] }), 'control: the valid proof').toBe(
      true,
    )
  })
})

/** A feed with one answer for ever, always fresh. */
const FEED = `pragma solidity ^0.8.25;
  contract Feed {
    uint8 public constant decimals = 0;
    int256 private immutable ANSWER;
    constructor(int256 answer) { ANSWER = answer; }
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
      return (1, ANSWER, block.timestamp, block.timestamp, 1);
    }
  }`

describe('S10: every function of every contract, called by someone who may not (gate.8)', () => {
  /** Contracts that can be deployed, with the names of what they are made of. */
  const deployable = Object.entries(OWN_SOURCES).flatMap(([path, source]) =>
    [...source.matchAll(/^contract (\w+)/gm)].map(([, name]) => ({ path, name: name! })),
  )
  /** What has no functions: its creation code is all of it. */
  const WITHOUT_FUNCTIONS = ['CallProbe']
  const compiled = new Map<string, CompiledContract>()

  beforeAll(async () => {
    for (const { path, name } of deployable) {
      compiled.set(name, await compileSolidity(await contractSources([path]), path, name))
    }
  })

  const writers = (name: string) =>
    compiled
      .get(name)!
      .abi.filter((entry): entry is AbiFunction => entry.type === 'function')
      .filter(({ stateMutability }) => !['view', 'pure'].includes(stateMutability))

  test('S10: every contract that can be deployed is tried here', () => {
    expect(deployable.map(({ name }) => name).sort()).toEqual(
      [
        ...['BackingRegister', 'CircuitBreaker', 'InsuranceFund', 'LiquidationGate', 'MarginGate'],
        ...['OwnedEpochs', 'RiskRegister', 'SolvencyRegistry', ...WITHOUT_FUNCTIONS],
      ].sort(),
    )
    for (const name of WITHOUT_FUNCTIONS) expect(writers(name), name).toEqual([])
  })

  test('S10: no function of a verifier writes, and money is taken by the fund alone', async () => {
    const sources = { ...SOURCES, 'V.sol': await verifierSource(await testKey('squares-1')) }
    const { abi } = await compileSolidity(sources, 'V.sol', 'Squares1Verifier')
    const kinds = abi.flatMap((entry) => (entry.type === 'function' ? [entry.stateMutability] : []))
    expect(kinds.every((kind) => kind === 'view' || kind === 'pure')).toBe(true)
    const paid = [...compiled].flatMap(([name, contract]) =>
      contract.abi.flatMap((entry) =>
        'stateMutability' in entry && entry.stateMutability === 'payable'
          ? [`${name}.${entry.type === 'function' ? entry.name : entry.type}`]
          : [],
      ),
    )
    expect(paid).toEqual(['InsuranceFund.deposit', 'InsuranceFund.receive'])
  })

  test('S10: MarginGate: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const { abi, bytecode } = compiled.get('MarginGate')!
    const label = toHex('example', { size: 32 })
    const epochs = await deploy(compiled.get('OwnedEpochs')!, [owner])
    const venue = requirementId('a venue')
    const address = await deploy({ abi, bytecode }, [owner, label, epochs, venue])
    const key = await testKey('fifths-6')
    const { address: verifier } = await deployVerifier(chain, key)
    const { timestamp } = await chain.reader.getBlock()
    const [id, nonce, expiry] = [requirementId('initial'), 1n, timestamp + 3_600n]
    const gate = { chainId: BigInt(chain.chainId), contract: address }
    const signals = {
      accountsRoot: 11n,
      riskRoot: 12n,
      requirement: 13n,
      domain: marginDomain({ ...gate, label }),
      handle: 14n,
      context: marginContext({ ...gate, caller: trader, nonce, expiry }),
    }
    const { proof } = await proveSignals(
      key,
      MARGIN_SIGNALS.map((name) => signals[name]),
    )
    const { accountsRoot, riskRoot, handle } = signals
    const claim = { accountsRoot, riskRoot, requirementId: id, handle, nonce, expiry }
    const rightful: Rightful[] = [
      ['setVerifier', owner, [verifier, true]],
      ['setRequirement', owner, [id, 13n]],
      ['submit', trader, [verifier, proofWords(proof), claim]],
      ['pledge', trader, [handle, lender, expiry]],
      ['release', lender, [handle]],
      ['transferOwnership', owner, [heir]],
      ['acceptOwnership', heir, []],
    ]
    const roots = { address: epochs, abi: compiled.get('OwnedEpochs')!.abi, functionName: 'setRoots' }
    expect(await send(owner, { ...roots, args: [venue, accountsRoot, riskRoot, expiry] })).toBe(true)
    await onlyWhoMay({ name: 'MarginGate', address, rightful, known: [verifier, trader, lender] })
  })

  test('S10: LiquidationGate: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const epochs = await deploy(compiled.get('OwnedEpochs')!, [owner])
    const address = await deploy(compiled.get('LiquidationGate')!, [owner, epochs, 'A'])
    const key = await testKey('fifths-7')
    const { address: verifier } = await deployVerifier(chain, key)
    const { timestamp } = await chain.reader.getBlock()
    const id = requirementId('maintenance')
    const target = { venue: 'A', epoch: '1', chainId: BigInt(chain.chainId), contract: address }
    const signals = {
      ...{ accountsRoot: 11n, riskRoot: 12n, requirement: 13n, policy: 14n, movement: 15n, nullifier: 16n },
      context: liquidationContext(target),
    }
    const { proof } = await proveSignals(
      key,
      LIQUIDATION_SIGNALS.map((name) => signals[name]),
    )
    const { accountsRoot, riskRoot, movement, nullifier } = signals
    const claim = { accountsRoot, riskRoot, epoch: '1', termsId: id, movement, nullifier }
    const roots = { address: epochs, abi: compiled.get('OwnedEpochs')!.abi, functionName: 'setRoots' }
    const accepted = [venueId('A'), accountsRoot, riskRoot, timestamp + 3_600n]
    expect(await send(owner, { ...roots, args: accepted })).toBe(true)
    const rightful: Rightful[] = [
      ['setVerifier', owner, [verifier, true]],
      ['setTerms', owner, [id, { requirement: 13n, policy: 14n }]],
      ['setReporter', owner, [trader, true]],
      ['submit', trader, [verifier, proofWords(proof), claim]],
      ['transferOwnership', owner, [heir]],
      ['acceptOwnership', heir, []],
    ]
    await onlyWhoMay({ name: 'LiquidationGate', address, rightful, known: [verifier, trader, lender] })
  })

  test('S10: OwnedEpochs: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const address = await deploy(compiled.get('OwnedEpochs')!, [owner])
    const rightful: Rightful[] = [
      ['setRoots', owner, [requirementId('a venue'), 1n, 2n, 3n]],
      ['transferOwnership', owner, [heir]],
      ['acceptOwnership', heir, []],
    ]
    await onlyWhoMay({ name: 'OwnedEpochs', address, rightful, known: [trader, lender] })
  })

  /** A manager of accesses whose administrator is the owner. */
  async function deployManager(): Promise<Address> {
    return deploy(await compileSolidity(await contractSources([MANAGER]), MANAGER, 'AccessManager'), [owner])
  }

  /** A registry, and calls that take its venue to a final epoch of number 1, and on. */
  async function registryCase() {
    const [ledger, solvency] = [await testKey('fifths-2'), await testKey('fifths-10')]
    const manager = await deployManager()
    const address = await deploy(compiled.get('SolvencyRegistry')!, [manager])
    const { timestamp } = await chain.reader.getBlock()
    const [venue, operator] = [venueId('A'), privateKeyToAccount(keccak256(toBytes('operator')))]
    const columns = {
      sizes: { spots: 1, derivatives: 0, tiers: 0, scenarios: 0 },
      marks: [7n],
      scenarios: [],
    }
    const policy = { digest: 21n, text: requirementId('policy') }
    const riskTable = requirementId('risk table')
    const point = tablePoint({ riskRoot: 12n, timestamp, columns })
    const signals = {
      ...{ firstState: 31n, state: 32n, accountsRoot: 11n, riskRoot: 12n, reservesCommitment: 13n },
      policy: policy.digest,
      context: solvencyContext({
        ...{ venue: 'A', epoch: '1', chainId: BigInt(chain.chainId), contract: address },
        policy: policy.text.slice(2),
        riskTable: riskTable.slice(2),
      }),
      ...{ timestamp, point, tableAtPoint: tableAtPoint(columns, point) },
    }
    const batch = await proveSignals(ledger, [31n, 32n])
    const whole = await proveSignals(
      solvency,
      SOLVENCY_SIGNALS.map((name) => signals[name]),
    )
    const opening = (riskRoot: bigint) => ({
      ...{ riskRoot, manifest: requirementId('manifest'), uri: '', deadline: timestamp + 3_600n },
    })
    const signed = (epoch: string, { riskRoot, manifest, uri, deadline }: ReturnType<typeof opening>) =>
      operator.signTypedData(
        typedDataOf(
          epochSigned(
            {
              venue: 'A',
              epoch,
              riskRoot: `${riskRoot}`,
              target: { chainId: `${chain.chainId}`, contract: address },
            },
            { manifest: manifest.slice(2), uri, deadline: Number(deadline) },
          ),
        ) as Parameters<typeof operator.signTypedData>[0],
      )
    const registered = async (key: Artifacts, statement: number) => {
      const { proof, publicSignals } = await forgeryOf(key.verificationKey)
      const forgery = { proof: proofWords(proof), signals: publicSignals }
      const { address: verifier } = await deployVerifier(chain, key)
      return [verifier, statement, 0, Number(timestamp) + 7_200, forgery]
    }
    const hash = ({ verificationKey }: Artifacts): Hex => `0x${verificationKeyHash(verificationKey)}`
    const none = `0x${'0'.repeat(40)}`
    const claim = {
      ...{ venue: 'A', firstState: 31n, accountsRoot: 11n, reservesCommitment: 13n, takenAt: timestamp },
      ...{ riskTable, previous: toHex(0, { size: 32 }), scenarios: [] },
      table: { sizes: tableLayout(columns), marks: [7n], names: [] },
    }
    await chain.writer!.sendTransaction({ to: operator.address, value: 10n ** 18n })
    const rightful: Exclude<Rightful, () => unknown>[] = [
      ['registerKey', owner, await registered(ledger, 0)],
      ['registerKey', owner, await registered(solvency, 1)],
      ['registerVenue', owner, ['A', lender, { maxAge: 3_600, maxLag: 3_600 }]],
      ['setOperator', owner, [venue, operator.address]],
      ['setTerms', owner, [venue, { maxAge: 7_200, maxLag: 7_200 }]],
      ['setPolicy', owner, [venue, policy]],
      ['setScenarios', owner, [venue, []]],
      ['setGuards', owner, [venue, { tables: none, levels: none, backing: none }]],
      ['pause', owner, [venue]],
      ['unpause', owner, [venue]],
      ['openEpoch', undefined, [venue, 1n, opening(12n), await signed('1', opening(12n))]],
      ['submitBatches', undefined, [hash(ledger), 31n, 0n, [proofWords(batch.proof)], [32n]]],
      ['finalize', undefined, [1n, hash(solvency), proofWords(whole.proof), claim]],
      ['openEpoch', undefined, [venue, 2n, opening(14n), await signed('2', opening(14n))]],
      ['abandon', operator, [venue, 2n]],
      ['retireKey', owner, [hash(ledger), Number(timestamp)]],
      ['stopKey', owner, [hash(ledger)]],
    ]
    return { address, manager, venue, operator, rightful, registered, hash }
  }

  /** Sends calls of a registry in order, up to the first of a name, and with it. */
  async function sendUpTo(name: string, { address, rightful }: Awaited<ReturnType<typeof registryCase>>) {
    const { abi } = compiled.get('SolvencyRegistry')!
    for (const [functionName, who, args] of rightful.splice(
      0,
      rightful.findIndex(([each]) => each === name) + 1,
    )) {
      expect(await send(who ?? strangers[0]!, { address, abi, functionName, args }), functionName).toBe(true)
    }
  }

  test('S10: SolvencyRegistry: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const { address, manager, operator, rightful } = await registryCase()
    await onlyWhoMay({ name: 'SolvencyRegistry', address, rightful, known: [manager, trader, lender] })
    // The manager alone says who says who may.
    const authority = { address, abi: compiled.get('SolvencyRegistry')!.abi, functionName: 'setAuthority' }
    for (const each of [owner, operator.address, trader]) {
      expect(await goesThrough(each, { ...authority, args: [manager] })).toBe(false)
    }
  })

  /** A register, and calls that propose a table of root 12 and then report a mark of it. */
  async function registerCase(manager: Address) {
    const feed = await compileSolidity({ 'Feed.sol': FEED }, 'Feed.sol', 'Feed')
    const [near, far] = [
      [await deploy(feed, [100n]), await deploy(feed, [100n])],
      [await deploy(feed, [200n]), await deploy(feed, [200n])],
    ]
    const windows = { veto: 600, lifetime: 3_600, maxLag: 3_600 }
    const none = `0x${'0'.repeat(40)}`
    const address = await deploy(compiled.get('RiskRegister')!, [manager, none, 0, windows])
    const { timestamp } = await chain.reader.getBlock()
    const bounds = {
      ...{ proposePpm: 1_000, suspendPpm: 10_000, spreadPpm: 1_000, quorum: 2, window: 0, maxGap: 60 },
    }
    const watching = (feeds: readonly Address[]) => [
      ...[0, 0, feeds.map((each) => ({ feed: each, maxAge: 3_600 })), bounds],
    ]
    const sizes = tableLayout({ sizes: { spots: 1, derivatives: 0, tiers: 0, scenarios: 0 }, scenarios: [] })
    const table = { sizes, marks: [100n], names: [] }
    const rightful: Rightful[] = [
      ['setWindows', owner, [windows]],
      ['setInstrument', owner, watching(near)],
      ['propose', owner, [12n, Number(timestamp), table]],
      ['observe', undefined, [0]],
      ['setInstrument', owner, watching(far)],
      ['check', undefined, [12n, 0, table]],
      ['veto', owner, [12n, requirementId('why')]],
      ['dropInstrument', owner, [0]],
    ]
    return { address, rightful, near, table }
  }

  test('S10: RiskRegister: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const manager = await deployManager()
    const { address, rightful, near } = await registerCase(manager)
    await onlyWhoMay({ name: 'RiskRegister', address, rightful, known: [manager, trader, ...near] })
  })

  test('S10: BackingRegister: whoever brings a proof, may; with any other arguments nobody', async () => {
    const books = await registryCase()
    await sendUpTo('setPolicy', books)
    const key = await testKey('fifths-3')
    const registry = { address: books.address, abi: compiled.get('SolvencyRegistry')!.abi }
    const args = await books.registered(key, 2)
    expect(await send(owner, { ...registry, functionName: 'registerKey', args })).toBe(true)
    const { abi, bytecode } = compiled.get('BackingRegister')!
    const address = await deploy({ abi, bytecode }, [books.address])
    const hash32 = (text: string) => requirementId(text)
    const claim = {
      ...{ venue: 'A', epoch: 1, reservesCommitment: 13n, evidence: 14n, accountsRoot: 11n },
      ...{ evidenceHash: hash32('evidence'), riskTable: hash32('table'), previous: hash32('previous') },
    }
    const read = { address, abi, functionName: 'contextOf', args: [claim] }
    const context = (await chain.reader.readContract(read)) as bigint
    const { proof } = await proveSignals(key, [13n, 14n, context])
    const rightful: Rightful[] = [['bring', undefined, [books.hash(key), proofWords(proof), claim]]]
    await onlyWhoMay({ name: 'BackingRegister', address, rightful, known: [trader] })
  })

  test('S10: InsuranceFund: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const books = await registryCase()
    await sendUpTo('setPolicy', books)
    const { manager, venue } = books
    const address = await deploy(compiled.get('InsuranceFund')!, [manager, books.address, 3_600])
    const [native, mutual, why] = [toAddress(0), requirementId('mutual'), requirementId('why')]
    const rightful: Rightful[] = [
      ['setBeneficiary', owner, [mutual, venue, lender]],
      ['setCeiling', owner, [mutual, native, 60n]],
      ['deposit', undefined, [native, 100n], 100n],
      ['raiseFloor', lender, [mutual, native, 60n]],
      ['announceFall', lender, [mutual, native, 50n]],
      () => sendUpTo('finalize', books),
      ['lowerFloor', undefined, [mutual, native, 1]],
      ['payOut', owner, [mutual, native, 5n, heir, 1, why]],
      ['requestWithdrawal', owner, [native, 5n, heir]],
      ['requestWithdrawal', owner, [native, 6n, heir]],
      ['cancelWithdrawal', owner, [2n]],
      () => wait(3_600),
      ['withdraw', owner, [1n]],
    ]
    await onlyWhoMay({ name: 'InsuranceFund', address, rightful, known: [native, trader, lender] })
  })

  test('S10: CircuitBreaker: whoever may, can; with the very same arguments and with any others nobody else', async () => {
    const books = await registryCase()
    const { manager, venue } = books
    await sendUpTo('stopKey', books)
    const { address: tables, rightful: reports, table } = await registerCase(manager)
    const register = { address: tables, abi: compiled.get('RiskRegister')!.abi }
    for (const call of reports) {
      if (typeof call === 'function' || call[0] === 'check') break
      const [functionName, who, args] = call
      expect(await send(who ?? trader, { ...register, functionName, args }), functionName).toBe(true)
    }
    const none = toAddress(0)
    const registry = { address: books.address, abi: compiled.get('SolvencyRegistry')!.abi }
    const args = [venue, { tables, levels: none, backing: none }]
    expect(await send(owner, { ...registry, functionName: 'setGuards', args })).toBe(true)
    const bands = { caution: 70_000, restricted: 130_000, halted: 200_000 }
    const address = await deploy(compiled.get('CircuitBreaker')!, [manager, books.address, 60, 3_600, bands])
    const [pool, why] = [requirementId('pool'), requirementId('why')]
    const limit = { spender: trader, window: 3_600, venue: toHex(0, { size: 32 }), capacity: 100n }
    const rightful: Rightful[] = [
      ['setBands', owner, [bands]],
      ['setLimit', owner, [pool, limit]],
      ['spend', trader, [pool, 5n]],
      ['raise', owner, [pool, 1, why]],
      ['trip', undefined, [venue, 3]],
      ['check', undefined, [venue, 0, table]],
      () => wait(7_200),
      ['settle', undefined, [pool]],
    ]
    await onlyWhoMay({ name: 'CircuitBreaker', address, rightful, known: [manager, trader] })
  })

  /** An address of this number; 0 stands for the chain's own token, and for none. */
  function toAddress(number: number): Address {
    return toHex(number, { size: 20 })
  }

  /** Lets seconds pass on the chain. */
  async function wait(seconds: number): Promise<void> {
    for (const [method, params] of [
      ['evm_increaseTime', [seconds]],
      ['evm_mine', []],
    ]) {
      await chain.reader.request({ method, params } as never)
    }
  }

  /**
   * A call that goes through, and who alone may make it: nobody in particular where anybody may. Or what
   * happens between two calls.
   */
  type Rightful =
    | [
        functionName: string,
        who: Address | LocalAccount | undefined,
        args: readonly unknown[],
        value?: bigint,
      ]
    | (() => Promise<void>)

  /** Makes one rightful call of each function, in an order in which each goes through, and tries all others. */
  async function onlyWhoMay(contract: {
    name: string
    address: Address
    rightful: readonly Rightful[]
    known: readonly Address[]
  }): Promise<void> {
    const { name: of, address, rightful, known } = contract
    const { abi } = compiled.get(of)!
    // What the manager of accesses calls, nobody else does.
    const writable = writers(of).filter(({ name }) => name !== 'setAuthority')
    expect(writable.map(({ name }) => name).sort(), 'a function without a case').toEqual(
      [...new Set(rightful.flatMap((step) => (typeof step === 'function' ? [] : [step[0]])))].sort(),
    )
    const people = [...strangers, owner, heir, trader, lender]
    for (const step of rightful) {
      if (typeof step === 'function') {
        await step()
        continue
      }
      const [functionName, who, args, value] = step
      const call = { address, abi, functionName, args, ...(value === undefined ? {} : { value }) }
      const addressOf = typeof who === 'object' ? who.address : who
      for (const other of addressOf === undefined ? [] : people.filter((each) => each !== addressOf)) {
        expect(await goesThrough(other, call), `${functionName} by ${other}`).toBe(false)
      }
      expect(await send(who ?? strangers[0]!, call), `control: ${functionName} by who may`).toBe(true)
    }
    for (const { name, inputs } of writable) {
      for (let round = 0; round < 24; round++) {
        const args = inputs.map((input, i) => anyValue(input, known, `${name}${round}${i}`))
        const call = { address, abi, functionName: name, args }
        expect(await goesThrough(strangers[round % strangers.length]!, call), `${name} ${round}`).toBe(false)
      }
    }
  }
})

test('S18: every check, modifier, write and event of the contracts has a mutant; the soundness report has the tests judge each (gate.1, gate.8)', () => {
  const mutants = OWN.flatMap((path) => mutantsOf(SOURCES, path))
  const count = (kind: string) => mutants.filter(({ change }) => change.startsWith(kind)).length
  const code = Object.values(OWN_SOURCES)
    .join('\n')
    .replaceAll(/\/\/.*$/gm, '')
  const occurrences = (pattern: RegExp) => [...code.matchAll(pattern)].length
  expect(count('check removed')).toBe(occurrences(/\brevert\b/g))
  expect(count('event left out')).toBe(occurrences(/\bemit\b/g))
  expect(count('modifier left out')).toBe(
    occurrences(/ (?:onlyOwner|restricted|nonReentrant)\b(?!;)/g) - occurrences(/modifier onlyOwner\b/g),
  )
  expect(count('write left out')).toBeGreaterThan(10)
  expect(new Set(mutants.map(({ source }) => source)).size).toBe(mutants.length)
  for (const { file, source } of mutants) expect(source).not.toBe(SOURCES[file])
  const names = new Set(mutants.map((mutant) => nameOf(mutant, SOURCES[mutant.file]!)))
  expect(Object.keys(UNNOTICED).filter((name) => !names.has(name))).toEqual([])
})

/** A value of a type, drawn from `seed`: zeros, ones, the largest, known addresses, and noise. */
function anyValue(type: AbiParameter, known: readonly Address[], seed: string): unknown {
  const noise = BigInt(keccak256(toBytes(seed)))
  const array = /^(.*)\[(\d*)\]$/.exec(type.type)
  if (array) {
    const item = { ...type, type: array[1]! } as AbiParameter
    const length = array[2] === '' ? Number(noise % 4n) : Number(array[2])
    return Array.from({ length }, (_, i) => anyValue(item, known, `${seed}[${i}]`))
  }
  if (type.type === 'tuple') {
    const { components } = type as { components: readonly AbiParameter[] }
    return Object.fromEntries(
      components.map((part) => [part.name!, anyValue(part, known, `${seed}.${part.name}`)]),
    )
  }
  if (type.type === 'string') return noise % 2n === 0n ? '' : `${noise}`
  if (type.type === 'bytes') return toHex(noise)
  if (type.type === 'bool') return noise % 2n === 0n
  if (type.type === 'address') return [...known, toHex(noise >> 96n, { size: 20 })][Number(noise % 4n)] as Hex
  if (type.type === 'bytes32') return toHex(noise % 4n === 0n ? 0n : noise, { size: 32 })
  const bits = BigInt(/^uint(\d+)$/.exec(type.type)![1]!)
  const largest = (1n << bits) - 1n
  return [0n, 1n, largest, noise & largest][Number(noise % 4n)]!
}
