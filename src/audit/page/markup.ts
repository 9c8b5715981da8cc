import { printable } from '../../errors/index.js'

/** Markup that is safe to put into a page: made by `html` alone. */
export class Markup {
  private constructor(readonly text: string) {}

  /** @internal Only `html` and `join` make markup. */
  static of(text: string): Markup {
    return new Markup(text)
  }
}

type Part = string | number | Markup | undefined | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text from anywhere as it can stand in an element or between the quotes of an attribute. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (mark) => ENTITIES[mark]!)
}

/** A page's text around values: each value is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return Markup.of(strings.reduce((text, string, i) => text + textOf(parts[i - 1]) + string))
}

function textOf(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(textOf).join('')
  return escaped(`${part}`)
}

/** Text of several lines as paragraphs. */
export function paragraphs(text: string): readonly Markup[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => html`<p>${line}</p>`)
}
