pragma circom 2.2.2;

include "tags.circom";
include "poseidon.circom";

// Challenge(LABEL): one full-width challenge squeezed from a transcript. Each identity has a LABEL of its
// own.
//
// Enforces:  out = P(TAG_CHALLENGE; transcript, LABEL).
// Assumes:   nothing.
// Does not:  truncate: a challenge is uniform over the field, to Poseidon's strength.
// Cost:      264 constraints.
template Challenge(LABEL) {
    signal input transcript;
    signal output out <== Poseidon(TAG_CHALLENGE(), 2)([transcript, LABEL]);
}
