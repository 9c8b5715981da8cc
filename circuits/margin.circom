pragma circom 2.2.2;

include "widths.circom";
include "any-leaf.circom";
include "margin-account.circom";
include "margin-requirement.circom";
include "margin-table.circom";
include "margin-scan.circom";
include "margin-charges.circom";
include "margin-totals.circom";
include "margin-sums.circom";
include "margin-decision.circom";

// Margin(SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS): one account meets a margin requirement.
//
// Enforces:  1. an account with these slots is under accountsRoot; the prover knows the secret of its owner;
//               the handle is that owner's and account's in the domain;
//            2. riskRoot opens to one of its requirements: to its parameters and its rows, of which every
//               held instrument has one; the public requirement is that one, asked for times over: threshold
//               and factors times that, rounded up;
//            3. losses, charges and limits are at least what the rule says (see the parts), rounded against
//               the account;
//            4. equity − threshold − worst factor · worst loss − Σ factor · sum ≥ 0, and every limit holds.
// Assumes:   riskRoot was computed from a table and a rule that its readers took: they are public, so the
//            circuit leaves the widths of a row's numbers to whoever accepts the root. It range-checks all
//            that depends on the account, and every parameter of the requirement. Whoever takes `requirement`
//            from elsewhere than the table knows the multiple that is in it.
// Does not:  say that prices are right, that the account is the prover's only one, that accountsRoot is
//            recent or of an honest venue, or, the dual, that an account is below its requirement: what is
//            proven is an upper bound of what is required.
// Cost:      circuits/constraints.json.
//
// circuits/README.md has a table of all signals.
template Margin(SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS) {
    var SUMS = MARGIN_SUMS();
    assert(SLOTS <= 64 && GROUPS <= 64 && LINES <= 256);
    signal input accountsRoot;
    signal input riskRoot;
    signal input requirement;
    signal input domain;
    signal input handle;
    signal input context;

    signal input accountId;
    signal input ownerSecret;
    signal input salt;
    signal input slots[SLOTS][SLOT_BITS()];
    signal input leafShape[OPENED_SHAPES(SLOTS)];
    signal input leafBits[4 * BATCH_DEPTH()];
    signal input leafChildren[BATCH_DEPTH()][16];
    signal input batchBits[4 * ACCOUNTS_DEPTH()];
    signal input batchChildren[ACCOUNTS_DEPTH()][16];

    signal input valuesDigest;
    signal input rowsRoot;
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
    signal input times;
    signal input askedThreshold;
    signal input askedWorstFactor;
    signal input askedFactors[SUMS];

    signal input rowValue[SLOTS][2];
    signal input rowGroup[SLOTS];
    signal input rowFlatGroup[SLOTS];
    signal input rowFlat[SLOTS];
    signal input rowChanges[SLOTS][SCENARIOS];
    signal input rowLines[SLOTS][LINES_PER_LINK() * LINKS][3];
    signal input rowLinks[SLOTS][LINKS + 1];
    signal input rowChildren[SLOTS][LEVELS - 1][16];
    signal input rowTop[16];

    signal input groupIds[GROUPS];
    signal input groupGain[GROUPS];
    signal input groupLoss[GROUPS];
    signal input groupInto[GROUPS][SUMS];
    signal input groupMember[SLOTS][GROUPS];
    signal input groupFlatMember[SLOTS][GROUPS];
    signal input groupNegative[GROUPS][SCENARIOS];
    signal input groupOwn[GROUPS];
    signal input groupCharge[GROUPS];

    signal input line[LINES];
    signal input lineExposure[LINES];
    signal input lineChoice[LINES];
    signal input lineOnly[LINES][2];
    signal input lineInto[LINES][SUMS + 3];
    signal input lineGroup[LINES];
    signal input lineDeduction[LINES];
    signal input lineTotal[LINES];
    signal input lineBranch[LINES];
    signal input lineValue[LINES];
    signal input lineLink[LINES][GROUPS];
    signal input worst;

    // 1. The account: only who has its owner's secret can open its leaf and name its handle. From here on it
    // is quantities by slot, which the leaf binds.
    component account = MarginAccount(SLOTS);
    account.accountId <== accountId;
    account.ownerSecret <== ownerSecret;
    account.salt <== salt;
    account.domain <== domain;
    account.slots <== slots;
    account.leafShape <== leafShape;
    account.leafBits <== leafBits;
    account.leafChildren <== leafChildren;
    account.batchBits <== batchBits;
    account.batchChildren <== batchChildren;
    accountsRoot === account.accountsRoot;
    handle === account.handle;
    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;

    // 2. What is asked, and the table that says so. The requirement's digest goes both into what is public
    // and into what is under riskRoot, so that nobody is judged by the rows of one requirement and the
    // threshold and factors of another.
    component asked = MarginRequirement(SCENARIOS);
    asked.which <== which;
    asked.shape <== shape;
    asked.threshold <== threshold;
    asked.worstFactor <== worstFactor;
    asked.worstSums <== worstSums;
    asked.factors <== factors;
    asked.gains <== gains;
    asked.losses <== losses;
    asked.times <== times;
    asked.askedThreshold <== askedThreshold;
    asked.askedWorstFactor <== askedWorstFactor;
    asked.askedFactors <== askedFactors;
    requirement === asked.requirement;

    component table = MarginTable(SLOTS, SCENARIOS, LINKS, LEVELS);
    table.valuesDigest <== valuesDigest;
    table.rowsRoot <== rowsRoot;
    table.timestamp <== timestamp;
    table.marginRoots <== marginRoots;
    table.ruleText <== ruleText;
    table.which <== which;
    table.stated <== asked.stated;
    table.held <== account.held;
    table.instrument <== account.instrument;
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

    // 3. Losses, charges and limits. The rows are the table's now, and the prover says what an account like
    // this comes to under them: groups and lines by keys that a row binds whole, and of each a value that may
    // be too high, never too low.
    component scan = MarginScan(SLOTS, SCENARIOS, GROUPS);
    scan.held <== account.held;
    scan.quantity <== account.quantity;
    scan.short <== account.short;
    scan.rowGroup <== rowGroup;
    scan.rowFlatGroup <== rowFlatGroup;
    scan.flat <== rowFlat;
    scan.changes <== rowChanges;
    scan.gains <== gains;
    scan.losses <== losses;
    scan.ids <== groupIds;
    scan.gain <== groupGain;
    scan.loss <== groupLoss;
    scan.into <== groupInto;
    scan.member <== groupMember;
    scan.flatMember <== groupFlatMember;
    scan.negative <== groupNegative;
    scan.own <== groupOwn;

    component charges = MarginCharges(SLOTS, LINES, GROUPS);
    charges.line <== line;
    charges.exposure <== lineExposure;
    charges.choice <== lineChoice;
    charges.only <== lineOnly;
    charges.into <== lineInto;
    charges.group <== lineGroup;
    charges.deduction <== lineDeduction;
    charges.total <== lineTotal;
    charges.branch <== lineBranch;
    charges.value <== lineValue;
    charges.link <== lineLink;
    charges.groups <== scan.groups;
    MarginTotals(SLOTS, SCENARIOS, GROUPS, LINES, LINKS)(
        account.leaf, table.rows, account.quantity, account.short, rowLines, charges.keys, lineTotal
    );

    component sums = MarginSums(SLOTS, LINES, GROUPS);
    sums.into <== groupInto;
    sums.own <== groupOwn;
    sums.raises <== charges.raises;
    sums.bounds <== charges.bounds;
    sums.charge <== groupCharge;
    sums.exposures <== charges.sums;

    // 4. The decision: what the account is worth, less all of that at the factors that are asked.
    component decision = MarginDecision(SLOTS, SCENARIOS);
    decision.quantity <== account.quantity;
    decision.short <== account.short;
    decision.value <== rowValue;
    decision.netLosses <== scan.netLosses;
    decision.sums <== sums.sums;
    decision.worst <== worst;
    decision.worstSums <== worstSums;
    decision.threshold <== askedThreshold;
    decision.worstFactor <== askedWorstFactor;
    decision.factors <== askedFactors;
}
