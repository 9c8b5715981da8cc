pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "sponge.circom";

// Its tag stands here, beside its only use: every circuit that is frozen includes tags.circom.
function TAG_EVIDENCE() { return 30; }

// Backing(SPOTS): of every instrument, addresses show at least what a solvency proof counts as held.
//
// Enforces:  1. reservesCommitment opens to reserves and insurance fund, as it does in Solvency of as many
//               spot instruments; both are integers in [0, 2^TOTAL_BITS);
//            2. evidence = Sponge(TAG_EVIDENCE)(shown);
//            3. for every instrument: shown − reserves − insurance is an integer in [0, 2^TOTAL_BITS).
//               So shown is an integer, below 3·2^TOTAL_BITS, and nothing wraps around the field's order.
// Assumes:   that a Solvency proof has the same reservesCommitment, and that its readers computed evidence
//            from what they checked: the amounts by instrument, in smallest units and the table's order, of
//            addresses whose control and balances they verified, or have the word of somebody they trust for.
//            In Solvency, insurance is the sum of all layers that the policy's waterfall names.
// Does not:  check a signature or a balance, say how much more is shown than is held, say anything of a
//            layer that no policy names, or exclude that what is shown was borrowed, or is shown elsewhere.
// Cost:      about 380 constraints an instrument; circuits/constraints.json.
//
// | signal             |         | what                                                              |
// |--------------------|---------|-------------------------------------------------------------------|
// | reservesCommitment | PUBLIC  | that of the solvency proof                                        |
// | evidence           | PUBLIC  | digest of what is shown, which readers compute from the evidence  |
// | context            | PUBLIC  | the solvency proof's own context, its accounts and the evidence   |
// | reserves[SPOTS]    | PRIVATE | smallest units                                                    |
// | insurance[SPOTS]   | PRIVATE | all layers that count, together; zero where there is no scenario  |
// | reservesBlind      | PRIVATE | what hides both                                                   |
// | shown[SPOTS]       | PRIVATE | smallest units                                                    |
template Backing(SPOTS) {
    assert(SPOTS > 0);
    signal input reservesCommitment;
    signal input evidence;
    signal input context;
    signal input reserves[SPOTS];
    signal input insurance[SPOTS];
    signal input reservesBlind;
    signal input shown[SPOTS];

    component held = Sponge(TAG_RESERVES(), 1 + SPOTS);
    component seen = Sponge(TAG_EVIDENCE(), SPOTS);
    held.in[0] <== reservesBlind;
    for (var i = 0; i < SPOTS; i++) {
        // 1. Both in one element, as Solvency has them: with both in range there is one way to split it.
        Range(TOTAL_BITS())(reserves[i]);
        Range(TOTAL_BITS())(insurance[i]);
        held.in[1 + i] <== reserves[i] + insurance[i] * (1 << TOTAL_BITS());
        // 2. and 3.
        seen.in[i] <== shown[i];
        Range(TOTAL_BITS())(shown[i] - reserves[i] - insurance[i]);
    }
    reservesCommitment === held.out;
    evidence === seen.out;
    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;
}
