/** A paragraph of a page that is made, broken at spaces into lines of at most 110 columns. */
export function paragraph(text: string): string {
  return text.replace(/(?![^\n]{1,110}$)([^\n]{1,110})\s/g, '$1\n')
}
