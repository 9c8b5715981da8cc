pragma circom 2.2.2;

include "poseidon.circom";

// Their tags stand here, beside their only use: every circuit that is frozen includes tags.circom.
function TAG_ACTIVITY() { return 34; }
function TAG_SETTLED() { return 37; }

// SettlementTranscript(): what every challenge of a settlement is squeezed from, once for its nine trees.
//
// Enforces:  activity = P(TAG_ACTIVITY; roots); out = P(TAG_SETTLED; accountsBefore, accountsAfter, activity,
//            flowsDigest). It binds every account of both epochs, every row of activity, and the flows that
//            the rows are said to come to.
// Assumes:   nothing.
// Does not:  say that two proofs have the same transcript: the state does, which holds it.
// Cost:      about 700 constraints.
//
// | signal         |         | what                                                        |
// |----------------|---------|-------------------------------------------------------------|
// | accountsBefore | PRIVATE | root over all accounts of the earlier epoch                 |
// | accountsAfter  | PRIVATE | that of the later epoch                                     |
// | roots[7]       | PRIVATE | root over the rows of every reason; 0 where there are none  |
// | flowsDigest    | PRIVATE | what the rows come to: see Settlement                       |
// | activity, out  | OUTPUT  |                                                             |
template SettlementTranscript() {
    signal input accountsBefore;
    signal input accountsAfter;
    signal input roots[7];
    signal input flowsDigest;
    signal output activity <== Poseidon(TAG_ACTIVITY(), 7)(roots);
    signal output out <== Poseidon(TAG_SETTLED(), 4)([accountsBefore, accountsAfter, activity, flowsDigest]);
}
