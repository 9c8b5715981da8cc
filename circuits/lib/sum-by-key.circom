pragma circom 2.2.2;

include "widths.circom";

// SumByKey(ACCOUNTS, SLOTS, INSTRUMENTS, WEIGHTED): per key, the magnitudes of all slots with that key, each times its account's
// weight (times 1 where WEIGHTED is 0), add up to `sums`. A slot's key is 2·instrument + sign.
//
// Enforces:  Σ over slots of weight · magnitude / (challenge − key) = Σ over keys k < 2·INSTRUMENTS of sums[k] / (challenge − k).
//            As rational functions of the challenge the two sides are equal only if the sums are right for every key and no
//            slot with a magnitude above zero has a key outside the table (a pole that nothing cancels).
// Assumes:   every bit is 0 or 1 (Slot); the challenge is squeezed from a transcript that binds all bits, all sums, and what the
//            weights are made of; ACCOUNTS · SLOTS ≤ 2^16, asserted, so that no sum wraps.
// Does not:  constrain the instrument of a slot whose magnitude is zero (it stays below 2^16 by Slot).
// Error:     (ACCOUNTS · SLOTS + 2·INSTRUMENTS) / |F| for one challenge: the degree once the denominators are cleared.
// Cost:      1 constraint a slot, 1 an account if it has a weight, 2 an instrument, and one linear one.
template SumByKey(ACCOUNTS, SLOTS, INSTRUMENTS, WEIGHTED) {
    assert(ACCOUNTS * SLOTS <= 1 << BATCH_SLOTS_BITS());
    assert(INSTRUMENTS <= 1 << INSTRUMENT_BITS());
    signal input bits[ACCOUNTS][SLOTS][SLOT_BITS()];
    signal input weights[WEIGHTED * ACCOUNTS];
    signal input sums[2 * INSTRUMENTS];
    signal input challenge;

    signal entry[ACCOUNTS][SLOTS];
    signal weighted[WEIGHTED * ACCOUNTS];
    signal key[2 * INSTRUMENTS];
    var total = 0;
    for (var u = 0; u < ACCOUNTS; u++) {
        var entries = 0;
        for (var s = 0; s < SLOTS; s++) {
            var magnitude = 0;
            for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                magnitude += bits[u][s][i] * (1 << i);
            }
            var slotKey = 0; // 2·instrument + sign: the bits above the magnitude, as they stand
            for (var i = 0; i <= INSTRUMENT_BITS(); i++) {
                slotKey += bits[u][s][MAGNITUDE_BITS() + i] * (1 << i);
            }
            // A quotient, which a constraint expresses as a product: on the next line.
            entry[u][s] <-- magnitude / (challenge - slotKey);
            entry[u][s] * (challenge - slotKey) === magnitude;
            entries += entry[u][s];
        }
        if (WEIGHTED == 1) {
            weighted[u] <== weights[u] * entries;
            total += weighted[u];
        } else {
            total += entries;
        }
    }
    for (var k = 0; k < 2 * INSTRUMENTS; k++) {
        // As above.
        key[k] <-- sums[k] / (challenge - k);
        key[k] * (challenge - k) === sums[k];
        total -= key[k];
    }
    total === 0;
}
