pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "sponge.circom";
include "state.circom";
include "risk-root.circom";
include "nonzero.circom";
include "negative.circom";

// Solvency(INSTRUMENTS, SCENARIOS, TIERED): what the venue holds covers what the ledger's last state says
// that it owes.
//
// Enforces:  1. state opens to accountsRoot, totals and shortfall sums; reservesCommitment opens to reserves
//               and insurance fund; riskRoot opens to all unit values; policy opens to its thresholds;
//            2. for every spot instrument: reserves + loanFactor · short total ≥ minimumRatio · long total;
//            3. for every derivative: long total = short total, no reserves, no insurance;
//            4. at mark: Σ (reserves + loanFactor · short total) · mark ≥ valueRatio · Σ long total · mark,
//               over spot instruments;
//            5. for every scenario: Σ worth of net ≥ shortfall sum, where net = reserves + insurance + short
//               total − long total of each instrument, worth its long value per unit where it is positive,
//               its short value where it is negative.
//            Where TIERED is 1, an instrument with tiers (its row and the rows after it with a width) is one
//            in 2 to 5: it has the totals of all its rows together, everything else from its own row alone;
//            no reserves and no insurance in a tier, no tier of a derivative. And the first scenario, in
//            place of 5, has no shortfall: nobody owes more than their collateral. Every number is
//            range-checked before it is multiplied or compared; no sum can wrap.
// Assumes:   state is the last of a chain of Ledger proofs over the same riskRoot, from the constant first
//            state; in the table, no long value is above the short value of the same instrument, and a tier's
//            short value is that of its instrument, its long value, but in the first scenario, not above
//            (readers of a table check it).
// Does not:  say that the venue controls the reserves, that a mark is a market price, that a scenario is a
//            severe one, or that nothing is owed off the ledger.
// Cost:      circuits/constraints.json; about 870 constraints an instrument; with scenarios 300 more, and 222
//            for each of them.
//
// Ratios are in parts per million. Derivatives are left out of 4: their long and short totals are equal, by
// 3, and so are their values at one mark. That is why the mark of a perp or a future may be negative, as a
// price of it can be: what is multiplied is zero in place of it, and the mark of what does count is at least
// zero. No mark makes what is owed smaller. The insurance fund is left out of 2 and 4: it is set aside for
// shortfalls.
//
// | signal                     |         | what                                                            |
// |----------------------------|---------|-----------------------------------------------------------------|
// | state                      | PUBLIC  | the last state of the ledger                                    |
// | accountsRoot               | PUBLIC  | root over all accounts, which customers and traders open        |
// | riskRoot                   | PUBLIC  | the risk table                                                  |
// | reservesCommitment         | PUBLIC  | what the venue says that it holds                               |
// | policy                     | PUBLIC  | digest of the thresholds below                                  |
// | context                    | PUBLIC  | the venue, the epoch and the place that the proof is made for   |
// | batchCount                 | PRIVATE | batches folded into the state                                   |
// | totals[2·INSTRUMENTS]      | PRIVATE | long, short of every instrument in turn                         |
// | shortfalls[SCENARIOS]      | PRIVATE | sums over all accounts                                          |
// | blind                      | PRIVATE | what hides the state                                            |
// | reserves[INSTRUMENTS]      | PRIVATE | smallest units                                                  |
// | insurance[INSTRUMENTS]     | PRIVATE | smallest units, beside the reserves (none without scenarios)    |
// | reservesBlind              | PRIVATE | what hides both                                                 |
// | marks[INSTRUMENTS]         | PRIVATE | unit value of each instrument                                   |
// | names, values[SCENARIOS]   | PRIVATE | of each scenario, its name and the value of every key           |
// | widths[INSTRUMENTS]        | PRIVATE | most of a tier that an account holds, or 0 (none without tiers) |
// | rowsDigest, timestamp      | PRIVATE | the rest of the risk table's root                               |
// | derivative[INSTRUMENTS]    | PRIVATE | 1 for perp, future, option                                      |
// | minimumRatios[INSTRUMENTS] | PRIVATE | reserves to what is owed, by instrument                         |
// | loanFactors[INSTRUMENTS]   | PRIVATE | how much of a loan to customers counts as held                  |
// | valueRatio                 | PRIVATE | reserves and loans to what is owed, in value at mark            |
template Solvency(INSTRUMENTS, SCENARIOS, TIERED) {
    assert(INSTRUMENTS <= 4096);
    assert(TIERED == 0 || SCENARIOS > 0);
    // What a sum over the rows of one instrument adds to the width of a total.
    var ROWS_BITS = TIERED * 12;
    // Instruments with an insurance fund: it stands behind nothing where there is no scenario.
    var INSURED = SCENARIOS > 0 ? INSTRUMENTS : 0;
    signal input state;
    signal input accountsRoot;
    signal input riskRoot;
    signal input reservesCommitment;
    signal input policy;
    signal input context;
    signal input batchCount;
    signal input totals[2 * INSTRUMENTS];
    signal input shortfalls[SCENARIOS];
    signal input blind;
    signal input reserves[INSTRUMENTS];
    signal input insurance[INSURED];
    signal input reservesBlind;
    signal input marks[INSTRUMENTS];
    signal input names[SCENARIOS];
    signal input values[SCENARIOS][2 * INSTRUMENTS];
    signal input widths[TIERED * INSTRUMENTS];
    signal input rowsDigest;
    signal input timestamp;
    signal input derivative[INSTRUMENTS];
    signal input minimumRatios[INSTRUMENTS];
    signal input loanFactors[INSTRUMENTS];
    signal input valueRatio;

    // 1. What is committed.
    signal opened <== State(INSTRUMENTS, SCENARIOS)(batchCount, accountsRoot, totals, shortfalls, blind);
    state === opened;

    component held = Sponge(TAG_RESERVES(), 1 + INSTRUMENTS + INSURED);
    held.in[0] <== reservesBlind;
    for (var i = 0; i < INSTRUMENTS; i++) {
        held.in[1 + i] <== reserves[i];
    }
    for (var i = 0; i < INSURED; i++) {
        held.in[1 + INSTRUMENTS + i] <== insurance[i];
    }
    reservesCommitment === held.out;

    component table = RiskRoot(INSTRUMENTS, SCENARIOS, TIERED);
    table.marks <== marks;
    if (SCENARIOS > 0) {
        table.names <== names;
        table.values <== values;
    }
    if (TIERED == 1) {
        table.widths <== widths;
    }
    table.rowsDigest <== rowsDigest;
    table.timestamp <== timestamp;
    riskRoot === table.out;

    component rules = Sponge(TAG_POLICY(), 1 + 3 * INSTRUMENTS);
    rules.in[0] <== valueRatio;
    for (var i = 0; i < INSTRUMENTS; i++) {
        rules.in[1 + 3 * i] <== derivative[i];
        rules.in[2 + 3 * i] <== minimumRatios[i];
        rules.in[3 + 3 * i] <== loanFactors[i];
    }
    policy === rules.out;

    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;

    // 2. Ranges.
    Range(RATIO_BITS())(valueRatio);
    for (var k = 0; k < 2 * INSTRUMENTS; k++) {
        Range(TOTAL_BITS())(totals[k]);
    }
    for (var i = 0; i < INSTRUMENTS; i++) {
        Range(TOTAL_BITS())(reserves[i]);
        Range(RATIO_BITS())(minimumRatios[i]);
        Range(RATIO_BITS())(loanFactors[i]);
        derivative[i] * (derivative[i] - 1) === 0;
    }
    for (var i = 0; i < INSURED; i++) {
        Range(TOTAL_BITS())(insurance[i]);
    }
    for (var s = 0; s < SCENARIOS; s++) {
        Range(SHORTFALL_BITS())(shortfalls[s]);
        for (var k = 0; k < 2 * INSTRUMENTS; k++) {
            Range(VALUE_BITS() + 1)(values[s][k] + (1 << VALUE_BITS()));
        }
    }

    // The totals of an instrument with its tiers: from the last row on, a tier's are carried to the row
    // before it.
    signal tier[TIERED * INSTRUMENTS];
    signal carried[TIERED * (INSTRUMENTS - 1)][2];
    var isTier[INSTRUMENTS];
    var total[INSTRUMENTS][2]; // long, short
    for (var i = INSTRUMENTS - 1; i >= 0; i--) {
        for (var side = 0; side < 2; side++) {
            total[i][side] = totals[2 * i + side];
            if (TIERED == 1 && i + 1 < INSTRUMENTS) {
                carried[i][side] <== isTier[i + 1] * total[i + 1][side];
                total[i][side] += carried[i][side];
            }
        }
        if (TIERED == 1) {
            tier[i] <== Nonzero()(widths[i]);
            isTier[i] = tier[i];
            derivative[i] * tier[i] === 0;
            if (i + 1 < INSTRUMENTS) {
                derivative[i] * tier[i + 1] === 0;
            }
            reserves[i] * tier[i] === 0;
            insurance[i] * tier[i] === 0;
        }
    }

    // 3. Each instrument, and 4. all of them at mark. Widths: a total times a ratio stays below 2^128, the
    // surplus of one instrument within ±2^129; times a mark, below 2^193; summed over at most 2^12
    // instruments, below 2^205. With tiers a total is below 2^108, and everything after it 2^12 wider.
    signal counted[INSTRUMENTS]; // reserves and loans that count, times 10^6
    signal owed[INSTRUMENTS];
    signal surplus[INSTRUMENTS];
    signal owedValue[INSTRUMENTS];
    signal spotMark[INSTRUMENTS];
    signal value[INSTRUMENTS];
    var sum = 0;
    for (var i = 0; i < INSTRUMENTS; i++) {
        var long = total[i][0];
        var short = total[i][1];
        var spot = 1 - derivative[i] - isTier[i];
        derivative[i] * (long - short) === 0;
        derivative[i] * reserves[i] === 0;

        counted[i] <== loanFactors[i] * short + reserves[i] * RATIO_ONE();
        owed[i] <== minimumRatios[i] * long;
        surplus[i] <== spot * (counted[i] - owed[i]);
        Range(TOTAL_BITS() + ROWS_BITS + RATIO_BITS() + 1)(surplus[i]);

        owedValue[i] <== valueRatio * long;
        spotMark[i] <== spot * marks[i];
        Range(VALUE_BITS())(spotMark[i]);
        value[i] <== spotMark[i] * (counted[i] - owedValue[i]);
        sum += value[i];
    }
    Range(TOTAL_BITS() + ROWS_BITS + RATIO_BITS() + 1 + VALUE_BITS() + 12)(sum);

    // 5. Scenarios. Widths: a net is within ±2^98; times a value, within ±2^162; summed over at most 2^12
    // instruments, within ±2^174, and so with a shortfall sum taken off. With tiers, 2^12 wider.
    signal net[INSURED];
    signal owes[INSURED];
    signal side[SCENARIOS][INSTRUMENTS];
    signal worth[SCENARIOS][INSTRUMENTS];
    for (var i = 0; i < INSURED; i++) {
        derivative[i] * insurance[i] === 0;
        net[i] <== (1 - isTier[i]) * (reserves[i] + insurance[i] + total[i][1] - total[i][0]);
        owes[i] <== Negative(TOTAL_BITS() + ROWS_BITS + 2)(net[i]);
    }
    if (TIERED == 1) {
        widths[0] === 0;
        shortfalls[0] === 0;
    }
    for (var s = TIERED; s < SCENARIOS; s++) {
        var covered = -shortfalls[s];
        for (var i = 0; i < INSTRUMENTS; i++) {
            side[s][i] <== values[s][2 * i] + owes[i] * (values[s][2 * i + 1] - values[s][2 * i]);
            worth[s][i] <== net[i] * side[s][i];
            covered += worth[s][i];
        }
        Range(TOTAL_BITS() + ROWS_BITS + 2 + VALUE_BITS() + 12)(covered);
    }
}
