pragma circom 2.2.2;

include "widths.circom";
include "leaf-slots.circom";
include "tags.circom";
include "nonzero.circom";
include "poseidon.circom";
include "slot.circom";
include "any-leaf.circom";
include "tree-path.circom";

// MarginAccount(SLOTS): one account of an epoch, opened from its owner's secret up to the root over all
// accounts.
//
// Enforces:  1. every slot is well-formed, and together they are all that the account's leaf holds;
//            2. the tree under accountsRoot has that leaf, whose holder is accountId and the owner of
//               ownerSecret;
//            3. handle is that owner's and account's in the domain;
//            4. quantity, short, held and instrument are what the slots say.
// Assumes:   nothing.
// Does not:  say that the owner has no other account, or where in the tree this one stands.
// Cost:      about 5,930 constraints, 92 a slot, and AnyLeaf.
//
// | signal                       |         | what                                                         |
// |------------------------------|---------|--------------------------------------------------------------|
// | accountId, ownerSecret, salt | PRIVATE | what opens the holder                                        |
// | domain                       | PUBLIC  | where the handle stands for the account                      |
// | slots[SLOTS][81]             | PRIVATE | bits of each slot                                            |
// | leafShape[OPENED_SHAPES]     | PRIVATE | 1 for how many slots the leaf has, else 0                    |
// | leafBits, leafChildren       | PRIVATE | path from the leaf to the root of its batch                  |
// | batchBits, batchChildren     | PRIVATE | path from there to accountsRoot                              |
// | leaf                         | OUTPUT  | the account's leaf                                           |
// | accountsRoot, handle         | OUTPUT  | what the statement compares with its public signals          |
// | quantity, short[SLOTS]       | OUTPUT  | signed quantity; its magnitude where it is short, else 0     |
// | held[SLOTS]                  | OUTPUT  | 1 where the slot holds something                             |
// | instrument[SLOTS][16]        | OUTPUT  | bits of the number of the slot's instrument, lowest first    |
template MarginAccount(SLOTS) {
    signal input accountId;
    signal input ownerSecret;
    signal input salt;
    signal input domain;
    signal input slots[SLOTS][SLOT_BITS()];
    signal input leafShape[OPENED_SHAPES(SLOTS)];
    signal input leafBits[4 * BATCH_DEPTH()];
    signal input leafChildren[BATCH_DEPTH()][16];
    signal input batchBits[4 * ACCOUNTS_DEPTH()];
    signal input batchChildren[ACCOUNTS_DEPTH()][16];
    signal output leaf;
    signal output accountsRoot;
    signal output handle;
    signal output quantity[SLOTS];
    signal output short[SLOTS];
    signal output held[SLOTS];
    signal output instrument[SLOTS][INSTRUMENT_BITS()];

    // 1. and 4. A quantity is its magnitude, less twice that where the sign says short.
    for (var i = 0; i < SLOTS; i++) {
        Slot(1)(slots[i]);
        var magnitude = 0;
        for (var b = 0; b < MAGNITUDE_BITS(); b++) {
            magnitude += slots[i][b] * (1 << b);
        }
        short[i] <== slots[i][MAGNITUDE_BITS()] * magnitude;
        quantity[i] <== magnitude - 2 * short[i];
        held[i] <== Nonzero()(quantity[i]);
        for (var b = 0; b < INSTRUMENT_BITS(); b++) {
            instrument[i][b] <== slots[i][MAGNITUDE_BITS() + 1 + b];
        }
    }

    // 2. The owner's secret opens the holder, the holder the leaf, and the leaf's path leads to the root over
    // all accounts.
    signal owner <== Poseidon(TAG_OWNER(), 1)([ownerSecret]);
    signal holder <== Poseidon(TAG_HOLDER(), 3)([accountId, owner, salt]);
    leaf <== AnyLeaf(SLOTS, OPENED_SHAPES(SLOTS), LEAF_SLOTS())(holder, slots, leafShape);
    signal batchRoot <== TreePath(BATCH_DEPTH())(leaf, leafBits, leafChildren);
    accountsRoot <== TreePath(ACCOUNTS_DEPTH())(batchRoot, batchBits, batchChildren);

    // 3. The secret itself is in the handle: whoever knows accounts and owners, as a venue does, cannot tell
    // whose it is.
    handle <== Poseidon(TAG_HANDLE(), 3)([ownerSecret, accountId, domain]);
}
