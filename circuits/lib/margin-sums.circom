pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "log2.circom";

// MarginSums(SLOTS, LINES, GROUPS): the sums that a requirement charges for: of exposures, and of the groups
// that are not netted.
//
// Enforces:  charge[g] is at least the group's own loss and what raises it together, and at least what bounds
//            it; it is added to the sum that the group names. Nothing raises or bounds a group that is
//            netted.
// Assumes:   into is 0 or 1, with at most one 1 for a group (MarginScan); own is below 2^(127 + log2
//            (2·SLOTS)) (MarginScan), and an exposure below 2^(127 + log2 SLOTS) (MarginCharges).
// Does not:  take the smallest charge: overstating one is the prover's own harm.
// Cost:      about 285 constraints a group at 16 slots and 19 lines.
//
// | signal                   |         | what                                                            |
// |--------------------------|---------|-----------------------------------------------------------------|
// | into[GROUPS][SUMS]       | PRIVATE | 1 for the sum that takes the group's charge; none: netted       |
// | own[GROUPS]              | PRIVATE | own worst loss                                                  |
// | raises, bounds[GROUPS]   | PRIVATE | sums of exposures that raise it, that bound it from below       |
// | charge[GROUPS]           | PRIVATE | what the group comes to                                         |
// | exposures[SUMS]          | PRIVATE | what exposures add to each sum                                  |
// | sums[SUMS]               | OUTPUT  | exposures and charges                                           |
template MarginSums(SLOTS, LINES, GROUPS) {
    var SUMS = MARGIN_SUMS();
    signal input into[GROUPS][SUMS];
    signal input own[GROUPS];
    signal input raises[GROUPS];
    signal input bounds[GROUPS];
    signal input charge[GROUPS];
    signal input exposures[SUMS];
    signal output sums[SUMS];

    // What raises or bounds a group is at most LINES values of 2^(127 + log2 SLOTS), so a group's charge
    // needs one bit more. It is then below 2^(CHARGE_BITS + 2), and all sums together below 2^(CHARGE_BITS +
    // log2 GROUPS + 3); 10^18 is below 2^60.
    var CHARGE_BITS = MAGNITUDE_BITS() + COEFFICIENT_BITS() + LOG2(SLOTS) + LOG2(LINES) + 1;
    assert(CHARGE_BITS + LOG2(GROUPS) + 3 + 60 <= WORST_BITS());
    signal charged[GROUPS][SUMS];
    var total[SUMS];
    for (var k = 0; k < SUMS; k++) {
        total[k] = exposures[k];
    }
    for (var g = 0; g < GROUPS; g++) {
        Range(CHARGE_BITS)(charge[g] - own[g] - raises[g]);
        Range(CHARGE_BITS)(charge[g] - bounds[g]);
        var named = 0;
        for (var k = 0; k < SUMS; k++) {
            named += into[g][k];
            charged[g][k] <== into[g][k] * charge[g];
            total[k] += charged[g][k];
        }
        // A netted group has no charge that anything could raise.
        (1 - named) * (raises[g] + bounds[g]) === 0;
    }
    for (var k = 0; k < SUMS; k++) {
        sums[k] <== total[k];
    }
}
