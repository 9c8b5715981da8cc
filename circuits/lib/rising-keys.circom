pragma circom 2.2.2;

include "widths.circom";
include "nonzero.circom";
include "range.circom";

// RisingKeys(SLOTS, BITS): an account holds each key once. A slot's key is 2·instrument + sign.
//
// Enforces:  slots with a magnitude above zero come before all others, and their keys rise from one to the
//            next, by 2^BITS at most.
// Assumes:   every bit is 0 or 1 (LedgerSlot).
// Does not:  say anything of the key of a slot whose magnitude is zero.
// Cost:      3 constraints a slot, and for each but the first BITS + 3 more.
template RisingKeys(SLOTS, BITS) {
    signal input bits[SLOTS][SLOT_BITS()];

    signal held[SLOTS];
    signal gap[SLOTS];
    var before = 0;
    for (var s = 0; s < SLOTS; s++) {
        var magnitude = 0;
        for (var i = 0; i < MAGNITUDE_BITS(); i++) {
            magnitude += bits[s][i] * (1 << i);
        }
        var key = 0; // the bits above the magnitude, as they stand
        for (var i = 0; i <= INSTRUMENT_BITS(); i++) {
            key += bits[s][MAGNITUDE_BITS() + i] * (1 << i);
        }
        held[s] <== Nonzero()(magnitude);
        if (s == 0) {
            gap[s] <== 0;
        } else {
            held[s] * (1 - held[s - 1]) === 0;
            gap[s] <== held[s] * (key - before - 1);
            Range(BITS)(gap[s]);
        }
        before = key;
    }
}
