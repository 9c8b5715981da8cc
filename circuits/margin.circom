pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "log2.circom";
include "nonzero.circom";
include "poseidon.circom";
include "sponge.circom";
include "slot.circom";
include "any-leaf.circom";
include "tree-path.circom";
include "margin-row.circom";
include "margin-rows-root.circom";
include "margin-scan.circom";
include "margin-charges.circom";
include "lines-by-key.circom";
include "transcript.circom";
include "challenge.circom";

// Margin(SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS): one account meets a margin requirement.
//
// Enforces:  1. an account with these slots is under accountsRoot; the prover knows the secret of its owner; the handle is that
//               owner's and account's in the domain;
//            2. riskRoot opens to one of its requirements: to its parameters and its rows, of which every held instrument has one;
//               the public requirement is that one, asked for times over: threshold and factors times that, rounded up;
//            3. losses, charges and limits are at least what the rule says (see the parts), rounded against the account;
//            4. equity − threshold − worst factor · worst loss − Σ factor · sum ≥ 0, and every limit holds.
// Assumes:   riskRoot was computed from a table and a rule that its readers took: they are public, so the circuit leaves the widths of
//            a row's numbers to whoever accepts the root. It range-checks all that depends on the account, and every parameter of
//            the requirement. Whoever takes `requirement` from elsewhere than the table knows the multiple that is in it.
// Does not:  say that prices are right, that the account is the prover's only one, that accountsRoot is recent or of an honest
//            venue, or, the dual, that an account is below its requirement: what is proven is an upper bound of what is required.
// Cost:      circuits/constraints.json.
//
// | signal                              |         | what                                                              |
// |-------------------------------------|---------|-------------------------------------------------------------------|
// | accountsRoot                        | PUBLIC  | root over all accounts of an epoch                                |
// | riskRoot                            | PUBLIC  | the risk table with its margin rule                               |
// | requirement                         | PUBLIC  | digest of the requirement and of the multiple of it that is asked |
// | domain                              | PUBLIC  | where the handle stands for the account                           |
// | handle                              | PUBLIC  | pseudonym of the account in the domain                            |
// | context                             | PUBLIC  | whom the proof is made for, until when                            |
// | accountId, ownerSecret, salt        | PRIVATE | what opens the holder                                             |
// | slots[SLOTS][81], leafShape[4]      | PRIVATE | bits of each slot; how many the leaf has                          |
// | leafBits, leafChildren, batch…      | PRIVATE | paths from the leaf to its batch and to accountsRoot              |
// | valuesDigest, rowsRoot, timestamp,  | PRIVATE | what opens riskRoot                                               |
// |   marginRoots[4], which[4]          |         |   and 1 for the requirement's place among the rule's              |
// | shape, threshold, factors, …        | PRIVATE | the requirement's parameters, as the rule states them             |
// | times, askedThreshold, …            | PRIVATE | the multiple, in billionths, and what it makes of them            |
// | row…, rowChildren, rowTop           | PRIVATE | each slot's row and its path                                      |
// | group…, line…                       | PRIVATE | groups and lines that the account touches                         |
// | worst, groupCharge[GROUPS]          | PRIVATE | bounds from above                                                 |
template Margin(SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS) {
    var SUMS = MARGIN_SUMS();
    var ENTRIES = LINES_PER_LINK() * LINKS;
    var ONE = 10 ** FACTOR_DECIMALS(); // of slopes and factors
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
    signal input leafShape[4];
    signal input leafBits[4 * BATCH_DEPTH()];
    signal input leafChildren[BATCH_DEPTH()][16];
    signal input batchBits[4 * ACCOUNTS_DEPTH()];
    signal input batchChildren[ACCOUNTS_DEPTH()][16];

    signal input valuesDigest;
    signal input rowsRoot;
    signal input timestamp;
    signal input marginRoots[4];
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
    signal input rowLines[SLOTS][ENTRIES][3];
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

    // 1. The account and its owner.
    for (var i = 0; i < SLOTS; i++) {
        Slot(1)(slots[i]);
    }
    signal owner <== Poseidon(TAG_OWNER(), 1)([ownerSecret]);
    signal holder <== Poseidon(TAG_HOLDER(), 3)([accountId, owner, salt]);
    signal leaf <== AnyLeaf(SLOTS)(holder, slots, leafShape);
    signal batchRoot <== TreePath(BATCH_DEPTH())(leaf, leafBits, leafChildren);
    signal openedRoot <== TreePath(ACCOUNTS_DEPTH())(batchRoot, batchBits, batchChildren);
    accountsRoot === openedRoot;
    signal openedHandle <== Poseidon(TAG_HANDLE(), 3)([ownerSecret, accountId, domain]);
    handle === openedHandle;
    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;

    // 2. The table, the requirement and the rows.
    signal rowsDigest <== Poseidon(TAG_ROWS(), 5)(
        [rowsRoot, marginRoots[0], marginRoots[1], marginRoots[2], marginRoots[3]]
    );
    signal openedRisk <== Poseidon(TAG_RISK(), 3)([valuesDigest, rowsDigest, timestamp]);
    riskRoot === openedRisk;
    signal chosenRoot[4];
    var chosen = 0;
    var place = 0;
    var marginRoot = 0;
    for (var k = 0; k < 4; k++) {
        which[k] * (which[k] - 1) === 0;
        chosen += which[k];
        place += k * which[k];
        chosenRoot[k] <== which[k] * marginRoots[k];
        marginRoot += chosenRoot[k];
    }
    chosen === 1;

    // What the rule states, and what is asked: that times a multiple above zero, rounded up. A residue of up to 2^30 billionths leaves
    // a prover who wants it one unit more here and there, which asks for more.
    var ROUNDING_BITS = 30; // of billionths: 10^9 is below 2^30
    Range(FACTOR_BITS())(times - 1);
    Range(CONSTANT_BITS() + 1)(threshold + (1 << CONSTANT_BITS()));
    Range(CONSTANT_BITS() + 1)(askedThreshold + (1 << CONSTANT_BITS()));
    signal timesThreshold <== times * threshold;
    Range(ROUNDING_BITS)(ONE * askedThreshold - timesThreshold);
    Range(FACTOR_BITS())(worstFactor);
    Range(FACTOR_BITS())(askedWorstFactor);
    signal timesWorstFactor <== times * worstFactor;
    Range(ROUNDING_BITS)(ONE * askedWorstFactor - timesWorstFactor);
    signal timesFactors[SUMS];
    var worstBits = 0;
    for (var k = 0; k < SUMS; k++) {
        worstSums[k] * (worstSums[k] - 1) === 0;
        worstBits += worstSums[k] * (1 << k);
        Range(FACTOR_BITS())(factors[k]);
        Range(FACTOR_BITS())(askedFactors[k]);
        timesFactors[k] <== times * factors[k];
        Range(ROUNDING_BITS)(ONE * askedFactors[k] - timesFactors[k]);
    }
    var PER_ELEMENT = 252 \ FACTOR_BITS();
    var PACKED = (MARGIN_SCENARIOS() + PER_ELEMENT - 1) \ PER_ELEMENT;
    component parameters = Sponge(TAG_REQUIREMENT(), 5 + SUMS + 2 * PACKED);
    parameters.in[0] <== place;
    parameters.in[1] <== shape;
    parameters.in[2] <== threshold;
    parameters.in[3] <== worstFactor;
    parameters.in[4] <== worstBits;
    for (var k = 0; k < SUMS; k++) {
        parameters.in[5 + k] <== factors[k];
    }
    for (var s = 0; s < SCENARIOS; s++) {
        Range(FACTOR_BITS())(gains[s]);
        Range(FACTOR_BITS())(losses[s]);
    }
    for (var p = 0; p < PACKED; p++) {
        var packedGains = 0;
        var packedLosses = 0;
        for (var j = 0; j < PER_ELEMENT; j++) {
            var s = p * PER_ELEMENT + j;
            if (s < MARGIN_SCENARIOS()) {
                // Beyond the instance's, the last scenario is repeated, as in the rows.
                packedGains += gains[s < SCENARIOS ? s : SCENARIOS - 1] * (1 << (j * FACTOR_BITS()));
                packedLosses += losses[s < SCENARIOS ? s : SCENARIOS - 1] * (1 << (j * FACTOR_BITS()));
            }
        }
        parameters.in[5 + SUMS + p] <== packedGains;
        parameters.in[5 + SUMS + PACKED + p] <== packedLosses;
    }
    signal openedRequirement <== Poseidon(TAG_MULTIPLE(), 2)([parameters.out, times]);
    requirement === openedRequirement;

    component rows = MarginRowsRoot(SLOTS, LEVELS);
    signal row[SLOTS];
    signal magnitude[SLOTS];
    signal held[SLOTS];
    signal short[SLOTS];
    for (var i = 0; i < SLOTS; i++) {
        row[i] <== MarginRow(SCENARIOS, LINKS)(
            rowValue[i], rowGroup[i], rowFlatGroup[i], rowFlat[i], rowChanges[i], rowLines[i], rowLinks[i]
        );
        var sum = 0;
        for (var b = 0; b < MAGNITUDE_BITS(); b++) {
            sum += slots[i][b] * (1 << b);
        }
        magnitude[i] <== sum;
        held[i] <== Nonzero()(magnitude[i]);
        short[i] <== slots[i][MAGNITUDE_BITS()] * magnitude[i];
        rows.rows[i] <== row[i];
        rows.held[i] <== held[i];
        for (var b = 0; b < INSTRUMENT_BITS(); b++) {
            rows.instrument[i][b] <== slots[i][MAGNITUDE_BITS() + 1 + b];
        }
        for (var d = 0; d < LEVELS - 1; d++) {
            rows.children[i][d] <== rowChildren[i][d];
        }
    }
    rows.top <== rowTop;
    // With all that is asked of whoever is judged by the rows: no other threshold, factor or damping opens the same riskRoot. The shape
    // is among it, so that a requirement counts in the units of the rows and means the same sums and scenarios as they do.
    signal statedRoot <== Poseidon(TAG_MARGIN_ROOT(), 2)([rows.root, parameters.out]);
    marginRoot === statedRoot;

    // 3. Losses, charges and limits.
    component scan = MarginScan(SLOTS, SCENARIOS, GROUPS);
    for (var i = 0; i < SLOTS; i++) {
        scan.held[i] <== held[i];
        scan.quantity[i] <== magnitude[i] - 2 * short[i];
        scan.short[i] <== short[i];
    }
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
    for (var g = 0; g < GROUPS; g++) {
        var code = 0; // as in the group's key
        for (var k = 0; k < SUMS; k++) {
            code += (k + 1) * groupInto[g][k];
        }
        charges.groups[g] <== groupIds[g] + code * (1 << 16);
    }

    signal entryLong[SLOTS][ENTRIES];
    signal entryShort[SLOTS][ENTRIES];
    component transcript = Transcript(5 + 1 + SLOTS + 2 * LINES);
    transcript.in[0] <== SLOTS;
    transcript.in[1] <== SCENARIOS;
    transcript.in[2] <== GROUPS;
    transcript.in[3] <== LINES;
    transcript.in[4] <== LINKS;
    transcript.in[5] <== leaf;
    component byKey = LinesByKey(SLOTS * ENTRIES, LINES);
    for (var i = 0; i < SLOTS; i++) {
        transcript.in[6 + i] <== row[i];
        for (var j = 0; j < ENTRIES; j++) {
            entryLong[i][j] <== (magnitude[i] - short[i]) * rowLines[i][j][1];
            entryShort[i][j] <== short[i] * rowLines[i][j][2];
            byKey.entryKeys[i * ENTRIES + j] <== rowLines[i][j][0];
            byKey.values[i * ENTRIES + j] <== entryLong[i][j] + entryShort[i][j];
        }
    }
    for (var l = 0; l < LINES; l++) {
        transcript.in[6 + SLOTS + l] <== charges.keys[l];
        transcript.in[6 + SLOTS + LINES + l] <== lineTotal[l];
        byKey.keys[l] <== charges.keys[l];
        byKey.totals[l] <== lineTotal[l];
    }
    byKey.challenge <== Challenge(16)(transcript.out);

    // What raises or bounds a group is at most LINES values of 2^(127 + log2 SLOTS), so a group's charge needs one bit more.
    var CHARGE_BITS = MAGNITUDE_BITS() + COEFFICIENT_BITS() + LOG2(SLOTS) + LOG2(LINES) + 1;
    signal groupSum[GROUPS][SUMS];
    var sums[SUMS];
    for (var k = 0; k < SUMS; k++) {
        sums[k] = charges.sums[k];
    }
    for (var g = 0; g < GROUPS; g++) {
        Range(CHARGE_BITS)(groupCharge[g] - groupOwn[g] - charges.raises[g]);
        Range(CHARGE_BITS)(groupCharge[g] - charges.bounds[g]);
        var into = 0;
        for (var k = 0; k < SUMS; k++) {
            into += groupInto[g][k];
            groupSum[g][k] <== groupInto[g][k] * groupCharge[g];
            sums[k] += groupSum[g][k];
        }
        // A netted group has no charge that anything could raise.
        (1 - into) * (charges.raises[g] + charges.bounds[g]) === 0;
    }

    // 4. The worst loss, and what is left.
    // A charge is below 2^(CHARGE_BITS + 2) and all sums together below 2^(CHARGE_BITS + log2 GROUPS + 3); 10^18 is below 2^60. |x| comes
    // over all groups to at most 2^(128 + log2 SLOTS), as a slot is a member of one group and a flat member of one; so a net
    // loss is within ±2^(208 + log2 SLOTS), and within ±2^WORST_BITS under any rule that readers take (`checkRule`). So what is required
    // is below 2^252 from the worst loss, 2^251 from sums and 2^217 from the threshold, and cannot reach the field's order.
    assert(CHARGE_BITS + LOG2(GROUPS) + 3 + 60 <= WORST_BITS());
    assert(FACTOR_BITS() + WORST_BITS() <= 252);
    signal compared[SUMS];
    signal charged[SUMS];
    var required = askedThreshold * ONE ** 3;
    Range(WORST_BITS())(worst);
    for (var s = 0; s < SCENARIOS; s++) {
        Range(WORST_BITS() + 1)(worst - scan.netLosses[s]);
    }
    for (var k = 0; k < SUMS; k++) {
        compared[k] <== worstSums[k] * sums[k];
        Range(WORST_BITS())(worst - ONE ** 2 * compared[k]);
        charged[k] <== askedFactors[k] * sums[k];
        required += ONE ** 2 * charged[k];
    }
    signal worstCharge <== askedWorstFactor * worst;
    required += worstCharge;

    signal longValue[SLOTS];
    signal shortValue[SLOTS];
    var equity = 0;
    for (var i = 0; i < SLOTS; i++) {
        longValue[i] <== (magnitude[i] - short[i]) * rowValue[i][0];
        shortValue[i] <== short[i] * rowValue[i][1];
        equity += longValue[i] - shortValue[i];
    }
    // Below 2^(64 + 63 + 6) · 10^27 + 2^127 · 10^27.
    Range(224)(equity * ONE ** 3 - required);
}
