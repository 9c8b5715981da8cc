pragma circom 2.2.2;

include "widths.circom";
include "log2.circom";
include "slot.circom";
include "leaf.circom";
include "batch-root.circom";
include "tree-insert.circom";
include "state.circom";
include "risk-root.circom";
include "nonzero.circom";
include "rising-keys.circom";
include "pack-bits.circom";
include "transcript.circom";
include "challenge.circom";
include "powers.circom";
include "sum-by-key.circom";
include "values-at.circom";
include "equities.circom";

// Ledger(ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS, TIERED): one batch of accounts is folded into the ledger
// state.
//
// Enforces:  1. every slot is well-formed, and the leaves hash to the batch's root;
//            2. the accounts tree changes at position batchIndex alone, from empty to that root; batchIndex
//               grows by one;
//            3. per instrument, long and short apart, the totals grow by exactly what this batch's slots
//               hold, and no slot holds anything outside the instruments of the table;
//            4. per scenario, the shortfall sum grows by exactly what the equities of this batch's accounts
//               lack to zero.
//            With no scenario every quantity is positive or zero. Where TIERED is 1:
//            5. an account holds a key (an instrument, long or short) in one slot at most, and of a tier at
//               most its width.
// Assumes:   the chain of states starts at the constant first state and each stateBefore is the stateAfter of
//            the proof before it: whoever verifies an epoch checks that. Then no total can wrap (TOTAL_BITS
//            in widths.circom). The values of the table are below 2^64 in magnitude: Solvency checks that
//            over the same riskRoot. Then an equity is the integer that it stands for.
// Does not:  say that a holder is a customer, that every customer is here, or that two leaves have different
//            holders: each customer checks their own leaf. (Two accounts of one customer have the tiers
//            twice; and what of a holding is pledged is the venue's word.) With no scenario it does not read
//            the risk table; it binds its root.
// Cost:      circuits/constraints.json; for an account of 4 slots 661 constraints, or with scenarios 685 and
//            158 for each; where TIERED is 1, about 100 more a slot.
//
// | signal                              |         | what                                                 |
// |-------------------------------------|---------|------------------------------------------------------|
// | stateBefore                         | PUBLIC  | commitment to the ledger before this batch           |
// | stateAfter                          | PUBLIC  | commitment to the ledger after it                    |
// | riskRoot                            | PUBLIC  | the risk table of the epoch                          |
// | holders[ACCOUNTS]                   | PRIVATE | who holds each account, hashed and salted            |
// | slots[ACCOUNTS][SLOTS][81]          | PRIVATE | the bits of each slot, lowest first                  |
// | indexBits[16]                       | PRIVATE | this batch's position, lowest bit first              |
// | children[4][16]                     | PRIVATE | the accounts tree along that position, before        |
// | totalsBefore, -After[2·INSTRUMENTS] | PRIVATE | long, short of every instrument in turn              |
// | shortfallsBefore, -After[SCENARIOS] | PRIVATE | sums over all accounts                               |
// | blindBefore, blindAfter             | PRIVATE | what hides the states                                |
// | equities[SCENARIOS][ACCOUNTS][B+1]  | PRIVATE | the bits of each equity plus 2^B, lowest first       |
// | marks, names, values, rowsDigest,   | PRIVATE | what opens riskRoot: see RiskRoot                    |
// |   timestamp                         |         |   (no signals where SCENARIOS is 0)                  |
// | widths[INSTRUMENTS]                 | PRIVATE | the same, where TIERED is 1                          |
// | spares[ACCOUNTS][SLOTS][64]         | PRIVATE | where TIERED is 1, bits of what a slot leaves of its |
// |                                     |         |   tier's width, or of 2^64 − 1 where it is no tier   |
template Ledger(ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS, TIERED) {
    assert(TIERED == 0 || SCENARIOS > 0);
    var SIGNED = SCENARIOS > 0 ? 1 : 0;
    // SLOTS products of a magnitude and a value stay below 2^EQUITY_BITS, and all shortfalls of a ledger
    // below 2^SHORTFALL_BITS.
    var EQUITY_BITS = MAGNITUDE_BITS() + VALUE_BITS() + LOG2(SLOTS);
    assert(LOG2(ACCOUNTS) + LOG2(SLOTS) <= BATCH_SLOTS_BITS());
    signal input stateBefore;
    signal input stateAfter;
    signal input riskRoot;
    signal input holders[ACCOUNTS];
    signal input slots[ACCOUNTS][SLOTS][SLOT_BITS()];
    signal input indexBits[4 * ACCOUNTS_DEPTH()];
    signal input children[ACCOUNTS_DEPTH()][16];
    signal input totalsBefore[2 * INSTRUMENTS];
    signal input totalsAfter[2 * INSTRUMENTS];
    signal input shortfallsBefore[SCENARIOS];
    signal input shortfallsAfter[SCENARIOS];
    signal input blindBefore;
    signal input blindAfter;
    signal input equities[SCENARIOS][ACCOUNTS][EQUITY_BITS + 1];
    signal input marks[SIGNED * INSTRUMENTS];
    signal input names[SCENARIOS];
    signal input values[SCENARIOS][2 * INSTRUMENTS];
    signal input rowsDigest[SIGNED];
    signal input timestamp[SIGNED];
    signal input widths[TIERED * INSTRUMENTS];
    signal input spares[TIERED * ACCOUNTS][SLOTS][MAGNITUDE_BITS()];

    // 1. Slots and leaves.
    signal leaves[ACCOUNTS];
    for (var u = 0; u < ACCOUNTS; u++) {
        for (var s = 0; s < SLOTS; s++) {
            Slot(SIGNED)(slots[u][s]);
        }
        leaves[u] <== Leaf(SLOTS)(holders[u], slots[u]);
    }
    signal batchRoot <== BatchRoot(ACCOUNTS)(leaves);

    // 2. The accounts tree and the states over it.
    component insert = TreeInsert(ACCOUNTS_DEPTH());
    insert.leaf <== batchRoot;
    insert.indexBits <== indexBits;
    insert.children <== children;
    signal openedBefore <== State(INSTRUMENTS, SCENARIOS)(
        insert.index, insert.rootBefore, totalsBefore, shortfallsBefore, blindBefore
    );
    signal openedAfter <== State(INSTRUMENTS, SCENARIOS)(
        insert.index + 1, insert.rootAfter, totalsAfter, shortfallsAfter, blindAfter
    );
    stateBefore === openedBefore;
    stateAfter === openedAfter;

    // 3. Everything that both identities below range over: states, batch, table, sizes, equities and spares.
    var EQUITIES = ACCOUNTS * SCENARIOS * (EQUITY_BITS + 1); // their bits
    var PACKED_BITS = EQUITIES + TIERED * ACCOUNTS * SLOTS * MAGNITUDE_BITS();
    component pack = PackBits(PACKED_BITS);
    for (var s = 0; s < SCENARIOS; s++) {
        for (var u = 0; u < ACCOUNTS; u++) {
            for (var i = 0; i <= EQUITY_BITS; i++) {
                pack.in[(s * ACCOUNTS + u) * (EQUITY_BITS + 1) + i] <== equities[s][u][i];
            }
        }
    }
    for (var u = 0; u < TIERED * ACCOUNTS; u++) {
        for (var s = 0; s < SLOTS; s++) {
            for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                spares[u][s][i] * (spares[u][s][i] - 1) === 0;
                pack.in[EQUITIES + (u * SLOTS + s) * MAGNITUDE_BITS() + i] <== spares[u][s][i];
            }
        }
    }
    var PACKED = PACKED(PACKED_BITS);
    var head[9] = [stateBefore, stateAfter, batchRoot, riskRoot, ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS, TIERED];
    component absorbed = Transcript(9 + PACKED);
    for (var i = 0; i < 9; i++) {
        absorbed.in[i] <== head[i];
    }
    for (var i = 0; i < PACKED; i++) {
        absorbed.in[9 + i] <== pack.out[i];
    }
    signal transcript <== absorbed.out;

    // 4. Totals and shortfalls.
    signal challenge;
    signal limitPoint[TIERED];
    component sums = SumByKey(ACCOUNTS, SLOTS, INSTRUMENTS, SIGNED, TIERED);
    sums.bits <== slots;
    if (SCENARIOS == 0) {
        challenge <== Challenge(1)(transcript);
        for (var k = 0; k < 2 * INSTRUMENTS; k++) {
            sums.sums[k] <== totalsAfter[k] - totalsBefore[k];
        }
    } else {
        component table = RiskRoot(INSTRUMENTS, SCENARIOS, TIERED);
        table.marks <== marks;
        table.names <== names;
        table.values <== values;
        if (TIERED == 1) {
            table.widths <== widths;
        }
        table.rowsDigest <== rowsDigest[0];
        table.timestamp <== timestamp[0];
        riskRoot === table.out;

        // 4.1 Per key, the holdings of all accounts, account u's times accountPoint^u.
        signal accountPoint <== Challenge(2)(transcript);
        signal scenarioPoint <== Challenge(3)(transcript);
        signal powers[ACCOUNTS] <== Powers(ACCOUNTS)(accountPoint);
        var held[2 * INSTRUMENTS];
        for (var u = 0; u < ACCOUNTS; u++) {
            for (var s = 0; s < SLOTS; s++) {
                var key = BITS_TO_NUMBER(slots[u][s], MAGNITUDE_BITS(), SLOT_BITS());
                if (key < 2 * INSTRUMENTS) {
                    held[key] += powers[u] * BITS_TO_NUMBER(slots[u][s], 0, MAGNITUDE_BITS());
                }
            }
        }
        // Sums under a condition on the slots, which no constraint expresses: 4.2 constrains them.
        signal holdings[2 * INSTRUMENTS] <-- held;

        // 4.2 They and the totals in one, at a point that the holdings decide as well.
        component again = Transcript(1 + 2 * INSTRUMENTS);
        again.in[0] <== transcript;
        for (var k = 0; k < 2 * INSTRUMENTS; k++) {
            again.in[1 + k] <== holdings[k];
        }
        signal mix <== Challenge(4)(again.out);
        challenge <== Challenge(1)(again.out);
        if (TIERED == 1) {
            limitPoint[0] <== Challenge(5)(again.out);
        }
        for (var u = 0; u < ACCOUNTS; u++) {
            sums.weights[u] <== mix + powers[u];
        }
        for (var k = 0; k < 2 * INSTRUMENTS; k++) {
            sums.sums[k] <== mix * (totalsAfter[k] - totalsBefore[k]) + holdings[k];
        }

        // 4.3 The equities of all accounts in all scenarios, and the same from holdings and values.
        component worth = Equities(ACCOUNTS, SCENARIOS, EQUITY_BITS);
        worth.bits <== equities;
        worth.weights <== powers;
        worth.point <== scenarioPoint;
        signal expected <== ValuesAt(INSTRUMENTS, SCENARIOS)(values, holdings, scenarioPoint);
        worth.out === expected;
        for (var s = 0; s < SCENARIOS; s++) {
            shortfallsAfter[s] === shortfallsBefore[s] + worth.shortfalls[s];
        }
    }
    sums.challenge <== challenge;

    // 5. Tiers. That no slot is above the limit of its key is part of the identity at `challenge`.
    if (TIERED == 1) {
        for (var u = 0; u < ACCOUNTS; u++) {
            RisingKeys(SLOTS, LOG2(2 * INSTRUMENTS))(slots[u]);
        }
        signal tier[INSTRUMENTS];
        for (var i = 0; i < INSTRUMENTS; i++) {
            tier[i] <== Nonzero()(widths[i]);
            sums.limits[i] <== widths[i] + (1 - tier[i]) * ((1 << MAGNITUDE_BITS()) - 1);
        }
        sums.spares <== spares;
        sums.limitPoint <== limitPoint;
    }
}

// BITS_TO_NUMBER(bits, from, to): what those bits of a slot say, the lowest first; for the witness alone.
function BITS_TO_NUMBER(bits, from, to) {
    var number = 0;
    for (var i = from; i < to; i++) {
        number += bits[i] * (1 << (i - from));
    }
    return number;
}
