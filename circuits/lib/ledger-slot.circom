pragma circom 2.2.2;

include "widths.circom";

// LedgerSlot(SIGNED): the 81 wires of one slot of a ledger: magnitude (64), sign (1), instrument (16), lowest
// first. A slot enters as its bits, so that its range check and its packing share them.
//
// Enforces:  every wire is 0 or 1; where SIGNED is 0, the sign and the highest bit of the instrument are 0: a
//            long position in no derivative (those are numbered from 2^15).
// Assumes:   nothing.
// Does not:  check that the instrument is in the risk table: the identity of keys does, for every magnitude
//            above zero. Nor that the sign of zero is 0: such a slot counts for nothing.
// Cost:      81 constraints; 79 where SIGNED is 0, and two linear ones.
//
// | signal   |         | what                             |
// |----------|---------|----------------------------------|
// | bits[81] | PRIVATE | the slot, as packed into the leaf |
template LedgerSlot(SIGNED) {
    signal input bits[SLOT_BITS()];

    for (var i = 0; i < SLOT_BITS(); i++) {
        if (SIGNED == 0 && (i == MAGNITUDE_BITS() || i == SLOT_BITS() - 1)) {
            bits[i] === 0;
        } else {
            bits[i] * (bits[i] - 1) === 0;
        }
    }
}
