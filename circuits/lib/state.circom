pragma circom 2.2.2;

include "tags.circom";
include "poseidon.circom";
include "sponge.circom";

// State(INSTRUMENTS, SCENARIOS): the commitment to a ledger after some batches.
//
// Enforces:  out = P(TAG_STATE; batchIndex, accountsRoot, totalsDigest, shortfallsDigest, blind) over the
//            digests of the totals and the shortfall sums, whose counts are bound in.
// Assumes:   nothing.
// Does not:  range-check a total: the chain of states grows them from zero, and solvency checks the last.
// Cost:      about 88 constraints an instrument, and 600.
template State(INSTRUMENTS, SCENARIOS) {
    signal input batchIndex;
    signal input accountsRoot;
    signal input totals[2 * INSTRUMENTS]; // long, short of every instrument in turn
    signal input shortfalls[SCENARIOS];
    signal input blind;
    signal output out;

    signal totalsDigest <== Sponge(TAG_TOTALS(), 2 * INSTRUMENTS)(totals);
    signal shortfallsDigest <== Sponge(TAG_SHORTFALLS(), SCENARIOS)(shortfalls);
    out <== Poseidon(TAG_STATE(), 5)([batchIndex, accountsRoot, totalsDigest, shortfallsDigest, blind]);
}
