import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ATTACKS } from '../../scripts/soundness/attacks/catalogue.js'
import { faultAt } from '../../scripts/soundness/attacks/play.js'
import {
  attacksOf,
  missingAt,
  solidityTitles,
  titlesOf,
  typescriptTitles,
} from '../../scripts/soundness/attacks/titles.js'

const ids = ATTACKS.map(({ id }) => id)

describe('the catalogue of attacks (cli.13)', () => {
  test('has every attack once, numbered without a gap', () => {
    const last = { C: 39, V: 39, S: 45, F: 13, P: 12, N: 26, R: 36, L: 21, T: 13 }
    const every = Object.entries(last).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`),
    )
    expect(ids.toSorted()).toEqual(every.toSorted())
  })

  test.each(ATTACKS.map((attack) => [attack.id, attack] as const))(
    '%s is played where it says, or waits for what does not exist yet',
    (id, { where }) => {
      if ('waitsFor' in where) return expect(where.waitsFor).not.toBe('')
      expect(where.length).toBeGreaterThan(0)
      expect(where.flatMap((place) => missingAt(id, place) ?? [])).toEqual([])
    },
  )

  test('knows every attack that a title names', () => {
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(test\.ts|t\.sol)$/.test(file))
      .map((file) => `test/${file}`)
    expect(files.length).toBeGreaterThan(50)
    const unknown = files.flatMap((file) =>
      titlesOf(file)!.flatMap(({ title, names }) =>
        [...names, ...attacksOf(title)]
          .filter((id) => !ids.includes(id))
          .map((id) => `${id}: ${title}, ${file}`),
      ),
    )
    expect(unknown).toEqual([])
  })
})

describe('an attack is not taken for played (cli.13)', () => {
  const file = 'test/circuits/ledger.test.ts'
  const title = 'C11: a node is not a leaf, and a shorter list is not a longer one with zeros'

  test('where there is no such test, or it names another one', () => {
    expect(missingAt('C11', { file, test: title })).toBeUndefined()
    expect(missingAt('C12', { file, test: title })).toContain('does not name C12')
    expect(missingAt('C11', { file, test: `${title}.` })).toContain('has no test')
    expect(missingAt('C11', { file: 'test/none.test.ts', test: title })).toContain('there is no')
  })

  test.each([
    ["test.skip('C01: x', () => {})", false],
    ["it.todo('C01: x')", false],
    ["test.runIf(SWEEPING)('C01: x', () => {})", false],
    ["describe.skip('all', () => { test('C01: x', () => {}) })", false],
    ["describe.skip('all', () => { const rows = [{ name: 'C01: x' }] })", false],
    ["describe('all', () => { test.each([1])('C01: x', () => {}) })", true],
    ["const rows = { 'C01: x': 1 }", true],
    ["test('C01: x (ledger.3)', () => {})", true],
    ['test(`C01: x`, () => {})', true],
  ])('where it does not run: %s', (source, runs) => {
    expect(typescriptTitles(source).filter((found) => found.title === 'C01: x')).toEqual([
      { title: 'C01: x', runs, names: ['C01'] },
    ])
  })

  test('where a Solidity test has another name or another comment', () => {
    const source = '    /// claim: proof.1\n    /// attack: V05\n    function test_x() public {}\n'
    expect(solidityTitles(source)).toEqual([{ title: 'test_x', runs: true, names: ['V05'] }])
    expect(solidityTitles(source.replace('test_x', 'x'))).toEqual([])
    expect(solidityTitles('/// attack: V05\n\nfunction test_x() public {}')[0]?.names).toEqual([])
  })
})

test('an attack is repelled where every test of its title passed, and one was run (cli.13)', () => {
  const file = 'a.test.ts'
  const verdict = (test: string, ...tests: [title: string, passed: boolean][]) =>
    faultAt(
      { file, test },
      new Map([[file, tests.map(([title, passed]) => ({ titles: ['all', title], passed }))]]),
    )
  expect(verdict('C01: x', ['C01: x (ledger.1)', true], ['C01: y', false])).toBeUndefined()
  for (const title of ['C01: of %s', 'C01: of $name', `C01: of \${x.name}`]) {
    expect(verdict(title, ['C01: of a', true], ['C01: of b', true])).toBeUndefined()
  }
  expect(verdict('C01: of %s', ['C01: of a', true], ['C01: of b', false])).toContain(
    'C01: of b” of a.test.ts fails',
  )
  expect(verdict('all', ['C01: x', true], ['C02: x', false])).toContain('fails')
  expect(verdict('C01: x', ['C01: x and more', true])).toContain('was not played')
  expect(faultAt({ file: 'b.test.ts', test: 'C01: x' }, new Map())).toContain('was not played')
})
