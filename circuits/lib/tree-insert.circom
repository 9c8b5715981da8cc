pragma circom 2.2.2;

include "one-hot.circom";
include "poseidon.circom";

// TreeInsert(DEPTH): a 16-ary tree changes at exactly one position: it held the empty value and now holds
// `leaf`.
//
// Enforces:  rootBefore is the root of a tree whose position `index` holds 0; rootAfter is the root of the
//            tree that differs from it in that position alone, where it holds `leaf`; index < 16^DEPTH.
// Assumes:   nothing.
// Does not:  say what the other positions hold.
// Cost:      about 1,275 constraints a level.
//
// | signal             |         | what                                                              |
// |--------------------|---------|-------------------------------------------------------------------|
// | leaf               | PRIVATE | the value that the position takes                                 |
// | indexBits[4·DEPTH] | PRIVATE | the position, lowest bit first: four bits name the way at a level |
// | children[DEPTH][16]| PRIVATE | before the change, the children of the node above, leaf level first |
// | index              | OUTPUT  | the position                                                      |
// | rootBefore         | OUTPUT  |                                                                   |
// | rootAfter          | OUTPUT  |                                                                   |
template TreeInsert(DEPTH) {
    signal input leaf;
    signal input indexBits[4 * DEPTH];
    signal input children[DEPTH][16];
    signal output index;
    signal output rootBefore;
    signal output rootAfter;

    signal before[DEPTH + 1];
    signal after[DEPTH + 1];
    signal changed[DEPTH][16];
    component way[DEPTH];
    before[0] <== 0;
    after[0] <== leaf;
    var position = 0;
    for (var d = 0; d < DEPTH; d++) {
        // 1. Which child the path comes from.
        way[d] = OneHot16();
        for (var k = 0; k < 4; k++) {
            way[d].bits[k] <== indexBits[4 * d + k];
            position += indexBits[4 * d + k] * (1 << (4 * d + k));
        }
        // 2. Before, that child is the node below; after, it alone is replaced.
        for (var c = 0; c < 16; c++) {
            way[d].selected[c] * (children[d][c] - before[d]) === 0;
            changed[d][c] <== children[d][c] + way[d].selected[c] * (after[d] - before[d]);
        }
        // 3. Both nodes above.
        before[d + 1] <== Poseidon(0, 16)(children[d]);
        after[d + 1] <== Poseidon(0, 16)(changed[d]);
    }
    index <== position;
    rootBefore <== before[DEPTH];
    rootAfter <== after[DEPTH];
}
