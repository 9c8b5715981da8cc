pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "nonzero.circom";

// What is required stays within ±2^REQUIRED_BITS of 10^−27 units of value, so that a multiple of it wraps
// around nothing.
function REQUIRED_BITS() { return 224; }

// DeficitRequired(GROUPS): what a requirement asks of an account at least.
//
// Enforces:  1. a group's charge is what it loses and what raises it together, or what bounds it, as the
//               prover picks, and is added to the sum that the group names;
//            2. the worst loss is zero, that of the netted groups, or a sum that it ranges over, as the
//               prover picks;
//            3. required = threshold − 1 + worstFactor · worst + Σ factor · sum, in 10^−27 units of value,
//               within ±2^REQUIRED_BITS.
// Assumes:   into is 0 or 1, with at most one 1 for a group (DeficitGroups); factors are bounds for the
//            account and at least zero (DeficitFactors); threshold is within ±2^CONSTANT_BITS; what comes in
//            is below 2^149 in magnitude, and netLoss within ±2^WORST_BITS, as under any rule that readers
//            take: so required, before its range, is within ±(2^252 + 2^250) and cannot come around the
//            field's order.
// Does not:  pick what is largest: anything else shows less of what is required, to the prover's own harm.
// Cost:      about 250 constraints, and 9 a group.
//
// | signal                     |         | what                                                      |
// |----------------------------|---------|-----------------------------------------------------------|
// | into[GROUPS][SUMS]         | PRIVATE | 1 for the sum that takes the group's charge; none: netted |
// | below[GROUPS]              | PRIVATE | what each group loses                                     |
// | raises, bounds[GROUPS]     | PRIVATE | what raises it, what bounds it from below                 |
// | bounded[GROUPS]            | PRIVATE | 1 where what bounds it counts                             |
// | exposures[SUMS]            | PRIVATE | what exposures add to each sum                            |
// | netLoss                    | PRIVATE | of the netted groups; 10^−18                              |
// | worstSums[SUMS]            | PRIVATE | 1 for a sum that the worst loss ranges over               |
// | worstPick[1 + SUMS]        | PRIVATE | 1 for what is worst: netLoss, a sum; none: zero           |
// | threshold                  | PRIVATE | as published; units of value                              |
// | worstFactor, factors[SUMS] | PRIVATE | bounds; billionths                                        |
// | required                   | OUTPUT  | 10^−27                                                    |
template DeficitRequired(GROUPS) {
    var SUMS = MARGIN_SUMS();
    var ONE = 10 ** FACTOR_DECIMALS();
    signal input into[GROUPS][SUMS];
    signal input below[GROUPS];
    signal input raises[GROUPS];
    signal input bounds[GROUPS];
    signal input bounded[GROUPS];
    signal input exposures[SUMS];
    signal input netLoss;
    signal input worstSums[SUMS];
    signal input worstPick[1 + SUMS];
    signal input threshold;
    signal input worstFactor;
    signal input factors[SUMS];
    signal output required;

    // 1. A netted group has no place that its charge could go to.
    signal charge[GROUPS];
    signal charged[GROUPS][SUMS];
    var sum[SUMS];
    for (var k = 0; k < SUMS; k++) {
        sum[k] = exposures[k];
    }
    for (var g = 0; g < GROUPS; g++) {
        bounded[g] * (bounded[g] - 1) === 0;
        charge[g] <== below[g] + raises[g] + bounded[g] * (bounds[g] - below[g] - raises[g]);
        for (var k = 0; k < SUMS; k++) {
            charged[g][k] <== into[g][k] * charge[g];
            sum[k] += charged[g][k];
        }
    }

    // 2. and 3.
    signal netWorst <== worstPick[0] * netLoss;
    signal sumWorst[SUMS];
    signal factored[SUMS];
    var picks = worstPick[0];
    var worst = netWorst;
    var total = (threshold - 1) * ONE ** 3;
    worstPick[0] * (worstPick[0] - 1) === 0;
    for (var k = 0; k < SUMS; k++) {
        worstPick[1 + k] * (worstPick[1 + k] - 1) === 0;
        worstPick[1 + k] * (1 - worstSums[k]) === 0;
        picks += worstPick[1 + k];
        sumWorst[k] <== worstPick[1 + k] * sum[k];
        worst += ONE ** 2 * sumWorst[k];
        factored[k] <== factors[k] * sum[k];
        total += ONE ** 2 * factored[k];
    }
    picks * (picks - 1) === 0;
    signal worstCharge <== worstFactor * worst;
    required <== total + worstCharge;
    Range(REQUIRED_BITS() + 1)(required + (1 << REQUIRED_BITS()));
}

// DeficitFactors(): what the factors of a requirement are at least: they are rounded up.
//
// Enforces:  a lowered factor is one below the published one, or 0 where that is 0; the threshold is at least
//            zero, so that no multiple below one asks for more than the requirement.
// Assumes:   factors are below 2^FACTOR_BITS (MarginRequirement).
// Does not:  leave any freedom.
// Cost:      about 150 constraints.
template DeficitFactors() {
    var SUMS = MARGIN_SUMS();
    signal input threshold;
    signal input worstFactor;
    signal input factors[SUMS];
    signal output loweredWorst;
    signal output lowered[SUMS];

    Range(CONSTANT_BITS())(threshold);
    signal has[1 + SUMS];
    has[SUMS] <== Nonzero()(worstFactor);
    loweredWorst <== worstFactor - has[SUMS];
    for (var k = 0; k < SUMS; k++) {
        has[k] <== Nonzero()(factors[k]);
        lowered[k] <== factors[k] - has[k];
    }
}
