pragma circom 2.2.2;

include "widths.circom";

// Positions(ACCOUNTS): base^position for every account of a batch, where an account's position is the index
// of its leaf among all leaves of the tree: 16^BATCH_DEPTH · (the batch's index) + its place in the batch.
//
// Enforces:  out[u] = base^(4096·Σ indexBits[k]·2^k + u).
// Assumes:   every bit is 0 or 1 (TreePath).
// Does not:  leave any freedom.
// Cost:      72 constraints a batch, and 1 an account.
template Positions(ACCOUNTS) {
    var BITS = 4 * ACCOUNTS_DEPTH();
    var SKIPPED = 4 * BATCH_DEPTH();
    signal input base;
    signal input indexBits[BITS];
    signal output out[ACCOUNTS];

    signal square[SKIPPED + BITS]; // base^(2^i)
    square[0] <== base;
    for (var i = 1; i < SKIPPED + BITS; i++) {
        square[i] <== square[i - 1] * square[i - 1];
    }
    signal factor[BITS];
    signal start[BITS + 1];
    start[0] <== 1;
    for (var i = 0; i < BITS; i++) {
        factor[i] <== indexBits[i] * (square[SKIPPED + i] - 1);
        start[i + 1] <== start[i] * (1 + factor[i]);
    }
    out[0] <== start[BITS];
    for (var u = 1; u < ACCOUNTS; u++) {
        out[u] <== out[u - 1] * base;
    }
}
