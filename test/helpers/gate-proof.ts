import type { Hex } from 'viem'
import { proveSignals } from '../../scripts/contract-fixtures/statements.js'
import type { ChainConnection, MarginGate } from '../../src/chain/index.js'
import type { MarginProofFile } from '../../src/margin/index.js'
import type { Artifacts } from '../../src/proving/index.js'
import { MARGIN_SIGNALS, marginContext, marginDomain } from '../../src/statements/index.js'

/** A margin proof for a gate, as a file has it, with a real proof of its signals under a key of six. */
export async function gateProof(
  { chain, gate, key }: { chain: ChainConnection; gate: MarginGate; key: Artifacts },
  claim: {
    accountsRoot: bigint
    riskRoot: bigint
    requirement: bigint
    handle: bigint
    nonce: bigint
    expiry: number
  },
): Promise<MarginProofFile> {
  const { nonce, expiry, ...claimed } = claim
  const { label } = gate
  const caller = chain.writer!.account.address.toLowerCase() as Hex
  const at = { chainId: BigInt(chain.chainId), contract: gate.address.toLowerCase() as Hex }
  const signals = {
    ...claimed,
    domain: marginDomain({ ...at, label }),
    context: marginContext({ ...at, caller, nonce, expiry: BigInt(expiry) }),
  }
  const { proof } = await proveSignals(
    key,
    MARGIN_SIGNALS.map((name) => signals[name]),
  )
  return {
    schema: 'plimsoll/margin-proof/3',
    requirement: 'initial',
    times: '1',
    riskTable: '0'.repeat(64),
    sizes: { spots: 4, derivatives: 0, tiers: 0, scenarios: 1 },
    for: {
      schema: 'plimsoll/margin-purpose/1',
      gate: { ...at, chainId: `${at.chainId}`, label, caller, nonce: `${nonce}`, expiry },
    },
    proof: {
      schema: 'plimsoll/proof/3',
      statement: 'margin',
      instance: key.instance.name,
      keyHash: key.keyHash,
      signals: Object.fromEntries(MARGIN_SIGNALS.map((name) => [name, `${signals[name]}`])),
      proof,
    },
    key: key.verificationKey,
  }
}
