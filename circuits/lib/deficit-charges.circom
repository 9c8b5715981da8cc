pragma circom 2.2.2;

include "widths.circom";
include "range.circom";
include "log2.circom";

// DeficitCharges(SLOTS, LINES, GROUPS): what exposures come to at least, of the lines that the prover picks.
//
// Enforces:  1. of each exposure at most one line is picked in either branch of its choice, and none that
//               counts in the other branch alone; a line is worth its total, less one for every unit that
//               the account holds, less the deduction and one;
//            2. a choice comes to the smaller of what its picked lines come to in either branch;
//            3. that is added once: to a sum, to what raises a group or bounds it. A limit takes nothing.
// Assumes:   totals[l] is the sum over the account's slots of what their rows have under keys[l]
//            (DeficitTotals); everything else is that of DeficitLines: lines stand in order, those of one
//            choice go to one place. Coefficients of rows are within ±2^63.
// Does not:  pick the largest lines: any others show less of what is required, to the prover's own harm.
// Cost:      about 165 constraints a line, and 2 a line and group.
//
// A coefficient is rounded up, so that what is exact lies less than one below, for every unit of an
// instrument that the line has. A row leaves out a line in which both published coefficients are zero; they
// too may have been rounded up. Hence one is taken off for every unit of every slot, whatever its row says:
// units · 10^−valueDecimals, far below any lot.
//
// | signal                         |         | what                                               |
// |--------------------------------|---------|----------------------------------------------------|
// | quantity, short[SLOTS]         | PRIVATE | signed; its magnitude where it is short, else 0    |
// | newChoice, newExposure[LINES]  | PRIVATE | 1 where another choice, another exposure begins    |
// | only, into, deduction, link    | PRIVATE | as DeficitLines has them                           |
// | total[LINES]                   | PRIVATE | what the account's slots come to                   |
// | pick[LINES][2]                 | PRIVATE | 1 for the line that counts, by branch              |
// | branch[LINES]                  | PRIVATE | the smaller branch of the choice, at its last line |
// | sums[SUMS]                     | OUTPUT  | of exposures; may be negative                      |
// | raises, bounds[GROUPS]         | OUTPUT  | of exposures; may be negative                      |
template DeficitCharges(SLOTS, LINES, GROUPS) {
    var SUMS = MARGIN_SUMS();
    var RAISES = SUMS + 1;
    var BOUNDS = SUMS + 2;
    signal input quantity[SLOTS];
    signal input short[SLOTS];
    signal input newChoice[LINES];
    signal input newExposure[LINES];
    signal input only[LINES][2];
    signal input into[LINES][SUMS + 3];
    signal input deduction[LINES];
    signal input link[LINES][GROUPS];
    signal input total[LINES];
    signal input pick[LINES][2];
    signal input branch[LINES];
    signal output sums[SUMS];
    signal output raises[GROUPS];
    signal output bounds[GROUPS];

    var units = 0;
    for (var i = 0; i < SLOTS; i++) {
        units += quantity[i] + 2 * short[i];
    }
    // A line is below SLOTS·2^64·(2^63 + 1) + 2^127 + 1 in magnitude, the difference of two branches below
    // LINES times twice that.
    var BITS = MAGNITUDE_BITS() + COEFFICIENT_BITS() + LOG2(SLOTS) + LOG2(LINES) + 3;
    signal picks[LINES][2];
    signal counted[LINES][2];
    signal running[LINES][2];
    signal other[LINES];
    signal gap[LINES];
    signal least[LINES];
    signal emitted[LINES];
    signal part[LINES][SUMS + 3];
    signal raising[LINES][GROUPS];
    signal bounding[LINES][GROUPS];
    var partial[SUMS];
    var raised[GROUPS];
    var bound[GROUPS];
    for (var l = 0; l < LINES; l++) {
        var before = l > 0 ? l - 1 : 0;

        // 1. Picks are counted along an exposure, and what they come to along a choice.
        for (var b = 0; b < 2; b++) {
            pick[l][b] * (pick[l][b] - 1) === 0;
            pick[l][b] * only[l][1 - b] === 0;
            counted[l][b] <== pick[l][b] * (total[l] - units - deduction[l] - 1);
            if (l == 0) {
                picks[l][b] <== pick[l][b];
                running[l][b] <== counted[l][b];
            } else {
                picks[l][b] <== pick[l][b] + (1 - newExposure[l]) * picks[before][b];
                picks[l][b] * (picks[l][b] - 1) === 0;
                running[l][b] <== counted[l][b] + (1 - newChoice[l]) * running[before][b];
            }
        }

        // 2. At the last line of a choice: the branch is the smaller one, as the other is no smaller.
        var last = l < LINES - 1 ? newChoice[l < LINES - 1 ? l + 1 : l] : 1;
        branch[l] * (branch[l] - 1) === 0;
        other[l] <== (1 - 2 * branch[l]) * (running[l][1] - running[l][0]);
        gap[l] <== last * other[l];
        Range(BITS)(gap[l]);
        least[l] <== running[l][0] + branch[l] * (running[l][1] - running[l][0]);
        emitted[l] <== last * least[l];

        // 3.
        for (var k = 0; k < SUMS + 3; k++) {
            part[l][k] <== k == SUMS ? 0 : into[l][k] * emitted[l];
        }
        for (var k = 0; k < SUMS; k++) {
            partial[k] += part[l][k];
        }
        for (var g = 0; g < GROUPS; g++) {
            raising[l][g] <== link[l][g] * part[l][RAISES];
            bounding[l][g] <== link[l][g] * part[l][BOUNDS];
            raised[g] += raising[l][g];
            bound[g] += bounding[l][g];
        }
    }
    for (var k = 0; k < SUMS; k++) {
        sums[k] <== partial[k];
    }
    for (var g = 0; g < GROUPS; g++) {
        raises[g] <== raised[g];
        bounds[g] <== bound[g];
    }
}
