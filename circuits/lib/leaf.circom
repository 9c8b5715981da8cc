pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "poseidon.circom";
include "sponge.circom";

// Leaf(SLOTS): the leaf of an account: its holder and its slots, packed three to a field element.
//
// Enforces:  out = P(TAG_LEAF; holder, packed…), or for more than 15 packed elements
//            Sponge(TAG_LONG_LEAF)(holder, packed…). Either way the number of packed elements is bound in: by
//            the permutation's width, or by the sponge's count.
// Assumes:   every bit is 0 or 1 (LedgerSlot, Slot), so that packing is injective: 3 · 81 = 243 bits, below
//            the field's order.
// Does not:  open the holder.
// Cost:      one linear constraint for each packed element, and the hash: 261 for 4 slots.
template Leaf(SLOTS) {
    signal input holder;
    signal input bits[SLOTS][SLOT_BITS()];
    signal output out;

    var PACKED = (SLOTS + SLOTS_PER_FIELD() - 1) \ SLOTS_PER_FIELD();
    signal packed[PACKED];
    for (var p = 0; p < PACKED; p++) {
        var sum = 0;
        for (var j = 0; j < SLOTS_PER_FIELD(); j++) {
            if (p * SLOTS_PER_FIELD() + j < SLOTS) {
                for (var i = 0; i < SLOT_BITS(); i++) {
                    sum += bits[p * SLOTS_PER_FIELD() + j][i] * (1 << (j * SLOT_BITS() + i));
                }
            }
        }
        packed[p] <== sum;
    }

    if (PACKED <= 15) {
        component hash = Poseidon(TAG_LEAF(), 1 + PACKED);
        hash.inputs[0] <== holder;
        for (var p = 0; p < PACKED; p++) {
            hash.inputs[1 + p] <== packed[p];
        }
        out <== hash.out;
    } else {
        component long = Sponge(TAG_LONG_LEAF(), 1 + PACKED);
        long.in[0] <== holder;
        for (var p = 0; p < PACKED; p++) {
            long.in[1 + p] <== packed[p];
        }
        out <== long.out;
    }
}
