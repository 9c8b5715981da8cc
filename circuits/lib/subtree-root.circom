pragma circom 2.2.2;

include "empty-root.circom";
include "poseidon.circom";

// SubtreeRoot(N, LEVEL): the root of a 16-ary subtree of LEVEL levels over N leaves from the left, then empty
// positions.
//
// Enforces:  root is that subtree's root; a position beyond N is the constant empty subtree.
// Assumes:   N ≤ 16^LEVEL, asserted.
// Does not:  say where the subtree stands.
// Cost:      about 41 constraints a leaf.
template SubtreeRoot(N, LEVEL) {
    assert(LEVEL >= 1 && N >= 1 && N <= 16 ** LEVEL);
    signal input leaves[N];
    signal output root;

    var width[LEVEL + 1];
    var nodes = 0;
    width[0] = N;
    for (var d = 0; d < LEVEL; d++) {
        width[d + 1] = (width[d] + 15) \ 16;
        nodes += width[d + 1];
    }

    component node[nodes];
    var below = 0; // where the level below starts among the nodes
    var at = 0;
    for (var d = 0; d < LEVEL; d++) {
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
