pragma circom 2.2.2;

include "widths.circom";
include "ledger-slot.circom";
include "leaf.circom";
include "equities-leaf.circom";
include "batch-root.circom";
include "tree-path.circom";
include "transcripts.circom";
include "challenge.circom";
include "fold-state.circom";
include "positions.circom";
include "key-sum.circom";
include "equities.circom";
include "rising-keys.circom";
include "tags.circom";
include "poseidon.circom";

// Ledger(ACCOUNTS, SLOTS, SCENARIOS, PLEDGED): one batch of a ledger that is fixed as a whole before any
// batch is proven. A batch is plain (SCENARIOS is 0: long positions alone, none in a derivative), stressed
// (with the equities of its accounts) or pledged (stressed, and the first PLEDGED slots of each account hold
// tiers, and no others do). Batches of all kinds and sizes stand in one chain.
//
// Enforces:  1. every slot is well-formed; the leaves, and in a stressed batch the leaf that fixes equities
//               and spares, hash to the batch's root, which stands at place `count` under accountsRoot;
//            2. stateBefore and stateAfter hold one transcript, the one of this accountsRoot, and count
//               grows by one;
//            3. keySum grows by Σ (1 + mix·accountPoint^position)·magnitude/(challenge − pole) over the
//               slots; in a plain batch by Σ magnitude/(challenge − key);
//            4. equitySum grows by Σ accountPoint^position·scenarioPoint^s·E over accounts and scenarios, and
//               each scenario's shortfall by Σ max(0, −E) and the number of accounts with E < 0; a plain
//               batch leaves both unchanged;
//            5. in a pledged batch, keys of an account's first PLEDGED slots rise: none is there twice.
// Assumes:   that the chain is whole, from the first state of Solvency to its last, and every key is pinned:
//            whoever verifies an epoch checks that. Then "Soundness of a ledger" in README.md says what sums
//            and equities are. A plain batch has no equities: that none of its accounts is below zero rests
//            on the table, whose values of a long position in no derivative are never negative (readers of a
//            table check it).
// Does not:  say that a holder is a customer, that every customer is here, or that two leaves have different
//            holders: each customer checks their own leaf. (Two accounts of one customer have the tiers
//            twice; and what of a holding is pledged is the venue's word.) Nor anything by itself: one batch
//            alone has no meaning without Solvency's proof over the same transcript.
// Cost:      circuits/constraints.json, and "Costs" in README.md.
//
// | signal                           |         | what                                                      |
// |----------------------------------|---------|-----------------------------------------------------------|
// | stateBefore                      | PUBLIC  | commitment to the ledger before this batch                |
// | stateAfter                       | PUBLIC  | commitment to the ledger after it                         |
// | holders[ACCOUNTS]                | PRIVATE | who holds each account, hashed and salted                 |
// | slots[ACCOUNTS][SLOTS][81]       | PRIVATE | the bits of each slot, lowest first                       |
// | equities[SCENARIOS][ACCOUNTS][…] | PRIVATE | the bits of each equity plus 2^EQUITY_BITS, lowest first  |
// | spares[ACCOUNTS][PLEDGED][64]    | PRIVATE | the bits of what a slot leaves of its tier's width        |
// | equitiesBlind                    | PRIVATE | what hides both in their leaf (none in a plain batch)     |
// | indexBits[20]                    | PRIVATE | this batch's place, lowest bit first: batches before it   |
// | children[5][16]                  | PRIVATE | the accounts tree along that place                        |
// | riskRoot                         | PRIVATE | the risk table                                            |
// | totalsDigest                     | PRIVATE | the claimed totals, hashed and hidden                     |
// | weightedTotalsDigest             | PRIVATE | the same, weighted by position; 0 without scenarios       |
// | scenarios                        | PRIVATE | of the ledger; in a plain batch only, elsewhere SCENARIOS |
// | keySumBefore, equitySumBefore    | PRIVATE | of the batches before                                     |
// | shortfallsBefore[SCENARIOS]      | PRIVATE | the same, in a stressed batch                             |
// | shortfallsDigest                 | PRIVATE | their digest, in a plain batch                            |
// | blindBefore, blindAfter          | PRIVATE | what hides the states                                     |
template Ledger(ACCOUNTS, SLOTS, SCENARIOS, PLEDGED) {
    assert(PLEDGED <= SLOTS && (PLEDGED == 0 || SCENARIOS > 0));
    assert(ACCOUNTS * SLOTS <= 1 << BATCH_SLOTS_BITS());
    assert(4 * (BATCH_DEPTH() + ACCOUNTS_DEPTH()) <= ACCOUNT_COUNT_BITS());
    assert(SCENARIOS <= MAX_SCENARIOS());
    assert(EQUITY_BITS() + ACCOUNT_COUNT_BITS() <= SHORTFALL_BITS());
    assert(MAGNITUDE_BITS() + BATCH_SLOTS_BITS() + 4 * ACCOUNTS_DEPTH() <= TOTAL_BITS());
    var STRESSED = SCENARIOS > 0 ? 1 : 0;
    signal input stateBefore;
    signal input stateAfter;
    signal input holders[ACCOUNTS];
    signal input slots[ACCOUNTS][SLOTS][SLOT_BITS()];
    signal input equities[SCENARIOS][ACCOUNTS][EQUITY_BITS() + 1];
    signal input spares[ACCOUNTS][PLEDGED][MAGNITUDE_BITS()];
    signal input equitiesBlind[STRESSED];
    signal input indexBits[4 * ACCOUNTS_DEPTH()];
    signal input children[ACCOUNTS_DEPTH()][16];
    signal input riskRoot;
    signal input totalsDigest;
    signal input weightedTotalsDigest;
    signal input scenarios[1 - STRESSED];
    signal input keySumBefore;
    signal input equitySumBefore;
    signal input shortfallsBefore[SCENARIOS];
    signal input shortfallsDigest[1 - STRESSED];
    signal input blindBefore;
    signal input blindAfter;

    // 1. Slots, leaves, and the batch at its place. Everything that the identities below range over is under
    // accountsRoot, bit by bit, before a challenge is drawn.
    signal leaves[ACCOUNTS + STRESSED];
    for (var u = 0; u < ACCOUNTS; u++) {
        for (var s = 0; s < SLOTS; s++) {
            LedgerSlot(STRESSED)(slots[u][s]);
        }
        leaves[u] <== Leaf(SLOTS)(holders[u], slots[u]);
        for (var s = 0; s < PLEDGED; s++) {
            for (var i = 0; i < MAGNITUDE_BITS(); i++) {
                spares[u][s][i] * (spares[u][s][i] - 1) === 0;
            }
        }
    }
    if (STRESSED == 1) {
        component fixed = EquitiesLeaf(ACCOUNTS, SLOTS, SCENARIOS, PLEDGED);
        fixed.blind <== equitiesBlind[0];
        fixed.equities <== equities;
        if (PLEDGED > 0) {
            fixed.spares <== spares;
        }
        leaves[ACCOUNTS] <== fixed.out;
    }
    signal batchRoot <== BatchRoot(ACCOUNTS + STRESSED)(leaves);
    signal accountsRoot <== TreePath(ACCOUNTS_DEPTH())(batchRoot, indexBits, children);
    var count = 0;
    for (var i = 0; i < 4 * ACCOUNTS_DEPTH(); i++) {
        count += indexBits[i] * (1 << i);
    }

    // 2. The transcripts of this tree: every state of the chain holds them.
    component transcripts = Transcripts();
    transcripts.accountsRoot <== accountsRoot;
    transcripts.riskRoot <== riskRoot;
    transcripts.totalsDigest <== totalsDigest;
    transcripts.weightedTotalsDigest <== weightedTotalsDigest;
    if (STRESSED == 1) {
        transcripts.scenarios <== SCENARIOS;
    } else {
        transcripts.scenarios <== scenarios[0];
    }
    component before = FoldState();
    component after = FoldState();
    before.transcript <== transcripts.second;
    before.count <== count;
    before.blind <== blindBefore;
    before.keySum <== keySumBefore;
    before.equitySum <== equitySumBefore;
    after.transcript <== transcripts.second;
    after.count <== count + 1;
    after.blind <== blindAfter;

    // 3. The identity of keys. 4. The identity of equities, and what is missing below zero.
    component keys = KeySum(ACCOUNTS, SLOTS, PLEDGED, STRESSED);
    keys.bits <== slots;
    keys.challenge <== Challenge(1)(transcripts.second);
    if (STRESSED == 1) {
        signal accountPoint <== Challenge(2)(transcripts.first);
        signal mix <== Challenge(4)(transcripts.second);
        signal positions[ACCOUNTS] <== Positions(ACCOUNTS)(accountPoint, indexBits);
        signal mixed[ACCOUNTS];
        for (var u = 0; u < ACCOUNTS; u++) {
            mixed[u] <== mix * positions[u];
            keys.weights[u] <== 1 + mixed[u];
        }
        component worth = Equities(ACCOUNTS, SCENARIOS);
        worth.bits <== equities;
        worth.weights <== positions;
        worth.point <== Challenge(3)(transcripts.first);
        after.equitySum <== equitySumBefore + worth.out;
        signal shortfallsAfter[SCENARIOS];
        for (var s = 0; s < SCENARIOS; s++) {
            shortfallsAfter[s] <== shortfallsBefore[s] + worth.shortfalls[s];
        }
        before.shortfallsDigest <== Poseidon(TAG_SHORTFALLS(), SCENARIOS)(shortfallsBefore);
        after.shortfallsDigest <== Poseidon(TAG_SHORTFALLS(), SCENARIOS)(shortfallsAfter);
    } else {
        after.equitySum <== equitySumBefore;
        before.shortfallsDigest <== shortfallsDigest[0];
        after.shortfallsDigest <== shortfallsDigest[0];
    }

    // 5. Tiers: that no pledged slot is above its row's width is part of the identity of keys.
    if (PLEDGED > 0) {
        keys.spares <== spares;
        keys.limitPoint <== Challenge(5)(transcripts.second);
        component rising[ACCOUNTS];
        for (var u = 0; u < ACCOUNTS; u++) {
            rising[u] = RisingKeys(PLEDGED, INSTRUMENT_BITS() + 1);
            for (var s = 0; s < PLEDGED; s++) {
                rising[u].bits[s] <== slots[u][s];
            }
        }
    } else {
        keys.limitPoint <== 0;
    }
    after.keySum <== keySumBefore + keys.out;
    stateBefore === before.out;
    stateAfter === after.out;
}
