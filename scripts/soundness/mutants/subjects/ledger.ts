import { type CircuitInputs, equityBits, toBits } from '../../../../src/field/index.js'
import { poseidon } from '../../../../src/hash/index.js'
import { type LedgerWitness, ledgerInputs } from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import {
  account,
  LEDGER_PUBLIC,
  STRESS_TABLE,
  STRESSED,
  secondBatch,
  TIER_TABLE,
  TIERED,
  TINY_MAIN,
  TINY_STRESS,
  TINY_STRESS_MAIN,
  TINY_TIERS,
  TINY_TIERS_MAIN,
} from '../../samples/ledger.js'
import { ledgerChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/**
 * Ledgers with nothing, with scenarios, and with tiers: every forgery states its states as they have to be.
 */
export function ledgerSubjects(): Subject[] {
  const spot = secondBatch()
  const stressed = secondBatch(STRESSED, TINY_STRESS, STRESS_TABLE)
  const tiered = secondBatch(TIERED, TINY_TIERS, TIER_TABLE)
  return [
    subject('ledger', TINY_MAIN, spot, forgedTotals(ledgerInputs(spot))),
    subject('ledger with scenarios', TINY_STRESS_MAIN, stressed, {
      ...forgedTotals(ledgerInputs(stressed)),
      ...forgedEquities(stressed),
    }),
    subject('ledger with tiers', TINY_TIERS_MAIN, tiered, forgedTiers(ledgerInputs(tiered))),
  ]
}

function subject(
  name: string,
  main: string,
  witness: LedgerWitness,
  forged: Record<string, CircuitInputs>,
): Subject {
  const { scenarios } = witness.sizes
  const inputs = ledgerInputs(witness)
  return {
    name,
    source: { include: 'ledger.circom', main, public: LEDGER_PUBLIC },
    whole: ['ledger.circom'],
    untouched: POSEIDON,
    honest: [{ label: 'an honest batch', inputs }],
    forged: Object.entries(forged).map(([label, altered]): Case => ({ label, inputs: altered })),
    openings: [
      ['stateBefore', 'openedBefore'],
      ['stateAfter', 'openedAfter'],
      ...(scenarios > 0 ? [['riskRoot', 'table.out'] as const] : []),
    ],
    challenges: () => ledgerChallenges(witness),
  }
}

function forgedTotals(honest: CircuitInputs): Record<string, CircuitInputs> {
  const total = (honest.totalsAfter as bigint[])[0]!
  const children = structuredClone(honest.children) as bigint[][]
  children[0]![1] = 77n
  for (let d = 0; d < 3; d++) children[d + 1]![0] = poseidon(children[d]!)
  return {
    'a total understated by one': tampered(honest, { 'totalsAfter[0]': total - 1n }),
    'a total overstated by one': tampered(honest, { 'totalsAfter[0]': total + 1n }),
    'bits of 3 and −1 in place of 1 and 0': tampered(honest, {
      'slots[0][0][2]': 3n,
      'slots[0][0][3]': -1n,
    }),
    'a holding outside the table': tampered(honest, { 'slots[0][0][67]': 1n }),
    'another way through the tree': tampered(honest, { 'indexBits[4]': 1n }),
    'a position that is taken': { ...honest, children },
    'an account that no total counts': tampered(honest, { 'slots[3][0][0]': 1n }),
  }
}

function forgedEquities(witness: LedgerWitness): Record<string, CircuitInputs> {
  const honest = ledgerInputs(witness)
  const bits = equityBits(witness.sizes.slots)
  const top = 1n << BigInt(bits)
  const equity = (u: number, s: number, value: bigint) =>
    Object.fromEntries(toBits(value + top, bits + 1).map((bit, i) => [`equities[${s}][${u}][${i}]`, bit]))
  const [short] = [witness.equities[1]![1]!]
  const after = witness.shortfallsAfter[1]!
  return {
    'a shortfall that is hidden': tampered(honest, {
      ...equity(1, 1, 0n),
      'shortfallsAfter[1]': after + short,
    }),
    'a shortfall that no equity has': tampered(honest, { 'shortfallsAfter[1]': after - 1n }),
    'an equity of one unit more': tampered(honest, equity(0, 0, witness.equities[0]![0]! + 1n)),
    'an equity dressed as a positive one': tampered(honest, {
      ...equity(1, 1, 0n),
      'equities[1][1][0]': short,
      'shortfallsAfter[1]': after + short,
    }),
  }
}

function forgedTiers(honest: CircuitInputs): Record<string, CircuitInputs> {
  const spare = (u: number, s: number, value: bigint) =>
    Object.fromEntries(toBits(value, 64).map((bit, i) => [`spares[${u}][${s}][${i}]`, bit]))
  const first = (...slots: [number, bigint][]) =>
    ledgerInputs(secondBatch([account(1, ...slots), ...TIERED.slice(1)], TINY_TIERS, TIER_TABLE))
  return {
    'a tier overfilled by one': first([1, 1_001n]),
    'a full tier with the room of no tier': tampered(honest, spare(0, 1, (1n << 64n) - 1n)),
    'a tier used twice': first([1, 1_000n], [1, 1_000n]),
    'tiers in falling order': first([2, 4n], [1, 1_000n]),
    'a spare that is off by one': tampered(honest, { 'spares[0][0][0]': 1n }),
    'a spare of 2 and −1 in place of 0 and 0': tampered(honest, {
      'spares[1][0][0]': ((honest.spares as bigint[][][])[1]![0]![0] ?? 0n) + 2n,
      'spares[1][0][1]': ((honest.spares as bigint[][][])[1]![0]![1] ?? 0n) - 1n,
    }),
  }
}
