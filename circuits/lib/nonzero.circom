pragma circom 2.2.2;

// Nonzero(): whether a field element is not zero.
//
// Enforces:  out is 1 where in ≠ 0, and 0 where it is 0.
// Assumes:   nothing.
// Does not:  leave any freedom: the inverse of zero is 0.
// Cost:      3 constraints.
template Nonzero() {
    signal input in;
    signal output out;

    // An inverse, which a constraint expresses as a product: on the next line.
    signal inverse <-- in == 0 ? 0 : 1 / in;
    out <== in * inverse;
    in * (1 - out) === 0;
    inverse * (1 - out) === 0;
}
