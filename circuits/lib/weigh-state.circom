pragma circom 2.2.2;

include "poseidon.circom";

// Its tag stands here, beside its only use: every circuit that is frozen includes tags.circom.
function TAG_WEIGHED() { return 38; }

// WeighState(): the commitment to a settlement of which some accounts and rows are weighed.
//
// Enforces:  out = P(TAG_WEIGHED; transcript, tree, next, blind, sum, flowSum).
// Assumes:   nothing.
// Does not:  range-check anything: both sums are field elements.
// Cost:      360 constraints: one hash of the six inputs.
//
// | signal     |         | what                                                                        |
// |------------|---------|-----------------------------------------------------------------------------|
// | transcript | PRIVATE | out of SettlementTranscript: the same in every state of a chain             |
// | tree       | PRIVATE | 0 to 8, the tree that is being weighed; 9 when all are                      |
// | next       | PRIVATE | index of its first leaf that is not weighed yet                             |
// | blind      | PRIVATE | what hides the state                                                        |
// | sum        | PRIVATE | by customer and instrument: after, less before, less activity, so far       |
// | flowSum    | PRIVATE | by group and instrument: what rows come to, so far                          |
// | out        | OUTPUT  |                                                                             |
template WeighState() {
    signal input transcript;
    signal input tree;
    signal input next;
    signal input blind;
    signal input sum;
    signal input flowSum;
    signal output out <== Poseidon(TAG_WEIGHED(), 6)([transcript, tree, next, blind, sum, flowSum]);
}
