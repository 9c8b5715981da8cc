pragma circom 2.2.2;

include "widths.circom";

// KeySum(ACCOUNTS, SLOTS, PLEDGED, WEIGHTED): the left side of the identity of keys over the accounts of one
// batch.
//
// Enforces:  out = Σ over accounts u of weights[u] · Σ over their slots of magnitude/(challenge − pole), with
//            pole = key, and in the first PLEDGED slots key + limitPoint·(magnitude + spare + 1); without
//            weights each of them is 1. A slot's key is 2·instrument + sign.
// Assumes:   every bit is 0 or 1; the challenge is drawn after all that the sum ranges over is fixed.
// Does not:  hold where the challenge is a pole: there a quotient is free. See "Soundness of a ledger".
// Cost:      1 constraint a slot, 1 more a pledged one, and where WEIGHTED is 1, 1 an account.
template KeySum(ACCOUNTS, SLOTS, PLEDGED, WEIGHTED) {
    signal input bits[ACCOUNTS][SLOTS][SLOT_BITS()];
    signal input spares[ACCOUNTS][PLEDGED][MAGNITUDE_BITS()];
    signal input weights[WEIGHTED * ACCOUNTS];
    signal input challenge;
    signal input limitPoint;
    signal output out;

    signal entry[ACCOUNTS][SLOTS];
    signal limited[ACCOUNTS][PLEDGED];
    signal weighted[WEIGHTED * ACCOUNTS];
    var total = 0;
    for (var u = 0; u < ACCOUNTS; u++) {
        var entries = 0;
        for (var s = 0; s < SLOTS; s++) {
            var magnitude = 0;
            for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                magnitude += bits[u][s][i] * (1 << i);
            }
            var pole = 0; // the bits above the magnitude, as they stand
            for (var i = 0; i <= INSTRUMENT_BITS(); i++) {
                pole += bits[u][s][MAGNITUDE_BITS() + i] * (1 << i);
            }
            if (s < PLEDGED) {
                var limit = magnitude;
                for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                    limit += spares[u][s][i] * (1 << i);
                }
                limited[u][s] <== limitPoint * (limit + 1);
                pole += limited[u][s];
            }
            // A quotient, which a constraint expresses as a product: on the next line.
            entry[u][s] <-- magnitude / (challenge - pole);
            entry[u][s] * (challenge - pole) === magnitude;
            entries += entry[u][s];
        }
        if (WEIGHTED == 1) {
            weighted[u] <== weights[u] * entries;
            total += weighted[u];
        } else {
            total += entries;
        }
    }
    out <== total;
}
