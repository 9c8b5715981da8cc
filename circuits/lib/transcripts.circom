pragma circom 2.2.2;

include "tags.circom";
include "poseidon.circom";

// Transcripts(): what every challenge of a ledger is squeezed from, in two steps, once for the whole ledger.
//
// Enforces:  first = P(TAG_FIRST; accountsRoot, riskRoot, totalsDigest, SCENARIOS): it binds every slot and
//            every equity (accountsRoot), the table (riskRoot), the claimed totals, and how many scenarios
//            equities are in. second = P(TAG_SECOND; first, weightedTotalsDigest): it binds in addition the
//            claimed totals weighted by position, which are chosen after the challenges of first.
// Assumes:   nothing.
// Does not:  say that two proofs have the same transcripts: the state does, which holds second.
// Cost:      570 constraints.
template Transcripts() {
    signal input accountsRoot;
    signal input riskRoot;
    signal input totalsDigest;
    signal input scenarios;
    signal input weightedTotalsDigest;
    signal output first <== Poseidon(TAG_FIRST(), 4)([accountsRoot, riskRoot, totalsDigest, scenarios]);
    signal output second <== Poseidon(TAG_SECOND(), 2)([first, weightedTotalsDigest]);
}
