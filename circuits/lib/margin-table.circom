pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "poseidon.circom";
include "margin-row.circom";
include "margin-rows-root.circom";

// MarginTable(SLOTS, SCENARIOS, LINKS, LEVELS): the row of every held instrument, under the root of a risk
// table with its margin rule.
//
// Enforces:  1. riskRoot opens to the roots of the rule's requirements;
//            2. rows[i] is the digest of what slot i's row is said to be;
//            3. the root of the chosen requirement opens to what it states, to the rule's text, and to a
//               tree that has, for every held slot, that row at the position of the slot's instrument.
// Assumes:   which is 1 in one place and 0 in the others, and stated is bound to that place
//            (MarginRequirement); held and every bit of an instrument are 0 or 1 (MarginAccount).
// Does not:  range-check a number of a row, or say anything of the row of a slot that holds nothing.
// Cost:      about 860 constraints, and 610 for each of 5 − LEVELS nodes; for each slot its row, 40, and 650
//            a level but the uppermost.
//
// | signal                            |         | what                                                   |
// |-----------------------------------|---------|--------------------------------------------------------|
// | valuesDigest, rowsRoot, timestamp | PRIVATE | what opens riskRoot, beside the rule                   |
// | marginRoots[4], which[4]          | PRIVATE | roots of the rule's requirements; 1 for the chosen one |
// | ruleText                          | PRIVATE | digest of the rule's text                              |
// | stated                            | PRIVATE | digest of what the chosen one asks beside its rows     |
// | held[SLOTS]                       | PRIVATE | 1 where the slot holds something                       |
// | instrument[SLOTS][16]             | PRIVATE | bits of each instrument's number, lowest first         |
// | value[SLOTS][2]                   | PRIVATE | each slot's row: worth of a long, of a short unit      |
// | group, flatGroup[SLOTS]           | PRIVATE |   keys of the groups that it is in, 0 for none         |
// | flat[SLOTS]                       | PRIVATE |   change of a unit in every scenario                   |
// | changes[SLOTS][SCENARIOS]         | PRIVATE |   change of a unit by scenario                         |
// | lines[SLOTS][4·LINKS][3]          | PRIVATE |   line key, coefficient of a long, of a short unit     |
// | links[SLOTS][LINKS + 1]           | PRIVATE |   1 for how many links of lines it has, else 0         |
// | children[SLOTS][LEVELS − 1][16]   | PRIVATE | children of the nodes above each row                   |
// | top[16]                           | PRIVATE | children of the node that all slots share              |
// | rows[SLOTS]                       | OUTPUT  | digests of rows                                        |
// | riskRoot                          | OUTPUT  | what the statement compares with its public signal     |
template MarginTable(SLOTS, SCENARIOS, LINKS, LEVELS) {
    signal input valuesDigest;
    signal input rowsRoot;
    signal input timestamp;
    signal input marginRoots[4];
    signal input which[4];
    signal input ruleText;
    signal input stated;
    signal input held[SLOTS];
    signal input instrument[SLOTS][INSTRUMENT_BITS()];
    signal input value[SLOTS][2];
    signal input group[SLOTS];
    signal input flatGroup[SLOTS];
    signal input flat[SLOTS];
    signal input changes[SLOTS][SCENARIOS];
    signal input lines[SLOTS][LINES_PER_LINK() * LINKS][3];
    signal input links[SLOTS][LINKS + 1];
    signal input children[SLOTS][LEVELS - 1][16];
    signal input top[16];
    signal output rows[SLOTS];
    signal output riskRoot;

    // 1. The table binds the rule through one root for each requirement.
    signal rowsDigest <== Poseidon(TAG_ROWS(), 5)(
        [rowsRoot, marginRoots[0], marginRoots[1], marginRoots[2], marginRoots[3]]
    );
    riskRoot <== Poseidon(TAG_RISK(), 3)([valuesDigest, rowsDigest, timestamp]);
    signal chosenRoot[4];
    var marginRoot = 0;
    for (var k = 0; k < 4; k++) {
        chosenRoot[k] <== which[k] * marginRoots[k];
        marginRoot += chosenRoot[k];
    }

    // 2. and 3. A prover states each slot's row; only the row that the tree has where the slot's instrument
    // points is let through.
    component tree = MarginRowsRoot(SLOTS, LEVELS);
    for (var i = 0; i < SLOTS; i++) {
        rows[i] <== MarginRow(SCENARIOS, LINKS)(
            value[i], group[i], flatGroup[i], flat[i], changes[i], lines[i], links[i]
        );
    }
    tree.rows <== rows;
    tree.held <== held;
    tree.instrument <== instrument;
    tree.children <== children;
    tree.top <== top;
    // With all that is asked of whoever is judged by the rows: no other threshold, factor or damping opens
    // the same riskRoot. The shape is among it, so that a requirement counts in the units of the rows and
    // means the same sums and scenarios as they do. The text binds every name of the rule: what a reader is
    // shown beside a proof can be no other rule than this.
    signal statedRoot <== Poseidon(TAG_MARGIN_ROOT(), 3)([tree.root, stated, ruleText]);
    marginRoot === statedRoot;
}
