pragma circom 2.2.2;

include "widths.circom";
include "any-leaf.circom";
include "margin-requirement.circom";
include "margin-table.circom";
include "deficit-account.circom";
include "deficit-policy.circom";
include "deficit-movement.circom";
include "deficit-marks.circom";
include "deficit-groups.circom";
include "deficit-lines.circom";
include "deficit-totals.circom";
include "deficit-bound.circom";
include "deficit-decision.circom";

// Liquidation(SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS): an account was below its requirement, and no
// more was taken than a policy lets: the dual of Margin, with every bound on the account's side.
//
// Enforces:  1. an account with these slots is under accountsRoot; movement opens to the same account and
//               owner; the nullifier is the leaf's;
//            2. riskRoot opens to one of its requirements and to rows of which every held instrument, and
//               cash, has one, in the rule and in the table; requirement is the digest that Margin has of it
//               at times one;
//            3. below: a multiple of the requirement, trigger or backstop, is above the account's equity, in
//               exact arithmetic and whatever the prover picks;
//            4. every position moves towards zero and not beyond; with takeover all are closed;
//            5. without takeover, the account is afterwards not above target times the requirement by more
//               than overshoot;
//            6. at marks, the account loses no more than the penalty's share of what is closed, and no more
//               than it was worth;
//            7. every number of the policy keeps to its width; policy is its digest.
// Assumes:   riskRoot was computed from a table and a rule that its readers took, with values that agree with
//            marks; readers know the policy, and that its cash is an instrument that can be held.
// Does not:  say that the fill was the best one, who took the other side, that all accounts that were short
//            were liquidated, that notice was given, or what happened between the epoch and the fill. Limits
//            of the rule are no reason to liquidate.
// Cost:      circuits/constraints.json.
//
// circuits/README.md has a table of all signals.
template Liquidation(SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS) {
    var SUMS = MARGIN_SUMS();
    assert(SLOTS <= 64 && GROUPS <= 64 && LINES <= 256);
    signal input accountsRoot;
    signal input riskRoot;
    signal input requirement;
    signal input policy;
    signal input movement;
    signal input nullifier;
    signal input context;

    signal input accountId;
    signal input owner;
    signal input salt;
    signal input slots[SLOTS][SLOT_BITS()];
    signal input leafShape[OPENED_SHAPES(SLOTS)];
    signal input leafBits[4 * BATCH_DEPTH()];
    signal input leafChildren[BATCH_DEPTH()][16];
    signal input batchBits[4 * ACCOUNTS_DEPTH()];
    signal input batchChildren[ACCOUNTS_DEPTH()][16];

    signal input movementSalt;
    signal input moved[SLOTS][SLOT_BITS()];
    signal input afterNegative[SLOTS];
    signal input cashAt[SLOTS];
    signal input takeover;
    signal input isSolvent;

    signal input trigger;
    signal input target;
    signal input backstop;
    signal input penalty;
    signal input takeoverPenalty;
    signal input overshoot;
    signal input cash[INSTRUMENT_BITS()];

    signal input valuesDigest;
    signal input timestamp;
    signal input marginRoots[4];
    signal input ruleText;
    signal input which[4];
    signal input shape;
    signal input threshold;
    signal input worstFactor;
    signal input worstSums[SUMS];
    signal input factors[SUMS];
    signal input gains[SCENARIOS];
    signal input losses[SCENARIOS];

    signal input rowValue[SLOTS][2];
    signal input rowGroup[SLOTS];
    signal input rowFlatGroup[SLOTS];
    signal input rowFlat[SLOTS];
    signal input rowChanges[SLOTS][SCENARIOS];
    signal input rowLines[SLOTS][LINES_PER_LINK() * LINKS][3];
    signal input rowLinks[SLOTS][LINKS + 1];
    signal input rowChildren[SLOTS][LEVELS - 1][16];
    signal input rowTop[16];

    signal input tableSymbol[SLOTS];
    signal input tableKind[SLOTS][3];
    signal input tableDecimals[SLOTS];
    signal input tableMark[SLOTS];
    signal input tableQuote;
    signal input tableValueDecimals;
    signal input tableChildren[SLOTS][LEVELS - 1][16];
    signal input tableTop[16];

    signal input groupIds[GROUPS];
    signal input groupGain[GROUPS];
    signal input groupLoss[GROUPS];
    signal input groupInto[GROUPS][SUMS];
    signal input groupMember[SLOTS][GROUPS];
    signal input groupFlatMember[SLOTS][GROUPS];

    signal input line[LINES];
    signal input lineExposure[LINES];
    signal input lineChoice[LINES];
    signal input lineOnly[LINES][2];
    signal input lineInto[LINES][SUMS + 3];
    signal input lineGroup[LINES];
    signal input lineDeduction[LINES];
    signal input lineLink[LINES][GROUPS];

    signal input groupScenario[2][GROUPS];
    signal input slotScenario[2][SLOTS][SCENARIOS];
    signal input netScenario[2][SCENARIOS];
    signal input groupNegative[2][GROUPS];
    signal input groupBounded[2][GROUPS];
    signal input lineTotal[2][LINES];
    signal input linePick[2][LINES][2];
    signal input lineBranch[2][LINES];
    signal input worstPick[2][1 + SUMS];

    // 1. The account, as its venue has it.
    component account = DeficitAccount(SLOTS);
    account.accountId <== accountId;
    account.owner <== owner;
    account.salt <== salt;
    account.slots <== slots;
    account.leafShape <== leafShape;
    account.leafBits <== leafBits;
    account.leafChildren <== leafChildren;
    account.batchBits <== batchBits;
    account.batchChildren <== batchChildren;
    accountsRoot === account.accountsRoot;
    nullifier === account.nullifier;
    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;

    // 7. The policy, and which of its multiples and penalties hold here.
    component allowed = DeficitPolicy();
    allowed.trigger <== trigger;
    allowed.target <== target;
    allowed.backstop <== backstop;
    allowed.penalty <== penalty;
    allowed.takeoverPenalty <== takeoverPenalty;
    allowed.overshoot <== overshoot;
    allowed.cash <== cash;
    allowed.takeover <== takeover;
    policy === allowed.policy;

    // 4. What moved. From here on there are two accounts, before and after, over one set of rows.
    component moves = DeficitMovement(SLOTS);
    moves.accountId <== accountId;
    moves.owner <== owner;
    moves.salt <== movementSalt;
    moves.before <== account.quantity;
    moves.negative <== account.negative;
    moves.held <== account.held;
    moves.instrument <== account.instrument;
    moves.cash <== cash;
    moves.cashAt <== cashAt;
    moves.moved <== moved;
    moves.afterNegative <== afterNegative;
    moves.takeover <== takeover;
    movement === moves.movement;

    // 2. What is asked, once over, and the rows that say so. The table's own rows have the marks.
    component stated = MarginRequirement(SCENARIOS);
    stated.which <== which;
    stated.shape <== shape;
    stated.threshold <== threshold;
    stated.worstFactor <== worstFactor;
    stated.worstSums <== worstSums;
    stated.factors <== factors;
    stated.gains <== gains;
    stated.losses <== losses;
    stated.times <== 10 ** FACTOR_DECIMALS();
    stated.askedThreshold <== threshold;
    stated.askedWorstFactor <== worstFactor;
    stated.askedFactors <== factors;
    requirement === stated.requirement;

    component marks = DeficitMarks(SLOTS, LEVELS);
    marks.opened <== moves.opened;
    marks.place <== moves.place;
    marks.symbol <== tableSymbol;
    marks.kind <== tableKind;
    marks.decimals <== tableDecimals;
    marks.mark <== tableMark;
    marks.quote <== tableQuote;
    marks.valueDecimals <== tableValueDecimals;
    marks.children <== tableChildren;
    marks.top <== tableTop;

    component table = MarginTable(SLOTS, SCENARIOS, LINKS, LEVELS);
    table.valuesDigest <== valuesDigest;
    table.rowsRoot <== marks.rowsRoot;
    table.timestamp <== timestamp;
    table.marginRoots <== marginRoots;
    table.ruleText <== ruleText;
    table.which <== which;
    table.stated <== stated.stated;
    table.held <== moves.opened;
    table.instrument <== moves.place;
    table.value <== rowValue;
    table.group <== rowGroup;
    table.flatGroup <== rowFlatGroup;
    table.flat <== rowFlat;
    table.changes <== rowChanges;
    table.lines <== rowLines;
    table.links <== rowLinks;
    table.children <== rowChildren;
    table.top <== rowTop;
    riskRoot === table.riskRoot;

    // 3. and 5. What is required on both sides, at least: groups and lines are those that either touches.
    component groups = DeficitGroups(SLOTS, GROUPS);
    groups.opened <== moves.opened;
    groups.rowGroup <== rowGroup;
    groups.rowFlatGroup <== rowFlatGroup;
    groups.ids <== groupIds;
    groups.gain <== groupGain;
    groups.loss <== groupLoss;
    groups.into <== groupInto;
    groups.member <== groupMember;
    groups.flatMember <== groupFlatMember;

    component lines = DeficitLines(LINES, GROUPS);
    lines.line <== line;
    lines.exposure <== lineExposure;
    lines.choice <== lineChoice;
    lines.only <== lineOnly;
    lines.into <== lineInto;
    lines.group <== lineGroup;
    lines.deduction <== lineDeduction;
    lines.link <== lineLink;
    lines.groups <== groups.groups;

    component lowered = DeficitFactors();
    lowered.threshold <== threshold;
    lowered.worstFactor <== worstFactor;
    lowered.factors <== factors;

    component totals = DeficitTotals(SLOTS, SCENARIOS, GROUPS, LINES, LINKS);
    component decision = DeficitDecision(SLOTS);
    component bound[2];
    for (var t = 0; t < 2; t++) {
        bound[t] = DeficitBound(SLOTS, SCENARIOS, GROUPS, LINES);
        for (var i = 0; i < SLOTS; i++) {
            bound[t].quantity[i] <== t == 0 ? account.quantity[i] : moves.quantity[i];
            bound[t].short[i] <== t == 0 ? account.short[i] : moves.short[i];
            totals.quantity[t][i] <== t == 0 ? account.quantity[i] : moves.quantity[i];
            totals.short[t][i] <== t == 0 ? account.short[i] : moves.short[i];
            decision.quantity[t][i] <== t == 0 ? account.quantity[i] : moves.quantity[i];
            decision.short[t][i] <== t == 0 ? account.short[i] : moves.short[i];
        }
        bound[t].flat <== rowFlat;
        bound[t].changes <== rowChanges;
        bound[t].gains <== gains;
        bound[t].losses <== losses;
        bound[t].member <== groupMember;
        bound[t].flatMember <== groupFlatMember;
        bound[t].netted <== groups.netted;
        bound[t].netGain <== groups.netGain;
        bound[t].netLoss <== groups.netLoss;
        bound[t].into <== groupInto;
        bound[t].newChoice <== lines.newChoice;
        bound[t].newExposure <== lines.newExposure;
        bound[t].only <== lineOnly;
        bound[t].lineInto <== lineInto;
        bound[t].deduction <== lineDeduction;
        bound[t].link <== lineLink;
        bound[t].worstSums <== worstSums;
        bound[t].threshold <== threshold;
        bound[t].worstFactor <== lowered.loweredWorst;
        bound[t].factors <== lowered.lowered;
        bound[t].scenario <== groupScenario[t];
        bound[t].slotScenario <== slotScenario[t];
        bound[t].netScenario <== netScenario[t];
        bound[t].negative <== groupNegative[t];
        bound[t].bounded <== groupBounded[t];
        bound[t].total <== lineTotal[t];
        bound[t].pick <== linePick[t];
        bound[t].branch <== lineBranch[t];
        bound[t].worstPick <== worstPick[t];
        decision.required[t] <== bound[t].required;
    }
    totals.leaf <== account.leaf;
    totals.movement <== moves.movement;
    totals.rows <== table.rows;
    totals.lines <== rowLines;
    totals.keys <== lines.keys;
    totals.totals <== lineTotal;

    // 3., 5. and 6. The decision.
    decision.value <== rowValue;
    decision.change <== moves.change;
    decision.closed <== moves.closed;
    decision.worth <== marks.worth;
    decision.mark <== tableMark;
    decision.multiple <== allowed.multiple;
    decision.target <== target;
    decision.allowed <== allowed.allowed;
    decision.overshoot <== overshoot;
    decision.takeover <== takeover;
    decision.isSolvent <== isSolvent;
}
