import { closing, lineOf, withoutComments } from '../bench/circom-text.js'
import type { Allowed, Finding } from './findings.js'

/** Statements after an assignment among which its constraint has to be. */
const NEAR = 3

/** An assignment whose constraint or reason stands elsewhere. */
export interface AllowedHint extends Allowed {
  /** Statements of the same file that constrain what is assigned. */
  constrainedBy: readonly string[]
}

/**
 * Assignments that are no constraint: each needs a `===` that names the assigned signal within the next
 * statements of its block, and a comment above it with the reason.
 */
export function hintFindings(files: ReadonlyMap<string, string>): Finding[] {
  return [...files].flatMap(([file, text]) => {
    const code = withoutComments(text)
    const lines = text.split('\n')
    return [...code.matchAll(/<--|-->/g)].flatMap(({ index, 0: arrow }) => {
      const begin = Math.max(...[...';{}'].map((mark) => code.lastIndexOf(mark, index))) + 1
      const start = begin + /^\s*/.exec(code.slice(begin))![0].length
      const end = code.indexOf(';', index)
      const line = lineOf(text, start)
      const finding = (what: string, message: string) => ({
        file,
        line,
        code: what,
        at: squeeze(code.slice(start, end)),
        message,
      })
      if (arrow === '-->') return [finding('arrow', 'an assignment to the right: write it to the left')]
      return [
        ...(nextStatements(code, end + 1).some((next) => constrains(next, code.slice(start, index)))
          ? []
          : [finding('constraint', `no === names what is assigned in the next ${NEAR} statements`)]),
        ...(/^\s*\/\/|\*\/\s*$/.test(lines[line - 2] ?? '')
          ? []
          : [finding('reason', 'no comment above says why it is not a constraint')]),
      ]
    })
  })
}

/** Constraints that an entry names for a hint and that do not exist. */
export function missingConstraints(
  files: ReadonlyMap<string, string>,
  allowed: readonly AllowedHint[],
): string[] {
  return allowed.flatMap(({ file, constrainedBy }) => {
    const statements = squeeze(withoutComments(files.get(file) ?? ''))
    return constrainedBy
      .filter((statement) => !statements.includes(`${statement};`))
      .map((statement) => `${file}: there is no "${statement}"`)
  })
}

function nextStatements(code: string, from: number): string[] {
  const statements: string[] = []
  for (let at = from, begin = from; statements.length < NEAR && at < code.length && code[at] !== '}'; at++) {
    if ('([{'.includes(code[at]!)) at = closing(code, at)
    if (code[at] !== ';' && code[at] !== '}') continue
    statements.push(code.slice(begin, at))
    begin = at + 1
  }
  return statements
}

/**
 * Whether a statement is a constraint that names the target: whole when it is declared here, else with its
 * indices.
 */
function constrains(statement: string, target: string): boolean {
  if (!statement.includes('===')) return false
  const declared = /^signal\s+(?:(?:input|output)\s+)?(\w+)/.exec(target)?.[1]
  const name = squeeze(declared ?? target).replace(/[[\]]/g, '\\$&')
  return new RegExp(`(?<![\\w.])${name}(?![\\w.${declared ? '' : '['}])`).test(squeeze(statement))
}

function squeeze(code: string): string {
  return code.trim().replace(/\s+/g, ' ')
}
