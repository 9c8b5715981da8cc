pragma circom 2.2.2;

// Negative(BITS): whether an integer is below zero.
//
// Enforces:  −2^BITS ≤ in < 2^BITS, and out is 1 where in < 0 and 0 elsewhere.
// Assumes:   BITS ≤ 251, asserted, so that the sum cannot wrap around the field's order.
// Does not:  leave any freedom: the bits of in + 2^BITS are unique, and its top bit is 1 where in ≥ 0.
// Cost:      BITS + 1 constraints, and two linear ones.
template Negative(BITS) {
    assert(BITS > 0 && BITS <= 251);
    signal input in;
    signal output out;

    signal bit[BITS + 1];
    var sum = 0;
    for (var i = 0; i <= BITS; i++) {
        // A bit is a shift of the shifted input, which a constraint cannot express: it is constrained just
        // below.
        bit[i] <-- ((in + (1 << BITS)) >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    in + (1 << BITS) === sum;
    out <== 1 - bit[BITS];
}
