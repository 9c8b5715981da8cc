pragma circom 2.2.2;

include "widths.circom";

// SumByKey(ACCOUNTS, SLOTS, INSTRUMENTS, WEIGHTED, LIMITED): per key, the magnitudes of all slots with that
// key, each times its account's weight (times 1 where WEIGHTED is 0), add up to `sums`. A slot's key is
// 2·instrument + sign. Where LIMITED is 1, no magnitude is above the limit of its instrument.
//
// Enforces:  Σ over slots of weight · magnitude / (challenge − key) = Σ over keys k < 2·INSTRUMENTS of
//            sums[k] / (challenge − k). As rational functions of the challenge the two sides are equal only
//            if the sums are right for every key and no slot with a magnitude above zero has a key outside
//            the table (a pole that nothing cancels). Where LIMITED is 1, a key k is k + limitPoint ·
//            limits[k] there, and that of a slot key + limitPoint · (magnitude + spare): a slot with a
//            magnitude above zero, but not with magnitude + spare = limit, is outside of the table.
// Assumes:   every bit is 0 or 1 (Slot; of spares, Ledger); challenge and limitPoint are squeezed from a
//            transcript that binds all bits, all sums, all limits, and what the weights are made of; ACCOUNTS
//            · SLOTS ≤ 2^16, asserted, so that no sum wraps.
// Does not:  constrain the instrument of a slot whose magnitude is zero (it stays below 2^16 by Slot), or its
//            spare.
// Error:     (ACCOUNTS · SLOTS + 2·INSTRUMENTS) / |F| for one challenge: the degree once the denominators are
//            cleared; where LIMITED is 1, its square more, for two pairs of key and limit with one pole.
// Cost:      1 constraint a slot, 1 an account if it has a weight, 2 an instrument, and one linear one; where
//              LIMITED is 1, one more
//            a slot and one an instrument.
template SumByKey(ACCOUNTS, SLOTS, INSTRUMENTS, WEIGHTED, LIMITED) {
    assert(ACCOUNTS * SLOTS <= 1 << BATCH_SLOTS_BITS());
    assert(INSTRUMENTS <= 1 << INSTRUMENT_BITS());
    signal input bits[ACCOUNTS][SLOTS][SLOT_BITS()];
    signal input weights[WEIGHTED * ACCOUNTS];
    signal input sums[2 * INSTRUMENTS];
    signal input spares[LIMITED * ACCOUNTS][SLOTS][MAGNITUDE_BITS()];
    signal input limits[LIMITED * INSTRUMENTS];
    signal input limitPoint[LIMITED];
    signal input challenge;

    signal entry[ACCOUNTS][SLOTS];
    signal weighted[WEIGHTED * ACCOUNTS];
    signal key[2 * INSTRUMENTS];
    signal slotLimit[LIMITED * ACCOUNTS][SLOTS]; // times limitPoint
    signal keyLimit[LIMITED * INSTRUMENTS]; // times limitPoint
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
            if (LIMITED == 1) {
                var limit = magnitude;
                for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                    limit += spares[u][s][i] * (1 << i);
                }
                slotLimit[u][s] <== limitPoint[0] * limit;
                slotKey += slotLimit[u][s];
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
    for (var i = 0; i < LIMITED * INSTRUMENTS; i++) {
        keyLimit[i] <== limitPoint[0] * limits[i];
    }
    for (var k = 0; k < 2 * INSTRUMENTS; k++) {
        var pole = k;
        if (LIMITED == 1) {
            pole += keyLimit[k \ 2];
        }
        // As above.
        key[k] <-- sums[k] / (challenge - pole);
        key[k] * (challenge - pole) === sums[k];
        total -= key[k];
    }
    total === 0;
}
