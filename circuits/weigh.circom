pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "poseidon.circom";
include "settlement-transcript.circom";
include "challenge.circom";
include "weigh-state.circom";
include "weighed-place.circom";
include "subtree-root.circom";
include "fenced-path.circom";

// How many reasons there are for which units move, as in src/statements/weigh/reasons.ts.
function REASONS() { return 7; }

// Weigh(LEAVES, LEVEL, SLOTS, ACTIVITY): one chunk of the nine trees of a settlement: the accounts of an
// earlier epoch (tree 0), those of a later one (1), and the rows of each reason for which units moved in
// between (2 … 8). A chunk is the node LEVEL levels above the leaves: 16^LEVEL places, of which the first
// LEAVES hold accounts of SLOTS slots. All chunks of all trees are one chain.
//
// Enforces:  1. the places hash to a node that stands, at leaf index next, in the tree that stateBefore
//               names, whose root is in the transcript: a place holds an account that is opened to its
//               customer, or nothing; where ACTIVITY is 0, also a leaf of tag TAG_EQUITIES, of no account,
//               at one of these places or the one behind them. The places behind are empty;
//            2. stateBefore and stateAfter hold one transcript, of all nine roots. next grows by 16^LEVEL; to
//               the next batch, where nothing stands behind the chunk in its batch; and to 0 in a later tree,
//               where nothing stands behind it in its tree, and every tree in between has no root. Accounts
//               are in the trees 0 and 1, rows in the others;
//            3. sum grows by ±Σ_places 1/(idPoint − accountId) · Σ_slots quantity/(instrumentPoint −
//               instrument): + in tree 1 and − in all others;
//            4. flowSum grows by Σ_slots numerator/(flowPoint − pole) over rows of every reason but the last
//               (WeighedPlace), with the reasons' groups 0, 1, 2, 3, 4, 4, and sides apart of the first.
// Assumes:   that the chain is whole, from the first state of Settlement to its last, every key is pinned,
//            and both epochs are verified: whoever verifies a settlement checks that. Then "Soundness of a
//            settlement" in README.md says what follows.
// Does not:  say that a customer's identifier is one person's, that an owner stayed the same, or why a row
//            stands under its reason. Nor anything by itself: one chunk alone means nothing without
//            Settlement's proof over the same transcript.
// Cost:      circuits/constraints.json, and "Costs" in circuits/README.md.
//
// | signal                         |         | what                                                         |
// |--------------------------------|---------|--------------------------------------------------------------|
// | stateBefore                    | PUBLIC  | commitment to the settlement before this chunk               |
// | stateAfter                     | PUBLIC  | commitment to it after the chunk                             |
// | accounts[LEAVES]               | PRIVATE | 1 for a place that holds an account, else 0                  |
// | accountIds … salts[LEAVES]     | PRIVATE | what opens each holder; 0 where there is none                |
// | slots[LEAVES][SLOTS][81]       | PRIVATE | the bits of each slot, lowest first                          |
// | opaques[…]                     | PRIVATE | 1 for a place that holds the leaf of no account, else 0      |
// | opaque                         | PRIVATE | what that leaf is the hash of                                |
// | indexBits[4·(8 − LEVEL)]       | PRIVATE | the chunk's place, lowest bit first                          |
// | children[8 − LEVEL][16]        | PRIVATE | the tree along that place                                    |
// | batchEnd, treeEnd              | PRIVATE | 1 where the chunk is the last of its batch, of its tree      |
// | tree[…]                        | PRIVATE | 1 for the tree that it stands in; from tree 0, or from 2 on  |
// | later[10]                      | PRIVATE | 1 for the tree that is weighed after it, 9 for none, else 0  |
// | accountsBefore … flowsDigest   | PRIVATE | what the transcript absorbs                                  |
// | sumBefore, flowSumBefore       | PRIVATE | of the chunks before                                         |
// | blindBefore, blindAfter        | PRIVATE | what hides the states                                        |
template Weigh(LEAVES, LEVEL, SLOTS, ACTIVITY) {
    assert(ACTIVITY == 0 || ACTIVITY == 1);
    var LEVELS = BATCH_DEPTH() + ACCOUNTS_DEPTH() - LEVEL;
    var TREES = 2 + REASONS();
    var FIRST_TREE = ACTIVITY == 1 ? 2 : 0;
    var OWN_TREES = ACTIVITY == 1 ? REASONS() : 2;
    // Places at which anything can stand.
    var WIDTH = ACTIVITY == 0 && LEAVES < 16 ** LEVEL ? LEAVES + 1 : LEAVES;
    signal input stateBefore;
    signal input stateAfter;
    signal input accounts[LEAVES];
    signal input accountIds[LEAVES];
    signal input owners[LEAVES];
    signal input salts[LEAVES];
    signal input slots[LEAVES][SLOTS][SLOT_BITS()];
    signal input opaques[(1 - ACTIVITY) * WIDTH];
    signal input opaque[1 - ACTIVITY];
    signal input indexBits[4 * LEVELS];
    signal input children[LEVELS][16];
    signal input batchEnd;
    signal input treeEnd;
    signal input tree[OWN_TREES];
    signal input later[TREES + 1];
    signal input accountsBefore;
    signal input accountsAfter;
    signal input roots[REASONS()];
    signal input flowsDigest;
    signal input sumBefore;
    signal input flowSumBefore;
    signal input blindBefore;
    signal input blindAfter;

    // Which tree it is, and what follows from that: the sign of customers' sums, and how rows are added up.
    var current[TREES];
    var number = 0;
    var trees = 0;
    for (var i = 0; i < OWN_TREES; i++) {
        tree[i] * (tree[i] - 1) === 0;
        current[FIRST_TREE + i] = tree[i];
        number += tree[i] * (FIRST_TREE + i);
        trees += tree[i];
    }
    trees === 1;
    var sign = -1;
    var group = 0;
    var apart = 0;
    var counts = 0;
    if (ACTIVITY == 0) {
        sign += 2 * tree[1];
    } else {
        var GROUPS[6] = [0, 1, 2, 3, 4, 4]; // of every reason but the last, which is not counted
        for (var i = 0; i < 6; i++) {
            group += tree[i] * GROUPS[i];
            counts += tree[i];
        }
        apart = tree[0];
    }

    // The transcript of all trees: every state of the chain holds it.
    component settled = SettlementTranscript();
    settled.accountsBefore <== accountsBefore;
    settled.accountsAfter <== accountsAfter;
    settled.roots <== roots;
    settled.flowsDigest <== flowsDigest;
    signal idPoint <== Challenge(18)(settled.out);
    signal instrumentPoint <== Challenge(19)(settled.out);
    signal flowPoint;
    if (ACTIVITY == 1) {
        flowPoint <== Challenge(20)(settled.out);
    } else {
        flowPoint <== 0;
    }

    // 1. The places, and the chunk in its tree.
    component place[LEAVES];
    signal typed[1 - ACTIVITY];
    signal other[(1 - ACTIVITY) * WIDTH];
    if (ACTIVITY == 0) {
        typed[0] <== Poseidon(TAG_EQUITIES(), 1)([opaque[0]]);
    }
    component chunk = SubtreeRoot(WIDTH, LEVEL);
    var sums = 0;
    var flowSums = 0;
    for (var u = 0; u < WIDTH; u++) {
        var leaf = 0;
        if (u < LEAVES) {
            place[u] = WeighedPlace(SLOTS, ACTIVITY);
            place[u].account <== accounts[u];
            place[u].accountId <== accountIds[u];
            place[u].owner <== owners[u];
            place[u].salt <== salts[u];
            place[u].slots <== slots[u];
            place[u].idPoint <== idPoint;
            place[u].instrumentPoint <== instrumentPoint;
            place[u].flowPoint <== flowPoint;
            place[u].group <== group;
            place[u].apart <== apart;
            leaf += place[u].leaf;
            sums += place[u].sum;
            flowSums += place[u].flowSum;
        }
        if (ACTIVITY == 0) {
            opaques[u] * (opaques[u] - 1) === 0;
            if (u < LEAVES) {
                opaques[u] * accounts[u] === 0;
            }
            other[u] <== opaques[u] * typed[0];
            leaf += other[u];
        }
        chunk.leaves[u] <== leaf;
    }
    component path = FencedPath(LEVEL);
    path.node <== chunk.root;
    path.indexBits <== indexBits;
    path.children <== children;
    path.batchEnd <== batchEnd;
    path.treeEnd <== treeEnd;
    var all[TREES];
    all[0] = accountsBefore;
    all[1] = accountsAfter;
    for (var i = 0; i < REASONS(); i++) {
        all[2 + i] = roots[i];
    }
    signal chosen[OWN_TREES];
    var root = 0;
    for (var i = 0; i < OWN_TREES; i++) {
        chosen[i] <== tree[i] * all[FIRST_TREE + i];
        root += chosen[i];
    }
    path.root === root;

    // 2. Where the chain goes on: in this tree, or in a later one with nothing between them.
    batchEnd * (batchEnd - 1) === 0;
    treeEnd * (treeEnd - 1) === 0;
    treeEnd * (1 - batchEnd) === 0;
    var places = 16 ** LEVEL;
    signal skipped <== batchEnd * ((path.batch + 1) * 16 ** BATCH_DEPTH() - path.index - places);
    signal next <== (1 - treeEnd) * (path.index + places + skipped);
    var laterNumber = 0;
    var laterTrees = 0;
    for (var i = 0; i <= TREES; i++) {
        later[i] * (later[i] - 1) === 0;
        laterNumber += later[i] * i;
        laterTrees += later[i];
    }
    laterTrees === 1;
    var passed = 0; // 1 behind this tree
    var reached = 0; // 1 from the later one on
    for (var i = 0; i < TREES; i++) {
        reached += later[i];
        if (i >= FIRST_TREE && i < FIRST_TREE + OWN_TREES) {
            current[i] * reached === 0;
        }
        if (i > FIRST_TREE) {
            (passed - reached) * all[i] === 0;
        }
        passed += current[i];
    }
    signal nextTree <== number + treeEnd * (laterNumber - number);

    // 3. and 4. What the chunk adds.
    component before = WeighState();
    component after = WeighState();
    before.transcript <== settled.out;
    before.tree <== number;
    before.next <== path.index;
    before.blind <== blindBefore;
    before.sum <== sumBefore;
    before.flowSum <== flowSumBefore;
    after.transcript <== settled.out;
    after.tree <== nextTree;
    after.next <== next;
    after.blind <== blindAfter;
    after.sum <== sumBefore + sign * sums;
    after.flowSum <== flowSumBefore + counts * flowSums;
    stateBefore === before.out;
    stateAfter === after.out;
}
