pragma circom 2.2.2;

include "one-hot.circom";
include "poseidon.circom";

// TreePath(DEPTH): the root of a 16-ary tree that holds `leaf` at the position that the bits name.
//
// Enforces:  root is the root of a tree whose position Σ indexBits[k]·2^k holds leaf; every bit is 0 or 1.
// Assumes:   nothing.
// Does not:  say what the other positions hold.
// Cost:      about 650 constraints a level.
//
// | signal              |         | what                                                              |
// |---------------------|---------|-------------------------------------------------------------------|
// | leaf                | PRIVATE | the value at the position                                         |
// | indexBits[4·DEPTH]  | PRIVATE | the position, lowest bit first: four bits name the way at a level |
// | children[DEPTH][16] | PRIVATE | the children of the nodes above, leaf level first                 |
// | root                | OUTPUT  |                                                                   |
template TreePath(DEPTH) {
    signal input leaf;
    signal input indexBits[4 * DEPTH];
    signal input children[DEPTH][16];
    signal output root;

    signal node[DEPTH + 1];
    component way[DEPTH];
    node[0] <== leaf;
    for (var d = 0; d < DEPTH; d++) {
        way[d] = OneHot16();
        for (var k = 0; k < 4; k++) {
            way[d].bits[k] <== indexBits[4 * d + k];
        }
        for (var c = 0; c < 16; c++) {
            way[d].selected[c] * (children[d][c] - node[d]) === 0;
        }
        node[d + 1] <== Poseidon(0, 16)(children[d]);
    }
    root <== node[DEPTH];
}
