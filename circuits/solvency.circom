pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "poseidon.circom";
include "sponge.circom";
include "state.circom";

// Solvency(INSTRUMENTS, SCENARIOS): what the venue holds covers what the ledger's last state says that it owes.
//
// Enforces:  1. state opens to accountsRoot and to the totals; reservesCommitment opens to the reserves; riskRoot opens to
//               the marks; policy opens to its thresholds;
//            2. for every spot instrument: reserves + loanFactor · short total ≥ minimumRatio · long total;
//            3. for every derivative: long total = short total, and no reserves;
//            4. at mark: Σ (reserves + loanFactor · short total) · mark ≥ valueRatio · Σ long total · mark, over spot instruments.
//            Every value is range-checked before it is multiplied or compared; no sum can wrap.
// Assumes:   state is the last of a chain of Ledger proofs over the same riskRoot, from the constant first state.
// Does not:  say that the venue controls the reserves, that a mark is a market price, or that nothing is owed off the ledger.
// Cost:      circuits/constraints.json; about 750 constraints an instrument.
//
// Ratios are in parts per million. Derivatives are left out of 4: their long and short totals are equal, by 3, and so are
// their values at one mark.
//
// | signal                      |         | what                                                            |
// |-----------------------------|---------|-----------------------------------------------------------------|
// | state                       | PUBLIC  | the last state of the ledger                                    |
// | accountsRoot                | PUBLIC  | root over all accounts, which customers and traders open        |
// | riskRoot                    | PUBLIC  | the risk table                                                  |
// | reservesCommitment          | PUBLIC  | what the venue says that it holds                               |
// | policy                      | PUBLIC  | digest of the thresholds below                                  |
// | context                     | PUBLIC  | the venue, the epoch and the place that the proof is made for   |
// | batchCount                  | PRIVATE | batches folded into the state                                   |
// | totals[2·INSTRUMENTS]       | PRIVATE | long, short of every instrument in turn                         |
// | blind                       | PRIVATE | what hides the state                                            |
// | reserves[INSTRUMENTS]       | PRIVATE | smallest units                                                  |
// | reservesBlind               | PRIVATE | what hides the reserves                                         |
// | marks[INSTRUMENTS]          | PRIVATE | unit value of each instrument                                   |
// | rowsRoot, timestamp         | PRIVATE | the rest of the risk table's root                               |
// | derivative[INSTRUMENTS]     | PRIVATE | 1 for perp, future, option                                      |
// | minimumRatios[INSTRUMENTS]  | PRIVATE |                                                                 |
// | loanFactors[INSTRUMENTS]    | PRIVATE | how much of a loan to customers counts as held                  |
// | valueRatio                  | PRIVATE |                                                                 |
template Solvency(INSTRUMENTS, SCENARIOS) {
    assert(SCENARIOS == 0);
    assert(INSTRUMENTS <= 4096);
    signal input state;
    signal input accountsRoot;
    signal input riskRoot;
    signal input reservesCommitment;
    signal input policy;
    signal input context;
    signal input batchCount;
    signal input totals[2 * INSTRUMENTS];
    signal input blind;
    signal input reserves[INSTRUMENTS];
    signal input reservesBlind;
    signal input marks[INSTRUMENTS];
    signal input rowsRoot;
    signal input timestamp;
    signal input derivative[INSTRUMENTS];
    signal input minimumRatios[INSTRUMENTS];
    signal input loanFactors[INSTRUMENTS];
    signal input valueRatio;

    // 1. What is committed.
    signal noShortfalls[SCENARIOS];
    signal opened <== State(INSTRUMENTS, SCENARIOS)(batchCount, accountsRoot, totals, noShortfalls, blind);
    state === opened;

    component held = Sponge(TAG_RESERVES(), 1 + INSTRUMENTS);
    held.in[0] <== reservesBlind;
    for (var i = 0; i < INSTRUMENTS; i++) {
        held.in[1 + i] <== reserves[i];
    }
    reservesCommitment === held.out;

    signal valuesDigest <== Sponge(TAG_VALUES(), INSTRUMENTS)(marks);
    signal risk <== Poseidon(TAG_RISK(), 3)([valuesDigest, rowsRoot, timestamp]);
    riskRoot === risk;

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
        Range(VALUE_BITS())(marks[i]);
        Range(RATIO_BITS())(minimumRatios[i]);
        Range(RATIO_BITS())(loanFactors[i]);
        derivative[i] * (derivative[i] - 1) === 0;
    }

    // 3. Each instrument, and 4. all of them at mark. Widths: a total times a ratio stays below 2^128, the surplus of one
    // instrument within ±2^129; times a mark, below 2^193; summed over at most 2^12 instruments, below 2^205.
    signal counted[INSTRUMENTS]; // reserves and loans that count, times 10^6
    signal owed[INSTRUMENTS];
    signal surplus[INSTRUMENTS];
    signal owedValue[INSTRUMENTS];
    signal spotMark[INSTRUMENTS];
    signal value[INSTRUMENTS];
    var sum = 0;
    for (var i = 0; i < INSTRUMENTS; i++) {
        var long = totals[2 * i];
        var short = totals[2 * i + 1];
        derivative[i] * (long - short) === 0;
        derivative[i] * reserves[i] === 0;

        counted[i] <== loanFactors[i] * short + reserves[i] * RATIO_ONE();
        owed[i] <== minimumRatios[i] * long;
        surplus[i] <== (1 - derivative[i]) * (counted[i] - owed[i]);
        Range(TOTAL_BITS() + RATIO_BITS() + 1)(surplus[i]);

        owedValue[i] <== valueRatio * long;
        spotMark[i] <== (1 - derivative[i]) * marks[i];
        value[i] <== spotMark[i] * (counted[i] - owedValue[i]);
        sum += value[i];
    }
    Range(TOTAL_BITS() + RATIO_BITS() + 1 + VALUE_BITS() + 12)(sum);
}
