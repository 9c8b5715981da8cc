pragma circom 2.2.2;

include "widths.circom";
include "lines-by-key.circom";
include "transcript.circom";
include "challenge.circom";

// DeficitTotals(SLOTS, SCENARIOS, GROUPS, LINES, LINKS): what an account's slots come to under each line of
// exposures, before and after.
//
// Enforces:  of both sides: totals[l] is the sum, over the slots and the entries of their rows with key
//            keys[l], of long units times the entry's long coefficient and short units times its short one;
//            an entry with any other key comes to zero, alone or with its like.
// Assumes:   leaf and movement bind quantity and short (DeficitAccount, DeficitMovement), rows binds lines
//            (MarginRow), and keys differ pairwise (DeficitLines).
// Does not:  say that a row is the table's: MarginTable does.
// Cost:      2 constraints an entry and a line, 4 an entry for its values, and 44 for each element of the
//            transcript: the sizes, leaf and movement, the rows, the keys and the totals.
//
// | signal                    |         | what                                                            |
// |---------------------------|---------|-----------------------------------------------------------------|
// | leaf, movement            | PRIVATE | the account's leaf, and that of what moved                      |
// | rows[SLOTS]               | PRIVATE | digest of each slot's row                                       |
// | quantity, short[2][SLOTS] | PRIVATE | before, after: signed; the magnitude where it is short, else 0  |
// | lines[SLOTS][4·LINKS][3]  | PRIVATE | entries of each row: line key, coefficients of a long and short |
// | keys[LINES]               | PRIVATE | the listed lines                                                |
// | totals[2][LINES]          | PRIVATE | before, after: what they are said to come to                    |
template DeficitTotals(SLOTS, SCENARIOS, GROUPS, LINES, LINKS) {
    var ENTRIES = LINES_PER_LINK() * LINKS;
    signal input leaf;
    signal input movement;
    signal input rows[SLOTS];
    signal input quantity[2][SLOTS];
    signal input short[2][SLOTS];
    signal input lines[SLOTS][ENTRIES][3];
    signal input keys[LINES];
    signal input totals[2][LINES];

    // The challenge comes after everything that both sums range over, so that no total can be chosen to fit
    // it.
    component transcript = Transcript(5 + 2 + SLOTS + 3 * LINES);
    transcript.in[0] <== SLOTS;
    transcript.in[1] <== SCENARIOS;
    transcript.in[2] <== GROUPS;
    transcript.in[3] <== LINES;
    transcript.in[4] <== LINKS;
    transcript.in[5] <== leaf;
    transcript.in[6] <== movement;
    for (var i = 0; i < SLOTS; i++) {
        transcript.in[7 + i] <== rows[i];
    }
    for (var l = 0; l < LINES; l++) {
        transcript.in[7 + SLOTS + l] <== keys[l];
        transcript.in[7 + SLOTS + LINES + l] <== totals[0][l];
        transcript.in[7 + SLOTS + 2 * LINES + l] <== totals[1][l];
    }
    signal challenge <== Challenge(17)(transcript.out);

    component byKey[2];
    signal entryLong[2][SLOTS][ENTRIES];
    signal entryShort[2][SLOTS][ENTRIES];
    for (var t = 0; t < 2; t++) {
        byKey[t] = LinesByKey(SLOTS * ENTRIES, LINES);
        for (var i = 0; i < SLOTS; i++) {
            for (var j = 0; j < ENTRIES; j++) {
                entryLong[t][i][j] <== (quantity[t][i] + short[t][i]) * lines[i][j][1];
                entryShort[t][i][j] <== short[t][i] * lines[i][j][2];
                byKey[t].entryKeys[i * ENTRIES + j] <== lines[i][j][0];
                byKey[t].values[i * ENTRIES + j] <== entryLong[t][i][j] + entryShort[t][i][j];
            }
        }
        byKey[t].keys <== keys;
        byKey[t].totals <== totals[t];
        byKey[t].challenge <== challenge;
    }
}
