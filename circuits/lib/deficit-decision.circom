pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "deficit-required.circom";

// DeficitDecision(SLOTS): an account was short, and what was done to it is within the policy.
//
// Enforces:  1. below: multiple · required before − equity before ≥ 1, with equity at most Σ long·(value + 1)
//               − short·(value − 1);
//            2. not more than restores, without takeover: target · required after − equity after + overshoot
//               ≥ 0;
//            3. lost = Σ −change · worth is at most allowed · closed, closed = Σ closed · mark;
//            4. lost is at most zero, or at most what the account was worth, Σ quantity · worth.
// Assumes:   multiple and target are below 2^21, overshoot below 2^CONSTANT_BITS (DeficitPolicy); required is
//            within ±2^REQUIRED_BITS (DeficitRequired); magnitudes are below 2^64 (DeficitAccount,
//            DeficitMovement); values are within ±2^63 and marks within ±2^64 (rows are public).
// Does not:  say at what price anything was filled, or that the fill was the best one.
// Cost:      about 860 constraints, and 8 a slot.
//
// | signal                    |         | what                                                     |
// |---------------------------|---------|----------------------------------------------------------|
// | quantity, short[2][SLOTS] | PRIVATE | before, after: signed; the magnitude where short, else 0 |
// | value[SLOTS][2]           | PRIVATE | worth of a long, of a short unit in the rule             |
// | required[2]               | PRIVATE | before, after; 10^−27                                    |
// | change, closed[SLOTS]     | PRIVATE | signed; magnitude, 0 for cash                            |
// | worth, mark[SLOTS]        | PRIVATE | of a unit in the table: what changes hands; at its mark  |
// | multiple, target, allowed | PRIVATE | parts per million                                        |
// | overshoot                 | PRIVATE | units of value                                           |
// | takeover                  | PRIVATE | 1 where the whole account is closed                      |
// | isSolvent                 | PRIVATE | 1 where the account's worth bounds what it loses         |
template DeficitDecision(SLOTS) {
    var ONE = 10 ** FACTOR_DECIMALS();
    var PPM = RATIO_ONE();
    signal input quantity[2][SLOTS];
    signal input short[2][SLOTS];
    signal input value[SLOTS][2];
    signal input required[2];
    signal input change[SLOTS];
    signal input closed[SLOTS];
    signal input worth[SLOTS];
    signal input mark[SLOTS];
    signal input multiple;
    signal input target;
    signal input allowed;
    signal input overshoot;
    signal input takeover;
    signal input isSolvent;

    // 1. and 2. An equity is below 2^(64 + 63 + 6) + 2^(64 + 6), so below 2^244 times 10^33; a multiple of
    // what is required below 2^245, overshoot below 2^237. So all comes to less than 2^246 either way, and a
    // number below zero is no number of 246 bits.
    signal longValue[2][SLOTS];
    signal shortValue[2][SLOTS];
    var equity[2] = [0, 0];
    for (var t = 0; t < 2; t++) {
        for (var i = 0; i < SLOTS; i++) {
            longValue[t][i] <== (quantity[t][i] + short[t][i]) * (value[i][0] + 1);
            shortValue[t][i] <== short[t][i] * (value[i][1] - 1);
            equity[t] += longValue[t][i] - shortValue[t][i];
        }
    }
    var SCALE = PPM * ONE ** 3;
    signal asked <== multiple * required[0];
    Range(REQUIRED_BITS() + 22)(asked - equity[0] * SCALE - 1);
    signal restored <== target * required[1];
    signal room <== (1 - takeover) * (restored - equity[1] * SCALE + overshoot * SCALE);
    Range(REQUIRED_BITS() + 22)(room);

    // 3. and 4. Sums of a magnitude times a mark are below 2^134, times parts per million below 2^155.
    signal paid[SLOTS];
    signal closedValue[SLOTS];
    signal worthBefore[SLOTS];
    var lost = 0;
    var closedSum = 0;
    var worthSum = 0;
    for (var i = 0; i < SLOTS; i++) {
        paid[i] <== change[i] * worth[i];
        closedValue[i] <== closed[i] * mark[i];
        worthBefore[i] <== quantity[0][i] * worth[i];
        lost -= paid[i];
        closedSum += closedValue[i];
        worthSum += worthBefore[i];
    }
    signal most <== allowed * closedSum;
    Range(156)(most - lost * PPM);
    isSolvent * (isSolvent - 1) === 0;
    signal affordable <== isSolvent * worthSum;
    Range(136)(affordable - lost);
}
