pragma circom 2.2.2;

include "widths.circom";
include "leaf-slots.circom";
include "tags.circom";
include "range.circom";
include "nonzero.circom";
include "poseidon.circom";
include "slot.circom";
include "leaf.circom";

// How many slots the leaf of a movement has: of the numbers that a leaf can have, the least that is enough.
function MOVED_SLOTS(SLOTS) {
    var SHAPES = LEAF_SHAPES();
    var LEAVES[SHAPES] = LEAF_SLOTS();
    var shape = 0;
    while (shape < SHAPES - 1 && LEAVES[shape] < SLOTS) {
        shape++;
    }
    return LEAVES[shape];
}

// DeficitMovement(SLOTS): what moved in an account, and what it holds afterwards.
//
// Enforces:  1. one slot is the cash slot: it holds cash, or nothing, and no other slot holds cash;
//            2. movement is the leaf of accountId and owner under a salt of its own, over one signed change a
//               slot: its instrument is the slot's, and zero where nothing moves;
//            3. after = before + change, slot by slot, with a magnitude below 2^64; but for cash every change
//               is towards zero and none goes beyond it. So nothing opens, grows or changes its side;
//            4. takeover is 0 or 1; with it every slot but that of cash is zero afterwards.
// Assumes:   before, negative, held and instrument are those of slots (DeficitAccount); bits of cash are 0
//            or 1 (DeficitPolicy).
// Does not:  bound what moves in cash: DeficitDecision does.
// Cost:      about 210 constraints a slot, and the movement's holder and leaf: 560 for 4 slots, 680 for 16.
//
// | signal                          |         | what                                                      |
// |---------------------------------|---------|-----------------------------------------------------------|
// | accountId, owner, salt          | PRIVATE | what opens the movement's holder                          |
// | before, negative, held          | PRIVATE | by slot: signed quantity; 1 where short, where not zero   |
// | instrument[SLOTS][16]           | PRIVATE | bits of the number of each slot's instrument              |
// | cash[16], cashAt[SLOTS]         | PRIVATE | bits of the cash instrument; 1 for its slot, else 0       |
// | moved[SLOTS][81]                | PRIVATE | bits of each slot of the movement                         |
// | afterNegative[SLOTS]            | PRIVATE | 1 where the slot is short afterwards                      |
// | takeover                        | PRIVATE | 1 where the whole account is closed                       |
// | movement                        | OUTPUT  | what the statement compares with its public signal        |
// | opened[SLOTS], place[SLOTS][16] | OUTPUT  | 1 for a slot with a row; bits of its instrument           |
// | change[SLOTS]                   | OUTPUT  | signed                                                    |
// | closed[SLOTS]                   | OUTPUT  | magnitude of the change, 0 for cash                       |
// | quantity, short[SLOTS]          | OUTPUT  | afterwards, as DeficitAccount has them before             |
template DeficitMovement(SLOTS) {
    signal input accountId;
    signal input owner;
    signal input salt;
    signal input before[SLOTS];
    signal input negative[SLOTS];
    signal input held[SLOTS];
    signal input instrument[SLOTS][INSTRUMENT_BITS()];
    signal input cash[INSTRUMENT_BITS()];
    signal input cashAt[SLOTS];
    signal input moved[SLOTS][SLOT_BITS()];
    signal input afterNegative[SLOTS];
    signal input takeover;
    signal output movement;
    signal output opened[SLOTS];
    signal output place[SLOTS][INSTRUMENT_BITS()];
    signal output change[SLOTS];
    signal output closed[SLOTS];
    signal output quantity[SLOTS];
    signal output short[SLOTS];

    takeover * (takeover - 1) === 0;
    var cashNumber = 0;
    for (var b = 0; b < INSTRUMENT_BITS(); b++) {
        cashNumber += cash[b] * (1 << b);
    }

    signal added[SLOTS]; // 1 for a cash slot that holds nothing
    signal isOther[SLOTS];
    signal shortMoved[SLOTS];
    signal isMoved[SLOTS];
    signal closing[SLOTS];
    signal left[SLOTS];
    signal ends[SLOTS];
    var cashSlots = 0;
    for (var i = 0; i < SLOTS; i++) {
        // 1. Cash that the leaf does not hold takes an empty slot, so that what is paid has a row.
        cashAt[i] * (cashAt[i] - 1) === 0;
        cashSlots += cashAt[i];
        added[i] <== cashAt[i] * (1 - held[i]);
        opened[i] <== held[i] + added[i];
        var number = 0;
        for (var b = 0; b < INSTRUMENT_BITS(); b++) {
            place[i][b] <== instrument[i][b] + added[i] * (cash[b] - instrument[i][b]);
            number += place[i][b] * (1 << b);
        }
        isOther[i] <== Nonzero()(number - cashNumber);
        opened[i] * (1 - isOther[i] - cashAt[i]) === 0;

        // 2. The slot of the movement.
        Slot(1)(moved[i]);
        var size = 0;
        for (var b = 0; b < MAGNITUDE_BITS(); b++) {
            size += moved[i][b] * (1 << b);
        }
        var movedNumber = 0;
        for (var b = 0; b < INSTRUMENT_BITS(); b++) {
            movedNumber += moved[i][MAGNITUDE_BITS() + 1 + b] * (1 << b);
        }
        var sign = moved[i][MAGNITUDE_BITS()];
        isMoved[i] <== Nonzero()(size);
        movedNumber === isMoved[i] * number;
        shortMoved[i] <== sign * size;
        change[i] <== size - 2 * shortMoved[i];

        // 3. What is left. But for cash, a change has the other sign than what is held, and what is left has
        // the same: |after| = |before| − |change|, which the range keeps from going below zero.
        closing[i] <== (1 - cashAt[i]) * isMoved[i];
        closing[i] * (sign + negative[i] - 1) === 0;
        closed[i] <== (1 - cashAt[i]) * size;
        afterNegative[i] * (afterNegative[i] - 1) === 0;
        (1 - cashAt[i]) * (afterNegative[i] - negative[i]) === 0;
        left[i] <== (1 - 2 * afterNegative[i]) * (before[i] + change[i]);
        Range(MAGNITUDE_BITS())(left[i]);
        short[i] <== afterNegative[i] * left[i];
        quantity[i] <== left[i] - 2 * short[i];

        // 4.
        ends[i] <== takeover * (1 - cashAt[i]);
        ends[i] * left[i] === 0;
    }
    cashSlots === 1;

    // The leaf has the slots of the movement in the account's order, then empty ones.
    var LEAF = MOVED_SLOTS(SLOTS);
    assert(LEAF >= SLOTS);
    component leaf = Leaf(LEAF);
    leaf.holder <== Poseidon(TAG_HOLDER(), 3)([accountId, owner, salt]);
    for (var j = 0; j < LEAF; j++) {
        for (var b = 0; b < SLOT_BITS(); b++) {
            leaf.bits[j][b] <== j < SLOTS ? moved[j < SLOTS ? j : 0][b] : 0;
        }
    }
    movement <== leaf.out;
}
