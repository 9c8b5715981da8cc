pragma circom 2.2.2;

include "tags.circom";
include "poseidon.circom";

// FoldState(): the commitment to a ledger of which some batches are proven.
//
// Enforces:  out = P(TAG_STATE; transcript, count, blind, keySum, equitySum, shortfallsDigest).
// Assumes:   nothing.
// Does not:  range-check anything: both sums are field elements, and the shortfalls grow from zero.
// Cost:      360 constraints: one hash of the six inputs.
//
// | signal           |         | what                                                                      |
// |------------------|---------|---------------------------------------------------------------------------|
// | transcript       | PRIVATE | second of Transcripts: the same in every state of a chain                 |
// | count            | PRIVATE | batches proven so far                                                     |
// | blind            | PRIVATE | what hides the state                                                      |
// | keySum           | PRIVATE | the left side of the identity of keys, over these batches                 |
// | equitySum        | PRIVATE | the left side of the identity of equities, over these batches             |
// | shortfallsDigest | PRIVATE | P(TAG_SHORTFALLS; shortfalls and their number by scenario), or 0          |
// | out              | OUTPUT  |                                                                           |
template FoldState() {
    signal input transcript;
    signal input count;
    signal input blind;
    signal input keySum;
    signal input equitySum;
    signal input shortfallsDigest;
    signal output out <== Poseidon(TAG_STATE(), 6)(
        [transcript, count, blind, keySum, equitySum, shortfallsDigest]
    );
}
