import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { bars } from '../../../src/cli/terminal/bars.js'
import { columnsOf, layOut, statusLine } from '../../../src/cli/terminal/layout.js'
import { table } from '../../../src/cli/terminal/table.js'
import { textWidth, wrap } from '../../../src/cli/terminal/width.js'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))
const lines = (text: string) => text.split('\n').slice(0, -1)

/** Text of every kind that a file could hold: letters, wide ones, marks, controls, line ends, long words. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('a', ' ', '東', 'e\u0301', '\n', '\r', '\u001b', '│', '😀'),
    maxLength: 200,
  }),
)

describe('what is printed is made of printable parts (cli.17)', () => {
  test('F13: a string is one line, whatever stands in it: no file can write a row or a verdict', () => {
    expect(layOut(['desk-1\nVALID', ['✓ \r\u001b[2K']], 80)).toBe('desk-1\\u{a}VALID\n✓ \\u{d}\\u{1b}[2K\n')
  })

  test('a cell stays in its column, at any width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyText, anyText, anyText), { maxLength: 5 }),
        fc.integer({ min: 20, max: 200 }),
        (rows, columns) => {
          const drawn = lines(layOut(table(['', 'check', 'detail'], rows), columns))
          for (const line of drawn) {
            expect(textWidth(line)).toBeLessThanOrEqual(columns)
            // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
          }
        },
      ),
      { seed: 16, numRuns: 300 },
    )
  })

  test('what a cell says at the first column of a line begins a row of its own', () => {
    const drawn = lines(
      layOut(table(['check', 'detail'], [['epoch', `${'x '.repeat(60)}VALID `.repeat(4)]]), 40),
    )
    expect(drawn.length).toBeGreaterThan(8)
    for (const line of drawn.slice(3)) expect(line).toMatch(/^ {7}/)
  })

  test('a line that a terminal would break is broken between words, and goes on further in', () => {
    expect(layOut(`${'word '.repeat(6)}VALID`, 20)).toBe('word word word word\n  word word VALID\n')
  })

  test('without a terminal, lines have as many columns as COLUMNS says, or 80 (cli.18)', () => {
    const file = { columns: undefined } as unknown as NodeJS.WriteStream
    for (const [variable, columns] of [
      ['', 80],
      ['120', 120],
      ['5', 20],
      ['x', 80],
      ['-1', 80],
    ] as const) {
      vi.stubEnv('COLUMNS', variable)
      expect(columnsOf(file), variable).toBe(columns)
      expect(columnsOf({ columns: 44 } as NodeJS.WriteStream)).toBe(44)
    }
    vi.unstubAllEnvs()
  })

  test('a very long text is cut, and says by how much', () => {
    const [line] = lines(layOut('7'.repeat(1_000_000), 5_000))
    expect(line!.length).toBeLessThan(4_100)
    expect(line).toMatch(/… \(996000 more characters\)$/)
  })

  test('a line that is drawn over again and again never needs a second one', () => {
    expect(textWidth(statusLine(`… ${'東京\n'.repeat(40)}`, 60))).toBeLessThan(60)
  })

  test('nothing is written to the terminal but through these parts', () => {
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )
    const writing = files.filter((file) =>
      readFileSync(join(SRC, file), 'utf8')
        .replace(/\/\*\*[\s\S]*?\*\//g, '')
        .match(
          /process\.std(?:out|err)\.write|console\.|(?:process\.std(?:out|err)|\bstream|\berr)\.write\(/,
        ),
    )
    // What anvil's keeper and the compiler's process say goes into pipes of ours.
    expect(writing.sort()).toEqual(['chain/anvil.ts', 'chain/compile.ts', 'cli/terminal/ui.ts'])
  })
})

describe('tables fit the terminal (cli.18)', () => {
  test('a table has a rule below its head and no other, and numbers stand under one another', () => {
    expect(
      layOut(
        table(
          ['asset', 'count'],
          [
            ['BTC', 7],
            ['ETH', '1,200'],
            ['東京', '30'],
          ],
        ),
        80,
      ),
    ).toBe('asset  count\n─────  ─────\nBTC        7\nETH    1,200\n東京      30\n')
  })

  test('wide columns are broken between words first, and a list is lines of its own', () => {
    const rows = [
      ['first', 'one two three four'],
      ['second', ['a b', 'c']],
    ]
    expect(layOut(table(['name', 'what it says'], rows), 20)).toBe(
      [
        'name    what it says',
        '──────  ────────────',
        'first   one two',
        '        three four',
        'second  a b',
        '        c',
        '',
      ].join('\n'),
    )
  })

  test('where words do not fit, every row is a block of its own', () => {
    const rows = [
      ['2020-03-12-covid', '5,417,292.34', '811,903.71'],
      ['usdt-to-half', '5,038,025.15', ''],
    ]
    expect(layOut(table(['scenario', 'owed', 'shortfalls'], rows), 36)).toBe(
      [
        'scenario    2020-03-12-covid',
        'owed        5,417,292.34',
        'shortfalls  811,903.71',
        '',
        'scenario    usdt-to-half',
        'owed        5,038,025.15',
        '',
      ].join('\n'),
    )
  })

  test('bars become shorter, and then go below their names', () => {
    const rows = [
      { name: 'insurance fund', value: 100n, text: '100.00' },
      { name: 'uncovered', value: -50n, text: '50.00' },
    ]
    for (const columns of [24, 30, 40, 60, 80]) {
      const drawn = lines(layOut(bars(rows), columns))
      expect(drawn.length).toBe(columns < 36 ? 4 : 2)
      for (const line of drawn) expect(textWidth(line)).toBeLessThanOrEqual(columns)
      expect(drawn.join('')).toMatch(/│█{5}/)
    }
  })

  test('a character takes the cells that a terminal gives it', () => {
    for (const [text, width] of [
      ['abc', 3],
      ['東京', 4],
      ['ｶﾅ', 2],
      ['Ａ', 2],
      ['한', 2],
      ['😀', 2],
      ['✓', 1],
      ['e\u0301', 1],
      ['│█▏', 3],
    ] as const) {
      expect(textWidth(text), text).toBe(width)
    }
  })

  test('a word that is longer than a line is broken, a mark staying with its letter', () => {
    expect(wrap('e\u0301e\u0301e\u0301', 2)).toEqual(['e\u0301e\u0301', 'e\u0301'])
    expect(wrap('a 0123456789', 4, ' ')).toEqual(['a', ' 012', ' 345', ' 678', ' 9'])
  })
})
