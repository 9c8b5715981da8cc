pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "poseidon.circom";
include "sponge.circom";

// MarginRow(SCENARIOS, LINKS): the digest of what a margin requirement says of one instrument.
//
// Enforces:  out = Sponge(TAG_MARGIN_ROW)(values, group keys, flat change, 33 changes, chain), the changes
//            beyond SCENARIOS repeating the last, and chain the link that `links` names of h₀ = 0, h =
//            P(TAG_MARGIN_LINES; h, four lines); a line beyond that link is zero.
// Assumes:   that the digest was made of a rule whose numbers keep to their widths: rows are public.
// Does not:  range-check a number of the row.
// Cost:      about 1,680 constraints, and 560 a link.
//
// | signal              |         | what                                                  |
// |---------------------|---------|-------------------------------------------------------|
// | value[2]            | PRIVATE | worth of a long, of a short unit                      |
// | group, flatGroup    | PRIVATE | keys of the groups that it is in, 0 for none          |
// | flat                | PRIVATE | change of a unit in every scenario                    |
// | changes[SCENARIOS]  | PRIVATE | change of a unit by scenario                          |
// | lines[4·LINKS][3]   | PRIVATE | line key, coefficient of a long, of a short unit      |
// | links[LINKS + 1]    | PRIVATE | 1 for how many links the row has, else 0              |
// | out                 | OUTPUT  |                                                       |
template MarginRow(SCENARIOS, LINKS) {
    assert(SCENARIOS >= 1 && SCENARIOS <= MARGIN_SCENARIOS());
    var LINES = LINES_PER_LINK();
    signal input value[2];
    signal input group;
    signal input flatGroup;
    signal input flat;
    signal input changes[SCENARIOS];
    signal input lines[LINES * LINKS][3];
    signal input links[LINKS + 1];
    signal output out;

    signal chain[LINKS + 1];
    component link[LINKS];
    chain[0] <== 0;
    for (var b = 0; b < LINKS; b++) {
        link[b] = Poseidon(TAG_MARGIN_LINES(), 1 + 3 * LINES);
        link[b].inputs[0] <== chain[b];
        for (var j = 0; j < LINES; j++) {
            for (var k = 0; k < 3; k++) {
                link[b].inputs[1 + 3 * j + k] <== lines[b * LINES + j][k];
            }
        }
        chain[b + 1] <== link[b].out;
    }

    signal named[LINKS + 1];
    var last = 0;
    var count = 0;
    for (var b = 0; b <= LINKS; b++) {
        links[b] * (links[b] - 1) === 0;
        count += links[b];
        named[b] <== links[b] * chain[b];
        last += named[b];
    }
    count === 1;
    for (var b = 0; b < LINKS; b++) {
        var absent = 0; // 1 where the row ends before this link
        for (var c = 0; c <= b; c++) {
            absent += links[c];
        }
        for (var j = 0; j < LINES; j++) {
            for (var k = 0; k < 3; k++) {
                absent * lines[b * LINES + j][k] === 0;
            }
        }
    }

    component digest = Sponge(TAG_MARGIN_ROW(), 6 + MARGIN_SCENARIOS());
    digest.in[0] <== value[0];
    digest.in[1] <== value[1];
    digest.in[2] <== group;
    digest.in[3] <== flatGroup;
    digest.in[4] <== flat;
    for (var s = 0; s < MARGIN_SCENARIOS(); s++) {
        digest.in[5 + s] <== changes[s < SCENARIOS ? s : SCENARIOS - 1];
    }
    digest.in[5 + MARGIN_SCENARIOS()] <== last;
    out <== digest.out;
}
