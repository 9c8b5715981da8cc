pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "sponge.circom";

// PolicyDigest(SPOTS, SCENARIOS): every threshold of a solvency policy, ranged and hashed.
//
// Enforces:  every ratio is below 2^RATIO_BITS, every most shortfall below 2^SHORTFALL_BITS, every most
//            number of accounts below 2^ACCOUNT_COUNT_BITS; out = Sponge(TAG_POLICY)(valueRatio +
//            2^32·SPOTS + 2^48·SCENARIOS, the ratios of three instruments in each element, then for each
//            scenario its name, and both bounds with whether it is a requirement): injective, of one size.
// Assumes:   every requirement is 0 or 1 (see RiskRoot).
// Does not:  compare anything with a threshold (Solvency does), nor say whether one is strong enough.
// Cost:      78 constraints an instrument, 258 a scenario, and 600.
template PolicyDigest(SPOTS, SCENARIOS) {
    signal input valueRatio;
    signal input minimumRatios[SPOTS];
    signal input loanFactors[SPOTS];
    signal input names[SCENARIOS];
    signal input requirement[SCENARIOS];
    signal input mostShortfall[SCENARIOS];
    signal input mostAccounts[SCENARIOS];
    signal output out;

    var WORDS = (SPOTS + 2) \ 3;
    component digest = Sponge(TAG_POLICY(), 1 + WORDS + 2 * SCENARIOS);
    Range(RATIO_BITS())(valueRatio);
    digest.in[0] <== valueRatio + (SPOTS << RATIO_BITS()) + (SCENARIOS << (RATIO_BITS() + 16));
    for (var w = 0; w < WORDS; w++) {
        var word = 0;
        for (var j = 0; j < 3 && 3 * w + j < SPOTS; j++) {
            var i = 3 * w + j;
            Range(RATIO_BITS())(minimumRatios[i]);
            Range(RATIO_BITS())(loanFactors[i]);
            word += (minimumRatios[i] + loanFactors[i] * (1 << RATIO_BITS())) * (1 << (2 * RATIO_BITS() * j));
        }
        digest.in[1 + w] <== word;
    }
    for (var s = 0; s < SCENARIOS; s++) {
        Range(SHORTFALL_BITS())(mostShortfall[s]);
        Range(ACCOUNT_COUNT_BITS())(mostAccounts[s]);
        digest.in[1 + WORDS + 2 * s] <== names[s];
        digest.in[2 + WORDS + 2 * s] <== mostShortfall[s] + mostAccounts[s] * (1 << SHORTFALL_BITS())
            + requirement[s] * (1 << (SHORTFALL_BITS() + ACCOUNT_COUNT_BITS()));
    }
    out <== digest.out;
}
