pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "nonzero.circom";

// DeficitLines(LINES, GROUPS): the lines of exposures that an account touches, before and after alike.
//
// Enforces:  1. keys: every part of a line keeps to its width, and lines stand in rising order of (choice,
//               exposure, line), so that no line is there twice and those of an exposure, and of a choice,
//               stand together;
//            2. all lines of one choice go to one place, so that what a choice comes to can be added there
//               once;
//            3. what raises or bounds a group is linked to that group.
// Assumes:   groups differ (DeficitGroups).
// Does not:  say that a line is one of the rule, or that every line is here: one that is none has a total of
//            zero, and a line that is left out only lowers what is required (DeficitTotals, DeficitCharges).
// Cost:      about 250 constraints a line, and 1 a line and group.
//
// | signal                        |         | what                                                        |
// |-------------------------------|---------|-------------------------------------------------------------|
// | line, exposure, choice[LINES] | PRIVATE | place in the order                                          |
// | only[LINES][2]                | PRIVATE | 1 where the line counts in that branch alone                |
// | into[LINES][SUMS + 3]         | PRIVATE | 1 for where the exposure goes: a sum, limit, raises, bounds |
// | group[LINES]                  | PRIVATE | the group that it raises or bounds, id and sum, else 0      |
// | deduction[LINES]              | PRIVATE | what is taken off                                           |
// | link[LINES][GROUPS]           | PRIVATE | 1 for that group                                            |
// | groups[GROUPS]                | PRIVATE | id and sum of each group, as in its key; no two alike       |
// | keys[LINES]                   | OUTPUT  | what names a line: `lineKey`                                |
// | newChoice, newExposure[LINES] | OUTPUT  | 1 where another choice, another exposure begins             |
template DeficitLines(LINES, GROUPS) {
    var SUMS = MARGIN_SUMS();
    signal input line[LINES];
    signal input exposure[LINES];
    signal input choice[LINES];
    signal input only[LINES][2];
    signal input into[LINES][SUMS + 3];
    signal input group[LINES];
    signal input deduction[LINES];
    signal input link[LINES][GROUPS];
    signal input groups[GROUPS];
    signal output keys[LINES];
    signal output newChoice[LINES];
    signal output newExposure[LINES];

    var destination[LINES];
    for (var l = 0; l < LINES; l++) {
        var before = l > 0 ? l - 1 : 0;

        // 1. The key is that of MarginCharges.
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
        destination[l] = code + group[l] * (1 << 4);
        if (l == 0) {
            newChoice[l] <== 1;
            newExposure[l] <== 1;
        } else {
            Range(32)(place - (line[before] + exposure[before] * (1 << 8) + choice[before] * (1 << 16)) - 1);
            newChoice[l] <== Nonzero()(choice[l] - choice[before]);
            newExposure[l] <== Nonzero()(exposure[l] - exposure[before] + (1 << 8) * (choice[l] - choice[before]));
        }

        // 2. A choice whose lines went to several places would count in the last one what the first had.
        (1 - newChoice[l]) * (destination[l] - destination[before]) === 0;

        // 3.
        var linked = 0;
        for (var g = 0; g < GROUPS; g++) {
            link[l][g] * (group[l] - groups[g]) === 0;
            linked += link[l][g];
        }
        linked === into[l][SUMS + 1] + into[l][SUMS + 2];
    }
}
