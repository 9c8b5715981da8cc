pragma circom 2.2.2;

include "widths.circom";
include "leaf-slots.circom";
include "leaf.circom";

// How many of the shapes a leaf can have are opened for SLOTS slots: all up to the smallest that holds as
// many, and the one above it. A venue's planner gives an account a leaf of at most that width.
function OPENED_SHAPES(SLOTS) {
    var SHAPES = LEAF_SHAPES();
    var LEAVES[SHAPES] = LEAF_SLOTS();
    var holding = 0;
    while (holding < SHAPES - 1 && LEAVES[holding] < SLOTS) {
        holding++;
    }
    return holding < SHAPES - 1 ? holding + 2 : SHAPES;
}

// AnyLeaf(SLOTS, SHAPES, LEAVES): the leaf of an account that a ledger has made with LEAVES[k] slots, for
// some k below SHAPES, and that holds no more than SLOTS of them.
//
// Enforces:  exactly one shape is chosen; out is Leaf(LEAVES[shape]) over the slots, filled up with zeros; a
//            slot beyond the shape is zero, so that nothing can be added to what the leaf says.
// Assumes:   every bit is 0 or 1 (Slot); LEAVES rise.
// Does not:  say how many slots the leaf of an account has.
// Cost:      a Leaf for each shape (264 constraints for 4 slots, 388 for 16, 1,050 for 64, 3,680 for 256),
//            and one a slot.
//
// | signal         |         | what                                          |
// |----------------|---------|-----------------------------------------------|
// | holder         | PRIVATE | who holds the account                         |
// | bits[SLOTS][81]| PRIVATE | the account's first slots                     |
// | shape[SHAPES]  | PRIVATE | 1 for the number of slots of the leaf, else 0 |
// | out            | OUTPUT  |                                               |
template AnyLeaf(SLOTS, SHAPES, LEAVES) {
    signal input holder;
    signal input bits[SLOTS][SLOT_BITS()];
    signal input shape[SHAPES];
    signal output out;

    component leaf[SHAPES];
    signal chosen[SHAPES];
    var shapes = 0;
    var sum = 0;
    for (var k = 0; k < SHAPES; k++) {
        shape[k] * (shape[k] - 1) === 0;
        shapes += shape[k];
        leaf[k] = Leaf(LEAVES[k]);
        leaf[k].holder <== holder;
        for (var j = 0; j < LEAVES[k]; j++) {
            for (var i = 0; i < SLOT_BITS(); i++) {
                leaf[k].bits[j][i] <== j < SLOTS ? bits[j < SLOTS ? j : 0][i] : 0;
            }
        }
        chosen[k] <== shape[k] * leaf[k].out;
        sum += chosen[k];
    }
    shapes === 1;
    out <== sum;

    for (var j = 0; j < SLOTS; j++) {
        var absent = 0; // 1 where the leaf has no such slot
        for (var k = 0; k < SHAPES; k++) {
            if (LEAVES[k] <= j) {
                absent += shape[k];
            }
        }
        var slot = 0;
        for (var i = 0; i < SLOT_BITS(); i++) {
            slot += bits[j][i] * (1 << i);
        }
        absent * slot === 0;
    }
}
