pragma circom 2.2.2;

include "widths.circom";
include "one-hot.circom";
include "empty-root.circom";
include "poseidon.circom";

// FencedPath(LEVEL): the root of a tree of batches that holds a node LEVEL levels above its leaves, and where
// it is said so, that nothing stands behind the node in its batch, or in the whole tree.
//
// Enforces:  root is the root of a tree of BATCH_DEPTH + ACCOUNTS_DEPTH levels that holds `node` above the
//            leaves from 16^LEVEL·Σ indexBits[k]·2^k on; every bit of the index is 0 or 1. With batchEnd, on
//            each level within the batch every child behind the way is the empty subtree; with treeEnd, on
//            each level above it as well.
// Assumes:   batchEnd and treeEnd are 0 or 1, and batchEnd is 1 where treeEnd is (Weigh). LEVEL is below
//            BATCH_DEPTH, asserted.
// Does not:  say what stands before the node, or below it.
// Cost:      about 690 constraints a level.
//
// A batch that is absent is 0 and no empty batch, as an absent leaf is: empty subtrees count their levels
// from the batches on again.
//
// | signal            |         | what                                                                  |
// |-------------------|---------|-----------------------------------------------------------------------|
// | node              | PRIVATE | the value at the position                                             |
// | indexBits[…]      | PRIVATE | the position, lowest bit first: four bits name the way at a level     |
// | children[…][16]   | PRIVATE | the children of the nodes above, lowest level first                   |
// | batchEnd, treeEnd | PRIVATE | 1 where nothing stands behind it in the batch, in the tree            |
// | index             | OUTPUT  | of its first leaf among all places of the tree                        |
// | batch             | OUTPUT  | index of its batch                                                    |
// | root              | OUTPUT  |                                                                       |
template FencedPath(LEVEL) {
    assert(LEVEL < BATCH_DEPTH());
    var LEVELS = BATCH_DEPTH() + ACCOUNTS_DEPTH() - LEVEL;
    signal input node;
    signal input indexBits[4 * LEVELS];
    signal input children[LEVELS][16];
    signal input batchEnd;
    signal input treeEnd;
    signal output index;
    signal output batch;
    signal output root;

    signal on[LEVELS + 1];
    signal fence[LEVELS][16]; // 1 for a child that has to be empty
    component way[LEVELS];
    on[0] <== node;
    var position = 0;
    var batches = 0;
    for (var d = 0; d < LEVELS; d++) {
        var above = LEVEL + d - BATCH_DEPTH(); // levels above a batch's root, below zero within it
        way[d] = OneHot16();
        for (var k = 0; k < 4; k++) {
            way[d].bits[k] <== indexBits[4 * d + k];
            position += indexBits[4 * d + k] * (1 << (4 * (LEVEL + d) + k));
            if (above >= 0) {
                batches += indexBits[4 * d + k] * (1 << (4 * above + k));
            }
        }
        var behind = 0; // 1 where the way goes through a child before this one
        for (var c = 0; c < 16; c++) {
            way[d].selected[c] * (children[d][c] - on[d]) === 0;
            fence[d][c] <== (above < 0 ? batchEnd : treeEnd) * behind;
            fence[d][c] * (children[d][c] - EMPTY_ROOT(above < 0 ? LEVEL + d : above)) === 0;
            behind += way[d].selected[c];
        }
        on[d + 1] <== Poseidon(0, 16)(children[d]);
    }
    index <== position;
    batch <== batches;
    root <== on[LEVELS];
}
