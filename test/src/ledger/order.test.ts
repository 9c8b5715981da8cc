import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InputError } from '../../../src/errors/index.js'
import { accountIdFault, formatDecimal } from '../../../src/field/index.js'
import { type Account, readLedger } from '../../../src/ledger/index.js'
import { accountsOf, failure, readText, table, withFile } from '../../helpers/ledger-files.js'

const HEADER = 'account_id,instrument,quantity\n'
const ids = Array.from({ length: 500 }, (_, i) => (i % 50 === 0 ? `客户 ${i}` : `cust-${i}`))
const text = HEADER + ids.flatMap((id) => [`${id},BTC,1\n`, `${id},ETH,2\n`]).join('')
const order = async (content: string, seed: Uint8Array): Promise<string[]> =>
  (await readText(content, {}, seed)).accounts.map(({ id }) => id)
const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

describe('the order of accounts (privacy.5)', () => {
  test('is that of SHA-256 over the seed and the identifier', async () => {
    const key = (id: string): string => createHash('sha256').update(seedOf(1)).update(id).digest('hex')
    const expected = [...ids].sort((a, b) => (key(a) < key(b) ? -1 : 1))
    expect(await order(text, seedOf(1))).toEqual(expected)
  })

  test('does not depend on the order of rows, nor on threads and memory', async () => {
    const [header, ...rows] = text.trimEnd().split('\n')
    const reversed = `${[header, ...rows.reverse()].join('\n')}\n`
    const expected = await order(text, seedOf(1))
    expect(await order(reversed, seedOf(1))).toEqual(expected)
    const single = await readText(text, { threads: 1, memoryLimit: '64MB' }, seedOf(1))
    expect(single.accounts.map(({ id }) => id)).toEqual(expected)
  })

  test('is another with another seed', async () => {
    const [one, other] = [await order(text, seedOf(1)), await order(text, seedOf(2))]
    expect(one).not.toEqual(other)
    expect([...one].sort()).toEqual([...other].sort())
    expect(one.filter((id, i) => other[i] === id).length).toBeLessThan(20)
  })

  test('is the same in every pass over one ledger, also in passes side by side', async () => {
    await withFile(text, async (path) => {
      const ledger = await readLedger(path, table)
      try {
        const passes = [
          ledger.accounts({ shuffleSeed: seedOf(3) }),
          ledger.accounts({ shuffleSeed: seedOf(3) }),
        ]
        for (;;) {
          const [a, b] = await Promise.all(passes.map((pass) => pass.next()))
          expect(a).toEqual(b)
          if (a!.done) break
        }
      } finally {
        await ledger.close()
      }
    })
  })

  test('needs a seed that cannot be guessed', async () => {
    await expect(order(text, new Uint8Array(15))).rejects.toThrow(RangeError)
  })
})

describe('a ledger once read (cli.9)', () => {
  const ROWS = 400_000
  const large =
    HEADER +
    Array.from({ length: ROWS }, (_, i) => `customer-of-the-venue-number-${i},BTC,${i}.25\n`).join('')
  let temporary: string
  let usual: string | undefined
  beforeEach(async () => {
    usual = process.env.TMPDIR
    temporary = await mkdtemp(join(tmpdir(), 'ledger-test-'))
  })
  afterEach(async () => {
    if (usual === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = usual
    await rm(temporary, { recursive: true })
  })

  test('spills into a private folder when memory is short, loses nothing, and leaves no folder behind (cli.4)', async () => {
    await withFile(large, async (path) => {
      process.env.TMPDIR = temporary
      const spilled = new Set<string>()
      // With more threads it depends on their pace how much memory is enough.
      const ledger = await readLedger(path, table, { memoryLimit: '80MB', threads: 1 })
      const [folder] = await readdir(temporary)
      expect((await stat(join(temporary, folder!))).mode & 0o777).toBe(0o700)
      let count = 0
      let total = 0n
      for await (const { slots } of ledger.accounts({ shuffleSeed: seedOf(5) })) {
        if (count++ % 10_000 === 0) {
          for (const name of await readdir(temporary, { recursive: true })) {
            if (name.includes('duckdb_temp_storage')) spilled.add(name)
          }
        }
        total += slots[0]!.quantity
      }
      expect(spilled.size).toBeGreaterThan(0)
      expect(count).toBe(ROWS)
      expect(total).toBe(BigInt(ROWS) * (BigInt(ROWS - 1) * 50_000_000n + 25_000_000n))
      await ledger.close()
      expect(await readdir(temporary)).toEqual([])
    })
  })

  test('leaves no folder behind when refused, left in the middle or closed twice', async () => {
    await withFile(text, async (path) => {
      process.env.TMPDIR = temporary
      const ledger = await readLedger(path, table)
      for await (const account of ledger.accounts({ shuffleSeed: seedOf(4) })) {
        expect(account.slots).toHaveLength(2)
        break
      }
      await ledger.close()
      await ledger.close()
      expect(await readdir(temporary)).toEqual([])
    })
    await failure(`${HEADER}a,BTC,x\n`)
    expect(await readdir(temporary)).toEqual([])
  })

  test('is refused when its file grows while it is read', async () => {
    await withFile(large, async (path) => {
      const reading = readLedger(path, table)
      let outcome: string | undefined
      const settled = reading.then(
        () => {
          outcome = 'read'
        },
        (error: InputError) => {
          outcome = error.code
        },
      )
      for (let i = 0; outcome === undefined; i++) await appendFile(path, `late-${i},BTC,1\n`)
      await settled
      expect(outcome).toMatch(/^LEDGER_(CHANGED|READ)$/)
    })
  })

  test('is refused when there is no such file', async () => {
    await expect(readLedger(join(temporary, 'none.csv'), table)).rejects.toMatchObject({
      code: 'FILE_ACCESS',
    })
    await expect(readLedger(temporary, table)).rejects.toMatchObject({ code: 'FILE_ACCESS' })
  })
})

describe('any ledger (cli.9)', () => {
  const accountIds = fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
      fc.string({ minLength: 1, maxLength: 40 }),
    )
    .map((id) => id.normalize('NFC').trim())
    .filter((id) => accountIdFault(id) === undefined)
  const magnitudes = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })
  const accounts: fc.Arbitrary<Account[]> = fc.uniqueArray(
    fc.record({
      id: accountIds,
      owner: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 2n ** 253n })),
      slots: fc
        .uniqueArray(
          fc.record({
            instrument: fc.nat(table.instruments.length - 1),
            quantity: fc.tuple(magnitudes, fc.boolean()).map(([m, negative]) => (negative ? -m : m)),
          }),
          { minLength: 1, selector: ({ instrument }) => instrument },
        )
        .map((slots) => slots.sort((a, b) => a.instrument - b.instrument)),
    }),
    { minLength: 1, maxLength: 30, selector: ({ id }) => id },
  )
  const styles = fc.record({
    end: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    lastEnd: fc.boolean(),
    quoteAll: fc.boolean(),
    zeros: fc.boolean(),
    columns: fc.shuffledSubarray(['account_id', 'instrument', 'quantity', 'owner'], { minLength: 4 }),
  })
  const cell = (value: string, all: boolean): string =>
    all || /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

  test('reads back as it was, whatever the order of rows and columns, line ends, quoting and trailing zeros', async () => {
    await fc.assert(
      fc.asyncProperty(accounts, styles, fc.infiniteStream(fc.nat()), async (expected, style, keys) => {
        const rows = expected
          .flatMap(({ id, owner, slots }) =>
            slots.map(({ instrument, quantity }) => {
              const { symbol, decimals } = table.instruments[instrument]!
              const plain = formatDecimal(quantity, decimals)
              const padded = plain.includes('.') ? `${plain}000` : `${plain}.00`
              const cells: Record<string, string> = {
                account_id: id,
                instrument: symbol,
                quantity: style.zeros ? padded : plain,
                owner: owner === 0n ? '' : owner.toString(),
              }
              return style.columns.map((name) => cell(cells[name]!, style.quoteAll)).join(',')
            }),
          )
          .map((line) => ({ line, key: keys.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ line }) => line)
        const lines = [style.columns.map((name) => cell(name, style.quoteAll)).join(','), ...rows]
        const content = style.mark + lines.join(style.end) + (style.lastEnd ? style.end : '')
        expect(await accountsOf(content)).toEqual(
          Object.fromEntries(expected.map((account) => [account.id, account])),
        )
      }),
      { numRuns: 60 },
    )
  })
})
