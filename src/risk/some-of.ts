/** Names that one message holds at most. */
const MAX_NAMED = 10

/** The first few of a list, and how many there are beside. */
export function someOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMED
  return names.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
