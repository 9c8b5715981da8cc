const BITS_OF_B =
  'Tells points apart by words of B that have no bit in common, which one point in 2^100 has: nobody can make one to test with. ' +
  'It would refuse a valid proof; it accepts none that the contract refuses, for all words being zero is refused as before.'
const ONE_UNIT = 'Differs for one amount of gas alone, at which the call has what it needs as well.'

/**
 * Mutants of the contracts that no test notices, by file, line and change, each with the reason why none
 * could.
 */
export const UNNOTICED: Readonly<Record<string, string>> = {
  'CircuitBreaker.sol: if (held == last.floor || last.since > block.timestamp) { ‹turned: > → >=›':
    'At that second nothing has fallen yet: what would be written is what is there.',
  'InsuranceFund.sol: if (balance < floors) return Math.mulDiv(amount, floors, balance, Math.Rounding.Ceil); ‹turned: < → <=›':
    'Where both are equal, both ways give the amount.',
  'MarginGate.sol: return current.end < time ? current.end : time; ‹turned: < → <=›':
    'Where both are equal, both are the answer.',
  'libraries/Groth16.sol: let b0 := or(calldataload(b), calldataload(add(b, 0x20))) ‹turned: or → and›':
    BITS_OF_B,
  'libraries/Groth16.sol: let b1 := or(calldataload(add(b, 0x40)), calldataload(add(b, 0x60))) ‹turned: or → and›':
    BITS_OF_B,
  'libraries/Groth16.sol: yes := and(yes, gt(or(b0, b1), 0)) ‹turned: or → and›': BITS_OF_B,
  'libraries/Groth16.sol: if (gasleft() < stipend + stipend / 63 + 1_000) revert IGroth16Verifier.PrecompileUnavailable(); ‹turned: < → <=›':
    ONE_UNIT,
}
