pragma circom 2.2.2;

include "widths.circom";
include "slot.circom";
include "leaf.circom";
include "batch-root.circom";
include "tree-insert.circom";
include "state.circom";
include "transcript.circom";
include "challenge.circom";
include "sum-by-key.circom";

// Ledger(ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS): one batch of accounts is folded into the ledger state.
//
// Enforces:  1. every slot is well-formed, and the leaves hash to the batch's root;
//            2. the accounts tree changes at position batchIndex alone, from empty to that root; batchIndex grows by one;
//            3. per instrument, long and short apart, the totals grow by exactly what this batch's slots hold, and no slot
//               holds anything outside the instruments of the table.
//            With no scenario every quantity is positive or zero.
// Assumes:   the chain of states starts at the constant first state and each stateBefore is the stateAfter of the proof
//            before it: whoever verifies an epoch checks that. Then no total can wrap (TOTAL_BITS in widths.circom).
// Does not:  say that a holder is a customer, that every customer is here, or that two leaves have different holders:
//            each customer checks their own leaf. Does not read the risk table; it binds its root for the whole chain.
// Cost:      circuits/constraints.json; 661 constraints an account of 4 slots.
//
// | signal                             |         | what                                                       |
// |------------------------------------|---------|------------------------------------------------------------|
// | stateBefore                        | PUBLIC  | commitment to the ledger before this batch                 |
// | stateAfter                         | PUBLIC  | commitment to the ledger after it                          |
// | riskRoot                           | PUBLIC  | the risk table of the epoch                                |
// | holders[ACCOUNTS]                  | PRIVATE | who holds each account, hashed and salted                  |
// | slots[ACCOUNTS][SLOTS][81]         | PRIVATE | the bits of each slot, lowest first                        |
// | indexBits[16]                      | PRIVATE | this batch's position, lowest bit first                    |
// | children[4][16]                    | PRIVATE | the accounts tree along that position, before              |
// | totalsBefore, -After[2·INSTRUMENTS]| PRIVATE | long, short of every instrument in turn                    |
// | blindBefore, blindAfter            | PRIVATE | what hides the states                                      |
template Ledger(ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS) {
    assert(SCENARIOS == 0);
    signal input stateBefore;
    signal input stateAfter;
    signal input riskRoot;
    signal input holders[ACCOUNTS];
    signal input slots[ACCOUNTS][SLOTS][SLOT_BITS()];
    signal input indexBits[4 * ACCOUNTS_DEPTH()];
    signal input children[ACCOUNTS_DEPTH()][16];
    signal input totalsBefore[2 * INSTRUMENTS];
    signal input totalsAfter[2 * INSTRUMENTS];
    signal input blindBefore;
    signal input blindAfter;

    // 1. Slots and leaves.
    signal leaves[ACCOUNTS];
    for (var u = 0; u < ACCOUNTS; u++) {
        for (var s = 0; s < SLOTS; s++) {
            Slot(SCENARIOS > 0 ? 1 : 0)(slots[u][s]);
        }
        leaves[u] <== Leaf(SLOTS)(holders[u], slots[u]);
    }
    signal batchRoot <== BatchRoot(ACCOUNTS)(leaves);

    // 2. The accounts tree and the states over it.
    component insert = TreeInsert(ACCOUNTS_DEPTH());
    insert.leaf <== batchRoot;
    insert.indexBits <== indexBits;
    insert.children <== children;
    signal noShortfalls[SCENARIOS];
    signal openedBefore <== State(INSTRUMENTS, SCENARIOS)(
        insert.index, insert.rootBefore, totalsBefore, noShortfalls, blindBefore
    );
    signal openedAfter <== State(INSTRUMENTS, SCENARIOS)(
        insert.index + 1, insert.rootAfter, totalsAfter, noShortfalls, blindAfter
    );
    stateBefore === openedBefore;
    stateAfter === openedAfter;

    // 3. Totals, at a point that both states, the batch, the table and the sizes decide.
    signal transcript <== Transcript(8)(
        [stateBefore, stateAfter, batchRoot, riskRoot, ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS]
    );
    signal challenge <== Challenge(1)(transcript);
    component sums = SumByKey(ACCOUNTS * SLOTS, INSTRUMENTS);
    sums.challenge <== challenge;
    for (var u = 0; u < ACCOUNTS; u++) {
        for (var s = 0; s < SLOTS; s++) {
            sums.bits[u * SLOTS + s] <== slots[u][s];
        }
    }
    for (var k = 0; k < 2 * INSTRUMENTS; k++) {
        sums.sums[k] <== totalsAfter[k] - totalsBefore[k];
    }
}
