pragma circom 2.2.2;

include "poseidon_constants.circom";
include "matrix-inverse.circom";
include "poseidon-permutation.circom";

// Poseidon(TAG, N): circomlib's Poseidon hash of the inputs, with TAG as the initial capacity element:
// PoseidonEx(N, 1) of circomlib with initialState = TAG. With TAG 0 it is circomlib's Poseidon(N).
//
// Enforces:  out is the hash of the inputs; every other wire is determined by them.
// Assumes:   N is between 1 and 16.
// Does not:  give any input a meaning, or a range: that is its caller's work.
// Cost:      3 constraints for each S-box whose input is not a constant, and one that is linear.
//
// Why it is lean. Only the *inputs* of the S-boxes are wires, and the two lower powers x², x⁴ of each; x⁵ is
// not one. An S-box's last constraint x⁴·x = x⁵ writes x⁵ as the linear combination of *later* S-box inputs
// that the inverse of the linear layer gives, so that the layer costs no constraint and all its density falls
// on the C side of the R1CS, which a Groth16 proving key does not store. Round constants, and the sparse form
// of the partial rounds (constants C, S and the matrix P before them), are those of circomlib's
// poseidon_constants.circom.
//
// Why its witness is unique. Each linear layer is invertible, so the equations of a round, taken together,
// give the next round's inputs as a function of this round's; test/circuits/poseidon.test.ts derives that for
// every arity used by eliminating the actual R1CS.
//
// | signal     |         | what                                  |
// |------------|---------|---------------------------------------|
// | inputs[N]  | PRIVATE | what is hashed                        |
// | out        | OUTPUT  | the digest                            |
template Poseidon(TAG, N) {
    signal input inputs[N];
    signal output out;

    var T = N + 1; // the state starts with the capacity element, which is the tag
    assert(N >= 1 && N <= 16);
    out <== PoseidonPermutation(
        TAG,
        N,
        POSEIDON_PARTIAL_ROUNDS(T),
        POSEIDON_C(T),
        POSEIDON_S(T),
        POSEIDON_M(T),
        POSEIDON_P(T),
        MATRIX_INVERSE(T, POSEIDON_M(T)),
        MATRIX_INVERSE(T, POSEIDON_P(T)),
        POSEIDON_S_INVERSE(T, POSEIDON_PARTIAL_ROUNDS(T), POSEIDON_S(T))
    )(inputs);
}

// Partial rounds for a state of T elements (Poseidon paper, https://eprint.iacr.org/2019/458, as in
// circomlib).
function POSEIDON_PARTIAL_ROUNDS(T) {
    var ROUNDS[16] = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
    return ROUNDS[T - 2];
}

// For each partial round, one over the determinant of its sparse matrix: first row s₀ s₁ …, first column s₀
// c₁ …, and ones on the diagonal have the determinant s₀ − Σ sᵢ·cᵢ.
function POSEIDON_S_INVERSE(T, PARTIAL, S) {
    var inverse[70];
    for (var r = 0; r < PARTIAL; r++) {
        var determinant = S[(2 * T - 1) * r];
        for (var i = 1; i < T; i++) {
            determinant -= S[(2 * T - 1) * r + i] * S[(2 * T - 1) * r + T + i - 1];
        }
        inverse[r] = 1 / determinant;
    }
    return inverse;
}
