import { describe, expect, test } from 'vitest'
import { roundTime } from '../../../src/beacon/index.js'
import {
  checkReserves,
  parseAddresses,
  parseChallenge,
  type ReservesReport,
  shownUnits,
  summaryFrom,
} from '../../../src/reserves/index.js'
import { momentsOf } from '../../../src/reserves/moments.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import { ROUND } from '../../helpers/ceremony.js'
import { evmAccount } from '../../helpers/control.js'
import {
  accountsOf,
  CHAIN,
  COIN,
  EPOCH,
  type EvidenceChanges,
  HOLDINGS,
  type MemoryFolder,
  MOMENT,
  madeUpEvidence,
  pinned,
  TOKEN_ASSET,
} from '../../helpers/evidence.js'

const NAMES = new Map([
  [COIN, 'ETH'],
  [TOKEN_ASSET, 'USDC'],
])
const DAY = 86_400
const ETHER = 10n ** 18n

type Options = Parameters<typeof checkReserves>[1]

/** Checks evidence that was changed, as a reader who pins its blocks and knows its assets and tokens. */
async function checked(
  changes: EvidenceChanges = {},
  more: Options = {},
  touch?: (folder: MemoryFolder) => void,
) {
  const { folder, hashes } = await madeUpEvidence(changes)
  const tokens = { text: folder.text('tokens.json'), where: 'own.json' }
  touch?.(folder)
  const { report, totals } = await checkReserves(folder, { ...pinned(hashes), names: NAMES, tokens, ...more })
  return { report, totals, folder, hashes, tokens }
}

/** Where a report first fails, and why. */
const fault = ({ checks }: ReservesReport) => {
  const failed = checks.find(({ valid }) => !valid)
  return failed && `${failed.id}: ${failed.detail}`
}

describe('evidence of reserves, checked without a network', () => {
  test('what it shows follows from the block alone, by instrument, purpose and class (reserves.1)', async () => {
    const { report } = await checked()
    expect(fault(report)).toBeUndefined()
    expect(report.verdict).toBe('shown')
    expect(report.words).toEqual([])
    expect(report.blocks).toMatchObject([{ chain: CHAIN, moment: 0, height: 100, vouchedBy: 'pin' }])
    const none = { observed: '0', attested: '0' }
    expect(report.shown).toEqual([
      { instrument: 'ETH', holdsFor: 'customers', proven: '3', ...none },
      { instrument: 'ETH', holdsFor: 'insurance', proven: '0.100000000000000001', ...none },
      { instrument: 'USDC', holdsFor: 'customers', proven: '2.500007', ...none },
    ])
    expect(report.accounts).toEqual({ listed: 3, counted: 3 })
  })

  test('what is the venue’s word alone is said, one by one, and no verdict is `shown` then (reserves.2)', async () => {
    const { folder, hashes } = await madeUpEvidence()
    const { report } = await checkReserves(folder, {})
    expect(report).toMatchObject({ verdict: "on the venue's word", valid: true, exitCode: 0 })
    expect(report.words).toEqual([
      `that block ${hashes[0]} is on ${CHAIN}: pin its hash, or ask two nodes`,
      `the layout, the decimals and the code of ${TOKEN_ASSET}`,
      `that ${TOKEN_ASSET} is USDC`,
      `that ${COIN} is ETH`,
      'which epoch the evidence is of: it was compared with none',
    ])
    const word = async (more: Options) => (await checked({}, more)).report
    expect((await word({ names: new Map() })).words).toHaveLength(2)
    // What a contract answered, only the venue says, though the balance is proven.
    const answered = { kind: 'eip1271', signature: '0x', result: `0x1626ba7e${'0'.repeat(56)}` }
    const lines = (all: Record<string, unknown>[]) => [{ ...all[0], control: answered }]
    const wallet = await checked({ holdings: [{ key: 1, wei: 1n }], lines }, {}, (folder) => {
      folder.set('addresses.json', folder.text('addresses.json').replace('eip191', 'eip1271'))
    })
    expect(wallet.report.shown).toMatchObject([{ proven: '0', observed: '0.000000000000000001' }])
    expect(wallet.report.words).toContain('that a node answered what is observed')
    expect((await word({ names: new Map([...NAMES, [COIN, 'BTC']]) })).words).toEqual([
      `that ${COIN} (BTC) is ETH`,
    ])
    const old = await checked({ challenge: { accountsRoot: undefined } })
    expect(old.report.words).toEqual([
      'when the addresses signed: nothing in the challenge was unknown before its day',
    ])
    const drand = { round: ROUND.number, signature: ROUND.signature }
    const years = await checked({ challenge: { accountsRoot: undefined, drand } })
    expect(years.report.words).toEqual([
      `when the addresses signed: no earlier than ${new Date(roundTime(ROUND.number) * 1000).toISOString().slice(0, 10)}, which is long before the moment`,
    ])
    const far = { chains: [{ chain: CHAIN, tolerance: DAY }], expires: MOMENT + 2 * DAY }
    const later = await checked({ challenge: far, blocks: [{ time: MOMENT + 20_000, before: MOMENT - 1 }] })
    expect(later.report.words).toEqual([
      `that a block of ${CHAIN} which is 20000 seconds from the moment says enough of it`,
    ])
  })

  test('how many decimals an asset has is known, or the venue’s word, and the same for every account (reserves.2)', async () => {
    const observed = { kind: 'observed', source: 'a node', height: 100, time: MOMENT }
    const other = `${CHAIN}/erc20:0x00000000000000000000000000000000000000bb`
    const told = [
      { key: 4, wei: 5n, balance: observed },
      { key: 5, wei: 5n, balance: observed },
    ]
    const listing = (...decimals: number[]) => {
      const keys = told.map(({ key }) => evmAccount(key, 31_337).id).sort()
      const lines = (all: Record<string, unknown>[]) =>
        all.map((line) =>
          keys.includes(`${line.account}`) ? { ...line, asset: other, instrument: 'X' } : line,
        )
      return checked(
        { holdings: [{ key: 1, wei: 1n }], told, lines },
        { names: new Map([...NAMES, [other, 'X']]) },
        (folder) => {
          const list = JSON.parse(folder.text('addresses.json'))
          for (const entry of list.accounts) {
            const at = keys.indexOf(entry.account)
            if (at !== -1) entry.assets = [{ asset: other, instrument: 'X', decimals: decimals[at] }]
          }
          folder.set('addresses.json', formatJson(list))
          folder.files.delete('tokens.json')
        },
      )
    }
    const { report } = await listing(2, 2)
    expect(report.shown).toMatchObject([{ instrument: 'ETH' }, { instrument: 'X', observed: '0.1' }])
    expect(report.words).toEqual(['that a node answered what is observed', `the decimals of ${other}`])
    expect(fault((await listing(2, 0)).report)).toMatch(/with one number of decimals/)
  })

  test('a block is known by a pin or by two nodes, and another one is refused (reserves.2)', async () => {
    const { folder, hashes } = await madeUpEvidence()
    const asking = (...answers: string[]) =>
      checkReserves(folder, { epoch: EPOCH, ask: async () => answers }).then(({ report }) => report)
    expect((await asking(hashes[0]!, hashes[0]!)).blocks[0]!.vouchedBy).toBe('nodes')
    expect((await asking(hashes[0]!)).blocks[0]!.vouchedBy).toBe('venue')
    expect(fault(await asking(hashes[0]!, '0x00'))).toMatch(/a node has another block/)
    const { report } = await checked({}, { blocks: new Map([[CHAIN, ['0x00']]]) })
    expect(fault(report)).toMatch(/not one that is pinned/)
    const elsewhere = await checked({}, { blocks: new Map([['eip155:1', ['0x00']]]) })
    expect(fault(elsewhere.report)).toMatch(/no evidence of a chain whose block is pinned/)
  })

  test.each<[what: string, why: RegExp, epoch: object]>([
    ['another venue', /another venue/, { venue: 'Other' }],
    ['another epoch', /another epoch/, { epoch: '2026-10' }],
    ['another ledger', /other accounts/, { accountsRoot: '8' }],
    ['another moment', /not that of the epoch/, { timestamp: MOMENT + 1 }],
  ])('R30: evidence of %s is refused (reserves.3)', async (_, why, epoch) => {
    const { report } = await checked({}, { epoch: { ...EPOCH, ...epoch } })
    expect(report).toMatchObject({ verdict: 'refused', exitCode: 1, shown: [] })
    expect(fault(report)).toMatch(why)
  })

  test.each<[what: string, why: RegExp, changes: EvidenceChanges]>([
    ['for another account', /control is not shown/, { signed: { account: evmAccount(9, 31_337).id } }],
    ['for another venue', /control is not shown/, { signed: { venue: 'Other' } }],
    ['for another purpose', /control is not shown/, { signed: { holdsFor: 'mutual' } }],
    ['for another challenge', /control is not shown/, { signed: { challenge: 'c0'.repeat(32) } }],
  ])('R30: a text that was signed %s shows no control (reserves.3)', async (_, why, changes) => {
    expect(fault((await checked(changes)).report)).toMatch(why)
  })

  test.each<[what: string, why: RegExp, changes: EvidenceChanges]>([
    [
      'too long after the moment',
      /61 seconds from the moment/,
      { blocks: [{ time: MOMENT + 61, before: MOMENT - 1 }] },
    ],
    ['behind another one', /not the first at or after/, { blocks: [{ time: MOMENT + 5, before: MOMENT }] }],
    ['too long before the moment', /61 seconds before its moment/, { blocks: [{ time: MOMENT - 61 }] }],
    ['before the moment', /1 seconds before its moment/, { blocks: [{ time: MOMENT - 1 }] }],
    [
      'after the challenge expired',
      /after the challenge expired/,
      { challenge: { expires: MOMENT + 5 }, blocks: [{ time: MOMENT + 5 }] },
    ],
    [
      'of which there are too many',
      /4 headers, and each of 1 moments needs two/,
      { blocks: [{ time: MOMENT }, { time: MOMENT + 1 }] },
    ],
  ])('R32: a block %s is refused (reserves.4)', async (_, why, changes) => {
    expect(fault((await checked(changes)).report)).toMatch(why)
  })

  test('R32: a block is the first at or after its moment by the parent that its hash names (reserves.4)', async () => {
    const latest = { time: MOMENT + 5, before: MOMENT - 1 }
    const { report, folder } = await checked({ blocks: [latest] })
    expect(report.verdict).toBe('shown')
    const path = 'headers/eip155-31337.bin'
    const both = folder.files.get(path)!
    const alone = both.subarray(both.length / 2)
    const earlier = (await madeUpEvidence({ blocks: [{ ...latest, before: MOMENT - 2 }] })).folder
    const other = earlier.files.get(path)!.subarray(0, both.length / 2)
    for (const [headers, why] of [
      [alone, /1 headers, and each of 1 moments needs two/],
      [Buffer.concat([alone, alone]), /not of the block before the one behind it/],
      [Buffer.concat([other, alone]), /not of the block before the one behind it/],
    ] as const) {
      const { report: refused } = await checked({ blocks: [latest] }, {}, (each) => each.set(path, headers))
      expect(fault(refused)).toMatch(why)
    }
  })

  test('R33: one block under the names of two chains is refused (reserves.4)', async () => {
    const twin = 'eip155:31338'
    const chains = [CHAIN, twin].map((chain) => ({ chain, tolerance: 60 }))
    const { report } = await checked({ challenge: { chains } }, {}, ({ files }) => {
      for (const [path, bytes] of [...files]) files.set(path.replace('eip155-31337', 'eip155-31338'), bytes)
    })
    expect(fault(report)).toMatch(`blocks: ${CHAIN} and ${twin} have the same block`)
  })

  const [first, second] = accountsOf(HOLDINGS).map(({ account }) => account.id) as [string, string]
  type Lines = Record<string, unknown>[]
  test.each<[what: string, why: RegExp, lines: (lines: Lines) => Lines]>([
    [
      'a unit more',
      /amount is not what is shown/,
      (l) => l.with(0, { ...l[0], amount: `${BigInt(l[0]!.amount as string) + 1n}` }),
    ],
    [
      'a holding twice',
      /twice, or out of order/,
      (l) =>
        [l.at(-1)!, ...l]
          .sort((a, b) => (`${a.account}${a.asset}` < `${b.account}${b.asset}` ? -1 : 1))
          .map((line, i, all) =>
            all[i - 1]?.account === line.account ? { ...line, control: 'above' } : line,
          ),
    ],
    [
      'another order',
      /twice, or out of order/,
      (l) =>
        l.toReversed().map((line, i, all) => ({
          ...line,
          control: l.find(({ account, control }) => account === line.account && control !== 'above')!.control,
          ...(all[i - 1]?.account === line.account && { control: 'above' }),
        })),
    ],
    [
      'an account in another spelling',
      /one spelling/,
      (l) =>
        l.map((line) =>
          line.account === first
            ? { ...line, account: first.replace(/0x.*/, (a) => a.toUpperCase().replace('0X', '0x')) }
            : line,
        ),
    ],
    [
      'a coin in another spelling',
      /not on the list of addresses/,
      (l) => l.map((line) => (line.asset === COIN ? { ...line, asset: `${CHAIN}/slip44:1` } : line)),
    ],
    [
      'an account that is not listed',
      /not on the list of addresses/,
      (l) => l.map((line) => ({ ...line, account: evmAccount(8, 31_337).id })),
    ],
    ['another instrument', /listed for another instrument/, (l) => l.with(0, { ...l[0], instrument: 'BTC' })],
    [
      'another block',
      /another than that of the header/,
      (l) => l.with(0, { ...l[0], block: `0x${'00'.repeat(32)}` }),
    ],
    ['another moment', /no such moment/, (l) => l.map((line) => ({ ...line, moment: 1 }))],
    [
      'no control',
      /line before is of another account/,
      (l) => l.map((line) => ({ ...line, control: 'above' })),
    ],
    [
      'control of the account above',
      /line before is of another account/,
      (l) => l.map((line) => (line.account === second ? { ...line, control: 'above' } : line)),
    ],
    [
      'a sentence for a signature',
      /list of addresses has eip191/,
      (l) => l.with(0, { ...l[0], control: 'attested' }),
    ],
    [
      'another kind of control',
      /list of addresses has eip191/,
      (l) => l.with(0, { ...l[0], control: { ...(l[0]!.control as object), kind: 'eip712' } }),
    ],
    [
      'a token for a coin',
      /not the chain's own coin|amount is not/,
      (l) => l.map((line) => ({ ...line, balance: { kind: 'evm-native' } })),
    ],
    [
      'a coin for a token',
      /tokens.json does not have the token/,
      (l) => l.map((line) => ({ ...line, balance: { kind: 'evm-token' } })),
    ],
  ])('R31: a line with %s is refused, by its number (reserves.1)', async (_, why, lines) => {
    const { report } = await checked({ lines })
    expect(fault(report)).toMatch(/evidence\.jsonl:[0-9]+: /)
    expect(fault(report)).toMatch(why)
    expect(report.shown).toEqual([])
  })

  test('a line that leaves something out counts for less, and what nothing needs is refused (reserves.1)', async () => {
    const shorter = await checked({
      lines: (all) => all.filter(({ asset }) => asset === COIN).map((line, _i) => line),
    })
    expect(fault(shorter.report)).toMatch(/line before|nodes of/)
    const { report } = await checked({ lines: (all) => all.slice(0, -1) })
    expect(fault(report)).toMatch(/nodes of eip155:31337 show nothing/)
    const besides = await checked({}, {}, (folder) => folder.set('headers/eip155-1.bin', 'x'))
    expect(fault(besides.report)).toMatch(/no part of evidence/)
  })

  test('a layout is the project’s, the reader’s, or the venue’s word; none is overridden in silence (reserves.5)', async () => {
    const usdc = 'eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48'
    const list = (asset: string, more: object) => {
      const token = { asset, decimals: 6, layout: { kind: 'mapping', slot: '0', order: 'solidity' }, ...more }
      return formatJson({ schema: 'plimsoll/reserves-tokens/1', tokens: [token] })
    }
    const lies = list(usdc, { code: `0x${'11'.repeat(32)}` })
    const replaced = await checked({}, {}, (folder) => folder.set('tokens.json', lies))
    expect(fault(replaced.report)).toMatch(/than the project knows/)
    const other = list(TOKEN_ASSET, { decimals: 0, code: `0x${'11'.repeat(32)}` })
    const differs = await checked({}, {}, (folder) => folder.set('tokens.json', other))
    expect(fault(differs.report)).toMatch(/says otherwise of .* than own\.json/)
    const own = { text: list(usdc, { decimals: 6, code: `0x${'11'.repeat(32)}` }), where: 'own.json' }
    const both = await checked({}, { tokens: own }, (folder) =>
      folder.set('tokens.json', list(usdc, { decimals: 0, code: `0x${'11'.repeat(32)}` })),
    )
    expect(fault(both.report)).toMatch(/says otherwise of .* than own\.json/)
    const silent = await checked({}, {}, (folder) => folder.files.delete('tokens.json'))
    expect(silent.report).toMatchObject({ verdict: 'shown', words: [] })
    // Code that the reader alone names is looked for at the block.
    const named = { text: list(TOKEN_ASSET, { code: `0x${'11'.repeat(32)}` }), where: 'own.json' }
    const held = await checked({}, { tokens: named }, (folder) => folder.files.delete('tokens.json'))
    expect(fault(held.report)).toMatch(/^evidence: .*other code at the block/)
    const code = await checkReserves((await madeUpEvidence()).folder.set('tokens.json', other), {})
    expect(fault(code.report)).toMatch(/other code at the block/)
  })

  test('R35: who holds a key of nobody’s, and what the reader leaves out, counts as nothing (reserves.6)', async () => {
    const exclude = {
      schema: 'plimsoll/reserves-exclusions/1' as const,
      accounts: [first],
      assets: [TOKEN_ASSET],
    }
    const { report } = await checked({}, { exclude })
    expect(report.uncounted.named.map(({ why }) => why)).toContain('the account is on the list of exclusions')
    expect(report.shown.filter(({ instrument }) => instrument === 'USDC')).toEqual([])
    // The third account holds the token alone, and nothing of the coin.
    expect(report.accounts.counted).toBe(1)
    const empty = await checked({ holdings: [...HOLDINGS, { key: 7, wei: 0n }] })
    expect(empty.report.accounts).toEqual({ listed: 4, counted: 3 })
  })

  test('R36: an account that another venue shows too is named, a private one is not (reserves.7)', async () => {
    const { folder: other } = await madeUpEvidence({ holdings: HOLDINGS.filter(({ key }) => key !== 2) })
    const { report } = await checked({}, { against: [other] })
    expect(fault(report)).toMatch(/2 accounts are shown there too/)
    const names = report.shared.map(({ account }) => account)
    expect(names).toContain(evmAccount(1, 31_337).id)
    expect(names).toContain('a private account')
    const { folder: stranger } = await madeUpEvidence({ holdings: [{ key: 8, wei: 1n }] })
    expect((await checked({}, { against: [stranger] })).report.valid).toBe(true)
  })

  test('no report names an account that is marked private (reserves.8)', async () => {
    const hidden = evmAccount(3, 31_337)
    const exclude = { schema: 'plimsoll/reserves-exclusions/1' as const, accounts: [hidden.id] }
    const { folder: other } = await madeUpEvidence()
    const reports = [
      (await checked({}, { exclude, against: [other] })).report,
      (await checked({ signed: { venue: 'Other' } })).report,
      (await checked({ lines: (all) => all.map((line) => ({ ...line, amount: '5' })) })).report,
    ]
    for (const report of reports) {
      expect(JSON.stringify(report).toLowerCase()).not.toContain(hidden.address.slice(2))
    }
  })

  test('the least that any of several moments shows counts, in moments that nobody foresaw (reserves.9)', async () => {
    const { number: round, signature } = ROUND
    const to = roundTime(round) - 10
    const { folder: draft } = await madeUpEvidence()
    const { root } = parseAddresses(draft.text('addresses.json'), '')
    const challenge = {
      moment: { kind: 'random', from: to - DAY, to, round, count: 2 },
      addressesRoot: root,
      expires: to + DAY,
    }
    const text = (await madeUpEvidence({ challenge })).folder.text('challenge.json')
    const moments = await momentsOf(parseChallenge(text, '').challenge, { round, signature })
    expect(moments).toHaveLength(2)
    for (const moment of moments) expect(moment >= to - DAY && moment <= to).toBe(true)
    const blocks = [{ time: moments[0]!, more: 5n }, { time: moments[1]! }]
    const drand = (folder: MemoryFolder) => folder.set('drand.json', formatJson({ round, signature }))
    const epoch = { ...EPOCH, timestamp: to - 5 }
    const { report } = await checked({ challenge, blocks }, { epoch }, drand)
    expect(fault(report)).toBeUndefined()
    expect(report.blocks.map(({ time }) => time)).toEqual(moments)
    expect(report.shown[0]).toMatchObject({ instrument: 'ETH', proven: '3' })

    // Whoever makes the challenge after its round was signed has as many tries as they like.
    expect(report.words).toEqual([
      `that the challenge is older than round ${round}, which picks its moments: name its hash from before`,
    ])
    const named = await checked({ challenge, blocks }, { epoch, challenge: sha256Text(text) }, drand)
    expect(named.report).toMatchObject({ verdict: 'shown', words: [] })
    const later = await checked({ challenge, blocks }, { epoch, challenge: '00'.repeat(32) }, drand)
    expect(fault(later.report)).toMatch(/challenge is another than the one that you named/)

    expect(fault((await checked({ challenge, blocks }, { epoch })).report)).toMatch(
      /signature of the round .* missing/,
    )
    const early = { ...challenge, moment: { ...challenge.moment, to: to + 60 } }
    expect(fault((await checked({ challenge: early, blocks }, { epoch }, drand)).report)).toMatch(
      /known before the last/,
    )
    const others = { ...challenge, addressesRoot: '00'.repeat(32) }
    expect(fault((await checked({ challenge: others, blocks }, { epoch }, drand)).report)).toMatch(
      /challenge fixes/,
    )
    const { addressesRoot: _, ...open } = challenge
    expect(fault((await checked({ challenge: open, blocks }, { epoch }, drand)).report)).toMatch(
      /must fix the addresses/,
    )
  })

  test('what nodes or people say is of a class of its own, and a policy can ask for a share that is proven (reserves.10)', async () => {
    const observed = { kind: 'observed', source: 'a node', height: 100, time: MOMENT }
    const attested = { kind: 'attested', by: 'First Bank', statement: '00'.repeat(32), time: MOMENT }
    const told = [
      { wei: 4n * ETHER, balance: attested },
      { key: 4, wei: 2n * ETHER, balance: observed },
    ]
    const holdings = [{ key: 1, wei: 6n * ETHER }]
    const names = new Map([...NAMES, ['attested:bank/iso4217:eth', 'ETH']])
    const asking = async (share: readonly [bigint, bigint], more: EvidenceChanges = {}) => {
      const [numerator, denominator] = share
      const { folder, hashes } = await madeUpEvidence({ holdings, told, ...more })
      folder.files.delete('tokens.json')
      const provenShare = { numerator, denominator }
      return (await checkReserves(folder, { ...pinned(hashes), names, provenShare })).report
    }
    const report = await asking([1n, 2n])
    expect(report.verdict).toBe("on the venue's word")
    expect(report.words).toEqual([
      'that a node answered what is observed',
      'that somebody signed what is attested',
    ])
    expect(report.shown).toEqual([
      { instrument: 'ETH', holdsFor: 'customers', proven: '6', observed: '2', attested: '4' },
    ])
    expect(fault(await asking([501n, 1000n]))).toMatch(/less of ETH is proven than asked for/)
    const late = { ...observed, time: MOMENT + 61 }
    expect(fault(await asking([0n, 1n], { told: [{ key: 4, wei: 1n, balance: late }] }))).toMatch(
      /61 seconds/,
    )
    const bank = { ...observed, source: 'First Bank' }
    expect(fault(await asking([0n, 1n], { told: [{ wei: 1n, balance: bank }] }))).toMatch(/is attested/)
  })

  test('the summary is what the evidence gives, in units of the table, rounded down (reserves.11)', async () => {
    const table = {
      sha256: 'ab'.repeat(32),
      instruments: [
        { symbol: 'ETH', decimals: 9 },
        { symbol: 'EUR', decimals: 2 },
        { symbol: 'USDC', decimals: 6 },
      ],
    }
    const { folder, hashes, totals, tokens } = await checked()
    expect(shownUnits(totals!, table.instruments, ['proven'])).toEqual([3_100_000_000n, 0n, 2_500_007n])
    expect(shownUnits(totals!, table.instruments, ['proven'], ['insurance'])).toEqual([100_000_000n, 0n, 0n])
    expect(shownUnits(totals!, table.instruments, ['observed', 'attested'])).toEqual([0n, 0n, 0n])
    const known = { ...pinned(hashes), names: NAMES, tokens }
    const summary = summaryFrom(await checkReserves(folder, known), table, ['proven'])
    expect(summary.shown).toEqual({ ETH: '3.1', USDC: '2.500007' })
    const again = async (change: object) => {
      folder.set('summary.json', formatJson({ ...summary, ...change }))
      return checkReserves(folder, { ...known, table })
    }
    const same = await again({})
    expect(same.report.verdict).toBe('shown')
    expect(same.summary).toEqual(summary)
    for (const change of [
      { shown: { ETH: '3.100000001', USDC: '2.500007' } },
      { classes: ['proven', 'observed'], shown: { ETH: '3.2' } },
      { evidenceHash: '00'.repeat(32) },
      { riskTable: '00'.repeat(32) },
      { epoch: '2026-10' },
      { challenge: '00'.repeat(32) },
    ]) {
      const { report: other, summary: none } = await again(change)
      expect(fault(other), JSON.stringify(change)).toMatch(/not what the evidence gives/)
      expect(none).toBeUndefined()
    }
  })

  test('any byte of any file that is changed is refused, or changes nothing (reserves.12)', async () => {
    const { folder, hashes } = await madeUpEvidence({ holdings: [{ key: 1, wei: 5n }] })
    folder.files.delete('tokens.json')
    const shows = async () => {
      const { report } = await checkReserves(folder, { ...pinned(hashes), names: NAMES })
      return [report.verdict, report.words, report.shown, report.blocks, report.uncounted]
    }
    const sound = await shows()
    expect(sound[0]).toBe('shown')
    let refused = 0
    for (const [path, bytes] of folder.files) {
      for (let at = 0; at < bytes.length; at++) {
        const changed = Uint8Array.from(bytes)
        changed[at]! ^= 1 << (at % 8)
        folder.files.set(path, changed)
        const shown = await shows()
        if (shown[0] === 'refused') refused++
        else expect(shown, `${path}, byte ${at}`).toEqual(sound)
      }
      folder.files.set(path, bytes)
    }
    expect(refused).toBeGreaterThan(1000)
  })
})
