import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { Place } from './attack.js'
import { withoutClaims } from './claims.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const ATTACK_ID = /(?<![A-Za-z0-9])[CVSFPNRLT]\d\d(?![A-Za-z0-9])/g

/** The ids of attacks that a title names. */
export function attacksOf(title: string): string[] {
  return title.match(ATTACK_ID) ?? []
}

/** Why an attack is not played at a place, or `undefined` when it is. */
export function missingAt(id: string, { file, test }: Place): string | undefined {
  const found = titlesOf(file)
  if (!found) return `there is no ${file}`
  const named = found.filter(({ title }) => title === test)
  if (named.length === 0) return `${file} has no test “${test}”`
  if (!named.every(({ runs }) => runs)) return `“${test}” of ${file} does not run`
  if (!named.some(({ names }) => names.includes(id))) return `“${test}” of ${file} does not name ${id}`
  return undefined
}

/** A title of a test, or what a table of tests is titled after. */
export interface Title {
  title: string
  /** Whether it runs wherever its file does: neither skipped, nor left to be done, nor under a condition. */
  runs: boolean
  /** The attacks that it names, by itself or in the comment above it. */
  names: string[]
}

/** Every title in a file of tests, or `undefined` when there is no such file. */
export function titlesOf(file: string): readonly Title[] | undefined {
  if (!existsSync(`${ROOT}/${file}`)) return undefined
  const known = cache.get(file)
  if (known) return known
  const source = readFileSync(`${ROOT}/${file}`, 'utf8')
  const titles = file.endsWith('.sol') ? solidityTitles(source) : typescriptTitles(source)
  cache.set(file, titles)
  return titles
}

const cache = new Map<string, readonly Title[]>()

/** Functions of a Solidity test, with the attacks that the comment above each names. */
export function solidityTitles(source: string): Title[] {
  return [...source.matchAll(/((?:^ *\/\/\/.*\n)*)^ *function ((?:test|invariant)\w*)\(/gm)].map(
    ([, comment, name]) => ({
      title: name!,
      runs: true,
      names: [...attacksOf(name!), ...attacksOf(comment!)],
    }),
  )
}

/**
 * Titles of calls to `describe`, `it` and `test`, and of rows in tables that start with the id of an attack.
 */
export function typescriptTitles(source: string): Title[] {
  const titles: Title[] = []
  const add = (literal: string, runs: boolean) => {
    const title = withoutClaims(literal)
    titles.push({ title, runs, names: attacksOf(title) })
  }
  const visit = (node: ts.Node, runs: boolean) => {
    let inside = runs
    if (ts.isCallExpression(node)) {
      const [root, ...modifiers] = calleeOf(node.expression)
      if (root && ['describe', 'it', 'test'].includes(root)) {
        inside &&= modifiers.every((modifier) =>
          ['each', 'for', 'concurrent', 'sequential'].includes(modifier),
        )
        const [first] = node.arguments
        if (first && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first))) {
          add(first.getText().slice(1, -1), inside)
        }
      }
    } else if (ts.isStringLiteralLike(node) && isRow(node)) {
      add(node.text, inside)
    }
    ts.forEachChild(node, (child) => visit(child, inside))
  }
  visit(ts.createSourceFile('a.test.ts', source, ts.ScriptTarget.Latest, true), true)
  return titles
}

/** `it.each(rows)` as it, each. */
function calleeOf(expression: ts.Expression): string[] {
  if (ts.isIdentifier(expression)) return [expression.text]
  if (ts.isPropertyAccessExpression(expression))
    return [...calleeOf(expression.expression), expression.name.text]
  if (ts.isCallExpression(expression)) return calleeOf(expression.expression)
  return []
}

/**
 * Whether a string is what one test of a table is titled after: it starts with the id of an attack, and is no
 * argument.
 */
function isRow(node: ts.StringLiteralLike): boolean {
  return /^[CVSFPNRLT]\d\d\b/.test(node.text) && !ts.isCallExpression(node.parent)
}
