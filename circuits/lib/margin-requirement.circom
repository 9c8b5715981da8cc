pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "poseidon.circom";
include "sponge.circom";

// MarginRequirement(SCENARIOS): what a requirement of the rule asks beside its rows, and the multiple of it
// that is asked.
//
// Enforces:  1. every number of the requirement keeps to its width, and it has one place among the rule's;
//            2. stated = Sponge(TAG_REQUIREMENT)(place, shape, threshold, factors and dampings): no two
//               requirements have one digest;
//            3. each asked number is the stated one times the multiple, rounded up, or more; the multiple is
//               above zero;
//            4. requirement = P(TAG_MULTIPLE; stated, times).
// Assumes:   nothing.
// Does not:  say that the requirement is one of a rule: MarginTable does.
// Cost:      about 2,430 constraints, and 82 a scenario.
//
// | signal                           |         | what                                                   |
// |----------------------------------|---------|--------------------------------------------------------|
// | which[4]                         | PRIVATE | 1 for the requirement's place among the rule's, else 0 |
// | shape                            | PRIVATE | digest of the rule's names and units                   |
// | threshold, worstFactor           | PRIVATE | as stated: units of value; billionths                  |
// | worstSums[SUMS]                  | PRIVATE | 1 for a sum that the worst loss ranges over            |
// | factors[SUMS]                    | PRIVATE | of sums, as stated; billionths                         |
// | gains, losses[SCENARIOS]         | PRIVATE | dampings of scenarios; billionths                      |
// | times                            | PRIVATE | the multiple; billionths                               |
// | askedThreshold, askedWorstFactor | PRIVATE | the stated ones times that                             |
// | askedFactors[SUMS]               | PRIVATE | the stated ones times that                             |
// | stated                           | OUTPUT  | digest of what the rule states                         |
// | requirement                      | OUTPUT  | digest of what is asked                                |
template MarginRequirement(SCENARIOS) {
    var SUMS = MARGIN_SUMS();
    var ONE = 10 ** FACTOR_DECIMALS();
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
    signal output stated;
    signal output requirement;

    // 1. What the rule states. Numbers that kept to no width would share a digest's element with others, or
    // go around the field.
    var chosen = 0;
    var place = 0;
    for (var k = 0; k < 4; k++) {
        which[k] * (which[k] - 1) === 0;
        chosen += which[k];
        place += k * which[k];
    }
    chosen === 1;
    Range(CONSTANT_BITS() + 1)(threshold + (1 << CONSTANT_BITS()));
    Range(FACTOR_BITS())(worstFactor);
    var worstBits = 0;
    for (var k = 0; k < SUMS; k++) {
        worstSums[k] * (worstSums[k] - 1) === 0;
        worstBits += worstSums[k] * (1 << k);
        Range(FACTOR_BITS())(factors[k]);
    }
    for (var s = 0; s < SCENARIOS; s++) {
        Range(FACTOR_BITS())(gains[s]);
        Range(FACTOR_BITS())(losses[s]);
    }

    // 2. Its digest, dampings packed as many to an element as it holds.
    var PER_ELEMENT = 252 \ FACTOR_BITS();
    var PACKED = (MARGIN_SCENARIOS() + PER_ELEMENT - 1) \ PER_ELEMENT;
    component digest = Sponge(TAG_REQUIREMENT(), 5 + SUMS + 2 * PACKED);
    digest.in[0] <== place;
    digest.in[1] <== shape;
    digest.in[2] <== threshold;
    digest.in[3] <== worstFactor;
    digest.in[4] <== worstBits;
    for (var k = 0; k < SUMS; k++) {
        digest.in[5 + k] <== factors[k];
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
        digest.in[5 + SUMS + p] <== packedGains;
        digest.in[5 + SUMS + PACKED + p] <== packedLosses;
    }
    stated <== digest.out;

    // 3. What is asked. A product is never rounded down; a residue of up to 2^30 billionths leaves a prover
    // who wants it one unit more here and there, which asks for more.
    var ROUNDING_BITS = 30; // of billionths: 10^9 is below 2^30
    Range(FACTOR_BITS())(times - 1);
    Range(CONSTANT_BITS() + 1)(askedThreshold + (1 << CONSTANT_BITS()));
    signal timesThreshold <== times * threshold;
    Range(ROUNDING_BITS)(ONE * askedThreshold - timesThreshold);
    Range(FACTOR_BITS())(askedWorstFactor);
    signal timesWorstFactor <== times * worstFactor;
    Range(ROUNDING_BITS)(ONE * askedWorstFactor - timesWorstFactor);
    signal timesFactors[SUMS];
    for (var k = 0; k < SUMS; k++) {
        Range(FACTOR_BITS())(askedFactors[k]);
        timesFactors[k] <== times * factors[k];
        Range(ROUNDING_BITS)(ONE * askedFactors[k] - timesFactors[k]);
    }

    // 4. Whoever takes a proof reads both from one element: which requirement, and how many times over.
    requirement <== Poseidon(TAG_MULTIPLE(), 2)([stated, times]);
}
