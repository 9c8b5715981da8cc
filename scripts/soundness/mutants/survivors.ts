/**
 * Mutants that accept nothing but what the circuit accepts, or nothing that matters, each with the reason.
 */
export const SURVIVORS: Readonly<Record<string, string>> = {
  'deficit-movement.circom: cashAt[i] * (cashAt[i] - 1) === 0':
    'Said already where a slot has a row: one that holds something is that of cash or another, 1 or 0, and an empty one has the number of cash only where it is 1.',
  'margin-decision.circom: Range(WORST_BITS())(worst)':
    'Said already by the comparison of the worst loss with each sum: a sum is made of values and charges that are range-checked to be zero or more, and where the worst loss does not range over it, it is compared with zero.',
}
