import { type CircuitInputs, EQUITY_BITS, toBits } from '../../../../src/field/index.js'
import {
  type LedgerAccount,
  type LedgerSizes,
  type LedgerTable,
  ledgerInputs,
} from '../../../../src/statements/index.js'
import { tampered } from '../../bench/tamper.js'
import { foldSample } from '../../samples/fold.js'
import {
  ACCOUNTS,
  account,
  BTC_TIERS,
  filled,
  LEDGER_PUBLIC,
  ledgerMain,
  STRESS_TABLE,
  STRESSED,
  TABLE,
  TIER_TABLE,
  TIERED,
  TINY,
  TINY_PLEDGED,
  TINY_STRESS,
} from '../../samples/ledger.js'
import { ledgerChallenges } from '../../samples/transcript.js'
import type { Case, Subject } from '../search.js'
import { POSEIDON } from './lib.js'

/** A plain batch, a stressed and a pledged one: every forgery states its states as they have to be. */
export function ledgerSubjects(): Subject[] {
  return [
    subject('ledger', TINY, TABLE, ACCOUNTS, (honest) => ({
      ...forgedSlots(honest),
      'a short position': tampered(honest, { 'slots[0][0][64]': 1n }),
      'a derivative': tampered(honest, { 'slots[0][0][80]': 1n }),
    })),
    subject('ledger with scenarios', TINY_STRESS, STRESS_TABLE, STRESSED, (honest) => ({
      ...forgedSlots(honest),
      'other equities than those under the tree': tampered(honest, { 'equitiesBlind[0]': 5n }),
      'an equity dressed as a positive one': tampered(honest, {
        ...bits('equities[1][1]', 0n, EQUITY_BITS + 1),
        'equities[1][1][0]': -1_200n,
        [`equities[1][1][${EQUITY_BITS}]`]: 1n,
      }),
    })),
    subject('ledger with tiers', TINY_PLEDGED, TIER_TABLE, TIERED, (honest) => ({
      'a tier used twice': tampered(honest, bits('slots[0][1]', BigInt(BTC_TIERS[0]), 16, 65)),
      'tiers in falling order': tampered(honest, bits('slots[0][0]', BigInt(BTC_TIERS[1] + 1), 16, 65)),
      'a tier behind an empty slot': tampered(honest, bits('slots[0][0]', 0n, 64)),
      'a spare of 2 and −1 in place of 0 and 0': tampered(honest, {
        'spares[0][0][0]': 2n,
        'spares[0][0][1]': -1n,
      }),
    })),
  ]
}

function subject(
  name: string,
  sizes: LedgerSizes,
  table: LedgerTable,
  accounts: readonly LedgerAccount[],
  forge: (honest: CircuitInputs) => Record<string, CircuitInputs>,
): Subject {
  const batch = filled(sizes, accounts)
  // Of several, so that no way through the tree is the first one at every level.
  const before = Array.from({ length: 17 }, () => filled(TINY, [account(1)]))
  const witness = foldSample(table, [...before, batch, batch]).witnesses[18]!
  const inputs = ledgerInputs(witness)
  return {
    name,
    source: { include: 'ledger.circom', main: ledgerMain(sizes), public: LEDGER_PUBLIC },
    whole: ['ledger.circom'],
    untouched: POSEIDON,
    honest: [{ label: 'an honest batch', inputs }],
    forged: Object.entries(forge(inputs)).map(([label, altered]): Case => ({ label, inputs: altered })),
    openings: [
      ['stateBefore', 'before.out'],
      ['stateAfter', 'after.out'],
    ],
    challenges: () => ledgerChallenges(witness),
  }
}

function forgedSlots(honest: CircuitInputs): Record<string, CircuitInputs> {
  return {
    'bits of 3 and −1 in place of 1 and 0': tampered(honest, {
      'slots[0][0][2]': 3n,
      'slots[0][0][3]': -1n,
    }),
    'another way through the tree': tampered(honest, { 'indexBits[4]': 0n }),
    'another batch than the one that stands there': tampered(honest, { 'slots[0][0][0]': 1n }),
    'a bit of a place that is none': tampered(honest, { 'indexBits[0]': 2n }),
  }
}

function bits(path: string, value: bigint, count: number, from = 0): Record<string, bigint> {
  return Object.fromEntries(toBits(value, count).map((bit, i) => [`${path}[${from + i}]`, bit]))
}
