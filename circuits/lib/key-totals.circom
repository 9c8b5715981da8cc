pragma circom 2.2.2;

include "widths.circom";

// KeyTotals(SPOTS, DERIVATIVES, TIERS, WEIGHTED): the right side of the identity of keys, from what is
// claimed of every key of the table: long, short of each spot instrument in turn, then of each derivative,
// then long of each tier.
//
// Enforces:  out = Σ over keys of (total + mix·weightedTotal)/(challenge − pole). The pole of a spot
//            instrument i is 2·i, and one more for its short side; of a derivative i it is
//            2·(DERIVATIVE_NUMBERS + i), and one more; of a tier t, 2·(TIER_NUMBERS + t) + limitPoint·
//            (width + 1): one more, so that no row of width 0 has the pole of a slot without a limit.
// Assumes:   the challenge is drawn after all that the sum ranges over is fixed.
// Does not:  hold where the challenge is a pole: there a quotient is free.
// Cost:      1 constraint a key, with weights 2, and one more a tier.
template KeyTotals(SPOTS, DERIVATIVES, TIERS, WEIGHTED) {
    var KEYS = 2 * (SPOTS + DERIVATIVES) + TIERS;
    assert(SPOTS <= TIER_NUMBERS() && TIERS <= DERIVATIVE_NUMBERS() - TIER_NUMBERS());
    assert(DERIVATIVES <= (1 << INSTRUMENT_BITS()) - DERIVATIVE_NUMBERS());
    signal input totals[KEYS];
    signal input weightedTotals[WEIGHTED * KEYS];
    signal input widths[TIERS];
    signal input challenge;
    signal input mix;
    signal input limitPoint;
    signal output out;

    signal entry[KEYS];
    signal mixed[WEIGHTED * KEYS];
    signal limit[TIERS];
    var sum = 0;
    for (var k = 0; k < KEYS; k++) {
        var pole = k;
        if (k >= 2 * (SPOTS + DERIVATIVES)) {
            var t = k - 2 * (SPOTS + DERIVATIVES);
            limit[t] <== limitPoint * (widths[t] + 1);
            pole = 2 * (TIER_NUMBERS() + t) + limit[t];
        } else if (k >= 2 * SPOTS) {
            pole = 2 * DERIVATIVE_NUMBERS() + k - 2 * SPOTS;
        }
        var total = totals[k];
        if (WEIGHTED == 1) {
            mixed[k] <== mix * weightedTotals[k];
            total += mixed[k];
        }
        // A quotient, which a constraint expresses as a product: on the next line.
        entry[k] <-- total / (challenge - pole);
        entry[k] * (challenge - pole) === total;
        sum += entry[k];
    }
    out <== sum;
}
