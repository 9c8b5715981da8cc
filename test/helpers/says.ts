/**
 * Whether a text says something that must not be said. What is digits alone, decimal or hexadecimal, counts
 * where it stands by itself: within the long random numbers of proofs and keys a few digits are found by
 * chance.
 */
export function says(text: string, mark: string): boolean {
  if (!/^[\da-f]+$/i.test(mark)) return text.includes(mark)
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    const around = (text[at - 1] ?? '') + (text[at + mark.length] ?? '')
    if (!/[\da-f]/i.test(around)) return true
  }
  return false
}
