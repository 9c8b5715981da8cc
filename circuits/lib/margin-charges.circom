pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "nonzero.circom";
include "log2.circom";

// MarginCharges(SLOTS, LINES, GROUPS): what the lines of exposures and limits come to, for all lines that an
// account touches.
//
// Enforces:  1. keys: every part of a line keeps to its width, and lines stand in rising order of (choice,
//               exposure, line), so that no line is there twice and those of an exposure, and of a choice,
//               stand together;
//            2. the lines of a choice share one branch; neighbours of one exposure that go to one place share
//               one value, which is at least zero and at least total − deduction of every line that counts in
//               the branch;
//            3. each such value is added once: to a sum, to what raises a group or bounds it; for a limit it
//               is zero. A line that the rule does not have (with a total of zero it may be there) takes no
//               value elsewhere: its place is its own.
// Assumes:   totals[l] is the sum over the account's slots of what their rows have under keys[l], and every
//            line that a row of the account has is here unless its coefficients come to zero (LinesByKey).
// Does not:  take the cheaper branch or the smallest value: overstating a charge is the prover's own harm.
// Cost:      about 525 constraints a line, and 3 a line and group.
//
// | signal                        |         | what                                                        |
// |-------------------------------|---------|-------------------------------------------------------------|
// | line, exposure, choice[LINES] | PRIVATE | place in the order                                          |
// | only[LINES][2]                | PRIVATE | 1 where the line counts in that branch alone                |
// | into[LINES][SUMS + 3]         | PRIVATE | 1 for where the exposure goes: a sum, limit, raises, bounds |
// | group[LINES]                  | PRIVATE | the group that it raises or bounds, id and sum, else 0      |
// | deduction[LINES]              | PRIVATE | what is taken off                                           |
// | total[LINES]                  | PRIVATE | what the account's slots come to                            |
// | branch[LINES], value[LINES]   | PRIVATE | branch of the choice, value of the exposure                 |
// | link[LINES][GROUPS]           | PRIVATE | 1 for that group                                            |
// | groups[GROUPS]                | PRIVATE | id and sum of each group, as in its key; no two alike       |
// | keys[LINES]                   | OUTPUT  | what names a line: `lineKey`                                |
// | sums[SUMS]                    | OUTPUT  | of exposures                                                |
// | raises, bounds[GROUPS]        | OUTPUT  | of exposures                                                |
template MarginCharges(SLOTS, LINES, GROUPS) {
    var SUMS = MARGIN_SUMS();
    var LIMIT = SUMS;
    var RAISES = SUMS + 1;
    var BOUNDS = SUMS + 2;
    signal input line[LINES];
    signal input exposure[LINES];
    signal input choice[LINES];
    signal input only[LINES][2];
    signal input into[LINES][SUMS + 3];
    signal input group[LINES];
    signal input deduction[LINES];
    signal input total[LINES];
    signal input branch[LINES];
    signal input value[LINES];
    signal input link[LINES][GROUPS];
    signal input groups[GROUPS];
    signal output keys[LINES];
    signal output sums[SUMS];
    signal output raises[GROUPS];
    signal output bounds[GROUPS];

    // A total is at most 2^BITS, and so is a value that is taken from one.
    var BITS = MAGNITUDE_BITS() + COEFFICIENT_BITS() + LOG2(SLOTS);
    signal newChoice[LINES];
    signal newExposure[LINES];
    signal wrongBranch[LINES];
    signal counted[LINES];
    signal added[LINES];
    signal part[LINES][SUMS + 3];
    signal raising[LINES][GROUPS];
    signal bounding[LINES][GROUPS];
    var apart[LINES]; // tells values apart: exposure, choice and place
    var partial[SUMS];
    var raised[GROUPS];
    var bound[GROUPS];
    for (var l = 0; l < LINES; l++) {
        var before = l > 0 ? l - 1 : 0;

        // 1. The key.
        Range(8)(line[l]);
        Range(8)(exposure[l]);
        Range(16)(choice[l]);
        Range(20)(group[l]);
        Range(CONSTANT_BITS())(deduction[l]);
        only[l][0] * (only[l][0] - 1) === 0;
        only[l][1] * (only[l][1] - 1) === 0;
        only[l][0] * only[l][1] === 0;
        var code = 0;
        var destinations = 0;
        for (var k = 0; k < SUMS + 3; k++) {
            into[l][k] * (into[l][k] - 1) === 0;
            code += k * into[l][k];
            destinations += into[l][k];
        }
        destinations === 1;
        var place = line[l] + exposure[l] * (1 << 8) + choice[l] * (1 << 16);
        keys[l] <== place + only[l][0] * (1 << 32) + only[l][1] * (1 << 33) + code * (1 << 34)
            + group[l] * (1 << 38) + deduction[l] * (1 << 58);
        apart[l] = exposure[l] + choice[l] * (1 << 8) + code * (1 << 24) + group[l] * (1 << 28);
        if (l == 0) {
            newChoice[l] <== 1;
            newExposure[l] <== 1;
        } else {
            Range(32)(place - (line[before] + exposure[before] * (1 << 8) + choice[before] * (1 << 16)) - 1);
            newChoice[l] <== Nonzero()(choice[l] - choice[before]);
            newExposure[l] <== Nonzero()(apart[l] - apart[before]);
        }

        // 2. The branch and the value.
        branch[l] * (branch[l] - 1) === 0;
        (1 - newChoice[l]) * (branch[l] - branch[before]) === 0;
        (1 - newExposure[l]) * (value[l] - value[before]) === 0;
        wrongBranch[l] <== (only[l][0] - only[l][1]) * branch[l] + only[l][1];
        Range(BITS)(value[l]);
        counted[l] <== (1 - wrongBranch[l]) * (total[l] - deduction[l]);
        Range(BITS + 2)(value[l] - counted[l]);

        // 3. Where it goes.
        added[l] <== newExposure[l] * value[l];
        var linked = 0;
        for (var k = 0; k < SUMS + 3; k++) {
            part[l][k] <== into[l][k] * added[l];
        }
        part[l][LIMIT] === 0;
        for (var k = 0; k < SUMS; k++) {
            partial[k] += part[l][k];
        }
        for (var g = 0; g < GROUPS; g++) {
            link[l][g] * (group[l] - groups[g]) === 0;
            linked += link[l][g];
            raising[l][g] <== link[l][g] * part[l][RAISES];
            bounding[l][g] <== link[l][g] * part[l][BOUNDS];
            raised[g] += raising[l][g];
            bound[g] += bounding[l][g];
        }
        linked === into[l][RAISES] + into[l][BOUNDS];
    }
    for (var k = 0; k < SUMS; k++) {
        sums[k] <== partial[k];
    }
    for (var g = 0; g < GROUPS; g++) {
        raises[g] <== raised[g];
        bounds[g] <== bound[g];
    }
}
