import { equityBits, toBits, toField } from '../../../src/field/index.js'
import {
  holderCommitment,
  leafHash,
  ownerCommitment,
  poseidon,
  ROLES,
  sponge,
} from '../../../src/hash/index.js'
import { lineKey, marginRowDigest } from '../../../src/rules/index.js'
import { type LedgerWitness, ledgerInputs, type MarginWitness } from '../../../src/statements/index.js'
import { batchRootOf } from './ledger.js'

const BITS_TO_AN_ELEMENT = 253

const squeeze = (transcript: bigint, label: bigint) => poseidon([transcript, label], ROLES.challenge.tag)

/** Every challenge of the `ledger` circuit, from what its transcripts are said to absorb. */
export function ledgerChallenges(witness: LedgerWitness): Record<string, bigint> {
  const { sizes, signals, table } = witness
  const tiered = table.columns.widths !== undefined
  const transcript = sponge('transcript', [
    signals.stateBefore,
    signals.stateAfter,
    batchRootOf(witness),
    signals.riskRoot,
    ...[sizes.accounts, sizes.slots, sizes.instruments, sizes.scenarios, tiered ? 1 : 0].map(BigInt),
    ...packed(witness),
  ])
  if (sizes.scenarios === 0) return { challenge: squeeze(transcript, 1n) }
  const accountPoint = squeeze(transcript, 2n)
  const again = sponge('transcript', [transcript, ...holdings(witness, accountPoint)])
  return {
    accountPoint,
    scenarioPoint: squeeze(transcript, 3n),
    mix: squeeze(again, 4n),
    challenge: squeeze(again, 1n),
    ...(tiered ? { limitPoint: squeeze(again, 5n) } : {}),
  }
}

/**
 * The bits of all equities above −2^bits, scenario after scenario, then of all spares; many to an element.
 */
function packed(witness: LedgerWitness): bigint[] {
  const bits = equityBits(witness.sizes.slots)
  const { spares = [] } = ledgerInputs(witness) as { spares?: bigint[][][] }
  const all = [
    ...Array.from({ length: witness.sizes.scenarios }, (_, s) =>
      witness.equities.flatMap((own) => toBits(own[s]! + (1n << BigInt(bits)), bits + 1)),
    ).flat(),
    ...spares.flat(2),
  ]
  return Array.from({ length: Math.ceil(all.length / BITS_TO_AN_ELEMENT) }, (_, p) =>
    all
      .slice(p * BITS_TO_AN_ELEMENT, (p + 1) * BITS_TO_AN_ELEMENT)
      .reduce((sum, bit, i) => sum | (bit << BigInt(i)), 0n),
  )
}

/** Per key, Σ magnitude · point^account. */
function holdings({ sizes, slots }: LedgerWitness, point: bigint): bigint[] {
  const held = new Array<bigint>(2 * sizes.instruments).fill(0n)
  for (const [u, list] of slots.entries()) {
    for (const { instrument, quantity } of list) {
      const [key, magnitude] = quantity < 0n ? [2 * instrument + 1, -quantity] : [2 * instrument, quantity]
      held[key] = toField(held[key]! + point ** BigInt(u) * magnitude)
    }
  }
  return held
}

/**
 * The challenge of the `margin` circuit, from what its transcript is said to absorb; of an account that fills
 * its instance to the last slot and line.
 */
export function marginChallenges({ sizes, account, rows, lines }: MarginWitness): Record<string, bigint> {
  if (rows.includes(undefined) || lines.length < sizes.lines)
    throw new Error('a slot or a line is not in use')
  const owner = ownerCommitment(account.ownerSecret)
  const transcript = sponge('transcript', [
    ...[sizes.slots, sizes.scenarios, sizes.groups, sizes.lines, sizes.links].map(BigInt),
    leafHash(holderCommitment({ ...account, owner }), account.slots),
    ...rows.map((entry) => marginRowDigest(entry!.row)),
    ...lines.map(({ line }) => lineKey(line)),
    ...lines.map(({ total }) => toField(total)),
  ])
  return { challenge: squeeze(transcript, 16n) }
}
