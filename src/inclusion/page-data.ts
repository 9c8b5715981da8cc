/** What a page for customers carries, so that they need to bring little. The page trusts none of it. */
export interface PageData {
  /** The epoch's archive, in base64. */
  epoch?: { name: string; base64: string }
  /** Name of the archive that lies beside the page, where it is too large to be in it. */
  beside?: string
  /** Pins that whoever made the page chose. */
  pins?: { name: string; text: string }
  /** What the venue shows of the epoch. */
  openings?: { name: string; text: string }
}

/** Where a page has its data: nothing, as it is built. */
const SLOT = (json: string) => `<script type="application/json" id="given">${json}</script>`

/**
 * A page with data in it. The same page and data give the same bytes.
 *
 * @param page as it was built
 */
export function fillPage(page: string, data: PageData): string {
  const [before, after, ...more] = page.split(SLOT('{}'))
  if (after === undefined || more.length > 0) throw new Error('the page has no place for its data')
  // In HTML nothing may end a script but its own end.
  return before + SLOT(JSON.stringify(data).replaceAll('<', '\\u003c')) + after
}
