import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { solidityTestsOf } from '../../scripts/soundness/attacks/claims.js'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(HERE, '../..')
/** Part of others, whose tests try it. */
const PARTS = ['TwoStepOwner']
/** Where tests and outlines are, where the contracts that have to have one, and where those that can. */
const SETS = [
  { tests: HERE, deployed: ['contracts'], others: ['contracts/libraries'] },
  {
    tests: join(HERE, 'examples'),
    deployed: ['examples/contracts', 'examples/contracts/lending'],
    others: [],
  },
].map(({ tests, deployed, others }) => {
  const files = readdirSync(tests)
  const named = (folders: string[], ending: string) =>
    folders
      .flatMap((folder) => readdirSync(join(ROOT, folder)))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length))
  return {
    tests,
    deployed: named(deployed, '.sol'),
    contracts: named([...deployed, ...others], '.sol'),
    outlines: files.filter((file) => file.endsWith('.tree')).map((file) => file.slice(0, -5)),
    suites: files.filter((file) => file.endsWith('.t.sol')),
  }
})

interface Branch {
  words: string
  below: Branch[]
}

/** The contract whose tests a file has: the one with the longest name that the file's begins with. */
const outlineOf = (suite: string, outlines: readonly string[]) =>
  outlines.filter((name) => suite.startsWith(name)).sort((a, b) => b.length - a.length)[0]

/** Of a test's name or of a leaf, letters and digits: `test_S10_onlyOne` is that of “S10: only one”. */
const essence = (text: string) => text.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()

function parse(text: string): Branch {
  const [root, ...lines] = text.trimEnd().split('\n')
  const way = [{ words: root!, below: [] } as Branch]
  for (const line of lines) {
    const [, indent, words] = /^((?:│ {3}| {4})*)[├└]── (.+)$/.exec(line) ?? []
    const branch = { words: words ?? line, below: [] }
    way.length = indent === undefined ? 1 : Math.min(indent.length / 4 + 1, way.length)
    way.at(-1)!.below.push(branch)
    way.push(branch)
  }
  return way[0]!
}

function show({ words, below }: Branch, indent = ''): string {
  const lines = below.map((branch, i) => {
    const last = i === below.length - 1
    return `${indent}${last ? '└' : '├'}── ${show(branch, `${indent}${last ? ' ' : '│'}   `)}`
  })
  return [words, ...lines].join('\n')
}

const leaves = (branch: Branch): string[] =>
  branch.below.length === 0 ? [branch.words] : branch.below.flatMap(leaves)

describe.each(SETS)('outlines and tests of the contracts hold together (cli.13)', (set) => {
  const { tests: folder, deployed, contracts, outlines, suites } = set

  test('every contract has an outline, and every outline a contract', () => {
    expect(outlines.filter((name) => !contracts.includes(name))).toEqual([])
    expect(deployed.length).toBeGreaterThan(PARTS.length)
    const lacking = deployed.filter((name) => !outlines.includes(name) && !PARTS.includes(name))
    expect(lacking).toEqual([])
    expect(suites.filter((suite) => outlineOf(suite, outlines) === undefined)).toEqual([])
  })

  test.each(outlines)('%s: every leaf is a test, and every test a leaf below a condition', (name) => {
    const text = readFileSync(join(folder, `${name}.tree`), 'utf8')
    const tree = parse(text)
    expect(tree.words).toBe(name)
    expect(`${show(tree)}\n`).toBe(text)
    expect(tree.below.filter(({ below }) => below.length === 0)).toEqual([])
    const tests = suites
      .filter((suite) => outlineOf(suite, outlines) === name)
      .flatMap((suite) => solidityTestsOf(join(folder, suite)))
      .map(({ title }) => essence(title.replace(/^(?:testFuzz|test|invariant)/, '')))
    expect(leaves(tree).map(essence).sort()).toEqual(tests.sort())
    expect(tests.length).toBeGreaterThan(0)
  })
})
