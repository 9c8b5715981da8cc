pragma circom 2.2.2;

include "widths.circom";
include "nonzero.circom";

// Slot(SIGNED): the 81 wires of one slot are well-formed: magnitude (64), sign (1), instrument (16), lowest
// first. A slot enters as its bits, so that its range check and its packing share them.
//
// Enforces:  every wire is 0 or 1; the sign is 0 where SIGNED is 0, and where the magnitude is 0.
// Assumes:   nothing.
// Does not:  check that the instrument is in the risk table: SumByKey does, for every magnitude above zero.
// Cost:      85 constraints; 80 where SIGNED is 0.
//
// | signal   |         | what                             |
// |----------|---------|----------------------------------|
// | bits[81] | PRIVATE | the slot, as packed into the leaf |
template Slot(SIGNED) {
    signal input bits[SLOT_BITS()];

    var magnitude = 0;
    for (var i = 0; i < SLOT_BITS(); i++) {
        if (i == MAGNITUDE_BITS() && SIGNED == 0) {
            bits[i] === 0;
        } else {
            bits[i] * (bits[i] - 1) === 0;
        }
        if (i < MAGNITUDE_BITS()) {
            magnitude += bits[i] * (1 << i);
        }
    }
    if (SIGNED == 1) {
        signal held <== Nonzero()(magnitude);
        bits[MAGNITUDE_BITS()] * (1 - held) === 0;
    }
}
