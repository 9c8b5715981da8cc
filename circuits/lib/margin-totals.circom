pragma circom 2.2.2;

include "widths.circom";
include "lines-by-key.circom";
include "transcript.circom";
include "challenge.circom";

// MarginTotals(SLOTS, SCENARIOS, GROUPS, LINES, LINKS): what an account's slots come to under each line of
// exposures and limits.
//
// Enforces:  totals[l] is the sum, over the slots and the entries of their rows with key keys[l], of long
//            units times the entry's long coefficient and short units times its short one; an entry with any
//            other key comes to zero, alone or with its like.
// Assumes:   leaf binds quantity and short (MarginAccount), rows binds lines (MarginRow), and keys differ
//            pairwise (MarginCharges).
// Does not:  say that a row is the table's: MarginTable does.
// Cost:      1 constraint an entry and a line, 2 an entry for its value, and 44 for each element of the
//            transcript: the sizes, the leaf, the rows, the keys and the totals.
//
// | signal                   |         | what                                                            |
// |--------------------------|---------|-----------------------------------------------------------------|
// | leaf                     | PRIVATE | the account's leaf                                              |
// | rows[SLOTS]              | PRIVATE | digest of each slot's row                                       |
// | quantity, short[SLOTS]   | PRIVATE | signed quantity; its magnitude where it is short, else 0        |
// | lines[SLOTS][4·LINKS][3] | PRIVATE | entries of each row: line key, coefficients of a long and short |
// | keys, totals[LINES]      | PRIVATE | the listed lines, and what they are said to come to             |
template MarginTotals(SLOTS, SCENARIOS, GROUPS, LINES, LINKS) {
    var ENTRIES = LINES_PER_LINK() * LINKS;
    signal input leaf;
    signal input rows[SLOTS];
    signal input quantity[SLOTS];
    signal input short[SLOTS];
    signal input lines[SLOTS][ENTRIES][3];
    signal input keys[LINES];
    signal input totals[LINES];

    // The challenge comes after everything that the sum ranges over, so that no total can be chosen to fit
    // it.
    component transcript = Transcript(5 + 1 + SLOTS + 2 * LINES);
    transcript.in[0] <== SLOTS;
    transcript.in[1] <== SCENARIOS;
    transcript.in[2] <== GROUPS;
    transcript.in[3] <== LINES;
    transcript.in[4] <== LINKS;
    transcript.in[5] <== leaf;
    for (var i = 0; i < SLOTS; i++) {
        transcript.in[6 + i] <== rows[i];
    }
    for (var l = 0; l < LINES; l++) {
        transcript.in[6 + SLOTS + l] <== keys[l];
        transcript.in[6 + SLOTS + LINES + l] <== totals[l];
    }

    component byKey = LinesByKey(SLOTS * ENTRIES, LINES);
    signal entryLong[SLOTS][ENTRIES];
    signal entryShort[SLOTS][ENTRIES];
    for (var i = 0; i < SLOTS; i++) {
        for (var j = 0; j < ENTRIES; j++) {
            entryLong[i][j] <== (quantity[i] + short[i]) * lines[i][j][1];
            entryShort[i][j] <== short[i] * lines[i][j][2];
            byKey.entryKeys[i * ENTRIES + j] <== lines[i][j][0];
            byKey.values[i * ENTRIES + j] <== entryLong[i][j] + entryShort[i][j];
        }
    }
    byKey.keys <== keys;
    byKey.totals <== totals;
    byKey.challenge <== Challenge(16)(transcript.out);
}
