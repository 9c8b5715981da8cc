import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { accountsOf, failure, readFile, readText, withFile } from '../../helpers/ledger-files.js'

const HEADER = 'account_id,instrument,quantity'
const ONE = { a: { id: 'a', owner: 0n, slots: [{ instrument: 0, quantity: 100_000_000n }] } }

describe('the CSV reader accepts (cli.8)', () => {
  test.each([
    ['LF', `${HEADER}\na,BTC,1\n`],
    ['CRLF', `${HEADER}\r\na,BTC,1\r\n`],
    ['no last line end', `${HEADER}\na,BTC,1`],
    ['no last line end after CRLF', `${HEADER}\r\na,BTC,1`],
    ['a byte order mark', `\ufeff${HEADER}\na,BTC,1\n`],
    ['quoted cells', '"account_id","instrument",quantity\n"a","BTC","1"\n'],
  ])('%s', async (_, text) => {
    expect(await accountsOf(text)).toEqual(ONE)
  })

  test('commas and doubled quotes in quoted cells', async () => {
    expect(Object.keys(await accountsOf(`${HEADER}\n"a,""b"""",",BTC,1\n`))).toEqual(['a,"b"",'])
  })

  test.each(["a[b]*?{c}'d.csv", 'a*.csv', '[a].csv'])(
    'the path %s as it is, not as a pattern',
    async (name) => {
      const text = `${HEADER}\na,BTC,1\n`
      await withFile(
        text,
        async (path) => {
          for (const decoy of ['ab.csv', 'a.csv', "ab--{c}'d.csv"]) {
            await writeFile(join(dirname(path), decoy), text.replace('a,BTC', 'decoy,BTC'))
          }
          expect((await readFile(path)).accounts.map(({ id }) => id)).toEqual(['a'])
        },
        name,
      )
    },
  )

  test('rows across many read buffers, all of them, with right line numbers at the end', async () => {
    const id = 'x'.repeat(245)
    const rows = Array.from({ length: 140_000 }, (_, i) => `${id}${i},BTC,${i}`)
    const { count, accounts } = await readText([HEADER, ...rows, ''].join('\n'))
    expect(count).toBe(140_000)
    const total = accounts.reduce((sum, { slots }) => sum + (slots[0]?.quantity ?? 0n), 0n)
    expect(total).toBe(100_000_000n * ((139_999n * 140_000n) / 2n))
    expect((await failure([HEADER, ...rows, 'last,BTC,x'].join('\r\n'))).where).toBe(
      'accounts.csv:140002, column quantity',
    )
  })
})

describe('accounts that come compressed or through a pipe (cli.9)', () => {
  const text = `${HEADER}\na,BTC,1\nb,ETH,-2.5\n`
  const wanted = async () => readText(text)

  test('are those of the file that gzip has compressed, whatever its name', async () => {
    for (const name of ['accounts.csv.gz', 'accounts.csv']) {
      expect(await withFile(gzipSync(text), readFile, name)).toEqual(await wanted())
    }
  })

  test('are refused when what is compressed is cut short, and nothing stays behind', async () => {
    const cut = gzipSync(text).subarray(0, -9)
    expect(await failure(cut)).toMatchObject({ code: 'LEDGER_COMPRESSION', where: 'accounts.csv' })
    expect((await failure(gzipSync(`${text}c,BTC,x\n`))).where).toBe('accounts.csv:4, column quantity')
  })

  test('are refused when a small file would fill the disk', async () => {
    const grown = (bytes: number) => failure(gzipSync(Buffer.alloc(bytes)))
    expect(await grown(80 * 2 ** 20)).toMatchObject({
      code: 'LEDGER_COMPRESSION',
      where: 'accounts.csv',
      message: expect.stringContaining('200 times'),
    })
    expect((await grown(2 ** 20)).code, 'control: the same, of a size that does not matter').not.toBe(
      'LEDGER_COMPRESSION',
    )
  })

  test('are read from a pipe, plain and compressed', async () => {
    for (const content of [Buffer.from(text), gzipSync(text)]) {
      const reading = withFile('', async (path) => {
        execFileSync('mkfifo', [`${path}.pipe`])
        const [read] = await Promise.all([readFile(`${path}.pipe`), writeFile(`${path}.pipe`, content)])
        return read
      })
      expect(await reading).toEqual(await wanted())
    }
  })
})

describe('F02: the CSV reader refuses, at the line (cli.8)', () => {
  test.each([
    ['a row with a missing cell', 'b,BTC', 'LEDGER_ROW'],
    ['a row with an extra cell', 'b,BTC,1,2', 'LEDGER_ROW'],
    ['a row with an extra empty cell', 'b,BTC,1,', 'LEDGER_ROW'],
    ['a blank line', '', 'LEDGER_ROW'],
    ['a line of spaces', '  ', 'LEDGER_ROW'],
    ['a comment line', '# done', 'LEDGER_ROW'],
    ['a NUL byte', 'b\0,BTC,1', 'LEDGER_SYNTAX'],
    ['a NUL byte in quotes', '"b\0",BTC,1', 'LEDGER_SYNTAX'],
    ['a tab', 'b\t,BTC,1', 'LEDGER_SYNTAX'],
    ['a carriage return inside', 'b\r,BTC,1', 'LEDGER_SYNTAX'],
    ['a line end unlike the others', 'b,BTC,1\r', 'LEDGER_SYNTAX'],
    ['a quote inside a bare cell', 'b"b",BTC,1', 'LEDGER_SYNTAX'],
    ['text after a closing quote', '"b"b,BTC,1', 'LEDGER_SYNTAX'],
    ['a space before a quoted cell', ' "b",BTC,1', 'LEDGER_SYNTAX'],
    ['a quoted cell over two lines', '"b\nb",BTC,1', 'LEDGER_SYNTAX'],
    ['a quote never closed', '"b,BTC,1', 'LEDGER_SYNTAX'],
    ['another delimiter', 'b;BTC;1', 'LEDGER_ROW'],
    ['a line longer than a mebibyte', `${'b'.repeat(1 << 20)},BTC,1`, 'LEDGER_SYNTAX'],
  ])('%s', async (_, row, code) => {
    const error = await failure(`${HEADER}\na,BTC,1\n${row}\nc,BTC,1\n`)
    expect(error).toMatchObject({ code, where: 'accounts.csv:3' })
  })

  test('a line end unlike the others, the other way round', async () => {
    expect(await failure(`${HEADER}\r\na,BTC,1\r\nb,BTC,1\nc,BTC,1\r\n`)).toMatchObject({
      code: 'LEDGER_SYNTAX',
      where: 'accounts.csv:3',
    })
  })

  test('line ends of carriage returns alone', async () => {
    expect((await failure(`${HEADER}\ra,BTC,1\r`)).code).toBe('LEDGER_SYNTAX')
  })

  test('a blank last line', async () => {
    expect((await failure(`${HEADER}\na,BTC,1\n\n`)).message).toContain('a blank line')
    expect(await failure(`${HEADER}\na,BTC,1\n\n`)).toMatchObject({
      code: 'LEDGER_ROW',
      where: 'accounts.csv:3',
    })
    expect(await failure(`${HEADER}\r\na,BTC,1\r\n\r\n`)).toMatchObject({
      code: 'LEDGER_ROW',
      where: 'accounts.csv:3',
    })
  })

  test('a carriage return as the last byte', async () => {
    expect((await failure(`${HEADER}\na,BTC,1\r`)).code).toBe('LEDGER_SYNTAX')
  })

  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}\na,BTC,1\n`),
      Buffer.from([0x62, 0xe9, 0x2c]),
      Buffer.from('BTC,1\n'),
    ])
    expect(await failure(bytes)).toMatchObject({ code: 'LEDGER_ENCODING', where: 'accounts.csv:3' })
    expect((await failure(Buffer.from(`${HEADER}\na,BTC,1\n`, 'utf16le'))).code).toMatch(
      /LEDGER_(ENCODING|SYNTAX)/,
    )
  })

  test('F10: a line of more than a mebibyte without an end, before it fills the memory', async () => {
    expect(await failure(`${HEADER}\n${'x'.repeat(5 << 20)}`)).toMatchObject({
      code: 'LEDGER_SYNTAX',
      where: 'accounts.csv:2',
    })
  })
})

describe('the CSV reader refuses the header (cli.8)', () => {
  test.each([
    ['without a column', 'account_id,instrument', /missing column quantity/],
    ['with a column in another case', 'account_id,Instrument,quantity', /missing column instrument/],
    ['with an unknown column', `${HEADER},note`, /unknown column "note"/],
    ['with a nameless column', `${HEADER},`, /unknown column ""/],
    ['with a column twice', `${HEADER},quantity`, /duplicate column quantity/],
    ['with spaces around a name', 'account_id, instrument,quantity', /missing column instrument/],
    ['that is missing', 'a,BTC,424242', /missing column account_id, instrument, quantity/],
  ])('%s', async (_, header, message) => {
    const error = await failure(`${header}\na,BTC,1\n`)
    expect(error).toMatchObject({ code: 'LEDGER_HEADER', where: 'accounts.csv:1' })
    expect(error.message).toMatch(message)
    expect(error.all).not.toContain('424242')
  })

  test.each(['', '\ufeff'])('of an empty file "%s"', async (text) => {
    expect(await failure(text)).toMatchObject({ code: 'LEDGER_EMPTY', where: 'accounts.csv' })
  })

  test.each([HEADER, `${HEADER}\n`, `\ufeff${HEADER}\r\n`])('with no account below it: %j', async (text) => {
    expect(await failure(text)).toMatchObject({ code: 'LEDGER_EMPTY', where: 'accounts.csv' })
  })
})
