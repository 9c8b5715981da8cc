pragma circom 2.2.2;

include "widths.circom";
include "one-hot.circom";
include "poseidon.circom";
include "empty-root.circom";

// The bit of an instrument's number that is bit k of its position: bits 15 and 14, then the others.
function POSITION_BIT(k) {
    return k < 2 ? 15 - k : k - 2;
}

// MarginRowsRoot(SLOTS, LEVELS): the root of the 16-ary tree of depth 4 that holds the row of every held
// instrument at its position: the instrument's number with its two top bits, which tell its kind, rotated to
// the bottom. Only the first 16^LEVELS positions are in use, as many for each kind, so the upper levels are
// constants beside one node, and all slots share the node below them.
//
// Enforces:  for every slot with held = 1: its instrument's position is below 16^LEVELS and the tree under
//            root holds its row there.
// Assumes:   held and every instrument bit are 0 or 1.
// Does not:  say anything of a slot with held = 0.
// Cost:      for each slot 40 constraints and 650 a level but the uppermost; about 610 for each of 5 − LEVELS
//            nodes.
//
// | signal                            |         | what                                              |
// |-----------------------------------|---------|---------------------------------------------------|
// | rows[SLOTS]                       | PRIVATE | digests of rows                                   |
// | held[SLOTS]                       | PRIVATE | 1 where the slot holds something                  |
// | instrument[SLOTS][16]             | PRIVATE | bits of each instrument's number, lowest first    |
// | children[SLOTS][LEVELS − 1][16]   | PRIVATE | children of the nodes above each row              |
// | top[16]                           | PRIVATE | children of the node that all slots share         |
// | root                              | OUTPUT  |                                                   |
template MarginRowsRoot(SLOTS, LEVELS) {
    assert(LEVELS >= 1 && LEVELS <= 4);
    signal input rows[SLOTS];
    signal input held[SLOTS];
    signal input instrument[SLOTS][INSTRUMENT_BITS()];
    signal input children[SLOTS][LEVELS - 1][16];
    signal input top[16];
    signal output root;

    component way[SLOTS][LEVELS];
    signal node[SLOTS][LEVELS];
    signal child[SLOTS][LEVELS][16];
    for (var i = 0; i < SLOTS; i++) {
        node[i][0] <== rows[i];
        for (var d = 0; d < LEVELS; d++) {
            way[i][d] = OneHot16();
            for (var k = 0; k < 4; k++) {
                way[i][d].bits[k] <== instrument[i][POSITION_BIT(4 * d + k)];
            }
            var named = 0;
            for (var c = 0; c < 16; c++) {
                if (d < LEVELS - 1) {
                    child[i][d][c] <== way[i][d].selected[c] * children[i][d < LEVELS - 1 ? d : 0][c];
                } else {
                    child[i][d][c] <== way[i][d].selected[c] * top[c];
                }
                named += child[i][d][c];
            }
            held[i] * (named - node[i][d]) === 0;
            if (d < LEVELS - 1) {
                node[i][d + 1] <== Poseidon(0, 16)(children[i][d]);
            }
        }
        var beyond = 0;
        for (var k = 4 * LEVELS; k < INSTRUMENT_BITS(); k++) {
            beyond += instrument[i][POSITION_BIT(k)];
        }
        held[i] * beyond === 0;
    }

    signal above[5 - LEVELS];
    component upper[4 - LEVELS];
    above[0] <== Poseidon(0, 16)(top);
    for (var d = LEVELS; d < 4; d++) {
        upper[d - LEVELS] = Poseidon(0, 16);
        upper[d - LEVELS].inputs[0] <== above[d - LEVELS];
        for (var c = 1; c < 16; c++) {
            upper[d - LEVELS].inputs[c] <== EMPTY_ROOT(d);
        }
        above[d - LEVELS + 1] <== upper[d - LEVELS].out;
    }
    root <== above[4 - LEVELS];
}
