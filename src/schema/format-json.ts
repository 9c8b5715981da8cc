/** A value as the text of a JSON file: indented by two spaces, a line end last. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
