/** One statement of a template, or what stands between two of them. */
export interface Piece {
  /** Without comments, white space in runs of one. */
  text: string
  kind: 'statement' | 'other'
  /** The template that it stands in; none in a function. */
  template: string | undefined
}

/** Comments out, and the whole as statements that end with `;` and what opens and closes blocks. */
export function piecesOf(source: string): Piece[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  const pieces: Piece[] = []
  let [text, depth, blocks] = ['', 0, 0]
  let template: string | undefined
  const push = (kind: Piece['kind']) => {
    const tidy = text.replace(/\s+/g, ' ').trim()
    if (tidy) pieces.push({ text: tidy, kind, template })
    text = ''
  }
  for (const char of code) {
    text += char
    if (char === '(' || char === '[') depth++
    else if (char === ')' || char === ']') depth--
    else if (depth > 0) continue
    else if (char === ';') push(template === undefined ? 'other' : 'statement')
    else if (char === '{') {
      if (blocks++ === 0) template = /^\s*template (\w+)/.exec(text)?.[1]
      push('other')
    } else if (char === '}') {
      push('other')
      if (--blocks === 0) template = undefined
    }
  }
  push('other')
  return pieces
}

/** Splits at a separator that stands in no bracket: at the first one, or at each comma. */
export function splitTop(text: string, separator: string): string[] {
  const parts: string[] = []
  let [depth, start] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++
    else if (')]}'.includes(text[i]!)) depth--
    else if (depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(start, i).trim())
      start = i + separator.length
      i = start - 1
      if (separator !== ',') break
    }
  }
  const last = text.slice(start).trim()
  return last || parts.length > 0 ? [...parts, last] : []
}

/** The contents of the bracket that opens at `at`, and its end. */
function bracket(text: string, at: number): { inside: string; end: number } {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++
    else if (')]}'.includes(text[i]!) && --depth === 0) return { inside: text.slice(at + 1, i), end: i + 1 }
  }
  throw new Error(`a bracket is not closed: ${text}`)
}

/** `Template(parameters)(arguments)`, where that is all of the text. */
export function anonymousCall(
  text: string,
): { template: string; parameters: string; args: string[] } | undefined {
  const name = /^([A-Z]\w*)\(/.exec(text)
  if (!name) return undefined
  const parameters = bracket(text, name[1]!.length)
  if (text[parameters.end] !== '(') return undefined
  const args = bracket(text, parameters.end)
  if (args.end !== text.length) return undefined
  return { template: name[1]!, parameters: parameters.inside, args: splitTop(args.inside, ',') }
}

/** Contents of the brackets in `[a][b]…`. */
export function dimensions(text: string): string[] {
  const list: string[] = []
  for (let at = 0; at < text.length && text[at] === '['; ) {
    const { inside, end } = bracket(text, at)
    list.push(inside)
    at = end
  }
  return list
}
