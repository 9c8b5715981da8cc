import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** Where a test is, and which claims it names: in its own title and in those of the blocks that it is in. */
export interface NamedTest {
  title: string
  line: number
  claims: string[]
}

const CLAIM = String.raw`[a-z]+\.[1-9][0-9]*`
/** The claims at the end of a title. */
const AT_END = new RegExp(String.raw` \((${CLAIM}(?:, ${CLAIM})*)\)$`)
/** Functions that make tests or blocks of tests when called with a title. */
const MAKERS = new Set(['describe', 'it', 'test'])
/** Functions that return such a function and take no title. */
const FACTORIES = new Set(['each', 'for', 'runIf', 'skipIf'])
/** Functions that make a test that is not run. */
const IDLE = new Set(['skip', 'todo'])

/**
 * The claims of a list such as test/PROPERTIES.md: id and the word of the section that it stands in, in
 * order.
 */
export function listedClaims(markdown: string): { id: string; section: string }[] {
  let section = ''
  return markdown.split('\n').flatMap((line) => {
    section = /^## ([a-z]+)/.exec(line)?.[1] ?? section
    const id = new RegExp(String.raw`^\| +(${CLAIM}) +\| .+ \|$`).exec(line)?.[1]
    return id === undefined ? [] : [{ id, section }]
  })
}

/** Every claim that a text speaks of, given the words that claims have. */
export function spokenClaims(text: string, words: ReadonlySet<string>): string[] {
  const found = text.matchAll(new RegExp(String.raw`(?<![\w./-])(${CLAIM})(?![\w/-]|\.\w)`, 'g'))
  return [...found].map((match) => match[1]!).filter((id) => words.has(id.split('.')[0]!))
}

/** The claims at the end of a title. */
export function titleClaims(title: string): string[] {
  return AT_END.exec(title)?.[1]?.split(', ') ?? []
}

/** A title without the claims at its end. */
export function withoutClaims(title: string): string {
  return title.replace(AT_END, '')
}

/**
 * The tests of a vitest file that are run, those in loops and tables once. A title that is computed counts
 * for what its block says.
 */
export function testsOf(path: string, text = readFileSync(path, 'utf8')): NamedTest[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
  const tests: NamedTest[] = []
  const visit = (node: ts.Node, around: readonly string[]): void => {
    const maker = ts.isCallExpression(node) ? makerOf(node) : undefined
    if (maker === undefined) {
      ts.forEachChild(node, (child) => visit(child, around))
      return
    }
    const [first, ...others] = (node as ts.CallExpression).arguments
    const title = titleOf(first, source)
    const claims = [...around, ...titleClaims(title)]
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    if (maker === 'describe') for (const other of others) visit(other, claims)
    else if (maker !== 'idle') tests.push({ title, line, claims })
  }
  visit(source, [])
  return tests
}

/** `describe`, `it` or `test`, when a call is one of them with a title; `idle` when nothing of it is run. */
function makerOf({ expression }: ts.CallExpression): string | undefined {
  let at: ts.Expression = expression
  let idle = false
  if (ts.isPropertyAccessExpression(at) && FACTORIES.has(at.name.text)) return undefined
  while (ts.isPropertyAccessExpression(at) || ts.isCallExpression(at)) {
    idle ||= ts.isPropertyAccessExpression(at) && IDLE.has(at.name.text)
    at = at.expression
  }
  if (!ts.isIdentifier(at) || !MAKERS.has(at.text)) return undefined
  return idle ? 'idle' : at.text
}

/** The text of a title, with `…` for what is put in. */
function titleOf(node: ts.Expression | undefined, source: ts.SourceFile): string {
  if (node === undefined) return ''
  if (ts.isStringLiteralLike(node)) return node.text
  if (!ts.isTemplateExpression(node)) return node.getText(source)
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
}

/**
 * The tests of a Solidity file: a function or a contract names its claims in the comment above it, as
 * `/// claim: gate.2`.
 */
export function solidityTestsOf(path: string, text = readFileSync(path, 'utf8')): NamedTest[] {
  const tests: NamedTest[] = []
  let ofContract: string[] = []
  let above: string[] = []
  for (const [i, line] of text.split('\n').entries()) {
    const trimmed = line.trim()
    const named = /^\/\/\/ claim: (.+)$/.exec(trimmed)?.[1]
    if (named !== undefined) above.push(...named.split(', '))
    else if (/^(?:abstract )?contract /.test(trimmed)) ofContract = above
    const title = /^function ((?:test|invariant)\w*)/.exec(trimmed)?.[1]
    if (title !== undefined) tests.push({ title, line: i + 1, claims: [...ofContract, ...above] })
    if (!trimmed.startsWith('///')) above = []
  }
  return tests
}
