pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "poseidon.circom";
include "sponge.circom";

// RiskRoot(SPOTS, DERIVATIVES, TIERS, SCENARIOS): the root of a risk table, from all its unit values.
//
// Enforces:  valuesDigest = Sponge(TAG_VALUES)(layout, marks of spot instruments three to an element,
//            marks of derivatives, for each scenario in turn its name and the value of every key, widths and
//            owners) and out = P(TAG_RISK; valuesDigest, rowsDigest, timestamp),
//            where layout = SPOTS + 2^16·DERIVATIVES + 2^32·TIERS + 2^48·SCENARIOS + Σ 2^(64+s)·
//            requirement[s]: no root opens at two sizes. Every requirement is 0 or 1. The mark of a spot
//            instrument is in [0, 2^VALUE_BITS), so that packing is injective.
// Assumes:   nothing.
// Does not:  range-check any other value: a table is public, and its readers check it.
// Cost:      about 41 constraints a value, and 78 a mark of a spot instrument.
//
// | signal                  |         | what                                                             |
// |-------------------------|---------|------------------------------------------------------------------|
// | marks[SPOTS+DERIVATIVES]| PRIVATE | unit value of each instrument                                    |
// | names[SCENARIOS]        | PRIVATE | name of each scenario                                            |
// | requirement[SCENARIOS]  | PRIVATE | 1 where the policy bounds shortfalls that nothing has to cover   |
// | values[SCENARIOS][KEYS] | PRIVATE | long, short of each instrument in turn, then long of each tier   |
// | widths, owners[TIERS]   | PRIVATE | how much of a tier an account holds at most, and whose tier it is |
// | rowsDigest, timestamp   | PRIVATE | the rest of the table                                            |
// | layout, out             | OUTPUT  |                                                                  |
template RiskRoot(SPOTS, DERIVATIVES, TIERS, SCENARIOS) {
    var INSTRUMENTS = SPOTS + DERIVATIVES;
    var KEYS = 2 * INSTRUMENTS + TIERS;
    signal input marks[INSTRUMENTS];
    signal input names[SCENARIOS];
    signal input requirement[SCENARIOS];
    signal input values[SCENARIOS][KEYS];
    signal input widths[TIERS];
    signal input owners[TIERS];
    signal input rowsDigest;
    signal input timestamp;
    signal output layout;
    signal output out;

    var sizes = SPOTS + (DERIVATIVES << 16) + (TIERS << 32) + (SCENARIOS << 48);
    for (var s = 0; s < SCENARIOS; s++) {
        requirement[s] * (requirement[s] - 1) === 0;
        sizes += requirement[s] * (1 << (64 + s));
    }
    layout <== sizes;
    var WORDS = (SPOTS + 2) \ 3;
    component digest = Sponge(TAG_VALUES(), 1 + WORDS + DERIVATIVES + SCENARIOS * (1 + KEYS) + 2 * TIERS);
    digest.in[0] <== layout;
    var at = 1;
    for (var w = 0; w < WORDS; w++) {
        var word = 0;
        for (var j = 0; j < 3 && 3 * w + j < SPOTS; j++) {
            Range(VALUE_BITS())(marks[3 * w + j]);
            word += marks[3 * w + j] * (1 << (VALUE_BITS() * j));
        }
        digest.in[at] <== word;
        at++;
    }
    for (var i = SPOTS; i < INSTRUMENTS; i++) {
        digest.in[at] <== marks[i];
        at++;
    }
    for (var s = 0; s < SCENARIOS; s++) {
        digest.in[at] <== names[s];
        at++;
        for (var k = 0; k < KEYS; k++) {
            digest.in[at] <== values[s][k];
            at++;
        }
    }
    for (var t = 0; t < TIERS; t++) {
        digest.in[at] <== widths[t];
        digest.in[at + 1] <== owners[t];
        at += 2;
    }
    out <== Poseidon(TAG_RISK(), 3)([digest.out, rowsDigest, timestamp]);
}
