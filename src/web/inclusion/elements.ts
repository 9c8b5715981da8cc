import { printable } from '../../errors/index.js'

type Child = string | Node | undefined | readonly Child[]

/**
 * An element. Text from anywhere becomes text and nothing else, with what could draw or reorder escaped.
 *
 * @param name with a class behind a dot, as `p.quiet`
 */
export function element<T extends keyof HTMLElementTagNameMap>(
  name: T | `${T}.${string}`,
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] {
  const [tag, ...classes] = name.split('.')
  const made = document.createElement(tag!) as HTMLElementTagNameMap[T]
  made.classList.add(...classes)
  made.append(...nodes(children))
  return made
}

function nodes(children: readonly Child[]): Node[] {
  return children.flatMap((child) => {
    if (child === undefined) return []
    if (typeof child === 'string') return [document.createTextNode(printable(child))]
    return child instanceof Node ? [child] : nodes(child)
  })
}

/** The element of an id, which the page has. */
export const at = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T

/** A list of sentences under a heading; nothing for none. */
export function sentences(title: string, list: readonly string[]): HTMLElement | undefined {
  if (list.length === 0) return undefined
  return element(
    'div',
    element('h3', title),
    element(
      'ul',
      list.map((sentence) => element('li', sentence)),
    ),
  )
}

/** A table that a narrow screen scrolls by itself. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const columns = head.map((text) => {
    const cell = element('th', text)
    cell.scope = 'col'
    return cell
  })
  const made = element(
    'div.scroll',
    element(
      'table',
      element('caption', caption),
      element('thead', element('tr', columns)),
      element(
        'tbody',
        rows.map((row) =>
          element(
            'tr',
            row.map((cell) => element('td', cell)),
          ),
        ),
      ),
    ),
  )
  // What scrolls has to be reached without a mouse.
  made.tabIndex = 0
  made.setAttribute('role', 'group')
  made.setAttribute('aria-label', printable(caption))
  return made
}
