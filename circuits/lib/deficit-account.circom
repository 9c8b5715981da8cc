pragma circom 2.2.2;

include "widths.circom";
include "leaf-slots.circom";
include "tags.circom";
include "nonzero.circom";
include "poseidon.circom";
include "slot.circom";
include "any-leaf.circom";
include "tree-path.circom";

// Its tag stands here, beside its only use: every circuit that is frozen includes tags.circom.
function TAG_LIQUIDATED() { return 32; }

// DeficitAccount(SLOTS): one account of an epoch, opened by its venue up to the root over all accounts.
//
// Enforces:  1. every slot is well-formed, and together they are all that the account's leaf holds;
//            2. the tree under accountsRoot has that leaf, whose holder is accountId and owner;
//            3. nullifier = P(TAG_LIQUIDATED; salt, accountId): the leaf has one;
//            4. negative, quantity, short, held and instrument are what the slots say.
// Assumes:   nothing.
// Does not:  ask for the owner's secret, which a venue does not have, or say where in the tree this leaf is.
// Cost:      about 5,700 constraints, 90 a slot, and AnyLeaf.
//
// | signal                   |         | what                                                         |
// |--------------------------|---------|--------------------------------------------------------------|
// | accountId, owner, salt   | PRIVATE | what opens the holder; owner is a commitment                 |
// | slots[SLOTS][81]         | PRIVATE | bits of each slot                                            |
// | leafShape[OPENED_SHAPES] | PRIVATE | 1 for how many slots the leaf has, else 0                    |
// | leafBits, leafChildren   | PRIVATE | path from the leaf to the root of its batch                  |
// | batchBits, batchChildren | PRIVATE | path from there to accountsRoot                              |
// | leaf                     | OUTPUT  | the account's leaf                                           |
// | accountsRoot, nullifier  | OUTPUT  | what the statement compares with its public signals          |
// | negative[SLOTS]          | OUTPUT  | 1 where the slot is short                                    |
// | quantity, short[SLOTS]   | OUTPUT  | signed quantity; its magnitude where it is short, else 0     |
// | held[SLOTS]              | OUTPUT  | 1 where the slot holds something                             |
// | instrument[SLOTS][16]    | OUTPUT  | bits of the number of the slot's instrument, lowest first    |
template DeficitAccount(SLOTS) {
    signal input accountId;
    signal input owner;
    signal input salt;
    signal input slots[SLOTS][SLOT_BITS()];
    signal input leafShape[OPENED_SHAPES(SLOTS)];
    signal input leafBits[4 * BATCH_DEPTH()];
    signal input leafChildren[BATCH_DEPTH()][16];
    signal input batchBits[4 * ACCOUNTS_DEPTH()];
    signal input batchChildren[ACCOUNTS_DEPTH()][16];
    signal output leaf;
    signal output accountsRoot;
    signal output nullifier;
    signal output negative[SLOTS];
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
        negative[i] <== slots[i][MAGNITUDE_BITS()];
        short[i] <== negative[i] * magnitude;
        quantity[i] <== magnitude - 2 * short[i];
        held[i] <== Nonzero()(magnitude);
        for (var b = 0; b < INSTRUMENT_BITS(); b++) {
            instrument[i][b] <== slots[i][MAGNITUDE_BITS() + 1 + b];
        }
    }

    // 2. Holder and slots make the leaf, and the leaf's path leads to the root over all accounts.
    signal holder <== Poseidon(TAG_HOLDER(), 3)([accountId, owner, salt]);
    leaf <== AnyLeaf(SLOTS, OPENED_SHAPES(SLOTS), LEAF_SLOTS())(holder, slots, leafShape);
    signal batchRoot <== TreePath(BATCH_DEPTH())(leaf, leafBits, leafChildren);
    accountsRoot <== TreePath(ACCOUNTS_DEPTH())(batchRoot, batchBits, batchChildren);

    // 3. The salt is one epoch's, and hides the account from whoever knows identifiers.
    nullifier <== Poseidon(TAG_LIQUIDATED(), 2)([salt, accountId]);
}
