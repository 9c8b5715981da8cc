import { createRequire } from 'node:module'
import { z } from 'zod'

/** One change to a Solidity file that a test must notice. */
export interface ContractMutant {
  file: string
  /** 1-based. */
  line: number
  /** The change and its place: `check removed: if (…) revert X()`. */
  change: string
  /** The file with the change. */
  source: string
}

/** The fields of every node of a compiler's syntax tree; the others are read where they are needed. */
interface Node {
  nodeType: string
  /** `start:length:file`, in bytes. */
  src: string
  [field: string]: unknown
}

const OPPOSITE: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
}
const YUL_OPPOSITE: Record<string, string> = { lt: 'gt', gt: 'lt', and: 'or', or: 'and' }

/**
 * Every mutant of one file, found in the compiler's own syntax tree: each check that reverts removed, each
 * comparison moved or turned, each `!` dropped, each modifier left out, each write to the state and each
 * event left out; in assembly each comparison turned, `and` and `or` exchanged.
 *
 * @param sources every file by its path, `file` among them
 */
export function mutantsOf(sources: Readonly<Record<string, string>>, file: string): ContractMutant[] {
  const bytes = Buffer.from(sources[file]!)
  const mutants: ContractMutant[] = []
  const cut = (start: number, end: number, text: string, what: string) => {
    const source = Buffer.concat([
      bytes.subarray(0, start),
      Buffer.from(text),
      bytes.subarray(end),
    ]).toString()
    const line = bytes.subarray(0, start).toString().split('\n').length
    const original = bytes.subarray(start, end).toString().replaceAll(/\s+/g, ' ').trim()
    mutants.push({ file, line, change: `${what}: ${original}${text ? ` → ${text}` : ''}`, source })
  }
  const stateVariables = new Set<number>()
  const tree = treesOf(sources)[file]?.ast
  walk(tree, (node) => {
    if (node.nodeType === 'VariableDeclaration' && node.stateVariable) stateVariables.add(node.id as number)
  })
  walk(tree, (node) => {
    const [start, end] = span(node)
    // A statement's semicolon is not part of its node, and must not stand alone.
    const semicolon = end + (bytes[end] === 0x3b ? 1 : 0)
    if (node.nodeType === 'IfStatement' && reverts(node.trueBody as Node) && !node.falseBody) {
      cut(start, semicolon, '{}', 'check removed')
    } else if (node.nodeType === 'IfStatement' && node.falseBody && reverts(node.falseBody as Node)) {
      cut(...span(node.falseBody as Node), '{}', 'check removed')
    } else if (node.nodeType === 'BinaryOperation' && OPPOSITE[node.operator as string]) {
      const [, from] = span(node.leftExpression as Node)
      const [to] = span(node.rightExpression as Node)
      const text = bytes.subarray(from, to).toString()
      const at = text.indexOf(node.operator as string)
      const first = from + Buffer.byteLength(text.slice(0, at))
      const operator = node.operator as string
      cut(first, first + operator.length, OPPOSITE[operator]!, 'turned')
    } else if (node.nodeType === 'UnaryOperation' && node.operator === '!') {
      cut(start, start + 1, '', 'dropped')
    } else if (node.nodeType === 'EmitStatement') {
      cut(start, semicolon, '', 'event left out')
    } else if (
      node.nodeType === 'ExpressionStatement' &&
      writesState(node.expression as Node, stateVariables)
    ) {
      cut(start, semicolon, '', 'write left out')
    } else if (node.nodeType === 'FunctionDefinition') {
      for (const modifier of node.modifiers as Node[]) {
        if (modifier.kind === 'modifierInvocation') cut(...span(modifier), '', 'modifier left out')
      }
    } else if (node.nodeType === 'YulFunctionCall') {
      const name = node.functionName as Node
      const other = YUL_OPPOSITE[name.name as string]
      if (other) cut(...span(name), other, 'turned')
    }
  })
  return mutants.sort((a, b) => a.line - b.line)
}

function span({ src }: Node): [start: number, end: number] {
  const [start, length] = src.split(':').map(Number)
  return [start!, start! + length!]
}

/** Whether a body does nothing but revert. */
function reverts(body: Node): boolean {
  if (body.nodeType !== 'Block') return body.nodeType === 'RevertStatement'
  const statements = body.statements as Node[]
  return statements.length === 1 && reverts(statements[0]!)
}

/** Whether an expression is an assignment to a variable of the contract, or deletes one. */
function writesState(expression: Node, stateVariables: ReadonlySet<number>): boolean {
  const isDelete = expression.nodeType === 'UnaryOperation' && expression.operator === 'delete'
  if (expression.nodeType !== 'Assignment' && !isDelete) return false
  let target = (isDelete ? expression.subExpression : expression.leftHandSide) as Node
  while (!('referencedDeclaration' in target) || 'expression' in target) {
    const below = (target.baseExpression ?? target.expression) as Node | undefined
    if (below === undefined) return false
    target = below
  }
  return stateVariables.has(target.referencedDeclaration as number)
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
  } else if (typeof value === 'object' && value !== null) {
    if ('nodeType' in value && 'src' in value) visit(value as Node)
    for (const child of Object.values(value)) walk(child, visit)
  }
}

const outputSchema = z.object({ sources: z.record(z.string(), z.object({ ast: z.unknown() })) })

type Trees = z.infer<typeof outputSchema>['sources']

const known = new WeakMap<object, Trees>()

/** The syntax trees of all files. They are made once. */
function treesOf(sources: Readonly<Record<string, string>>): Trees {
  const trees = known.get(sources) ?? parse(sources)
  known.set(sources, trees)
  return trees
}

function parse(sources: Readonly<Record<string, string>>): Trees {
  const { compile } = createRequire(import.meta.url)('solc') as { compile(input: string): string }
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: { outputSelection: { '*': { '': ['ast'] } } },
  }
  return outputSchema.parse(JSON.parse(compile(JSON.stringify(input)))).sources
}
