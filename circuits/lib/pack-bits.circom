pragma circom 2.2.2;

// PACKED(N): how many field elements N bits take, 253 to each: 2^253 stays below the field's order.
function PACKED(N) {
    return (N + 252) \ 253;
}

// PackBits(N): bits as field elements, 253 to each, the first ones lowest; a last, partly filled element has
// zeros above.
//
// Enforces:  out[p] = Σ in[253·p + i]·2^i.
// Assumes:   every bit is 0 or 1: then packing is injective.
// Does not:  bind N in: it is the circuit's own.
// Cost:      one linear constraint for each element.
template PackBits(N) {
    signal input in[N];
    signal output out[PACKED(N)];

    for (var p = 0; p < PACKED(N); p++) {
        var sum = 0;
        for (var i = 0; i < 253 && 253 * p + i < N; i++) {
            sum += in[253 * p + i] * (1 << i);
        }
        out[p] <== sum;
    }
}
