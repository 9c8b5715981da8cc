pragma circom 2.2.2;

include "widths.circom";

// FlowSum(SPOTS): the right side of the identity of flows, over what rows are said to come to.
//
// Enforces:  out = Σ over spot instruments i of in/(challenge − 2i) + out/(challenge − 2i − 1) +
//            fees/(challenge − 2i − G) + accruals/(challenge − 2i − 3G) + closing/(challenge − 2i − 4G), with
//            G = 2^17: poles are those of Weigh, a group G apart from the next. Trades, group 2, have none.
// Assumes:   the challenge is drawn after all amounts are fixed.
// Does not:  hold where the challenge is a pole: there a quotient is free. See "Soundness of a settlement".
// Cost:      5 constraints an instrument.
template FlowSum(SPOTS) {
    signal input transfersIn[SPOTS];
    signal input transfersOut[SPOTS];
    signal input fees[SPOTS];
    signal input accruals[SPOTS];
    signal input closing[SPOTS];
    signal input challenge;
    signal output out;

    var GROUP = 1 << (INSTRUMENT_BITS() + 1);
    signal entry[SPOTS][5];
    var total = 0;
    for (var i = 0; i < SPOTS; i++) {
        var amount[5] = [transfersIn[i], transfersOut[i], fees[i], accruals[i], closing[i]];
        var pole[5] = [2 * i, 2 * i + 1, 2 * i + GROUP, 2 * i + 3 * GROUP, 2 * i + 4 * GROUP];
        for (var e = 0; e < 5; e++) {
            // A quotient, which a constraint expresses as a product: on the next line.
            entry[i][e] <-- amount[e] / (challenge - pole[e]);
            entry[i][e] * (challenge - pole[e]) === amount[e];
            total += entry[i][e];
        }
    }
    out <== total;
}
