pragma circom 2.2.2;

include "widths.circom";
include "tags.circom";
include "range.circom";
include "sponge.circom";
include "challenge.circom";
include "flow-sum.circom";
include "settlement-transcript.circom";
include "weigh-state.circom";

// Their tags stand here, beside their only use: every circuit that is frozen includes tags.circom.
function TAG_EXTERNAL() { return 35; }
function TAG_FLOWS() { return 36; }
function TAG_TERMS() { return 39; }

// Settlement(SPOTS): one epoch follows from the last. Everything is weighed, and it comes to what it may.
//
// Enforces:  1. activity is the digest of the roots over the rows of each reason, external commits to what
//               came in, what went out and fees, and both are under one transcript with accountsBefore,
//               accountsAfter and flowsDigest = Sponge(TAG_FLOWS)(flowsBlind, external, accruals and closing
//               of every instrument). Under it, firstState is the state in which nothing is weighed, and
//               state the one in which all nine trees are, with a sum of zero: of every customer and
//               instrument, after is before and their rows;
//            2. the sum of flows in state is that of in, out, fees, accruals and closing of every spot
//               instrument, and of nothing else. So trades come to nothing, instrument by instrument; of
//               whatever is no spot instrument nothing is transferred, and fees, accruals, and liquidations
//               with takers each come to nothing;
//            3. for every instrument: −accruals is an integer in [0, 2^TOTAL_BITS);
//            4. for every instrument: closing ≤ 0, or closing ≤ insuranceBefore − insuranceAfter;
//            5. loss is 0 or 1, and 1 where a row of allocations is; where it is 1, Σ insuranceAfter · mark ≤
//               dust. terms = Sponge(TAG_TERMS)(dust, marks);
//            6. reservesBefore and reservesAfter open to reserves and insurance funds, as in Solvency of as
//               many spot instruments; all are integers in [0, 2^TOTAL_BITS).
// Assumes:   that Weigh proofs link firstState to state; that Solvency proofs of two epochs, both of as many
//            spot instruments and numbering them alike, have these roots and commitments; and that readers
//            computed activity, terms and context themselves: terms from a dust below
//            2^(TOTAL_BITS + VALUE_BITS + 14) and marks of the later epoch in [0, 2^VALUE_BITS). They also
//            set loss, which may have another reason than 5.
// Does not:  say that deposits reached the venue or that a customer ordered a trade, when a row was made, or
//            what the fund was spent on. It bounds no row of trades or allocations by itself, and of fees
//            says the net alone. How far rows agree with proofs of liquidations is their readers' to check.
// Cost:      about 930 constraints a spot instrument; circuits/constraints.json.
//
// In, out, fees and closing need no range: by 2 they are sums of rows' magnitudes, far below the field's
// order. See "Soundness of a settlement" in circuits/README.md. The amounts of the fund are not absorbed
// before the challenges: so closing is an element of its own, and 4 compares it.
//
// | signal                       |         | what                                                          |
// |------------------------------|---------|---------------------------------------------------------------|
// | firstState                   | PUBLIC  | the state in which nothing is weighed                         |
// | state                        | PUBLIC  | the state in which everything is                              |
// | accountsBefore, …After       | PUBLIC  | accountsRoot of the solvency proofs of both epochs            |
// | activity                     | PUBLIC  | digest of roots, which readers compute from them              |
// | external                     | PUBLIC  | what came in and went out, and fees; a venue may open it      |
// | reservesBefore, …After       | PUBLIC  | reservesCommitment of the solvency proofs of both epochs      |
// | terms                        | PUBLIC  | digest of dust and marks, which readers compute               |
// | loss                         | PUBLIC  | 1 where a loss is shared, else 0                              |
// | context                      | PUBLIC  | the manifests of both epochs                                  |
// | roots[7]                     | PRIVATE | by reason: transfers, fees, trades, accruals, liquidations,   |
// |                              |         | takers, allocations; 0 where there are no rows                |
// | transfersIn, …Out[SPOTS]     | PRIVATE | smallest units, as all amounts                                |
// | fees[SPOTS]                  | PRIVATE | given to accounts less taken from them, as the next two       |
// | accruals[SPOTS]              | PRIVATE | interest and funding                                          |
// | closing[SPOTS]               | PRIVATE | liquidations and takers                                       |
// | externalBlind, flowsBlind    | PRIVATE | what hides these flows                                        |
// | blind                        | PRIVATE | what hides the last state                                     |
// | heldBefore, …After[SPOTS]    | PRIVATE | reserves of both epochs                                       |
// | insuranceBefore, …After      | PRIVATE | insurance fund of both epochs, by instrument                  |
// | blindBefore, blindAfter      | PRIVATE | what hides both                                               |
// | fundPays[SPOTS]              | PRIVATE | 1 where closing may be what the fund lost, else 0             |
// | dust                         | PRIVATE | units of value, as marks are                                  |
// | marks[SPOTS]                 | PRIVATE | of the later epoch                                            |
template Settlement(SPOTS) {
    assert(SPOTS > 0 && SPOTS <= 1 << (TABLE_KEYS_BITS() - 1));
    signal input firstState;
    signal input state;
    signal input accountsBefore;
    signal input accountsAfter;
    signal input activity;
    signal input external;
    signal input reservesBefore;
    signal input reservesAfter;
    signal input terms;
    signal input loss;
    signal input context;
    signal input roots[7];
    signal input transfersIn[SPOTS];
    signal input transfersOut[SPOTS];
    signal input fees[SPOTS];
    signal input externalBlind;
    signal input accruals[SPOTS];
    signal input closing[SPOTS];
    signal input flowsBlind;
    signal input blind;
    signal input heldBefore[SPOTS];
    signal input insuranceBefore[SPOTS];
    signal input blindBefore;
    signal input heldAfter[SPOTS];
    signal input insuranceAfter[SPOTS];
    signal input blindAfter;
    signal input fundPays[SPOTS];
    signal input dust;
    signal input marks[SPOTS];

    // 1. Everything that the identities range over is absorbed before their challenges.
    component flowed = Sponge(TAG_EXTERNAL(), 1 + 3 * SPOTS);
    component flows = Sponge(TAG_FLOWS(), 2 + 2 * SPOTS);
    flowed.in[0] <== externalBlind;
    flows.in[0] <== flowsBlind;
    flows.in[1] <== external;
    for (var i = 0; i < SPOTS; i++) {
        flowed.in[1 + 3 * i] <== transfersIn[i];
        flowed.in[2 + 3 * i] <== transfersOut[i];
        flowed.in[3 + 3 * i] <== fees[i];
        flows.in[2 + 2 * i] <== accruals[i];
        flows.in[3 + 2 * i] <== closing[i];
    }
    external === flowed.out;
    component transcript = SettlementTranscript();
    transcript.accountsBefore <== accountsBefore;
    transcript.accountsAfter <== accountsAfter;
    transcript.roots <== roots;
    transcript.flowsDigest <== flows.out;
    activity === transcript.activity;

    // 2. What the rows come to, and the states on both sides of the chain.
    component sum = FlowSum(SPOTS);
    sum.transfersIn <== transfersIn;
    sum.transfersOut <== transfersOut;
    sum.fees <== fees;
    sum.accruals <== accruals;
    sum.closing <== closing;
    sum.challenge <== Challenge(20)(transcript.out);
    component first = WeighState();
    first.transcript <== transcript.out;
    first.tree <== 0;
    first.next <== 0;
    first.blind <== 0;
    first.sum <== 0;
    first.flowSum <== 0;
    firstState === first.out;
    component last = WeighState();
    last.transcript <== transcript.out;
    last.tree <== 9;
    last.next <== 0;
    last.blind <== blind;
    last.sum <== 0;
    last.flowSum <== sum.out;
    state === last.out;

    // 3. to 6. Widths: what the fund lost is within ±2^98 and closing, of two trees, within ±2^99.
    component before = Sponge(TAG_RESERVES(), 1 + SPOTS);
    component after = Sponge(TAG_RESERVES(), 1 + SPOTS);
    component stated = Sponge(TAG_TERMS(), 1 + SPOTS);
    before.in[0] <== blindBefore;
    after.in[0] <== blindAfter;
    stated.in[0] <== dust;
    signal spent[SPOTS];
    signal worth[SPOTS];
    var left = 0;
    for (var i = 0; i < SPOTS; i++) {
        Range(TOTAL_BITS())(heldBefore[i]);
        Range(TOTAL_BITS())(insuranceBefore[i]);
        Range(TOTAL_BITS())(heldAfter[i]);
        Range(TOTAL_BITS())(insuranceAfter[i]);
        before.in[1 + i] <== heldBefore[i] + insuranceBefore[i] * (1 << TOTAL_BITS());
        after.in[1 + i] <== heldAfter[i] + insuranceAfter[i] * (1 << TOTAL_BITS());
        stated.in[1 + i] <== marks[i];

        Range(TOTAL_BITS())(-accruals[i]);
        fundPays[i] * (fundPays[i] - 1) === 0;
        spent[i] <== fundPays[i] * (insuranceBefore[i] - insuranceAfter[i]);
        Range(TOTAL_BITS() + 2)(spent[i] - closing[i]);
        worth[i] <== insuranceAfter[i] * marks[i];
        left += worth[i];
    }
    reservesBefore === before.out;
    reservesAfter === after.out;
    terms === stated.out;
    loss * (loss - 1) === 0;
    roots[6] * (1 - loss) === 0;
    signal counted <== loss * left;
    Range(TOTAL_BITS() + VALUE_BITS() + 14)(dust - counted);
    // The context takes part in no rule; squaring it keeps it in the constraint system of every prover.
    signal contextSquared <== context * context;
}
