pragma circom 2.2.2;

include "tags.circom";
include "sponge.circom";

// Transcript(N): what a Fiat–Shamir challenge ranges over, absorbed into one element.
//
// Enforces:  out = Sponge(TAG_TRANSCRIPT, N)(in).
// Assumes:   that the caller absorbs everything its identity ranges over: see "Soundness" in
//            circuits/README.md.
// Does not:  yield a challenge: Challenge does.
// Cost:      about 44 constraints an element.
template Transcript(N) {
    signal input in[N];
    signal output out <== Sponge(TAG_TRANSCRIPT(), N)(in);
}
