import { type Address, getContractAddress, type Hex, keccak256, toHex } from 'viem'
import { proofWords } from '../../src/chain/index.js'
import type { Proven } from '../../src/groth16/index.js'
import {
  MARGIN_SIGNALS,
  type MarginContext,
  type MarginDomain,
  type MarginSignals,
  marginContext,
  marginDomain,
} from '../../src/statements/index.js'

/** The subject of one margin proof, and who submits it to a gate. */
interface MarginCase {
  name: string
  account: number
  epoch: number
  requirement: string
  caller: Address
  nonce: bigint
  expiry: bigint
  domain: MarginDomain
  context: MarginContext
}

const START = 1_800_000_000n
const CHAIN = 31_337n
const OTHER_CHAIN = 31_338n
const LABEL = toHex('example credit', { size: 32 })
const TRADER = address('trader')
const TRADER_TOO = address("trader's other address")
/** The gates of the tests are the first and the second contract of this account. */
const DEPLOYER = address('deployer')
const GATE = getContractAddress({ from: DEPLOYER, nonce: 0n })
const OTHER_GATE = getContractAddress({ from: DEPLOYER, nonce: 1n })

const GATE_DOMAIN = { chainId: CHAIN, contract: GATE, label: LABEL }

/** A proof of account 0 in epoch 0 that the trader can bring to the gate, but for `change`. */
function marginCase(name: string, nonce: bigint, change: Partial<MarginCase> = {}): MarginCase {
  const { caller = TRADER, expiry = START + 600n } = change
  const context = { chainId: CHAIN, contract: GATE, caller, nonce, expiry }
  return {
    ...{ name, account: 0, epoch: 0, requirement: 'initial', caller, nonce, expiry },
    ...{ domain: GATE_DOMAIN, context },
    ...change,
  }
}

/** As `marginCase`, but made for another chain, another gate, or no gate. */
function foreign(name: string, elsewhere: { chainId?: bigint; contract?: Address }): MarginCase {
  const gate = { chainId: CHAIN, contract: GATE, ...elsewhere }
  return marginCase(name, 1n, {
    domain: { ...gate, label: LABEL },
    context: { ...gate, caller: TRADER, nonce: 1n, expiry: START + 600n },
  })
}

const CASES: MarginCase[] = [
  marginCase('first', 1n),
  marginCase('next epoch', 2n, { epoch: 1, expiry: START + 5000n }),
  marginCase('longer', 5n, { expiry: START + 800n }),
  marginCase('of another owner in the next epoch', 6n, { account: 2, epoch: 1, expiry: START + 5000n }),
  marginCase('expiry in milliseconds', 7n, { expiry: (START + 600n) * 1000n }),
  marginCase('maintenance', 3n, { requirement: 'maintenance' }),
  marginCase('other account', 4n, { account: 1 }),
  marginCase('other address', 1n, { caller: TRADER_TOO }),
  marginCase('other address, shorter', 2n, { caller: TRADER_TOO, expiry: START + 500n }),
  foreign('for another chain', { chainId: OTHER_CHAIN }),
  foreign('for another gate', { contract: OTHER_GATE }),
  marginCase('domain of another gate', 1n, { domain: { ...GATE_DOMAIN, contract: OTHER_GATE } }),
  marginCase('domain of another label', 1n, { domain: { ...GATE_DOMAIN, label: toHex('x', { size: 32 }) } }),
  marginCase('domain of a text', 1n, { domain: { text: 'example credit' } }),
  marginCase('context of a text', 1n, { context: { text: 'example desk' } }),
]

/**
 * Numbers in place of roots, digests and handles, that are the same for the same account, epoch and
 * requirement.
 */
function signalsOf({ account, epoch, requirement, domain, context }: MarginCase): bigint[] {
  const number = (what: string) => marginContext({ text: what })
  const signals: MarginSignals = {
    accountsRoot: number(`accounts of epoch ${epoch}`),
    riskRoot: number(`risk of epoch ${epoch}`),
    requirement: number(`requirement ${requirement}`),
    domain: marginDomain(domain),
    handle: number(`account ${account} in ${marginDomain(domain)}`),
    context: marginContext(context),
  }
  return MARGIN_SIGNALS.map((name) => signals[name])
}

/**
 * What the tests of the margin gate read: real proofs with the signals of `margin`, and hashes to compare.
 *
 * @param prove makes a proof with these public signals
 */
export async function marginFixtures(prove: (signals: readonly bigint[]) => Promise<Proven>) {
  const proven: Proven[] = []
  for (const each of CASES) proven.push(await prove(signalsOf(each)))
  const cases = {
    names: CASES.map(({ name }) => name),
    proofs: proven.map(({ proof }) => proofWords(proof).map(String)),
    signals: proven.map(({ publicSignals }) => publicSignals.map(String)),
    callers: CASES.map(({ caller }) => caller),
    nonces: CASES.map(({ nonce }) => `${nonce}`),
    expiries: CASES.map(({ expiry }) => `${expiry}`),
    requirementIds: CASES.map(({ requirement }) => toHex(requirement, { size: 32 })),
  }
  const setting = { deployer: DEPLOYER, label: LABEL, chainId: `${CHAIN}`, start: `${START}` }
  return { first: proven[0]!, margin: { ...setting, cases, hashes: gateHashes() } }
}

/** Gates, callers and numbers of every size, and the hashes that a gate must come to. */
function gateHashes() {
  const number = (what: string, bits: number) => BigInt(keccak256(toHex(what))) >> BigInt(256 - bits)
  const gates = Array.from({ length: 24 }, (_, i) => ({
    chainId: i === 0 ? 1n : number(`chain ${i}`, 1 + ((i * 5) % 63)) + 1n,
    contract: address(`gate ${i}`),
    label: i === 0 ? toHex(0, { size: 32 }) : keccak256(toHex(`label ${i}`)),
    caller: address(`caller ${i}`),
    nonce: [0n, 2n ** 256n - 1n][i] ?? number(`nonce ${i}`, 1 + i * 11),
    expiry: [0n, 2n ** 64n - 1n][i] ?? number(`expiry ${i}`, 1 + i * 2),
  }))
  return {
    chainIds: gates.map(({ chainId }) => `${chainId}`),
    contracts: gates.map(({ contract }) => contract),
    labels: gates.map(({ label }) => label),
    callers: gates.map(({ caller }) => caller),
    nonces: gates.map(({ nonce }) => `${nonce}`),
    expiries: gates.map(({ expiry }) => `${expiry}`),
    domains: gates.map((gate) => `${marginDomain(gate)}`),
    contexts: gates.map((gate) => `${marginContext(gate)}`),
  }
}

/** An address that nobody has the key of. */
function address(name: string): Address {
  return `0x${keccak256(toHex(name)).slice(26)}` as Hex
}
