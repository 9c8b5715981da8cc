pragma circom 2.2.2;

include "tags.circom";
include "poseidon.circom";

// Sponge(TAG, N): any number of elements under a role's tag. h = P(TAG; N, e…), then h = P(TAG_SPONGE; h,
// e…), up to 15 elements a block, the last block only as wide as what is left. The count N is bound in by
// the first block.
//
// Enforces:  out is that hash of the inputs.
// Assumes:   nothing.
// Does not:  range-check an element.
// Cost:      about 41 constraints an element.
template Sponge(TAG, N) {
    signal input in[N];
    signal output out;

    var RATE = 15;
    var BLOCKS = N <= RATE ? 1 : (N + RATE - 1) \ RATE;
    signal chain[BLOCKS];

    var first = N < RATE ? N : RATE;
    component opening = Poseidon(TAG, first + 1);
    opening.inputs[0] <== N;
    for (var i = 0; i < first; i++) {
        opening.inputs[i + 1] <== in[i];
    }
    chain[0] <== opening.out;

    component block[BLOCKS];
    for (var b = 1; b < BLOCKS; b++) {
        var width = N - b * RATE < RATE ? N - b * RATE : RATE;
        block[b] = Poseidon(TAG_SPONGE(), width + 1);
        block[b].inputs[0] <== chain[b - 1];
        for (var i = 0; i < width; i++) {
            block[b].inputs[i + 1] <== in[b * RATE + i];
        }
        chain[b] <== block[b].out;
    }
    out <== chain[BLOCKS - 1];
}
