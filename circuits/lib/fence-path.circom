pragma circom 2.2.2;

include "one-hot.circom";
include "empty-root.circom";
include "poseidon.circom";

// FencePath(DEPTH): nothing stands in a 16-ary tree behind the position that the bits name.
//
// Enforces:  root is the root of a tree whose position index = Σ indexBits[k]·2^k holds last, and whose every
//            later position is empty: at each level every child behind the way is the empty subtree. Every
//            bit is 0 or 1.
// Assumes:   nothing.
// Does not:  say what last is, or what stands before it.
// Cost:      about 660 constraints a level.
//
// | signal              |         | what                                                              |
// |---------------------|---------|-------------------------------------------------------------------|
// | last                | PRIVATE | the value at the position                                         |
// | indexBits[4·DEPTH]  | PRIVATE | the position, lowest bit first: four bits name the way at a level |
// | children[DEPTH][16] | PRIVATE | the children of the nodes above, leaf level first                 |
// | index, root         | OUTPUT  |                                                                   |
template FencePath(DEPTH) {
    signal input last;
    signal input indexBits[4 * DEPTH];
    signal input children[DEPTH][16];
    signal output index;
    signal output root;

    signal node[DEPTH + 1];
    component way[DEPTH];
    node[0] <== last;
    var position = 0;
    for (var d = 0; d < DEPTH; d++) {
        way[d] = OneHot16();
        for (var k = 0; k < 4; k++) {
            way[d].bits[k] <== indexBits[4 * d + k];
            position += indexBits[4 * d + k] * (1 << (4 * d + k));
        }
        var behind = 0; // 1 where the way goes through a child before this one
        for (var c = 0; c < 16; c++) {
            way[d].selected[c] * (children[d][c] - node[d]) === 0;
            if (c > 0) {
                behind * (children[d][c] - EMPTY_ROOT(d)) === 0;
            }
            behind += way[d].selected[c];
        }
        node[d + 1] <== Poseidon(0, 16)(children[d]);
    }
    index <== position;
    root <== node[DEPTH];
}
