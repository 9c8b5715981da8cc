/** A template or a function of a circom file. */
export interface CircomUnit {
  kind: 'template' | 'function'
  name: string
  /** Names of its signals, in the order in which an anonymous call takes and gives them. */
  inputs: string[]
  outputs: string[]
  /** Where its body begins, behind the brace. */
  body: number
}

/** The source with every comment blanked out: lines and columns stay what they are. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** Where the bracket that opens at `open` closes. */
export function closing(code: string, open: number): number {
  let depth = 0
  for (let at = open; at < code.length; at++) {
    if ('([{'.includes(code[at]!)) depth++
    else if (')]}'.includes(code[at]!) && --depth === 0) return at
  }
  throw new Error(`a bracket is never closed: ${code.slice(open, open + 40)}`)
}

/** The items between the commas of a list, ignoring commas within brackets. */
export function splitList(code: string): string[] {
  const parts = ['']
  for (let at = 0; at < code.length; at++) {
    const end = '([{'.includes(code[at]!) ? closing(code, at) : at
    if (code[at] === ',') parts.push('')
    else parts[parts.length - 1] += code.slice(at, end + 1)
    at = end
  }
  return parts
}

/** The templates and functions of a file, comments blanked. */
export function unitsOf(code: string): CircomUnit[] {
  return [...code.matchAll(/\b(template|function)\s+(\w+)\s*\(/g)].map((found) => {
    const open = code.indexOf('{', closing(code, found.index + found[0].length - 1))
    const body = code.slice(open, closing(code, open))
    const signals = (direction: string) =>
      [...body.matchAll(new RegExp(`\\bsignal\\s+${direction}\\s+(\\w+)`, 'g'))].map(([, name]) => name!)
    return {
      kind: found[1] as CircomUnit['kind'],
      name: found[2]!,
      inputs: signals('input'),
      outputs: signals('output'),
      body: open + 1,
    }
  })
}

export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
