import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDecimal } from '../../../src/field/index.js'
import {
  ACCOUNTS_DEPTH,
  accountIdDigest,
  BATCH_DEPTH,
  BATCH_PLACES,
  holderCommitment,
  leafHash,
  TREE_ARITY,
  WideTree,
} from '../../../src/hash/index.js'
import { type Inclusion, inclusionSchema, withoutWay } from '../../../src/inclusion/index.js'
import { accountStatement, type SettledStep } from '../../../src/inclusion/statement.js'
import type { OpenedLeaf, Step } from '../../../src/inclusion/statement-step.js'
import { instrumentNumbers } from '../../../src/risk/index.js'
import { sha256Text } from '../../../src/schema/index.js'
import { byReason, REASONS, type Reason } from '../../../src/statements/index.js'
import { inclusionFile } from '../../helpers/inclusion.js'

const table = {
  instruments: [
    { symbol: 'BTC', kind: 'spot' as const, decimals: 8, mark: 1n },
    { symbol: 'BTC-PERP', kind: 'perp' as const, decimals: 3, mark: 1n },
    { symbol: 'USDC', kind: 'stablecoin' as const, decimals: 6, mark: 1n },
  ],
}
const NUMBERS = instrumentNumbers(table)
const SLOTS = 4

type Held = Readonly<Record<string, string | readonly string[]>>

function slotsOf(held: Held): Inclusion['slots'] {
  const slots = Object.entries(held).flatMap(([symbol, quantities]) => {
    const instrument = table.instruments.findIndex((row) => row.symbol === symbol)
    const { decimals } = table.instruments[instrument]!
    const named = { instrument, number: NUMBERS[instrument]!, symbol, decimals }
    return [quantities].flat().map((quantity) => ({ ...named, quantity }))
  })
  const empty = { instrument: 0, number: 0, symbol: 'BTC', decimals: 8, quantity: '0' }
  return [...slots, ...new Array(SLOTS - slots.length).fill(empty)]
}

interface Planted {
  account: string
  held: Held
  owner?: string
}

let salts = 1000n

/** A tree of accounts or rows, batch after batch of at most two leaves, and what opens each leaf. */
function plant(leaves: readonly Planted[]): { root: bigint; opened: OpenedLeaf[] } {
  const opened = leaves.map(({ held, owner = '0' }) => ({ owner, salt: `${salts++}`, slots: slotsOf(held) }))
  const hashes = opened.map(({ owner, salt, slots }, i) => {
    const accountId = accountIdDigest(leaves[i]!.account)
    return leafHash(
      holderCommitment({ accountId, owner: BigInt(owner), salt: BigInt(salt) }),
      slots.map(({ number, decimals, quantity }) =>
        quantity === '0'
          ? { instrument: 0, quantity: 0n }
          : { instrument: number, quantity: parseDecimal(quantity, { decimals, signed: true }) },
      ),
    )
  })
  const batches: WideTree[] = []
  for (let i = 0; i < hashes.length; i += 2) batches.push(new WideTree(BATCH_DEPTH, hashes.slice(i, i + 2)))
  // A batch that is not there is 0, as in a ledger.
  const top = batches.map(({ root }) => root)
  while (top.length < TREE_ARITY) top.push(0n)
  const accounts = new WideTree(ACCOUNTS_DEPTH, top)
  const pathOf = (i: number) => {
    const [within, above] = [batches[i >> 1]!.path(i & 1), accounts.path(i >> 1)].map(withoutWay)
    return {
      index: above!.index * BATCH_PLACES + within!.index,
      siblings: [...within!.siblings, ...above!.siblings],
    }
  }
  return { root: accounts.root, opened: opened.map((leaf, i) => ({ ...leaf, path: pathOf(i) })) }
}

interface Told {
  /** What alice holds in each epoch; `null` where she has no account. */
  held: (Held | null)[]
  /** Rows of alice for each step. */
  rows: { reason: Reason; held: Held }[][]
  owners?: string[]
}

/** The epochs and settlements of what is told, with other customers beside alice, and her file. */
function made({ held, rows, owners = [] }: Told): { file: Inclusion; settled: SettledStep[] } {
  const epochs = held.map((own, i) => {
    const others: Planted[] = [
      { account: 'bob', held: { BTC: '1' } },
      { account: 'carol', held: { USDC: '7.5' }, owner: '99' },
    ]
    const mine = { account: 'alice', held: own ?? {}, owner: owners[i] ?? '0' }
    const { root, opened } = plant([...others, ...(own === null ? [] : [mine])])
    return { epoch: `E${i}`, accountsRoot: root, leaf: own === null ? null : opened[2]! }
  })
  const settled = rows.map((own, i): SettledStep => {
    const roots = byReason(() => 0n)
    const told: Step['rows'] = []
    for (const reason of REASONS) {
      const mine = own.filter((row) => row.reason === reason)
      if (mine.length === 0) continue
      const beside: Planted[] = [{ account: 'bob', held: { BTC: '-0.5' } }]
      const { root, opened } = plant([...beside, ...mine.map((row) => ({ ...row, account: 'alice' }))])
      roots[reason] = root
      told.push(...opened.slice(1).map((leaf) => ({ ...leaf, reason })))
    }
    const [before, after] = [epochs[i]!, epochs[i + 1]!]
    return {
      step: { previous: before.epoch, epoch: after.epoch, before: before.leaf, rows: told },
      before: { epoch: before.epoch, accountsRoot: before.accountsRoot, table },
      after: { epoch: after.epoch, accountsRoot: after.accountsRoot, table },
      roots,
      sha256: sha256Text(`settlement of ${after.epoch}`),
    }
  })
  const { epoch, accountsRoot, leaf } = epochs.at(-1)!
  const { owner, salt, slots, path } = leaf!
  const file: Inclusion = {
    ...inclusionFile([]),
    ...{ epoch, owner, salt, slots, instance: 'ledger-tiny' },
    accountsRoot: accountsRoot.toString(),
    batchPath: {
      index: path.index % BATCH_PLACES,
      siblings: path.siblings.slice(0, BATCH_DEPTH),
    },
    accountsPath: {
      index: Math.floor(path.index / BATCH_PLACES),
      siblings: path.siblings.slice(BATCH_DEPTH),
    },
    settlements: settled.map(({ step }) => step),
  }
  return { file: inclusionSchema.parse(file), settled }
}

const DAY: Told = {
  held: [
    { BTC: '1.5', USDC: '100' },
    { BTC: '1.25', USDC: '350.4', 'BTC-PERP': '2' },
  ],
  rows: [
    [
      { reason: 'transfers', held: { USDC: ['35', '-25'] } },
      { reason: 'trades', held: { BTC: '-0.25', USDC: '250', 'BTC-PERP': '2' } },
      { reason: 'fees', held: { USDC: '-9.6' } },
    ],
  ],
}

const failed = ({ checks }: Awaited<ReturnType<typeof accountStatement>>) =>
  checks.filter(({ valid }) => !valid).map(({ id, detail }) => `${id}: ${detail}`)

/** What is found of a statement after a change. */
async function changed(
  change: (made: { file: Inclusion; settled: SettledStep[] }) => void,
  told: Told = DAY,
) {
  const fresh = structuredClone(made(told))
  change(fresh)
  return accountStatement(fresh.file, fresh.settled)
}

describe('the statement of account', () => {
  test('says in each epoch what a share is, as an index that falls has no row (settlement.50)', async () => {
    const ONE = 10n ** 12n
    const cut = await changed(({ settled: [step] }) => {
      const instruments = table.instruments.map((row) =>
        row.symbol === 'USDC' ? { ...row, index: { long: ONE / 2n, short: ONE } } : row,
      )
      step!.after = { ...step!.after, table: { instruments } }
    })
    expect(cut.verdict).toBe('adds up')
    expect(cut.words).toContain('Epoch E0: USDC has no index: a share of it is one USDC.')
    expect(cut.words.join(' ')).not.toContain('BTC has no index')
    const shares = (words: readonly string[]) => words.filter((sentence) => sentence.includes('shares'))
    expect(shares(cut.words)).toEqual([
      expect.stringContaining('Epoch E1: USDC counts shares: what is owed of one is 0.5 USDC'),
    ])
    expect(shares((await changed(() => {})).words)).toEqual([])
  })

  test('tells opening, every movement with its reason, and closing, exact (settlement.50)', async () => {
    const { file, settled } = made(DAY)
    const statement = await accountStatement(file, settled)
    expect(failed(statement)).toEqual([])
    expect(statement).toMatchObject({
      verdict: 'adds up',
      from: 'E0',
      to: 'E1',
      exitCode: 0,
      differences: [],
    })
    expect(
      statement.lines.map(({ instrument, entry, epoch, quantity }) =>
        [instrument, entry, epoch, quantity].join(' '),
      ),
    ).toEqual([
      'BTC opening E0 1.5',
      'BTC trades E1 -0.25',
      'BTC closing E1 1.25',
      'BTC-PERP opening E0 0',
      'BTC-PERP trades E1 2',
      'BTC-PERP closing E1 2',
      'USDC opening E0 100',
      'USDC transfers E1 35',
      'USDC transfers E1 -25',
      'USDC fees E1 -9.6',
      'USDC trades E1 250',
      'USDC closing E1 350.4',
    ])
  })

  test('adds up rows of one reason, each told by itself (settlement.50)', async () => {
    const told: Told = {
      held: [{ BTC: '1' }, { BTC: '1.75' }],
      rows: [
        [
          { reason: 'trades', held: { BTC: '0.5' } },
          { reason: 'trades', held: { BTC: '0.25' } },
        ],
      ],
    }
    const { file, settled } = made(told)
    const statement = await accountStatement(file, settled)
    expect(statement.verdict).toBe('adds up')
    expect(statement.lines.map(({ quantity }) => quantity)).toEqual(['1', '0.5', '0.25', '1.75'])
    const twice = await changed(({ settled: [each] }) => {
      each!.step.rows[1] = structuredClone(each!.step.rows[0]!)
    }, told)
    expect(failed(twice)).toEqual(['statement-movements: movement 2 of epoch E1 (trades) is told twice'])
    expect(twice.exitCode).toBe(1)
  })

  test('of an account that is new opens with nothing, and says whose word that is (settlement.50)', async () => {
    const { file, settled } = made({
      held: [null, { BTC: '1' }],
      rows: [[{ reason: 'transfers', held: { BTC: '1' } }]],
    })
    const statement = await accountStatement(file, settled)
    expect(statement.verdict).toBe('adds up')
    expect(statement.lines[0]).toEqual({ instrument: 'BTC', entry: 'opening', epoch: 'E0', quantity: '0' })
    expect(statement.words.join(' ')).toContain('had no account in epoch E0 is the word of the file')
    // Nothing was opened there, and nothing is said to have been.
    const details = async (told: Told) => {
      const { file, settled } = made(told)
      const { checks } = await accountStatement(file, settled)
      return checks.find(({ id }) => id === 'statement-openings')!.detail
    }
    expect(statement.checks.find(({ id }) => id === 'statement-openings')!.detail).toBe(
      'it opens no account in an epoch before: by its word, there was none',
    )
    expect(await details(DAY)).toBe('what it opens of epochs before is in their accounts trees')
    const came: Told = { held: [null, { BTC: '1' }, { BTC: '1' }], rows: [[], []] }
    came.rows[0] = [{ reason: 'transfers', held: { BTC: '1' } }]
    expect(await details(came)).toBe(
      'what it opens of epochs before is in their accounts trees, 1 of 2 epochs',
    )
  })

  test('of a chain of settlements adds up in each of them (settlement.51)', async () => {
    const told: Told = {
      held: [{ BTC: '1' }, { BTC: '3' }, null, { BTC: '2', USDC: '5' }],
      rows: [
        [{ reason: 'transfers', held: { BTC: '2' } }],
        [{ reason: 'transfers', held: { BTC: '-3' } }],
        [
          { reason: 'transfers', held: { BTC: '2' } },
          { reason: 'accruals', held: { USDC: '5' } },
        ],
      ],
    }
    const { file, settled } = made(told)
    const statement = await accountStatement(file, settled)
    expect(failed(statement)).toEqual([])
    expect(statement).toMatchObject({ verdict: 'adds up', from: 'E0', to: 'E3' })
    expect(statement.lines.map(({ entry, epoch, quantity }) => `${entry} ${epoch} ${quantity}`)).toEqual([
      ...['opening E0 1', 'transfers E1 2', 'transfers E2 -3', 'transfers E3 2', 'closing E3 2'],
      ...['opening E0 0', 'accruals E3 5', 'closing E3 5'],
    ])
    // Of each settlement its own digest, to be compared with what others see.
    expect(statement.settlements).toEqual(
      ['E1', 'E2', 'E3'].map((epoch, i) => ({
        ...{ previous: `E${i}`, epoch, sha256: sha256Text(`settlement of ${epoch}`) },
      })),
    )
    expect(statement.words.join(' ')).toContain('with the one that others see')
    // What is short in one epoch and too much in the next is told of both.
    const moved = await changed(({ settled: [first, second] }) => {
      second!.step.rows.push(...first!.step.rows.splice(0))
    }, told)
    expect(moved.verdict).toBe('does not add up')
    const late: Told = { ...told, rows: [[], [{ reason: 'transfers', held: { BTC: '-1' } }], told.rows[2]!] }
    const found = await changed(() => {}, late)
    expect(found.differences).toEqual([
      { instrument: 'BTC', epoch: 'E1', quantity: '2' },
      { instrument: 'BTC', epoch: 'E2', quantity: '-2' },
    ])
    const gap = await changed((each) => {
      each.settled.splice(1, 1)
    }, told)
    expect(failed(gap)[0]).toBe('statement-steps: nothing leads on from epoch E1')
  })

  test('without one of its movements does not add up, and says where and by how much (settlement.52)', async () => {
    for (const [i, told] of [
      ['BTC', '-0.25'],
      ['USDC', '250'],
      ['USDC', '-9.6'],
    ].entries()) {
      const row = i === 2 ? 1 : 2
      const found = await changed(({ settled: [each] }) => {
        each!.step.rows.splice(row, 1)
      })
      expect(found).toMatchObject({ verdict: 'does not add up', exitCode: 1 })
      expect(found.differences).toContainEqual({ instrument: told[0], epoch: 'E1', quantity: told[1] })
      expect(found.words.join(' ')).toContain('a movement of yours is not in this file')
    }
    const gone = await changed(({ settled: [each] }) => {
      each!.step.before = null
    })
    expect(gone.differences).toContainEqual({ instrument: 'BTC', epoch: 'E1', quantity: '1.5' })
  })

  test('with a part that stands in no tree, or in another, does not count it (settlement.53)', async () => {
    const movements = async (change: (each: SettledStep) => void) =>
      failed(await changed(({ settled: [each] }) => change(each!)))
    const first = 'movement 1 of epoch E1 (transfers)'
    const notThere = [`statement-movements: ${first} is not in the settlement's tree of that reason`]
    const row = (each: SettledStep) => each.step.rows[0]!
    const one = (text: string) => (BigInt(text) + 1n).toString()
    // One unit more, another salt, another owner, another place, another node.
    expect(await movements((each) => (row(each).slots[0]!.quantity = '35.000001'))).toEqual(notThere)
    expect(await movements((each) => (row(each).salt = one(row(each).salt)))).toEqual(notThere)
    expect(await movements((each) => (row(each).owner = '1'))).toEqual(notThere)
    expect(await movements((each) => (row(each).path.index = 0))).toEqual(notThere)
    const node = (each: SettledStep) => row(each).path.siblings[7]!
    expect(await movements((each) => (node(each)[3] = one(node(each)[3]!)))).toEqual(notThere)
    // The root of another reason, or of none, and a reason that it was not of.
    const swapped = (each: SettledStep) => {
      each.roots = { ...each.roots, transfers: each.roots.trades, trades: each.roots.transfers }
    }
    expect(await movements(swapped)).toEqual(notThere)
    expect(await movements((each) => (each.roots = { ...each.roots, transfers: 0n }))).toEqual(notThere)
    expect(await movements((each) => (row(each).reason = 'accruals'))).toEqual([
      "statement-movements: movement 1 of epoch E1 (accruals) is not in the settlement's tree of that reason",
    ])
    // What the risk tables do not have.
    expect(await movements((each) => (row(each).slots[0]!.symbol = 'USDT'))).toEqual([
      `statement-movements: ${first} is not in slots of the risk tables`,
    ])
    expect(await movements((each) => (row(each).slots[0]!.decimals = 5))).toEqual([
      `statement-movements: ${first} is not in slots of the risk tables`,
    ])
    // The epoch before, and the epoch itself.
    const opening = ["statement-openings: what it says of epoch E0 is not in that epoch's accounts tree"]
    expect(await movements((each) => (each.step.before!.slots[0]!.quantity = '1.50000001'))).toEqual(opening)
    expect(await movements((each) => (each.before.accountsRoot += 1n))).toEqual(opening)
    expect(await movements((each) => (each.after.accountsRoot += 1n))).toEqual([
      "statement-closing: what the account holds is not in the epoch's accounts tree",
    ])
    expect(await movements((each) => (each.step.previous = 'E9'))).toEqual([
      'statement-steps: the step from epoch E9 to E1 is held against other epochs',
    ])
  })

  test('of somebody else is nobody’s, row by row (settlement.53)', async () => {
    const own = made(DAY)
    const other = made({
      held: [{ BTC: '1' }, { BTC: '2' }],
      rows: [[{ reason: 'trades', held: { BTC: '1' } }]],
    })
    // Bob's file with what opens rows and leaves of Alice.
    const bobs = await accountStatement({ ...own.file, account: 'bob' }, own.settled)
    expect(failed(bobs).map((line) => line.split(':')[0])).toEqual([
      ...['statement-openings', 'statement-movements', 'statement-closing'],
    ])
    expect(bobs).toMatchObject({ verdict: 'does not add up', lines: [], differences: [], exitCode: 1 })
    // A row of another settlement.
    const foreign = await changed(({ settled: [each] }) => {
      each!.step.rows.push(other.settled[0]!.step.rows[0]!)
    })
    expect(foreign.verdict).toBe('does not add up')
  })

  test('keeps apart what one symbol names in epochs that are not in a row (settlement.50)', async () => {
    // Coins of 8 decimals are paid out; later a coin of that name has 18, and as many smallest units.
    const told: Told = {
      held: [{ BTC: '5' }, null, { BTC: '5' }],
      rows: [[{ reason: 'transfers', held: { BTC: '-5' } }], [{ reason: 'transfers', held: { BTC: '5' } }]],
    }
    const instruments = table.instruments.map((row) =>
      row.symbol === 'BTC' ? { ...row, decimals: 18 } : row,
    )
    const found = await changed(({ file, settled: [, second] }) => {
      second!.after = { ...second!.after, table: { instruments } }
      for (const { slots } of [file, ...second!.step.rows]) {
        for (const slot of slots) {
          slot.decimals = 18
          if (slot.quantity === '5') slot.quantity = '0.0000000005'
        }
      }
    }, told)
    expect(failed(found)).toEqual([])
    expect(found.lines.map(({ entry, epoch, quantity }) => `${entry} ${epoch} ${quantity}`)).toEqual([
      ...['opening E0 5', 'transfers E1 -5', 'closing E2 0'],
      ...['opening E0 0', 'transfers E2 0.0000000005', 'closing E2 0.0000000005'],
    ])
    expect(found.words.join(' ')).toContain('BTC is not one instrument in all of these epochs')
    expect((await changed(() => {})).words.join(' ')).not.toContain('not one instrument')
  })

  test('tells that the owner is another one (settlement.54)', async () => {
    const { file, settled } = made({ ...DAY, owners: ['7', '8'] })
    const statement = await accountStatement(file, settled)
    expect(statement.verdict).toBe('adds up')
    expect(statement.words.join(' ')).toContain(
      "epoch E1 holds another owner's commitment than that of epoch E0",
    )
    const same = made({ ...DAY, owners: ['7', '7'] })
    expect((await accountStatement(same.file, same.settled)).words.join(' ')).not.toContain('another owner')
  })

  test('adds up exactly where the sums do, whatever moves (settlement.50, settlement.52)', async () => {
    const units = fc.integer({ min: -5, max: 5 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ reason: fc.constantFrom(...REASONS), units }), { maxLength: 4 }),
        units,
        fc.integer({ min: -1, max: 1 }),
        async (moves, opening, off) => {
          const sum = moves.reduce((total, move) => total + move.units, opening)
          const whole = (of: number): Held => (of === 0 ? {} : { 'BTC-PERP': `${of}` })
          const { file, settled } = made({
            held: [whole(opening), whole(sum + off)],
            rows: [moves.map((move) => ({ reason: move.reason, held: whole(move.units) }))],
          })
          const { verdict, differences } = await accountStatement(file, settled)
          expect(verdict).toBe(off === 0 ? 'adds up' : 'does not add up')
          expect(differences.map(({ quantity }) => quantity)).toEqual(off === 0 ? [] : [`${off}`])
        },
      ),
      { numRuns: 12 },
    )
  })
})
