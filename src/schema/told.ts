/**
 * A name from a file as messages repeat it. What is a number is a value in the place of a name, and no
 * message repeats a value.
 *
 * @example
 * toldName('BTC-PERP') // 'BTC-PERP'
 * toldName('4885.96') // '…'
 */
export function toldName(name: string): string {
  return /^[-+]?[0-9][-+.,_ 0-9eE]*$|^0x[0-9a-f]+$/i.test(name) ? '…' : name
}
