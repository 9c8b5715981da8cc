pragma circom 2.2.2;

include "tags.circom";
include "poseidon.circom";
include "sponge.circom";

// RiskRoot(INSTRUMENTS, SCENARIOS, TIERED): the root of a risk table, from all its unit values.
//
// Enforces:  valuesDigest = Sponge(TAG_VALUES)(marks, then for each scenario in turn its name and the value
//            of every key), or for a table with tiers Sponge(TAG_TIERED_VALUES)(the same, then widths): no
//            root opens in both ways; out = P(TAG_RISK; valuesDigest, rowsDigest, timestamp).
// Assumes:   nothing.
// Does not:  range-check a value: Solvency does, once for the whole chain of ledger proofs over the same
//            root.
// Cost:      about 44 constraints a value.
template RiskRoot(INSTRUMENTS, SCENARIOS, TIERED) {
    signal input marks[INSTRUMENTS];
    signal input names[SCENARIOS];
    signal input values[SCENARIOS][2 * INSTRUMENTS]; // long, short of every instrument in turn
    // How much of a tier an account holds at most; 0 for a row that is no tier.
    signal input widths[TIERED * INSTRUMENTS];
    signal input rowsDigest;
    signal input timestamp;
    signal output out;

    var COLUMN = 1 + 2 * INSTRUMENTS;
    var WIDTHS = INSTRUMENTS + SCENARIOS * COLUMN; // where they start
    var TAG = TIERED == 1 ? TAG_TIERED_VALUES() : TAG_VALUES();
    component digest = Sponge(TAG, WIDTHS + TIERED * INSTRUMENTS);
    for (var i = 0; i < INSTRUMENTS; i++) {
        digest.in[i] <== marks[i];
    }
    for (var s = 0; s < SCENARIOS; s++) {
        digest.in[INSTRUMENTS + s * COLUMN] <== names[s];
        for (var k = 0; k < 2 * INSTRUMENTS; k++) {
            digest.in[INSTRUMENTS + s * COLUMN + 1 + k] <== values[s][k];
        }
    }
    for (var i = 0; i < TIERED * INSTRUMENTS; i++) {
        digest.in[WIDTHS + i] <== widths[i];
    }
    out <== Poseidon(TAG_RISK(), 3)([digest.out, rowsDigest, timestamp]);
}
