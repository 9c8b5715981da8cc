/**
 * The words about a policy. A verifier accepts full reserves and nothing less, unless they say so: of books
 * under a weaker policy nobody is told, without a note, that they are solvent or hold.
 *
 * @param weak where the policy promises less than full reserves: see `belowFullReserves`
 * @param policy its file, as the command line named it
 */
export function policyWords(
  weak: readonly string[],
  policy: string | undefined,
): { full: boolean; notes: string[]; check: string } {
  const full = weak.length === 0
  return {
    full,
    notes: full
      ? []
      : [
          ...weak.map((promise) => `the policy promises less than full reserves: ${promise}`),
          '`plimsoll verify` refuses it, unless its reader accepts this policy with --policy',
        ],
    check: full || policy === undefined ? '' : ` --policy ${policy}`,
  }
}
