pragma circom 2.2.2;

include "widths.circom";
include "sponge.circom";
include "margin-rows-root.circom";

// Its tag stands here, beside its only use in a circuit: every circuit that is frozen includes tags.circom.
function TAG_ROW() { return 12; }

// DeficitMarks(SLOTS, LEVELS): the mark of every opened slot's instrument, under the rows of a risk table.
//
// Enforces:  1. for every slot with opened = 1 the tree under rowsRoot has, at the position of the slot's
//               instrument, Sponge(TAG_ROW)(number, symbol, kind, decimals, mark, quote, valueDecimals);
//            2. worth is the mark, or 0 for a perp and a future, which are settled at their mark: their
//               kinds, 2 and 3, are those with the second bit.
// Assumes:   opened and every bit of a place are 0 or 1 (DeficitMovement); rows are public, with marks
//            within ±2^64 and kinds from 0 to 4.
// Does not:  say that a mark is right, or that the margin rule has the same value: whoever accepts riskRoot
//            does.
// Cost:      for each slot about 470 constraints, and 650 a level but the uppermost; about 610 for each of
//            5 − LEVELS nodes.
//
// | signal                          |         | what                                                     |
// |---------------------------------|---------|----------------------------------------------------------|
// | opened[SLOTS], place[SLOTS][16] | PRIVATE | 1 for a slot with a row; bits of its instrument          |
// | symbol, decimals, mark[SLOTS]   | PRIVATE | each slot's row                                          |
// | kind[SLOTS][3]                  | PRIVATE | bits of its kind                                         |
// | quote, valueDecimals            | PRIVATE | of all rows                                              |
// | children[SLOTS][LEVELS − 1][16] | PRIVATE | children of the nodes above each row                     |
// | top[16]                         | PRIVATE | children of the node that all slots share                |
// | worth[SLOTS]                    | OUTPUT  | of a unit that changes hands                             |
// | rowsRoot                        | OUTPUT  |                                                          |
template DeficitMarks(SLOTS, LEVELS) {
    signal input opened[SLOTS];
    signal input place[SLOTS][INSTRUMENT_BITS()];
    signal input symbol[SLOTS];
    signal input kind[SLOTS][3];
    signal input decimals[SLOTS];
    signal input mark[SLOTS];
    signal input quote;
    signal input valueDecimals;
    signal input children[SLOTS][LEVELS - 1][16];
    signal input top[16];
    signal output worth[SLOTS];
    signal output rowsRoot;

    component tree = MarginRowsRoot(SLOTS, LEVELS);
    component row[SLOTS];
    for (var i = 0; i < SLOTS; i++) {
        var number = 0;
        for (var b = 0; b < INSTRUMENT_BITS(); b++) {
            number += place[i][b] * (1 << b);
        }
        var code = 0;
        for (var b = 0; b < 3; b++) {
            kind[i][b] * (kind[i][b] - 1) === 0;
            code += kind[i][b] * (1 << b);
        }
        row[i] = Sponge(TAG_ROW(), 7);
        row[i].in <== [number, symbol[i], code, decimals[i], mark[i], quote, valueDecimals];
        tree.rows[i] <== row[i].out;
        worth[i] <== (1 - kind[i][1]) * mark[i];
    }
    tree.held <== opened;
    tree.instrument <== place;
    tree.children <== children;
    tree.top <== top;
    rowsRoot <== tree.root;
}
