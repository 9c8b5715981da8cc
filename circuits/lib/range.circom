pragma circom 2.2.2;

// Range(BITS): in is an integer in [0, 2^BITS).
//
// Enforces:  in = Σ bit[i]·2^i with every bit 0 or 1.
// Assumes:   BITS ≤ 252, asserted, so that the sum cannot wrap around the field's order.
// Does not:  leave any freedom: the bits are unique.
// Cost:      BITS constraints, and one linear one.
template Range(BITS) {
    assert(BITS > 0 && BITS <= 252);
    signal input in;

    signal bit[BITS];
    var sum = 0;
    for (var i = 0; i < BITS; i++) {
        // A bit is a shift of the input, which a constraint cannot express: it is constrained just below.
        bit[i] <-- (in >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    in === sum;
}
