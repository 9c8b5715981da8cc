import { concatBytes } from '@noble/hashes/utils.js'
import { expect, test } from 'vitest'
import {
  type CheckReservesOptions,
  checkReserves,
  type ReservesReport,
} from '../../../../src/reserves/index.js'
import {
  type BitcoinChanges,
  bitcoinEvidence,
  CHAIN,
  COIN,
  HOLDERS,
} from '../../../helpers/bitcoin-evidence.js'
import { minedHeader, Regtest } from '../../../helpers/regtest.js'

const names = new Map([[COIN, 'BTC']])

async function checked(
  changes: BitcoinChanges = {},
  known: CheckReservesOptions = {},
): Promise<ReservesReport> {
  const { folder } = bitcoinEvidence(changes)
  return (await checkReserves(folder, { names, ...known })).report
}

/** Where a report first fails, and why. */
const fault = ({ checks }: ReservesReport) => {
  const failed = checks.find(({ valid }) => !valid)
  return failed && `${failed.id}: ${failed.detail}`
}

type Lines = Parameters<NonNullable<BitcoinChanges['lines']>>[0]
type Line = Lines[number]

test('what Bitcoin shows is observed, with the part that has not moved for thirty days (reserves.65)', async () => {
  const report = await checked()
  expect(fault(report)).toBeUndefined()
  expect(report.blocks).toMatchObject([{ chain: CHAIN, height: 7, vouchedBy: 'work' }])
  expect(report.shown).toEqual([
    { instrument: 'BTC', holdsFor: 'customers', proven: '0', observed: '0.00071807', attested: '0' },
  ])
  expect(report.outputs).toEqual({ all: '71807', old: '70007' })
  expect(report.accounts).toEqual({ listed: 3, counted: 3 })
})

const first = (lines: Lines, change: (line: Line) => object): Lines =>
  lines.with(0, { ...lines[0]!, ...change(lines[0]!) })
const balance = (change: object) => (lines: Lines) =>
  first(lines, (line) => ({ balance: { ...line.balance, ...change } }))

test.each<[what: string, why: RegExp, lines: NonNullable<BitcoinChanges['lines']>]>([
  [
    'R01: an output that stands there twice',
    /twice, or out of order/,
    (l) => [...l, { ...l.at(-1)!, control: 'above' }],
  ],
  [
    'R01: a sum that is told, and the outputs that it is the sum of',
    /a sum and its parts/,
    (l, { blocks }) => {
      const told = { kind: 'observed', source: 'a node', height: 7, time: blocks[7]!.time }
      return [{ ...l[0]!, balance: told }, { ...l[0]!, control: 'above' }, ...l.slice(1)]
    },
  ],
  [
    'R01: outputs that do not rise',
    /twice, or out of order/,
    (l) => {
      const at = l.findIndex(({ control }) => control === 'above')
      return l.toSpliced(
        at - 1,
        2,
        { ...l[at]!, control: l[at - 1]!.control },
        { ...l[at - 1]!, control: 'above' },
      )
    },
  ],
  [
    'an amount of one satoshi more',
    /the amount is not what is shown/,
    (l) => first(l, ({ amount }) => ({ amount: `${BigInt(amount as string) + 1n}` })),
  ],
  [
    'the block behind that of the moment',
    /another than that of the header/,
    (l, chain) => first(l, () => ({ block: chain.blocks[8]!.hash })),
  ],
  [
    'what was asked before the block was there',
    /had not seen the block/,
    balance({ unspent: { source: '1 node', height: 6 } }),
  ],
  ['no word on whether it is unspent', /unspent/, balance({ unspent: undefined })],
  [
    'R02: what pays a miner and cannot be spent yet',
    /before 100 blocks have passed/,
    (l, chain) => [
      { ...l[0]!, balance: { ...l[0]!.balance, ...chain.proof(chain.blocks[1]!.transactions[0]!.id, 0) } },
    ],
  ],
  [
    'the output of another account',
    /pays to another address/,
    (l) => first(l, ({ account }) => ({ balance: l.find((line) => line.account !== account)!.balance })),
  ],
  [
    'R03: an address in capitals',
    /in its one spelling/,
    (l) => {
      const at = l.findIndex(({ account }) => account === HOLDERS.witness.account.id)
      const account = `${CHAIN}:${HOLDERS.witness.account.address.toUpperCase()}`
      return l.with(at, { ...l[at]!, account })
    },
  ],
  [
    'R03: the address of another network',
    /in its one spelling/,
    (l) => first(l, () => ({ account: `${CHAIN}:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4` })),
  ],
])('a line with %s is refused (reserves.65)', async (_, why, lines) => {
  expect(fault(await checked({ lines }))).toMatch(why)
})

test.each<[what: string, why: RegExp, headers: NonNullable<BitcoinChanges['headers']>]>([
  [
    'R04: that start with another block',
    /neither its network's first block nor a checkpoint/,
    (chain) => chain.headers().subarray(80),
  ],
  [
    'R04: of a chain that was mined for the day',
    /neither its network's first block nor a checkpoint/,
    (chain) => {
      const own = minedHeader('00'.repeat(32), new Uint8Array(32), chain.blocks[0]!.time)
      return concatBytes(own, chain.headers().subarray(80))
    },
  ],
  [
    'with five blocks on the moment’s',
    /5 blocks stand on the one of the moment/,
    (chain) => chain.headers(12),
  ],
  ['of a chain with other transactions', /does not hold the transaction/, () => longChain().headers()],
])('headers %s are refused (reserves.65)', async (_, why, headers) => {
  // The lines are of the chain that the headers name, so that nothing else is wrong with them.
  const lines = (lines: Lines) => lines.map((line) => ({ ...line, block: longChain().blocks[7]!.hash }))
  const other = { headers, ...(why.source.includes('hold') && { lines }) }
  expect(fault(await checked(other))).toMatch(why)
})

test('headers start with a block that the reader knows, and have to have it (reserves.68)', async () => {
  const { chain } = bitcoinEvidence()
  const checkpoints = (height: number, hash = chain.blocks[height]!.hash) => ({
    checkpoints: new Map([[CHAIN, [{ height, hash }]]]),
  })
  const cut = { headers: (all: Regtest) => all.headers().subarray(80) }
  expect(fault(await checked(cut))).toMatch(/nor a checkpoint/)
  const { outputs, words } = await checked(cut, checkpoints(1))
  expect([outputs, words]).toEqual([{ all: '71807', old: '70007' }, (await checked()).words])
  expect(fault(await checked({}, checkpoints(8)))).toBeUndefined()
  expect(fault(await checked({}, checkpoints(8, 'ab'.repeat(32))))).toMatch(/another than the checkpoint/)
  // An output that is older than the first header is not shown.
  const late = { headers: (all: Regtest) => all.headers().subarray(160) }
  expect(fault(await checked(late, checkpoints(2)))).toMatch(/its block is not among the headers/)
})

/** A chain of the same times without the outputs. */
function longChain(): Regtest {
  const chain = new Regtest()
  chain.mine(2)
  chain.mine(1, { spacing: 31 * 86_400 })
  chain.mine(10)
  return chain
}

test('R01: two outputs of one transaction count each once, in the order of their numbers (reserves.65)', async () => {
  const outputs = [
    { holder: HOLDERS.plain, value: 5n, block: 1 },
    { holder: HOLDERS.plain, value: 6n, block: 1 },
  ]
  expect(await checked({ outputs })).toMatchObject({ outputs: { all: '11' } })
  const twice = await checked({ outputs, lines: (l) => [l[0]!, { ...l[0]!, control: 'above' }, l[1]!] })
  expect(fault(twice)).toMatch(/twice, or out of order/)
})

test('any byte of evidence of Bitcoin that is changed is refused, or changes nothing (reserves.65)', async () => {
  const { folder } = bitcoinEvidence({ outputs: [{ holder: HOLDERS.plain, value: 5n, block: 1 }] })
  const shows = async () => {
    const { report } = await checkReserves(folder, { names })
    return [report.verdict, report.words, report.shown, report.outputs, report.blocks, report.uncounted]
  }
  const sound = await shows()
  expect(sound[0]).not.toBe('refused')
  let refused = 0
  let taken = 0
  for (const [path, bytes] of folder.files) {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes)
      changed[at]! ^= 1 << (at % 8)
      folder.files.set(path, changed)
      const shown = await shows()
      if (shown[0] === 'refused') refused++
      else {
        taken++
        expect(shown, `${path}, byte ${at}`).toEqual(sound)
      }
    }
    folder.files.set(path, bytes)
  }
  expect(refused).toBeGreaterThan(2000)
  // What is left is the last header, who was asked, and the space between names of JSON.
  expect(taken).toBeLessThan(150)
})
