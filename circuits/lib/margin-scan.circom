pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "nonzero.circom";
include "log2.circom";

// MarginScan(SLOTS, SCENARIOS, GROUPS): what the groups of an account gain or lose in each scenario.
//
// Enforces:  1. every held slot counts in the groups that its row names: group keys are told apart by ids
//               that rise from 1 on;
//            2. x[g][s] = Σ quantity·change − (short units), the last because a change is rounded down and
//               serves both sides;
//            3. netted groups: loss[s] = losses[s]·Σ_g lossSlope·max(−x, 0) − gains[s]·Σ_g gainSlope·max(x,
//               0), each sign decided by a range check of |x|;
//            4. others: own ≥ −x[g][s] for every scenario, own ≥ 0.
// Assumes:   short and quantity are those of slots (magnitudes below 2^64), a change's magnitude is below
//            2^63 (rows are public), gains and losses are below 2^FACTOR_BITS.
// Does not:  take the smallest own: overstating a loss is the prover's own harm.
// Cost:      about 143 constraints a group and scenario, 2 + GROUPS a slot and scenario.
//
// | signal                      |         | what                                                        |
// |-----------------------------|---------|-------------------------------------------------------------|
// | held[SLOTS]                 | PRIVATE | 1 where the slot holds something                            |
// | quantity, short[SLOTS]      | PRIVATE | signed quantity; its magnitude where it is short, else 0    |
// | rowGroup, rowFlatGroup      | PRIVATE | keys by slot, 0 for none                                    |
// | flat[SLOTS]                 | PRIVATE | change in every scenario                                    |
// | changes[SLOTS][SCENARIOS]   | PRIVATE | change by scenario                                          |
// | gains, losses[SCENARIOS]    | PRIVATE | dampings of scenarios, billionths                           |
// | ids, gain, loss[GROUPS]     | PRIVATE | groups, ids rising; slopes, billionths                      |
// | into[GROUPS][SUMS]          | PRIVATE | 1 for the sum that takes the group's own loss; none: netted |
// | member, flatMember          | PRIVATE | 1 for the group that a slot is in                           |
// | negative[GROUPS][SCENARIOS] | PRIVATE | 1 where x < 0                                               |
// | own[GROUPS]                 | PRIVATE | own worst loss                                              |
// | groups[GROUPS]              | OUTPUT  | id and sum of each group, as in its key; no two alike       |
// | netLosses[SCENARIOS]        | OUTPUT  | negative for a gain                                         |
template MarginScan(SLOTS, SCENARIOS, GROUPS) {
    var SUMS = MARGIN_SUMS();
    signal input held[SLOTS];
    signal input quantity[SLOTS];
    signal input short[SLOTS];
    signal input rowGroup[SLOTS];
    signal input rowFlatGroup[SLOTS];
    signal input flat[SLOTS];
    signal input changes[SLOTS][SCENARIOS];
    signal input gains[SCENARIOS];
    signal input losses[SCENARIOS];
    signal input ids[GROUPS];
    signal input gain[GROUPS];
    signal input loss[GROUPS];
    signal input into[GROUPS][SUMS];
    signal input member[SLOTS][GROUPS];
    signal input flatMember[SLOTS][GROUPS];
    signal input negative[GROUPS][SCENARIOS];
    signal input own[GROUPS];
    signal output groups[GROUPS];
    signal output netLosses[SCENARIOS];

    // 1. Groups and who is in them.
    signal key[GROUPS];
    signal netted[GROUPS];
    signal netGain[GROUPS];
    signal netLoss[GROUPS];
    for (var g = 0; g < GROUPS; g++) {
        Range(INSTRUMENT_BITS())(g == 0 ? ids[0] - 1 : ids[g] - ids[g > 0 ? g - 1 : 0] - 1);
        Range(FACTOR_BITS())(gain[g]);
        Range(FACTOR_BITS())(loss[g]);
        var sums = 0;
        var code = 0;
        for (var k = 0; k < SUMS; k++) {
            into[g][k] * (into[g][k] - 1) === 0;
            sums += into[g][k];
            code += (k + 1) * into[g][k];
        }
        netted[g] <== 1 - sums;
        netted[g] * (netted[g] - 1) === 0;
        groups[g] <== ids[g] + code * (1 << 16);
        key[g] <== groups[g] + gain[g] * (1 << 20) + loss[g] * (1 << (20 + FACTOR_BITS()));
        netGain[g] <== netted[g] * gain[g];
        netLoss[g] <== netted[g] * loss[g];
    }
    Range(INSTRUMENT_BITS())(ids[GROUPS - 1]);
    signal grouped[SLOTS];
    signal flatGrouped[SLOTS];
    for (var i = 0; i < SLOTS; i++) {
        var memberships = 0;
        var flatMemberships = 0;
        for (var g = 0; g < GROUPS; g++) {
            member[i][g] * (rowGroup[i] - key[g]) === 0;
            flatMember[i][g] * (rowFlatGroup[i] - key[g]) === 0;
            memberships += member[i][g];
            flatMemberships += flatMember[i][g];
        }
        // Keys differ, so at most one member is not 0; where the row names a group and the slot holds
        // something, it is 1.
        grouped[i] <== Nonzero()(rowGroup[i]);
        flatGrouped[i] <== Nonzero()(rowFlatGroup[i]);
        held[i] * (grouped[i] - memberships) === 0;
        held[i] * (flatGrouped[i] - flatMemberships) === 0;
    }

    // 2. Gains and losses by group. |x| stays below 2^BITS: 2·SLOTS terms of at most 2^64 · 2^63.
    var BITS = MAGNITUDE_BITS() + COEFFICIENT_BITS() + LOG2(2 * SLOTS);
    signal flatChange[SLOTS];
    signal flatIn[SLOTS][GROUPS];
    signal change[SLOTS][SCENARIOS];
    signal changeIn[SLOTS][GROUPS][SCENARIOS];
    for (var i = 0; i < SLOTS; i++) {
        flatChange[i] <== quantity[i] * flat[i];
        for (var g = 0; g < GROUPS; g++) {
            flatIn[i][g] <== flatMember[i][g] * (flatChange[i] - short[i]);
        }
        for (var s = 0; s < SCENARIOS; s++) {
            change[i][s] <== quantity[i] * changes[i][s];
            for (var g = 0; g < GROUPS; g++) {
                changeIn[i][g][s] <== member[i][g] * (change[i][s] - short[i]);
            }
        }
    }

    // 3. and 4. One range check a group and scenario: of |x| where the group is netted, of x + own where it
    // is not. Its sum of bits stands in the product itself, which saves a wire and a constraint.
    signal magnitude[GROUPS][SCENARIOS];
    signal bit[GROUPS][SCENARIOS][BITS + 1];
    signal below[GROUPS][SCENARIOS];
    signal lost[GROUPS][SCENARIOS];
    signal gained[GROUPS][SCENARIOS];
    signal damped[SCENARIOS][2];
    for (var g = 0; g < GROUPS; g++) {
        Range(BITS)(own[g]);
    }
    for (var s = 0; s < SCENARIOS; s++) {
        var losing = 0;
        var gaining = 0;
        for (var g = 0; g < GROUPS; g++) {
            var x = 0;
            for (var i = 0; i < SLOTS; i++) {
                x += changeIn[i][g][s] + flatIn[i][g];
            }
            negative[g][s] * (negative[g][s] - 1) === 0;
            magnitude[g][s] <== (1 - 2 * negative[g][s]) * x;
            var checked = netted[g] == 1 ? magnitude[g][s] : x + own[g];
            var sum = 0;
            for (var b = 0; b <= BITS; b++) {
                // A bit is a shift of the value, which a constraint cannot express: it is constrained just
                // below.
                bit[g][s][b] <-- (checked >> b) & 1;
                bit[g][s][b] * (bit[g][s][b] - 1) === 0;
                sum += bit[g][s][b] * (1 << b);
            }
            netted[g] * (magnitude[g][s] - x - own[g]) === sum - x - own[g];
            below[g][s] <== negative[g][s] * magnitude[g][s];
            lost[g][s] <== netLoss[g] * below[g][s];
            gained[g][s] <== netGain[g] * (magnitude[g][s] - below[g][s]);
            losing += lost[g][s];
            gaining += gained[g][s];
        }
        damped[s][0] <== losses[s] * losing;
        damped[s][1] <== gains[s] * gaining;
        netLosses[s] <== damped[s][0] - damped[s][1];
    }
}
