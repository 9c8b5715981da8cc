import { type CircuitInputs, toBits, toField } from '../../../../src/field/index.js'
import { WideTree } from '../../../../src/hash/index.js'
import { FACTOR_ONE } from '../../../../src/rules/index.js'
import { tampered } from '../../bench/tamper.js'
import { HAND_CHARGES, handCharges, scanInputs } from '../../samples/margin-parts.js'
import { HAND_MARGIN, handWitness } from '../../samples/margin-rule.js'
import type { Subject } from '../search.js'
import { alone, numbers } from './lib.js'

/** The templates that only a margin proof is made of, by themselves. */
export const marginParts = (): Subject[] => [marginRow(), rowsRoot(), scan(), smallScan(), charges()]

function marginRow(): Subject {
  const inputs: CircuitInputs = {
    value: [3n, 4n],
    ...{ group: 5n, flatGroup: 6n, flat: 7n },
    changes: [8n, 9n],
    lines: Array.from({ length: 8 }, (_, j) => (j < 4 ? [10n + BigInt(j), 20n, 30n] : [0n, 0n, 0n])),
    links: [0n, 1n, 0n],
  }
  return alone('MarginRow(2, 2)', 'margin-row.circom', inputs, {
    'a line beyond the last link': tampered(inputs, { 'lines[5][1]': 4n }),
    'two links': { ...inputs, links: [0n, 1n, 1n] },
    'links that are no bits': tampered(inputs, { 'links[0]': -1n, 'links[1]': 2n }),
    'a link less, with its lines': { ...inputs, links: [1n, 0n, 0n] },
  })
}

function rowsRoot(): Subject {
  const rows = numbers(40)
  const tree = new WideTree(2, rows)
  // Positions of spot instruments 4 and 16: numbers are positions without their two lowest bits.
  const indices = [16, 4]
  const inputs: CircuitInputs = {
    rows: indices.map((i) => rows[i]!),
    held: [1n, 1n],
    instrument: indices.map((i) => toBits(BigInt(i / 4), 16)),
    children: indices.map((i) => [[...tree.path(i).levels[0]!]]),
    top: [...tree.path(0).levels[1]!],
  }
  return alone('MarginRowsRoot(2, 2)', 'margin-rows-root.circom', inputs, {
    "another instrument's row": tampered(inputs, { 'rows[0]': rows[17]! }),
    'a row that its own node has, and the tree has not': tampered(inputs, {
      'rows[0]': rows[16]! + 1n,
      'children[0][0][0]': rows[16]! + 1n,
    }),
    'an index beyond the levels': tampered(inputs, { 'instrument[0][9]': 1n }),
    'a bit that is none': tampered(inputs, { 'instrument[0][1]': 2n }),
  })
}

/** Groups `own`, `left` and `right` of the rule by hand, and one that the account does not touch. */
function scan(): Subject {
  const inputs = scanInputs(handWitness(undefined, { sizes: { ...HAND_MARGIN, groups: 4 } }))
  const key = (id: bigint, code: bigint, gain: bigint, loss: bigint) =>
    id + (code << 16n) + (gain << 20n) + (loss << 60n)
  return alone(
    'MarginScan(4, 2, 4)',
    'margin-scan.circom',
    // The sign of an own group is not used; here it is the one that it would have if it were netted.
    [tampered(inputs, { 'negative[0][0]': 0n, 'negative[0][1]': 1n }), inputs],
    {
      'a loss counted as a negative gain': tampered(inputs, { 'negative[1][0]': 0n }),
      'an own loss that is too small': tampered(inputs, { 'own[0]': 49n }),
      'a member dropped': tampered(inputs, { 'member[0][1]': 0n, 'negative[1][0]': 0n }),
      'a flat member dropped': tampered(inputs, { 'flat[1]': 3n, 'flatMember[1][2]': 0n }),
      'two destinations, for a code of both': tampered(inputs, {
        'rowGroup[1]': key(1n, 3n, FACTOR_ONE, FACTOR_ONE),
        'rowGroup[2]': key(1n, 3n, FACTOR_ONE, FACTOR_ONE),
        ...{ 'into[0][0]': 1n, 'into[0][1]': 1n },
        // The same gain in both scenarios, which is the own loss less nothing.
        ...{ 'changes[1][1]': -4n, 'changes[2][1]': 9n },
        ...{ 'own[0]': 0n, 'negative[0][0]': 0n, 'negative[0][1]': 0n },
      }),
      'a destination of two less than one': tampered(inputs, {
        ...{ 'into[0][0]': -2n, 'into[0][1]': 2n },
        ...{ 'own[0]': 0n, 'negative[0][0]': 0n, 'negative[0][1]': 1n },
      }),
      'a sum that slips into the id of a group': tampered(inputs, {
        ...{ 'ids[0]': 2n, 'ids[1]': 3n, 'ids[2]': 65_539n, 'ids[3]': 131_073n },
        ...{ 'gain[0]': 800_000_000n, 'gain[1]': 500_000_000n, 'gain[2]': 0n, 'gain[3]': FACTOR_ONE },
        ...{ 'loss[0]': 1_200_000_000n, 'loss[1]': 2_000_000_000n, 'loss[2]': 0n, 'loss[3]': FACTOR_ONE },
        ...{ 'into[0][1]': 0n, 'own[0]': 0n },
        ...{ 'member[0][0]': 1n, 'member[0][1]': 0n },
        ...{ 'member[1][0]': 0n, 'member[1][3]': 1n, 'member[2][0]': 0n, 'member[2][3]': 1n },
        ...{ 'flatMember[1][2]': 0n, 'flatMember[1][1]': 1n },
        ...{ 'negative[0][0]': 1n, 'negative[1][0]': 0n, 'negative[0][1]': 0n, 'negative[3][1]': 1n },
      }),
    },
  )
}

/** One slot, one group, one scenario: a loss of 70. */
function smallScan(): Subject {
  const inputs: CircuitInputs = {
    ...{
      held: [1n],
      quantity: [10n],
      short: [0n],
      rowFlatGroup: [0n],
      flat: [0n],
      changes: [[toField(-7n)]],
    },
    rowGroup: [1n + (FACTOR_ONE << 20n) + (FACTOR_ONE << 60n)],
    ...{ gains: [FACTOR_ONE], losses: [FACTOR_ONE], ids: [1n], gain: [FACTOR_ONE], loss: [FACTOR_ONE] },
    ...{ into: [[0n, 0n, 0n, 0n, 0n, 0n]], member: [[1n]], flatMember: [[0n]], negative: [[1n]], own: [0n] },
  }
  return alone('MarginScan(1, 1, 1)', 'margin-scan.circom', inputs, {
    'a loss counted as a negative gain': tampered(inputs, { 'negative[0][0]': 0n }),
  })
}

/** Lines 0, 1 go into a sum, 2 to 4 raise a group, 5 bounds it, 6 and 7 are a limit, 8 and 9 fill up. */
function charges(): Subject {
  const inputs = handCharges()
  const [keys, values] = [inputs.entryKeys, inputs.values] as [bigint[], bigint[]]
  const { source: _, ...rest } = alone('ChargesByKey', HAND_CHARGES.include, inputs, {
    'a value below its line': tampered(inputs, { 'value[0]': 24n, 'value[1]': 24n }),
    'a value below zero': tampered(inputs, {
      ...{ 'deduction[4]': 10n, 'value[4]': -6n },
      'entryKeys[18]': keys[18]! + (10n << 58n),
    }),
    'a destination of two less than one': tampered(inputs, {
      ...{ 'into[0][0]': 0n, 'into[0][1]': 2n, 'into[0][2]': -1n },
      ...{ 'into[1][0]': 0n, 'into[1][1]': 2n, 'into[1][2]': -1n },
    }),
    'a limit that is passed': tampered(inputs, {
      ...{ 'total[6]': 13n, 'value[6]': 1n, 'value[7]': 1n },
      'values[20]': values[20]! + 1n,
    }),
    'a line that raises no group': tampered(inputs, {
      ...{ 'link[2][0]': 0n, 'link[4][0]': 0n, 'link[5][0]': 0n },
    }),
    'a line that counts in no branch': tampered(inputs, { 'only[9][0]': 1n, 'only[9][1]': 1n }),
    'a choice that does not keep to its width': tampered(inputs, { 'choice[9]': 100_000n }),
    'a deduction that does not keep to its width': tampered(inputs, { 'deduction[9]': 1n << 127n }),
  })
  return { ...rest, source: HAND_CHARGES, whole: ['margin-charges.circom', 'lines-by-key.circom'] }
}
