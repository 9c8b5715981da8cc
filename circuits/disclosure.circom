pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "sponge.circom";
include "transcripts.circom";
include "fold-state.circom";

// Its tag stands here, beside its only use: every circuit that is frozen includes tags.circom.
function TAG_DISCLOSED() { return 31; }

// Disclosure(SPOTS, DERIVATIVES, TIERS): totals, reserves and ratios of chosen instruments, and the ratio of
// all at mark, while everything else that a solvency proof commits to stays hidden.
//
// Enforces:  1. firstState is the state of no batch under transcripts of the totals, as in Solvency of the
//               same sizes; reservesCommitment opens to reserves and insurance fund, both in
//               [0, 2^TOTAL_BITS), or is 0 where nothing of them is opened;
//            2. shown = Sponge(TAG_DISCLOSED)(valueRatio, then of every spot instrument: what is shown of its
//               totals, of its reserves, its ratio, loan factor and mark; then what is shown of every
//               derivative's totals). What is shown is 0 of an instrument that is not chosen; of a chosen one
//               2^196 + long + 2^98·short, where long has what is pledged, or 2^196 + reserves +
//               2^98·insurance; which is chosen is 0 or 1;
//            3. for every spot instrument: reserves + loanFactor · short ≥ ratio · long;
//            4. Σ (reserves + loanFactor · short) · mark ≥ valueRatio · Σ long · mark over all of them.
// Assumes:   that a Solvency proof of the same sizes has this firstState and reservesCommitment, so that
//            totals are the ledger's, integers below 2^TOTAL_BITS; and that readers computed shown
//            themselves, from numbers in their widths, marks of the table and loan factors of the policy.
//            Where reservesCommitment is 0, reserves are whatever the prover says: whoever relies on 3 or 4
//            then has every one of them shown as 0.
// Does not:  hide what several disclosures of one epoch come to together, say that a ratio is the highest
//            that holds, or say anything of an instrument that nothing is owed in: every ratio holds of it.
// Cost:      about 665 constraints a spot instrument, 82 a derivative, 41 a tier, and as many more of a spot
//            instrument where there are tiers; circuits/constraints.json.
//
// Ratios are in parts per million, as in Solvency, whose 3 and 5 are rules 3 and 4 with thresholds of a
// policy. The insurance fund counts for neither.
//
// | signal                        |         | what                                                      |
// |-------------------------------|---------|-----------------------------------------------------------|
// | firstState                    | PUBLIC  | that of the solvency proof                                |
// | reservesCommitment            | PUBLIC  | that of the solvency proof; 0 where reserves take no part |
// | shown                         | PUBLIC  | digest of what is shown, which readers compute            |
// | context                       | PUBLIC  | the epoch's manifest                                      |
// | accountsRoot … noShortfalls   | PRIVATE | the rest of firstState: see Transcripts and FoldState     |
// | spotTotals[SPOTS][2]          | PRIVATE | long, short; smallest units                               |
// | derivativeTotals[DERIVATIVES] | PRIVATE | long, and short                                           |
// | tierTotals[TIERS]             | PRIVATE | long                                                      |
// | pledged[SPOTS]                | PRIVATE | the sum of its tiers' totals (none without tiers)         |
// | totalsBlind                   | PRIVATE | what hides all of these                                   |
// | reserves, insurance[SPOTS]    | PRIVATE | smallest units; free where reservesCommitment is 0        |
// | reservesBlind                 | PRIVATE | what hides both                                           |
// | opensReserves                 | PRIVATE | 1 where reserves take part, else 0                        |
// | showsTotals[SPOTS+DERIVATIVES]| PRIVATE | 1 for an instrument whose totals are shown, else 0        |
// | showsReserves[SPOTS]          | PRIVATE | 1 for an instrument whose reserves are shown, else 0      |
// | ratios[SPOTS], valueRatio     | PRIVATE | 0 where none is shown                                     |
// | loanFactors, marks[SPOTS]     | PRIVATE | of the policy, of the table                               |
template Disclosure(SPOTS, DERIVATIVES, TIERS) {
    assert(SPOTS > 0);
    var TIERED = TIERS > 0 ? 1 : 0;
    signal input firstState;
    signal input reservesCommitment;
    signal input shown;
    signal input context;
    signal input accountsRoot;
    signal input riskRoot;
    signal input scenarios;
    signal input weightedTotalsDigest;
    signal input noShortfalls;
    signal input spotTotals[SPOTS][2];
    signal input derivativeTotals[DERIVATIVES];
    signal input tierTotals[TIERS];
    signal input pledged[TIERED * SPOTS];
    signal input totalsBlind;
    signal input reserves[SPOTS];
    signal input insurance[SPOTS];
    signal input reservesBlind;
    signal input opensReserves;
    signal input showsTotals[SPOTS + DERIVATIVES];
    signal input showsReserves[SPOTS];
    signal input ratios[SPOTS];
    signal input valueRatio;
    signal input loanFactors[SPOTS];
    signal input marks[SPOTS];

    // 1.1 Totals, in the order of Solvency, up to the first state.
    component totalsDigest = Sponge(TAG_TOTALS(), 1 + 2 * SPOTS + DERIVATIVES + TIERS + TIERED * SPOTS);
    totalsDigest.in[0] <== totalsBlind;
    for (var i = 0; i < SPOTS; i++) {
        totalsDigest.in[1 + 2 * i] <== spotTotals[i][0];
        totalsDigest.in[2 + 2 * i] <== spotTotals[i][1];
    }
    for (var i = 0; i < DERIVATIVES; i++) {
        totalsDigest.in[1 + 2 * SPOTS + i] <== derivativeTotals[i];
    }
    for (var t = 0; t < TIERS; t++) {
        totalsDigest.in[1 + 2 * SPOTS + DERIVATIVES + t] <== tierTotals[t];
    }
    for (var i = 0; i < TIERED * SPOTS; i++) {
        totalsDigest.in[1 + 2 * SPOTS + DERIVATIVES + TIERS + i] <== pledged[i];
    }
    component transcripts = Transcripts();
    transcripts.accountsRoot <== accountsRoot;
    transcripts.riskRoot <== riskRoot;
    transcripts.totalsDigest <== totalsDigest.out;
    transcripts.scenarios <== scenarios;
    transcripts.weightedTotalsDigest <== weightedTotalsDigest;
    component first = FoldState();
    first.transcript <== transcripts.second;
    first.count <== 0;
    first.blind <== 0;
    first.keySum <== 0;
    first.equitySum <== 0;
    first.shortfallsDigest <== noShortfalls;
    firstState === first.out;

    // 1.2 Reserves and fund, in one element an instrument: with both in range there is one way to split it.
    component held = Sponge(TAG_RESERVES(), 1 + SPOTS);
    held.in[0] <== reservesBlind;
    for (var i = 0; i < SPOTS; i++) {
        Range(TOTAL_BITS())(reserves[i]);
        Range(TOTAL_BITS())(insurance[i]);
        held.in[1 + i] <== reserves[i] + insurance[i] * (1 << TOTAL_BITS());
    }
    opensReserves * (opensReserves - 1) === 0;
    signal opened <== opensReserves * held.out;
    reservesCommitment === opened;

    // 2. Both amounts of an instrument in one element, above them whether it is shown: zero can be shown.
    var IS_SHOWN = 1 << (2 * TOTAL_BITS());
    component seen = Sponge(TAG_DISCLOSED(), 1 + 5 * SPOTS + DERIVATIVES);
    seen.in[0] <== valueRatio;
    signal counted[SPOTS]; // reserves and loans that count, times 10^6
    signal owed[SPOTS];
    signal owedValue[SPOTS];
    signal value[SPOTS];
    var sum = 0;
    for (var i = 0; i < SPOTS; i++) {
        var long = spotTotals[i][0];
        if (TIERED == 1) {
            long += pledged[i];
        }
        showsTotals[i] * (showsTotals[i] - 1) === 0;
        showsReserves[i] * (showsReserves[i] - 1) === 0;
        seen.in[5 * i + 1] <== showsTotals[i] * (IS_SHOWN + long + spotTotals[i][1] * (1 << TOTAL_BITS()));
        seen.in[5 * i + 2] <== showsReserves[i] * (IS_SHOWN + held.in[1 + i]);
        seen.in[5 * i + 3] <== ratios[i];
        seen.in[5 * i + 4] <== loanFactors[i];
        seen.in[5 * i + 5] <== marks[i];

        // 3. and 4. have the widths of Solvency.
        counted[i] <== loanFactors[i] * spotTotals[i][1] + reserves[i] * RATIO_ONE();
        owed[i] <== ratios[i] * long;
        Range(TOTAL_BITS() + RATIO_BITS() + 1)(counted[i] - owed[i]);
        owedValue[i] <== valueRatio * long;
        value[i] <== marks[i] * (counted[i] - owedValue[i]);
        sum += value[i];
    }
    Range(TOTAL_BITS() + RATIO_BITS() + 1 + VALUE_BITS() + 14)(sum);
    for (var i = 0; i < DERIVATIVES; i++) {
        showsTotals[SPOTS + i] * (showsTotals[SPOTS + i] - 1) === 0;
        seen.in[1 + 5 * SPOTS + i] <==
            showsTotals[SPOTS + i] * (IS_SHOWN + derivativeTotals[i] * (1 + (1 << TOTAL_BITS())));
    }
    shown === seen.out;
    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;
}
