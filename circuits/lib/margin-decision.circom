pragma circom 2.2.2;

include "widths.circom";
include "range.circom";

// MarginDecision(SLOTS, SCENARIOS): the account's equity is at least what is required.
//
// Enforces:  1. worst is at least zero, every scenario's net loss, and every sum that it ranges over;
//            2. Σ long·value − Σ short·value − threshold − worstFactor · worst − Σ factor · sum ≥ 0.
// Assumes:   threshold is within ±2^CONSTANT_BITS, factors are below 2^FACTOR_BITS and worstSums are 0 or 1
//            (MarginRequirement); sums times 10^18 come together to less than 2^WORST_BITS (MarginSums); a
//            net loss is within ±2^WORST_BITS and a value within ±2^63, as under any rule that readers take.
// Does not:  take the smallest worst loss: overstating it is the prover's own harm.
// Cost:      about 1,740 constraints, 215 a scenario and 2 a slot.
//
// | signal                   |         | what                                                             |
// |--------------------------|---------|------------------------------------------------------------------|
// | quantity, short[SLOTS]   | PRIVATE | signed quantity; its magnitude where it is short, else 0         |
// | value[SLOTS][2]          | PRIVATE | worth of a long, of a short unit                                 |
// | netLosses[SCENARIOS]     | PRIVATE | of the netted groups; 10^−18                                     |
// | sums[SUMS]               | PRIVATE | of exposures and charges                                         |
// | worst                    | PRIVATE | the worst loss; 10^−18                                           |
// | worstSums[SUMS]          | PRIVATE | 1 for a sum that the worst loss ranges over                      |
// | threshold                | PRIVATE | as asked; units of value                                         |
// | worstFactor, factors     | PRIVATE | as asked; billionths                                             |
template MarginDecision(SLOTS, SCENARIOS) {
    var SUMS = MARGIN_SUMS();
    var ONE = 10 ** FACTOR_DECIMALS(); // of slopes, dampings and factors
    signal input quantity[SLOTS];
    signal input short[SLOTS];
    signal input value[SLOTS][2];
    signal input netLosses[SCENARIOS];
    signal input sums[SUMS];
    signal input worst;
    signal input worstSums[SUMS];
    signal input threshold;
    signal input worstFactor;
    signal input factors[SUMS];

    // 1. The worst loss. Gains and losses come over all groups to at most 2^(128 + log2 SLOTS), as a slot is
    // a member of one group and a flat member of one; so a net loss is within ±2^(208 + log2 SLOTS), and
    // within ±2^WORST_BITS under any rule that readers take. What is required is then below 2^252 from the
    // worst loss, 2^251 from sums and 2^217 from the threshold, and cannot reach the field's order.
    assert(FACTOR_BITS() + WORST_BITS() <= 252);
    signal compared[SUMS];
    signal charged[SUMS];
    var required = threshold * ONE ** 3;
    Range(WORST_BITS())(worst);
    for (var s = 0; s < SCENARIOS; s++) {
        Range(WORST_BITS() + 1)(worst - netLosses[s]);
    }
    for (var k = 0; k < SUMS; k++) {
        compared[k] <== worstSums[k] * sums[k];
        Range(WORST_BITS())(worst - ONE ** 2 * compared[k]);
        charged[k] <== factors[k] * sums[k];
        required += ONE ** 2 * charged[k];
    }
    signal worstCharge <== worstFactor * worst;
    required += worstCharge;

    // 2. What is left, in units of 10^−27.
    signal longValue[SLOTS];
    signal shortValue[SLOTS];
    var equity = 0;
    for (var i = 0; i < SLOTS; i++) {
        longValue[i] <== (quantity[i] + short[i]) * value[i][0];
        shortValue[i] <== short[i] * value[i][1];
        equity += longValue[i] - shortValue[i];
    }
    // Below 2^(64 + 63 + 6) · 10^27 + 2^127 · 10^27.
    Range(224)(equity * ONE ** 3 - required);
}
