pragma circom 2.2.2;

// Powers(N): base⁰, base¹, …, base^(N−1).
//
// Enforces:  out[i] = base^i.
// Assumes:   nothing.
// Does not:  leave any freedom.
// Cost:      N − 2 constraints.
template Powers(N) {
    signal input base;
    signal output out[N];

    for (var i = 0; i < N; i++) {
        if (i < 2) {
            out[i] <== i == 0 ? 1 : base;
        } else {
            out[i] <== out[i - 1] * base;
        }
    }
}
