/** Characters of a name that messages repeat whole, and how many of a longer one. */
const [MAX_TOLD, SHOWN] = [200, 40]

/**
 * A name from a file as messages repeat it: a very long one by its beginning. What is a number is a value in
 * the place of a name, and no message repeats a value.
 *
 * @example
 * toldName('BTC-PERP') // 'BTC-PERP'
 * toldName('4885.96') // '…'
 */
export function toldName(name: string): string {
  if (/^[-+]?[0-9][-+.,_ 0-9eE]*$|^0x[0-9a-f]+$/i.test(name)) return '…'
  return name.length > MAX_TOLD ? `${name.slice(0, SHOWN)}…` : name
}
