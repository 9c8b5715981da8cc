import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import {
  listedClaims,
  solidityTestsOf,
  spokenClaims,
  testsOf,
  titleClaims,
} from '../../scripts/soundness/attacks/claims.js'
import { SIGNALS } from '../../src/bundle/proof-file.js'
import { proofFileSchema } from '../../src/bundle/schema.js'
import { manifestSchema } from '../../src/epoch/manifest-schema.js'
import { marginProofSchema } from '../../src/margin/file.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const claims = listedClaims(read('test/PROPERTIES.md'))
const ids = new Set(claims.map(({ id }) => id))
const words = new Set(claims.map(({ section }) => section))

const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(?:test\.ts|t\.sol)$/.test(file) && !file.includes('generated'))
  .sort()
  .map((file) => {
    const path = join(ROOT, 'test', file)
    return { file, tests: file.endsWith('.sol') ? solidityTestsOf(path) : testsOf(path) }
  })
const tests = files.flatMap(({ file, tests }) => tests.map((t) => ({ ...t, at: `${file}:${t.line}` })))

describe('claims and tests hold together (cli.13)', () => {
  test('a test is called test everywhere', () => {
    const others = files.filter(({ file }) =>
      /import \{[^}]*\bit\b[^}]*\} from 'vitest'/.test(read(`test/${file}`)),
    )
    expect(others.map(({ file }) => file)).toEqual([])
  })

  test('a claim is listed once, under its own word', () => {
    expect(claims.filter(({ id, section }) => id.split('.')[0] !== section)).toEqual([])
    expect(ids.size).toBe(claims.length)
    expect(claims.length).toBeGreaterThan(100)
  })

  test('a test checks every claim', () => {
    const named = new Set(tests.flatMap((t) => t.claims))
    expect([...ids].filter((id) => !named.has(id))).toEqual([])
  })

  test('a claim that a test or a page names is listed', () => {
    const unknown = tests.flatMap(({ at, claims }) =>
      claims.filter((id) => !ids.has(id)).map((id) => [at, id]),
    )
    expect(unknown).toEqual([])
    const pages = [
      ...['README.md', 'SECURITY.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'circuits/README.md'],
      ...readdirSync(join(ROOT, 'docs'))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ]
    const astray = pages.flatMap((page) =>
      spokenClaims(read(page), words).flatMap((id) => (ids.has(id) ? [] : [[page, id]])),
    )
    expect(astray).toEqual([])
    expect(spokenClaims(read('docs/security-model.md'), words).length).toBeGreaterThan(50)
  })

  test('every test names the claim that it checks, at the end of its title or of one around it', () => {
    expect(tests.flatMap(({ at, title, claims }) => (claims.length === 0 ? [`${at} ${title}`] : []))).toEqual(
      [],
    )
    expect(files.flatMap(({ file, tests }) => (tests.length === 0 ? [file] : []))).toEqual([])
  })
})

test('every signal and field that is published stands in the security model (privacy.2)', () => {
  const schemas = [manifestSchema, proofFileSchema, marginProofSchema]
  const published = [...schemas.flatMap(({ shape }) => Object.keys(shape)), ...Object.values(SIGNALS).flat()]
  const page = read('docs/security-model.md')
  expect(published.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

describe('the reader of titles (cli.13)', () => {
  test('finds tests in blocks, tables, loops and conditions, with the claims around them, and none that is skipped', () => {
    const text = `
      describe('a (ledger.1)', () => {
        test('b', () => { const title = 'c (ledger.9)' })
        describe.skipIf(no)('d (ledger.2, ledger.3)', { timeout: 1 }, () => {
          test.each([['x (ledger.8)']])('e %s', () => {})
          test.skip('h', () => {})
          for (const n of [1]) test(\`f \${n} (ledger.4)\`, () => {})
        })
      })
      test.runIf(yes)(computed, () => {})
      test('g (ledger.5) no more', () => {})`
    expect(testsOf('x.ts', text)).toEqual([
      { title: 'b', line: 3, claims: ['ledger.1'] },
      { title: 'e %s', line: 5, claims: ['ledger.1', 'ledger.2', 'ledger.3'] },
      { title: 'f … (ledger.4)', line: 7, claims: ['ledger.1', 'ledger.2', 'ledger.3', 'ledger.4'] },
      { title: 'computed', line: 10, claims: [] },
      { title: 'g (ledger.5) no more', line: 11, claims: [] },
    ])
  })

  test('finds the functions of a Solidity test, with the claims above them and above their contract', () => {
    const text = [
      '/// claim: gate.1',
      'abstract contract A is B {',
      '    /// @dev What it does.',
      '    /// claim: gate.2, gate.3',
      '    function test_a() public {',
      '    }',
      '    function helper() internal {}',
      '    function testFuzz_b(uint256 x) public {',
      '}',
      'contract C {',
      '    /// claim: gate.4',
      '',
      '    function invariant_c() public {',
    ].join('\n')
    expect(solidityTestsOf('x.sol', text)).toEqual([
      { title: 'test_a', line: 5, claims: ['gate.1', 'gate.2', 'gate.3'] },
      { title: 'testFuzz_b', line: 8, claims: ['gate.1'] },
      { title: 'invariant_c', line: 13, claims: [] },
    ])
  })

  test('takes claims at the end of a title alone, and tells them from files and methods', () => {
    expect(titleClaims('a (ledger.1)')).toEqual(['ledger.1'])
    expect(titleClaims('a (ledger.1) b')).toEqual([])
    expect(titleClaims('a (ledger.01)')).toEqual([])
    const text =
      'See `epoch.3` (key.2), ledger.4; key.2. Not epoch.json, plimsoll/risk/1, cli.1x, other.5 or a/key.7.'
    expect(spokenClaims(text, new Set(['epoch', 'key', 'ledger', 'cli']))).toEqual([
      'epoch.3',
      'key.2',
      'ledger.4',
      'key.2',
    ])
  })
})
