pragma circom 2.2.2;

include "widths.circom";
include "empty-root.circom";
include "poseidon.circom";

// BatchRoot(N): the root of a batch: N leaves from the left, then empty positions, in a 16-ary tree of fixed
// depth.
//
// Enforces:  root is that tree's root; a position beyond N is the constant empty subtree.
// Assumes:   N ≤ 16^BATCH_DEPTH, asserted.
// Does not:  tell a padding account from another: both are leaves.
// Cost:      about 41 constraints a leaf.
template BatchRoot(N) {
    assert(N >= 1 && N <= 16 ** BATCH_DEPTH());
    signal input leaves[N];
    signal output root;

    var width[BATCH_DEPTH() + 1];
    var nodes = 0;
    width[0] = N;
    for (var d = 0; d < BATCH_DEPTH(); d++) {
        width[d + 1] = (width[d] + 15) \ 16;
        nodes += width[d + 1];
    }

    component node[nodes];
    var below = 0; // where the level below starts among the nodes
    var at = 0;
    for (var d = 0; d < BATCH_DEPTH(); d++) {
        var start = at;
        for (var n = 0; n < width[d + 1]; n++) {
            node[at] = Poseidon(0, 16);
            for (var c = 0; c < 16; c++) {
                var child = n * 16 + c;
                if (child >= width[d]) {
                    node[at].inputs[c] <== EMPTY_ROOT(d);
                } else if (d == 0) {
                    node[at].inputs[c] <== leaves[child];
                } else {
                    node[at].inputs[c] <== node[below + child].out;
                }
            }
            at++;
        }
        below = start;
    }
    root <== node[nodes - 1].out;
}
